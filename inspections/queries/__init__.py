"""What the pages about visits read, and the figures of coverage."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.models import Evidence, Hazard
from hazards.queries.figures import EVERYTHING, Within
from hazards.rules import RECORDED
from inspections import rules
from inspections.models import Answer, Asked, ChecklistItem, FrequencySetting, Visit
from portal.tenancy.models import Posting, Role
from portal.tenancy.scope import who

INSPECTING = (Role.INSPECTOR, Role.DEPARTMENT, Role.OFFICE)

COVERAGE_MEANS = (
    "检查覆盖率＝本期内已按风险等级频次完成检查的企业数÷应检查企业数。频次：{frequency}；停产停业整顿、挂牌督办期间{pressed}。"
    "只计已完成的检查；未分级的企业不在应检查之列。"
)


def certified_postings() -> QuerySet[Posting]:
    """Postings of today's certified inspectors, of any office in the city."""
    return Posting.objects.current().filter(role__in=INSPECTING).certified()


def possible_seconds(q: str = "") -> list[Posting]:
    """Whom to take along: one's own office first; with a word, everybody whose name or number has it. At most 12."""
    me = who()
    postings = certified_postings().exclude(person_id=me.person_id).select_related("person", "organisation")
    if q:
        postings = postings.filter(
            Q(person__name__icontains=q) | Q(person__certificate_no__icontains=q) | Q(organisation__name__icontains=q)
        )
    else:
        postings = postings.filter(organisation_id=me.organisation_id)
    own_first = Case(When(organisation_id=me.organisation_id, then=0), default=1, output_field=IntegerField())
    one_each: dict[int, Posting] = {}
    for posting in postings.order_by(own_first, "person__name", "person_id")[:24]:
        one_each.setdefault(posting.person_id, posting)
    return list(one_each.values())[:12]


def enterprises_like(q: str) -> list[Enterprise]:
    """At most 12 enterprises whose name or code has the word; none without a word."""
    if not q.strip():
        return []
    return list(Enterprise.objects.called(q).select_related("district").order_by("name")[:12])


@dataclass
class Line:
    """One item of the checklist with what was answered, or a finding on no list."""

    code: str
    item: Asked | None
    answer: Answer | None
    photos: list[Evidence] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return self.answer.verdict if self.answer else ""

    @property
    def is_finding(self) -> bool:
        return self.verdict == Answer.Verdict.NOT_OK

    @property
    def is_uncertain(self) -> bool:
        """The catalog's authors were not sure of the clause."""
        return isinstance(self.item, ChecklistItem) and self.item.confidence == "low"


@dataclass
class Chapter:
    """One category of the checklist as it is worked through; `number` is its place among the visit's."""

    number: int
    name: str
    lines: list[Line]

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def answered(self) -> int:
        return sum(bool(line.verdict) for line in self.lines)

    @property
    def findings(self) -> int:
        return sum(line.is_finding for line in self.lines)


@dataclass
class Progress:
    """How far a visit has come."""

    total: int
    answered: int
    findings: int

    @property
    def percent(self) -> int:
        return round(100 * self.answered / self.total) if self.total else 0


@dataclass
class VisitFile:
    """A visit with everything its pages show."""

    visit: Visit
    chapters: list[Chapter]
    extras: list[Line]
    loose_photos: list[Evidence]
    hazards: list[Hazard]

    @property
    def lines(self) -> list[Line]:
        return [line for chapter in self.chapters for line in chapter.lines] + self.extras

    @property
    def findings(self) -> list[Line]:
        return [line for line in self.lines if line.is_finding]

    @property
    def progress(self) -> Progress:
        listed = [line for chapter in self.chapters for line in chapter.lines]
        return Progress(len(listed), sum(bool(line.verdict) for line in listed), len(self.findings))

    @property
    def unanswered(self) -> int:
        return self.progress.total - self.progress.answered

    @property
    def unissued(self) -> int:
        return sum(hazard.status == RECORDED for hazard in self.hazards)

    @property
    def verdicts(self) -> list[tuple[str, str, int]]:
        counts = Counter(line.verdict for line in self.lines)
        return [(value, label, counts[value]) for value, label in Answer.Verdict.choices]


def visit_or_404(pk: int) -> Visit:
    visit = (
        Visit.objects.select_related("enterprise", "district", "organisation", "lead", "second", "edition", "template")
        .filter(pk=pk)
        .first()
    )
    if visit is None:
        raise Http404(f"visit {pk}")
    return visit


def visit_file(pk: int) -> VisitFile:
    """Five statements, whatever the length of the list; one more for a city's own items."""
    visit = visit_or_404(pk)
    answers = {answer.code: answer for answer in visit.answers.all()}
    photos: dict[str, list[Evidence]] = {}
    for photo in Evidence.objects.filter(visit_id=pk).order_by("id"):
        photos.setdefault(photo.item_code, []).append(photo)
    chapters: dict[str, Chapter] = {}
    for item in (*visit.items().order_by("seq"), *visit.own_items().order_by("seq")):
        answer = answers.pop(item.code, None)
        shown = photos.pop(item.code, []) if answer and answer.verdict == Answer.Verdict.NOT_OK else []
        chapter = chapters.get(item.category)
        if chapter is None:
            number = visit.categories.index(item.category)
            chapter = chapters[item.category] = Chapter(number, item.category, [])
        chapter.lines.append(Line(item.code, item, answer, shown))
    extras = [Line(code, None, answer, photos.pop(code, [])) for code, answer in answers.items()]
    loose = [photo for rest in photos.values() for photo in rest]
    hazards = list(Hazard.objects.filter(source_kind="visit", source_id=pk).order_by("id"))
    return VisitFile(visit, list(chapters.values()), extras, loose, hazards)


def visit_line(visit: Visit, code: str) -> Line:
    """One line of a visit, for the answer to one tap."""
    answer = Answer.objects.filter(visit=visit, code=code).select_related("item", "own").first()
    if answer:
        item = answer.asked
    else:
        item = visit.items().filter(code=code).first() or visit.own_items().filter(code=code).first()
    photos = list(Evidence.objects.filter(visit_id=visit.pk, item_code=code).order_by("id"))
    return Line(code, item, answer, photos)


def progress_of(visit: Visit) -> Progress:
    total = len(visit.codes) or visit.items().count()
    counts = visit.answers.aggregate(
        answered=Count("id", filter=Q(item__isnull=False) | Q(own__isnull=False)),
        findings=Count("id", filter=Q(verdict=Answer.Verdict.NOT_OK)),
    )
    return Progress(total, counts["answered"], counts["findings"])


@dataclass(frozen=True)
class ChapterCount:
    """What stands beside a category's name."""

    number: int
    total: int
    answered: int
    findings: int


def chapter_count(visit: Visit, category: str) -> ChapterCount:
    here = Q(item__category=category) | Q(own__category=category)
    counts = visit.answers.filter(here).aggregate(
        answered=Count("id"), findings=Count("id", filter=Q(verdict=Answer.Verdict.NOT_OK))
    )
    total = sum(some.filter(category=category).count() for some in (visit.items(), visit.own_items()))
    return ChapterCount(visit.categories.index(category), total, counts["answered"], counts["findings"])


def visits_of(enterprise: Enterprise, limit: int = 10) -> list[Visit]:
    seen = Visit.objects.filter(enterprise=enterprise).select_related("lead", "second").order_by("-visited_on", "-id")
    return count_hazards(list(seen[:limit]))


def count_hazards(visits: list[Visit]) -> list[Visit]:
    """Give each visit `found`, the number of hazards it raised."""
    raised = Hazard.objects.filter(source_kind="visit", source_id__in=[visit.pk for visit in visits])
    found = dict(raised.order_by().values_list("source_id").annotate(n=Count("id")))
    for visit in visits:
        visit.found = found.get(visit.pk, 0)
    return visits


def under_way_at(enterprise: Enterprise) -> list[Visit]:
    """The acting person's own unfinished visits there, so that nobody begins the same one twice."""
    me = who().person_id
    mine = Visit.objects.filter(Q(lead_id=me) | Q(second_id=me), enterprise=enterprise, state=Visit.State.UNDER_WAY)
    return list(mine.order_by("-id")[:3])


def city_frequency(on: date | None = None) -> dict[str, int]:
    """Months between visits by grade (and rules.PRESSED), as the city has it on a day; today by default."""
    begun = FrequencySetting.objects.filter(from_day__lte=on or timezone.localdate()).order_by("from_day", "id")
    return rules.frequency(dict(begun.values_list("grade", "visits_a_year")))


def coverage_means(months: dict[str, int] | None = None) -> str:
    """The figure's definition with this city's frequencies, as it is written beside it."""
    months = months or city_frequency()
    grades = sorted(((grade, every) for grade, every in months.items() if grade != rules.PRESSED), reverse=True)
    frequency = "，".join(f"{grade}级{rules.WORDS[every]}" for grade, every in grades)
    return COVERAGE_MEANS.format(frequency=frequency, pressed=rules.WORDS[months[rules.PRESSED]])


def due(on: date, months: dict[str, int] | None = None) -> QuerySet[Enterprise]:
    """应检查企业: every graded one, with `months` between visits, `period` (first day of its present one) and `covered`."""
    months = months or city_frequency(on)
    supervised = Hazard.objects.open().filter(supervised_since__lte=on).values("enterprise_id")
    pressed = Q(suspended_since__lte=on) | Q(pk__in=supervised)
    cases = [(pressed, months[rules.PRESSED]), *((Q(grade=g), every) for g, every in months.items())]
    starts = Case(*(When(which, then=Value(rules.period_start(on, every))) for which, every in cases))
    apart = Case(*(When(which, then=Value(every)) for which, every in cases), output_field=IntegerField())
    visited = Visit.objects.filter(
        enterprise_id=OuterRef("pk"), state=Visit.State.FINISHED, visited_on__gte=OuterRef("period"), visited_on__lte=on
    )
    return Enterprise.objects.exclude(grade="").annotate(months=apart, period=starts).annotate(covered=Exists(visited))


def lacking(on: date) -> QuerySet[Enterprise]:
    """未覆盖: due in the present period and not yet visited in it."""
    return due(on).filter(covered=False)


def with_last_visit(enterprises: QuerySet[Enterprise]) -> QuerySet[Enterprise]:
    last = Visit.objects.filter(enterprise_id=OuterRef("pk"), state=Visit.State.FINISHED).order_by("-visited_on")
    return enterprises.annotate(last_visit=Subquery(last.values("visited_on")[:1]))


@dataclass(frozen=True)
class Coverage:
    """Enterprises due and visited, of one district and grade."""

    district_id: int
    grade: str
    due: int
    visited: int


def coverage(on: date, months: dict[str, int] | None = None, within: Within = EVERYTHING) -> list[Coverage]:
    """检查覆盖率, one row a district and grade; its meaning is `coverage_means()`, its records `due(on)` and `lacking(on)`."""
    rows = (
        within.among(due(on, months))
        .order_by()
        .values("district_id", "grade")
        .annotate(due=Count("id"), visited=Count("id", filter=Q(covered=True)))
        .order_by("district_id", "grade")
        .values_list("district_id", "grade", "due", "visited")
    )
    return [Coverage(*row) for row in rows]
