"""任务, 目标 and 领导小组 in the demo city: invented people, and the plan's work half a year in."""

from datetime import date, timedelta
from decimal import Decimal

from campaign.actions import goals, tasks
from campaign.actions import phases as stages
from campaign.demo.history import acting, at, photo
from campaign.models import Milestone, Phase
from portal.tenancy.models import Organisation, Posting
from portal.tenancy.scope import Who, enter

MEMBERS = [
    ("head", "沈国良", "江州市人民政府副市长", "全面负责专项整治行动", date(2026, 3, 1), None),
    ("deputy", "黎文博", "市人民政府副秘书长", "协调各部门、各县区", date(2026, 3, 1), date(2026, 8, 31)),
    ("deputy", "温静安", "市人民政府副秘书长", "协调各部门、各县区", date(2026, 9, 1), None),
    ("deputy", "岳明远", "市应急管理局局长", "组织风险评估和执法检查", date(2026, 3, 1), None),
    ("member", "邵启航", "市工业和信息化局副局长", "技术改造和转型升级", date(2026, 3, 1), None),
    ("member", "祝海峰", "市消防救援支队副支队长", "火灾防控和应急演练", date(2026, 3, 1), None),
    ("member", "贺云川", "市财政局副局长", "专项资金", date(2026, 3, 1), None),
    ("office_head", "郑国栋", "市应急管理局副局长", "办公室日常工作", date(2026, 3, 1), None),
    ("liaison", "林晓岚", "领导小组办公室", "任务调度和信息报送", date(2026, 3, 1), None),
]
OFFICE, DEPARTMENT = "office", "dept"
# title, what, phase, clause, unit, assisting, begun and due as days from today, what became of it, percent, milestones
TASKS = [
    ("印发专项整治实施方案", "明确时间表、路线图、责任人，报领导小组审定后印发。", 0, "6.2", OFFICE, (), -190, -150, "confirmed", 100, 1),
    ("召开全市动员部署会", "市、县区、企业三级参加，会后三日内报送会议材料。", 0, "5.1", OFFICE, (DEPARTMENT,), -185, -170, "confirmed", 100, 0),
    ("建立全市企业台账", "两重点一重大企业逐家核实，一企一档。", 0, "4.1.1", DEPARTMENT, "all", -180, -120, "confirmed", 100, 2),
    ("完成江南区两重点一重大企业风险评估", "专家团队逐家评估制度、规程、预案，问题下达整改通知书。", 1, "4.1.1", "江南区", (DEPARTMENT,), -90, 40, "under_way", 65, 3),
    ("完成江北区两重点一重大企业风险评估", "专家团队逐家评估制度、规程、预案，问题下达整改通知书。", 1, "4.1.1", "江北区", (DEPARTMENT,), -90, -6, "under_way", 70, 3),
    ("完成滨海县两重点一重大企业风险评估", "专家团队逐家评估制度、规程、预案，问题下达整改通知书。", 1, "4.1.1", "滨海县", (DEPARTMENT,), -90, 25, "under_way", 80, 2),
    ("完成石化工业园区封闭化管理评估", "对照开发区封闭化管理要求评估差距，列出整改清单。", 1, "4.3.2", "石化工业园区", (DEPARTMENT,), -60, 5, "done", 100, 2),
    ("高风险企业全覆盖检查", "橙色、红色企业按频次检查，年底前全覆盖。", 1, "4.1.2", DEPARTMENT, "all", -80, 30, "under_way", 55, 3),
    ("建立安全隐患举报奖励机制", "修订奖励办法，公布举报渠道，按月公布受理情况。", 1, "4.1.2", DEPARTMENT, (OFFICE,), -100, -20, "under_way", 90, 2),
    ("火灾、爆炸、泄漏专项治理", "针对近年多发事故类型集中治理，突出问题挂牌督办。", 1, "4.1.3", DEPARTMENT, ("江南区", "石化工业园区"), -45, 75, "under_way", 30, 3),
    ("云溪县小化工企业清查", "逐家核查工艺、许可和周边距离，提出提升或淘汰意见。", 1, "6.3", "云溪县", (), -70, -12, "sent_back", 85, 1),
    ("督促企业主要负责人履行七项职责", "抽查主要负责人履职记录，约谈履职不到位的企业。", 1, "4.2.1", DEPARTMENT, "all", -30, 60, "under_way", 20, 2),
    ("新入职和转岗人员培训考核抽查", "抽查培训档案和考核试卷，重点检查承包商人员。", 1, "4.2.2", "江南区", (), -35, 2, "under_way", 75, 1),
    ("组织园区综合应急演练", "模拟储罐泄漏着火，检验企地联动。", 1, "4.2.2", "石化工业园区", (DEPARTMENT,), -50, -25, "confirmed", 100, 2),
    ("老旧装置安全改造清单", "摸排使用二十年以上装置，一装置一方案。", 1, "4.2.3", DEPARTMENT, ("滨海县",), -20, 90, "handed", 0, 2),
    ("专项资金使用方案", "明确风险评估、隐患排查、技术改造、教育培训的补助标准。", 1, "5.2", OFFICE, (), -65, -30, "postponed", 60, 1),
    ("重大危险源在线监测联网", "全部重大危险源接入市级平台，数据在线率不低于98%。", 1, "4.3.2", DEPARTMENT, "all", -40, 110, "under_way", 35, 3),
    ("执法人员专业培训", "全年每人不少于80学时，其中现场教学不少于24学时。", 1, "4.3.3", "江北区", (DEPARTMENT,), -75, 20, "under_way", 60, 2),
    ("滨海县油气管道占压清理", "逐处建档，限期清理。", 2, "4.1.3", "滨海县", (), -3, 150, "handed", 0, 2),
    ("修订地方化工企业安全管理办法", "征求意见，合法性审查，报市政府审议。", 2, "4.3.1", OFFICE, (DEPARTMENT,), 20, 260, "planned", 0, 3),
    ("专项整治成效评估和长效机制", "总结经验，形成制度成果。", 3, "6.3", OFFICE, (), 340, 450, "planned", 0, 1),
    ("宣传报道计划", "每月在市级媒体刊发一期专栏，已并入全市安全生产月方案。", 1, "5.4", OFFICE, (), -60, 10, "cancelled", 0, 0),
]  # fmt: skip
STEPS = ["制定工作方案", "完成一半工作量", "形成阶段成果"]
GOALS = [
    ("重特大安全事故", "at_most", 0, "起", "", "坚决杜绝重特大安全事故", 0),
    ("较大安全事故", "at_most", 0, "起", "", "遏制较大安全事故和较大社会影响的事故", 0),
    ("按期整改率", "at_least", 95, "%", "on_time_rate", "较大以上安全风险环节的事故隐患得到及时排查和整治", None),
    ("重大隐患未销号", "at_most", 0, "条", "major_open", "行动结束前重大隐患全部销号", None),
    ("检查覆盖率", "at_least", 100, "%", "visit_coverage", "高频次、全覆盖检查", None),
    ("专家评估覆盖率", "at_least", 100, "%", "assessment_coverage", "所有两重点一重大企业全面评估", None),
    ("提升一批企业", "at_least", 30, "家", "upgraded", "通过专项整治提升一批企业", None),
    ("淘汰一批企业", "at_least", 10, "家", "phased_out", "通过专项整治淘汰一批企业", None),
]


def run_the_campaign(office: Who, until: date) -> None:
    """Each task lives through the verbs on its own days, by one person of the unit that answers for it."""
    with enter(office):
        phases = list(Phase.objects.order_by("starts"))
        units = {(unit.kind, unit.name): unit.pk for unit in Organisation.objects.all()}
    cast = Cast(office, units)
    with at(until - timedelta(days=195), 9), enter(office):
        for post, name, unit, duty, starts, ends in MEMBERS:
            told = {"post": post, "name": name, "unit": unit, "duty": duty, "starts": starts, "ends": ends}
            goals.set_member(told | {"basis": "江安委〔2026〕3号"})
        for name, direction, target, measured_in, figure, note, value in GOALS:
            told = {"name": name, "direction": direction, "target": Decimal(target), "measured_in": measured_in}
            made = goals.set_goal(told | {"figure": figure, "note": note, "due": phases[-1].ends})
            if value is not None:
                on = until - timedelta(days=200)
                goals.enter_value(made.pk, Decimal(value), on, "市应急管理局事故统计台账")
    for number, told in enumerate(TASKS):
        live(cast, phases, told, number, until)
    for phase in phases:
        if phase.starts <= until:
            with at(phase.starts, 9), enter(office):
                stages.start(phase.pk)
        if phase.ends < until:
            with at(phase.ends, 17), enter(office):
                stages.complete(phase.pk, "阶段工作已完成，未完结的任务并入下一阶段办理。")


class Cast:
    """Who acts for each unit."""

    def __init__(self, office: Who, units: dict[tuple[str, str], int]):
        self.office, self.units = office, units
        with enter(office):
            postings = Posting.objects.current().filter(
                organisation__isnull=False, role__in=("department", "inspector")
            )
            self.people = {
                one.organisation_id: one for one in postings.select_related("person", "organisation").order_by("-pk")
            }

    def unit(self, word: str) -> int:
        if word == OFFICE:
            return self.office.organisation_id
        kind, begins = ("department", "") if word == DEPARTMENT else ("bureau", word)
        among = [pk for (of, name), pk in self.units.items() if of == kind and name.startswith(begins)]
        return next(pk for pk in among if pk in self.people)

    def assisting(self, words, answers: int) -> list[int]:
        if words == "all":
            return [pk for pk in self.people if pk != answers]
        return [self.unit(word) for word in words]

    def acting(self, unit: int) -> Who:
        here = self.people.get(unit)
        return acting(here, self.office.tenant_name) if here else self.office


def live(cast: Cast, phases: list[Phase], told: tuple, number: int, until: date) -> None:
    title, what, phase, clause, word, assisting, begun, ends, became, _, steps = told
    begins, due = until + timedelta(days=begun), until + timedelta(days=ends)
    unit = cast.unit(word)
    facts = {
        "title": title, "what": what, "phase": phases[phase].pk, "clause": clause, "unit": unit,
        "assisting": cast.assisting(assisting, unit), "responsible": cast.acting(unit).person_name, "starts": begins,
        "due": due,
    }  # fmt: skip
    apart = (due - begins) / (steps + 1)
    milestones = [(begins + apart * (place + 1), STEPS[place]) for place in range(steps)]
    with at(min(begins, until) - timedelta(days=4), 10, number), enter(cast.office):
        task = tasks.plan(facts, milestones)
    if became == "planned":
        return
    with at(begins, 9, number), enter(cast.office):
        tasks.hand(task.pk)
    if became == "cancelled":
        with at(begins + timedelta(days=20), 9, number), enter(cast.office):
            tasks.cancel(task.pk, "已并入全市安全生产月方案，不再单独实施。")
    if became in ("handed", "cancelled"):
        return
    work(cast, task.pk, unit, told, (begins, due, until), number)


def work(cast: Cast, task: int, unit: int, told: tuple, days: tuple[date, date, date], number: int) -> None:
    """What the unit does of it from the day it signs for it, and what the office says to that."""
    became, percent = told[-3], told[-2]
    begins, due, until = days
    doer, finished = cast.acting(unit), became in ("done", "confirmed", "sent_back")
    last = min(due - timedelta(days=2), until - timedelta(days=1)) if finished else min(due, until) - timedelta(days=1)
    with at(begins + timedelta(days=1), 9, number), enter(doer):
        tasks.acknowledge(task)
    length, said = (last - begins).days, ["已印发工作方案，明确分工。", "按计划推进，发现的问题已同步交办。"]
    with enter(doer):
        roadmap = list(Milestone.objects.filter(task=task).order_by("due"))
    reached = roadmap if finished else [one for one in roadmap[:-1] if one.due < until]
    # The days in their order, as the record of the task tells them.
    acts: list[tuple[date, Milestone | int]] = [(min(one.due, last), one) for one in reached]
    acts += [(begins + timedelta(days=length * part // 3), part) for part in (1, 2)]
    for day, act in sorted(acts, key=lambda one: one[0]):
        with at(day, 16, number), enter(doer):
            if isinstance(act, Milestone):
                tasks.reach(task, act.pk)
                continue
            trouble = "个别企业配合不够，建议约谈。" if number % 4 == 3 else ""
            made = tasks.report(task, said[act - 1], percent=min(percent, 95) * act // 2, difficulty=trouble)
            if number % 5 == 3 and act == 2:
                tasks.add_file(task, made.pk, photo(700 + number, mended=True, day=day))
    if finished:
        with at(last, 18, number), enter(doer):
            tasks.finish(task, "各项工作已完成，成果材料齐全，请予确认。")
    answered = min(last + timedelta(days=2), until)
    if became == "confirmed":
        with at(answered, 9, number), enter(cast.office):
            tasks.confirm(task, "材料齐全，同意销号。")
    elif became == "sent_back":
        with at(answered, 9, number), enter(cast.office):
            tasks.send_back(task, "两家企业周边距离未核实，请补充后再报。")
    elif became == "postponed":
        with at(due - timedelta(days=1), 9, number), enter(cast.office):
            tasks.postpone(task, until + timedelta(days=15), "补助标准须与省级资金衔接，等省里文件。")
