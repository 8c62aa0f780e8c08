"""The catalogs on the screen and over the API: found, read, doubted, and the same for every city."""

import re

import pytest

from enterprises.actions import units
from portal.reference.actions import load
from portal.reference.definitions import BY_KEY
from portal.reference.files import content, rows
from portal.reference.models import CatalogLine
from portal.reference.templatetags.catalog_words import criterion_badge
from portal.tenancy.scope import platform_scope
from tests.enterprises.test_units import AMMONIA, tank_farm
from tests.inspections import walks

READERS = ["office", "department", "inspector", "expert", "officer", "auditor", "office_x"]
BADGE = "可信度低，待核"


def found(world, sought: str, key: str = "gb18218_table1") -> list[str]:
    with world.as_("office"):
        lines = CatalogLine.objects.current().filter(catalog__key=key)
        return list(lines.matching(sought).order_by("rank", "pk").values_list("title", flat=True))


@pytest.mark.parametrize("sought", ["液氯", "氯", "yl", "YL", "yelv", " ye lv ", "7782-50-5", "７７８２－５０－５"])
def test_chlorine_is_found_first_by_name_alias_number_and_pinyin(world, sought):
    assert found(world, sought)[0] == "氯"


@pytest.mark.parametrize("sought", ["ya", "YA", "yean", "液氨", "7664-41-7"])
def test_ammonia_is_found_first_too(world, sought):
    assert found(world, sought)[0] == "氨"


def test_exact_goes_before_beginning_before_inside(world):
    names = found(world, "氯")
    assert names[0] == "氯"
    assert max(names.index("氯乙烯"), names.index("氯酸钠")) < names.index("碳酰氯")


def test_one_or_two_letters_do_not_find_everything(world):
    assert 0 < len(found(world, "ya")) < 15


def test_what_a_line_says_is_searched_too(world):
    assert found(world, "淬灭", "inspection_checklist")
    assert found(world, "100%", "gb18218_table1") == []
    assert found(world, "没有这个词", "inspection_checklist") == []


@pytest.mark.parametrize("login", READERS)
def test_everybody_who_works_with_the_law_reads_it(world, login):
    client = world.client(login)
    page = client.get("/catalogs/").content.decode()
    for definition in BY_KEY.values():
        assert definition.title in page
    assert client.get("/catalogs/key_chemicals/").status_code == 200
    assert client.get("/catalogs/key_chemicals/1/").status_code == 200


def test_the_page_of_all_says_how_many_lines_and_how_many_are_doubtful(world):
    page = world.client("office").get("/catalogs/").content.decode()
    row = re.search(r"<tr>\s*<td[^>]*><a href=\"/catalogs/gb18218_table1/\">.*?</tr>", page, re.S).group()
    assert ">85<" in row
    assert "7 条待核" in row


def test_the_pages_say_the_same_in_another_city(world):
    def shown(login: str, address: str) -> str:
        page = world.client(login).get(address).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main)

    for address in ("/catalogs/", "/catalogs/penalties/", "/catalogs/penalties/1/", "/catalogs/?q=yl"):
        assert shown("office", address) == shown("office_x", address)


@pytest.mark.parametrize("login", ["sysadmin", "secadmin"])
@pytest.mark.parametrize(
    "address",
    [
        "/catalogs/",
        "/catalogs/?q=yl",
        "/catalogs/penalties/",
        "/catalogs/penalties/1/",
        "/catalogs/pick/?q=yl",
        "/api/v1/catalogs/",
        "/api/v1/catalogs/penalties/lines/",
    ],
)
def test_those_who_run_the_machine_do_not(world, login, address):
    assert world.client(login).get(address).status_code == 403


@pytest.mark.parametrize(
    "address", ["/catalogs/nothing/", "/catalogs/penalties/999/", "/catalogs/penalties/?edition=9"]
)
def test_what_is_not_there_is_not_found(world, address):
    assert world.client("office").get(address).status_code == 404


def test_a_search_over_all_finds_substances_and_clauses(world):
    client = world.client("office")
    page = client.get("/catalogs/?q=yl").content.decode()
    assert "/catalogs/gb18218_table1/" in page
    assert "/catalogs/key_chemicals/" in page
    assert "没有符合条件的记录" in client.get("/catalogs/?q=没有这个词").content.decode()
    only = client.get("/catalogs/?q=yl&catalog=key_chemicals").content.decode()
    assert "/catalogs/gb18218_table1/" not in only


@pytest.mark.parametrize("sought", ["%00", "液%00氯", "%25", "_", "'", "a" * 500, "&confidence=nonsense", "&page=abc"])
def test_odd_words_are_searched_for_like_others(world, sought):
    client = world.client("office")
    for address in ("/catalogs/", "/catalogs/penalties/", "/catalogs/pick/"):
        assert client.get(f"{address}?q={sought}").status_code == 200


def test_lines_are_filtered_by_confidence_and_group(world):
    client = world.client("office")
    page = client.get("/catalogs/major_hazard_criteria/?confidence=low").content.decode()
    assert "共 <strong>6</strong> 条" in page
    page = client.get("/catalogs/major_hazard_criteria/?group=AQ 3067-2026").content.decode()
    assert "共 <strong>53</strong> 条" in page


def test_a_doubtful_line_is_marked_with_its_source_wherever_it_is_listed(world):
    client = world.client("office")
    source = "未见标准原文"
    for address in (
        "/catalogs/major_hazard_criteria/?confidence=low",
        "/catalogs/?confidence=low&catalog=major_hazard_criteria",
    ):
        page = client.get(address).content.decode()
        assert page.count(f'tone-orange">{BADGE}') == 6
        assert source in page
    page = client.get("/catalogs/major_hazard_criteria/AQ3067-5.1-2/").content.decode()
    assert BADGE in page
    assert source in page
    assert BADGE not in client.get("/catalogs/major_hazard_criteria/MH2017-1/").content.decode()


def test_where_one_part_of_a_line_is_doubtful_it_is_named(world):
    doubtful = next(row for row in rows("gb18218_table1") if row["beta_confidence"] == "low")
    page = world.client("office").get(f"/catalogs/gb18218_table1/{doubtful['seq']}/").content.decode()
    assert f"β：{BADGE}" in page
    assert doubtful["beta_note"] in page


def test_a_line_shows_its_columns_in_the_order_of_its_file_and_in_chinese(world):
    page = world.client("office").get("/catalogs/key_processes/1/").content.decode()
    labels = re.findall(r"<dt>(.*?)</dt>", page)
    assert labels[:6] == ["序号", "名称", "批次", "文号", "反应类型", "重点监控单元"]
    assert "凭记忆: 116号" in page
    assert "memory" not in page


def test_a_line_says_all_its_columns_its_edition_and_where_else_the_substance_is(world):
    page = world.client("officer").get("/catalogs/key_chemicals/1/").content.decode()
    for said in ("液氯", "7782-50-5", "安监总管三〔2011〕95号", "首批", "核实情况", "第 1 版"):
        assert said in page
    assert "重大危险源表1：危险化学品名称及其临界量：氯" in page


def test_an_older_edition_stays_readable_and_says_that_it_is_old(world):
    *kept, _ = content("gb18218_table1").replace(b"7664-41-7,10,", b"7664-41-7,5,", 1).decode().splitlines()
    with platform_scope():
        load(BY_KEY["gb18218_table1"], "\n".join(kept).encode())
    client = world.client("office")
    page = client.get("/catalogs/gb18218_table1/1/").content.decode()
    assert "临界量（t）：10 → <strong>5</strong>" in page
    gone = client.get("/catalogs/gb18218_table1/85/").content.decode()
    assert "现行版本里没有这一条" in gone
    now, old = (client.get(f"/catalogs/gb18218_table1/{query}").content.decode() for query in ("", "?edition=1"))
    assert "共 <strong>84</strong> 条" in now
    assert "共 <strong>85</strong> 条" in old
    assert "已被替换" in old
    assert "已被替换" not in now


def test_the_pages_stay_within_their_queries(world, django_assert_max_num_queries):
    client = world.client("inspector")
    for address in ("/catalogs/", "/catalogs/?q=yl", "/catalogs/inspection_checklist/", "/catalogs/key_chemicals/1/"):
        client.get(address)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


# what decides something elsewhere


def test_a_checklist_item_resting_on_a_doubtful_criterion_is_marked(world):
    visit = walks.started(world)
    page = world.client("inspector").get(f"/visits/{visit.pk}/?open={walks.BASICS}").content.decode()
    marked = {
        code
        for code, rest in re.findall(r'id="item-(CK\d\d-\d+)"(.*?)</article>', page, re.S)
        if f"判定条款：{BADGE}" in rest
    }
    assert marked == {"CK01-013", "CK01-014"}


def test_a_calculation_resting_on_a_doubtful_coefficient_is_marked(world):
    doubtful = next(row for row in rows("gb18218_table1") if row["beta_confidence"] == "low" and row["beta_default"])
    with world.as_("office"):
        unit = tank_farm(world)
        units.put_holding(
            unit.pk, AMMONIA | {"substance": doubtful["name"], "table1_seq": int(doubtful["seq"]), "symbols": []}
        )
    assert f'tone-orange">{BADGE}' in world.client("inspector").get(f"/units/{unit.pk}/").content.decode()


def test_a_basis_is_marked_for_the_very_article_it_cites():
    assert BADGE in criterion_badge("重大隐患判定：AQ 3067-2026 5.1-2")
    assert criterion_badge("AQ 3067-2026 5.1-21；2017〔121〕号第1条") == ""
    assert criterion_badge("") == ""


def test_the_field_of_a_substance_suggests_from_the_catalogs(world):
    answer = world.client("inspector").get("/catalogs/pick/?q=yl").json()
    first = answer["found"][0]
    chlorine = next(row for row in rows("gb18218_table1") if row["name"] == "氯")
    assert first["name"] == "液氯"
    assert first["cas"] == "7782-50-5"
    assert first["table1_seq"] == int(chlorine["seq"])
    assert "重点监管" in first["marks"]
    assert len([one for one in answer["found"] if one["cas"] == "7782-50-5"]) == 1
    assert world.client("inspector").get("/catalogs/pick/").json() == {"found": []}


def test_rows_of_table_1_that_share_a_number_are_offered_one_by_one(world):
    offered = world.client("inspector").get("/catalogs/pick/?q=硝化棉").json()["found"]
    shared = [int(row["seq"]) for row in rows("gb18218_table1") if row["cas"] == "9004-70-0"]
    assert len(shared) > 2
    assert sorted(one["table1_seq"] for one in offered if one["cas"] == "9004-70-0") == shared
    exact = world.client("inspector").get("/catalogs/pick/?q=硝化纤维素（含水≥25%25）").json()["found"]
    assert exact[0]["table1_seq"] == 41
    doubtful = {int(row["seq"]) for row in rows("gb18218_table1") if row["beta_confidence"] == "low"}
    assert {one["table1_seq"] for one in offered if BADGE in one["marks"]} == doubtful & set(shared)


def test_a_substance_of_the_second_list_alone_has_no_row_of_table_1(world):
    first = world.client("office").get("/catalogs/pick/?q=7775-09-9").json()["found"][0]
    assert first["name"] == "氯酸钠"
    in_table1 = [row["seq"] for row in rows("gb18218_table1") if row["cas"] == "7775-09-9"]
    assert first["table1_seq"] == (int(in_table1[0]) if in_table1 else None)


# the API


def test_the_api_lists_the_catalogs_and_their_lines(world):
    client = world.client("expert")
    catalogs = client.get("/api/v1/catalogs/").json()["results"]
    assert {one["key"] for one in catalogs} == set(BY_KEY)
    table = next(one for one in catalogs if one["key"] == "gb18218_table1")
    assert (table["line_count"], table["low_count"], table["number"]) == (85, 7, 1)
    answer = client.get("/api/v1/catalogs/gb18218_table1/lines/?q=yelv").json()
    assert answer["results"][0]["data"]["cas"] == "7782-50-5"
    assert client.get("/api/v1/catalogs/penalties/lines/1/").json()["data"]["legal_article"]
    assert client.get("/api/v1/catalogs/nothing/lines/").json()["results"] == []
    assert client.get("/api/v1/catalogs/nothing/").status_code == 404


def test_the_api_pages_through_a_whole_catalog_in_its_order(world):
    client, codes, address = world.client("office"), [], "/api/v1/catalogs/inspection_checklist/lines/"
    while address:
        answer = client.get(address).json()
        codes += [line["code"] for line in answer["results"]]
        address = answer["next"]
    assert codes == [row["item_code"] for row in rows("inspection_checklist")]


def test_the_api_only_reads(world):
    client = world.client("office")
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/api/v1/catalogs/penalties/lines/1/").status_code == 405
