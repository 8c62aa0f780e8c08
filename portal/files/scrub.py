"""Whether every file a record names is still there as it was received; and the files no record names.

Each floor says at start which of its rows name files: `named_by["佐证材料"] = …`, a function that gives digests and what
they belong to. Both run in the city scope, which sees every row of its tenant.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portal.audit.record import note as audit
from portal.files import store

named_by: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {}

PARTS = 7
DAY = 24 * 3600
SPARED_DAYS = 30


@dataclass
class Report:
    checked: int = 0
    damaged: list[str] = field(default_factory=list)


def names() -> Iterator[tuple[str, str]]:
    """(digest, what it belongs to) of every row that names a file."""
    for kind, rows in named_by.items():
        for digest, label in rows():
            yield digest, f"{kind}{label}"


def check(part: int | None = None) -> Report:
    """Read every named file and compare its SM3; `part` of PARTS reads that share of them, so that a week reads all."""
    report, seen = Report(), set()
    for digest, label in names():
        if part is not None and int(digest[:2], 16) % PARTS != part:
            continue
        if digest not in seen:
            seen.add(digest)
            report.checked += 1
            fault = store.fault_of(digest)
        else:
            fault = None
        if fault:
            report.damaged.append(f"{label}：{fault}（{digest}）")
            audit("files.damaged", None, {"digest": digest, "fault": fault}, label=label)
    return report


def sweep(days: int = SPARED_DAYS) -> int:
    """Put aside files older than `days` that no row names, and delete what has lain aside as long; returns how many of both.

    A file that is received again gets a new date, and one that a row names by the time it lies aside is put back.
    """
    room, before = store.own_room(), time.time() - days * DAY
    if not room.exists():
        return 0
    aside = room / "aside"
    named = {digest for digest, _ in names()}
    moved = 0
    for path in room.glob("[0-9a-f][0-9a-f]/*"):
        if store.DIGEST.fullmatch(path.name) and path.name not in named and path.stat().st_mtime < before:
            aside.mkdir(exist_ok=True)
            path.rename(aside / path.name)
            # Its age begins anew where it lies.
            (aside / path.name).touch()
            moved += 1
    return moved + tidy(aside, before) + unfinished(room)


def tidy(aside: Path, before: float) -> int:
    if not aside.exists():
        return 0
    named = {digest for digest, _ in names()}
    deleted = 0
    for path in aside.iterdir():
        if path.name in named:
            home = store.path_of(path.name)
            if not home.exists():
                path.rename(home)
        elif path.stat().st_mtime < before:
            forget_copies(path.name)
            path.unlink()
            deleted += 1
    return deleted


def forget_copies(digest: str) -> None:
    for copy in (store.own_room() / "derived" / digest[:2]).glob(f"{digest}-*.jpg"):
        copy.unlink(missing_ok=True)


def unfinished(room: Path) -> int:
    """What a worker that died was just writing."""
    stale = [path for path in room.glob("incoming-*") if path.stat().st_mtime < time.time() - DAY]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)
