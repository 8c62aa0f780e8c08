"""The dashboard's cards, charts and tables: the same numbers, each with its sentence and the list of its records."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.html import escape, format_html

from campaign.models import Phase
from campaign.queries import ENTERPRISES, GRADES, KEY, UNGRADED, Dashboard, Place
from hazards.queries.figures import (
    AWAITING,
    CLOSED,
    FOUND,
    MAJOR_OPEN,
    ON_TIME,
    OPEN,
    OVERDUE,
    RATE,
    Counts,
    Figure,
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

    @property
    def chart_id(self) -> str:
        return f"{self.key}-chart"

    @property
    def chart_rows(self) -> int:
        """How many rows of bars the chart is tall; side by side with another it is as tall as that one."""
        return max(self.chart.get("rows", len(self.rows)), 3)


def per_cent(value: float | None, link: str = "") -> Cell:
    return Cell(value, link, "%")


def cards(board: Dashboard) -> list[Card]:
    city, hazards = board.total, board.total.hazards
    this_week, counts = list(board.weeks.items())[-1]
    return [
        Card(ENTERPRISES, Cell(city.enterprises, ENTERPRISES.link())),
        Card(KEY, Cell(city.key, KEY.link())),
        Card(
            board.covered,
            per_cent(city.coverage, board.covered.link()),
            parts=[
                Part("已检查", Cell(city.visited, board.covered.link(covered="1"))),
                Part(" ÷ 应检查", Cell(city.due, board.covered.link())),
            ],
        ),
        Card(
            Figure(
                "本周发现隐患", f"发现日期在本周（自{this_week:%m月%d日}周一起）的全部隐患，含后来作废的。", FOUND.query
            ),
            Cell(counts.found, FOUND.link(week=this_week)),
        ),
        Card(OPEN, Cell(hazards.open, OPEN.link())),
        Card(MAJOR_OPEN, Cell(hazards.major_open, MAJOR_OPEN.link()), "danger" if hazards.major_open else ""),
        Card(OVERDUE, Cell(hazards.overdue, OVERDUE.link()), "danger" if hazards.overdue else ""),
        Card(AWAITING, Cell(hazards.awaiting, AWAITING.link())),
        Card(CLOSED, Cell(hazards.closed, CLOSED.link())),
        Card(
            RATE,
            per_cent(hazards.rate, RATE.link()),
            parts=[
                Part("按期", Cell(hazards.on_time, ON_TIME.link())),
                Part(" ÷（销号", Cell(hazards.closed, CLOSED.link())),
                Part("＋逾期", Cell(hazards.overdue, OVERDUE.link()), "）"),
            ],
        ),
    ]


def panels(board: Dashboard) -> list[Panel]:
    return [grades(board), hazards(board), shares(board), weeks(board)]


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
    def cells(counts: Counts, found: dict, due: dict) -> list[Cell]:
        return [
            Cell(counts.found, FOUND.link(**found)),
            Cell(counts.closed, CLOSED.link(**due)),
            Cell(counts.on_time, ON_TIME.link(**due)),
            Cell(counts.overdue, OVERDUE.link(**due)),
            per_cent(counts.rate, RATE.link(**due)),
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
