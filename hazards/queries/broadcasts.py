"""举一反三, as its pages read it: whom it reaches, who has answered what, and one enterprise's own."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from enterprises.ledger.catalog import chemical, key_processes
from enterprises.models import Enterprise, Holding, ProcessInUse, Sector, Unit
from hazards import rules_broadcast as rules
from hazards.models import Broadcast, BroadcastAddress, BroadcastAnswer
from portal.tenancy.models import District, Posting, Role

BROADCAST_SORTS = {"new": "-pk", "by": "answer_by"}
ADDRESS_SORTS = {"new": "-pk", "by": "answer_by", "enterprise": "enterprise__name"}


@dataclass(frozen=True)
class Reach:
    """Which enterprises: those with any one of the features, and of the sectors where some are picked."""

    processes: tuple[int, ...] = ()
    chemicals: tuple[str, ...] = ()
    equipment: str = ""
    major: bool = False
    sectors: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The choice as a person would say it."""
        names = dict(key_processes())
        features = [names[seq] for seq in self.processes] + list(self.chemicals)
        features += [f"单元或工艺名称含“{self.equipment}”"] * bool(self.equipment) + ["有重大危险源"] * self.major
        parts = [f"具有任一：{'、'.join(features)}"] * bool(features)
        parts += [f"行业：{'、'.join(Sector(one).label for one in self.sectors)}"] * bool(self.sectors)
        return "；".join(parts)

    def as_json(self) -> dict[str, Any]:
        return {
            "processes": list(self.processes),
            "chemicals": list(self.chemicals),
            "equipment": self.equipment,
            "major": self.major,
            "sectors": list(self.sectors),
        }


def reached(reach: Reach) -> QuerySet[Enterprise]:
    """The enterprises of a reach among those one sees; everything the sender sees where nothing narrows it is never meant."""
    one = {"enterprise": OuterRef("pk")}
    features = Q()
    if reach.processes:
        features |= Q(Exists(ProcessInUse.objects.filter(key_process_seq__in=reach.processes, **one)))
    if reach.chemicals:
        same = Q()
        for name in reach.chemicals:
            entry = chemical(name)
            same |= Q(key_chemical_seq=entry.seq) if entry else Q(substance=name)
        features |= Q(Exists(Holding.objects.filter(same, **one)))
    if word := reach.equipment:
        named = Q(name__icontains=word)
        features |= Q(Exists(Unit.objects.filter(named | Q(boundary__icontains=word), closed_on=None, **one)))
        features |= Q(Exists(ProcessInUse.objects.filter(named, **one)))
    if reach.major:
        features |= Q(major_level__isnull=False) | Q(Exists(Unit.objects.major().filter(**one)))
    found = Enterprise.objects.filter(features)
    if reach.sectors:
        found = found.filter(sector__in=reach.sectors)
    return found if features or reach.sectors else found.none()


@dataclass(frozen=True)
class Preview:
    """Whom a sending would reach, in the order of their names; `digest` says later whether it is still these."""

    enterprises: list[Enterprise]

    @property
    def digest(self) -> str:
        keys = ",".join(str(one.pk) for one in sorted(self.enterprises, key=lambda one: one.pk))
        return hashlib.sha256(keys.encode()).hexdigest()[:16]


def preview(reach: Reach, besides: Broadcast | None = None) -> Preview:
    """`besides`: those it was sent to already are left out."""
    found = reached(reach).select_related("district").order_by("name", "pk")
    if besides is not None:
        sent = BroadcastAddress.objects.filter(broadcast=besides, enterprise=OuterRef("pk"))
        found = found.filter(~Exists(sent))
    return Preview(list(found))


def listed():
    """Every broadcast one may follow, with how many were asked and how many have answered, among those one sees."""
    asked = BroadcastAddress.objects.all()
    return (
        Broadcast.objects.seen()
        .select_related("organisation")
        .annotate(asked=counted(asked), answered=counted(asked.answered()))
    )


def counted(addresses: QuerySet[BroadcastAddress]):
    """How many of the addresses are a broadcast's own; asked only for the rows that are shown."""
    own = addresses.filter(broadcast=OuterRef("pk")).order_by().values("broadcast")
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), 0)


def broadcast_or_404(pk: int) -> Broadcast:
    found = Broadcast.objects.seen().select_related("organisation").filter(pk=pk).first()
    if found is None:
        raise Http404(f"broadcast {pk}")
    return found


@dataclass
class DistrictAnswers:
    """The answers of one district: how many of each kind, and how many say 有 to each question."""

    name: str
    pk: int | None
    asked: int = 0
    answered: int = 0
    late: int = 0
    unanswered: int = 0
    overdue: int = 0
    found: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class BroadcastFile:
    """A broadcast with its counts; each number opens to its addresses by the list's filters."""

    record: Broadcast
    districts: list[DistrictAnswers]
    total: DistrictAnswers
    questions: list[tuple[int, str, int]]
    """(number, text, how many say 有)."""
    without_officer: int
    """Enterprises that have nobody with an account to answer."""


FOUND_BY_DISTRICT = """
    SELECT a.district_id, q.number, count(*)
      FROM hazards_broadcastaddress a CROSS JOIN LATERAL jsonb_array_elements(a.items) WITH ORDINALITY AS q (item, number)
     WHERE a.broadcast_id = %s AND q.item->>'verdict' = %s
     GROUP BY 1, 2"""


def broadcast_file(pk: int) -> BroadcastFile:
    record = broadcast_or_404(pk)
    addresses, today = BroadcastAddress.objects.filter(broadcast=record), timezone.localdate()
    open_ = Q(answered_on=None, enterprise__merged_into=None)
    rows = addresses.values("district_id").annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=Q(answered_on__isnull=False)),
        late=Count("pk", filter=Q(answered_on__gt=F("answer_by"))),
        unanswered=Count("pk", filter=open_),
        overdue=Count("pk", filter=open_ & Q(answer_by__lt=today)),
    )
    counted = {row.pop("district_id"): row for row in rows}
    none = [0] * len(record.questions)
    districts = {
        district.pk: DistrictAnswers(district.name, district.pk, **counted[district.pk], found=list(none))
        for district in District.objects.filter(pk__in=counted)
    }
    with connection.cursor() as cursor:
        cursor.execute(FOUND_BY_DISTRICT, [record.pk, rules.FOUND])
        for district, number, n in cursor.fetchall():
            districts[district].found[number - 1] = n
    total = DistrictAnswers("合计", None, found=list(none))
    for one in districts.values():
        for name in ("asked", "answered", "late", "unanswered", "overdue"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.found = [mine + its for mine, its in zip(total.found, one.found, strict=True)]
    officers = Posting.objects.current().filter(role=Role.OFFICER, enterprise_id=OuterRef("enterprise_id"))
    without = addresses.unanswered().filter(~Exists(officers)).count()
    questions = [(n, text, total.found[n - 1]) for n, text in enumerate(record.questions, 1)]
    return BroadcastFile(record, list(districts.values()), total, questions, without)


def addresses():
    return BroadcastAddress.objects.select_related("enterprise", "district")


def address_or_404(pk: int) -> BroadcastAddress:
    found = addresses().filter(pk=pk).first()
    if found is None:
        raise Http404(f"address {pk}")
    return found


@dataclass(frozen=True)
class Line:
    """One question and what was answered to it."""

    number: int
    question: str
    item: dict[str, Any] | None

    @property
    def verdict(self) -> str:
        return rules.VERDICTS[self.item["verdict"]] if self.item else ""

    @property
    def found(self) -> bool:
        return bool(self.item) and self.item["verdict"] == rules.FOUND  # type: ignore[index]


def lines_of(questions: list[str], items: list[dict[str, Any]]) -> list[Line]:
    return [
        Line(number, question, items[number - 1] if number <= len(items) else None)
        for number, question in enumerate(questions, 1)
    ]


@dataclass(frozen=True)
class AddressFile:
    """One enterprise's part of a broadcast with everything its page shows."""

    record: BroadcastAddress
    lines: list[Line]
    newest: BroadcastAnswer | None
    earlier: list[tuple[BroadcastAnswer, list[Line]]]
    amendable: bool


def address_file(pk: int) -> AddressFile:
    record = address_or_404(pk)
    given = list(record.answers.order_by("-id"))
    newest, *earlier = given or [None]
    return AddressFile(
        record,
        lines_of(record.questions, record.items),
        newest,
        [(one, lines_of(record.questions, one.items)) for one in earlier],
        still_amendable(record),
    )


def still_amendable(record: BroadcastAddress) -> bool:
    return rules.amendable(record.answered_on is not None, (record.answer_by - timezone.localdate()).days)


def answer_photo_or_404(pk: int, answer: int, number: int) -> dict[str, str]:
    """digest, filename and content_type of the picture of one question of one answer."""
    given = BroadcastAnswer.objects.filter(pk=answer, address_id=pk).first()
    items = given.items if given else []
    if not 1 <= number <= len(items) or not items[number - 1]["photo"]:
        raise Http404(f"photo {number} of answer {answer}")
    return items[number - 1]["photo"]
