"""Many kept files as one ZIP, with the workbook that lists them: an export whose every line names a file."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, ClassVar
from zipfile import ZIP_STORED, ZipFile

from portal.exports.registry import Export
from portal.exports.workbook import write
from portal.files import store
from portal.refusals import BadInput
from portal.tenancy.scope import Who
from portal.ui.spreadsheet import Cell

MOST_BYTES = 500 * 2**20


@dataclass(frozen=True)
class Bundle(Export):
    """`line` gives the file's name without ending, its digest, and after them the cells of the list."""

    ending: ClassVar[str] = "zip"
    content_type: ClassVar[str] = "application/zip"
    most: ClassVar[int | None] = 1000

    def write(self, stream: BinaryIO, lines: Iterable, words: list[str], person: Who, as_of: datetime) -> int:
        """Each file is held against its digest once more. Raises BadInput where all of them are too large, Damaged."""
        assert person.tenant_id is not None
        room, size = store.room_of(person.tenant_id), 0

        def put() -> Iterator[Sequence[Cell]]:
            nonlocal size
            for number, (name, digest, *cells) in enumerate(lines, 1):
                content = store.open_kept(digest, room)
                size += len(content)
                if size > MOST_BYTES:
                    raise BadInput("所选文书超过500MB，请缩小筛选范围，分几次打包。")
                # The print is compressed already.
                bundle.writestr(f"{number:04d} {name}.pdf", content, ZIP_STORED)
                yield cells

        with ZipFile(stream, "w") as bundle:
            listed = io.BytesIO()
            rows = write(listed, self.title, self.headers, put(), words, person, as_of)
            bundle.writestr(f"{self.title}.xlsx", listed.getvalue())
        return rows
