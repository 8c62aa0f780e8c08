"""When an entry is merged into another, what it was scored with and objected to stays its own: it is history.

So does what was said of it (Measure); the year-end score counts that for the entry that stands.
"""

from accountability.models import Objection, PastScore, Score, ScoreLine
from enterprises import merging


def register_merging() -> None:
    merging.stays(Score, ScoreLine, Objection, PastScore)
