"""抽查复核: which of the closed hazards are looked at again. Pure, so that anybody can draw the same lot (docs/sampling.md).

A hazard's lot is SM3(seed|number); the lowest lots of a pool are drawn. Nobody who does not choose the seed can foresee
a lot, whoever knows the seed and the pool can repeat the draw, and neither the order of the pool nor the machine matters.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil, floor

from portal.sm3 import sm3


def lot(seed: str, number: int) -> str:
    """64 hex digits, as good as random for who does not know the seed."""
    return sm3(f"{seed}|{number}".encode())


def drawn(seed: str, pool: Iterable[int], size: int) -> list[int]:
    """The `size` numbers with the lowest lots, lowest first. Raises ValueError for more than there are."""
    ordered = sorted(set(pool), key=lambda number: lot(seed, number))
    if not 0 <= size <= len(ordered):
        raise ValueError(f"{size} of {len(ordered)}")
    return ordered[:size]


def share(of: int, percent: Fraction | int) -> int:
    """That many per cent, rounded up: a little of something is at least one."""
    return ceil(Fraction(of) * Fraction(percent) / 100)


def allotted(sizes: Mapping[str, int], size: int) -> dict[str, int]:
    """How many each stratum gives: one each, the rest in proportion by the largest remainder, the larger stratum and
    then the name deciding between equals. Raises ValueError for fewer than there are strata or more than there are."""
    strata = {name: count for name, count in sizes.items() if count}
    if not len(strata) <= size <= sum(strata.values()):
        raise ValueError(f"{size} of {sum(strata.values())} in {len(strata)} strata")
    rest, beyond = size - len(strata), sum(strata.values()) - len(strata)
    quota = {name: Fraction(rest * (count - 1), beyond or 1) for name, count in strata.items()}
    given = {name: 1 + floor(part) for name, part in quota.items()}
    by_remainder = sorted(strata, key=lambda name: (-(quota[name] % 1), -strata[name], name))
    for name in by_remainder[: size - sum(given.values())]:
        given[name] += 1
    return given


def pool_text(pool: Mapping[str, Iterable[int]]) -> str:
    """The pool as it is published: a line for each number, its stratum first."""
    return "".join(f"{name}\t{number}\n" for name in sorted(pool) for number in sorted(pool[name]))
