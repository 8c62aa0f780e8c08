"""What a broadcast (举一反三) asks and how it may be answered. Pure."""

MOST_QUESTIONS = 20
NONE, FOUND, NOT_OURS = "none", "found", "na"
VERDICTS = {NONE: "无此情况", FOUND: "有，已列入自查", NOT_OURS: "不适用"}
CHOICES = list(VERDICTS.items())


def questions_in(text: str) -> list[str]:
    """One question a line; blank lines and numbers in front are left out."""
    lines = (line.strip().lstrip("0123456789").lstrip(".、．)） ").strip() for line in text.splitlines())
    return [line for line in lines if line]


def amendable(answered: bool, days_left: int) -> bool:
    """A first answer is welcome at any time; one that was given may be changed until the date, the day itself included."""
    return not answered or days_left >= 0
