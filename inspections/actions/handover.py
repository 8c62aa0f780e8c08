"""工作交接: when somebody's post ends, everything open in their name moves with one confirmed list."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from hazards.actions.moves import leave_steps
from hazards.models import Hazard
from inspections.queries import INSPECTING
from inspections.queries.handover import KINDS, STATES, Item, Leaver, leaver_or_404, left_behind, open_work
from inspections.queries.handover import receivers as possible
from portal.audit.record import note as audit
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.models import Person, Posting
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, tenant_scope, who


@dataclass(frozen=True)
class Handed:
    """What moved, and how much of it had come up since the list was looked at."""

    moved: int
    since: int
    left: int
    """挂牌督办 that only the office may give another leader."""


@in_one_piece
def hand_over(
    person_id: int, to: Mapping[str, int], instead: Mapping[str, int], reason: str, seen: Iterable[str] = ()
) -> Handed:
    """交接: each kind to the receiver chosen for it, all in one act; what came up since the list was looked at moves too.

    `to` and `instead`: kind → person of the same body; `instead` takes the visits that the receiver is in already.
    `seen`: the keys of the items that were looked at. Raises BadInput, Http404, NotAllowed, Refused.
    """
    demand("handover.give")
    leaver = leaver_or_404(person_id)
    demand("handover.give", leaver)
    if not reason.strip():
        raise BadInput("请写明交接原因，如调离、退休。", field="reason")
    work = open_work(leaver, lock=True)
    left = len(work.items.pop("supervisions", [])) if who().scope != "city" else 0
    if not work.items:
        raise Refused(f"{leaver.person.name}名下没有需要交接的事项。")
    plan = {kind: shared_out(kind, items, leaver, to, instead) for kind, items in work.items.items()}
    for kind, given in plan.items():
        MOVE[kind](leaver, given, reason.strip())
    told(leaver, plan, reason.strip())
    moved = {kind: {str(item.record.pk): person.pk for item, person in given} for kind, given in plan.items()}
    audit("handover.give", leaver.person, {"reason": reason.strip(), "moved": moved})
    return Handed(work.count, len(work.keys - set(seen)), left)


Given = list[tuple[Item, Person]]


def shared_out(
    kind: str, items: list[Item], leaver: Leaver, to: Mapping[str, int], instead: Mapping[str, int]
) -> Given:
    able = {person.pk: person for person in possible(leaver, kind)}
    receiver, second = able.get(to.get(kind, 0)), able.get(instead.get(kind, 0))
    if receiver is None:
        raise BadInput(f"请为“{KINDS[kind]}”选择接收人。", field=f"to-{kind}")
    given = []
    for item in items:
        person = second if item.other == receiver.pk else receiver
        if person is None or person.pk == item.other:
            raise BadInput(
                f"“{item.record.enterprise}”的检查里已有{receiver.name}，两名检查人员不能是同一人，请另选一人接收这些检查。",
                field=f"instead-{kind}",
            )
        given.append((item, person))
    return given


def move_visits(leaver: Leaver, given: Given, reason: str) -> None:
    for item, person in given:
        change(item.record, ("lead", "second"), leaver, person, [])


def move_planned(leaver: Leaver, given: Given, reason: str) -> None:
    for item, person in given:
        item.record.revision += 1  # type: ignore[union-attr]
        change(item.record, ("first", "second"), leaver, person, ["revision"])


def change(record, roles: tuple[str, ...], leaver: Leaver, person: Person, also: list[str]) -> None:
    mine = [role for role in roles if getattr(record, f"{role}_id") == leaver.person_id]
    for role in mine:
        setattr(record, role, person)
    record.save(update_fields=[*mine, *also])


def move_hazards(leaver: Leaver, given: Given, reason: str) -> None:
    keep(given)
    for person, hazards in by_receiver(given).items():
        leave_steps(hazards, "hand_over", f"{leaver.person.name}名下，交接给{person.name}。{reason}")


def move_notices(leaver: Leaver, given: Given, reason: str) -> None:
    keep(given)


def keep(given: Given) -> None:
    for person, records in by_receiver(given).items():
        type(records[0]).objects.filter(pk__in=[one.pk for one in records]).update(keeper=person)


def move_supervisions(leaver: Leaver, given: Given, reason: str) -> None:
    for item, person in given:
        record = item.record
        record.leader, record.leader_name = person, person.name  # type: ignore[union-attr]
        record.save(update_fields=["leader", "leader_name"])
        hazard: Hazard = record.hazard  # type: ignore[union-attr]
        leave_steps([hazard], "hand_over", f"督办责任领导由{leaver.person.name}改为{person.name}。{reason}")


MOVE = {
    "visits": move_visits,
    "planned": move_planned,
    "notices": move_notices,
    "supervisions": move_supervisions,
    **dict.fromkeys(STATES, move_hazards),
}


def by_receiver(given: Given) -> dict[Person, list]:
    made: dict[Person, list] = {}
    for item, person in given:
        made.setdefault(person, []).append(item.record)
    return made


def told(leaver: Leaver, plan: dict[str, Given], reason: str) -> None:
    """The receivers, who leaves, and whoever signed or goes along and now meets somebody else."""
    event = f"handover:{leaver.person_id}:{timezone.now():%Y%m%d%H%M%S%f}"
    counts: dict[Person, Counter[str]] = {}
    beside = set()
    for kind, given in plan.items():
        for item, person in given:
            counts.setdefault(person, Counter())[kind] += 1
            signers = item.record.notice.signers if kind in STATES and item.record.notice else ()  # type: ignore[union-attr]
            beside |= {item.other, *(one.get("person_id") for one in signers)}
    name, today = leaver.person.name, reverse("my_day")
    for person, counted in counts.items():
        tell(
            {person.pk},
            event,
            f"{name}的工作交接给您：共{counted.total()}件",
            f"{said(counted)}。{reason}",
            today,
            True,
        )
    whole = "；".join(f"{person.name}：{said(counted)}" for person, counted in counts.items())
    tell({leaver.person_id}, event, "您名下的事项已经交接", f"{whole}。{reason}", today)
    others = {one for one in beside if one} - {leaver.person_id, *(person.pk for person in counts)}
    tell(others, event, f"{name}的工作已经交接", f"与您共同办理的事项由接收人接着办：{whole}。", today)


def said(counted: Counter[str]) -> str:
    return "、".join(f"{KINDS[kind]}{n}件" for kind, n in counted.items())


# --- nothing is left to nobody ----------------------------------------------------------------------------------------


def handed_over_first(posting: Posting, ends: date) -> None:
    """A post is not ended from today or an earlier day while something is open in its name. Raises Refused.

    Whoever ends posts sees no business: the portal looks for them, and tells kinds and numbers alone. What ends by its own
    date, or on a later day, is told to those who lead (`tell_leftovers`).
    """
    if posting.role not in INSPECTING or posting.organisation_id is None or ends > timezone.localdate():
        return
    stays = Posting.objects.current(ends).filter(
        person_id=posting.person_id, organisation_id=posting.organisation_id, role=posting.role
    )
    if stays.exclude(pk=posting.pk).filter(district_id=posting.district_id).exists():
        return
    with tenant_scope(who().tenant_id, who().tenant_name):
        person = Person.objects.get(pk=posting.person_id)
        work = open_work(Leaver(person, posting))
    if work.count:
        page = settings.PORTAL_URL + reverse("handover", args=[posting.person_id])
        raise Refused(
            f"{person.name}名下还有{work.said}，任职现在还不能结束。请本人、本单位负责人或领导小组办公室先办理工作交接：{page}",
            field="ends",
        )


def tell_leftovers() -> int:
    """Who leads a body hears, once a day, of what is open in the name of people who are posted there no longer. City scope only."""
    demand("handover.watch")
    today, heard = timezone.localdate(), set()
    for leaver, count in left_behind():
        people = posted(organisation_id=leaver.organisation_id, leads=True) or posted(
            organisation_id=leaver.organisation_id
        )
        tell(
            people or posted(role="office"),
            f"handover:left:{leaver.person_id}:{leaver.organisation_id}:{today}",
            f"{leaver.person.name}已不在任，名下还有{count}件没有交接",
            "请办理工作交接，指定接收人。",
            reverse("handover", args=[leaver.person_id]),
            urgent=True,
        )
        heard |= people
    return len(heard)
