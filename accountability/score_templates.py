"""The templates the portal brings along (handbook §8): data in the form of accountability/rules_score.py.

No law gives weights or bands; they are a city's to set by a document of its own. These are a reasonable start and say so.
"""

from typing import Any

Line = dict[str, Any]
GRADES = [["优秀", "90"], ["良好", "80"], ["合格", "60"], ["不合格", "0"]]


def share(key: str, label: str, weight: str, none: str, full: str, figure: str = "") -> Line:
    """An indicator by proportion; without a figure its share is entered by hand."""
    formula = {"shape": "linear", "none": none, "full": full}
    line: Line = {
        "key": key,
        "label": label,
        "kind": "indicator",
        "weight": weight,
        "formula": formula,
        "empty": "full",
    }
    return line | ({"figure": figure} if figure else {"share": True})


def each(key: str, label: str, kind: str, points: str, most: str = "0", figure: str = "") -> Line:
    line: Line = {
        "key": key,
        "label": label,
        "kind": kind,
        "weight": most,
        "formula": {"shape": "each", "each": points},
    }
    return line | ({"figure": figure} if figure else {})


def veto(key: str, label: str, figure: str = "") -> Line:
    line: Line = {"key": key, "label": label, "kind": "veto", "weight": "0", "formula": {"shape": "over", "at": "1"}}
    return line | ({"figure": figure} if figure else {})


FOUND: Line = {
    "key": "found",
    "label": "检查发现隐患水平",
    "kind": "indicator",
    "weight": "5",
    "figure": "found",
    "empty": "zero",
    "formula": {"shape": "bands", "better": "more", "bands": [["0.8", "1"], ["0.5", "0.6"], ["0.3", "0.3"]]},
}
LEADERSHIP: Line = {
    "key": "leadership",
    "label": "领导责任落实：少一次研究部署（每半年）或带队检查（每季）",
    "kind": "indicator",
    "weight": "4",
    "formula": {"shape": "count", "each": "2"},
}
RECTIFICATION = [
    share("on_time", "隐患按期整改", "15", "0.6", "1", "on_time"),
    share("major_closed", "重大隐患整改销号", "15", "0.5", "1", "major_closed"),
    share("overdue_days", "逾期天数", "5", "30", "0", "overdue_days"),
    share("repeats", "屡查屡犯", "5", "0.2", "0.02", "repeats"),
    share("returned", "复查退回", "3", "0.3", "0.05", "returned"),
    share("supervised", "挂牌督办按期办结", "5", "0.5", "1", "supervised"),
    share("answered", "举一反三按期答复", "2", "0.5", "1", "answered"),
]
VETOES = [
    veto("accident", "发生较大及以上生产安全责任事故（起）"),
    veto("concealment", "瞒报、谎报事故（起）"),
    veto("supervised_overdue", "挂牌督办的重大隐患逾期未整改", "supervised_overdue"),
]
AUTHORITY = {
    "bonus_cap": "5",
    "veto_ceiling": "59.99",
    "grades": GRADES,
    "lines": [
        share("ledger", "企业台账完整", "5", "0.6", "1", "ledger"),
        share("coverage", "检查覆盖", "15", "0.6", "1", "coverage"),
        share("assessed", "两重点一重大企业专家评估", "10", "0.5", "1", "assessed"),
        FOUND,
        share("noticed", "隐患及时下达文书", "5", "0.8", "1", "noticed"),
        *RECTIFICATION,
        LEADERSHIP,
        share("training", "培训和应急演练完成", "3", "0.5", "1"),
        share("funds", "专项资金执行", "3", "0.5", "1"),
        each("honours", "其他表彰和经验推广（市级以上一次）", "bonus", "0.5"),
        each("commended", "受领导小组办公室表彰", "bonus", "0.5", figure="commended"),
        each("major_overdue", "重大隐患逾期未销号", "deduction", "2", "10", "major_overdue"),
        each("circulars", "被领导小组办公室通报批评", "deduction", "1", figure="criticised"),
        *VETOES,
    ],
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "district": AUTHORITY,
    "department": AUTHORITY,
    "enterprise": {
        "bonus_cap": "5",
        "veto_ceiling": "59.99",
        "grades": GRADES,
        "lines": [
            share("ledger", "企业信息完整", "10", "0", "1", "ledger"),
            share("on_time", "隐患按期整改", "30", "0.6", "1", "on_time"),
            share("major_closed", "重大隐患整改销号", "20", "0.5", "1", "major_closed"),
            share("overdue_days", "逾期天数", "10", "30", "0", "overdue_days"),
            share("repeats", "屡查屡犯", "15", "0.2", "0.02", "repeats"),
            share("returned", "复查退回", "5", "0.5", "0.05", "returned"),
            share("answered", "举一反三按期答复", "10", "0.5", "1", "answered"),
            each("honours", "获其他市级以上安全生产表彰（次）", "bonus", "1"),
            each("commended", "受领导小组办公室表彰", "bonus", "1", figure="commended"),
            each("circulars", "被领导小组办公室通报批评", "deduction", "2", figure="criticised"),
            each("major_overdue", "重大隐患逾期未销号", "deduction", "5", "20", "major_overdue"),
            *VETOES,
        ],
    },
}
