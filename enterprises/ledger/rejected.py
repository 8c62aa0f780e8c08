"""The rejected rows as a workbook: what was written, and why it was sent back. Corrected, it can be uploaded again as it is."""

from collections.abc import Iterator
from typing import BinaryIO

from portal.ui.spreadsheet import safe_workbook

from .columns import BELOW, Mapping
from .fields import label
from .normalise import unit_in
from .verdict import Judgement


def write_rejected(stream: BinaryIO, judgement: Judgement, mapping: Mapping) -> int:
    """Write one line per source row, the reason beside an enterprise's first. Returns the number of enterprises."""
    names = {column: name for name, column in mapping.columns.items()}
    headers = [
        _header(label(names[column]), text) if column in names else text.rpartition(BELOW)[2]
        for column, text in enumerate(mapping.headers)
    ]

    def rows() -> Iterator[list[str | int]]:
        for rejection in judgement.rejected:
            reason: str = rejection.sentence
            for excel_row, cells in rejection.source:
                yield [excel_row, reason, *cells]
                reason = ""

    safe_workbook(stream, ["原行号", "未导入原因", *headers], rows(), title="未导入的行")
    return len(judgement.rejected)


def _header(name: str, written: str) -> str:
    """The field's own label, so that the file maps by itself; with the unit when the column named one."""
    unit = unit_in(written)
    return f"{name}（{unit}）" if unit else name
