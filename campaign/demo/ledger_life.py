"""The ledger's own life in the demo: diagnosis sheets, what events propose, what people decided, and facts officers corrected."""

import random
from datetime import date, timedelta

from campaign.demo.history import Pair, at
from enterprises.actions import diagnosis, grades, proposals
from enterprises.actions.diagnosis import Answer
from enterprises.diagnosis_sheet import sheet
from enterprises.models import Enterprise
from portal.tenancy.scope import Who, enter

# What diagnosis teams found, by code of the sheet (应急〔2018〕19号): how many, and the remark beside it.
FOUND = [
    {"7.1.2": (1, "受限空间作业票未注明气体分析时间"), "6.1.4": (1, "注册安全工程师1人离职未补")},
    {"5.1.5": (2, "泵房、灌装间探测器数量不足"), "4.1.2": (1, "2台压力容器超期未检"), "6.1.2": (1, "")},
    {"7.1.1": (1, "操作规程未随技改更新"), "7.1.2": (1, "动火分析超时效"), "6.1.1": (2, ""), "5.1.6": (3, "")},
    {"X.3": (1, "1名动火作业人员证书过期仍上岗")},
    {"2.1.1": (1, "位于园区外"), "9.2.4": (1, "五年无事故"), "9.1.2": (1, "二级标准化")},
    {"5.1.4": (4, "储罐液位远传缺失"), "7.1.3": (2, ""), "6.1.3": (2, "")},
]
CORRECTIONS = [
    ({"employees": 126, "safety_officer_phone": "13800138001"}, "人员变动", "confirm", "经核社保名单，属实"),
    ({"address": "迁建后新厂址：石化大道88号"}, "厂区搬迁", "return", "请附不动产权证和安全设施竣工验收材料"),
    ({"population_500m": 42}, "新近入户统计", "", ""),
    ({"licence_no": "（江）WH安许证字〔2026〕0117号", "licence_until": date(2029, 10, 31)}, "许可证换发", "", ""),
]


def live(pairs: dict[int, Pair], officers: dict[int, Who], office: Who, plants: list[Enterprise], until: date) -> None:
    """Through the same verbs people use, on days before `until`."""
    chance = random.Random(2026)  # noqa: S311 - scenery
    diagnosed, corrected = plants[: 2 * len(FOUND)], [plant for plant in plants if plant.pk in officers]
    for number, plant in enumerate(diagnosed):
        day = until - timedelta(days=60 - 4 * number)
        with at(day, 9), enter(pairs[plant.district_id].lead):
            fill(plant, FOUND[number % len(FOUND)])
        if number % 3:
            with at(day + timedelta(days=2), 15), enter(office):
                decide(plant, keep=chance.random() < 0.2)
    for plant, (told, reason, verdict, note) in zip(corrected, CORRECTIONS, strict=False):
        with at(until - timedelta(days=9), 10), enter(officers[plant.pk]):
            _, proposal = proposals.propose(plant.pk, told, reason=reason)
        if verdict and proposal:
            with at(until - timedelta(days=7), 10), enter(pairs[plant.district_id].lead):
                if verdict == "confirm":
                    proposals.confirm(proposal.pk, note)
                else:
                    proposals.send_back(proposal.pk, note)
    plant = next((one for one in plants if one.grade in ("B", "C")), plants[0])
    with at(until - timedelta(days=3), 16), enter(office):
        grades.report_event(
            plant.pk,
            "accident",
            on=until - timedelta(days=5),
            grave=False,
            text="导热油炉管线泄漏着火，12分钟扑灭，无人员伤亡",
        )


def fill(plant: Enterprise, found: dict[str, tuple[int, str]]) -> None:
    record = diagnosis.start_sheet(plant.pk)
    known = {code: one["count"] for code, one in record.answers.items()}
    told = {
        code: Answer(*found.get(code, (known.get(code) if known.get(code) is not None else 0, "")))
        for code in sheet().rows
    }
    diagnosis.fill_sheet(record.pk, told)
    diagnosis.finish_sheet(record.pk)


def decide(plant: Enterprise, *, keep: bool) -> None:
    waiting = grades.open_proposals(plant)
    if not waiting:
        return
    if keep:
        grades.decline_proposals(plant.pk, "诊断所列问题已当场整改，维持原等级。")
    else:
        one = waiting[0]
        grades.decide_grade(plant.pk, one.grade, source=str(one.sheet), reason="按诊断分级结果确定。")
