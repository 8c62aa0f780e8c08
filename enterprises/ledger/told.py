"""What somebody says of an enterprise's facts, kept as JSON until somebody else decides about it, and read back."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from . import catalog
from .verdict import Chemical, Process


def chemicals(kept: list[list[str | None]]) -> tuple[Chemical, ...]:
    return tuple(
        Chemical(name, None if quantity is None else Decimal(quantity), number(catalog.chemical(name)))
        for name, quantity in kept
        if name is not None
    )


def processes(kept: list[str]) -> tuple[Process, ...]:
    return tuple(Process(name, number(catalog.process(name))) for name in kept)


def number(entry: catalog.Entry | None) -> int | None:
    """What is on the national list is asked anew: it may have changed since."""
    return entry.seq if entry else None


READ: dict[str, Callable[[Any], Any]] = {
    "longitude": Decimal,
    "latitude": Decimal,
    "licence_until": date.fromisoformat,
    "chemicals": chemicals,
    "processes": processes,
}


def to_json(value: Any) -> Any:
    """Text, whole numbers and nothing stay; numbers and dates become text; lists, their names and quantities (吨)."""
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Chemical):
        return [value.name, None if value.quantity is None else str(value.quantity)]
    if isinstance(value, Process):
        return value.name
    return value if value is None or isinstance(value, str | int) else str(value)


def from_json(name: str, kept: Any) -> Any:
    """The value of one field of the ledger as `to_json` kept it."""
    return kept if kept is None or kept == "" else READ.get(name, lambda same: same)(kept)
