"""疑似重复 in the demo city: three plants that a second sheet reported again, a little differently."""

from enterprises.actions.duplicates import run_search
from enterprises.actions.ledger import in_words, with_lists, write_ledger
from enterprises.ledger import LedgerRow
from enterprises.ledger.uscc import check_sign
from enterprises.models import DuplicateSearch, Enterprise


def report_again(plants: list[Enterprise]) -> None:
    """The same plants under codes of their own, as a park's sheet might bring them; then the search. City scope."""
    rows = []
    for number, plant in enumerate(with_lists(Enterprise.objects.filter(pk__in=[plant.pk for plant in plants]))):
        known = in_words(plant)
        body = f"9199{number:04d}MA0DEM020"
        rows.append(
            LedgerRow(
                excel_row=number + 2,
                code=body + check_sign(body),
                name=plant.name.replace("有限公司", "有限责任公司")
                if number
                else plant.name.replace("有限", "（集团）有限"),
                **{
                    name: known[name]
                    for name in ("district", "address", "sector", "kind", "principal", "principal_phone")
                },
            )
        )
    write_ledger(rows, "园区企业清单.xlsx")
    run_search(DuplicateSearch.objects.create(by_name="林晓岚").pk)
