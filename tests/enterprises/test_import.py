"""The ledger's way in, through the pages and through the shell."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

import enterprises
from campaign.celery import app
from enterprises.actions import imports
from enterprises.models import ColumnMapping, Enterprise, GradeDecision, Holding, LedgerImport
from portal.audit.models import AuditRecord
from portal.refusals import Refused
from portal.tenancy.actions import add_person, create_tenant, open_account, post
from portal.tenancy.login import GateBackend
from portal.tenancy.models import Organisation
from portal.tenancy.scope import tenant_scope
from tests.hazards.test_moves import race
from tests.world import checked_code

SAMPLES = Path(enterprises.__file__).parent / "ledger/samples"
LEDGER = SAMPLES / "江州市企业台账.xlsx"
TRUTH = json.loads((SAMPLES / "江州市企业台账.truth.json").read_text())
HEADER = ["企业名称", "统一社会信用代码", "所属县区", "行业类别", "企业类型", "风险等级", "备注"]


def workbook(*rows, header=HEADER) -> bytes:
    book = openpyxl.Workbook()
    for row in [header, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def code(number: int) -> str:
    return checked_code(f"91350100MA00{number:05d}")


def row(number: int, **more) -> list:
    cells = dict(
        zip(HEADER, [f"江州测{number}化工有限公司", code(number), "江南区", "化工", "生产", "B", ""], strict=True)
    )
    return list((cells | more).values())


def uploaded(content: bytes, name: str = "台账.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield lambda: django_capture_on_commit_callbacks(execute=True)
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def test_the_shell_finds_in_the_sample_exactly_what_its_truth_says(db):
    create_tenant("试验市", TRUTH["districts"])
    out = io.StringIO()
    call_command("import_ledger", str(LEDGER), tenant="试验市", dry_run=True, json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert found["accept"] == TRUTH["accept"]
    assert found["reject"] == TRUTH["reject"]


def test_a_dry_run_writes_nothing_and_a_second_import_changes_nothing(db):
    tenant = create_tenant("试验市", TRUTH["districts"])
    call_command("import_ledger", str(LEDGER), tenant="试验市", dry_run=True, stdout=io.StringIO())
    with tenant_scope(tenant.pk):
        assert not Enterprise.objects.exists()
    call_command("import_ledger", str(LEDGER), tenant="试验市", stdout=io.StringIO())
    with tenant_scope(tenant.pk):
        first = list(Enterprise.objects.order_by("pk").values())
        held = list(Holding.objects.order_by("pk").values())
        assert len(first) == len(TRUTH["accept"])
    with tenant_scope(tenant.pk, scope="audit"):
        trail = AuditRecord.objects.filter(object_kind="enterprises.enterprise").count()
    out = io.StringIO()
    call_command("import_ledger", str(LEDGER), tenant="试验市", stdout=out)
    assert f"不变 {len(first)} 家" in out.getvalue()
    with tenant_scope(tenant.pk):
        assert list(Enterprise.objects.order_by("pk").values()) == first
        assert list(Holding.objects.order_by("pk").values()) == held
    with tenant_scope(tenant.pk, scope="audit"):
        assert AuditRecord.objects.filter(object_kind="enterprises.enterprise").count() == trail


@pytest.fixture
def sample_city(db):
    """A city with the sample's districts and one person of its office, logged in."""
    tenant = create_tenant("江州新市", TRUTH["districts"])
    with tenant_scope(tenant.pk, scope="sysadmin"):
        person = add_person("台账员")
        post(person, "office", organisation=Organisation.objects.get(kind="office"), starts=date(2026, 1, 1))
        account = open_account(person, "ledger-clerk", must_change=False)
    client = Client()
    client.force_login(GateBackend().get_user(account.pk), backend="portal.tenancy.login.GateBackend")
    return tenant, client


def test_the_web_imports_from_the_sample_exactly_what_its_truth_says(sample_city, at_once):
    tenant, clerk = sample_city
    with LEDGER.open("rb") as file:
        address = clerk.post("/enterprises/imports/new/", {"workbook": file}).url
    preview = clerk.get(address).content.decode()
    assert f"确认导入 {len(TRUTH['accept'])} 家" in preview
    for row in TRUTH["reject"]:
        part = clerk.get(f"{address}?part=rejected&page={TRUTH['reject'].index(row) // 50 + 1}").content.decode()
        assert f'<td data-label="行号">{row["excel_row"]}</td>' in part
    with at_once():
        clerk.post(address + "confirm/")
    with tenant_scope(tenant.pk):
        there = {
            e.code: {
                "name": e.name,
                "district": e.district.name,
                "sector": e.get_sector_display(),
                "kind": e.get_kind_display(),
                "grade": e.grade,
                "chemicals": sorted(
                    [h.substance, None if h.quantity_t is None else float(h.quantity_t)] for h in e.holdings.all()
                ),
                "processes": sorted(p.name for p in e.processinuses.all()),
                "major_level": e.get_major_level_display(),
                "employees": e.employees,
                "licence_until": e.licence_until and e.licence_until.isoformat(),
            }
            for e in Enterprise.objects.select_related("district").prefetch_related("holdings", "processinuses")
        }
    expected = {
        row["code"]: {name: row[name] for name in next(iter(there.values()))}
        | {"grade": row["grade"] or "", "chemicals": sorted(row["chemicals"]), "processes": sorted(row["processes"])}
        for row in TRUTH["accept"]
    }
    assert there == expected


def test_the_office_previews_row_by_row_and_imports_once(world, at_once):
    office = world.client("office")
    content = workbook(row(1), row(2, 统一社会信用代码="91350100MA0000000X"), row(3, 所属县区="外地"), row(4))
    answer = office.post("/enterprises/imports/new/", {"workbook": uploaded(content)})
    assert answer.status_code == 302
    page = office.get(answer.url + "?part=rejected").content.decode()
    assert "江南区、江北区" in page
    assert "统一社会信用代码" in page
    with world.as_("office"):
        assert not Enterprise.objects.filter(name__contains="测1").exists()
    with at_once():
        office.post(answer.url + "confirm/")
    with world.as_("office"):
        made = Enterprise.objects.filter(name__contains="江州测")
        assert {e.code for e in made} == {code(1), code(4)}
        assert LedgerImport.objects.get().state == "done"
        assert GradeDecision.objects.filter(enterprise__in=made).count() == 2
    assert "新增 2 家" in office.get(answer.url).content.decode()
    assert office.post(answer.url + "confirm/").status_code == 409


def test_rejected_rows_come_back_with_the_reason_and_no_formula(world):
    office = world.client("office")
    content = workbook(row(1, 所属县区="外地", 备注="=1+1"))
    address = office.post("/enterprises/imports/new/", {"workbook": uploaded(content)}).url
    sheet = openpyxl.load_workbook(io.BytesIO(office.get(address + "rejected/").content)).active
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert any("不是本市的区县" in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_columns_set_by_hand_are_remembered_for_the_same_header(world):
    odd = ["甲列", "统一社会信用代码", "所属县区", "行业类别", "企业类型", "风险等级", "单位叫什么"]
    lines = [["x", code(7), "江南区", "化工", "生产", "B", "江州手工对应有限公司"]]
    office = world.client("office")
    address = office.post("/enterprises/imports/new/", {"workbook": uploaded(workbook(*lines, header=odd))}).url
    with world.as_("office"):
        columns = LedgerImport.objects.get().mapping["columns"]
    answer = office.post(address + "mapping/", {**{k: v for k, v in columns.items()}, "name": 6})
    assert answer.status_code == 302
    again = office.post("/enterprises/imports/new/", {"workbook": uploaded(workbook(*lines, header=odd))}).url
    with world.as_("office"):
        second = LedgerImport.objects.order_by("pk").last()
        assert again.endswith(f"/{second.pk}/")
        assert second.mapping["columns"]["name"] == 6
        assert second.verdict["counts"]["create"] == 1
        assert ColumnMapping.objects.count() == 1


def test_an_empty_cell_keeps_what_the_ledger_knows(world, at_once):
    def bring(content):
        with world.as_("office"):
            record = imports.receive(uploaded(content))
        with world.as_("office"):
            imports.confirm(record.pk)
        imports.run(world.tenants["江州市"], record.pk)

    bring(workbook(row(1, 备注="老厂")))
    bring(workbook(row(1, 备注="", 风险等级="D")))
    with world.as_("office"):
        plant = Enterprise.objects.get(code=code(1))
        assert (plant.remark, plant.grade) == ("老厂", "D")
        assert list(plant.gradedecisions.values_list("previous", "grade")) == [("B", "D"), ("", "B")]


def test_an_enterprise_that_moves_takes_its_rows_along(world):
    from tests import stories

    hazard = stories.issued(world)
    with world.as_("office"):
        plant = Enterprise.objects.get(pk=world.enterprises["a"])
        record = imports.receive(uploaded(workbook([plant.name, plant.code, "江北区", "危险化学品", "生产", "C", ""])))
        imports.confirm(record.pk)
    imports.run(world.tenants["江州市"], record.pk)
    with world.as_("north"):
        assert Enterprise.objects.filter(pk=plant.pk).exists()
        assert stories.Hazard.objects.filter(pk=hazard.pk).exists()
    with world.as_("inspector"):
        assert not stories.Hazard.objects.filter(pk=hazard.pk).exists()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04nonsense", b"<html><table></table></html>", b"\xd0\xcf\x11\xe0old xls"]
)
def test_what_is_no_workbook_is_refused_with_a_sentence(world, content):
    answer = world.client("office").post("/enterprises/imports/new/", {"workbook": uploaded(content)})
    assert answer.status_code == 400
    assert "invalid-feedback" in answer.content.decode()


@pytest.mark.parametrize("login", ["inspector", "department", "officer", "expert", "auditor", "sysadmin"])
def test_only_the_office_imports(world, login):
    assert world.client(login).get("/enterprises/imports/new/").status_code == 403


def test_pressing_twice_at_once_imports_once(committed_world):
    world = committed_world
    with world.as_("office"):
        record = imports.receive(uploaded(workbook(row(1))))
    imports_run = []
    original = imports.hand_over
    imports.hand_over = lambda me, pk: imports_run.append(pk)
    try:
        met = race(world, *(("office", lambda: imports.confirm(record.pk)) for _ in range(4)))
    finally:
        imports.hand_over = original
    assert sum(one is None for one in met) == 1
    assert all(isinstance(one, Refused) for one in met if one)
    assert imports_run == [record.pk]
