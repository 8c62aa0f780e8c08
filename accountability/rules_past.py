"""What is pasted as the results of a year that was not scored here. Pure."""

import re
from decimal import Decimal

# A name, a total and a band, set apart as a table's columns or a list's words are.
LINE = re.compile(r"(\S.*?)[\s,，;；、]+([0-9]{1,3}(?:\.[0-9]{1,2})?)分?[\s,，;；、]+(\S.{0,19})")
MOST = Decimal(200)


class BadResult(ValueError):
    """A line that says no result; the sentence says which."""


def results_in(text: str) -> list[tuple[str, Decimal, str]]:
    """(name, total, band) a line, as “江南区 92.5 优秀”. Raises BadResult."""
    found: list[tuple[str, Decimal, str]] = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise BadResult(f"第{n}行“{line.strip()[:30]}”看不懂，请写成“江南区 92.5 优秀”：名称、总分、等次。")
        if Decimal(match[2]) > MOST:
            raise BadResult(f"第{n}行“{line.strip()[:30]}”的总分不能超过{MOST}分。")
        found.append((match[1], Decimal(match[2]), match[3].strip()))
    return found
