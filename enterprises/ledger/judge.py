"""The verdict on every row: an enterprise to import, or one to send back with a reason."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from .columns import Mapping
from .districts import Districts
from .enterprise import EnterpriseReader
from .grouping import enterprises
from .read import Workbook
from .verdict import Doubt, Judgement, LedgerRow, Rejection


def judge(
    workbook: Workbook,
    mapping: Mapping,
    districts: Iterable[str],
    *,
    today: date | None = None,
    city: str = "",
    merged: dict[str, str] | None = None,
) -> Judgement:
    """Judge every row below the header. Without `today` no licence is called expired; `city` allows 江州市江南区 for 江南区.

    A row's reason is the first of no_name, bad_code, bad_district, dup, merged. Of rows with one code the first acceptable
    one stays. `merged`: codes whose entry the ledger has merged into another, and that one's name and code.
    """
    sheet = workbook[mapping.sheet]
    judgement = Judgement()
    reader = EnterpriseReader(sheet, mapping, Districts.of(districts, city), today)
    first_with: dict[str, LedgerRow] = {}
    named: dict[str, LedgerRow] = {}
    for rows in enterprises(sheet, mapping, judgement.ignored):
        verdict = reader.read(rows)
        if isinstance(verdict, LedgerRow) and verdict.code in first_with:
            first = first_with[verdict.code]
            verdict = Rejection(
                verdict.excel_row,
                "dup",
                f"与第{first.excel_row}行（{first.name}）的统一社会信用代码 {verdict.code} 重复，只导入第{first.excel_row}行。"
                "请核对两行，保留一行或更正代码。",
                "code",
                verdict.code,
                verdict.source,
            )
        if isinstance(verdict, LedgerRow) and (into := (merged or {}).get(verdict.code)):
            verdict = Rejection(
                verdict.excel_row,
                "merged",
                f"统一社会信用代码 {verdict.code} 的企业已并入{into}，请改报并入后的企业；认为合并有误的，请联系领导小组办公室。",
                "code",
                verdict.code,
                verdict.source,
            )
        if isinstance(verdict, Rejection):
            judgement.rejected.append(verdict)
            continue
        if same := named.get(verdict.name):
            doubt = Doubt(verdict.excel_row, "name", verdict.name, f"与第{same.excel_row}行同名而代码不同，请核对。")
            verdict = replace(verdict, doubts=(*verdict.doubts, doubt))
        named.setdefault(verdict.name, verdict)
        first_with[verdict.code] = verdict
        judgement.accepted.append(verdict)
    return judgement
