"""The dashboard's cards, charts and tables: the same numbers, each with its sentence and the list of its records."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.html import escape, format_html

from campaign.models import Phase
from campaign.queries import (
    ENTERPRISES,
    GRADES,
    KEY,
    REPEATED,
    SUSPENDED,
    TWO_KEYS,
    UNDELIVERED,
    UNGRADED,
    Dashboard,
    EnterpriseBoard,
    Place,
    repeated_open,
    share,
)
from campaign.queries_tasks import LATE
from enterprises.models import Kind
from hazards.models import SOURCES, AccidentType
from hazards.queries.figures import (
    AWAITING,
    CLOSED,
    CLOSED_IN,
    EXTENDED,
    FOUND,
    MAJOR_OPEN,
    ON_TIME,
    OPEN,
    OVERDUE,
    RATE,
    STANDING,
    SUPERVISED,
    Counts,
    Figure,
    Month,
    Within,
    month_before,
    total,
)

RED, ORANGE, YELLOW, BLUE, GREEN, GREY = "#d63939", "#f76707", "#f5b700", "#2a7de1", "#2fb344", "#8a94a6"
GRADE_COLOURS = {"D": RED, "C": ORANGE, "B": YELLOW, "A": BLUE, "": GREY}


@dataclass(frozen=True)
class Cell:
    value: int | float | None
    link: str = ""
    unit: str = ""

    def __str__(self) -> str:
        return "—" if self.value is None else f"{self.value}{self.unit}"

    @property
    def html(self) -> str:
        """As templates show it: a number that opens its list. Where there is no number there is nothing to open."""
        if self.value is None or not self.link:
            return escape(str(self))
        return format_html('<a href="{}">{}</a>', self.link, str(self))


@dataclass(frozen=True)
class Part:
    """A number a share is made of, with its own list."""

    before: str
    cell: Cell
    after: str = ""


@dataclass(frozen=True)
class Card:
    figure: Figure
    cell: Cell
    tone: str = ""
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Panel:
    """A chart and the table that says the same in numbers."""

    key: str
    title: str
    figures: list[Figure]
    head: str
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]
    foot: list[Cell]
    chart: dict
    adds_up: bool = True
    """Whether the last row is the sum of the others; shares and numbers for each hundred are reckoned anew."""

    @property
    def chart_id(self) -> str:
        return f"{self.key}-chart"

    @property
    def chart_rows(self) -> int:
        """How many rows of bars the chart is tall; side by side with another it is as tall as that one."""
        return max(self.chart.get("rows", len(self.rows)), 3)


def per_cent(value: float | None, link: str = "") -> Cell:
    return Cell(value, link, "%")


def card(figure: Figure, value: int, link: str, *, danger: bool = False) -> Card:
    """A number; red, where it should be none."""
    return Card(figure, Cell(value, link), "danger" if danger and value else "")


def rate_card(counts: Counts, link: Callable[[Figure], str]) -> Card:
    return Card(
        RATE,
        per_cent(counts.rate, link(RATE)),
        parts=[
            Part("按期", Cell(counts.on_time, link(ON_TIME))),
            Part(" ÷（销号", Cell(counts.closed, link(CLOSED))),
            Part("＋逾期", Cell(counts.overdue, link(OVERDUE)), "）"),
        ],
    )


def cards(board: Dashboard, waiting: int | None = None) -> list[Card]:
    """`waiting` messages are told to whom they concern alone."""
    city, hazards = board.total, board.total.hazards
    this_week, counts = list(board.weeks.items())[-1]
    shown = [
        Card(ENTERPRISES, Cell(city.enterprises, city.link(ENTERPRISES))),
        Card(KEY, Cell(city.key, city.link(KEY))),
        Card(TWO_KEYS, Cell(city.two_keys, city.link(TWO_KEYS))),
        Card(
            board.covered,
            per_cent(city.coverage, city.link(board.covered)),
            parts=[
                Part("已检查", Cell(city.visited, city.link(board.covered, covered="1"))),
                Part(" ÷ 应检查", Cell(city.due, city.link(board.covered))),
            ],
        ),
        Card(
            board.assessed,
            per_cent(city.assessment, city.link(board.assessed)),
            parts=[
                Part("已评估", Cell(city.assessed, city.link(board.assessed, assessed="1"))),
                Part(" ÷ 应评估", Cell(city.to_assess, city.link(board.assessed))),
            ],
        ),
        Card(
            Figure(
                "本周发现隐患", f"发现日期在本周（自{this_week:%m月%d日}周一起）的全部隐患，含后来作废的。", FOUND.query
            ),
            Cell(counts.found, city.link(FOUND, week=this_week)),
        ),
        card(OPEN, hazards.open, city.link(OPEN)),
        card(MAJOR_OPEN, hazards.major_open, city.link(MAJOR_OPEN), danger=True),
        card(OVERDUE, hazards.overdue, city.link(OVERDUE), danger=True),
        card(AWAITING, hazards.awaiting, city.link(AWAITING)),
        card(SUPERVISED, board.supervised, city.link(SUPERVISED), danger=True),
        card(SUSPENDED, board.suspended, city.link(SUSPENDED), danger=True),
        card(EXTENDED, city.extended, city.link(EXTENDED)),
        card(CLOSED, hazards.closed, city.link(CLOSED)),
        rate_card(hazards, city.link),
    ]
    if board.late_tasks is not None:
        late = LATE.link(unit=board.within.department)
        shown.append(card(LATE, board.late_tasks, late, danger=True))
    if waiting is not None:
        shown.append(card(UNDELIVERED, waiting, UNDELIVERED.link(), danger=True))
    return shown


def repeated_card(on: date, within: Within) -> Card:
    return Card(REPEATED, Cell(repeated_open(on, within), REPEATED.link(**within.parameters)))


def enterprise_cards(board: EnterpriseBoard) -> list[Card]:
    counts = board.counts

    def link(figure: Figure, **narrower) -> str:
        return figure.link(enterprise=board.enterprise.pk, **narrower)

    return [
        card(FOUND, counts.found, link(FOUND)),
        card(OPEN, counts.open, link(OPEN)),
        card(MAJOR_OPEN, counts.major_open, link(MAJOR_OPEN), danger=True),
        card(OVERDUE, counts.overdue, link(OVERDUE), danger=True),
        card(AWAITING, counts.awaiting, link(AWAITING)),
        card(SUPERVISED, board.supervised, link(SUPERVISED), danger=True),
        card(EXTENDED, board.extended, link(EXTENDED)),
        card(REPEATED, board.repeated, link(REPEATED), danger=True),
        card(CLOSED, counts.closed, link(CLOSED)),
        rate_card(counts, link),
        *(
            Card(
                Figure(f"{AccidentType(kind).label}（可能事故类型）", STANDING.definition, STANDING.query),
                Cell(standing, link(STANDING, accident_type=kind)),
                parts=[Part("其中未销号", Cell(still, link(OPEN, accident_type=kind)))],
            )
            for kind, (standing, still) in sorted(board.types.items())
        ),
    ]


def panels(board: Dashboard) -> list[Panel]:
    return [
        hazards(board),
        fair(board),
        shares(board),
        grades(board),
        makes(board),
        kinds(board),
        sources(board),
        months(board),
        weeks(board),
    ]


def series(name: str, colour: str, cells: list[Cell], **more) -> dict:
    return {
        "name": name,
        "color": colour,
        "values": [cell.value for cell in cells],
        "links": [cell.link for cell in cells],
    } | more


def column(rows: list[tuple[str, list[Cell]]], position: int) -> list[Cell]:
    return [cells[position] for _, cells in rows]


def by_place(board: Dashboard, cells) -> tuple[list[tuple[str, list[Cell]]], list[Cell]]:
    return [(place.name, cells(place)) for place in board.places], cells(board.total)


def grades(board: Dashboard) -> Panel:
    def cells(place: Place) -> list[Cell]:
        return [
            *(Cell(place.grades[grade], place.link(ENTERPRISES, grade=grade or UNGRADED)) for grade, _ in GRADES),
            Cell(place.enterprises, place.link(ENTERPRISES)),
            Cell(place.key, place.link(KEY)),
        ]

    rows, foot = by_place(board, cells)
    return Panel(
        "grades",
        "企业风险等级分布",
        [ENTERPRISES, KEY],
        "区县",
        [*(label for _, label in GRADES), "合计", "重点企业"],
        rows,
        foot,
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "series": [
                series(label, GRADE_COLOURS[grade], column(rows, n), stack="grade")
                for n, (grade, label) in enumerate(GRADES)
            ],
        },
    )


def hazards(board: Dashboard) -> Panel:
    shown = [
        (OPEN, "open", YELLOW),
        (OVERDUE, "overdue", RED),
        (AWAITING, "awaiting", BLUE),
        (CLOSED, "closed", GREEN),
        (MAJOR_OPEN, "major_open", ORANGE),
    ]

    def cells(place: Place) -> list[Cell]:
        return [Cell(getattr(place.hazards, name), place.link(figure)) for figure, name, _ in shown]

    rows, foot = by_place(board, cells)
    return Panel(
        "hazards",
        "隐患整改情况",
        [figure for figure, _, _ in shown],
        "区县",
        [figure.label for figure, _, _ in shown],
        rows,
        foot,
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "series": [
                series(figure.label, colour, column(rows, n))
                for n, (figure, _, colour) in enumerate(shown)
                if figure in (OPEN, OVERDUE, CLOSED)
            ],
        },
    )


def shares(board: Dashboard) -> Panel:
    def cells(place: Place) -> list[Cell]:
        return [
            Cell(place.due, place.link(board.covered)),
            Cell(place.visited, place.link(board.covered, covered="1")),
            per_cent(place.coverage, place.link(board.covered)),
            Cell(place.hazards.on_time, place.link(ON_TIME)),
            Cell(place.hazards.closed, place.link(CLOSED)),
            Cell(place.hazards.overdue, place.link(OVERDUE)),
            per_cent(place.hazards.rate, place.link(RATE)),
        ]

    rows, foot = by_place(board, cells)
    return Panel(
        "shares",
        "检查覆盖率与按期整改率",
        [board.covered, RATE],
        "区县",
        ["应检查企业", "已检查企业", board.covered.label, ON_TIME.label, CLOSED.label, OVERDUE.label, RATE.label],
        rows,
        foot,
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "percent": True,
            "series": [
                series(board.covered.label, BLUE, column(rows, 2)),
                series(RATE.label, GREEN, column(rows, 6)),
            ],
        },
    )


def weeks(board: Dashboard) -> Panel:
    city = board.total

    def cells(counts: Counts, found: dict, due: dict) -> list[Cell]:
        return [
            Cell(counts.found, city.link(FOUND, **found)),
            Cell(counts.closed, city.link(CLOSED, **due)),
            Cell(counts.on_time, city.link(ON_TIME, **due)),
            Cell(counts.overdue, city.link(OVERDUE, **due)),
            per_cent(counts.rate, city.link(RATE, **due)),
        ]

    rows = [
        (f"{week:%m-%d}", cells(counts, {"week": week}, {"deadline_week": week}))
        for week, counts in board.weeks.items()
    ]
    first, last = min(board.weeks), max(board.weeks) + timedelta(days=6)
    foot = cells(
        total(board.weeks.values()),
        {"found_from": first, "found_to": last},
        {"deadline_from": first, "deadline_to": last},
    )
    by_deadline = "“发现”按发现日期所在周计，其余按整改期限所在周计；每周自周一起。"
    return Panel(
        "weeks",
        f"近{len(board.weeks)}周走势",
        [FOUND, CLOSED, OVERDUE, Figure(RATE.label, RATE.definition + by_deadline, RATE.query)],
        "周（周一）",
        [FOUND.label, "到期并已销号", "到期并按期销号", "到期逾期未销号", RATE.label],
        rows,
        foot,
        {
            "labels": [name for name, _ in rows],
            "rows": max(len(board.places), 6),
            "series": [
                series(FOUND.label, BLUE, column(rows, 0), line=True),
                series("到期并已销号", GREEN, column(rows, 1)),
                series("到期逾期未销号", RED, column(rows, 3)),
                series(RATE.label, ORANGE, column(rows, 4), line=True, percent=True),
            ],
        },
    )


def fair(board: Dashboard) -> Panel:
    """Districts of unlike size side by side: for each 100 enterprises, and how far each grade is covered."""

    def cells(place: Place) -> list[Cell]:
        return [
            Cell(place.each(place.hazards.found), place.link(FOUND)),
            Cell(place.each(place.hazards.open), place.link(OPEN)),
            Cell(place.each(place.hazards.overdue), place.link(OVERDUE)),
            *(
                per_cent(place.grade_coverage(grade), place.link(board.covered, grade=grade))
                for grade, _ in GRADES
                if grade
            ),
        ]

    rows, foot = by_place(board, cells)
    each = Figure(
        "每百家企业", "隐患数除以该区县台账中的企业数再乘以100，便于大小不同的区县相互比较。", {}, ENTERPRISES.page
    )
    by_grade = Figure("分级覆盖率", "只看某一风险等级的企业，" + board.covered.definition, {}, board.covered.page)
    return Panel(
        "fair",
        "区县比较（每百家企业、分等级）",
        [each, by_grade],
        "区县",
        ["每百家发现", "每百家未销号", "每百家逾期", *(f"{label}覆盖率" for grade, label in GRADES if grade)],
        rows,
        foot,
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "series": [
                series("每百家未销号", YELLOW, column(rows, 1)),
                series("每百家逾期", RED, column(rows, 2)),
            ],
        },
        adds_up=False,
    )


def makes(board: Dashboard) -> Panel:
    """Enterprises by what they do, and those of 两重点一重大."""

    def cells(place: Place) -> list[Cell]:
        return [
            *(Cell(place.kinds[kind], place.link(ENTERPRISES, kind=kind)) for kind in Kind.values),
            Cell(place.enterprises, place.link(ENTERPRISES)),
            Cell(place.two_keys, place.link(TWO_KEYS)),
        ]

    rows, foot = by_place(board, cells)
    colours = (BLUE, GREEN, YELLOW, ORANGE, GREY, RED)
    return Panel(
        "makes",
        "企业类型与两重点一重大",
        [ENTERPRISES, TWO_KEYS],
        "区县",
        [*Kind.labels, "合计", TWO_KEYS.label],
        rows,
        foot,
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "series": [
                series(label, colour, column(rows, n), stack="kind")
                for n, (label, colour) in enumerate(zip(Kind.labels, colours, strict=True))
            ],
        },
    )


def by_facet(board: Dashboard, key: str, title: str, head: str, names: dict[str, str], counted: dict, parameter: str):
    """Hazards by one of their qualities: those not voided, and of them the open ones."""
    city = board.total

    def cells(facet, **narrower) -> list[Cell]:
        return [Cell(facet.standing, city.link(STANDING, **narrower)), Cell(facet.open, city.link(OPEN, **narrower))]

    rows = [(names.get(value, value), cells(facet, **{parameter: value})) for value, facet in counted.items()]
    foot = [
        Cell(sum(one.standing for one in counted.values()), city.link(STANDING)),
        Cell(sum(one.open for one in counted.values()), city.link(OPEN)),
    ]
    return Panel(
        key,
        title,
        [STANDING, OPEN],
        head,
        [STANDING.label, OPEN.label],
        rows,
        foot,
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "series": [series(STANDING.label, BLUE, column(rows, 0)), series(OPEN.label, YELLOW, column(rows, 1))],
        },
    )


def kinds(board: Dashboard) -> Panel:
    names = dict(AccidentType.choices)
    return by_facet(board, "types", "隐患按可能事故类型", "事故类型", names, board.facets.types, "accident_type")


def sources(board: Dashboard) -> Panel:
    return by_facet(board, "sources", "隐患按来源", "来源", SOURCES, board.facets.sources, "source")


def months(board: Dashboard) -> Panel:
    """Fourteen months, this one and thirteen full ones, so that the last full month stands beside the one before it and the same month of last year."""
    city = board.total

    def cells(one, first, last) -> list[Cell]:
        within = {"closed_from": first, "closed_to": last}
        return [
            Cell(one.found, city.link(FOUND, found_from=first, found_to=last)),
            Cell(one.closed, city.link(CLOSED_IN, **within)),
            Cell(one.on_time, city.link(ON_TIME, **within)),
            per_cent(share(one.on_time, one.closed), city.link(ON_TIME, **within)),
        ]

    counted = board.facets.months
    ends = {month: month_before(month, -1) - timedelta(days=1) for month in counted}
    rows = [(f"{month:%Y-%m}", cells(one, month, ends[month])) for month, one in counted.items()]
    every = sum(counted.values(), start=Month())
    share_closed = Figure("当月按期销号率", "当月销号的隐患中按期销号的占比；当月没有销号的不计算。", ON_TIME.query)
    return Panel(
        "months",
        "近14个月走势" + compared(counted),
        [FOUND, CLOSED_IN, ON_TIME, share_closed],
        "月份",
        [FOUND.label, "当月销号", "其中按期", share_closed.label],
        rows,
        cells(every, min(counted), max(ends.values())),
        {
            "labels": [name for name, _ in rows],
            "rows": max(len(board.places), 6),
            "series": [
                series(FOUND.label, BLUE, column(rows, 0), line=True),
                series("当月销号", GREEN, column(rows, 1)),
                series(share_closed.label, ORANGE, column(rows, 3), line=True, percent=True),
            ],
        },
    )


def compared(counted: dict) -> str:
    """What the last full month says beside the month before and the same month of last year."""
    *_, before, last, _now = counted
    year_ago = month_before(last, 12)
    said = [f"{last.month}月发现{counted[last].found}条"]
    said.append(f"环比{changed(counted[last].found, counted[before].found)}")
    if year_ago in counted:
        said.append(f"同比{changed(counted[last].found, counted[year_ago].found)}")
    return f"（{'，'.join(said)}）"


def changed(now: int, then: int) -> str:
    if not then:
        return "无可比数"
    difference = share(now - then, then) or 0
    return f"{'增' if difference >= 0 else '减'}{abs(difference)}%"


@dataclass(frozen=True)
class Stretch:
    """A phase drawn on the campaign's line: where it starts and how long it is, in per cent of the whole."""

    phase: Phase
    left: float
    width: float
    state: str


@dataclass(frozen=True)
class Timeline:
    stretches: list[Stretch]
    today: float | None
    day: int
    days: int


def timeline(board: Dashboard) -> Timeline | None:
    if not board.phases:
        return None
    first, last = min(p.starts for p in board.phases), max(p.ends for p in board.phases) + timedelta(days=1)
    days = (last - first).days

    def at(day) -> float:
        return round(100 * (day - first).days / days, 2)

    def state(phase) -> str:
        if phase.ends < board.on:
            return "done"
        return "now" if phase.starts <= board.on else "ahead"

    return Timeline(
        [
            Stretch(phase, at(phase.starts), at(phase.ends + timedelta(days=1)) - at(phase.starts), state(phase))
            for phase in board.phases
        ],
        at(board.on) if first <= board.on < last else None,
        (board.on - first).days + 1,
        days,
    )
