"""An export as a workbook: the rows on one sheet, and on another what they are, as of when and how many."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.http import HttpResponse

from portal.tenancy.scope import Who
from portal.ui.lists import ListPage
from portal.ui.spreadsheet import Cell, safe_workbook

CHUNK = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attached(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file that was made just now, to be kept by whoever asked for it; the name is in ASCII."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def said(page: ListPage) -> list[str]:
    """What the list is narrowed to, in words."""
    searched = page.request.GET.get("q", "").strip()
    return ([f"包含“{searched}”"] if searched else []) + [f"{label}：{value}" for label, value in page.set_pairs]


def write(
    stream: BinaryIO,
    title: str,
    headers: Sequence[str],
    lines: Iterable[Sequence[Cell]],
    words: list[str],
    person: Who,
    as_of: datetime,
) -> int:
    """Write the workbook; returns the number of rows."""

    def about(rows: int) -> list[list[Cell]]:
        return [
            ["清单", title],
            ["城市", person.tenant_name],
            ["筛选条件", "；".join(words) or "无（全部）"],
            ["数据时间", as_of],
            ["行数", rows],
            ["导出人", " ".join(word for word in (person.person_name, person.organisation_name) if word)],
            ["说明", "只含导出人有权查看的记录。"],
        ]

    return safe_workbook(stream, headers, lines, title=title, about=about)


def in_chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def read(rows: QuerySet, keys: Sequence[int], line: Callable[[Any], Sequence[Cell]]) -> list[Sequence[Cell]]:
    """The lines of these rows in their order; what is gone or hidden meanwhile is left out."""
    found = {row.pk: row for row in rows.filter(pk__in=keys)}
    return [line(found[key]) for key in keys if key in found]
