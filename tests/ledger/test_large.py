"""A whole city's ledger in one workbook is read and judged."""

import random

from enterprises.ledger import find_ledger, judge, open_workbook
from tests.ledger.cities import DISTRICTS, code
from tests.ledger.workbooks import Page, down, xlsx

HEAD = [
    "序号",
    "企业名称",
    "统一社会信用代码",
    "所属县区",
    "地址",
    "经度",
    "纬度",
    "行业类别",
    "企业类型",
    "许可证编号",
    "许可证有效期至",
]
HEAD += [
    "危险化工工艺",
    "重点监管危险化学品名称",
    "最大存量",
    "重大危险源等级",
    "风险等级",
    "从业人数",
    "主要负责人",
    "手机",
    "安全员",
    "手机",
]


def test_ten_thousand_rows_are_five_thousand_enterprises():
    draw = random.Random(5)
    rows, merges = [["临海市企业台账"], HEAD], []
    for i in range(5000):
        top = len(rows)
        plant = [
            i,
            f"临海{i}化工有限公司",
            code(draw),
            "东港区应急管理局",
            f"化工路{i}号",
            "119.05",
            25.7,
            "化工",
            "生产企业",
            f"证{i}",
            "2028.4.21",
        ]
        rows.append(
            [
                *plant,
                "硝化工艺、氧化工艺",
                "液氯",
                "12.5t",
                "二级",
                "蓝（A）",
                "287人",
                "张某",
                "139-0792-4402",
                "李某",
                13907924402,
            ]
        )
        rows.append([None] * 12 + ["液氨", 3.5])
        merges += [down(c, top, top + 1) for c in range(len(HEAD)) if c not in (12, 13)]
    data = xlsx(Page(rows, merges=merges))
    workbook = open_workbook(data, "台账.xlsx")
    judgement = judge(workbook, find_ledger(workbook), DISTRICTS)
    assert len(judgement.accepted) == 5000
    assert len(judgement.accepted[0].chemicals) == 2
