"""The catalogs as the portal carries them: one CSV file each, read by the rules and loaded by `load_catalogs`.

UTF-8, the first row names the columns; every row has `verification` (where it was seen) and `confidence`.
"""

import csv
import io
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "catalogs"


def content(key: str, folder: Path = FOLDER) -> bytes:
    return (folder / f"{key}.csv").read_bytes()


def rows(key: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    return parsed(content(key, folder))


@cache
def columns(key: str) -> list[str]:
    """In the order of the file, which the database does not keep; read once a process."""
    return next(csv.reader(io.StringIO(content(key).decode("utf-8"), newline="")))


def parsed(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8"), newline="")))
