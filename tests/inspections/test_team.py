"""队伍建设: certificates, training hours, workload, quality figures with their records, and commendations."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hazards.actions import moves, sample
from hazards.models import Hazard, HazardStep, SampleItem
from inspections.actions import team as verbs
from inspections.actions import visits
from inspections.models_team import Commendation
from inspections.queries import certified_postings
from inspections.queries.quality import Quality, quality
from inspections.queries.team import hours_of
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import Person
from portal.tenancy.scope import tenant_scope
from tests import stories
from tests.inspections import walks

CITY = "江州市"


def today() -> date:
    return timezone.localdate()


def told(**more) -> dict:
    return {"on": today(), "subject": "危化品执法", "hours": Decimal(8), "source": "省厅"} | more


def trained(world, login: str = "inspector", by: str = "leader", **more):
    with world.as_(by):
        return verbs.enter_training(world.people[login], told(**more))


def of(world, login: str, since: date | None = None) -> Quality:
    with world.as_("office"):
        person = world.people[login]
        return quality([person], since or today().replace(month=1, day=1), today())[person]


# --- certificates ---------------------------------------------------------------------------------------------------


def certificate_until(world, login: str, until: date) -> None:
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        Person.objects.filter(pk=world.people[login]).update(certificate_until=until)


def test_an_expired_certificate_inspects_and_signs_nothing(world):
    certificate_until(world, "inspector2", today() - timedelta(days=1))
    with world.as_("office"):
        assert world.people["inspector2"] not in certified_postings().values_list("person_id", flat=True)
    with pytest.raises(BadInput, match="没有有效的执法证号"):
        walks.started(world, second="inspector2")
    hazard = stories.recorded(world)
    with pytest.raises(BadInput, match="已过期"):
        stories.order(world, [hazard])


def test_a_certificate_is_good_on_its_last_day(world):
    certificate_until(world, "inspector2", today())
    walks.started(world, second="inspector2")
    stories.order(world, [stories.recorded(world)])


def test_the_team_page_says_which_certificates_end(world):
    certificate_until(world, "inspector2", today() - timedelta(days=1))
    certificate_until(world, "inspector", today() + timedelta(days=30))
    page = world.client("leader").get("/team/").content.decode()
    assert "已过期" in page
    assert f"至{today() + timedelta(days=30)}" in page


# --- training -------------------------------------------------------------------------------------------------------


def test_hours_are_counted_by_year_without_what_was_set_aside(world):
    trained(world, hours=Decimal("4.5"))
    trained(world, on=today() - timedelta(days=400))
    wrong = trained(world, hours=Decimal(90))
    with world.as_("leader"):
        verbs.set_training_aside(wrong.pk, "重复登记")
    with world.as_("office"):
        assert hours_of([world.people["inspector"]], today().year)[world.people["inspector"]] == Decimal("4.5")
    with world.as_("leader"), pytest.raises(IllegalMove):
        verbs.set_training_aside(wrong.pk, "再作废")


@pytest.mark.parametrize(
    "fault", [{"on": date(2999, 1, 1)}, {"hours": Decimal(0)}, {"hours": Decimal(-1)}, {"subject": " "}]
)
def test_training_that_cannot_be_is_refused(world, fault):
    with pytest.raises(BadInput):
        trained(world, **fault)


def test_training_is_entered_by_who_leads_the_district_or_the_office(world):
    trained(world, by="office")
    with pytest.raises(NotAllowed):
        trained(world, by="inspector2")
    with pytest.raises(Http404):
        trained(world, "north", by="leader")


# --- figures --------------------------------------------------------------------------------------------------------


def test_visits_and_what_they_found_count_for_both_inspectors(world):
    walks.finished(world, findings=2)
    walks.finished(world, findings=1)
    walks.walked(world)
    for login in ("inspector", "inspector2"):
        mine = of(world, login)
        assert (mine.visits, mine.found, mine.per_visit) == (2, 3, "1.5")
    assert of(world, "north").per_visit == "—"


def test_returned_rechecks_are_a_share_of_all_rechecks(world):
    stories.closed(world)
    hazard = stories.submitted(world)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "垫片不符")
    mine = of(world, "inspector")
    assert (len(mine.decisions), mine.returned) == (2, "50.0%")
    assert [one.hazard_id for one in mine.shown("returned")] == [hazard.pk]


def test_what_the_second_person_sends_back_is_no_recheck_of_theirs(world):
    hazard = stories.confirming(world)
    with world.as_("leader"):
        moves.send_back(hazard.pk, "证据不足")
    assert of(world, "leader").decisions == []
    assert len(of(world, "inspector").decisions) == 1


def decided_late(world, days: int, *, verb: str = "accept") -> Hazard:
    """Handed in so many days before it was decided."""
    with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
        hazard = stories.submitted(world)
    with world.as_("inspector"):
        if verb == "accept":
            moves.accept(hazard.pk, world.people["inspector2"])
        else:
            moves.send_back(hazard.pk, "不符")
    return hazard


@pytest.mark.parametrize("verb", ["accept", "return"])
def test_a_recheck_after_its_limit_is_late_in_this_round_and_in_one_that_is_over(world, verb):
    late = decided_late(world, 40, verb=verb)
    decided_late(world, 3, verb=verb)
    mine = of(world, "inspector")
    assert mine.on_time == "50.0%"
    assert [one.hazard_id for one in mine.shown("late")] == [late.pk]


def test_a_sample_found_untrue_counts_for_who_passed_it(world):
    hazard, fine = stories.closed(world), stories.closed(world)
    with world.as_("leader"):
        drawn = sample.draw(starts=today(), ends=today(), seed="第2026120期", percent=100)
        for item in SampleItem.objects.filter(sample=drawn):
            sample.look_again(item.pk, "untrue" if item.hazard_id == hazard.pk else "true", "现场又看了一遍")
    with world.as_("office"):
        # Taken back since: the figure does not forget who had passed it.
        moves.reopen(hazard.pk, "抽查不属实", stories.notices.deadline_for(length=20))
    mine = of(world, "inspector")
    assert mine.untrue == "50.0%"
    assert [one.hazard_id for one in mine.shown("untrue")] == [hazard.pk]
    assert {one.hazard_id for one in mine.shown("looked")} == {hazard.pk, fine.pk}
    assert of(world, "leader").untrue == "—"


def test_a_period_takes_its_own_days_alone(world):
    stories.closed(world)
    with world.as_("office"):
        person = world.people["inspector"]
        yesterday = today() - timedelta(days=1)
        assert quality([person], today() - timedelta(days=30), yesterday)[person].decisions == []
        assert len(quality([person], today(), today())[person].decisions) == 1


def test_every_figure_opens_to_exactly_its_records(world):
    walks.finished(world)
    hazard = stories.submitted(world)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "垫片不符")
    stories.closed(world)
    client = world.client("leader")
    page = client.get(f"/team/people/{world.people['inspector']}/")
    links = {label: link for value, label, meaning, link in page.context["cards"]}
    assert len(client.get(links["检查次数"].replace("&amp;", "&")).context["page"].rows) == 1
    shown = client.get(f"/team/people/{world.people['inspector']}/{links['复查退回率']}").context["decisions"]
    assert [one.hazard_id for one in shown] == [hazard.pk]


# --- who sees whom --------------------------------------------------------------------------------------------------


def test_one_sees_oneself_ones_leader_all_of_the_body_and_nobody_another_body(world):
    mine, beside, north = (f"/team/people/{world.people[login]}/" for login in ("inspector", "inspector2", "north"))
    statuses = {
        "inspector": (200, 403, 404),
        "leader": (200, 200, 404),
        "north": (404, 404, 200),
        "office": (200, 200, 200),
        "auditor": (200, 200, 200),
        "officer": (403, 403, 403),
        "office_x": (404, 404, 404),
    }
    for login, expected in statuses.items():
        client = world.client(login)
        assert tuple(client.get(page).status_code for page in (mine, beside, north)) == expected, login
    assert world.client("inspector").get("/team/").status_code == 403
    assert world.client("auditor").get("/team/").status_code == 200
    assert world.client("auditor").post(f"/team/people/{world.people['inspector']}/training/").status_code == 403


def test_the_pages_stay_within_twelve_statements(world):
    for _ in range(3):
        walks.finished(world)
        stories.closed(world)
    trained(world)
    client = world.client("leader")
    for address in ("/team/", f"/team/people/{world.people['inspector']}/", "/team/commendations/"):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        ours = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]
        assert len(ours) <= 12, (address, "\n".join(ours))


# --- commendations --------------------------------------------------------------------------------------------------


def proposed(world, login: str = "inspector") -> Commendation:
    with world.as_("leader"):
        return verbs.propose(world.people[login], "全年无退回，发现重大隐患2处", today() - timedelta(days=300), today())


def titles(world, login: str) -> list[str]:
    with tenant_scope(world.tenants[CITY], CITY):
        mine = Message.objects.filter(person_id=world.people[login], channel="in_app").order_by("-id")
        return list(mine.values_list("title", flat=True))


def test_a_district_proposes_with_the_figures_of_the_day_and_the_office_decides(world):
    walks.finished(world)
    made = proposed(world)
    walks.finished(world)
    assert titles(world, "office")[0] == "表彰建议待决定：inspector君"
    with world.as_("office"):
        record = Commendation.objects.get(pk=made.pk)
        assert record.figures[0][:2] == ["检查次数", "1次"]
        verbs.decide(made.pk, grants=True, opinion="同意，予以通报表扬")
    assert titles(world, "leader")[0] == "表彰建议已决定：inspector君"
    assert titles(world, "inspector")[0] == "您受到表彰"
    with world.as_("office"), pytest.raises(IllegalMove):
        verbs.decide(made.pk, grants=False, opinion="再想想")


def test_what_is_refused_is_told_to_who_proposed_it_alone(world):
    made = proposed(world)
    with world.as_("office"):
        verbs.decide(made.pk, grants=False, opinion="数字不足")
    assert "您受到表彰" not in titles(world, "inspector")
    proposed(world)


def test_one_proposal_at_a_time_and_none_for_oneself_or_another_body(world):
    proposed(world)
    with pytest.raises(Refused, match="已有一件"):
        proposed(world)
    with pytest.raises(Refused, match="自己"):
        proposed(world, "leader")
    with pytest.raises(Http404):
        proposed(world, "north")
    with world.as_("office"), pytest.raises(NotAllowed):
        verbs.propose(world.people["inspector2"], "好", today(), today())


def test_only_the_office_decides(world):
    made = proposed(world)
    for login in ("leader", "inspector", "auditor", "north"):
        with world.as_(login), pytest.raises(NotAllowed):
            verbs.decide(made.pk, grants=True, opinion="同意")
    page = world.client("leader").get(f"/team/commendations/{made.pk}/")
    assert page.status_code == 200
    assert 'name="grants"' not in page.content.decode()
    assert world.client("north").get(f"/team/commendations/{made.pk}/").status_code == 403


def test_a_decision_without_words_is_asked_for_and_what_was_chosen_stays(world):
    made = proposed(world)
    page = world.client("office").post(f"/team/commendations/{made.pk}/", {"grants": "yes", "opinion": ""})
    assert page.status_code == 400
    assert "checked" in page.content.decode()


# --- over the API ---------------------------------------------------------------------------------------------------


def test_the_api_has_the_same_verbs_and_refusals(world):
    leader, office = world.client("leader"), world.client("office")
    body = {"person": world.people["inspector"], "on": today().isoformat(), "subject": "防爆", "hours": "6.0"}
    made = leader.post("/api/v1/trainings/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert leader.post("/api/v1/trainings/", body | {"hours": "0"}, content_type="application/json").status_code == 400
    aside = f"/api/v1/trainings/{made.json()['id']}/aside/"
    assert leader.post(aside, {"reason": "重复"}, content_type="application/json").json()["set_aside"] == "重复"
    asked = {"person": world.people["inspector"], "grounds": "好", "since": "2026-01-01", "until": today().isoformat()}
    commended = leader.post("/api/v1/commendations/", asked, content_type="application/json")
    assert commended.status_code == 201, commended.content
    decide = f"/api/v1/commendations/{commended.json()['id']}/decide/"
    assert leader.post(decide, {"grants": True, "opinion": "好"}, content_type="application/json").status_code == 403
    assert (
        office.post(decide, {"grants": True, "opinion": "好"}, content_type="application/json").json()["state"]
        == "granted"
    )
    stories.recorded(world)
    page = f"/api/v1/handovers/{world.people['inspector']}/"
    assert [one["kind"] for one in leader.get(page).json()] == ["recorded"]
    given = {"to": {"recorded": world.people["inspector2"]}, "reason": "调离"}
    assert leader.post(page + "give/", given, content_type="application/json").json()["moved"] == 1
    assert world.client("north").get(page).status_code == 404
    with world.as_("office"):
        assert HazardStep.objects.filter(verb="hand_over").exists()
        assert visits
