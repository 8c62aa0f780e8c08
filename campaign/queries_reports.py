"""工作报告, as their list, pages, workbook and print read them; and what differs when a period is counted again."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accountability.queries.scores import READ
from campaign import report_figures as figures
from campaign import rules_reports as rules
from campaign.models import ReportFigure, ReportText, Task, TaskStep, WorkReport
from campaign.report_figures import BY_KEY, FIGURES, GROUPS, RATIOS
from enterprises.models import Enterprise, Grade, GradeDecision, KeyChange, KeyClause
from enterprises.models import Kind as EnterpriseKind
from hazards import rules as hazard_rules
from hazards.models import Extension, Hazard, HazardStep, Level, Notice, Supervision, Suspension
from inspections.models import Visit
from portal.messages.models import Channel, Message
from portal.numbers import number_in
from portal.tenancy.models import District
from portal.tenancy.scope import who

REPORT_SORTS = {"period": "-until", "made": "-made_at"}
SHOWN = 100
# Rows that one workbook of records holds; a whole city's stock is taken district by district.
MOST_RECORDS = 50_000
CITY_ROW = "市本级"
WHOLE = "全市"


def reports():
    """What the reader may open: a district what has been shown to it."""
    found = WorkReport.objects.all()
    return found if who().scope in ("city", "audit") else found.filter(issued_at__isnull=False)


def report_or_404(pk: int) -> WorkReport:
    report = reports().filter(pk=pk).first()
    if report is None:
        raise Http404(f"report {pk}")
    return report


def text_or_404(pk: int) -> ReportText:
    text = ReportText.objects.select_related("report", "place").filter(pk=pk).first()
    if text is None:
        raise Http404(f"report text {pk}")
    return text


@dataclass
class Row:
    """One place's figures; `link` is the number the records page knows it by."""

    name: str
    link: str
    values: dict[str, int]
    oldest: date | None = None

    def share(self, ratio: figures.Ratio) -> str:
        return rules.share(self.values.get(ratio.part, 0), self.values.get(ratio.whole, 0))


@dataclass
class Table:
    """The figures of a report as the reader sees them: a row a place, and their sum where there is more than one."""

    rows: list[Row]
    total: Row

    @property
    def one(self) -> bool:
        return len(self.rows) == 1 and self.rows[0].link != "none"


def table(report: WorkReport) -> Table:
    """One statement, without the records."""
    names = {place.pk: place for place in District.objects.all()}
    rows: dict[int | None, Row] = {}
    found = ReportFigure.objects.filter(report=report).order_by()
    for place, key, value, oldest in found.values_list("place_id", "key", "value", "oldest"):
        row = rows.get(place)
        if row is None:
            name = names[place].name if place in names else CITY_ROW
            row = rows[place] = Row(name, str(place or "none"), {})
        row.values[key] = value
        row.oldest = oldest or row.oldest
    ordered = [rows[pk] for pk in (*names, None) if pk in rows]
    sums = {one.key: sum(row.values.get(one.key, 0) for row in ordered) for one in FIGURES}
    oldest = min((row.oldest for row in ordered if row.oldest), default=None)
    return Table(ordered, Row("合计", "", sums, oldest))


def definition(report: WorkReport, key: str) -> str:
    return report.definitions.get(key, BY_KEY[key].definition)


@dataclass
class Line:
    """One figure with its number now and in the reports it is held against; None where there is none."""

    figure: figures.Counted
    definition: str
    value: int
    before: int | None
    year_before: int | None

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.value - self.before


@dataclass
class Compared:
    """Every figure of what the reader sees, against the period before and the same of last year."""

    before: WorkReport | None
    year_before: WorkReport | None
    groups: list[tuple[str, list[Line]]]
    ratios: list[tuple[figures.Ratio, str, str, str]]


def same_of(period: rules.Period | None) -> WorkReport | None:
    """The report of a period that stands, where the reader may open it."""
    if period is None:
        return None
    return reports().filter(kind=period.kind, since=period.since).exclude(state=rules.WITHDRAWN).first()


def compared(report: WorkReport, own: Table) -> Compared:
    before, year_before = same_of(rules.before(report.period)), same_of(rules.year_before(report.period))
    tables = [table(one).total if one else None for one in (before, year_before)]

    def value(row: Row | None, key: str) -> int | None:
        return row.values.get(key, 0) if row else None

    groups = [
        (
            group,
            [
                Line(
                    one,
                    definition(report, one.key),
                    own.total.values[one.key],
                    *(value(row, one.key) for row in tables),
                )
                for one in those
            ],
        )
        for group, those in GROUPS.items()
    ]
    ratios = [(one, own.total.share(one), *(row.share(one) if row else "—" for row in tables)) for one in RATIOS]
    return Compared(before, year_before, groups, ratios)


@dataclass
class Words:
    """The sections of one place."""

    name: str
    link: str
    texts: list[ReportText]


def words(report: WorkReport, place: str | None = None) -> list[Words]:
    """The city's first, each district's after it; of what the reader sees."""
    order = list(rules.SECTIONS)
    names = {pk: name for pk, name in District.objects.values_list("pk", "name")}
    by_place: dict[int | None, list[ReportText]] = {}
    for text in ReportText.objects.filter(report=report):
        by_place.setdefault(text.place_id, []).append(text)
    return [
        Words(
            names[pk] if pk else WHOLE,
            str(pk or ""),
            sorted(by_place[pk], key=lambda one: order.index(one.section)),
        )
        for pk in (None, *names)
        if pk in by_place and (place is None or place == str(pk or ""))
    ]


def canonical(report: WorkReport) -> bytes:
    """What the digest of an issued report is of: its figures with the records, and its words."""
    rows = ReportFigure.objects.filter(report=report).order_by("key", "place_id")
    texts = ReportText.objects.filter(report=report).order_by("place_id", "section")
    document = {
        "kind": report.kind,
        "since": str(report.since),
        "until": str(report.until),
        "edition": report.edition,
        "as_of": report.as_of.isoformat(),
        "definitions": report.definitions,
        "figures": [[one.place_id, one.key, one.value, one.records] for one in rows],
        "texts": [[one.place_id, one.section, one.text] for one in texts],
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# --- the records behind a number ----------------------------------------------------------------------------------------


@dataclass
class Record:
    """One frozen record: how it stood when it was counted, and how it stands today."""

    pk: int
    place: str
    text: str
    then: str
    now: str
    link: str


@dataclass
class Behind:
    """The records of one figure, of one place or of all that the reader sees."""

    figure: figures.Counted
    definition: str
    place: str
    numbers: list[tuple[int | None, int]]
    """(place, record)"""
    names: dict[int | None, str]

    @property
    def total(self) -> int:
        return len(self.numbers)


def figure_or_404(key: str) -> figures.Counted:
    if key not in BY_KEY:
        raise Http404(f"figure {key}")
    return BY_KEY[key]


def behind(report: WorkReport, key: str, place: str = "") -> Behind:
    """`place`: a district's number, "none" for what belongs to no district, blank for all. Raises Http404."""
    one = figure_or_404(key)
    names: dict[int | None, str] = {None: CITY_ROW} | dict(District.objects.values_list("pk", "name"))
    rows = ReportFigure.objects.filter(report=report, key=key)
    if place == "none":
        rows = rows.filter(place=None)
    elif place:
        district = number_in(place)
        if district not in names or district is None:
            raise Http404(f"district {place}")
        rows = rows.filter(place_id=district)
    numbers = [
        (number, record) for number, records in rows.values_list("place_id", "records") for record in sorted(records)
    ]
    chosen = names[number_in(place)] if place else ""
    return Behind(one, definition(report, key), chosen, numbers, names)


def records(report: WorkReport, own: Behind, numbers: list[tuple[int | None, int]]) -> list[Record]:
    """These of them, read with their states in two statements. What the reader sees no longer stands by its number."""
    kind = own.figure.kind
    pks = [pk for _, pk in numbers]
    kept = states(report, kind, pks)
    now = present(kind, pks)
    label = figures.KINDS[kind].label
    gone = (f"{label}{{}}", "不在您可以查看的范围内，或已并入其他记录", "")
    return [
        Record(
            pk,
            own.names[place],
            text.format(pk) if (text, said, link) == gone else text,
            said_state(kind, kept.get(pk)),
            said,
            link,
        )
        for place, pk in numbers
        for text, said, link in [now.get(pk, gone)]
    ]


def states(report: WorkReport, kind: str, pks: Iterable[int]) -> dict[int, str]:
    """Record → its kept state; picked out by the database, so that a page does not carry a whole city's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.state FROM campaign_reportrecords k, unnest(k.records, k.states) AS r (id, state)"
            " WHERE k.report_id = %s AND k.kind = %s AND r.id = ANY (%s)",
            [report.pk, kind, list(pks)],
        )
        return dict(cursor.fetchall())


WORDS = {
    "status": ("", dict(hazard_rules.STATES)),
    "level": ("", dict(Level.choices)),
    "deadline": ("期限", {}),
    "submitted_on": ("提交", {}),
    "closed_on": ("销号", {}),
    "found_on": ("发现", {}),
    "visited_on": ("", {}),
    "issued_on": ("", {}),
    "number": ("", {}),
    "answered_on": ("答复", {}),
    "old": ("原期限", {}),
    "new": ("延至", {}),
    "began": ("自", {}),
    "ended": ("至", {}),
    "grade": ("", dict(Grade.choices) | {"": "未评定"}),
    "visits": ("检查次数", {}),
    "kind": ("", dict(EnterpriseKind.choices)),
    "key": ("重点企业", dict(KeyClause.choices)),
    "done": ("", {"true": "已完成", "false": "未完成"}),
    "due": ("期限", {}),
    "channel": ("", dict(Channel.choices)),
    "tries": ("试过", {}),
}
VISIT_STATES = dict(Visit.State.choices)
TASK_STATES = dict(Task._meta.get_field("state").choices)


def said_state(kind: str, line: str | None) -> str:
    """A kept state as people read it."""
    if line is None:
        return "—"
    parts = []
    for name, value in figures.state_of(kind, line).items():
        if name == "state":
            parts.append((VISIT_STATES if kind == "visit" else TASK_STATES).get(value, value))
            continue
        label, choices = WORDS[name]
        if value or "" in choices:
            parts.append(f"{label}{choices.get(value, value)}")
    return "，".join(parts)


def of_hazard(model, said):
    """Records that hang on a hazard or a plant: what each is of, how it stands, and where it opens."""

    def read(pks: list[int]) -> dict[int, tuple[str, str, str]]:
        those = model.objects.filter(pk__in=pks).select_related("enterprise", "hazard")
        return {
            one.pk: (
                f"{one.enterprise.name}" + (f"：{one.hazard.description[:50]}" if one.hazard else ""),
                said(one),
                reverse("hazard", args=[one.hazard_id])
                if one.hazard_id
                else reverse("enterprise", args=[one.enterprise_id]),
            )
            for one in those
        }

    return read


def notices(pks: list[int]) -> dict[int, tuple[str, str, str]]:
    those = Notice.objects.filter(pk__in=pks).select_related("enterprise").defer("content")
    return {
        one.pk: (
            f"{one.enterprise.name} {one.number}",
            f"{one.issued_on}制发" + (f"，{one.superseded_on}被更正" if one.superseded_on else ""),
            reverse("notice", args=[one.pk]),
        )
        for one in those
    }


def tasks(pks: list[int]) -> dict[int, tuple[str, str, str]]:
    those = Task.objects.filter(pk__in=pks).select_related("unit")
    return {
        one.pk: (
            f"{one.unit.name}：{one.title}",
            f"{one.get_state_display()}，期限{one.due}",
            reverse("task", args=[one.pk]),
        )
        for one in those
    }


def messages(pks: list[int]) -> dict[int, tuple[str, str, str]]:
    those = Message.objects.filter(pk__in=pks).select_related("person")
    return {
        one.pk: (f"{one.person.name}：{one.title}", "已送达" if one.sent_at else "未送达", reverse("undelivered"))
        for one in those
    }


PRESENT = READ | {
    "visited": READ["enterprise"],
    "coverage": READ["enterprise"],
    "assessment": READ["enterprise"],
    "notice": notices,
    "extension": of_hazard(
        Extension, lambda one: f"{one.get_state_display()}，{one.answered_on}答复，延至{one.new_deadline}"
    ),
    "supervision": of_hazard(
        Supervision, lambda one: f"{one.ordered_on}挂牌" + (f"，{one.lifted_on}解除" if one.lifted_on else "")
    ),
    "suspension": of_hazard(
        Suspension, lambda one: f"{one.starts}起" + (f"，{one.lifted_on}恢复" if one.lifted_on else f"至{one.until}")
    ),
    "task": tasks,
    "message": messages,
}


def present(kind: str, pks: list[int]) -> dict[int, tuple[str, str, str]]:
    return PRESENT[kind](pks) if pks else {}


# --- what differs now ---------------------------------------------------------------------------------------------------


@dataclass
class Change:
    """One record that counts now and did not, or the other way round, and why as far as the portal knows."""

    pk: int
    added: bool
    place: str
    text: str
    then: str
    now: str
    link: str
    why: str


@dataclass
class Difference:
    """One figure of one place, as it was frozen and as it is counted now."""

    figure: figures.Counted
    place: str
    then: int
    now: int
    added: list[int]
    removed: list[int]
    changes: list[Change] = field(default_factory=list)

    @property
    def unshown(self) -> int:
        return len(self.added) + len(self.removed) - len(self.changes)


@dataclass
class Differences:
    report: WorkReport
    at: datetime
    found: list[Difference]
    counted: int
    """How many figures were compared."""


UNKNOWN = "原因未记录"


def differences(report: WorkReport, key: str = "", most: int = SHOWN) -> Differences:
    """The same period counted now behind the reader's wall, compared figure by figure and record by record.

    `most` rows are told of each figure and place. What is of the moment alone (figures.Counted.momentary) cannot be counted again and is left out.
    """
    now = timezone.now()
    # Of its tasks a district sees those its own unit has a part in, and not all that were counted for it.
    left_out = ("task",) if who().scope == "district" else ()
    wanted = [one for one in FIGURES if not one.momentary and one.kind not in left_out and (not key or one.key == key)]
    kinds = list(dict.fromkeys(one.kind for one in wanted))
    reading = figures.read(report.since, report.until, now, kinds)
    frozen = {
        (one.key, one.place_id): one
        for one in ReportFigure.objects.filter(report=report, key__in=[one.key for one in wanted])
    }
    names: dict[int | None, str] = {None: CITY_ROW} | dict(District.objects.values_list("pk", "name"))
    districts = [pk for pk in names if pk]
    places = [who().district_id] if who().scope == "district" else [*districts, None]
    found, moved = [], {}
    for one in wanted:
        for place in places:
            kept = frozen.get((one.key, place))
            then = set(kept.records) if kept else set()
            fresh = reading.kinds[one.kind].get(place)
            counted = numbers(fresh.records[one.key]) if fresh else set()
            if then != counted:
                gone, come = sorted(then - counted), sorted(counted - then)
                found.append(Difference(one, names[place], len(then), len(counted), come, gone))
                moved |= {(one.key, pk): names[place] for pk in come}
    explain(report, found, moved, most)
    return Differences(report, now, found, len(wanted))


def numbers(array: str) -> set[int]:
    """A PostgreSQL array as text."""
    return {int(one) for one in array[1:-1].split(",")} if len(array) > 2 else set()


def explain(report: WorkReport, found: list[Difference], moved: dict[tuple[str, int], str], most: int) -> None:
    """Fill in the rows, reading each kind of record once."""
    for kind in dict.fromkeys(one.figure.kind for one in found):
        those = [one for one in found if one.figure.kind == kind]
        rows = [(one, pk, pk in set(one.added)) for one in those for pk in (*one.added, *one.removed)[:most]]
        pks = sorted({pk for _, pk, _ in rows})
        kept, now, reasons = states(report, kind, pks), present(kind, pks), why(report, kind, pks)
        for one, pk, added in rows:
            text, said, link = now.get(pk, (f"{figures.KINDS[kind].label}{pk}", "现在查不到", ""))
            reason = reasons.get(pk, "")
            if not added and (elsewhere := moved.get((one.figure.key, pk))):
                reason = f"现在计入{elsewhere}" + (f"：{reason}" if reason else "")
            one.changes.append(
                Change(pk, added, one.place, text, said_state(kind, kept.get(pk)), said, link, reason or UNKNOWN)
            )


def why(report: WorkReport, kind: str, pks: list[int]) -> dict[int, str]:
    """Record → what happened to it after it was counted, as it is on the record; nothing where nothing is."""
    since = report.as_of
    if kind == "hazard":
        return why_hazards(pks, since)
    if kind in ("enterprise", "coverage", "assessment", "visited"):
        return why_plants(report, kind, pks, since)
    if kind == "visit":
        those = Visit.objects.filter(pk__in=pks)
        return {one.pk: late(one.finished_at, since, "取数后才完成") for one in those}
    if kind == "notice":
        return {one.pk: late(one.created_at, since, "取数后补制") for one in Notice.objects.filter(pk__in=pks)}
    if kind == "extension":
        day = timezone.localdate(since)
        return {
            one.pk: f"取数后更正为{one.corrected_to}（{one.corrected_on}，{one.corrected_by_name}）"
            for one in Extension.objects.filter(pk__in=pks, corrected_on__gte=day)
        }
    if kind == "supervision":
        of = {one.hazard_id: one.pk for one in Supervision.objects.filter(pk__in=pks)}
        steps = said_steps(of, since, ("supervise", "unsupervise"))
        return {pk: steps[hazard] for hazard, pk in of.items() if hazard in steps}
    if kind == "suspension":
        of = {one.hazard_id: one.pk for one in Suspension.objects.filter(pk__in=pks) if one.hazard_id}
        steps = said_steps(of, since, ("suspend", "resume"))
        return {pk: steps[hazard] for hazard, pk in of.items() if hazard in steps}
    return why_tasks(pks, since)


def late(moment: datetime | None, since: datetime, what: str) -> str:
    return f"{what}（{timezone.localtime(moment):%Y-%m-%d %H:%M}）" if moment and moment > since else ""


def why_hazards(pks: list[int], since: datetime) -> dict[int, str]:
    said = said_steps(pks, since, tuple(hazard_rules.HISTORY))
    for one in Hazard.objects.filter(pk__in=pks, created_at__gt=since):
        said[one.pk] = f"取数后补录（{timezone.localtime(one.created_at):%Y-%m-%d %H:%M}，发现日期{one.found_on}）"
    return said


def said_steps(hazards: Iterable[int], since: datetime, verbs: tuple[str, ...]) -> dict[int, str]:
    """Hazard → what was done to it after that moment, with who, when and the note, in the order it was done."""
    said: dict[int, list[str]] = {}
    for step in HazardStep.objects.filter(hazard__in=list(hazards), at__gt=since, verb__in=verbs).order_by("id"):
        note = f"：{step.note[:60]}" if step.note else ""
        said.setdefault(step.hazard_id, []).append(
            f"{hazard_rules.HISTORY.get(step.verb, step.verb)}（{timezone.localtime(step.at):%Y-%m-%d}，{step.by_name}）{note}"
        )
    return {hazard: "；".join(lines) for hazard, lines in said.items()}


def why_plants(report: WorkReport, kind: str, pks: list[int], since: datetime) -> dict[int, str]:
    day, said = timezone.localdate(since), {}
    for one in GradeDecision.objects.filter(enterprise__in=pks, decided_on__gte=day).order_by("decided_on", "id"):
        said[one.enterprise_id] = (
            f"风险等级由{one.previous or '未评定'}改为{one.grade}（{one.decided_on}，{one.source}）"
        )
    if kind == "enterprise":
        for one in KeyChange.objects.filter(enterprise__in=pks, on__gte=day).order_by("on", "id"):
            said.setdefault(one.enterprise_id, f"重点企业事实变动（{one.on}，{one.source}）")
    if kind in ("coverage", "visited"):
        visits = Visit.objects.filter(enterprise__in=pks, finished_at__gt=since, visited_on__lte=report.until)
        for one in visits:
            said[one.enterprise_id] = f"{one.visited_on}的检查{late(one.finished_at, since, '取数后才完成')}"
    for one in Enterprise.everyone.filter(pk__in=pks).select_related("merged_into"):
        if one.merged_into:
            said[one.pk] = f"已并入{one.merged_into.name}"
        elif one.created_at > since:
            said[one.pk] = late(one.created_at, since, "取数后列入台账")
    return said


def why_tasks(pks: list[int], since: datetime) -> dict[int, str]:
    said: dict[int, str] = {}
    for step in TaskStep.objects.filter(task__in=pks, at__gt=since).order_by("id"):
        said[step.task_id] = (
            f"{step.get_verb_display()}（{timezone.localtime(step.at):%Y-%m-%d}，{step.by_name}）{step.note[:60]}"
        )
    return said
