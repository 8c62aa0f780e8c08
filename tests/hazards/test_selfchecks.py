"""企业自查: the enterprise's own from beginning to end, never an official figure, with one bridge that is crossed once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.db import transaction as database
from django.http import Http404
from django.utils import timezone

from campaign.queries import dashboard
from hazards import rules_selfcheck as rules
from hazards.actions import selfchecks as verbs
from hazards.models import Evidence, Hazard, HazardStep, SelfCheck, SelfCheckPhoto, SelfCheckStep, Tally
from hazards.queries.figures import hazard_counts, tally_faults
from hazards.queries.selfchecks import counts_by_district
from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.stories import OFFICERS, issued, photo

OFFICIAL = {"description": "阀门法兰渗漏", "level": "major", "accident_type": "leak", "basis": "《安全生产法》第36条"}


def soon(days: int = 10) -> date:
    return timezone.localdate() + timedelta(days=days)


def facts(**more) -> dict:
    return {
        "description": "液氨罐区法兰渗漏",
        "place": "罐区T-103",
        "level": "general",
        "accident_type": "leak",
        "found_on": soon(0),
        "found_by_name": "方安",
        "measures": "更换垫片，完成前停用该罐",
        "planned_on": soon(),
    } | more


def reported(world, key: str = "a", **more) -> SelfCheck:
    with world.as_(OFFICERS[key]):
        return verbs.report(facts(**more))


def finished(world, key: str = "a", **more) -> SelfCheck:
    check = reported(world, key, **more)
    with world.as_(OFFICERS[key]):
        verbs.add_photo(check.pk, "done", photo(33))
        return verbs.finish(check.pk, "已更换垫片并复测")


def in_state(world, state: str) -> SelfCheck:
    if state == rules.DONE:
        return finished(world)
    check = reported(world)
    if state == rules.CANCELLED:
        with world.as_("officer"):
            verbs.cancel(check.pk, "重复上报")
    return fresh(world, check)


def fresh(world, check: SelfCheck) -> SelfCheck:
    with world.as_("office"):
        return SelfCheck.objects.select_related("enterprise").get(pk=check.pk)


def made_official(world, check: SelfCheck, by: str = "inspector", **more) -> Hazard:
    with world.as_(by):
        return verbs.officialise(check.pk, OFFICIAL | more)


DO = {
    "change": ("officer", lambda pk: verbs.change(pk, {"planned_on": soon(20)}, "备件未到")),
    "finish": ("officer", lambda pk: (verbs.add_photo(pk, "done", photo(34)), verbs.finish(pk, "已更换"))[1]),
    "cancel": ("officer", lambda pk: verbs.cancel(pk, "重复上报")),
    "reopen": ("officer", lambda pk: verbs.reopen(pk, "又渗漏", soon(5))),
    "officialise": ("inspector", lambda pk: verbs.officialise(pk, OFFICIAL)),
}


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", rules.VERBS)
def test_the_table_alone_says_where_a_verb_leads(world, state, verb):
    check = in_state(world, state)
    login, act = DO[verb]
    to = rules.TRANSITIONS.get((state, verb))
    with world.as_(login):
        steps = SelfCheckStep.objects.filter(self_check=check).count()
        if to:
            act(check.pk)
        else:
            with pytest.raises(IllegalMove, match="现为"), database.atomic():
                act(check.pk)
        assert SelfCheckStep.objects.filter(self_check=check).count() == steps + bool(to)
    assert fresh(world, check).state == (to or state)


def official_figures(world) -> list:
    """Every number an official figure is made of, as every audience sees it."""
    figures = []
    for login in ("office", "inspector", "auditor"):
        with world.as_(login):
            figures += [hazard_counts(), replace(dashboard(timezone.localdate()), at=None), tally_faults()]
            figures += [model.objects.count() for model in (Hazard, HazardStep, Evidence, Tally)]
    return figures


def test_no_self_check_moves_an_official_figure_whatever_becomes_of_it(world):
    issued(world)
    before = official_figures(world)
    for state in rules.STATES:
        in_state(world, state)
    late = reported(world, "c")
    with world.as_("officer_c"):
        SelfCheck.objects.filter(pk=late.pk).update(planned_on=soon(-5))
        verbs.add_photo(late.pk, "found", photo(35))
    assert official_figures(world) == before


def test_the_dashboard_page_says_the_same_before_and_after(world, monkeypatch):
    moment = timezone.now()
    monkeypatch.setattr("campaign.queries.timezone.now", lambda: moment)
    pages = [world.client("office").get("/dashboard/").content.decode()]
    monkeypatch.undo()
    finished(world, level="major")
    reported(world)
    monkeypatch.setattr("campaign.queries.timezone.now", lambda: moment)
    pages.append(world.client("office").get("/dashboard/").content.decode())
    shown = [page.partition("<main")[2] for page in pages]
    assert shown[0] == shown[1]


def test_made_official_it_is_one_recorded_hazard_with_its_source_and_the_self_check_stays_as_it_was(world):
    check = finished(world)
    hazard = made_official(world, check)
    now = fresh(world, check)
    assert (hazard.source_kind, hazard.source_id, hazard.status, hazard.level) == (
        "selfcheck", check.pk, "recorded", "major",
    )  # fmt: skip
    assert (now.state, now.hazard_id, now.level, now.done_on) == (rules.DONE, hazard.pk, "general", check.done_on)
    with world.as_("auditor"):
        trail = AuditRecord.objects.filter(object_id__in=[check.pk, hazard.pk]).values_list("action", flat=True)
        assert {"selfchecks.officialise", "hazards.record"} <= set(trail)
    with world.as_("officer"):
        assert Message.objects.filter(key=f"selfcheck:{check.pk}:official", channel="in_app").count() == 1


def test_the_bridge_is_crossed_once(world):
    check = reported(world)
    hazard = made_official(world, check)
    with world.as_("leader"), pytest.raises(IllegalMove, match=f"已转为隐患{hazard.pk}"):
        verbs.officialise(check.pk, OFFICIAL)
    with world.as_("office"):
        assert Hazard.objects.filter(source_kind="selfcheck", source_id=check.pk).count() == 1


def test_the_bridge_leads_one_way_the_enterprise_closing_its_own_closes_nothing_official(world):
    check = reported(world)
    hazard = made_official(world, check)
    with world.as_("officer"):
        verbs.add_photo(check.pk, "done", photo(36))
        verbs.finish(check.pk, "已更换")
    with world.as_("office"):
        assert Hazard.objects.get(pk=hazard.pk).status == "recorded"


@pytest.mark.parametrize("login", ["officer", "auditor", "expert"])
def test_only_officials_cross_the_bridge(world, login):
    check = reported(world)
    with world.as_(login), pytest.raises(NotAllowed):
        verbs.officialise(check.pk, OFFICIAL)


@pytest.mark.parametrize("login", ["office", "inspector", "department", "auditor"])
def test_nobody_but_the_enterprise_reports_changes_or_finishes(world, login):
    check = reported(world)
    with world.as_(login):
        for act in (
            lambda: verbs.report(facts()),
            lambda: verbs.finish(check.pk, "已改"),
            lambda: verbs.cancel(check.pk, "不实"),
            lambda: verbs.add_photo(check.pk, "done", photo(37)),
        ):
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize("login", ["inspector", "department"])
def test_the_wall_too_lets_officials_write_nothing_of_it_but_the_reference(world, login):
    check = reported(world)
    with world.as_(login), connection.cursor() as cursor:
        cursor.execute("UPDATE hazards_selfcheck SET revision = revision WHERE id = %s", [check.pk])
        assert cursor.rowcount == 1
        for column in ("state", "done_on", "planned_on", "description", "level"):
            with pytest.raises(DatabaseError, match="permission denied"), database.atomic():
                cursor.execute(f"UPDATE hazards_selfcheck SET {column} = {column} WHERE id = %s", [check.pk])


def test_it_is_finished_only_with_a_note_and_a_picture_of_after(world):
    check = reported(world)
    with world.as_("officer"):
        verbs.add_photo(check.pk, "found", photo(38))
        with pytest.raises(BadInput, match="整改后的照片"):
            verbs.finish(check.pk, "已更换")
        verbs.add_photo(check.pk, "done", photo(39))
        with pytest.raises(BadInput, match="怎样整改"):
            verbs.finish(check.pk, "  ")
        assert verbs.finish(check.pk, "已更换").done_on == soon(0)


def test_taken_up_again_it_needs_a_new_picture(world):
    check = finished(world)
    with world.as_("officer"):
        verbs.reopen(check.pk, "又渗漏", soon(3))
        with pytest.raises(BadInput, match="整改后的照片"):
            verbs.finish(check.pk, "又更换")
        verbs.add_photo(check.pk, "done", photo(40))
        verbs.finish(check.pk, "又更换")


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"description": " "}, "description", "请填写隐患情况"),
        ({"measures": ""}, "measures", "请填写整改措施"),
        ({"found_on": soon(1)}, "found_on", "不能晚于今天"),
        ({"planned_on": soon(-1)}, "planned_on", "不能早于"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(world, wrong, field, sentence):
    with world.as_("officer"), pytest.raises(BadInput, match=sentence) as refused:
        verbs.report(facts(**wrong))
    assert refused.value.field == field


def test_the_same_report_sent_twice_is_one(world):
    key = "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c001"
    with world.as_("officer"):
        first, second = (verbs.report(facts(), key=key) for _ in range(2))
        assert first.pk == second.pk
        assert SelfCheckStep.objects.filter(self_check=first).count() == 1
        assert verbs.add_photo(first.pk, "found", photo(41)).pk == verbs.add_photo(first.pk, "found", photo(41)).pk


def test_a_key_that_stands_on_anothers_record_is_refused_and_says_nothing_of_it(world):
    key = "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c004"
    with world.as_("officer_b"):
        verbs.report(facts(description="乙厂的事"), key=key)
    over_the_api = world.client("officer").post("/api/v1/selfchecks/", facts() | {"key": key}, "application/json")
    assert (over_the_api.status_code, over_the_api.json()["code"]) == (409, "key_taken")
    assert "编号已被别的记录使用" in over_the_api.json()["message"]
    typed = {name: str(value) for name, value in facts().items()} | {"key": key}
    page = world.client("officer").post("/selfchecks/new/", typed)
    text = page.content.decode()
    assert page.status_code == 409
    assert "编号已被别的记录使用" in text
    assert "液氨罐区法兰渗漏" in text
    assert "乙厂的事" not in text
    # The same form sent again has a key of its own by now.
    assert key not in text
    with world.as_("officer"):
        assert not SelfCheck.objects.exists()


def test_what_was_changed_stays_in_the_history(world):
    check = reported(world)
    with world.as_("officer"):
        verbs.change(check.pk, {"planned_on": soon(20)}, "备件未到")
        step = SelfCheckStep.objects.filter(self_check=check).last()
    assert step.changes == {"计划完成日期": [str(soon(10)), str(soon(20))]}
    assert step.note == "备件未到"


def test_who_was_overtaken_is_told(world):
    check = reported(world)
    with world.as_("officer"):
        verbs.change(check.pk, {"place": "罐区T-104"}, "写错了")
        with pytest.raises(Refused, match="刚刚被他人办理"):
            verbs.cancel(check.pk, "重复", revision=check.revision)


def test_late_is_open_and_past_ones_own_date(world):
    checks = [reported(world), reported(world), finished(world)]
    with world.as_("officer"):
        SelfCheck.objects.filter(pk__in=[checks[0].pk, checks[2].pk]).update(planned_on=soon(-2))
        assert list(SelfCheck.objects.late()) == [checks[0]]
        assert SelfCheck.objects.late().get().late_days() == 2


def test_an_officer_sees_the_own_enterprise_alone_and_an_inspector_the_own_district(world):
    checks = {key: reported(world, key).pk for key in "abc"}
    for login, expected in {
        "officer": "a",
        "inspector": "ab",
        "north": "c",
        "office": "abc",
        "department": "ac",
    }.items():
        with world.as_(login):
            assert set(SelfCheck.objects.values_list("pk", flat=True)) == {checks[key] for key in expected}, login
    with world.as_("officer"), pytest.raises(Http404):
        verbs.cancel(checks["b"], "不是我的")


def test_counts_by_district_leave_cancelled_ones_out_and_are_ones_own(world):
    for state in rules.STATES:
        in_state(world, state)
    made_official(world, reported(world, "c"), by="north")
    with world.as_("office"):
        rows = {row.district.name: row for row in counts_by_district()}
    south, north = rows["江南区"], rows["江北区"]
    assert (south.reported, south.enterprises, south.open, south.done, south.official) == (2, 1, 1, 1, 0)
    assert (north.reported, north.open, north.official) == (1, 1, 1)
    with world.as_("inspector"):
        assert [row.district.name for row in counts_by_district()] == ["江南区"]


def test_nothing_is_added_to_what_is_over(world):
    check = finished(world)
    with world.as_("officer"), pytest.raises(IllegalMove, match="不能再添加照片"):
        verbs.add_photo(check.pk, "done", photo(42))
    with world.as_("officer"):
        assert SelfCheckPhoto.objects.filter(self_check=check).count() == 1
