"""A city's district boundaries as GeoJSON (RFC 7946): read with distrust, put in order, asked whether a place lies inside. Pure.

Degrees throughout, longitude first; kept to 6 places, 0.1 m.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isfinite
from typing import Any

from enterprises.rules.coordinates import to_wgs84

MOST_BYTES = 5 * 2**20
MOST_VERTICES = 200_000
MOST_FEATURES = 1000
# Counted before anything is parsed: a position is one bracket, and a ring or polygon of three one more each.
MOST_BRACKETS, MOST_BRACES = 2 * MOST_VERTICES + 100_000, 100_000
LONGEST_NAME = 60
WEST, EAST, SOUTH, NORTH = 73, 136, 3, 54
NAMED_BY = ("name", "NAME", "Name", "名称")
# What a file may say its coordinates are: degrees of WGS-84, or of CGCS2000, which is within centimetres of it.
DEGREES = ("CRS84", "4326", "4490")
SIMPLIFY = "请先在QGIS（矢量→几何工具→简化）或mapshaper中按10～50米的容差简化，再导出上传。"
TOO_MANY = f"边界的点太多，最多{MOST_VERTICES // 10_000}万个。{SIMPLIFY}"

Position = tuple[float, float]
Ring = list[Position]
"""Closed: the last position is the first again."""
Polygon = list[Ring]
"""The outer ring, counter-clockwise, then its holes, clockwise."""
Edge = tuple[float, float, float, float, int]
"""Lower latitude, upper latitude, longitude at the lower one, degrees of longitude a degree of latitude, number of its polygon."""


class NotAMap(ValueError):
    """The file cannot be used; the message is a Chinese sentence that says what to do."""


@dataclass(frozen=True)
class Feature:
    name: str
    polygons: list[Polygon]

    @property
    def vertices(self) -> int:
        return sum(len(ring) for polygon in self.polygons for ring in polygon)


def read(content: bytes) -> list[Feature]:
    """The named areas of a FeatureCollection, in order: rings closed and turned, repeated positions gone, one feature a name.

    Raises NotAMap for everything else, quickly however large or deep it is.
    """
    if len(content) > MOST_BYTES:
        raise NotAMap(f"文件超过{MOST_BYTES // 2**20}MB。{SIMPLIFY}")
    if content.count(b"[") > MOST_BRACKETS:
        raise NotAMap(TOO_MANY)
    if content.count(b"{") > MOST_BRACES:
        raise NotAMap(f"文件里的要素太多，最多{MOST_FEATURES}个。请只保留区县和功能区的边界。")
    told = parsed(content)
    kind = told.get("type") if isinstance(told, dict) else None
    if kind == "Topology":
        raise NotAMap("这是TopoJSON，请导出为GeoJSON再上传。")
    if kind != "FeatureCollection" or not isinstance(told.get("features"), list):
        raise NotAMap("这不是区县边界的GeoJSON：最外层应是FeatureCollection，其中每个区县是一个Feature。")
    check_system(told.get("crs"))
    features = told["features"]
    if not features:
        raise NotAMap("文件里没有任何区县。")
    if len(features) > MOST_FEATURES:
        raise NotAMap(f"文件里有{len(features)}个要素，最多{MOST_FEATURES}个。请只保留区县和功能区的边界。")
    named: dict[str, Feature] = {}
    left = MOST_VERTICES
    for number, one in enumerate(features, 1):
        found = feature(one, number, left)
        left -= found.vertices
        if found.name in named:
            named[found.name].polygons.extend(found.polygons)
        else:
            named[found.name] = found
    return list(named.values())


def parsed(content: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise NotAMap(f"文件里有“{constant}”，它不是坐标。请检查后重新导出。")

    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=refuse)
    except UnicodeDecodeError as fault:
        raise NotAMap("文件不是UTF-8编码，请另存为UTF-8编码的GeoJSON再上传。") from fault
    except RecursionError as fault:
        raise NotAMap("文件的括号嵌套太深，不是区县边界的GeoJSON。") from fault
    except NotAMap:
        raise
    except ValueError as fault:  # also a number of more digits than Python reads
        raise NotAMap("文件不是有效的JSON，请重新导出为GeoJSON再上传。") from fault


def check_system(crs: Any) -> None:
    """The member `crs` of older GeoJSON may say that the coordinates are no degrees."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.rstrip().endswith(DEGREES):
        said = f"“{visible(name)[:60]}”" if isinstance(name, str) else "不认识的坐标参考系"
        raise NotAMap(
            f"文件注明的坐标是{said}。请导出为经纬度（WGS-84即EPSG:4326，或CGCS2000即EPSG:4490）的GeoJSON再上传。"
        )


def feature(told: Any, number: int, left: int) -> Feature:
    """One Feature with a name and an area. `left` is how many vertices it may still have."""
    where = f"第{number}个要素"
    if not isinstance(told, dict) or told.get("type") != "Feature":
        raise NotAMap(f"{where}不是Feature，请重新导出为GeoJSON。")
    properties = told.get("properties")
    name = name_in(properties if isinstance(properties, dict) else {})
    if not name:
        raise NotAMap(f"{where}没有名称。请把区县名称写在属性“name”（或“NAME”“名称”）里。")
    if len(name) > LONGEST_NAME:
        raise NotAMap(f"{where}的名称“{name[:20]}…”超过{LONGEST_NAME}字。")
    where = f"{where}“{name}”"
    polygons = polygons_in(told.get("geometry"), where, left)
    if not polygons:
        raise NotAMap(f"{where}的边界没有围出任何面积，请检查后重新导出。")
    return Feature(name, polygons)


def polygons_in(geometry: Any, where: str, left: int) -> list[Polygon]:
    """Those with an area, in order; a hole without one is left out."""
    told = geometry if isinstance(geometry, dict) else {}
    kind = told.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        said = f"是{visible(kind)[:20]}" if isinstance(kind, str) else "没有写明"
        raise NotAMap(f"{where}的几何类型{said}，边界只能是Polygon或MultiPolygon。")
    several = told.get("coordinates")
    polygons = []
    for rings in [several] if kind == "Polygon" else listed(several, where):
        outline, *holes = listed(rings, where)
        polygon: Polygon = []
        for positions in (outline, *holes):
            closed = ring(positions, where, left)
            left -= len(closed)
            if area(closed):
                polygon.append(turned(closed, left_hand=not polygon))
            elif not polygon:
                break  # an outline without an area has no holes either
        if polygon:
            polygons.append(polygon)
    return polygons


def name_in(properties: dict[str, Any]) -> str:
    """As people write it."""
    named = (visible(value) for key in NAMED_BY if isinstance(value := properties.get(key), str))
    return next(filter(None, named), "")


def visible(text: str) -> str:
    """Without what cannot be seen, turns the writing round, or is half a sign; spaces as one."""
    return " ".join("".join(sign for sign in text if sign.isprintable() or sign.isspace()).split())


def listed(told: Any, where: str) -> list[Any]:
    if not isinstance(told, list) or not told:
        raise NotAMap(f"{where}的坐标与它的几何类型对不上，请重新导出为GeoJSON。")
    return told


def ring(told: Any, where: str, left: int) -> Ring:
    """Positions as a closed ring; elevations are dropped."""
    positions = listed(told, where)
    if len(positions) > left:
        raise NotAMap(TOO_MANY)
    found: Ring = []
    for one in positions:
        if (
            not isinstance(one, list)
            or len(one) < 2
            or type(one[0]) not in (int, float)
            or type(one[1]) not in (int, float)
        ):
            raise NotAMap(f"{where}的坐标与它的几何类型对不上，请重新导出为GeoJSON。")
        x, y = one[0], one[1]
        if not (WEST <= x <= EAST and SOUTH <= y <= NORTH):
            raise NotAMap(f"{where}{misplaced(x, y)}")
        at = (round(float(x), 6), round(float(y), 6))
        if not found or found[-1] != at:
            found.append(at)
    if found[0] != found[-1]:
        found.append(found[0])
    return found


def misplaced(x: float, y: float) -> str:
    """Why a position is not in China, as the rest of a sentence."""
    if not isfinite(x) or not isfinite(y):
        return "的坐标不是有限的数，请检查后重新导出。"
    if WEST <= y <= EAST and SOUTH <= x <= NORTH:
        return "的经度与纬度写反了：GeoJSON先写经度，后写纬度。"
    if abs(x) > 180 or abs(y) > 90:
        return "的坐标像是以米为单位的投影坐标，请导出为经纬度（单位为度）的GeoJSON再上传。"
    return f"有坐标（{x:g}，{y:g}）在中国境外，请检查后重新导出。"


def area(closed: Ring) -> float:
    """Twice the area by the shoelace formula, square degrees; positive where the ring runs counter-clockwise."""
    # Measured from the first position, so that nothing is lost to rounding.
    (x0, y0) = closed[0]
    return sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in pairwise(closed))


def turned(closed: Ring, *, left_hand: bool) -> Ring:
    """The ring counter-clockwise (`left_hand`) or clockwise (RFC 7946 3.1.6)."""
    return closed if (area(closed) > 0) == left_hand else closed[::-1]


def as_geojson(features: Iterable[Feature]) -> dict[str, Any]:
    """What is stored and sent: names and areas, nothing else the file held."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": one.name},
                "geometry": {"type": "MultiPolygon", "coordinates": one.polygons},
            }
            for one in features
        ],
    }


def features_of(geojson: dict[str, Any]) -> list[Feature]:
    """Back from what `as_geojson` made, JSON's lists included."""
    return [
        Feature(
            one["properties"]["name"],
            [[[(x, y) for x, y in ring] for ring in polygon] for polygon in one["geometry"]["coordinates"]],
        )
        for one in geojson["features"]
    ]


def in_wgs84(features: Iterable[Feature], system: str) -> list[Feature]:
    """The same areas in WGS-84; vertices that two districts share stay the same."""
    return [
        Feature(
            one.name,
            [[[rounded(to_wgs84(x, y, system)) for x, y in ring] for ring in polygon] for polygon in one.polygons],
        )
        for one in features
    ]


def rounded(place: Position) -> Position:
    return round(place[0], 6), round(place[1], 6)


FREE, BORDER, OUTSIDE, INSIDE = range(4)


class Area:
    """Whether a place lies in any of some polygons: told by a coarse grid wherever no border is near, else by the borders.

    These are sliced by latitude, so that a place is held against few edges only.
    """

    GRID = 256
    MOST_SLICES = 4096
    # Edges a place is held against on the average; beyond, the outline runs to and fro as no border does.
    MOST_EDGES = 500

    def __init__(self, polygons: Iterable[Polygon]):
        self.polygons = list(polygons)
        edges = list(edges_of(self.polygons))
        if not edges:
            raise NotAMap("文件里没有任何区县。")
        longitudes = [x for polygon in self.polygons for ring in polygon for x, _ in ring]
        self.west, self.east = min(longitudes), max(longitudes)
        self.south, self.north = min(edge[0] for edge in edges), max(edge[1] for edge in edges)
        count = self.fitting(edges)
        self.slice = (self.north - self.south) / count
        self.slices: list[list[Edge]] = [[] for _ in range(count)]
        for edge in edges:
            for place in range(self.place_of(edge[0]), self.place_of(edge[1]) + 1):
                self.slices[place].append(edge)

    def fitting(self, edges: list[Edge]) -> int:
        """How many slices: many, but not so many that long edges are repeated without end."""
        tall = sum(edge[1] - edge[0] for edge in edges) / (self.north - self.south)
        if tall > self.MOST_EDGES:
            raise NotAMap(f"边界线来回过于密集，不像区县边界。{SIMPLIFY}")
        count = self.MOST_SLICES
        while count > 1 and count * tall > 8 * len(edges) + 10_000:
            count //= 2
        return count

    def place_of(self, latitude: float) -> int:
        return min(int((latitude - self.south) / self.slice), len(self.slices) - 1)

    def __contains__(self, at: Position) -> bool:
        """On a border it may be either."""
        x, y = at
        if not (self.west <= x <= self.east and self.south <= y <= self.north):
            return False
        column, row = self.cell_of(x, y)
        known = self.cells[row * self.GRID + column]
        return self.asked(x, y) if known == BORDER else known == INSIDE

    def asked(self, x: float, y: float) -> bool:
        """Even-odd for each polygon, so that districts may overlap (a park inside a county)."""
        inside: set[int] = set()
        for low, high, start, lean, polygon in self.slices[self.place_of(y)]:
            if low <= y < high and x < start + lean * (y - low):
                inside ^= {polygon}
        return bool(inside)

    def cell_of(self, x: float, y: float) -> tuple[int, int]:
        last = self.GRID - 1
        return (
            min(int((x - self.west) / (self.east - self.west) * self.GRID), last),
            min(int((y - self.south) / (self.north - self.south) * self.GRID), last),
        )

    @cached_property
    def cells(self) -> bytearray:
        """What each cell of the grid is; where no border runs, one place speaks for all up to the next border."""
        cells = bytearray(self.GRID * self.GRID)
        for column, row in self.touched():
            cells[row * self.GRID + column] = BORDER
        wide, high = (self.east - self.west) / self.GRID, (self.north - self.south) / self.GRID
        for row in range(self.GRID):
            known = FREE
            for column in range(self.GRID):
                place = row * self.GRID + column
                if cells[place] == BORDER:
                    known = FREE
                    continue
                if known == FREE:
                    here = self.asked(self.west + (column + 0.5) * wide, self.south + (row + 0.5) * high)
                    known = INSIDE if here else OUTSIDE
                cells[place] = known
        return cells

    def touched(self) -> Iterator[tuple[int, int]]:
        """Every cell a border runs through, and some beside: each edge in pieces no longer than a cell."""
        wide, high = (self.east - self.west) / self.GRID, (self.north - self.south) / self.GRID
        for ring in (ring for polygon in self.polygons for ring in polygon):
            for (x1, y1), (x2, y2) in pairwise(ring):
                pieces = 1 + int(max(abs(x2 - x1) / wide, abs(y2 - y1) / high))
                before = self.cell_of(x1, y1)
                for piece in range(1, pieces + 1):
                    now = self.cell_of(x1 + (x2 - x1) * piece / pieces, y1 + (y2 - y1) * piece / pieces)
                    yield from {before, now, (before[0], now[1]), (now[0], before[1])}
                    before = now


def edges_of(polygons: Iterable[Polygon]) -> Iterator[Edge]:
    for number, polygon in enumerate(polygons):
        for closed in polygon:
            for (x1, y1), (x2, y2) in pairwise(closed):
                if y1 < y2:
                    yield y1, y2, x1, (x2 - x1) / (y2 - y1), number
                elif y2 < y1:
                    yield y2, y1, x2, (x1 - x2) / (y1 - y2), number
