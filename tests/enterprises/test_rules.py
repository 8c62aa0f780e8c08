"""Which enterprises are key, by the action plan's third part."""

import pytest

from enterprises.rules import Facts, key_clause


def facts(sector="hazchem", kind="production", grade="", licence_no="许可1", **more) -> Facts:
    return Facts(sector, kind, grade, licence_no, **more)


CHLORINE = {"key_chemicals": ("液氯",)}
NITRATION = {"key_processes": ("硝化工艺",)}
INSTALLATION = {"major_level": 3}


@pytest.mark.parametrize("fact", [CHLORINE, NITRATION, INSTALLATION], ids=["chemical", "process", "installation"])
@pytest.mark.parametrize("kind", ["production", "storage", "use"])
def test_hazardous_chemical_plants_with_a_two_keys_one_major_fact_are_key_by_clause_one(kind, fact):
    clause, why = key_clause(facts(kind=kind, **fact))
    assert clause == "1"
    assert any(word in why for word in ("液氯", "硝化工艺", "三级重大危险源"))


@pytest.mark.parametrize("kind", ["trade", "transport", "pipeline"])
def test_trade_and_transport_are_not_key_for_what_they_hold_but_for_their_grade(kind):
    assert key_clause(facts(kind=kind, **CHLORINE)) == ("", "")
    for grade in "CD":
        assert key_clause(facts(kind=kind, grade=grade))[0] == "1"


@pytest.mark.parametrize("grade", ["", "A", "B"])
def test_a_plant_without_such_facts_and_without_a_bad_grade_is_not_key(grade):
    assert key_clause(facts(grade=grade)) == ("", "")


@pytest.mark.parametrize("sector", ["chemical", "pharma"])
def test_unlicensed_producers_with_such_facts_are_key_by_clause_two(sector):
    assert key_clause(facts(sector=sector, licence_no="", **NITRATION))[0] == "2"
    assert key_clause(facts(sector=sector, licence_no="（闽）WH安许证字1号", **NITRATION))[0] == ""
    assert key_clause(facts(sector=sector, licence_no="", kind="storage", **NITRATION))[0] == ""
    assert key_clause(facts(sector=sector, licence_no="", grade="D"))[0] == ""


def test_a_sector_or_kind_the_ledger_does_not_name_makes_nothing_key():
    assert key_clause(facts(sector="", grade="D", **CHLORINE)) == ("", "")
    assert key_clause(facts(kind="", **CHLORINE)) == ("", "")


def test_the_sentence_of_clause_two_says_that_it_rests_on_a_missing_licence():
    assert "台账未登记安全生产许可证" in key_clause(facts(sector="chemical", licence_no="", **NITRATION))[1]


def test_of_many_substances_the_sentence_names_some_and_counts_all():
    many = tuple(f"物质{n}" for n in range(30))
    assert key_clause(facts(key_chemicals=many))[1].endswith(
        "（物质0、物质1、物质2、物质3、物质4、物质5、物质6、物质7等30种）"
    )
