"""包保责任人: appointed, replaced, corrected and taken off, each change with its days and its five days to register it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from enterprises.actions.facts import dialled
from enterprises.models import Duty, ResponsiblePerson, Unit
from enterprises.queries.people import needs_none
from portal.audit.record import note as audit
from portal.holidays.deadlines import REGISTRATION, deadline_for_rule
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece, who

AHEAD = timedelta(days=60)
EARLIEST = date(1990, 1, 1)
CORRECTED = ("name", "post", "phone", "starts", "ends", "registered_on")


def unit_for(unit_id: int) -> Unit:
    demand("responsible.edit")
    unit = Unit.objects.select_related("enterprise").filter(pk=unit_id).first()
    if unit is None:
        raise Http404(f"unit {unit_id}")
    return unit


def locked(person_id: int) -> ResponsiblePerson:
    demand("responsible.edit")
    person = (
        ResponsiblePerson.objects.select_for_update(of=("self",))
        .select_related("unit__enterprise", "enterprise")
        .filter(pk=person_id)
        .first()
    )
    if person is None:
        raise Http404(f"responsible person {person_id}")
    return person


@in_one_piece
def appoint(
    unit_id: int,
    duty: str,
    *,
    name: str,
    post: str,
    phone: str,
    starts: date,
    registered_on: date | None = None,
    replaces: int | None = None,
) -> ResponsiblePerson:
    """任命或更换. `replaces` is who holds the capacity as far as the caller knows; their last day is the day before `starts`.

    Raises BadInput, and Refused where somebody else holds it by now.
    """
    unit = unit_for(unit_id)
    if sentence := needs_none(unit):
        raise Refused(f"{sentence}不需要明确包保责任人。")
    incumbent = unit.responsible.select_for_update(of=("self",)).filter(duty=duty, ends=None).first()
    if (incumbent.pk if incumbent else None) != replaces:
        raise Refused("这一责任人刚刚有了变化，请核对现任后再提交，您填写的内容仍在下面。")
    person = ResponsiblePerson(unit=unit, enterprise=unit.enterprise, duty=duty, by_name=who().person_name)
    person.name, person.post, person.phone, person.starts = name, post, phone, starts
    person.registered_on = registered_on
    check(person)
    if incumbent:
        if starts <= incumbent.starts:
            raise BadInput(
                f"接任日期须晚于现任{incumbent.name}的起始日期{incumbent.starts:%Y-%m-%d}；只是写错了，请用“更正”。",
                field="starts",
            )
        incumbent.ends = starts - timedelta(days=1)
        incumbent.revision += 1
        incumbent.save(update_fields=["ends", "revision"])
    to_register(person)
    store(person)
    audit(
        "responsible.appoint",
        unit,
        {"role": Duty(duty).label, "from": incumbent.name if incumbent else "", "to": name, "starts": f"{starts}"},
    )
    return person


def correct(person_id: int, told: Mapping[str, Any], *, revision: int | None = None) -> list[str]:
    """更正: what was written down wrong, or the day the registration system was brought up to date; returns the labels.

    Nobody is replaced by this. Raises BadInput, and Refused where somebody else changed the entry meanwhile.
    """
    person = locked(person_id)
    changes = {name: (getattr(person, name), told[name]) for name in CORRECTED if name in told}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return []
    fresh(person, revision)
    if "ends" in changes and (person.ends is None or told["ends"] is None):
        raise BadInput("离任请用“离任”，接任请用“更换”；这里只更正已有的离任日期。", field="ends")
    for name, (_, new) in changes.items():
        setattr(person, name, new)
    check(person)
    if "starts" in changes:
        to_register(person)
    person.revision += 1
    store(person)
    # The trail is read by those who may not see telephone numbers.
    told_of = {
        name: "（电话）" if name == "phone" else [str(old or ""), str(new or "")]
        for name, (old, new) in changes.items()
    }
    audit("responsible.correct", person.unit, {"role": person.get_duty_display(), "person": person.name} | told_of)
    return [str(ResponsiblePerson._meta.get_field(name).verbose_name) for name in changes]


def end(person_id: int, ends: date, *, revision: int | None = None) -> ResponsiblePerson:
    """离任: the last day in office; from the next day on the capacity is vacant. Raises BadInput, Refused."""
    person = locked(person_id)
    if person.ends is not None:
        raise Refused(f"{person.name}已于{person.ends:%Y-%m-%d}离任。")
    fresh(person, revision)
    if ends > timezone.localdate() + AHEAD:
        raise BadInput(f"离任日期最多填到{AHEAD.days}天以后。", field="ends")
    person.ends = ends
    person.revision += 1
    check(person)
    store(person)
    audit(
        "responsible.end",
        person.unit,
        {"role": person.get_duty_display(), "person": person.name, "ends": f"{ends}"},
    )
    return person


def fresh(person: ResponsiblePerson, revision: int | None) -> None:
    if revision not in (None, person.revision):
        raise Refused("这一责任人刚刚被他人修改，请核对后再提交，您填写的内容仍在下面。")


def check(person: ResponsiblePerson) -> None:
    """Tidies what was typed. Raises BadInput."""
    person.name, person.post, person.phone = person.name.strip(), person.post.strip(), person.phone.strip()
    for field, word in (("name", "姓名"), ("post", "职务"), ("phone", "联系电话")):
        if not getattr(person, field):
            raise BadInput(f"请填写{word}。", field=field)
    person.phone = dialled("phone", person.phone)
    today = timezone.localdate()
    if not EARLIEST <= person.starts <= today + AHEAD:
        raise BadInput(f"起始日期应在{EARLIEST:%Y年}以后、{AHEAD.days}天以内，请检查年份。", field="starts")
    if person.ends is not None and person.ends < person.starts:
        raise BadInput(f"离任日期不能早于起始日期{person.starts:%Y-%m-%d}。", field="ends")
    if person.registered_on is not None and not EARLIEST <= person.registered_on <= today:
        raise BadInput("登记系统更新日期不能晚于今天；还没有更新的，请空着。", field="registered_on")


def to_register(person: ResponsiblePerson) -> None:
    """应急厅〔2021〕12号: a change stands in the registration system within five days."""
    deadline = deadline_for_rule(REGISTRATION, person.starts)
    person.register_by, person.register_rule = deadline.due, deadline.as_json()


def store(person: ResponsiblePerson) -> None:
    """Save; the database lets no two hold one capacity on one day."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as fault:
        if "_on_any_day" in str(fault) or "one_responsible_person_at_a_time" in str(fault):
            raise BadInput(
                f"与另一位{person.get_duty_display()}的任期重叠，同一天只能有一人。请对照下面的历任记录检查日期。",
                field="starts",
            ) from fault
        raise
