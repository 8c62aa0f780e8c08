"""What the pages of the catalogs read."""

import re
from dataclasses import dataclass
from functools import cache

from django.db.models import Q
from django.http import Http404

from portal.reference.definitions import BY_KEY, FLAGS, SEEN, label_of
from portal.reference.files import columns, rows
from portal.reference.models import Catalog, CatalogLine, Confidence
from portal.reference.rules import CAS, best_name, fold

ORDER = list(BY_KEY)
TABLE1 = "gb18218_table1"
SUBSTANCES = (TABLE1, "key_chemicals", "special_control_chemicals")
CRITERION = re.compile(r"AQ 3067-2026 (\d+\.\d+-\d+)")
SUGGESTIONS = 8
WORDS_OF_SEEN = re.compile(r"\b(" + "|".join(SEEN) + r")\b", re.A)


def catalogs() -> list[Catalog]:
    """The current edition of each, in the order a person looks for them, with its numbers of lines."""
    found = Catalog.objects.current().counted()
    return sorted(found, key=lambda one: ORDER.index(one.key) if one.key in BY_KEY else len(ORDER))


def edition_or_404(key: str, number: int | None = None) -> tuple[Catalog, list[Catalog]]:
    """One edition of a catalog, the newest unless a number is given, and all of them, newest first."""
    editions = list(Catalog.objects.filter(key=key).order_by("-number"))
    chosen = [one for one in editions if number in (None, one.number)]
    if not chosen:
        raise Http404(f"catalog {key} {number}")
    return chosen[0], editions


@dataclass
class Cell:
    label: str
    value: str
    before: str | None = None
    """What stood there in the edition before, where it differs."""


@dataclass
class Version:
    """A line as one edition has it."""

    line: CatalogLine
    cells: list[Cell]

    @property
    def changed(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.before is not None]


@dataclass
class LineFile:
    """A line with all its columns, its earlier versions and where else its substance is listed."""

    versions: list[Version]
    withdrawn: bool
    elsewhere: list[CatalogLine]

    @property
    def line(self) -> CatalogLine:
        return self.versions[0].line

    @property
    def cells(self) -> list[Cell]:
        return [cell for cell in self.versions[0].cells if cell.value]


def line_file(key: str, code: str) -> LineFile:
    """A line withdrawn since is still shown, as the last edition that had it."""
    lines = list(
        CatalogLine.objects.filter(catalog__key=key, code=code).select_related("catalog").order_by("-catalog__number")
    )
    if not lines:
        raise Http404(f"catalog line {key} {code}")
    line = lines[0]
    newest = Catalog.objects.filter(key=key).order_by("-number").values_list("number", flat=True).first()
    return LineFile(
        versions=[
            Version(one, cells_of(key, one, older)) for one, older in zip(lines, [*lines[1:], None], strict=True)
        ],
        withdrawn=line.catalog.number != newest,
        elsewhere=list(of_the_same_substance(line)),
    )


def cells_of(key: str, line: CatalogLine, older: CatalogLine | None) -> list[Cell]:
    cells = []
    order = columns(key) if key in BY_KEY else []
    for column in sorted(line.data, key=lambda one: order.index(one) if one in order else len(order)):
        value = line.data[column]
        before = older.data.get(column, "") if older else value
        cells.append(
            Cell(label_of(key, column), spoken(column, value), None if before == value else spoken(column, before))
        )
    return cells


def spoken(column: str, value: str) -> str:
    if column.endswith("confidence"):
        return dict(Confidence.choices).get(value, value)
    if column in FLAGS:
        return "是" if value == "1" else "否"
    return seen(value) if column.endswith("verification") else value


def seen(source: str) -> str:
    """Where a line was seen, in Chinese: `memory: …` → `凭记忆: …`."""
    return WORDS_OF_SEEN.sub(lambda found: SEEN[found.group()], source)


def of_the_same_substance(line: CatalogLine):
    numbers = CAS.findall(line.cas)
    if not numbers:
        return CatalogLine.objects.none()
    same = Q()
    for number in numbers:
        same |= Q(words__contains=f"\n{number}\n")
    return CatalogLine.objects.current().filter(same).exclude(catalog__key=line.catalog.key).select_related("catalog")


def suggestions(sought: str) -> list[dict]:
    """Substances for a form, best first: the name that was meant, CAS number, row of 表1, marks.

    Each row of 表1 stands by itself, because some share a CAS number; the other lists join it by that number.
    """
    if not fold(sought):
        return []
    listed = CatalogLine.objects.current().filter(catalog__key__in=SUBSTANCES).select_related("catalog")
    found = list(listed.matching(sought).order_by("rank", "pk")[: 3 * SUGGESTIONS])
    same: dict[str, list[CatalogLine]] = {}
    for line in listed.filter(cas__in={line.cas for line in found if line.cas}).order_by("pk"):
        same.setdefault(line.cas, []).append(line)
    offered: dict[int, dict] = {}
    for line in found:
        together = same.get(line.cas, [line])
        of_table1 = [one for one in together if one.catalog.key == TABLE1]
        for main in [line] if line in of_table1 else of_table1 or together[:1]:
            offered.setdefault(main.pk, suggestion(main, together, sought))
    return list(offered.values())[:SUGGESTIONS]


def suggestion(main: CatalogLine, together: list[CatalogLine], sought: str) -> dict:
    in_table1 = main.catalog.key == TABLE1
    keys = {line.catalog.key for line in together}
    marks = []
    if in_table1:
        marks.append(f"表1序号{main.code} {main.title}，临界量 {main.data['threshold_t']} t")
    if "key_chemicals" in keys:
        marks.append("重点监管")
    if "special_control_chemicals" in keys:
        marks.append("特别管控")
    if main.confidence == Confidence.LOW:
        marks.append("可信度低，待核")
    numbers = CAS.findall(main.cas)
    return {
        "name": best_name(main.title, "、".join(line.aliases for line in [main, *together]), sought),
        "cas": numbers[0] if len(numbers) == 1 else "",
        "table1_seq": int(main.code) if in_table1 else None,
        "marks": marks,
    }


@cache
def doubtful_criteria() -> frozenset[str]:
    """Articles of AQ 3067-2026 whose wording is of low confidence, from the file; read once a process."""
    return frozenset(
        row["article"]
        for row in rows("major_hazard_criteria")
        if row["set_code"] == "AQ3067" and row["confidence"] == Confidence.LOW
    )


def cites_doubtful_criterion(text: str) -> bool:
    return bool(doubtful_criteria() & set(CRITERION.findall(text or "")))
