"""What an import would do to the ledger: create, update field by field, or leave.

An empty cell never wipes what the ledger knows: a district that leaves a column out, or writes "/", says nothing. A value goes
only when the sheet says in words that there is none (无, 不构成, 长期), and the preview shows it as old → new like any change.
A list of substances or processes that is not empty replaces the old list; a substance named without a quantity keeps its old one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .verdict import Chemical, LedgerRow, Process

NOT_FACTS = {"excel_row", "code", "denied", "doubts", "source"}
FACTS = tuple(f.name for f in fields(LedgerRow) if f.name not in NOT_FACTS)
CLEARABLE = set(FACTS) - {"name", "district", "sector", "kind", "grade", "coordinates_in"}


@dataclass(frozen=True)
class Comparison:
    row: LedgerRow
    verdict: str
    """create | update | same"""
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Field → (old, new); `new` is what is to be stored."""


def compare(rows: Iterable[LedgerRow], existing: Mapping[str, Mapping[str, Any]]) -> Iterator[Comparison]:
    """Compare with what the ledger holds: code → {field of LedgerRow: value}, chemicals and processes as Chemical and Process.

    A field missing from the dict counts as empty. `in_units` names what is entered unit by unit, which is more exact than any
    sheet of the whole site and is left alone. Numbers compare as numbers, lists without regard to order.
    """
    for row in rows:
        if row.code not in existing:
            yield Comparison(row, "create")
            continue
        changes = dict(_changes(row, existing[row.code]))
        yield Comparison(row, "update" if changes else "same", changes)


def _changes(row: LedgerRow, known: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name in FACTS:
        old, new = known.get(name), getattr(row, name)
        if name in ("chemicals", "processes"):
            new = tuple(one for one in new if one.name not in known.get("in_units", ()))
        if _empty(new):
            if name in row.denied and name in CLEARABLE and not _empty(old):
                yield name, (old, new)
            continue
        if name == "chemicals":
            held: dict[str, Chemical] = {c.name: c for c in old or ()}
            new = tuple(_with_old_quantity(c, held.get(c.name)) for c in new)
        if name in ("chemicals", "processes"):
            if _as_set(old or ()) != _as_set(new):
                yield name, (tuple(old or ()), new)
        elif old != new:
            yield name, (old, new)


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == ()


def _with_old_quantity(new: Chemical, old: Chemical | None) -> Chemical:
    return replace(new, quantity=old.quantity) if new.quantity is None and old is not None else new


def _as_set(items: Iterable[Chemical | Process]) -> set[Chemical | Process]:
    return set(items)
