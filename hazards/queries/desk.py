"""What the review desks read: who waits in which order, and the sentences to decide with."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from hazards import rules
from hazards.models import Hazard, HazardStep, ReasonTemplate
from portal.sm3 import sm3
from portal.tenancy.models import Role
from portal.tenancy.scope import who

# As far as anybody looks ahead; a filter finds quicker.
AHEAD = 1_000

# What a city has until it writes its own.
DEFAULTS = {
    ReasonTemplate.Kind.RETURN: [
        "整改后照片与隐患部位不一致，请在同一位置、同一角度补拍。",
        "照片模糊或看不清关键部位，请重新拍摄并上传清晰照片。",
        "整改措施不到位，隐患仍然存在，请继续整改。",
        "只作了临时处置，没有消除根本原因，请说明并落实长效措施。",
        "缺少检测、校验或验收记录，请补充后再提交。",
        "未说明责任人、完成时间和防止再发生的措施，请补充整改说明。",
    ],
    ReasonTemplate.Kind.ACCEPT: [
        "经现场复查，隐患已整改到位。",
        "经核对前后照片和整改说明，隐患已消除。",
        "整改到位，请举一反三，排查同类问题。",
    ],
}


def waiting(status: str) -> QuerySet[Hazard]:
    """待复查, or 待审核销号 that the acting person may confirm: first handed in, first decided.

    The limit for a recheck is counted from the day of handing in (令15号第17条), so the nearest limit is on top too.
    """
    queue = Hazard.objects.filter(status=status)
    if status == rules.CONFIRMING:
        # portal.permissions.second_person, said to the database.
        queue = queue.exclude(rechecked_by_id=who().person_id)
    elif who().role != Role.OFFICE:
        # portal.permissions.handles: what was handed to another unit waits there.
        queue = queue.filter(Q(handler=None) | Q(handler=who().organisation_id))
    return queue.order_by("submitted_on", "id")


@dataclass(frozen=True)
class Queue:
    """The keys of what waits, as this person meets them: what they put off comes last."""

    keys: list[int]
    more: bool

    @property
    def count_text(self) -> str:
        return f"{AHEAD}+" if self.more else str(len(self.keys))

    def place(self, pk: int) -> int:
        """From 1; 0 where it is further down than anybody looks ahead."""
        return self.keys.index(pk) + 1 if pk in self.keys else 0

    def after(self, pk: int | None) -> int | None:
        return self.beside(pk, 1)

    def before(self, pk: int | None) -> int | None:
        return self.beside(pk, -1)

    def beside(self, pk: int | None, way: int) -> int | None:
        """The neighbour, round the ends; None where nothing else waits."""
        others = [key for key in self.keys if key != pk]
        if not others:
            return None
        if pk not in self.keys:
            return self.keys[0]
        return self.keys[(self.keys.index(pk) + way) % len(self.keys)]


def queue_of(found: QuerySet[Hazard], later: Iterable[int] = ()) -> Queue:
    keys = list(found.values_list("pk", flat=True)[: AHEAD + 1])
    put_off = [pk for pk in later if pk in keys]
    first = [pk for pk in keys[:AHEAD] if pk not in put_off]
    return Queue(first + put_off, len(keys) > AHEAD)


def reasons() -> list[ReasonTemplate]:
    """The templates in use, returns first; the house's own where the city has never written any."""
    rows = list(ReasonTemplate.objects.all())
    if not rows:
        return [ReasonTemplate(kind=kind, text=text) for kind, texts in DEFAULTS.items() for text in texts]
    return [row for row in rows if row.active]


def seen(templates: Iterable[ReasonTemplate]) -> str:
    """What somebody was looking at, in short: another digest means that the list has changed."""
    return sm3(json.dumps([[row.kind, row.text] for row in templates]).encode())


def opinion_of(steps: Iterable[HazardStep]) -> HazardStep | None:
    """What the rechecker said: the last acceptance in a hazard's history."""
    return next((step for step in reversed(list(steps)) if step.verb == "accept"), None)
