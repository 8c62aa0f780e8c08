"""Which grade an event speaks for. Pure. It is only proposed: a named person decides (应急〔2018〕19号, 动态调整)."""

A, B, C, D = "A", "B", "C", "D"
MAJOR_OVERDUE, REPEAT, ACCIDENT, SUSPENSION, JUDGEMENT = (
    "major_overdue",
    "repeat",
    "accident",
    "suspension",
    "judgement",
)
STEPS = {A: B, B: C, C: D, D: D}


def worse(grade: str) -> str:
    """One step worse; of what was never assessed nothing is known."""
    return STEPS.get(grade, "")


def grade_for(cause: str, grade: str, *, grave: bool = False) -> str:
    """The grade to propose, blank where there is nothing to propose.

    A suspension and a grave accident (较大 and above, or one with deaths) speak for red whatever the grade was; anything else for
    one step worse. What the guide fixes (X.4, accidents within years) is for the diagnosis sheet, which counts them.
    """
    proposed = D if cause == SUSPENSION or (cause == ACCIDENT and grave) else worse(grade)
    return "" if proposed == grade else proposed
