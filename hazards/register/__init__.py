"""隐患台账导入: from a district's messy workbook to rows that say what was found. No database: which plant a row means, and
whether the portal has it already, is judged by hazards/actions/register.py.

    workbook = open_workbook(data, filename)              # enterprises.ledger: the same hostile-file checks
    mapping = ledgers(workbook, HAZARDS)[0]               # which sheet, where its header is, which column is what
    found = read_rows(workbook, mapping, today=today)     # Found: rows, refused, ignored

What a row says of the time after the finding (order, deadline, rectified, rechecked, closed) is kept as words and moves
nothing (docs/decisions/0017-importing-hazards.md).
"""

from .fields import HAZARDS
from .read import MOST_ROWS, Found, Refusal, RegisterRow, read_rows
from .template import write_template

__all__ = ["HAZARDS", "MOST_ROWS", "Found", "Refusal", "RegisterRow", "read_rows", "write_template"]
