"""回复提醒: whom a measure concerns hears 3 days before its reply is due, on the day, 1 and 3 days after and then every week,
until they have replied or it is done; once it is late the office hears too."""

from collections import defaultdict
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from accountability import rules_measure as rules
from accountability.models import Measure
from accountability.queries.measure_subjects import people_of
from hazards.rules_selfcheck import newest_step
from portal.messages.actions import Draft
from portal.messages.ladder import Rung, listed, say, unsaid
from portal.messages.models import Channel
from portal.permissions import demand
from portal.tenancy.queries import posted

SUBJECT = "measure_reply"


def remind(as_of: date | None = None) -> int:
    """One digest a person and day by each of the city's channels; returns how many people were told. City scope only."""
    demand("measures.remind")
    as_of = as_of or timezone.localdate()
    return say(f"measure-replies:{as_of}", unsaid(hearing(as_of)), digest)


def hearing(as_of: date) -> dict[int, list[Rung]]:
    """Person → what has come to be said to them, said before or not."""
    office = posted(role="office")
    wanted: dict[int, list[Rung]] = defaultdict(list)
    waiting = Measure.objects.unanswered(as_of - timedelta(days=rules.FIRST_REMINDED - 1)).order_by("reply_by", "id")
    for measure in waiting:
        due = measure.reply_by
        late = (as_of - due).days
        step = newest_step(late)
        # It was issued after the step's day, which told of the date.
        if step is None or due + timedelta(days=step) <= measure.issued_on:
            continue
        words = f"{measure.number} {measure.matter}"
        rung = Rung(SUBJECT, measure.pk, due, step, late, words, reverse("measure", args=[measure.pk]))
        concerned = people_of(measure)
        # With nobody posted there any more, the office hears in their place: nothing passes unheard.
        for person in sorted(concerned | office if late > 0 else concerned or office):
            wanted[person].append(rung)
    return wanted


def digest(person: int, rungs: list[Rung]) -> Draft:
    late = sum(rung.late > 0 for rung in rungs)
    parts = [f"逾期未回复{late}件"] * bool(late) + [f"待回复{len(rungs) - late}件"] * (late < len(rungs))
    link = rungs[0].link if len(rungs) == 1 else reverse("measure_list")
    body = listed(rungs, "其余{}件请打开表彰问责清单查看。")
    return Draft(person, Channel.IN_APP, "回复提醒：" + "，".join(parts), body, link, late > 0)
