"""When an entry is merged into another, what it was scored with and objected to stays its own: it is history."""

from accountability.models import Objection, Score, ScoreLine
from enterprises import merging


def register_merging() -> None:
    merging.stays(Score, ScoreLine, Objection)
