"""The one list machinery: filter, sort, page, remember."""

import io
import re

import openpyxl
import pytest
from django.test import RequestFactory

from enterprises.filters import EnterpriseFilter
from enterprises.models import Enterprise
from portal.exports.registry import export_of
from portal.tenancy.models import District
from portal.ui import lists
from portal.ui.lists import ListPage

SORTS = {"name": "name", "grade": "-grade"}


@pytest.fixture
def many(world):
    """Sixty more plants, all of one grade, so that only the key tells their order."""
    with world.as_("office"):
        district = District.objects.get(name="江南区")
        Enterprise.objects.bulk_create(
            Enterprise(
                code=f"{n:018d}", name=f"企业{n:03d}", district=district, sector="hazchem", kind="use", grade="B"
            )
            for n in range(60)
        )
    return world


def listed(query: str = "", **more) -> ListPage:
    request = RequestFactory().get(f"/enterprises/?{query}")
    return ListPage(request, Enterprise.objects.all(), EnterpriseFilter, sorts=SORTS, **more)


def test_every_row_is_on_exactly_one_page_even_where_all_sort_alike(many):
    with many.as_("office"):
        seen = [row.pk for number in (1, 2, 3) for row in listed(f"sort=grade&size=25&page={number}&grade=B").rows]
        assert len(seen) == len(set(seen)) == Enterprise.objects.filter(grade="B").count()


def test_the_last_page_offers_no_next_one(many):
    with many.as_("office"):
        assert listed("size=25&page=2").more
        last = listed("size=25&page=3")
        assert (last.more, last.first, last.last) == (False, 51, 63)


def test_a_count_stops_where_nobody_reads_on_and_says_so(many, monkeypatch):
    with many.as_("office"):
        assert listed("size=25").count_text == "63"
        monkeypatch.setattr(lists, "COUNTED", 30)
        assert listed("size=25").count_text == "30+"
        assert listed("size=25").count == 31


def test_a_page_beyond_the_last_row_counts_the_rows_there_are(many):
    with many.as_("office"):
        page = listed("grade=B&page=300")
        assert (page.rows, page.count_text, page.exports_at_once) == ([], "61", True)


def test_a_row_taken_away_while_the_page_is_made_is_not_on_it(many):
    with many.as_("office"):
        page = listed("grade=B")
        gone = page.keys[3]
        Enterprise.objects.filter(pk=gone).update(merged_into=page.keys[0])
        assert gone not in [row.pk for row in page.rows]


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-3", "page=abc", "page=99999999999999", "size=7", "size=1000000", "sort=password", "grade=Z"],
)
def test_a_nonsense_address_still_shows_a_list(many, query):
    answer = many.client("office").get(f"/enterprises/?{query}")
    assert answer.status_code == 200


def test_only_offered_columns_sort(many):
    with many.as_("office"):
        assert listed("sort=safety_officer_phone").ordering() == ["name", "pk"]
        assert listed("sort=-name").ordering() == ["-name", "-pk"]


def test_a_choice_of_all_survives_turning_the_page(many):
    with many.as_("office"):
        assert listed("grade=&size=25").next_address == "?grade=&size=25&page=2"


def test_the_way_back_from_a_record_leads_to_the_list_as_it_was_left(many):
    client = many.client("office")
    client.get("/enterprises/?grade=B&size=25&page=2")
    page = client.get(f"/enterprises/{many.enterprises['b']}/").content.decode()
    assert 'href="/enterprises/?grade=B&amp;size=25&amp;page=2"' in page


def test_a_filter_set_by_a_link_is_named_and_can_be_taken_out(world):
    page = world.client("office").get(f"/hazards/?enterprise={world.enterprises['a']}&level=major").content.decode()
    words = re.search(r'<div class="list-words">.*?</div>', page, re.DOTALL)[0]
    assert "企业 江州甲化工有限公司" in words
    without = re.search(r'href="(\?[^"]*)"', words)[1]
    assert "enterprise" not in without
    assert "level=major" in without


def test_a_filter_cannot_name_what_lies_behind_the_wall(world):
    page = world.client("office").get(f"/hazards/?enterprise={world.enterprises['x']}").content.decode()
    assert "澄川丁" not in page


def test_who_sees_one_district_is_not_asked_for_it(world):
    assert 'name="district"' in world.client("office").get("/hazards/").content.decode()
    assert 'name="district"' not in world.client("inspector").get("/hazards/").content.decode()


def test_an_export_gets_every_matching_row_and_not_the_page(many):
    with many.as_("office"):
        answer = listed("grade=B&size=25&page=2&export=xlsx", export=export_of("enterprise_list")).render("none.html")
        assert openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row == 1 + 61


def test_an_empty_list_says_why(world):
    client = world.client("office")
    assert "没有符合条件的记录" in client.get("/enterprises/?q=zzz").content.decode()


def test_a_list_page_stays_within_its_queries(many, django_assert_max_num_queries):
    client = many.client("inspector")
    client.get("/enterprises/")
    for address in ("/enterprises/?size=100", "/hazards/", "/notices/", "/messages/"):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
