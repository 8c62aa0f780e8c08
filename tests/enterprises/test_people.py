"""包保责任人: dated, one at a time, replaced without a gap, corrected without a trace of a second person."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from enterprises.actions import people, units
from enterprises.models import Duty, ResponsiblePerson, Unit
from enterprises.queries.people import figures, majors, needs_none, responsibility
from portal.audit.models import AuditRecord
from portal.holidays.deadlines import REGISTRATION
from portal.reference.files import rows
from portal.refusals import BadInput, NotAllowed, Refused
from tests.enterprises.test_units import AMMONIA, tank_farm

TODAY = date(2026, 9, 14)  # a Monday


@pytest.fixture(autouse=True)
def in_september(on_day):
    with on_day(TODAY):
        yield


def installation(world, key="a", *, name="液氨罐区", quantity=50) -> Unit:
    with world.as_("office"):
        unit = tank_farm(world, key, name=name)
        units.put_holding(unit.pk, AMMONIA | {"quantity_t": quantity})
        return Unit.objects.get(pk=unit.pk)


def put(world, unit, duty="principal", *, by="officer", name="王大成", starts=date(2026, 3, 1), **more):
    told = {"post": "总经理", "phone": "13800000001"} | more
    with world.as_(by):
        return people.appoint(unit.pk, duty, name=name, starts=starts, **told)


def complete(world, unit, **more):
    for duty, name in zip(Duty.values, ("王大成", "李永明", "赵小安"), strict=True):
        put(world, unit, duty, name=name, **more)


def kept(world, unit, duty="principal") -> list[tuple]:
    with world.as_("office"):
        found = ResponsiblePerson.objects.filter(unit=unit, duty=duty).order_by("starts")
        return [(one.name, one.starts, one.ends) for one in found]


def test_a_successor_takes_over_the_day_after_the_predecessors_last(world):
    unit = installation(world)
    first = put(world, unit)
    put(world, unit, name="周正", starts=date(2026, 9, 10), replaces=first.pk)
    assert kept(world, unit) == [
        ("王大成", date(2026, 3, 1), date(2026, 9, 9)),
        ("周正", date(2026, 9, 10), None),
    ]
    with world.as_("office"):
        assert responsibility(unit.pk).places[0].current.name == "周正"


def test_an_appointment_for_next_week_leaves_the_incumbent_in_office_until_then(world, on_day):
    unit = installation(world)
    first = put(world, unit)
    put(world, unit, name="周正", starts=TODAY + timedelta(days=7), replaces=first.pk)
    with world.as_("office"):
        place = responsibility(unit.pk).places[0]
        assert (place.current.name, [one.name for one in place.coming]) == ("王大成", ["周正"])
    with on_day(TODAY + timedelta(days=7)), world.as_("office"):
        place = responsibility(unit.pk).places[0]
        assert (place.current.name, [one.name for one in place.past]) == ("周正", ["王大成"])


def test_who_replaces_somebody_must_know_whom(world):
    unit = installation(world)
    first = put(world, unit)
    second = put(world, unit, name="周正", starts=date(2026, 9, 10), replaces=first.pk)
    for stale in (None, first.pk):
        with pytest.raises(Refused, match="刚刚有了变化"):
            put(world, unit, name="吴起", starts=date(2026, 9, 11), replaces=stale)
    assert kept(world, unit)[-1] == ("周正", second.starts, None)


@pytest.mark.parametrize("starts", [date(2026, 3, 1), date(2026, 2, 1)])
def test_a_successor_starts_after_the_incumbent_did(world, starts):
    unit = installation(world)
    first = put(world, unit)
    with pytest.raises(BadInput, match="晚于现任王大成"):
        put(world, unit, name="周正", starts=starts, replaces=first.pk)
    assert kept(world, unit) == [("王大成", date(2026, 3, 1), None)]


def test_no_two_hold_one_capacity_on_one_day(world):
    unit = installation(world)
    first = put(world, unit)
    with world.as_("officer"):
        people.end(first.pk, date(2026, 8, 31))
    with pytest.raises(BadInput, match="任期重叠"):
        put(world, unit, name="周正", starts=date(2026, 8, 31))
    put(world, unit, name="周正", starts=date(2026, 9, 1))
    put(world, unit, "technical", name="王大成", starts=date(2026, 3, 1))


def test_the_database_itself_refuses_two_on_one_day(world):
    unit = installation(world)
    complete(world, unit)
    with world.as_("office"):
        for one in ResponsiblePerson.objects.filter(unit=unit):
            with pytest.raises(IntegrityError, match="_on_any_day"), transaction.atomic():
                ResponsiblePerson(
                    enterprise=one.enterprise,
                    unit=unit,
                    duty=one.duty,
                    name="乙",
                    post="-",
                    phone="-",
                    starts=one.starts,
                    ends=one.starts,
                ).save()


def test_a_typo_is_corrected_in_place_and_nobody_is_replaced(world):
    unit = installation(world)
    first = put(world, unit, name="王大城")
    with world.as_("officer"):
        assert people.correct(first.pk, {"name": "王大成", "post": "总经理"}, revision=1) == ["姓名"]
        assert people.correct(first.pk, {"name": "王大成"}, revision=1) == []
        with pytest.raises(Refused, match="被他人修改"):
            people.correct(first.pk, {"name": "王小成"}, revision=1)
    assert kept(world, unit) == [("王大成", date(2026, 3, 1), None)]


def test_a_correction_of_days_cannot_make_two_overlap(world):
    unit = installation(world)
    first = put(world, unit)
    second = put(world, unit, name="周正", starts=date(2026, 9, 10), replaces=first.pk)
    with world.as_("officer"):
        with pytest.raises(BadInput, match="任期重叠"):
            people.correct(second.pk, {"starts": date(2026, 9, 9)})
        people.correct(first.pk, {"ends": date(2026, 9, 7)})
        people.correct(second.pk, {"starts": date(2026, 9, 8)})
        with pytest.raises(BadInput, match="只更正已有的离任日期"):
            people.correct(second.pk, {"ends": date(2026, 9, 20)})
    assert kept(world, unit) == [("王大成", date(2026, 3, 1), date(2026, 9, 7)), ("周正", date(2026, 9, 8), None)]


def test_whoever_leaves_holds_office_to_the_end_of_their_last_day(world, on_day):
    unit = installation(world)
    first = put(world, unit)
    with world.as_("officer"):
        people.end(first.pk, TODAY)
        assert responsibility(unit.pk).places[0].current.name == "王大成"
        with pytest.raises(Refused, match="已于2026-09-14离任"):
            people.end(first.pk, TODAY)
    with on_day(TODAY + timedelta(days=1)), world.as_("officer"):
        assert responsibility(unit.pk).places[0].current is None


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": " "}, "name"),
        ({"post": ""}, "post"),
        ({"phone": "无"}, "phone"),
        ({"phone": "12345"}, "phone"),
        ({"starts": date(206, 3, 1)}, "starts"),
        ({"starts": TODAY + timedelta(days=61)}, "starts"),
        ({"registered_on": TODAY + timedelta(days=1)}, "registered_on"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_kept(world, told, field):
    unit = installation(world)
    with pytest.raises(BadInput) as refusal:
        put(world, unit, **told)
    assert refusal.value.field == field
    assert kept(world, unit) == []


def test_the_change_is_to_be_registered_within_five_days_and_a_day_off_moves_the_last_one(world):
    """应急厅〔2021〕12号 says five days and not which: natural ones; 2026-09-06 is a Sunday (民法典第203条)."""
    unit = installation(world)
    for starts, due in [(date(2026, 9, 1), date(2026, 9, 7)), (date(2026, 9, 2), date(2026, 9, 7))]:
        person = put(world, unit, starts=starts)
        assert person.register_by == due
        assert "5日" in person.register_rule["rule"]
        with world.as_("office"):
            people.end(person.pk, starts)
    [period] = [row for row in rows("legal_deadlines") if row["item"] == "包保责任人信息变更更新"]
    assert (period["seq"], period["period"], period["unit"]) == (REGISTRATION, "5", "日")


def test_it_is_late_until_the_day_it_was_registered_is_entered(world):
    unit = installation(world)
    person = put(world, unit, starts=date(2026, 9, 8))
    with world.as_("office"):
        late = lambda on: ResponsiblePerson.objects.unregistered(on).filter(unit=unit).exists()  # noqa: E731
        assert person.register_by == TODAY
        assert (late(TODAY), late(TODAY + timedelta(days=1))) == (False, True)
        people.correct(person.pk, {"registered_on": TODAY})
        assert not late(TODAY + timedelta(days=1))


def test_a_corrected_first_day_gives_a_new_deadline(world):
    unit = installation(world)
    person = put(world, unit, starts=date(2026, 9, 8))
    with world.as_("office"):
        people.correct(person.pk, {"starts": date(2026, 9, 10)})
        person.refresh_from_db()
    assert person.register_by == date(2026, 9, 15)


def test_a_unit_that_is_no_major_hazard_installation_says_why_and_gets_nobody(world):
    unit = installation(world, quantity=5)
    assert "不构成重大危险源（S=0.5）" in needs_none(unit)
    with pytest.raises(Refused, match="不需要明确包保责任人"):
        put(world, unit)
    with world.as_("office"):
        units.change_unit(unit.pk, {"declared_level": 4})
    assert put(world, unit).pk
    with world.as_("office"):
        units.close_unit(unit.pk)
    with pytest.raises(Refused, match="起停用"):
        put(world, unit, "technical")


def test_a_unit_that_cannot_be_judged_yet_may_have_its_people_and_lacks_nobody(world):
    with world.as_("office"):
        unit = tank_farm(world)
        assert responsibility(unit.pk).undecided
    put(world, unit)
    with world.as_("office"):
        assert figures() == {"total": 0, "complete": 0, "lacking": 0, "late": 0}


def test_a_missing_capacity_is_a_figure_and_a_closed_unit_is_none(world):
    full, half, empty = (installation(world, name=name) for name in ("甲罐区", "乙罐区", "丙罐区"))
    installation(world, name="丁罐区", quantity=5)
    complete(world, full, registered_on=date(2026, 3, 2))
    put(world, half)
    with world.as_("office"):
        assert figures() == {"total": 3, "complete": 1, "lacking": 2, "late": 1}
        assert {unit.name for unit in majors().filter(has_technical=False)} == {"乙罐区", "丙罐区"}
        units.close_unit(empty.pk)
        assert figures()["lacking"] == 1
        people.end(full.responsible.get(duty="operational").pk, TODAY - timedelta(days=1))
        assert figures() == {"total": 2, "complete": 0, "lacking": 2, "late": 1}
    with world.as_("north"):
        assert figures()["total"] == 0


@pytest.mark.parametrize("login", ["expert", "department", "auditor"])
def test_those_who_only_read_change_nothing(world, login):
    unit = installation(world)
    person = put(world, unit)
    for verb in (
        lambda: people.appoint(unit.pk, "technical", name="甲", post="乙", phone="13800000001", starts=TODAY),
        lambda: people.correct(person.pk, {"name": "甲"}),
        lambda: people.end(person.pk, TODAY),
    ):
        with pytest.raises(NotAllowed), world.as_(login):
            verb()


@pytest.mark.parametrize("login", ["officer_b", "north", "office_x"])
def test_another_plants_unit_is_not_there(world, login):
    unit = installation(world)
    person = put(world, unit)
    for verb in (
        lambda: people.appoint(unit.pk, "technical", name="甲", post="乙", phone="13800000001", starts=TODAY),
        lambda: people.correct(person.pk, {"name": "甲"}),
        lambda: people.end(person.pk, TODAY),
    ):
        with pytest.raises(Http404), world.as_(login):
            verb()


def test_the_trail_tells_who_followed_whom_and_no_telephone_number(world):
    unit = installation(world)
    first = put(world, unit)
    second = put(world, unit, name="周正", starts=date(2026, 9, 10), replaces=first.pk)
    with world.as_("officer"):
        people.correct(second.pk, {"phone": "13900000009", "registered_on": TODAY})
        people.end(second.pk, TODAY)
    with world.as_("auditor"):
        trail = list(AuditRecord.objects.filter(action__startswith="responsible.").order_by("id"))
    assert [one.action for one in trail] == [
        "responsible.appoint",
        "responsible.appoint",
        "responsible.correct",
        "responsible.end",
    ]
    assert (trail[1].changes["from"], trail[1].changes["to"]) == ("王大成", "周正")
    assert not any("13900000009" in str(one.changes) or "13800000001" in str(one.changes) for one in trail)
