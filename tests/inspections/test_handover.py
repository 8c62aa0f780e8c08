"""When a post ends: nothing open is left to nobody, everything moves at once, and everybody concerned hears of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.actions import transfers
from hazards.models import Hazard, HazardStep, Notice, Supervision
from hazards.queries.names import open_in_names
from inspections.actions import handover, plans, visits
from inspections.models import PlannedVisit, Visit
from inspections.queries.handover import leaver_or_404, left_behind, open_counts, open_work
from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.refusals import BadInput, NotAllowed, Refused
from portal.tenancy.actions import cut_short, end_posting
from portal.tenancy.models import Organisation, Posting
from portal.tenancy.scope import tenant_scope
from tests import stories
from tests.inspections import walks

CITY = "江州市"
KINDS = ("visits", "planned", "recorded", "notices", "rectifying", "rechecks")


def at_work(world) -> None:
    """One of each kind in the name of `inspector`, with `inspector2`."""
    walks.walked(world)
    with world.as_("leader"):
        planned = plans.add_planned(Enterprise.objects.get(pk=world.enterprises["a"]), timezone.localdate())
        plans.assign(planned.pk, world.people["inspector"], world.people["inspector2"])
    stories.recorded(world)
    stories.issued(world)
    stories.issued(world, acknowledged=False)
    stories.submitted(world)


def to(world, login: str = "leader", kinds=KINDS) -> dict[str, int]:
    return dict.fromkeys(kinds, world.people[login])


def work_of(world, login: str, seen_by: str = "leader"):
    with world.as_(seen_by):
        return open_work(leaver_or_404(world.people[login]))


def hand_over(world, login="inspector", by="leader", **more):
    told = {"to": to(world), "instead": {}, "reason": "调离"} | more
    with world.as_(by):
        return handover.hand_over(world.people[login], **told)


def the_posting(login: str) -> Posting:
    return Posting.objects.get(person__name=f"{login}君")


def end(world, login: str = "inspector", days: int = 1) -> None:
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin", role="sysadmin"):
        end_posting(the_posting(login), timezone.localdate() - timedelta(days=days))


def heard(world, login: str) -> list[str]:
    with tenant_scope(world.tenants[CITY], CITY):
        mine = Message.objects.filter(person_id=world.people[login], channel="in_app")
        return list(mine.order_by("-id").values_list("title", flat=True))


def test_a_post_with_open_work_cannot_be_ended_and_the_refusal_says_where_to_go(world):
    at_work(world)
    with pytest.raises(Refused) as refusal:
        end(world)
    assert "进行中的检查1件" in refusal.value.sentence
    assert "待复查、待审核的隐患1件" in refusal.value.sentence
    assert refusal.value.sentence.endswith(f"/handover/{world.people['inspector']}/")
    assert refusal.value.field == "ends"
    with world.as_("office"):
        assert the_posting("inspector").ends is None


def test_the_console_shows_the_refusal_at_the_day_that_was_typed(world):
    stories.recorded(world)
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        posting = the_posting("inspector")
    page = world.client("sysadmin").post(
        f"/console/tenancy/posting/{posting.pk}/change/", {"ends": timezone.localdate().isoformat()}
    )
    assert f"/handover/{world.people['inspector']}/" in page.content.decode()
    with world.as_("office"):
        assert the_posting("inspector").ends is None


def test_once_everything_is_handed_over_the_post_ends(world):
    at_work(world)
    hand_over(world)
    end(world)
    with world.as_("office"):
        assert the_posting("inspector").ends == timezone.localdate() - timedelta(days=1)


def test_who_has_nothing_open_or_stays_in_the_body_may_go(world):
    end(world, "north2")
    stories.recorded(world)
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin", role="sysadmin"):
        old = the_posting("inspector")
        Posting.objects.create(
            person=old.person, role=old.role, organisation=old.organisation, district=old.district, starts=old.starts
        )
        end_posting(old, timezone.localdate())


def test_a_day_that_is_yet_to_come_may_be_entered(world):
    stories.recorded(world)
    end(world, days=-20)


def test_every_kind_moves_in_one_act(world):
    at_work(world)
    # The diagonal control: what is another's stays another's.
    other = stories.recorded(world, "a", by="inspector2")
    assert set(work_of(world, "inspector").items) == set(KINDS)
    done = hand_over(world)
    assert done.moved == 7
    assert work_of(world, "inspector").count == 0
    leader = world.people["leader"]
    with world.as_("leader"):
        assert Visit.objects.get(state="under_way").lead_id == leader
        assert PlannedVisit.objects.get().first_id == leader
        moved = Hazard.objects.exclude(pk=other.pk)
        assert set(moved.values_list("keeper_id", flat=True)) == {leader}
        assert Notice.objects.unserved().get().keeper_id == leader
        assert Hazard.objects.get(pk=other.pk).keeper_id is None
        assert set(open_work(leaver_or_404(leader)).items) == set(KINDS)
        assert HazardStep.objects.filter(verb="hand_over").count() == 4


def test_it_is_audited_and_all_concerned_are_told(world):
    at_work(world)
    hand_over(world)
    assert heard(world, "leader")[0] == "inspector君的工作交接给您：共7件"
    assert heard(world, "inspector")[0] == "您名下的事项已经交接"
    assert heard(world, "inspector2")[0] == "inspector君的工作已经交接"
    with world.as_("auditor"):
        record = AuditRecord.objects.get(action="handover.give")
        assert set(record.changes["moved"]) == set(KINDS)
        assert record.changes["reason"] == "调离"


def test_one_refused_kind_moves_nothing(world):
    at_work(world)
    chosen = to(world)
    del chosen["rechecks"]
    with pytest.raises(BadInput, match="待复查"):
        hand_over(world, to=chosen)
    assert work_of(world, "inspector").count == 7


def test_one_kind_that_cannot_be_moved_takes_the_others_back(world, monkeypatch):
    at_work(world)

    def refused(leaver, given, reason):
        raise Refused("文书刚刚有变动")

    monkeypatch.setitem(handover.MOVE, "rechecks", refused)
    before = work_of(world, "inspector").keys
    told = {f"to-{kind}": world.people["leader"] for kind in KINDS} | {"reason": "调离", "seen": " ".join(before)}
    answer = world.client("leader").post(f"/handover/{world.people['inspector']}/", told)
    assert "文书刚刚有变动" in answer.content.decode()
    assert work_of(world, "inspector").keys == before


def test_what_came_up_since_the_list_was_looked_at_moves_too_and_is_said(world):
    stories.recorded(world)
    seen = work_of(world, "inspector").keys
    stories.recorded(world)
    done = hand_over(world, seen=seen)
    assert (done.moved, done.since) == (2, 1)
    assert work_of(world, "inspector").count == 0


def test_a_kind_that_came_up_since_asks_for_its_receiver(world):
    stories.recorded(world)
    seen = work_of(world, "inspector").keys
    walks.walked(world)
    with pytest.raises(BadInput, match="进行中的检查") as refusal:
        hand_over(world, seen=seen, to=to(world, kinds=["recorded"]))
    assert refusal.value.field == "to-visits"


def test_two_people_of_a_visit_stay_two_people(world):
    walks.walked(world)
    with pytest.raises(BadInput, match="不能是同一人") as refusal:
        hand_over(world, to=to(world, "inspector2"))
    assert refusal.value.field == "instead-visits"
    hand_over(world, to=to(world, "inspector2"), instead={"visits": world.people["leader"]})
    with world.as_("leader"):
        visit = Visit.objects.get()
        assert {visit.lead_id, visit.second_id} == {world.people["leader"], world.people["inspector2"]}


def test_the_receiver_goes_on_with_the_visit(world):
    visit = walks.walked(world)
    hand_over(world)
    with world.as_("leader"):
        visits.finish_visit(visit.pk, second_id=None, met_with="方安")
        assert Hazard.objects.get().found_by_id == world.people["leader"]
    assert world.client("inspector").get(f"/visits/{visit.pk}/").status_code == 200


@pytest.mark.parametrize("login", ["north", "office", "officer", "expert"])
def test_only_somebody_certified_of_the_same_body_can_receive(world, login):
    stories.recorded(world)
    with pytest.raises(BadInput, match="请为"):
        hand_over(world, to=to(world, login))


def test_an_expired_certificate_receives_nothing(world):
    stories.recorded(world)
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        person = the_posting("leader").person
        person.certificate_until = timezone.localdate() - timedelta(days=1)
        person.save()
    with pytest.raises(BadInput, match="请为"):
        hand_over(world, by="office")


def test_a_colleague_cannot_hand_over_for_another_and_another_body_finds_nobody(world):
    stories.recorded(world)
    with pytest.raises(NotAllowed):
        hand_over(world, by="inspector2")
    with pytest.raises(Http404):
        hand_over(world, by="north")
    for login, status in {
        "north": 404,
        "inspector2": 403,
        "inspector": 200,
        "leader": 200,
        "office": 200,
        "officer": 403,
    }.items():
        assert world.client(login).get(f"/handover/{world.people['inspector']}/").status_code == status, login


def test_a_person_may_hand_over_their_own(world):
    stories.recorded(world)
    assert hand_over(world, by="inspector").moved == 1


def test_from_then_on_the_receiver_is_told_of_what_is_handed_in(world):
    hazard = stories.issued(world)
    hand_over(world)
    stories.hand_in(world, hazard)
    assert any(title.startswith("待复查") for title in heard(world, "leader"))
    assert not any(title.startswith("待复查") for title in heard(world, "inspector2"))


def test_what_is_transferred_to_another_unit_is_in_nobodys_name(world):
    hazard = stories.issued(world)
    hand_over(world)
    with world.as_("leader"):
        unit = Organisation.objects.get(kind="department")
        transfers.transfer(hazard.pk, unit.pk, "改由主管部门办理")
        assert Hazard.objects.get(pk=hazard.pk).keeper_id is None
    assert work_of(world, "leader").count == 0
    assert work_of(world, "inspector").count == 0


def test_a_supervising_leader_is_changed_by_the_office_alone(world):
    stories.supervised(world)
    with world.as_("office"):
        led = Supervision.objects.get()
        Supervision.objects.filter(pk=led.pk).update(leader=world.people["leader"], leader_name="leader君")
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        old = the_posting("leader")
        Posting.objects.create(
            person_id=world.people["inspector2"], role="inspector", organisation=old.organisation,
            district=old.district, leads=True, starts=old.starts,
        )  # fmt: skip
    with pytest.raises(Refused, match="没有需要交接"):
        hand_over(world, "leader", by="leader", to={})
    with pytest.raises(Refused, match="督办责任领导"):
        end(world, "leader")
    done = hand_over(world, "leader", by="office", to={"supervisions": world.people["inspector2"]})
    assert done.moved == 1
    with world.as_("office"):
        assert Supervision.objects.get().leader_id == world.people["inspector2"]
    end(world, "leader")


def test_a_post_that_ended_by_its_own_date_is_told_to_who_leads(world):
    at_work(world)
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        cut_short(the_posting("inspector"), timezone.localdate() - timedelta(days=1))
    with tenant_scope(world.tenants[CITY], CITY):
        handover.tell_leftovers()
        handover.tell_leftovers()
    assert heard(world, "leader").count("inspector君已不在任，名下还有7件没有交接") == 1
    hand_over(world, to=to(world, "leader"))
    with tenant_scope(world.tenants[CITY], CITY):
        assert left_behind() == []


def test_counting_for_many_agrees_with_listing_for_one(world):
    at_work(world)
    stories.confirming(world)
    stories.closed(world)
    stories.supervised(world)
    extra = stories.issued(world, "c")
    hand_over(world, login="inspector2", to=to(world, "leader"), instead={"visits": world.people["leader"]})
    with world.as_("office"):
        people = [
            world.people[login]
            for login in ("inspector", "inspector2", "leader", "north", "north2", "office", "office2")
        ]
        leavers = [leaver_or_404(person) for person in people]
        counts = open_counts(leavers)
        for leaver in leavers:
            listed = {kind: len(items) for kind, items in open_work(leaver).items.items()}
            assert dict(counts[leaver]) == listed, leaver.person.name
        for person in people:
            named = open_in_names([person])
            hazards = sum(one.count for one in named if one.status)
            assert hazards == Hazard.objects.open().in_name_of(person).count()
            notices = sum(one.count for one in named if not one.status)
            assert notices == Notice.objects.unserved().in_name_of(person).count()
        assert extra.pk


def test_the_page_lists_moves_and_stays_within_its_statements(world):
    at_work(world)
    client = world.client("leader")
    address = f"/handover/{world.people['inspector']}/"
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(address)
    ours = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "SELECT set_config"))]
    assert len(ours) <= 12, "\n".join(ours)
    text = page.content.decode()
    for words in ("进行中的检查 1 件", "还没去的计划检查 1 件", "整改中、到期由其复查的隐患 2 件", "待送达的文书 1 件"):
        assert words in text
    seen = page.context["form"].initial["seen"]
    chosen = {f"to-{kind}": world.people["leader"] for kind in KINDS}
    refused = client.post(address, chosen | {"seen": seen})
    assert refused.status_code == 400
    assert f'value="{world.people["leader"]}" selected' in refused.content.decode()
    done = client.post(address, chosen | {"seen": seen, "reason": "退休"}, follow=True)
    assert "已交接7件" in done.content.decode()
    assert "没有需要交接的事项" in done.content.decode()
