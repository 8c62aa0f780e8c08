"""Short ways to experts and assessments, each through the real verbs as the real people."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

from django.utils import timezone

from enterprises.actions import diagnosis
from enterprises.models import DiagnosisSheet
from enterprises.queries.diagnosis import questions_of
from inspections.actions import assessment_reports, assessments, experts
from inspections.models_assessments import Expert, MissedLead
from portal.tenancy.actions import add_person
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import Who, enter, tenant_scope
from tests.stories import photo

OFFICE = {"a": "office", "b": "office", "c": "office", "x": "office_x"}
CITY = {"a": "江州市", "b": "江州市", "c": "江州市", "x": "澄川市"}
FACTS = {
    "skills": ["process", "management"],
    "employer": "省化工学会",
    "title": "高级工程师",
    "since": date(2026, 1, 5),
}


def registered(world, key: str = "a", name: str = "严谨") -> int:
    """A person without any posting, as the system administrator registers them."""
    with tenant_scope(world.tenants[CITY[key]], CITY[key], scope="sysadmin"):
        return add_person(name, phone="13700000000").pk


def pooled(world, key: str = "a", *, login: str = "", name: str = "严谨", **facts) -> Expert:
    """An expert in the pool of the key's city: the person of a login, or a new one."""
    person = world.people[login] if login else registered(world, key, name)
    with world.as_(OFFICE[key]):
        return experts.declare_expert(person, FACTS | facts)


def tied(world, expert: Expert, key: str = "a", **told):
    with world.as_(OFFICE[key]):
        return experts.declare_tie(expert.pk, {"kind": "served", "name": "某公司", "source": "合同"} | told)


@contextmanager
def as_expert(world, person: int, key: str = "a"):
    """Act as an expert without a login, seeing what their postings of today let them see."""
    with tenant_scope(world.tenants[CITY[key]], CITY[key]):
        postings = Posting.objects.current().filter(person_id=person, role="expert")
        plants = tuple(postings.values_list("enterprise_id", flat=True))
        name = Person.objects.get(pk=person).name
    me = Who("expert", "expert", world.tenants[CITY[key]], CITY[key], person_id=person, person_name=name)
    with enter(replace(me, enterprise_ids=plants)) as who:
        yield who


def opened(world, key: str = "a", *, team: list[Expert] | None = None, days: int = 30, login: str = "", **more):
    """An assessment from today on by an appointed team of two; `login` names the leader's."""
    team = team or [pooled(world, key, login=login), pooled(world, key, name="周到")]
    today = timezone.localdate()
    by = assessments.Appointed([expert.pk for expert in team], "熟悉该工艺")
    told = {"purpose": "两重点一重大评估", "starts": today, "ends": today + timedelta(days=days), "by": by} | more
    with world.as_(OFFICE[key]):
        return assessments.open_assessment(world.enterprises[key], **told)


def team_of(world, assessment, key: str = "a") -> list[int]:
    with world.as_(OFFICE[key]):
        return list(assessment.members.filter(removed_on=None).values_list("person_id", flat=True))


PROBLEM = {"words": "开停车步骤与现场流程不符", "place": "一车间"}


def answered(world, assessment, key: str = "a", *, problems=("CZ-02",), **told) -> None:
    """Every item 符合 but these, and the diagnosis sheet finished."""
    leader = team_of(world, assessment, key)[0]
    with as_expert(world, leader, key):
        for sheet in assessment.sheets:
            for item in sheet["items"]:
                wrong = item["code"] in problems
                assessments.answer(
                    assessment.pk, item["code"], "problem" if wrong else "ok", **(PROBLEM | told if wrong else {})
                )
        diagnose(assessments.link_diagnosis(assessment.pk))


def diagnose(sheet_id: int) -> None:
    sheet = DiagnosisSheet.objects.get(pk=sheet_id)
    counts = {q.row.code: diagnosis.Answer(q.ledger or 0) for q in questions_of(sheet.answers)}
    if sheet.state == DiagnosisSheet.State.DRAFT:
        diagnosis.fill_sheet(sheet_id, counts)
        diagnosis.finish_sheet(sheet_id)


def signed(world, assessment, key: str = "a") -> None:
    for person in team_of(world, assessment, key):
        with as_expert(world, person, key) as me:
            assessment_reports.sign(assessment.pk, me.person_name)


def reported(world, key: str = "a", *, problems=("CZ-02",), assessment=None, **more):
    """A finished assessment's report."""
    assessment = assessment or opened(world, key, **more)
    answered(world, assessment, key, problems=problems)
    signed(world, assessment, key)
    with as_expert(world, team_of(world, assessment, key)[0], key):
        return assessment_reports.finish(assessment.pk)


def records(world, key: str, made, word: str) -> None:
    """One owner's records for the walk through every address (tests/security/objects.py)."""
    login = "expert" if key == "a" else ""
    expert = pooled(world, key, login=login, name=f"专家{key}", employer=f"单位{word}", note=word)
    made.expert, made.tie = expert.pk, tied(world, expert, key, name=f"客户{word}").pk
    team = [expert, pooled(world, key, name=f"组员{key}")]
    done = opened(world, key, team=team, purpose=f"评估{word}")
    answered(world, done, key, words=f"问题{word}", place=word)
    with as_expert(world, expert.person_id, key):
        shown = assessments.add_photo(done.pk, "CZ-02", photo(100 + len(word), name=f"{word}.jpg"))
    signed(world, done, key)
    with as_expert(world, expert.person_id, key):
        made.report = assessment_reports.finish(done.pk).pk
    made.reported, made.assessment_photo = done.pk, shown.pk
    made.assessment = opened(world, key, team=team, purpose=f"再评{word}").pk
    with as_expert(world, expert.person_id, key):
        assessments.answer(made.assessment, "GZ-01", "problem", words=f"缺{word}", place=word)
    with world.as_(OFFICE[key]):
        lead = MissedLead(
            person_id=expert.person_id,
            assessment_id=done.pk,
            hazard_id=made.hazards["recorded"],
            code="GZ-02",
            sentence=f"线索{word}",
            found_on=timezone.localdate(),
        )
        lead.save()
        made.missed = lead.pk
