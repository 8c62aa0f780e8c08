"""企业台账导入: from a district's messy workbook to judged rows. Pure Python, no Django, no database.

    workbook = open_workbook(data, filename)            # bytes → sheets; UnreadableWorkbook says why not
    mapping = find_ledger(workbook)                     # which sheet, where its header is, which column is what
    mapping = mapping.with_columns(edited_or_remembered)   # {"name": 1, …} from the user, or kept for mapping.signature
    judgement = judge(workbook, mapping, ["江南区", …], today=today, city="江州市")
    for c in compare(judgement.accepted, existing): …   # create | update (field: old → new) | same
    write_rejected(stream, judgement, mapping)          # xlsx of the rejected rows, the reason beside each

`Mapping` is JSON both ways (`to_json`, `from_json`): fields → 0-based column, with `headers` (text per column), `unmapped`
columns and `rivals` (columns that would also have fitted a field). `FIELDS` lists the fields and their Chinese labels,
`examples(sheet, mapping, column)` some values to show beside a column; `ledgers(workbook)` all sheets that look like one.

`Judgement.accepted` are `LedgerRow`s, `.rejected` are `Rejection`s (`reason`: no_name | bad_code | bad_district | dup | merged, in this
order; `sentence` for the user), `.ignored` the totals, signatures and notes, `.warnings` what was read with a doubt.
Values are the ledger's own Chinese words: sector 危险化学品/化工/医药, kind 生产/储存/使用/经营/运输/油气管道, grade A–D,
major_level 一级–四级, district as in the given list; quantities in 吨 as Decimal (4 places), coordinates with 6 places and
coordinates_in WGS-84, GCJ-02 or BD-09 where a header or a column of the sheet says so.
None (or "", or an empty tuple) means the sheet does not say; a field in `LedgerRow.denied` means that it says "none" (无, 长期).
"""

from .columns import Mapping, NoHeader, examples, find_ledger, ledgers
from .compare import Comparison, compare
from .fields import ENTERPRISES, FIELDS, Field, Vocabulary
from .judge import judge
from .read import Sheet, Workbook, open_workbook
from .rejected import write_rejected
from .verdict import Chemical, Doubt, Ignored, Judgement, LedgerRow, Process, Rejection, as_truth
from .vetting import UnreadableWorkbook

__all__ = [
    "ENTERPRISES",
    "FIELDS",
    "Chemical",
    "Comparison",
    "Doubt",
    "Field",
    "Ignored",
    "Judgement",
    "LedgerRow",
    "Mapping",
    "NoHeader",
    "Process",
    "Rejection",
    "Sheet",
    "UnreadableWorkbook",
    "Vocabulary",
    "Workbook",
    "as_truth",
    "compare",
    "examples",
    "find_ledger",
    "judge",
    "ledgers",
    "open_workbook",
    "write_rejected",
]
