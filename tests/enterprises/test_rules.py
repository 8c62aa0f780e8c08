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
