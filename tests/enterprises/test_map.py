"""The map: what the office draws, who sees which plants on it, and that it holds what the list holds under every filter."""

import gzip
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.actions.city_map import draw_map, restore_map
from enterprises.models import CityMap, Enterprise
from enterprises.rules.coordinates import from_wgs84
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, NotAllowed, Refused, TooLarge
from tests.enterprises.test_boundaries import HOSTILE, SQUARE, collection, feature
from tests.enterprises.test_pages import questions

POINTS, MAPS = "/api/v1/enterprise-points/", "/api/v1/city-maps/"
NORTH = [[x, y + 1] for x, y in SQUARE]
CITY = collection(feature(SQUARE, name="江南区"), feature(NORTH, name="江北区"))
# a and b in 江南区, c far out at sea; WGS-84.
PLACES = {"a": (119.2, 25.2), "b": (119.8, 25.8), "c": (121.5, 26.5)}


def file(content: bytes = CITY, name: str = "边界.geojson") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def drawn(world, content: bytes = CITY, login: str = "office", **more) -> CityMap:
    with world.as_(login):
        return draw_map(file(content, **more), "wgs84")


def located(world, **systems: str) -> None:
    """Give the plants their places, each as its own system says them."""
    with world.as_("office"):
        for key, place in PLACES.items():
            system = systems.get(key, "wgs84")
            x, y = from_wgs84(*place, system)
            Enterprise.objects.filter(pk=world.enterprises[key]).update(
                longitude=round(Decimal(x), 6), latitude=round(Decimal(y), 6), coordinates_in=system
            )


def points(client, query: str = "") -> dict[int, list]:
    answer = client.get(f"{POINTS}?{query}")
    assert answer.status_code == 200, answer.content
    return {row[0]: row for row in answer.json()["points"]}


# ---- drawing the map


def test_the_office_draws_the_map_and_the_record_says_so(world):
    made = drawn(world)
    with world.as_("office"):
        kept = CityMap.objects.get()
    assert (kept.name, kept.by_name, kept.coordinates_in) == ("边界.geojson", "office君", "wgs84")
    assert [one["properties"] for one in kept.geojson["features"]] == [{"name": "江南区"}, {"name": "江北区"}]
    with world.as_("auditor"):
        entry = AuditRecord.objects.get(action="map.draw")
    assert (entry.object_id, entry.changes["features"], entry.changes["vertices"]) == (made.pk, 2, 10)


@pytest.mark.parametrize("login", ["department", "inspector", "leader", "auditor", "officer", "expert", "sysadmin"])
def test_nobody_but_the_office_draws_a_map(world, login):
    with world.as_(login), pytest.raises(NotAllowed):
        draw_map(file(), "wgs84")
    client = world.client(login)
    assert client.get("/enterprises/map/versions/").status_code == 403
    assert client.post(MAPS, {"file": file(), "coordinates_in": "wgs84"}).status_code == 403


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_on_the_page_and_nothing_is_kept(world, what):
    content, sentence = HOSTILE[what]
    answer = world.client("office").post(
        "/enterprises/map/versions/", {"file": file(content), "coordinates_in": "bd09"}
    )
    assert answer.status_code in (400, 413)
    page = answer.content.decode()
    assert sentence in page or what == "nothing"
    assert '<option value="bd09" selected>' in page
    with world.as_("office"):
        assert not CityMap.objects.exists()


def test_the_verb_says_which_field_is_wrong(world):
    with world.as_("office"):
        with pytest.raises(BadInput) as refused:
            draw_map(file(), "cgcs2000")
        assert refused.value.field == "coordinates_in"
        with pytest.raises(TooLarge) as refused:
            draw_map(file(b" " * (5 * 2**20 + 1)), "wgs84")
        assert refused.value.field == "file"


def test_a_coordinate_system_is_chosen_and_not_assumed(world):
    answer = world.client("office").post("/enterprises/map/versions/", {"file": file()})
    assert answer.status_code == 400
    assert "请选择边界所用的坐标系" in answer.content.decode()


def test_markup_in_a_name_is_shown_as_text(world):
    drawn(world, collection(feature(SQUARE, name="<img src=x onerror=alert(1)>")), name="<b>.geojson")
    page = world.client("office").get("/enterprises/map/versions/").content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
    assert "<b>.geojson" not in page


def test_names_that_are_no_district_and_districts_without_a_name_are_told(world):
    office = world.client("office")
    page = office.post(
        "/enterprises/map/versions/",
        {
            "file": file(collection(feature(SQUARE, name="江南"), feature(NORTH, name="江心岛"))),
            "coordinates_in": "wgs84",
        },
        follow=True,
    ).content.decode()
    assert "“江心岛”不是本市的区县" in page
    assert "地图上没有：江北区" in page
    told = office.get(f"{MAPS}{office.get(MAPS).json()['results'][0]['id']}/").json()
    assert (told["unmatched"], told["missing"]) == (["江心岛"], ["江北区"])


def test_an_older_map_comes_back_as_a_new_one(world):
    first = drawn(world)
    drawn(world, collection(feature(SQUARE)), name="错误.geojson")
    office = world.client("office")
    page = office.post(f"/enterprises/map/versions/{first.pk}/restore/", follow=True).content.decode()
    assert "已恢复为“边界.geojson（恢复" in page
    with world.as_("office"):
        kept = list(CityMap.objects.order_by("id"))
        assert len(kept) == 3
        assert kept[2].geojson == kept[0].geojson
        with pytest.raises(Refused, match="正在使用"):
            restore_map(kept[2].pk)
        again = restore_map(kept[0].pk)
        assert again.name.count("（恢复") == 1
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="map.restore").count() == 2


def test_the_last_map_counts(world):
    located(world)
    drawn(world)
    office = world.client("office")
    assert points(office, "located=outside").keys() == {world.enterprises["c"]}
    drawn(world, collection(feature([[120, 24], [123, 24], [123, 28], [120, 28]])))
    assert points(office, "located=outside").keys() == {world.enterprises[key] for key in "ab"}


# ---- what is on it


def test_a_plant_is_drawn_in_the_same_place_whatever_system_it_was_given_in(world):
    located(world, a="gcj02", b="bd09")
    found = points(world.client("office"))
    for key, place in PLACES.items():
        assert found[world.enterprises[key]][1:3] == pytest.approx(place, abs=2e-5)


def test_boundaries_are_drawn_in_wgs84_whatever_system_they_were_given_in(world):
    shifted = [list(from_wgs84(x, y, "bd09")) for x, y in SQUARE]
    with world.as_("office"):
        made = draw_map(file(collection(feature(shifted))), "bd09")
    told = world.client("inspector").get(f"{MAPS}{made.pk}/").json()
    assert (told["coordinates_in"], told["drawn_in"]) == ("bd09", "wgs84")
    ring = told["geojson"]["features"][0]["geometry"]["coordinates"][0][0]
    assert [value for place in ring for value in place] == pytest.approx([v for p in SQUARE for v in p], abs=2e-5)


def test_a_point_tells_grade_key_suspension_and_whether_it_lies_outside(world):
    located(world)
    drawn(world)
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(key_clause="1", suspended_since="2026-11-01")
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(grade="", key_clause="")
        Enterprise.objects.filter(pk=world.enterprises["c"]).update(key_clause="2")
    found = points(world.client("office"))
    assert [found[world.enterprises[key]][3:] for key in "abc"] == [["C", 1 + 2], ["", 0], ["D", 1 + 4]]


def test_without_a_map_nothing_is_outside(world):
    located(world)
    office = world.client("office")
    answer = office.get(POINTS).json()
    assert answer["map"] is None
    assert all(row[4] & 4 == 0 for row in answer["points"])
    assert points(office, "located=outside") == {}
    page = office.get("/enterprises/map/").content.decode()
    assert "还没有本市的区县边界" in page
    assert "/enterprises/map/versions/" in page
    assert "请领导小组办公室" in world.client("inspector").get("/enterprises/map/").content.decode()


QUERIES = [
    "", "q=乙医药", "grade=D", "grade=none", "sector=pharma", "kind=storage", "key=1", "key=0", "clause=2", "major=1",
    "level=2", "suspended=1", "located=yes", "located=no", "located=outside", "chemical=液氨", "process=18",
    "expiring=expired", "listed=upgrade", "grade=D&sector=hazchem", "q=江州&located=yes",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("login", ["office", "department", "inspector", "auditor"])
def test_the_map_holds_what_the_list_holds(world, login, query):
    located(world)
    drawn(world)
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(major_level=2, suspended_since="2026-11-01")
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(longitude=None, key_clause="")
        Enterprise.objects.filter(pk=world.enterprises["c"]).update(key_clause="1", grade="D")
    client = world.client(login)
    listed = client.get(f"/api/v1/enterprises/?{query}&page_size=200").json()["results"]
    assert points(client, query).keys() == {row["id"] for row in listed if row["longitude"] and row["latitude"]}
    # The table under the map counts the list, drawn or not.
    context = client.get(f"/enterprises/map/?{query}").context
    assert context["foot"]["total"][0] == len(listed)
    for name in ("total", "unlocated"):
        assert sum(row[name][0] for row in context["rows"]) == context["foot"][name][0]
    for row in (*context["rows"], context["foot"]):
        assert sum(number for number, _ in row["cells"]) == row["total"][0]


def test_every_number_of_the_table_opens_the_list_it_counts(world):
    located(world)
    client = world.client("office")
    context = client.get("/enterprises/map/?sector=hazchem&page=3&size=50").context
    for row in (*context["rows"], context["foot"]):
        for number, address in (*row["cells"], row["total"], row["unlocated"]):
            assert client.get(address).context["page"].count == number, address


def test_list_and_map_lead_to_each_other_and_keep_the_filter(world):
    office = world.client("office")
    listed = office.get("/enterprises/?grade=D&sort=-name&page=2").content.decode()
    assert "/enterprises/map/?grade=D&amp;sort=-name" in listed
    mapped = office.get("/enterprises/map/?grade=D&sort=-name").content.decode()
    assert 'href="/enterprises/?grade=D&amp;sort=-name"' in mapped
    assert 'data-points="/api/v1/enterprise-points/?grade=D&amp;sort=-name"' in mapped
    fields = lambda page: [bound.name for bound in (*page.fields, *page.more_fields)]  # noqa: E731
    assert fields(office.get("/enterprises/").context["page"]) == fields(
        office.get("/enterprises/map/").context["page"]
    )


# ---- who sees what


@pytest.mark.parametrize(
    ("login", "seen"),
    [
        ("office", "abc"),
        ("department", "ac"),
        ("inspector", "ab"),
        ("north", "c"),
        ("auditor", "abc"),
        ("office_x", ""),
    ],
)
def test_everybody_sees_their_own_plants_on_the_map_and_no_other(world, login, seen):
    located(world)
    client = world.client(login)
    assert points(client).keys() == {world.enterprises[key] for key in seen}
    total = client.get("/enterprises/map/").context["foot"]["total"][0]
    assert total == (len(seen) or 1)  # the other city has one plant, which has no place


@pytest.mark.parametrize("login", ["officer", "expert", "sysadmin", "secadmin"])
def test_officers_and_experts_have_no_map_and_no_tab_for_it(world, login):
    made = drawn(world)
    client = world.client(login)
    for address in ("/enterprises/map/", POINTS, MAPS, f"{MAPS}{made.pk}/"):
        assert client.get(address).status_code == 403, address
    if login in ("officer", "expert"):
        page = client.get("/enterprises/").content.decode()
        assert "/enterprises/map/" not in page
        assert client.get("/enterprises/?located=outside").status_code == 200
        assert client.get("/api/v1/enterprises/?located=outside").json()["results"] == []


def test_another_citys_map_is_never_seen(world):
    ours = drawn(world)
    theirs = drawn(world, collection(feature(SQUARE, name="澄东区")), "office_x", name="澄川.geojson")
    for login, own, other in (("office", ours, theirs), ("inspector", ours, theirs), ("office_x", theirs, ours)):
        client = world.client(login)
        assert [row["id"] for row in client.get(MAPS).json()["results"]] == [own.pk]
        assert client.get(f"{MAPS}{own.pk}/").status_code == 200
        assert client.get(f"{MAPS}{other.pk}/").status_code == 404
        assert client.get(POINTS).json()["map"] == own.pk
        assert f"{MAPS}{other.pk}/" not in client.get("/enterprises/map/").content.decode()
    for login, other in (("office", theirs), ("office_x", ours)):
        client = world.client(login)
        assert client.post(f"/enterprises/map/versions/{other.pk}/restore/").status_code == 404
        assert client.post(f"{MAPS}{other.pk}/restore/").status_code == 404


def test_a_map_is_uploaded_and_restored_over_the_api(world):
    office = world.client("office")
    made = office.post(MAPS, {"file": file(), "coordinates_in": "gcj02"})
    assert (made.status_code, made.json()["coordinates_in"]) == (201, "gcj02")
    bad = office.post(MAPS, {"file": file(b"{}"), "coordinates_in": "gcj02"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "file")
    assert office.post(f"{MAPS}{made.json()['id']}/restore/").status_code == 409
    drawn(world)
    assert office.post(f"{MAPS}{made.json()['id']}/restore/").status_code == 201
    assert len(office.get(MAPS).json()["results"]) == 3


# ---- how it is sent


def more_plants(world, number: int) -> None:
    with world.as_("office"):
        district = Enterprise.objects.get(pk=world.enterprises["c"]).district
        told = {"district": district, "sector": "chemical", "kind": "use", "longitude": 119, "latitude": 25}
        Enterprise.objects.bulk_create(Enterprise(code=f"X{n:017d}", name=f"企业{n}", **told) for n in range(number))


def test_points_are_sent_zipped_to_who_takes_it_and_kept_by_nobody(world):
    located(world)
    client = world.client("office")
    for address in (POINTS, f"{MAPS}{drawn(world).pk}/"):
        answer = client.get(address, headers={"accept-encoding": "gzip"})
        assert answer["Cache-Control"] == "no-store, private"
    more_plants(world, 50)
    answer = client.get(POINTS, headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert len(json.loads(gzip.decompress(answer.content))["points"]) == 53


def test_points_cost_two_questions_of_their_own_and_the_page_nine_in_all_however_many_they_are(world):
    located(world)
    drawn(world)
    client = world.client("office")
    asked = questions(client, POINTS)
    assert len(asked) <= 5, "\n".join(asked)
    assert sum("enterprises_" in sql for sql in asked) == 2
    asked = questions(client, "/enterprises/map/")
    assert len(asked) <= 9, "\n".join(asked)
    before = len(questions(client, "/enterprises/map/")), len(questions(client, POINTS))
    more_plants(world, 200)
    assert (len(questions(client, "/enterprises/map/")), len(questions(client, POINTS))) == before
    assert len(points(client)) == 203


def test_the_page_of_versions_asks_at_most_twelve_questions(world):
    for _ in range(3):
        drawn(world)
    client = world.client("office")
    asked = questions(client, "/enterprises/map/versions/")
    assert len(asked) <= 12, "\n".join(asked)
