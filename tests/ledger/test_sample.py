"""The sample workbook against its truth file."""

import json
from datetime import date
from pathlib import Path

import pytest

import enterprises.ledger
from enterprises.ledger import as_truth, find_ledger, judge, open_workbook
from enterprises.ledger.enterprise import LIMITS, SUBSTANCE_LIMIT
from enterprises.models import Enterprise, Holding, ProcessInUse

SAMPLES = Path(enterprises.ledger.__file__).parent / "samples"


@pytest.fixture(scope="module")
def truth():
    return json.loads((SAMPLES / "江州市企业台账.truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def judgement(truth):
    workbook = open_workbook((SAMPLES / "江州市企业台账.xlsx").read_bytes(), "江州市企业台账.xlsx")
    return judge(workbook, find_ledger(workbook), truth["districts"], today=date(2026, 11, 23), city=truth["city"])


def test_what_is_accepted_equals_the_truth_field_for_field(judgement, truth):
    assert [as_truth(row) for row in judgement.accepted] == truth["accept"]


def test_what_is_rejected_equals_the_truth_row_and_reason(judgement, truth):
    assert [{"excel_row": r.excel_row, "reason": r.reason} for r in judgement.rejected] == truth["reject"]


def test_the_total_and_the_signature_line_are_no_enterprises(judgement):
    assert [(row.excel_row, row.why) for row in judgement.ignored] == [(518, "合计行"), (519, "填表说明或落款")]


def test_a_rejection_says_what_is_wrong_with_which_value_and_what_to_do(judgement):
    said = {row.excel_row: row.sentence for row in judgement.rejected}
    assert said[17] == (
        "“外地”不是本市的区县或功能区（应为江南区、江北区、滨海县、云溪县、石化工业园区之一）。请更正后再导入。"
    )
    assert said[52].startswith("统一社会信用代码的校验位不对，至少有一位写错（所填为“913501990669980605”）")
    assert said[82].startswith("与第69行（江州瑞丰燃气有限责任公司）的统一社会信用代码 91350102915432145Y 重复")
    assert said[98] == "没有填写企业名称。请补填后再导入。"


def test_facts_outside_the_truth_file_are_read_too(judgement):
    row = judgement.accepted[1]
    assert (row.address, str(row.longitude), str(row.latitude)) == (
        "江州市云溪县化工路112号",
        "119.557634",
        "25.739000",
    )
    assert (row.principal, row.principal_phone) == ("杨涛", "13907924402")
    assert (row.safety_officer, row.safety_officer_phone) == ("李桂杰", "18685995289")
    assert row.licence_no == "（闽）WH安许证字〔2026〕001321号"
    assert [c.key_seq for c in row.chemicals] == [4, 14, 25]
    assert [p.key_seq for p in row.processes] == [13, 10]


def test_a_formula_without_a_value_is_kept_as_the_text_somebody_typed(judgement):
    assert next(row for row in judgement.accepted if row.excel_row == 21).remark == "=1+1"


def test_expired_licences_are_warned_of_and_still_accepted(judgement):
    assert any(d.excel_row == 9 and d.sentence == "许可证已于2026-11-01到期。" for d in judgement.warnings)


def test_no_text_is_longer_than_the_database_keeps():
    for name, limit in LIMITS.items():
        assert Enterprise._meta.get_field(name).max_length == limit, name
    assert Holding._meta.get_field("substance").max_length == SUBSTANCE_LIMIT
    assert ProcessInUse._meta.get_field("name").max_length == SUBSTANCE_LIMIT
