"""What is open in one person's name, and who may take it over when their posting ends."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from hazards import rules
from hazards.models import Hazard, Notice, Supervision
from hazards.queries.names import Named, open_in_names
from inspections.models import PlannedVisit, Visit
from inspections.queries import INSPECTING
from portal.tenancy.models import Person, Posting, Role
from portal.tenancy.scope import who

SHOWN = 100
KINDS = {
    "visits": "进行中的检查",
    "planned": "还没去的计划检查",
    "recorded": "待下达文书的隐患",
    "notices": "待送达的文书",
    "rectifying": "整改中、到期由其复查的隐患",
    "rechecks": "待复查、待审核的隐患",
    "supervisions": "任督办责任领导的挂牌督办",
}
PAIRED = ("visits", "planned")
"""Two people's: who takes one over cannot be the one already in it."""
STATES = {
    "recorded": (rules.RECORDED,),
    "rectifying": (rules.RECTIFYING,),
    "rechecks": (rules.SUBMITTED, rules.CONFIRMING),
}


@dataclass(frozen=True)
class Leaver:
    """Somebody in the post that has ended or is to end."""

    person: Person
    posting: Posting

    @property
    def person_id(self) -> int:
        return self.person.pk

    @property
    def organisation_id(self) -> int | None:
        return self.posting.organisation_id

    @property
    def district_id(self) -> int | None:
        return self.posting.district_id if self.posting.role == Role.INSPECTOR else None


def leaver_or_404(person_id: int) -> Leaver:
    """In their newest post; to a district or a department, in that body's own."""
    posts = Posting.objects.filter(person_id=person_id, role__in=INSPECTING).exclude(organisation=None)
    if who().scope not in ("city", "audit"):
        posts = posts.filter(organisation_id=who().organisation_id)
    newest = posts.select_related("person", "organisation").order_by("-starts", "-pk").first()
    if newest is None:
        raise Http404(f"person {person_id}")
    return Leaver(newest.person, newest)


@dataclass(frozen=True)
class Item:
    """One thing in somebody's name. `other` is who is in it as well."""

    kind: str
    record: Visit | PlannedVisit | Hazard | Notice | Supervision
    other: int | None = None

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.record.pk}"


@dataclass
class OpenWork:
    """Everything open in one person's name, by kind."""

    items: dict[str, list[Item]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.items.values()))

    @property
    def keys(self) -> set[str]:
        return {item.key for items in self.items.values() for item in items}

    @property
    def said(self) -> str:
        return "、".join(f"{KINDS[kind]}{len(items)}件" for kind, items in self.items.items())


def in_name(leaver: Leaver) -> dict[str, QuerySet]:
    """The records of each kind, of the leaver's body alone: in another post they may go on."""
    me, body, district = leaver.person_id, leaver.organisation_id, leaver.district_id
    there = {"district_id": district} if district else {}
    pair = Q(first_id=me) | Q(second_id=me)
    # What was begun before its body was kept is whoever's began it.
    visits = Visit.objects.filter(
        Q(lead_id=me) | Q(second_id=me),
        Q(organisation_id=body) | Q(organisation=None),
        state=Visit.State.UNDER_WAY,
    )
    planned = PlannedVisit.objects.filter(
        pair, Q(organisation_id=body) | Q(joint_with_id=body), state=PlannedVisit.State.PLANNED
    )
    hazards = Hazard.objects.open().in_name_of(me).filter(**there)
    notices = Notice.objects.unserved().in_name_of(me).filter(**there)
    supervisions = Supervision.objects.filter(leader_id=me, lifted_on=None, **there)
    if not district:
        # A city body's are those it issued itself; what somebody found and nobody has issued is theirs anywhere.
        own = Q(notice=None) | Q(notice__organisation_id=body) | Q(keeper=me)
        hazards, notices = hazards.filter(own), notices.filter(Q(organisation_id=body) | Q(keeper=me))
    return {
        "visits": visits,
        "planned": planned,
        "hazards": hazards,
        "notices": notices,
        "supervisions": supervisions,
    }


def open_work(leaver: Leaver, *, lock: bool = False) -> OpenWork:
    """Five statements, however much there is. `lock`: held until the transaction ends."""
    found = {}
    for name, rows in in_name(leaver).items():
        rows = rows.select_related(
            "enterprise", *{"hazards": ["notice"], "supervisions": ["hazard"]}.get(name, [])
        ).order_by("pk")
        if heavy := {"hazards": "notice__content", "notices": "content"}.get(name):
            rows = rows.defer(heavy)
        # Nobody waits for what only points at these rows: steps and signatures go on being written.
        # A district only reads who leads a supervision: the office gives it another leader.
        held = lock and (name != "supervisions" or who().scope == "city")
        found[name] = list(rows.select_for_update(of=("self",), no_key=True) if held else rows)
    me = leaver.person_id
    made: dict[str, list[Item]] = {kind: [] for kind in KINDS}
    made["visits"] = [
        Item("visits", one, one.second_id if one.lead_id == me else one.lead_id) for one in found["visits"]
    ]
    made["planned"] = [
        Item("planned", one, one.second_id if one.first_id == me else one.first_id) for one in found["planned"]
    ]
    for one in found["hazards"]:
        kind = next(kind for kind, states in STATES.items() if one.status in states)
        made[kind].append(Item(kind, one))
    for kind in ("notices", "supervisions"):
        made[kind] = [Item(kind, one) for one in found[kind]]
    return OpenWork({kind: items for kind, items in made.items() if items})


def receivers(leaver: Leaver, kind: str) -> list[Person]:
    """Who of the same body may take it over: certified and now posted there; a supervision, whoever leads there."""
    posts = Posting.objects.current().filter(organisation_id=leaver.organisation_id, role=leaver.posting.role)
    posts = posts.filter(leads=True) if kind == "supervisions" else posts.certified()
    people = {
        post.person_id: post.person for post in posts.exclude(person_id=leaver.person_id).select_related("person")
    }
    return sorted(people.values(), key=lambda person: (person.name, person.pk))


def open_counts(leavers: list[Leaver]) -> dict[Leaver, Counter[str]]:
    """How much of each kind `open_work` would find, for many people at once. Four statements."""
    people = {leaver.person_id for leaver in leavers}
    counts: dict[Leaver, Counter[str]] = {leaver: Counter() for leaver in leavers}
    visits = Visit.objects.filter(Q(lead_id__in=people) | Q(second_id__in=people), state=Visit.State.UNDER_WAY)
    for lead, second, body in visits.values_list("lead_id", "second_id", "organisation_id"):
        add(counts, "visits", {lead, second}, lambda one, body=body: body in (None, one.organisation_id))
    planned = PlannedVisit.objects.filter(
        Q(first_id__in=people) | Q(second_id__in=people), state=PlannedVisit.State.PLANNED
    )
    for first, second, *bodies in planned.values_list("first_id", "second_id", "organisation_id", "joint_with_id"):
        add(counts, "planned", {first, second}, lambda one, bodies=bodies: one.organisation_id in bodies)
    for named in open_in_names(people):
        kind = next((kind for kind, states in STATES.items() if named.status in states), "notices")
        add(counts, kind, {named.person_id}, lambda one, named=named: stands_with(one, named), named.count)
    supervisions = Supervision.objects.filter(leader_id__in=people, lifted_on=None)
    for leader, district in supervisions.values_list("leader_id", "district_id"):
        add(counts, "supervisions", {leader}, lambda one, d=district: one.district_id in (None, d))
    return counts


def add(counts: dict[Leaver, Counter[str]], kind: str, people: set, meant, n: int = 1) -> None:
    for leaver, counted in counts.items():
        if leaver.person_id in people and meant(leaver):
            counted[kind] += n


def stands_with(leaver: Leaver, named: Named) -> bool:
    """The same as `in_name` says to the database."""
    if leaver.district_id:
        return named.district_id == leaver.district_id
    issued = named.organisation_id is None or named.organisation_id == leaver.organisation_id
    return issued or named.kept


def by_post(body: int | None = None) -> tuple[list[Leaver], list[Leaver]]:
    """Who is posted in a body, or in any, and who was and is there no longer."""
    posts = Posting.objects.filter(role__in=INSPECTING).exclude(organisation=None)
    if body is not None:
        posts = posts.filter(organisation_id=body)
    today = timezone.localdate()
    newest: dict[tuple, Leaver] = {}
    there: dict[tuple, Leaver] = {}
    for post in posts.filter(starts__lte=today).select_related("person", "organisation").order_by("starts", "pk"):
        seat = (post.person_id, post.organisation_id)
        newest[seat] = Leaver(post.person, post)
        if post.ends is None or post.ends >= today:
            there[seat] = newest[seat]
    return list(there.values()), [leaver for seat, leaver in newest.items() if seat not in there]


def left_behind(body: int | None = None) -> list[tuple[Leaver, int]]:
    """Who is posted in a body no longer and has something open in their name there, with how much."""
    _, gone = by_post(body)
    counted = open_counts(gone)
    return [(leaver, counts.total()) for leaver, counts in counted.items() if counts]
