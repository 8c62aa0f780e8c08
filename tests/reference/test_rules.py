"""From rows to lines, and what differs between two editions."""

import pytest

from portal.reference.definitions import BY_KEY, DEFINITIONS, FLAGS, LABELS, label_of
from portal.reference.files import FOLDER, rows
from portal.reference.rules import BadCatalog, Difference, best_name, compare, doubtful_parts, lines_of, words

TABLE1 = BY_KEY["gb18218_table1"]


def lines(key: str = "gb18218_table1", **changed):
    """The carried file with some rows changed: `r1={"threshold_t": "5"}` is the row of seq 1."""
    found = rows(key)
    for name, values in changed.items():
        next(row for row in found if row["seq"] == name[1:]).update(values)
    return lines_of(BY_KEY[key], found)


def by_code(found):
    return {line.code: line for line in found}


def test_every_file_has_a_definition_and_every_definition_a_file():
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(BY_KEY)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: one.key)
def test_every_row_of_every_file_becomes_a_line_with_its_source_and_confidence(definition):
    found = lines_of(definition, rows(definition.key))
    assert len(found) == len(rows(definition.key))
    assert all(line.title and line.source and line.confidence for line in found)


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("key_chemicals", 74),
        ("key_processes", 18),
        ("gb18218_table1", 85),
        ("gb18218_table2", 24 + 2),
        ("gb18218_beta", 14 + 24),
        ("gb18218_alpha", 5),
        ("gb18218_levels", 4),
        ("major_hazard_criteria", 20 + 53),
        ("risk_diagnosis", 50),
        ("inspection_checklist", 206),
        ("regulations", 102),
        ("penalties", 25),
        ("accident_types", 31),
        ("accident_levels", 4),
        ("special_operations", 15),
        ("special_control_chemicals", 20),
    ],
)
def test_the_catalogs_have_as_many_lines_as_the_documents(key, count):
    assert len(lines_of(BY_KEY[key], rows(key))) == count


def test_both_sets_of_criteria_are_told_apart():
    codes = set(by_code(lines("major_hazard_criteria")))
    assert len([code for code in codes if code.startswith("MH2017-")]) == 20
    assert len([code for code in codes if code.startswith("AQ3067-5.")]) == 53


def test_the_second_batch_goes_on_counting_where_the_first_ended():
    found = by_code(lines("key_chemicals"))
    assert found["60"].group == "首批"
    assert (found["61"].title, found["61"].group) == ("氯酸钠", "第二批")


def test_every_column_has_a_chinese_label():
    columns = {(key, column) for key in BY_KEY for column in rows(key)[0]}
    assert [(key, column) for key, column in columns if label_of(key, column) == column] == []
    assert set(LABELS) <= {column for _, column in columns}
    assert set(FLAGS) <= {column for _, column in columns}
    for definition in DEFINITIONS:
        assert set(definition.shown) <= set(rows(definition.key)[0]), definition.key


@pytest.mark.parametrize(
    ("word", "cas"),
    [*((word, "7782-50-5") for word in ("yl", "yelv", "yelu", "7782-50-5")), ("ya", "7664-41-7")],
)
def test_a_name_is_a_word_in_characters_initials_and_full_pinyin(word, cas):
    line = next(line for line in lines() if line.cas == cas)
    assert f"\n{word}\n" in line.words


def test_chemistry_reads_its_own_way():
    assert "\ncdhgy\n" in words("9", "重氮化工艺", "", "")


def test_full_width_capitals_and_spaces_make_no_difference():
    assert "\ntdi(甲苯二异氰酸酯)\n" in words("1", "ＴＤＩ （甲苯二异氰酸酯）", "", "")


def test_the_name_that_was_meant_is_the_one_offered():
    assert best_name("氯", "液氯、氯气", "YL") == "液氯"
    assert best_name("氯", "液氯、氯气", "lq") == "氯气"
    assert best_name("氯", "液氯、氯气", "7782-50-5") == "氯"


def test_a_line_is_as_sure_as_its_least_sure_part():
    doubtful = [line for line in lines() if line.confidence == "low"]
    assert len(doubtful) == 7
    assert all(doubtful_parts(line.data) == ["beta"] for line in doubtful)
    assert all(line.data["confidence"] == "high" for line in doubtful)


def test_the_same_lines_differ_in_nothing():
    assert compare(by_code(lines()), by_code(lines())) == Difference()


def test_what_was_added_changed_and_withdrawn_is_told_field_by_field():
    before, after = by_code(lines()), by_code(lines(r1={"threshold_t": "5"}))
    gone, new = after.pop("85"), before.pop("2")
    found = compare(before, after)
    assert found.withdrawn == (gone,)
    assert [line.code for line in found.added] == [new.code]
    assert [(change.code, change.fields) for change in found.changed] == [("1", {"threshold_t": ("10", "5")})]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"r1": {"seq": "2"}}, "第3行的编号“2”"),
        ({"r1": {"seq": ""}}, "编号“”空着"),
        ({"r1": {"confidence": "sure"}}, "可信度"),
        ({"r1": {None: ["more"]}}, "列数"),
    ],
)
def test_a_faulty_file_is_refused_with_the_row(changed, told):
    with pytest.raises(BadCatalog, match=told):
        lines(**changed)


def test_a_file_without_a_column_that_is_needed_is_refused():
    with pytest.raises(BadCatalog, match="confidence"):
        lines_of(TABLE1, [{"seq": "1", "name": "氨", "note": "", "beta_basis": "", "beta_note": ""}])
    with pytest.raises(BadCatalog, match="空的"):
        lines_of(TABLE1, [])
