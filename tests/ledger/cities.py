"""Workbooks as other cities might send them: the same facts in another order, under other names, with other mess.

What a correct import finds is known by construction: facts are drawn first, then written down messily.
"""

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from enterprises.ledger import uscc
from tests.ledger.workbooks import Page, across, down, xlsx

DISTRICTS = ["东港区", "西岭区", "南屏县", "北仓开发区", "临港化学工业园区"]
HEADERS = {
    "serial": ["序号", "序", "No.", "项次"],
    "name": ["企业名称", "单位名称", "企业全称", "生产经营单位名称", "公司名称", "单位名称（全称）", "*企业名称"],
    "code": [
        "统一社会信用代码",
        "社会信用代码",
        "信用代码",
        "统一信用代码",
        "统一社会信用代码/注册号",
        "统一 社会\n信用代码",
    ],
    "district": ["所属县区", "所属区县", "属地", "区域", "辖区", "所属县（市、区）", "所在地区", "县区", "行政区划"],
    "address": ["地址", "详细地址", "生产经营地址", "企业地址", "单位地址"],
    "longitude": ["经度", "经度（°）", "东经", "中心经度"],
    "latitude": ["纬度", "纬度（°）", "北纬", "中心纬度"],
    "sector": ["行业类别", "行业", "所属行业", "行业类型", "行业分类"],
    "kind": ["企业类型", "类型", "经营方式", "企业分类", "单位类型", "企业类别"],
    "licence_no": ["许可证编号", "安全生产许可证编号", "许可证号", "危险化学品经营许可证编号"],
    "licence_until": ["许可证有效期", "许可证有效期至", "有效期至", "许可证到期日期", "有效期限"],
    "processes": [
        "危险化工工艺",
        "重点监管危险化工工艺",
        "涉及的重点监管的危险化工工艺名称",
        "涉及危险化工工艺",
        "重点监管工艺",
    ],
    "chemicals": ["危险化学品名称", "重点监管危险化学品", "重点监管的危险化学品名称", "涉及危化品名称", "危险化学品"],
    "quantity": ["最大存量", "设计最大量", "储量", "最大储存量", "最大在量", "设计最大存量"],
    "major_level": ["重大危险源等级", "重大危险源级别", "重大危险源最高等级", "重大危险源"],
    "grade": ["风险等级", "安全风险等级", "分级", "风险分级", "评估等级", "安全风险评估诊断分级结果", "企业风险等级"],
    "employees": ["从业人数", "职工人数", "员工人数", "从业人员数量", "人数"],
    "principal": ["主要负责人", "主要负责人姓名", "企业负责人", "法定代表人", "负责人"],
    "principal_phone": ["主要负责人手机", "主要负责人电话", "主要负责人联系方式", "法定代表人联系电话"],
    "safety_officer": ["安全员", "安全管理员", "安全管理人员", "安全负责人", "专职安全员"],
    "safety_officer_phone": ["安全员手机", "安全员电话", "安全管理人员联系电话", "安全负责人手机"],
    "remark": ["备注", "备 注", "备注说明"],
}
STRANGE = [
    "成立日期",
    "注册资本（万元）",
    "是否涉及重点监管危险化工工艺",
    "标准化等级",
    "上级单位名称",
    "邮政编码",
    "重大危险源备案编号",
]
GROUPS = [  # group header, and its fields under shorter names
    ("企业基本信息", {"name": "名称", "code": "信用代码"}),
    ("许可证", {"licence_no": "编号", "licence_until": "有效期至"}),
    ("重点监管危险化学品", {"chemicals": "名称", "quantity": "最大存量"}),
    ("主要负责人", {"principal": "姓名", "principal_phone": "手机"}),
    ("安全管理人员", {"safety_officer": "姓名", "safety_officer_phone": "联系电话"}),
]
CHEMICALS = [
    "液氯",
    "液氨",
    "氢气",
    "1,3-丁二烯",
    "甲醇",
    "苯乙烯",
    "环氧氯丙烷",
    "TDI",
    "天然气",
    "双氧水",
    "N,N-二甲基甲酰胺",
]
PROCESSES = ["氯化工艺", "硝化工艺", "电解工艺（氯碱）", "裂解（裂化）工艺", "聚合工艺", "加氢工艺"]
SECTORS = {
    "危险化学品": ["危险化学品", "危化品", "危险化学品行业"],
    "化工": ["化工", "精细化工", "化学原料和化学制品制造业", "化工行业"],
    "医药": ["医药", "医药化工", "医药制造业", "制药"],
}
KINDS = {
    "生产": ["生产", "生产企业", "危险化学品生产企业"],
    "储存": ["储存", "仓储企业", "储存企业"],
    "使用": ["使用", "使用企业"],
    "经营": ["经营", "经营企业", "加油站", "批发零售"],
    "运输": ["运输", "道路运输企业"],
    "油气管道": ["油气管道", "长输管道企业"],
}
GRADES = {"A": ["A", "A级", "蓝", "蓝色", "蓝（A）", " 蓝色(A级)", "ａ级"], "B": ["B", "黄色", "B级（黄）", "黄"]}
GRADES |= {"C": ["C级", "橙", "橙色", "橙（C）"], "D": ["D", "红", "红色(D级)"], None: [None, "", "未评估", "/"]}
LEVELS = {
    "一级": ["一级", "一", "1级", "Ⅰ级", "一级重大危险源"],
    "二级": ["二级", "II", "2"],
    "三级": ["三级", "三", "Ⅲ"],
}
LEVELS |= {"四级": ["四级", "Ⅳ", 4, "4级", "构成四级"], None: [None, "无", "不构成", "/", "未构成重大危险源", "否"]}
WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "0123456789ABCDEFGHJKLMNPQRTUWXY./"})


@dataclass
class Ledger:
    """A workbook's bytes and what is in it."""

    data: bytes
    filename: str
    accept: list[dict] = field(default_factory=list)
    reject: list[dict] = field(default_factory=list)
    story: str = ""


def code(draw: random.Random) -> str:
    body = "91" + "".join(draw.choice("0123456789") for _ in range(14)) + draw.choice(uscc.ALPHABET)
    return body + uscc.check_sign(body)


def other_city(seed: int, count: int = 14) -> Ledger:
    draw = random.Random(seed)
    facts = [_facts(draw, i) for i in range(count)]
    fields = list(HEADERS)
    for spare in ("serial", "address", "longitude", "remark", "licence_no", "principal_phone", "processes"):
        if draw.random() < 0.15:
            fields.remove(spare)
            if spare == "longitude":
                fields.remove("latitude")
    blocks = [
        ["principal", "principal_phone"],
        ["safety_officer", "safety_officer_phone"],
        ["name", "code"],
        ["chemicals", "quantity"],
    ]
    blocks.append(["licence_no", "licence_until"])
    fields = _shuffle(draw, fields, blocks)
    strange = [f"?{name}" for name in draw.sample(STRANGE, draw.randint(0, 3))]
    for name in strange:
        fields.insert(draw.choice([i for i in range(len(fields) + 1) if not _inside(fields, i, blocks)]), name)
    kg = draw.random() < 0.25
    layout = draw.choice(["merged", "blank", "repeated", "listed"])
    dates = draw.choice(["date", "serial", "text"])
    shift = draw.choice([0, 0, 1, 2])
    header, merges = _header(draw, fields, kg)
    title = draw.random() < 0.7
    rows: list[list] = [[] for _ in range(draw.choice([0, 0, 1, 3]))]
    if title:
        merges = [[row + 1, *rest] for row, *rest in merges]
        header = [["临海市危险化学品企业台账（2026年）", *[None] * (len(fields) - 1)], *header]
        merges.append([0, 0, 0, len(fields) - 1])
    merges = [(row + len(rows), a, bottom + len(rows), b) for row, a, bottom, b in merges]
    rows += header
    ledger = Ledger(
        b"",
        "台账.xlsx",
        story=f"seed {seed}: {layout}, dates as {dates}{', kg' if kg else ''}, shift {shift}, {len(header)} header rows",
    )
    merged: list[str] = []
    for top, left, bottom, right in merges:
        merged.append(across(top, left + shift, right + shift) if top == bottom else down(left + shift, top, bottom))
    seen: list[dict] = []
    for serial, fact in enumerate(facts, 1):
        trouble = draw.choice([None] * 6 + ["no_name", "bad_code", "bad_district", "dup"])
        if trouble == "dup" and seen:
            fact = fact | {"code": draw.choice(seen)["code"]}
        elif trouble == "dup":
            trouble = None
        top = len(rows)
        lines = _lines(draw, fields, fact, serial, trouble, layout, dates, kg)
        rows += lines
        if layout == "merged" and len(lines) > 1:
            own = [c for c, name in enumerate(fields) if name not in ("chemicals", "quantity")]
            merged += [down(c + shift, top, len(rows) - 1) for c in own]
        if trouble:
            ledger.reject.append({"excel_row": top + 1, "reason": trouble})
        else:
            seen.append(fact)
            truth = {"excel_row": top + 1} | {k: v for k, v in fact.items() if not k.startswith("_")}
            if "processes" not in fields:
                truth["processes"] = []
            ledger.accept.append(truth)
    first = fields.index("name") if draw.random() < 0.5 else 0
    rows.append(
        [None] * first + [draw.choice(["合计", "合 计", "总计：", f"合计{count}家", "西岭区小计"]), None, f"{count}家"]
    )
    rows.append(
        [
            draw.choice(
                [
                    "填表人：  审核人：  联系电话：",
                    "注：1.本表一式两份。",
                    "填报单位（盖章）：",
                    "制表人：王某　　日期：2026年11月",
                ]
            )
        ]
    )
    rows = [[None] * shift + row if row else row for row in rows]
    if layout != "merged" and draw.random() < 0.25:
        ledger.filename = "台账.csv"
        ledger.data = _csv(rows, draw.choice(["utf-8-sig", "gb18030", "utf-8"]), dates)
        return ledger
    page = Page(rows, name="企业信息", merges=merged)
    cover = Page([["填报说明"], ["1. 企业名称按营业执照填写。"], ["2. 统一社会信用代码18位。"]], name="说明")
    pages = [cover, page] if draw.random() < 0.5 else [page, cover]
    ledger.data = xlsx(*pages)
    return ledger


def _facts(draw: random.Random, i: int) -> dict:
    until = date(2026, 1, 1) + timedelta(days=draw.randint(0, 1500))
    return {
        "name": f"临海{draw.choice('华海东方润泽')}{draw.choice('昌盛达恒')}{i}化工（集团）有限公司",
        "code": code(draw),
        "district": draw.choice(DISTRICTS),
        "sector": draw.choice(list(SECTORS)),
        "kind": draw.choice(list(KINDS)),
        "grade": draw.choice(list(GRADES)),
        "chemicals": [
            [name, draw.randint(1, 99999) / draw.choice([1, 10, 100])]
            for name in draw.sample(CHEMICALS, draw.choice([0, 1, 1, 2, 3]))
        ],
        "processes": draw.sample(PROCESSES, draw.choice([0, 1, 2])),
        "major_level": draw.choice(list(LEVELS)),
        "employees": draw.choice([None, draw.randint(1, 5000)]),
        "licence_until": draw.choice([None, until.isoformat()]),
    }


def _shuffle(draw: random.Random, fields: list[str], blocks: list[list[str]]) -> list[str]:
    groups = [[name for name in block if name in fields] for block in blocks]
    groups += [[name] for name in fields if not any(name in block for block in blocks) and name != "serial"]
    draw.shuffle(groups)
    return (["serial"] if "serial" in fields else []) + [name for group in groups for name in group]


def _inside(fields: list[str], place: int, blocks: list[list[str]]) -> bool:
    pair = fields[max(place - 1, 0) : place + 1]
    return place == 0 or any(set(pair) <= set(block) for block in blocks)


def _header(draw: random.Random, fields: list[str], kg: bool) -> tuple[list[list], list[list[int]]]:
    """Header rows, and merged ranges as [top, left, bottom, right]."""
    names = {name: draw.choice(options) for name, options in HEADERS.items()} | {
        name: name[1:] for name in fields if name[0] == "?"
    }
    if kg:
        names["quantity"] += draw.choice(["（kg）", "/千克", "(公斤)", "(KG)"])
    elif draw.random() < 0.5:
        names["quantity"] += draw.choice(["（吨）", "(t)", "/吨"])
    for phone in ("principal_phone", "safety_officer_phone"):
        if draw.random() < 0.3:
            names[phone] = draw.choice(["手机", "联系电话", "电话", "联系方式"])
    height = draw.choice([1, 2, 3])
    if height == 1:
        return [[names[name] for name in fields]], []
    top: list = [None] * len(fields)
    low: list = [None] * len(fields)
    merges = []
    grouped = set()
    for title, short in GROUPS:
        places = [i for i, name in enumerate(fields) if name in short]
        if len(places) == 2 and draw.random() < 0.8:
            top[places[0]] = title
            merges.append([0, places[0], 0, places[1]])
            grouped |= set(places)
            for i in places:
                unit = names["quantity"][-4:] if fields[i] == "quantity" and kg else ""
                low[i] = short[fields[i]] + (unit[unit.find("（") :] if "（" in unit else "（kg）" if unit else "")
    for i, name in enumerate(fields):
        if i not in grouped:
            top[i] = names[name]
            merges.append([0, i, height - 1, i])
    if height == 2:
        return [top, low], merges
    units = [None] * len(fields)
    for i in grouped:
        merges.append([1, i, 2, i])
    return [top, low, units], merges


def _lines(
    draw: random.Random,
    fields: list[str],
    fact: dict,
    serial: int,
    trouble: str | None,
    layout: str,
    dates: str,
    kg: bool,
) -> list[list]:
    pairs = [(name, _mass(draw, tonnes, kg)) for name, tonnes in fact["chemicals"]] or [
        (draw.choice([None, "/", "无"]), None)
    ]
    if layout == "listed" and len(pairs) > 1:
        pairs = [("、".join(n for n, _ in pairs), "\n".join(str(q) for _, q in pairs))]
    cells = {
        "serial": serial,
        "name": None if trouble == "no_name" else draw.choice(["{}", " {}", "{}\u3000", "{}\n"]).format(fact["name"]),
        "code": _code(draw, fact["code"], broken=trouble == "bad_code"),
        "district": draw.choice(["外地", "", "西岭", "海州区"][:2])
        if trouble == "bad_district"
        else _district(draw, fact["district"]),
        "address": f"临海市{fact['district']}化工路{serial}号",
        "longitude": draw.choice([119.05, "119.05", "E119.05", "119°3′"]),
        "latitude": draw.choice([25.75, "25.75", "25.75°"]),
        "sector": draw.choice(SECTORS[fact["sector"]]),
        "kind": draw.choice(KINDS[fact["kind"]]),
        "licence_no": draw.choice(["（闽）WH安许证字〔2025〕000001号", "无", None]),
        "licence_until": _day(draw, fact["licence_until"], dates),
        "processes": draw.choice(["、", "；", ";", "\n", "，"]).join(fact["processes"])
        or draw.choice([None, "/", "无"]),
        "major_level": draw.choice(LEVELS[fact["major_level"]]),
        "grade": draw.choice(GRADES[fact["grade"]]),
        "employees": None if fact["employees"] is None else draw.choice([fact["employees"], f"{fact['employees']}人"]),
        "principal": "张某",
        "principal_phone": draw.choice([13907924402, "139-0792-4402", "139 0792 4402"]),
        "safety_officer": "李某",
        "safety_officer_phone": draw.choice([13811112222, "13811112222"]),
        "remark": draw.choice([None, "@见附件", "搬迁中"]),
    } | {name: draw.choice(["是", "否", 100, "2020-01-01"]) for name in fields if name[0] == "?"}
    lines = []
    for i, (substance, mass) in enumerate(pairs):
        repeat = i == 0 or layout == "repeated"
        values = (cells if repeat else {}) | {"chemicals": substance, "quantity": mass}
        lines.append([values.get(name) for name in fields])
    return lines


def _code(draw: random.Random, right: str, *, broken: bool) -> str:
    if broken:
        wrong = draw.choice(
            [right[:-1] + uscc.ALPHABET[(uscc.VALUE[right[-1]] + 1) % 31], right[:-1], right[:8] + "O" + right[9:]]
        )
        return draw.choice([wrong, "", wrong.lower()])
    return draw.choice([right, right.lower(), right[:9] + " " + right[9:], right.translate(WIDE), f" {right}"])


def _district(draw: random.Random, name: str) -> str:
    return draw.choice(
        [
            name,
            f"{name}应急管理局",
            f"临海市{name}",
            f" {name}",
            name.removesuffix("区").removesuffix("县").removesuffix("开发")
            if name[-1] in "区县" and "工业" not in name
            else name,
        ]
    )


def _day(draw: random.Random, iso: str | None, style: str):
    if iso is None:
        return draw.choice([None, "/", "长期", "无"])
    day = date.fromisoformat(iso)
    if style == "date":
        return day
    if style == "serial":
        return (day - date(1899, 12, 30)).days
    text = f"{day.year}.{day.month}.{day.day}"
    return draw.choice(
        [
            iso,
            text,
            text.replace(".", "/"),
            f"{day:%Y%m%d}",
            int(f"{day:%Y%m%d}"),
            f"{day.year}年{day.month}月{day.day}日",
            iso.replace("-", "/").translate(WIDE),
            f"2020-01-01至{iso}",
        ]
    )


def _mass(draw: random.Random, tonnes: float, kg: bool):
    if kg:
        kilos = round(tonnes * 1000, 6)
        return draw.choice([kilos, f"{kilos:g}" if kilos < 1e6 else str(kilos), f"{tonnes}吨"])
    return draw.choice(
        [
            tonnes,
            f"{tonnes}",
            f"{tonnes}t",
            f"{tonnes}吨",
            f"{tonnes}".translate(WIDE),
            f"{tonnes:,}",
            f"{round(tonnes * 1000, 6)}kg",
        ]
    )


def _csv(rows: list[list], encoding: str, dates: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(["" if v is None else v for v in row] for row in rows)
    return stream.getvalue().encode(encoding)
