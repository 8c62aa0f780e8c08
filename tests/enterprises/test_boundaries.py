"""A city's boundaries as GeoJSON: put in order, asked what lies inside, and refused with a sentence when they are no such thing."""

import json
import math
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises.rules import boundaries
from enterprises.rules.boundaries import Area, NotAMap, area, as_geojson, features_of, in_wgs84, read

SQUARE = [[119, 25], [120, 25], [120, 26], [119, 26], [119, 25]]
HOLE = [[119.4, 25.4], [119.4, 25.6], [119.6, 25.6], [119.6, 25.4], [119.4, 25.4]]


def feature(*rings, name="江南区", kind="Polygon", **properties) -> dict:
    coordinates = [list(rings)] if kind == "MultiPolygon" else list(rings)
    return {
        "type": "Feature",
        "properties": {"name": name} | properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def collection(*features, **more) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | more).encode()


def circle(x: float, y: float, radius: float, points: int) -> list:
    turns = (2 * math.pi * n / points for n in range(points))
    return [[round(x + radius * math.cos(turn), 6), round(y + radius * math.sin(turn), 6)] for turn in turns]


def only(content: bytes) -> boundaries.Feature:
    (found,) = read(content)
    return found


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
def test_a_polygon_and_a_multipolygon_of_one_come_out_alike(kind):
    found = only(collection(feature(SQUARE, HOLE, kind=kind)))
    assert found.name == "江南区"
    assert [len(rings) for rings in found.polygons] == [2]


@pytest.mark.parametrize("turned", [SQUARE, SQUARE[::-1]])
def test_outlines_run_counter_clockwise_and_holes_clockwise_however_they_came(turned):
    for hole in (HOLE, HOLE[::-1]):
        outline, inner = only(collection(feature(turned, hole))).polygons[0]
        assert area(outline) > 0 > area(inner)


def test_an_open_ring_is_closed_and_repeated_positions_and_heights_go():
    open_ring = [[119, 25, 8.5], [119, 25], [120, 25], [120, 25.0000001], [120, 26], [119, 26]]
    ((outline,),) = only(collection(feature(open_ring))).polygons
    assert outline == [(119, 25), (120, 25), (120, 26), (119, 26), (119, 25)]


def test_two_features_of_one_name_are_one_district():
    island = [[121, 25], [121.1, 25], [121, 25.1]]
    found = read(collection(feature(SQUARE), feature(island), feature(SQUARE, name="江北区")))
    assert [(one.name, len(one.polygons)) for one in found] == [("江南区", 2), ("江北区", 1)]


@pytest.mark.parametrize("key", ["name", "NAME", "Name", "名称"])
def test_the_name_stands_under_any_of_its_usual_keys(key):
    told = feature(SQUARE)
    told["properties"] = {"adcode": 350102, key: " 江南区 "}
    assert only(collection(told)).name == "江南区"


def test_what_cannot_be_seen_in_a_name_is_dropped_and_markup_is_kept_as_text():
    assert only(collection(feature(SQUARE, name="江\u202e南\u200b\x00区\ud800"))).name == "江南区"
    assert only(collection(feature(SQUARE, name="<script>alert(1)</script>"))).name == "<script>alert(1)</script>"


def test_what_is_stored_holds_names_and_areas_and_nothing_else_and_reads_back_the_same():
    found = read(collection(feature(SQUARE, HOLE, phone="13800000000"), name="secret", bbox=[0, 0, 1, 1]))
    kept = json.dumps(as_geojson(found))
    assert "13800000000" not in kept
    assert "secret" not in kept
    assert features_of(json.loads(kept)) == found


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490"])
def test_a_file_may_say_that_it_is_in_degrees(crs):
    assert only(collection(feature(SQUARE), crs={"type": "name", "properties": {"name": crs}})).vertices == 5


DEEP = b"[" * 200_000
HOSTILE = {
    "nothing": (b"", "不是有效的JSON"),
    "not JSON": (b"<html>", "不是有效的JSON"),
    "cut off": (collection(feature(SQUARE))[:-9], "不是有效的JSON"),
    "another encoding": ('{"type": "江南区"}'.encode("gb18030"), "UTF-8"),
    "a workbook": (b"PK\x03\x04\x14\x00\xff", "UTF-8"),
    "brackets without end": (DEEP, "嵌套太深"),
    "objects without end": (b'{"a":' * 90_000, "嵌套太深"),
    "deep inside": (
        collection(feature(SQUARE)).replace(b"[[119, 25]", b"[" * 300 + b"]" * 300 + b",[[119, 25]"),
        "对不上",
    ),
    "a number of five million digits": (b"9" * 5_000_000, "不是有效的JSON"),
    "NaN": (collection(feature([[math.nan, 25], *SQUARE])), "NaN"),
    "Infinity": (collection(feature([[119, math.inf], *SQUARE])), "Infinity"),
    "a float too large": (collection(feature(SQUARE)).replace(b"119,", b"1e999,"), "不是有限的数"),
    "only a number": (b"3", "FeatureCollection"),
    "a feature alone": (json.dumps(feature(SQUARE)).encode(), "FeatureCollection"),
    "a topology": (b'{"type": "Topology", "objects": {}}', "TopoJSON"),
    "features that are no list": (b'{"type": "FeatureCollection", "features": {}}', "FeatureCollection"),
    "no features": (collection(), "没有任何区县"),
    "too many features": (collection(*[{}] * 1001), "1001个要素"),
    "a feature that is none": (collection({"type": "Polygon"}), "第1个要素不是Feature"),
    "a feature that is a list": (collection(feature(SQUARE), []), "第2个要素不是Feature"),
    "no name": (collection(feature(SQUARE, name=None)), "没有名称"),
    "a name of spaces": (collection(feature(SQUARE, name=" \u3000\t")), "没有名称"),
    "a name that is no text": (collection(feature(SQUARE, name=["江南区"])), "没有名称"),
    "a name without end": (collection(feature(SQUARE, name="区" * 61)), "超过60字"),
    "no geometry": (collection(feature(SQUARE) | {"geometry": None}), "几何类型没有写明"),
    "a line": (collection(feature(SQUARE, kind="LineString")), "LineString"),
    "a type that is half a sign": (collection(feature(SQUARE, kind="\ud800Ring")), "是Ring，"),
    "a polygon that is a multipolygon": (collection(feature([SQUARE])), "对不上"),
    "a multipolygon that is a polygon": (
        collection(feature(SQUARE) | {"geometry": {"type": "MultiPolygon", "coordinates": [SQUARE]}}),
        "对不上",
    ),
    "no rings": (collection(feature()), "对不上"),
    "an empty ring": (collection(feature([])), "对不上"),
    "positions that are text": (collection(feature([["119", "25"]] * 4)), "对不上"),
    "positions that are truth": (collection(feature([[True, False]] * 4)), "对不上"),
    "positions of one number": (collection(feature([[119]] * 4)), "对不上"),
    "a line there and back": (collection(feature([[119, 25], [120, 26], [119, 25]])), "没有围出任何面积"),
    "one place": (collection(feature([[119, 25]] * 5)), "没有围出任何面积"),
    "longitude and latitude exchanged": (collection(feature([[y, x] for x, y in SQUARE])), "写反了"),
    "metres": (collection(feature([[498000, 2765000], [499000, 2765000], [499000, 2766000]])), "以米为单位"),
    "Africa": (collection(feature([[0, 0], [1, 0], [1, 1]])), "中国境外"),
    "another reference": (
        collection(feature(SQUARE), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}),
        "3857",
    ),
    "a reference that is none": (collection(feature(SQUARE), crs="\ud800"), "不认识的坐标参考系"),
    "a reference that is half a sign": (
        collection(feature(SQUARE), crs={"properties": {"name": "\ud800"}}),
        "注明的坐标",
    ),
    "too large": (collection(feature(SQUARE), padding="x" * boundaries.MOST_BYTES), "超过5MB"),
    "too many positions": (collection(feature([[119, 25]] * 200_001)), "最多20万个"),
    "too many in many": (
        collection(*[feature(circle(119, 25, 0.5, 42_000), name=f"区{n}") for n in range(5)]).replace(b" ", b""),
        "最多20万个",
    ),
    "a million empty lists": (b'{"type": "FeatureCollection", "features": [' + b"[]," * 1_000_000 + b"[]]}", "点太多"),
    "a million objects": (b'{"type": "FeatureCollection", "features": [' + b"{}," * 1_000_000 + b"{}]}", "要素太多"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_map_is_refused_with_a_sentence_within_two_seconds(what):
    content, sentence = HOSTILE[what]
    began = time.thread_time()
    with pytest.raises(NotAMap, match=sentence) as refused:
        read(content)
    assert time.thread_time() - began < 2
    told = str(refused.value)
    assert told.endswith("。")
    assert len(told) < 200
    told.encode()  # half a sign would fail here, and on the page


leaves = st.sampled_from([None, True, 0, 119, 25.5, math.nan, -1e300, "", "119", {}])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.recursive(leaves, lambda inner: st.lists(inner, max_size=4), max_leaves=12))
def test_whatever_stands_for_coordinates_is_read_or_refused(told):
    broken = feature() | {"geometry": {"type": "Polygon", "coordinates": told}}
    content = json.dumps({"type": "FeatureCollection", "features": [broken]}).encode()
    with pytest.raises(NotAMap):
        read(content)


def within(content: bytes) -> Area:
    return Area(polygon for one in read(content) for polygon in one.polygons)


def test_a_place_lies_inside_or_outside_and_in_a_hole_outside():
    city = within(collection(feature(SQUARE, HOLE)))
    assert (119.2, 25.2) in city
    assert (119.5, 25.5) not in city
    for place in ((118.9, 25.5), (120.1, 25.5), (119.5, 24.9), (119.5, 26.1)):
        assert place not in city


def test_a_park_inside_a_county_takes_nothing_out_of_it():
    city = within(collection(feature(SQUARE), feature(HOLE, name="石化工业园区")))
    assert (119.5, 25.5) in city


@settings(deadline=None)  # the first one makes the grid
@given(st.floats(118.4, 119.6), st.floats(25.4, 26.6))
def test_a_circle_holds_what_is_nearer_than_its_radius(x, y):
    far = math.hypot(x - 119, y - 26)
    if abs(far - 0.4) > 0.001:
        assert ((x, y) in CIRCLE) == (far < 0.4)


CIRCLE = within(collection(feature(circle(119, 26, 0.4, 20_000))))


def test_a_large_map_is_asked_a_hundred_thousand_times_in_a_few_seconds():
    rings = [circle(118.5 + 0.2 * n, 26, 0.15, 19_900) for n in range(10)]
    city = within(collection(*[feature(ring, name=f"区{n}") for n, ring in enumerate(rings)]))
    draw = random.Random(1)
    began = time.thread_time()
    found = sum((draw.uniform(118, 121), draw.uniform(25.5, 26.5)) in city for _ in range(100_000))
    assert time.thread_time() - began < 5
    assert 0.15 < found / 100_000 < 0.3


def test_an_outline_that_runs_to_and_fro_without_end_is_refused():
    zigzag = [[round(119 + n / 100_000, 6), 25 + n % 2] for n in range(100_000)]
    with pytest.raises(NotAMap, match="来回过于密集"):
        within(collection(feature([*zigzag, [120, 24.5], [119, 24.5]])))


def test_converted_districts_still_share_their_border():
    east = [[120, 25], [121, 25], [121, 26], [120, 26]]
    west, east = in_wgs84(read(collection(feature(SQUARE), feature(east, name="江北区"))), "bd09")
    assert len(set(west.polygons[0][0]) & set(east.polygons[0][0])) == 2
    assert (120, 25) not in west.polygons[0][0]
