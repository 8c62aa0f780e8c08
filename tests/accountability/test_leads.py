"""线索: each says what was counted and opens to exactly that, in neutral words; what was checked comes back only changed."""

import html
import re
from datetime import date, timedelta

import pytest
from django.http import Http404

from accountability import rules
from accountability.actions import leads as verbs
from accountability.models import Lead
from accountability.queries.leads import leads
from campaign.celery import app
from enterprises.models import Enterprise
from hazards.models import Hazard, HazardStep, SelfCheck
from inspections.models import Visit
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import District
from portal.tenancy.scope import tenant_scope
from tests.enterprises.test_pages import questions
from tests.hazards.test_selfchecks import reported
from tests.inspections import walks
from tests.stories import recorded, submitted
from tests.world import checked_code

CITY = "江州市"
TODAY = date(2026, 9, 30)


@pytest.fixture(autouse=True)
def last_of_september(on_day):
    with on_day(TODAY):
        yield


def run(world, as_of: date = TODAY) -> verbs.Run:
    with tenant_scope(world.tenants[CITY], CITY):
        return verbs.compute(as_of)


def found(world, kind: str) -> list:
    with tenant_scope(world.tenants[CITY], CITY):
        return [one for one in leads(TODAY) if one.kind == kind]


def many(world, key: str, days: list[int], **more) -> list[Hazard]:
    """Hazards found these many days before today."""
    made = [recorded(world, key, **{"description": f"第{n}处问题"} | more) for n in range(len(days))]
    with world.as_("office"):
        for hazard, ago in zip(made, days, strict=True):
            Hazard.objects.filter(pk=hazard.pk).update(found_on=TODAY - timedelta(days=ago))
    return made


def neighbours(world, number: int, **more) -> list[Enterprise]:
    """More plants of the sector, grade and district of a."""
    with world.as_("office"):
        like = Enterprise.objects.get(pk=world.enterprises["a"])
        same = {"district": like.district, "sector": like.sector, "kind": like.kind, "grade": like.grade}
        return [
            Enterprise.objects.create(
                code=checked_code(f"9135010{n}MA0009NB0"), name=f"江州邻{n}化工有限公司", **same | more
            )
            for n in range(number)
        ]


def rows_behind(client, link: str) -> list[str]:
    page = client.get(link).content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return re.findall(r'class="lead-cell">', page)


def test_most_of_a_quarter_in_its_last_days_is_a_lead_and_opens_to_those_records(world):
    many(world, "a", [0, 1, 2, 3, 4, 60])
    (lead,) = found(world, "burst")
    assert "记录隐患6条，其中5条" in lead.sentence
    assert "请核对" in lead.sentence
    for login in ("office", "inspector"):
        assert len(rows_behind(world.client(login), lead.link)) == 5


@pytest.mark.parametrize(
    ("days", "is_one"),
    [
        ([0, 1, 2, 3, 60], True),  # four of five
        ([0, 1, 2, 60, 61], True),  # exactly three fifths
        ([0, 1, 60, 61, 62], False),
        ([0, 1, 2, 60, 61, 62], False),  # half
        ([0, 1, 2, 3], False),  # four in all
        ([5, 5, 5, 5, 5], False),  # the sixth last day
        ([4, 4, 4, 4, 4], True),
    ],
)
def test_the_thresholds_of_a_burst_are_five_records_three_fifths_and_five_days(world, days, is_one):
    many(world, "a", days)
    assert bool(found(world, "burst")) == is_one


def test_void_hazards_are_no_burst(world):
    made = many(world, "a", [0, 1, 2, 3, 4])
    with world.as_("office"):
        Hazard.objects.filter(pk=made[0].pk).update(status="void")
    assert found(world, "burst") == []


def test_an_enterprise_that_reports_all_its_own_at_the_quarters_end_is_a_lead(world):
    for _ in range(5):
        reported(world)
    (lead,) = found(world, "burst")
    assert "自查上报5条，其中5条" in lead.sentence
    assert len(rows_behind(world.client("inspector"), lead.link)) == 5


COPY = "已组织全员学习并安排专人落实整改，隐患已消除，今后加强管理"


def noted(world, notes: list[str]) -> list[int]:
    """Hazards handed in with these notes."""
    made = [submitted(world, "a", description=f"{'甲乙丙丁戊己'[n]}处问题") for n in range(len(notes))]
    with world.as_("office"):
        # The history is never changed by anybody: a later hand-in with other words stands for it.
        steps = list(HazardStep.objects.filter(hazard__in=made, verb="submit").order_by("pk"))
        for step, note in zip(steps, notes, strict=True):
            step.pk, step.note = None, note
        HazardStep.objects.bulk_create(steps)
    return [one.pk for one in made]


def test_the_same_note_under_three_hazards_is_a_lead_whatever_its_numbers_and_commas(world):
    numbers = noted(world, [f"{COPY}1", f"{COPY}，22。", COPY.replace("，", "、 ")])
    lead = next(one for one in found(world, "copied") if "已组织全员学习" in one.sentence)
    assert "3条隐患的整改说明除数字和标点外相同" in lead.sentence
    page = world.client("inspector").get(lead.link).content.decode()
    assert all(f'"/hazards/{number}/"' in page for number in numbers)


def test_a_word_changed_here_and_there_is_nearly_the_same(world):
    noted(world, [COPY, COPY.replace("今后", "以后"), COPY.replace("专人", "专员")])
    assert any("大部分相同" in one.sentence and "已组织全员学习" in one.sentence for one in found(world, "copied"))


def test_two_of_a_kind_short_ones_and_different_ones_are_none(world):
    noted(world, [COPY, COPY, "已整改到位", "已整改到位", "已整改到位", "更换了法兰垫片并做了气密试验，责任人方安"])
    assert not [one for one in found(world, "copied") if "已组织" in one.sentence or "已整改到位" in one.sentence]


def test_what_the_checklist_says_itself_is_nobodys_copy(world):
    from inspections.models import ChecklistItem

    with world.as_("office"):
        text = next(item.text for item in ChecklistItem.objects.all() if len(rules.normal(item.text)) >= rules.SHORTEST)
    many(world, "a", [10, 20, 30], description=text)
    assert found(world, "copied") == []
    many(world, "a", [10, 20, 30], description="东侧围堰破损，积液外流到雨水沟里去了")
    assert len(found(world, "copied")) == 1


def visited(world, plant: Enterprise, times: int) -> None:
    """Finished visits, copied from one that was walked."""
    with world.as_("office"):
        visit = Visit.objects.filter(state="finished").first()
        for _ in range(times):
            visit.pk, visit.key, visit.enterprise = None, f"{plant.pk:08x}-0000-4000-8000-{_:012x}", plant
            visit.save()


def test_visited_twice_without_a_hazard_where_peers_have_three_is_a_lead(world):
    walks.finished(world, "b")
    *six, clean = neighbours(world, 7)
    for plant in (*six, clean):
        visited(world, plant, 2)
    sample = recorded(world, "a")
    with world.as_("office"):
        for plant in six:
            for n in range(3):
                hazard = Hazard.objects.get(pk=sample.pk)
                hazard.pk, hazard.key, hazard.enterprise = None, f"{plant.pk:08x}-0000-4000-9000-{n:012x}", plant
                hazard.description = f"{plant.name}{n}"
                hazard.save()
    (lead,) = found(world, "nothing_found")
    assert lead.sentence.startswith(f"{clean.name}近12个月检查2次，没有发现隐患")
    assert "7家，隐患数的中位数是3条" in lead.sentence
    assert lead.sector == "hazchem"
    assert len(rows_behind(world.client("inspector"), lead.link)) == 2


def test_no_report_in_a_year_where_half_of_the_peers_report_is_one_lead_a_kind_of_plant(world):
    plants = neighbours(world, 5)  # and a itself: six of the kind
    for _ in range(2):
        reported(world, "a")
    assert found(world, "no_selfcheck") == []  # one of six reports
    with world.as_("office"):
        sample = SelfCheck.objects.first()
    for plant in plants[:2]:
        with tenant_scope(world.tenants[CITY], CITY, scope="enterprise", role="officer", enterprise_id=plant.pk):
            sample.pk, sample.key = None, f"{plant.pk:08x}-0000-4000-a000-000000000001"
            sample.enterprise = Enterprise.objects.get(pk=plant.pk)
            sample.save(force_insert=True)
    (lead,) = found(world, "no_selfcheck")
    assert "全市6家中3家近12个月有自查上报；本区县有3家没有" in lead.sentence
    page = world.client("inspector").get(lead.link).content.decode()
    assert {plant.name for plant in plants if plant.name in page} == {plant.name for plant in plants[2:]}


def test_a_second_run_says_nothing_new_and_what_is_gone_is_put_aside(world):
    made = many(world, "a", [0, 1, 2, 3, 4])
    first = run(world)
    assert (first.new, first.gone) == (1, 0)
    assert (run(world).new, run(world).changed) == (0, 0)
    with world.as_("office"):
        Hazard.objects.filter(pk=made[0].pk).update(status="void")
    assert run(world).gone == 1
    with world.as_("office"):
        assert Lead.objects.standing().count() == 0


def test_what_was_checked_comes_back_only_when_its_facts_have_changed(world):
    many(world, "a", [0, 1, 2, 3, 4])
    run(world)
    with world.as_("inspector"):
        lead = Lead.objects.get()
        verbs.check(lead.pk, "专项行动集中检查，有行动方案")
        with pytest.raises(IllegalMove, match="已由inspector君核对"):
            verbs.check(lead.pk, "再核")
    run(world)
    with world.as_("inspector"):
        assert Lead.objects.open().count() == 0
        assert Lead.objects.get().checked_by == "inspector君"
    many(world, "a", [0])
    assert run(world).changed == 1
    with world.as_("inspector"):
        assert Lead.objects.open().get().checked_by == ""
    with world.as_("auditor"):
        trail = AuditRecord.objects.get(action="leads.check")
        assert trail.changes["note"] == "专项行动集中检查，有行动方案"


def test_a_check_needs_words_a_right_and_the_lead_one_looked_at(world):
    many(world, "a", [0, 1, 2, 3, 4])
    run(world)
    with world.as_("inspector"):
        number = Lead.objects.get().pk
        with pytest.raises(BadInput, match="请写明核对情况"):
            verbs.check(number, " ")
        with pytest.raises(Refused, match="刚刚有变化"):
            verbs.check(number, "看过", revision=99)
    for login in ("department", "auditor", "officer"):
        with world.as_(login), pytest.raises(NotAllowed):
            verbs.check(number, "看过")
    with world.as_("north"), pytest.raises(Http404):
        verbs.check(number, "看过")


def test_a_district_sees_its_own_and_no_enterprise_any(world):
    many(world, "a", [0, 1, 2, 3, 4])
    run(world)
    for login, n in {"office": 1, "inspector": 1, "auditor": 1, "north": 0, "department": 0}.items():
        with world.as_(login):
            assert Lead.objects.count() == n, login
    assert world.client("officer").get("/leads/").status_code == 403
    with world.as_("office"):
        assert District.objects.get(pk=Lead.objects.get().district_id).name == "江南区"


def test_only_the_clock_and_the_office_compute_and_the_clock_knows_it(world):
    with world.as_("inspector"), pytest.raises(NotAllowed):
        verbs.compute(TODAY)
    assert "accountability.tasks.compute_leads" in {entry["args"][0] for entry in app.conf.beat_schedule.values()}


def test_every_sentence_is_neutral_and_the_page_says_so(world):
    many(world, "a", [0, 1, 2, 3, 4], description="东侧围堰破损，积液外流到雨水沟里去了")
    run(world)
    with world.as_("office"):
        sentences = list(Lead.objects.values_list("sentence", flat=True))
    assert len(sentences) == 2
    for sentence in sentences:
        assert "可能" in sentence
        assert "核对" in sentence
        assert not re.search("造假|弄虚|违规|虚假", sentence)
    page = html.unescape(world.client("auditor").get("/leads/").content.decode())
    assert "线索，不是结论" in page
    assert "记录核对情况" not in page


def test_on_the_page_and_over_the_api_a_lead_is_checked_with_what_was_typed_kept(world):
    many(world, "a", [0, 1, 2, 3, 4])
    run(world)
    with world.as_("office"):
        number = Lead.objects.get().pk
    client = world.client("inspector")
    assert f"/leads/{number}/check/" in client.get("/leads/").content.decode()
    stale = client.post(f"/leads/{number}/check/", {"note": "专项行动", "revision": 99})
    assert stale.status_code == 409
    assert "专项行动" in stale.content.decode()
    done = client.post(f"/api/v1/leads/{number}/check/", {"note": "专项行动"}, content_type="application/json")
    assert done.json()["checked_by"] == "inspector君"
    assert f"/leads/{number}/check/" not in client.get("/leads/").content.decode()
    assert "专项行动" in client.get("/leads/?state=checked").content.decode()


def test_the_page_asks_at_most_twelve_questions(world):
    many(world, "a", [0, 1, 2, 3, 4])
    run(world)
    assert len(questions(world.client("office"), "/leads/")) <= 12


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), (date(2026, 1, 1), date(2026, 3, 31))),
        (date(2026, 12, 31), (date(2026, 10, 1), date(2026, 12, 31))),
        (date(2028, 2, 29), (date(2028, 1, 1), date(2028, 3, 31))),
    ],
)
def test_quarters(day, quarter):
    assert rules.quarter_of(day) == quarter
