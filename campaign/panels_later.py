"""The panels that come after the dashboard: hazards by grade, the trend, and the map's table and picture."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from campaign.panels import BLUE, GRADE_COLOURS, RED, YELLOW, Cell, Panel, changed, column, per_cent, series
from campaign.queries import ENTERPRISES, GRADES, UNGRADED, Dashboard, Place, share
from campaign.queries_panels import DOTS, Drawn, GradeBoard, GradePlace, LevelBoard, Span, Trend
from campaign.rules_map import BANDS, Bands
from hazards.models import Level
from hazards.queries.figures import (
    AWAITING,
    CLOSED,
    CLOSED_IN,
    FOUND,
    MISSED,
    ON_TIME,
    OPEN,
    OVERDUE,
    RATE,
    Counts,
    Figure,
    total,
)

# --- by grade -------------------------------------------------------------------------------------------------------

BY_GRADE: dict[str, Figure] = {"overdue": OVERDUE, "open": OPEN, "found": FOUND, "on_time": ON_TIME, "rate": RATE}
"""What hazards by grade may be compared by."""
GRADE_TODAY = Figure(
    "按企业风险等级",
    "隐患按企业今天的风险等级归类，不是发现隐患时的等级；等级调整以后，该企业的全部隐患随之归入新的等级。",
    {},
    ENTERPRISES.page,
)
EACH_GRADE = Figure(
    "每百家",
    "该区县该等级企业的隐患数除以该区县该等级的企业数再乘以100；没有这一等级的企业时不计算。",
    {},
    ENTERPRISES.page,
)


def grades_panel(found: GradeBoard, key: str) -> Panel:
    """One figure, district by district and grade by grade: how many, and for each 100 enterprises of that grade there."""
    figure = BY_GRADE[key]

    def cells(place: GradePlace) -> list[Cell]:
        made = []
        for grade, _ in GRADES:
            counts = place.by_grade[grade]
            link = place.place.link(figure, grade=grade or UNGRADED)
            if key == "rate":
                made.append(per_cent(counts.rate, link))
            else:
                number = getattr(counts, key)
                made += [Cell(number, link), Cell(place.each(number, grade))]
        whole = place.whole
        if key == "rate":
            return [*made, per_cent(whole.rate, place.place.link(figure))]
        number = getattr(whole, key)
        return [*made, Cell(number, place.place.link(figure)), Cell(place.place.each(number))]

    rows = [(place.place.name, cells(place)) for place in found.places]
    labels = [label for _, label in GRADES]
    wide = 1 if key == "rate" else 2
    columns = [name for label in (*labels, "合计") for name in (label, f"{label}每百家")[:wide]]
    return Panel(
        "by-grade",
        f"隐患按企业等级比较：{figure.label}" + ("" if key == "rate" else "（图为每百家企业）"),
        [figure, GRADE_TODAY] if key == "rate" else [figure, GRADE_TODAY, EACH_GRADE],
        "区县",
        columns,
        rows,
        cells(found.total),
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "percent": key == "rate",
            "series": [
                series(label, GRADE_COLOURS[grade], column(rows, n * wide + wide - 1))
                for n, (grade, label) in enumerate(GRADES)
                if grade
            ],
        },
        adds_up=False,
    )


# --- by level -------------------------------------------------------------------------------------------------------

BY_LEVEL = [(FOUND, "found"), (OPEN, "open"), (OVERDUE, "overdue"), (AWAITING, "awaiting"), (CLOSED, "closed")]


def levels_panel(found: LevelBoard) -> Panel:
    """General and major hazards side by side."""
    place = found.board.total

    def cells(counts: Counts, **narrower) -> list[Cell]:
        return [
            *(Cell(getattr(counts, name), place.link(figure, **narrower)) for figure, name in BY_LEVEL),
            per_cent(counts.rate, place.link(RATE, **narrower)),
        ]

    rows = [(f"{Level(level).label}隐患", cells(counts, level=level)) for level, counts in found.levels.items()]
    figures = [figure for figure, _ in BY_LEVEL]
    return Panel(
        "by-level",
        "隐患按级别",
        [*figures, RATE],
        "级别",
        [*(figure.label for figure in figures), RATE.label],
        rows,
        cells(total(found.levels.values())),
        {
            "labels": [name for name, _ in rows],
            "across": True,
            "series": [
                series(figure.label, colour, column(rows, n))
                for n, (figure, colour) in enumerate(zip(figures[:3], (BLUE, YELLOW, RED), strict=True))
            ],
        },
    )


# --- the trend ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One figure in the latest span, the one before and the same of last year."""

    figure: Figure
    spans: list[Span]
    now: Cell
    before: Cell
    year_ago: Cell
    from_before: str
    from_year_ago: str


def change(figure: Figure, spans: list[Span], cells: list[Cell]) -> Change:
    now, before, year_ago = cells

    def against(then: Cell) -> str:
        if now.value is None or then.value is None:
            return "无可比数"
        if now.unit == "%":
            points = round(now.value - then.value, 1)
            return f"{'升' if points >= 0 else '降'}{abs(points)}个百分点"
        return changed(int(now.value), int(then.value))

    return Change(figure, spans, now, before, year_ago, against(before), against(year_ago))


def trend_rows(found: Trend) -> list[Change]:
    place = found.board.total
    months, weeks = [span for span, _ in found.months], [span for span, _ in found.weeks]

    def closed_in(span: Span) -> dict:
        return {"closed_from": span.first, "closed_to": span.last}

    def due_in(span: Span) -> dict:
        return {"deadline_from": span.first, "deadline_to": span.last}

    def monthly(figure: Figure, cell: Callable) -> Change:
        return change(figure, months, [cell(span, one) for span, one in found.months])

    def weekly(figure: Figure, cell: Callable) -> Change:
        return change(figure, weeks, [cell(span, counts) for span, counts in found.weeks])

    closed_share = Figure("销号中按期", "这段时间销号的隐患中按期销号的占比；没有销号的不计算。", ON_TIME.query)
    due_rate = Figure("到期按期整改率", "整改期限在这段时间内的隐患：" + RATE.definition, RATE.query)

    def found_in(span, one):
        return Cell(one.found, place.link(FOUND, found_from=span.first, found_to=span.last))

    def due_and_closed(span, counts: Counts):
        return Cell(counts.closed, place.link(CLOSED, **due_in(span)))

    return [
        monthly(FOUND, found_in),
        monthly(CLOSED_IN, lambda span, one: Cell(one.closed, place.link(CLOSED_IN, **closed_in(span)))),
        monthly(
            closed_share,
            lambda span, one: per_cent(share(one.on_time, one.closed), place.link(ON_TIME, **closed_in(span))),
        ),
        weekly(Figure("到期并已销号", "整改期限在这段时间内、已经销号的隐患。", CLOSED.query), due_and_closed),
        weekly(MISSED, lambda span, counts: Cell(counts.missed, place.link(MISSED, **due_in(span)))),
        weekly(due_rate, lambda span, counts: per_cent(counts.rate, place.link(RATE, **due_in(span)))),
    ]


# --- the map --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shade:
    """A figure that the map may be coloured by; `worse` says which end of it is the bad one."""

    figure: Figure
    cell: Callable[[Place], Cell]
    worse: str = "high"


def each_hundred(figure: Figure, name: str) -> Shade:
    told = Figure(
        f"每百家企业{figure.label}",
        f"{figure.definition}除以该区县台账中的企业数再乘以100。",
        figure.query,
        figure.page,
    )

    def cell(place: Place) -> Cell:
        return Cell(place.each(getattr(place.hazards, name)), place.link(figure))

    return Shade(told, cell)


def shades(board: Dashboard) -> dict[str, Shade]:
    return {
        "overdue": each_hundred(OVERDUE, "overdue"),
        "open": each_hundred(OPEN, "open"),
        "found": each_hundred(FOUND, "found"),
        "rate": Shade(RATE, lambda place: per_cent(place.hazards.rate, place.link(RATE)), worse="low"),
        "coverage": Shade(
            board.covered, lambda place: per_cent(place.coverage, place.link(board.covered)), worse="low"
        ),
    }


SHADES = {
    "overdue": "每百家企业逾期隐患",
    "open": "每百家企业未销号隐患",
    "found": "每百家企业发现隐患",
    "rate": "按期整改率",
    "coverage": "检查覆盖率",
}


@dataclass(frozen=True)
class Coloured:
    """A district on the map."""

    name: str
    path: str
    label: tuple[int, int]
    cell: Cell | None
    """None where the reader has no figure of it."""
    tone: str


@dataclass(frozen=True)
class Step:
    """One line of the legend."""

    tone: str
    words: str


@dataclass(frozen=True)
class MapPanel:
    at: datetime
    drawn: Drawn
    shade: Shade
    areas: list[Coloured]
    legend: list[Step]
    rows: list[tuple[str, Cell, str, Cell]]
    """District, its figure, the band's tone, and how many enterprises it has."""
    whole: Cell
    enterprises: Cell
    dots: list[tuple[str, str, str]]
    """Grade, its words, and the path of its dots."""
    dots_label: str
    dots_link: str
    map_link: str
    points_api: str


def map_panel(found: Drawn, board: Dashboard, key: str, which: str) -> MapPanel:
    shade = shades(board)[key]
    cells = {place.district.pk: shade.cell(place) for place in board.places if place.district}
    bands = Bands.of(cell.value for cell in cells.values())

    def tone(cell: Cell | None) -> str:
        if cell is None or cell.value is None or bands is None:
            return "none"
        # Fewer bands still reach from the lightest to the darkest; where all are alike none is the worst.
        band = round(bands.band(float(cell.value)) * (BANDS - 1) / (bands.steps - 1)) if bands.steps > 1 else 0
        return str(BANDS - 1 - band if shade.worse == "low" and bands.steps > 1 else band)

    unit = "%" if shade.worse == "low" else ""
    legend = []
    for low, high in bands.bounds if bands else []:
        step = tone(Cell((low + high) / 2))
        legend.append(Step(step, f"{low}{unit}" if low == high else f"{low}～{high}{unit}"))
    if any(cell.value is None for cell in cells.values()) or any(one.district not in cells for one in found.shapes):
        legend.append(Step("none", "没有数字"))
    words, query, _ = DOTS[which]
    narrower = urlencode(board.within.parameters | query)
    return MapPanel(
        found.at,
        found,
        shade,
        [
            Coloured(one.name, one.path, one.label, cells.get(one.district), tone(cells.get(one.district)))
            for one in found.shapes
        ],
        legend,
        [
            (
                place.name,
                cells[place.district.pk],
                tone(cells[place.district.pk]),
                Cell(place.enterprises, place.link(ENTERPRISES)),
            )
            for place in board.places
            if place.district
        ],
        shade.cell(board.total),
        Cell(board.total.enterprises, board.total.link(ENTERPRISES)),
        [(grade, label, found.dots[grade]) for grade, label in GRADES if found.dots.get(grade)],
        words,
        f"{reverse('enterprise_list')}?{narrower}",
        f"{reverse('enterprise_map')}?{narrower}",
        f"{reverse('api-point-list')}?{narrower}",
    )
