"""Three coordinate systems: there and back again, against published points, and by how much they differ."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.models import Coordinates
from enterprises.rules import coordinates
from enterprises.rules.coordinates import BD09, GCJ02, WGS84, from_wgs84, to_wgs84

SHIFTED = (GCJ02, BD09)
# Mainland China from Xinjiang to the coast, well inside the rectangle GCJ-02 knows.
inland = st.tuples(st.floats(74, 134), st.floats(18, 53))
anywhere = st.tuples(st.floats(-180, 180), st.floats(-85, 85))
TO_A_METRE, TO_A_MILLIMETRE = 1e-5, 2e-8
CITIES = {
    "北京": (116.405, 39.905),
    "哈尔滨": (126.64, 45.75),
    "乌鲁木齐": (87.62, 43.82),
    "喀什": (75.99, 39.47),
    "拉萨": (91.11, 29.65),
    "西宁": (101.78, 36.62),
    "成都": (104.07, 30.57),
    "海口": (110.2, 20.04),
    "福州": (119.3, 26.08),
    "抚远": (134.3, 48.36),
}


def metres(one, other) -> float:
    (x, y), (u, v) = one, other
    return 6_371_000 * math.hypot(math.radians(x - u) * math.cos(math.radians(y)), math.radians(y - v))


def test_the_systems_are_those_the_ledger_keeps():
    assert {WGS84, GCJ02, BD09} == set(Coordinates.values)


@pytest.mark.parametrize("system", SHIFTED)
@given(place=inland)
def test_there_and_back_again_ends_where_it_began(system, place):
    assert metres(to_wgs84(*from_wgs84(*place, system), system), place) < 0.2


@pytest.mark.parametrize("system", SHIFTED)
@given(place=inland)
def test_back_and_there_again_ends_where_it_began(system, place):
    assert metres(from_wgs84(*to_wgs84(*place, system), system), place) < 0.2


@given(place=anywhere)
def test_wgs84_is_left_as_it_is(place):
    assert to_wgs84(*place, WGS84) == from_wgs84(*place, WGS84) == place


@given(place=anywhere.filter(lambda place: not coordinates.shifted_at_all(*place)))
def test_outside_china_gcj02_is_wgs84(place):
    assert from_wgs84(*place, GCJ02) == to_wgs84(*place, GCJ02) == place


@pytest.mark.parametrize("city", CITIES)
def test_in_chinas_cities_gcj02_lies_hundreds_of_metres_off_and_bd09_a_kilometre(city):
    place = CITIES[city]
    assert 100 < metres(place, from_wgs84(*place, GCJ02)) < 800
    assert 700 < metres(place, from_wgs84(*place, BD09)) < 1600


@given(place=inland)
def test_nowhere_in_china_is_gcj02_a_kilometre_off(place):
    assert metres(place, from_wgs84(*place, GCJ02)) < 1000


@pytest.mark.parametrize(
    ("convert", "given_at", "expected", "within"),
    [
        # The points coordtransform and its kin are tested with.
        (coordinates.gcj02_of_wgs84, (116.404, 39.915), (116.41024449916938, 39.91640428150164), TO_A_MILLIMETRE),
        (coordinates.bd09_of_gcj02, (116.404, 39.915), (116.41036949371029, 39.92133699351021), TO_A_MILLIMETRE),
        (coordinates.gcj02_of_wgs84, (121.0917077, 30.6107779), (121.09626935575027, 30.608604331756705), 1e-6),
        # Their ways back stop after one round.
        (coordinates.wgs84_of_gcj02, (116.404, 39.915), (116.39775550083061, 39.91359571849836), TO_A_METRE),
        (coordinates.gcj02_of_bd09, (116.404, 39.915), (116.39762729119315, 39.90865673957631), TO_A_METRE),
    ],
)
def test_published_points_come_out_as_published(convert, given_at, expected, within):
    assert convert(*given_at) == pytest.approx(expected, abs=within)


# One place as GPS has it and as 高德, 腾讯 and 百度 draw it.
SEEN = {
    WGS84: (121.4295896700, 31.1601435400),
    GCJ02: (121.4342040000, 31.1582470000),
    BD09: (121.4406138425, 31.1646093426),
}


@pytest.mark.parametrize("system", SHIFTED)
def test_a_place_is_where_the_map_services_draw_it(system):
    assert metres(from_wgs84(*SEEN[WGS84], system), SEEN[system]) < 2
    assert metres(to_wgs84(*SEEN[system], system), SEEN[WGS84]) < 2


def test_a_system_nobody_knows_is_an_error_and_not_a_guess():
    for convert in (to_wgs84, from_wgs84):
        with pytest.raises(ValueError, match="cgcs2000"):
            convert(119.0, 25.0, "cgcs2000")
