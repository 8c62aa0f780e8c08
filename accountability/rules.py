"""What counts as a lead, with the reason for each threshold. A lead is where to look, never a verdict. Pure."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

# What one person files is spread over thirteen weeks; three fifths of it in the last five days is no longer chance.
QUARTER_END_DAYS = 5
MOST = 0.6
# Of four records three in one week say nothing.
LEAST = 5
# Peers are plants of the same sector and grade; of fewer there is no median worth the name.
PEERS = 5
# One visit may well find nothing. Where half of the peers have three hazards or more, two that found none are worth a look.
VISITS = 2
MEDIAN = 3
MONTHS = 12
# The same sentence under two hazards happens; under three it is worth reading them side by side.
SAME_TEXT = 3
# A shorter text ("已整改") is the same everywhere.
SHORTEST = 12
# Texts that begin alike are compared by their trigrams; with seven tenths in common a word or two was changed in a sentence.
BEGINNING = 8
ALIKE = 0.7
# A beginning that more texts share is a form of words, not a copy; pair by pair it would also take for ever.
MOST_IN_A_BLOCK = 60

NOISE = re.compile(r"[^\u4e00-\u9fa5a-z]")


def normal(text: str) -> str:
    """A text without digits, marks and spaces: what is left when only a number or a comma was changed."""
    return NOISE.sub("", text.lower())


def trigrams(text: str) -> frozenset[str]:
    return frozenset(text[n : n + 3] for n in range(len(text) - 2))


def alike(one: str, other: str) -> bool:
    """Whether two normalised texts have seven tenths of their trigrams in common (Jaccard)."""
    a, b = trigrams(one), trigrams(other)
    return bool(a or b) and len(a & b) / len(a | b) >= ALIKE


def near_groups(texts: Iterable[str]) -> list[list[str]]:
    """The normalised texts of one beginning, put together where they are alike; each in the group of the first it is alike to."""
    groups: list[list[str]] = []
    for text in sorted(set(texts)):
        group = next((group for group in groups if alike(group[0], text)), None)
        if group is None:
            groups.append([text])
        else:
            group.append(text)
    return groups


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of the quarter a day lies in."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def is_burst(total: int, late: int) -> bool:
    return total >= LEAST and late >= MOST * total
