"""Which field a header means, by its words alone."""

import pytest

from enterprises.ledger import find_ledger, open_workbook
from tests.ledger.cities import HEADERS
from tests.ledger.workbooks import Page, xlsx

MORE = {
    "name": ["被检查单位名称", "企业（单位）名称", "名称", "单位"],
    "code": ["统一社会信用代码（18位）", "企业统一社会信用代码证号"],
    "district": ["所在县（区）", "所属辖区", "属地监管部门", "所在园区", "县（市、区）"],
    "address": ["注册地址", "企业详细地址", "生产场所地址", "所在地"],
    "coordinates": ["经纬度", "地理坐标"],
    "sector": ["国民经济行业分类", "所属行业类别"],
    "kind": ["生产经营类型", "从业类型"],
    "licence_no": ["安全许可证书编号", "许可证书号", "危险化学品安全使用许可证编号"],
    "licence_until": ["许可证有效期（至）", "证书有效期", "有效期限至", "安全生产许可证有效期截止日期", "到期时间"],
    "processes": ["涉及重点监管危险化工工艺名称", "重点监管的危险化工工艺", "涉及的“重点监管危险化工工艺”"],
    "chemicals": ["涉及的重点监管危险化学品", "主要危险化学品", "危化品名称", "危险化学品品名", "储存物质名称"],
    "cas": ["CAS号", "CAS No."],
    "quantity": [
        "设计最大储量(t)",
        "最大储存量（吨）",
        "最大存在量",
        "设计存量",
        "现有最大在线量",
        "最大储存数量（吨）",
    ],
    "unit": ["计量单位"],
    "major_level": ["构成重大危险源等级", "重大危险源最高级别", "危险源级别", "重大危险源分级"],
    "grade": ["企业安全风险等级", "风险级别", "安全风险评估诊断分级", "红橙黄蓝等级", "固有风险等级", "风险评估等级"],
    "employees": ["从业人员人数", "职工总数", "企业总人数", "在岗职工数", "员工数（人）", "从业人员"],
    "principal": ["法人代表", "单位主要负责人", "主要负责人（姓名）"],
    "principal_phone": ["法人联系方式", "企业负责人手机号码", "主要负责人移动电话"],
    "safety_officer": ["专职安全管理人员", "安全总监", "安全生产负责人", "分管安全负责人"],
    "safety_officer_phone": ["安全管理员手机号", "安全总监电话", "专职安全员联系方式"],
}
NOTHING = [
    "成立日期",
    "注册资本",
    "上级单位名称",
    "评价单位名称",
    "邮政编码",
    "许可证发证机关",
    "许可证有效期起",
    "许可范围",
    "是否涉及重点监管危险化工工艺",
    "重大危险源数量",
    "重大危险源备案编号",
    "标准化等级",
    "信用等级",
    "安全管理人员数量",
    "年产量",
    "邮箱地址",
    "传真",
    "身份证号",
]


def field_of(header: str) -> str | None:
    usual = ["单位全称", "统一社会信用代码", "所属县区"]
    mapping = find_ledger(open_workbook(xlsx(Page([[*usual, header], ["甲化工有限公司"]]))))
    others = find_ledger(
        open_workbook(xlsx(Page([[header, "序号", "统一社会信用代码", "地址", "企业名称"], [None] * 4 + ["甲公司"]])))
    )
    found = {name for name, column in mapping.columns.items() if column == 3}
    return next(iter(found or {name for name, column in others.columns.items() if column == 0}), None)


@pytest.mark.parametrize(
    ("name", "header"),
    [(name, header) for names in (HEADERS, MORE) for name, headers in names.items() for header in headers],
)
def test_a_header_is_understood(name, header):
    if name in ("name", "code", "district", "address", "serial"):
        rest = {"name": "信用代码", "code": "企业名称"}.get(name, "企业名称")
        row = [header, rest, "从业人数", "备注"]
        mapping = find_ledger(open_workbook(xlsx(Page([row, ["x"]]))))
        assert mapping.columns[name] == 0
    else:
        assert field_of(header) == name


@pytest.mark.parametrize("header", NOTHING)
def test_a_header_of_something_else_is_left_unmapped(header):
    assert field_of(header) is None


def test_a_bare_level_is_told_by_what_stands_below():
    def columns(below):
        rows = [["企业名称", "信用代码", "属地", "等级"], *[["甲公司", "1", "东港区", value] for value in below]]
        return find_ledger(open_workbook(xlsx(Page(rows)))).columns

    assert columns(["A", "蓝", "C级"])["grade"] == 3
    assert columns(["一级", "不构成", "四"])["major_level"] == 3
