"""Every list offers all of its matching rows as a workbook, and what is registered can be written."""

import ast
import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from campaign.actions import goals
from campaign.models import GroupMember
from portal.audit.models import AuditRecord
from portal.exports.registry import _exports
from portal.permissions import may
from tests.inspections import walks
from tests.stories import recorded

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("portal", "enterprises", "hazards", "inspections", "accountability", "campaign")
# The map draws the ledger's own list, which exports; a catalog is handed out as the file it came in; the inbox and the exports
# are one person's own, and no table of the campaign.
WITHOUT = {"enterprise_map", "catalog", "catalog_list", "inbox", "export_list"}


def lists_without_an_export() -> set[str]:
    found = set()
    for path in (one for floor in FLOORS for one in (ROOT / floor).rglob("views*/*.py")):
        found |= bare(path)
    for path in (one for floor in FLOORS for one in (ROOT / floor).rglob("views*.py")):
        found |= bare(path)
    return found


def bare(path: Path) -> set[str]:
    found = set()
    for view in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(view, ast.FunctionDef):
            for call in ast.walk(view):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "ListPage":
                    if not any(keyword.arg == "export" for keyword in call.keywords):
                        found.add(view.name)
    return found


def test_no_list_is_without_an_export_but_those_that_are_named_here():
    assert lists_without_an_export() == WITHOUT


@pytest.mark.parametrize("login", ["office", "inspector", "auditor"])
def test_every_export_writes_its_headers_and_rows(world, login):
    recorded(world, "a")
    walks.finished(world, "a")
    client, person, faults = world.client(login), world.who(login), []
    for key, export in sorted(_exports.items()):
        # What is no list of rows (a bundle of documents) is tried where it belongs.
        if export.ending != "xlsx" or not may(export.permission, person=person):
            continue
        answer = client.get(reverse(key) + "?export=xlsx")
        if answer.status_code != 200 or not answer.content.startswith(b"PK"):
            faults.append((key, answer.status_code))
            continue
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        if [cell.value for cell in sheet[1]] != list(export.headers):
            faults.append((key, "headers"))
    assert faults == []


def test_the_dashboard_leaves_as_a_workbook_with_the_same_totals(world):
    recorded(world, "a")
    book = openpyxl.load_workbook(io.BytesIO(world.client("office").get("/dashboard/?export=xlsx").content))
    numbers = {row[0].value: row[1].value for row in book["主要数字"].iter_rows(min_row=3)}
    assert (numbers["企业"], numbers["未销号"]) == (3, 1)
    assert len(book.sheetnames) == 19


def test_a_table_that_stands_whole_on_its_page_leaves_whole(world):
    with world.as_("office"):
        goals.set_goal(
            {"name": "逾期清零", "direction": "at_most", "target": 0, "measured_in": "条", "due": date(2027, 12, 1)}
        )
        GroupMember.objects.create(
            post="head", name="顾某", unit="市政府", starts=date(2020, 1, 1), ends=date(2021, 1, 1)
        )
    client = world.client("office")
    for address, cells in (
        ("/goals/", {"逾期清零", "不高于"}),
        ("/leading-group/", {"离任", "顾某", "市政府"}),
        ("/visits/coverage/", {"江南区", "江北区"}),
        ("/messages/undelivered/", {"收件人"}),
    ):
        answer = client.get(f"{address}?export=xlsx")
        assert answer.status_code == 200, address
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert cells <= {cell for row in sheet.iter_rows(values_only=True) for cell in row}, address
        with world.as_("auditor"):
            assert AuditRecord.objects.filter(action="exports.direct").latest("id").changes["rows"] == sheet.max_row - 1
    assert b"export=xlsx" in client.get("/goals/").content
