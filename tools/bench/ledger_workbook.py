"""A district's ledger at scale, as districts send it: one enterprise over several rows, its facts in the first of them."""

from pathlib import Path

from openpyxl import Workbook

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
HEADERS = [
    "序号",
    "企业名称",
    "统一社会信用代码",
    "所属县区",
    "详细地址",
    "行业类别",
    "企业类型",
    "主要负责人",
    "主要负责人手机",
    "安全员",
    "安全员手机",
    "许可证编号",
    "许可证有效期至",
    "重点监管危险化学品名称",
    "最大存量",
    "重大危险源等级",
    "风险等级",
    "从业人数",
    "备注",
]
SUBSTANCES = ["液氨", "苯", "甲醇", "氯", "环氧乙烷", "乙炔", "硫化氢", "丙烯腈"]


def credit_code(number: int) -> str:
    """An invented 统一社会信用代码 with a right check digit (GB 32100-2015)."""
    body = f"91350100M{number:08d}"
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def write(path: Path, enterprises: int, holdings_each: int) -> None:
    """`enterprises` × `holdings_each` rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("企业台账")
    sheet.append(["某某市危险化学品企业台账"])
    sheet.append(HEADERS)
    for number in range(enterprises):
        facts = [
            number + 1,
            f"测试化工{number}有限公司",
            credit_code(number),
            ("东港区", "西岭区")[number % 2],
            f"化工大道{number}号",
            ("化工", "医药", "危险化学品")[number % 3],
            ("生产", "储存", "使用")[number % 3],
            "张三",
            f"138{number:08d}",
            "李四",
            f"139{number:08d}",
            f"（闽）WH安许证字〔2024〕{number:06d}号",
            "2027.6.30",
        ]
        rest = [("无", "三级", "四级")[number % 3], "BCDA"[number % 4], 20 + number % 300, ""]
        for place in range(holdings_each):
            holding = [SUBSTANCES[(number + place) % len(SUBSTANCES)], f"{10 + place}.5t"]
            sheet.append([*facts, *holding, *rest] if place == 0 else [None] * len(facts) + holding)
    book.save(path)
