"""What can be exported: each list says it once, and its button, the job and the API all read it here."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, BinaryIO, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.utils import timezone

from portal.audit.record import note as audit
from portal.exports.workbook import XLSX, read, said, write
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

    def at_once(self, page: ListPage) -> HttpResponse:
        """The few rows of a page's filter as the answer itself. Raises Refused where they are many."""
        demand(self.permission)
        keys = list(page.found.values_list("pk", flat=True)[: COUNTED + 1])
        if len(keys) > COUNTED:
            raise Refused(f"符合条件的超过{COUNTED}行，请在清单上点“导出全部”，由后台生成文件。")
        out, now, words = io.BytesIO(), timezone.now(), said(page)
        lines = read(self.rows(), keys, self.line)
        rows = self.write(out, lines, words, who(), now)
        audit("exports.direct", changes={"list": self.key, "rows": rows, "filter": words})
        response = HttpResponse(out.getvalue(), content_type=XLSX)
        name = f"{self.key.removesuffix('_list')}-{timezone.localtime(now):%Y%m%d}-{rows}.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


_exports: dict[str, Export] = {}


def register(export: Export) -> None:
    """Called by the owning app's AppConfig.ready."""
    _exports[export.key] = export


def export_of(key: str) -> Export:
    """Raises BadInput where no list of that name can be exported."""
    if key not in _exports:
        raise BadInput("没有这个可以导出的清单。", field="list")
    return _exports[key]
