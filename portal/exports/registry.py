"""What can be exported: each list says it once, and its button, the job and the API all read it here."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, BinaryIO, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse, QueryDict
from django.utils import timezone

from portal.audit.record import note as audit
from portal.exports.workbook import XLSX, attached, read, said, write
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import Who, who
from portal.ui.lists import COUNTED, ListPage
from portal.ui.spreadsheet import Cell


@dataclass(frozen=True)
class Export:
    """One list as a workbook. `key` is the list's URL name; `rows` gives the queryset that the filter is put on."""

    key: str
    title: str
    permission: str
    rows: Callable[[], QuerySet]
    filterset: type
    sorts: dict[str, str]
    headers: Sequence[str]
    line: Callable[[Any], Sequence[Cell]]

    ending: ClassVar[str] = "xlsx"
    content_type: ClassVar[str] = XLSX
    most: ClassVar[int | None] = None
    """How many rows one file may hold."""

    def write(self, stream: BinaryIO, lines: Iterable, words: list[str], person: Who, as_of: datetime) -> int:
        """The file itself; returns the number of rows."""
        return write(stream, self.title, self.headers, lines, words, person, as_of)

    def page(self, query: str) -> ListPage:
        """The list as the query in its address shows it: the same filter, the same order."""
        return ListPage(SimpleNamespace(GET=QueryDict(query)), self.rows(), self.filterset, sorts=self.sorts)

    def listed(self, request, **more) -> ListPage:
        """The list's own page, which so offers this export; `more` as ListPage takes it."""
        return ListPage(request, self.rows(), self.filterset, sorts=self.sorts, export=self, **more)

    def at_once(self, page: ListPage) -> HttpResponse:
        """The few rows of a page's filter as the answer itself. Raises Refused where they are many."""
        demand(self.permission)
        keys = list(page.found.values_list("pk", flat=True)[: COUNTED + 1])
        if len(keys) > COUNTED:
            raise Refused(f"符合条件的超过{COUNTED}行，请在清单上点“导出全部”，由后台生成文件。")
        lines, words = read(self.rows(), keys, self.line), said(page)
        return sent(self.key, words, lambda out, now: self.write(out, lines, words, who(), now))


def sent(key: str, words: list[str], fill: Callable[[BinaryIO, datetime], int]) -> HttpResponse:
    """What `fill` writes, as the answer itself and on the record; it returns the number of rows."""
    out, now = io.BytesIO(), timezone.now()
    rows = fill(out, now)
    audit("exports.direct", changes={"list": key, "rows": rows, "filter": words})
    name = f"{key.removesuffix('_list')}-{timezone.localtime(now):%Y%m%d}-{rows}.xlsx"
    return attached(out.getvalue(), XLSX, name)


def whole_table(key: str, title: str, headers: Sequence[str], lines: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A table that stands on its page in full, and on which no filter is put. Who may see the page may take it away."""
    return sent(key, [], lambda out, now: write(out, title, headers, lines, [], who(), now))


Told = str | tuple[str, str | Callable[[Any], Cell]]


def columns(model: type[Model], *told: Told) -> tuple[list[str], Callable[[Any], list[Cell]]]:
    """Headers and line of a list that leaves as its fields stand: each by its name, headed by its own words.

    A pair names its own header, and where the value comes from: a path (district.name) or a function of the row.
    """
    headers: list[str] = []
    reads: list[Callable[[Any], Cell]] = []
    for one in told:
        header, source = one if isinstance(one, tuple) else (str(model._meta.get_field(one).verbose_name), one)
        headers.append(header)
        reads.append(source if callable(source) else partial(value_at, path=source))
    return headers, lambda row: [read(row) for read in reads]


def value_at(row: Any, path: str) -> Cell:
    """Along a path, nothing where it ends early; a choice as it is called, several of them joined."""
    for name in path.split("."):
        if row is None:
            return None
        told = getattr(row, f"get_{name}_display", None)
        row = told() if told else getattr(row, name)
    if isinstance(row, bool):
        return "是" if row else "否"
    return "、".join(map(str, row)) if isinstance(row, list | tuple) else row


_exports: dict[str, Export] = {}


def register(export: Export) -> None:
    """Called by the owning app's AppConfig.ready."""
    _exports[export.key] = export


def export_of(key: str) -> Export:
    """Raises BadInput where no list of that name can be exported."""
    if key not in _exports:
        raise BadInput("没有这个可以导出的清单。", field="list")
    return _exports[key]
