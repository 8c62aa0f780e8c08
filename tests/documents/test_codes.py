"""字轨: what the catalog could verify is in use, what it could not is off until somebody answers for it by name."""

import pytest
from django.urls import reverse

from portal.audit.models import AuditRecord
from portal.documents.actions import confirm_code
from portal.documents.codes import code_of, standings
from portal.documents.models import DocumentCode
from portal.refusals import BadInput, NotAllowed, Refused

PLAN = "inspection_plan"


def test_a_verified_code_is_in_use_as_the_catalog_has_it(world):
    with world.as_("office"):
        assert code_of("rectification_order") == "应急责改"
        assert code_of("onsite_measures") == "应急现决"
        assert code_of("inspection_record") == "应急检记"
        assert code_of("delivery_receipt") == "应急回"


def test_an_unverified_code_is_off_though_the_catalog_remembers_one(world):
    with world.as_("office"):
        assert next(one for one in standings() if one.kind == PLAN).guess == "应急检查"
        with pytest.raises(Refused, match="字轨尚未核实"):
            code_of(PLAN)


def test_it_is_in_use_once_the_office_has_confirmed_it_by_name_and_source(world):
    with world.as_("office"):
        confirm_code(PLAN, "应急检案", "省应急管理厅2026版执法文书式样")
        assert code_of(PLAN) == "应急检案"
        standing = next(one for one in standings() if one.kind == PLAN)
        assert (standing.confirmed.by_name, standing.confirmed.source) == (
            "office君",
            "省应急管理厅2026版执法文书式样",
        )
    with world.as_("inspector"):
        assert code_of(PLAN) == "应急检案"
    with world.as_("office_x"), pytest.raises(Refused):
        code_of(PLAN)
    with world.as_("auditor"):
        noted = AuditRecord.objects.get(action="documents.code")
        assert noted.changes["code"] == "应急检案"


def test_the_last_word_holds_and_the_earlier_ones_stay(world):
    with world.as_("office"):
        confirm_code("rectification_order", "应急责令", "市局通知")
        confirm_code("rectification_order", "应急责改", "更正")
        assert code_of("rectification_order") == "应急责改"
        assert DocumentCode.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "characters", "source", "field"),
    [
        ("notice_board", "应急", "文", "kind"),
        (PLAN, "", "文", "characters"),
        (PLAN, "ABC", "文", "characters"),
        (PLAN, "应急检〔2026〕", "文", "characters"),
        (PLAN, "应急检案", "  ", "source"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_at_its_field(world, kind, characters, source, field):
    with world.as_("office"), pytest.raises(BadInput) as refusal:
        confirm_code(kind, characters, source)
    assert refusal.value.field == field


def test_nobody_else_confirms_one(world):
    for login in ("inspector", "leader", "department", "officer", "auditor", "sysadmin"):
        with world.as_(login), pytest.raises(NotAllowed):
            confirm_code(PLAN, "应急检案", "文")


def test_the_page_shows_what_stands_and_takes_a_confirmation(world):
    client = world.client("office")
    page = client.get("/documents/codes/").content.decode()
    assert "未启用" in page
    assert "参考写法“应急检查”，未经核实" in page
    refused = client.post("/documents/codes/", {"kind": PLAN, "characters": "X1", "source": "省厅式样"})
    assert refused.status_code == 400
    assert "须为1至10个汉字" in refused.content.decode()
    assert "省厅式样" in refused.content.decode()
    done = client.post("/documents/codes/", {"kind": PLAN, "characters": "应急检案", "source": "省厅式样"}, follow=True)
    assert done.content.decode().count("未启用") == page.count("未启用") - 1
    assert world.client("inspector").get("/documents/codes/").status_code == 403


def test_the_api_confirms_by_the_same_rule(world):
    client, body = world.client("office"), {"kind": PLAN, "characters": "应急检案", "source": "省厅式样"}
    assert client.post("/api/v1/document-codes/", body | {"characters": "A"}).status_code == 400
    assert client.post("/api/v1/document-codes/", body).status_code == 201
    [listed] = client.get("/api/v1/document-codes/").json()["results"]
    assert (listed["characters"], listed["by_name"]) == ("应急检案", "office君")
    assert world.client("inspector").post("/api/v1/document-codes/", body).status_code == 403


def test_the_catalogs_own_marks_are_not_shown_to_people(world):
    page = world.client("office").get(reverse("document_codes")).content.decode()
    assert "verified" not in page
    assert "memory" not in page
    assert "含2017版安监字轨对应" in page
