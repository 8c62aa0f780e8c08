"""专家评估 in the demo city: eight invented experts with their ties, and three assessments in different states."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

from campaign.demo.history import Pair, at, photo
from enterprises.actions import diagnosis
from enterprises.models import DiagnosisSheet, Enterprise
from enterprises.queries.diagnosis import questions_of
from hazards.actions.notices import deadline_for
from inspections.actions import assessment_problems, assessment_reports, assessments, experts
from inspections.models_assessments import Assessment, Expert
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import Who, enter

# name, specialities, employer, title
POOL = [
    ("严谨之", ["process", "management"], "江州化工学会", "教授级高级工程师"),
    ("周慎行", ["process", "reaction"], "江州工业大学", "教授"),
    ("吴精工", ["equipment"], "江州特种设备检验研究院", "高级工程师"),
    ("郑仪明", ["instruments", "electrical"], "江州自动化学会", "高级工程师"),
    ("王应备", ["emergency", "fire"], "江州消防协会", "注册安全工程师"),
    ("冯储安", ["storage", "process"], "退休", "高级工程师"),
    ("陈守规", ["management", "work_permits"], "江州安全生产科学技术学会", "注册安全工程师"),
    ("褚电平", ["electrical"], "江州电力设计院", "高级工程师"),
]
NEWCOMERS = POOL[1:]
"""Those whom the system administrator registers for the demo; the first one has a login already."""
PROBLEMS = {
    "GZ-06": ("抽查的三份变更中，一份增设阀门的变更没有重新做风险评估", "一车间"),
    "CZ-02": ("操作规程没有规定紧急停车后再开车的步骤，现场按口头交代操作", "二车间"),
    "CZ-08": ("储罐切水没有操作票，无双人确认记录", "储罐区"),
    "YA-05": ("上半年演练没有评估报告，提出的问题没有整改记录", "公司"),
}
SEED = "双色球2026年第120期 03 09 14 22 27 31 + 08"


@contextmanager
def as_expert(who: Who, person_id: int):
    """As an expert of this city, seeing what their postings of the day let them see."""
    with enter(who):
        name = Person.objects.get(pk=person_id).name
        postings = Posting.objects.current().filter(person_id=person_id, role="expert")
        plants = tuple(postings.values_list("enterprise_id", flat=True))
    me = Who("expert", "expert", who.tenant_id, who.tenant_name, person_id=person_id, person_name=name)
    with enter(replace(me, enterprise_ids=plants)):
        yield name


def assess(office: Who, pairs: dict[int, Pair], plants: list[Enterprise], until: date) -> None:
    """`plants`: the one people try the portal at comes first. One under way, one reported and waiting, one taken into a notice."""
    day: Callable[[int], date] = lambda ago: until - timedelta(days=ago)  # noqa: E731
    with at(day(60), 9), enter(office):
        pool = fill_pool(day(60))
    with enter(office):
        keyed = Enterprise.objects.two_keys_one_major().filter(pk__in=[plant.pk for plant in plants])
        tried, waiting, decided = [plants[0], *(plant for plant in keyed if plant.pk != plants[0].pk)][:3]
    with at(day(40), 9), enter(office):
        told = {"purpose": "两重点一重大企业全覆盖评估", "starts": day(40), "ends": day(-20)}
        first = assessments.open_assessment(waiting.pk, by=appointed(pool, 4, 6, 7), **told)
        by = assessments.Lot(SEED, {"process": 1, "management": 1})
        second = assessments.open_assessment(decided.pk, by=by, **told)
    with at(day(30), 16):
        write_report(office, second, ["GZ-06", "CZ-08"])
    with at(day(29), 10), enter(pairs[decided.district_id].lead):
        problems = list(second.answers.undecided().order_by("pk"))
        taken = {
            one.pk: assessment_problems.Taking(deadline_for(length=30), "按报告整改到位并培训", one.level or "general")
            for one in problems
        }
        assessment_problems.take_problems(second.pk, taken, {}, pairs[decided.district_id].second.pk)
    with at(day(12), 16):
        write_report(office, first, list(PROBLEMS))
    with at(day(5), 9), enter(office):
        told = {"purpose": "反应釜扩能后的专项评估", "starts": day(5), "ends": day(-25)}
        now = assessments.open_assessment(tried.pk, by=appointed(pool, 0, 1, 3), **told)
        days = [(day(0), "首次会议，查阅管理制度"), (day(-1), "操作规程与现场核对"), (day(-3), "预案和演练，末次会议")]
        assessments.set_schedule(now.pk, days)
    with at(day(1), 15), as_expert(office, pool[0].person_id):
        for code in ("GZ-01", "GZ-02", "GZ-03", "GZ-05"):
            assessments.answer(now.pk, code, "ok")
        words, place = PROBLEMS["GZ-06"]
        assessments.answer(now.pk, "GZ-06", "problem", words=words, place=place)
        assessments.add_photo(now.pk, "GZ-06", photo(881, mended=False, day=day(1)))


def fill_pool(since: date) -> list[Expert]:
    made = []
    for name, skills, employer, title in POOL:
        person = Person.objects.filter(name=name).order_by("id")[0]
        told = {"skills": skills, "employer": employer, "title": title, "since": since}
        made.append(experts.declare_expert(person.pk, told))
    past = {"kind": "served", "name": "江州石化设计咨询有限公司", "starts": date(2019, 3, 1), "source": "本人申报"}
    experts.declare_tie(made[0].pk, past | {"ends": date(2022, 12, 31)})
    experts.declare_tie(made[1].pk, past | {"kind": "paid", "name": "江州精细化工研究所", "source": "合同"})
    return made


def appointed(pool: list[Expert], *places: int) -> assessments.Appointed:
    return assessments.Appointed([pool[place].pk for place in places], "熟悉该类装置，近三年与企业没有关联")


def write_report(office: Who, assessment: Assessment, problems: list[str]) -> None:
    """The team answers every item, finishes the diagnosis sheet, signs and reports."""
    with enter(office):
        team = list(assessment.members.order_by("-leads", "id").values_list("person_id", flat=True))
    with as_expert(office, team[0]):
        for sheet in assessment.sheets:
            for item in sheet["items"]:
                code = item["code"]
                if code in problems:
                    words, place = PROBLEMS[code]
                    assessments.answer(assessment.pk, code, "problem", words=words, place=place)
                else:
                    assessments.answer(assessment.pk, code, "ok")
        number = assessments.link_diagnosis(assessment.pk)
        sheet = DiagnosisSheet.objects.get(pk=number)
        counts = {
            q.row.code: diagnosis.Answer(q.ledger if q.ledger is not None else 0) for q in questions_of(sheet.answers)
        }
        diagnosis.fill_sheet(number, counts)
        diagnosis.read_ledger_again(number)
        diagnosis.finish_sheet(number)
    for person in team:
        with as_expert(office, person) as name:
            assessment_reports.sign(assessment.pk, name)
    with as_expert(office, team[0]):
        assessment_reports.finish(assessment.pk)
