"""企业自查 and 举一反三 in the demo city: invented findings of the enterprises' own, and two lessons asked of many."""

from datetime import date, timedelta

from campaign.demo.history import Pair, at, photo
from enterprises.models import Enterprise
from hazards.actions import broadcasts, selfchecks
from hazards.models import BroadcastAddress, Hazard, Level
from hazards.queries.broadcasts import Reach
from portal.tenancy.scope import Who, enter

# what, where, level, accident type, measures, days since it was found, days its own date lies from then, and what became of it
FINDINGS = [
    ("卸车软管外层鼓包，未及时更换", "装卸区", "general", "leak", "停用该鹤位，更换软管并做气密试验", 40, 5, ("finish",)),
    ("空压机房噪声区未张贴职业危害告知卡", "空压机房", "general", "other", "补贴告知卡，班前会讲解", 33, 3, ("finish",)),
    ("反应釜搅拌电机防爆接线盒缺螺栓两颗", "合成车间", "general", "explosion", "补齐螺栓并全面排查防爆电气", 21, 14, ()),
    ("中控室DCS两条报警被长期抑制", "中控室", "major", "explosion", "恢复报警，逐条评估报警抑制并审批", 12, 20, ()),
    ("危废间托盘破损，收集槽有裂缝", "危废间", "general", "leak", "更换托盘，修补收集槽", 18, 10, ("change",)),
    ("应急柜正压式空气呼吸器压力不足", "氯气岗位", "general", "poisoning", "送检充气，每周点检", 9, 5, ("finish",)),
    ("冷却水回水管支架锈蚀", "循环水站", "general", "other", "除锈加固", 15, 30, ("cancel",)),
    ("罐区泡沫管线阀门标识不清", "储罐区", "general", "fire", "重新喷涂标识，更新系统图", 6, 15, ("official",)),
]  # fmt: skip
LESSON = {
    "title": "紧急停车联锁被旁路",
    "what": "检查中发现，有企业反应釜紧急停车联锁被旁路而未办理审批，一旦超温超压将不能自动停车。"
    "请对照核查本企业全部安全联锁，逐个确认投用情况，并如实答复。",
    "questions": [
        "有没有正在旁路或停用的安全联锁？",
        "旁路、停用是否都办理了审批并有替代措施？",
        "联锁台账与现场是否一致？",
    ],
    "basis": "《安全生产法》第36条；应急〔2018〕19号",
}
INCIDENT = {
    "title": "储罐切水作业着火事故警示",
    "what": "外省一企业储罐切水作业时油气扩散遇点火源着火。请核查切水、采样等开放式作业的管理。",
    "questions": ["有没有切水、采样等开放式作业？", "作业时人员是否全程在场？", "作业区点火源是否受控？"],
    "basis": "GB 30871-2022",
}


def share(
    pairs: dict[int, Pair],
    officers: dict[int, Who],
    leaders: dict[int, Who],
    office: Who,
    plants: list[Enterprise],
    until: date,
) -> None:
    """`plants`: the one people try the portal at comes first."""
    plants = [plant for plant in plants if plant.pk in officers]
    for number, finding in enumerate(FINDINGS):
        plant = plants[0] if number < 3 else plants[number]
        report(officers[plant.pk], pairs[plant.district_id].lead, finding, until, number)
    lesson(office, officers, until)
    leader = leaders.get(plants[0].district_id)
    if leader:
        with at(until - timedelta(days=3), 10), enter(leader):
            answer_by = until + timedelta(days=12)
            broadcasts.send(INCIDENT | {"answer_by": answer_by}, Reach(sectors=("hazchem", "chemical")))


def report(officer: Who, inspector: Who, finding: tuple, until: date, number: int) -> None:
    what, place, level, kind, measures, since, length, acts = finding
    day = until - timedelta(days=since)
    with at(day, 10, number), enter(officer):
        check = selfchecks.report(
            {
                "description": what, "place": place, "level": level, "accident_type": kind, "measures": measures,
                "found_on": day, "found_by_name": officer.person_name, "planned_on": day + timedelta(days=length),
            }
        )  # fmt: skip
        selfchecks.add_photo(check.pk, "found", photo(900 + number, mended=False, day=day))
    for act in acts:
        person = inspector if act == "official" else officer
        with at(day + timedelta(days=2), 15, number), enter(person):
            if act == "finish":
                selfchecks.add_photo(check.pk, "done", photo(950 + number, mended=True, day=day))
                selfchecks.finish(check.pk, f"已按措施整改：{measures}。")
            elif act == "cancel":
                selfchecks.cancel(check.pk, "经核实为施工临时支架，已随工程拆除。")
            elif act == "change":
                later = {"planned_on": day + timedelta(days=length + 15)}
                selfchecks.change(check.pk, later, "托盘供货推迟。")
            else:
                told = {
                    "description": f"{what}，火灾时可能误操作",
                    "place": place,
                    "level": level,
                    "accident_type": kind,
                }
                selfchecks.officialise(check.pk, told | {"basis": "GB 50151-2021"})


def lesson(office: Who, officers: dict[int, Who], until: date) -> None:
    """Sent from a major hazard three weeks ago; most answered in time, some late, some not."""
    sent = until - timedelta(days=20)
    with at(sent, 9), enter(office):
        source = Hazard.objects.filter(level=Level.MAJOR, found_on__lt=sent).order_by("pk").first()
        broadcast = broadcasts.send(
            LESSON | {"answer_by": sent + timedelta(days=14)},
            Reach(major=True, equipment="反应"),
            hazard_id=source.pk if source else None,
        )
        addressed = list(
            BroadcastAddress.objects.filter(broadcast=broadcast).values_list("enterprise_id", "pk").order_by("pk")
        )
    for number, (plant, address) in enumerate(one for one in addressed if one[0] in officers):
        day = sent + timedelta(days=3 + number % 16)
        if number % 5 == 4 or day >= until:
            continue
        with at(day, 11, number % 60), enter(officers[plant]):
            clear = {"verdict": "none", "words": "逐个核对联锁台账与现场，均已投用。"}
            one = clear
            if number % 4 == 0:
                one = {
                    "verdict": "found", "words": "空压机出口温度联锁停用两天，未补办审批。", "place": "空压站",
                    "measures": "恢复投用并补办审批，考核当班人员", "planned_on": day + timedelta(days=10), "level": "general",
                }  # fmt: skip
            broadcasts.answer(address, [one, clear, {"verdict": "na" if number % 3 == 0 else "none", "words": ""}])
