"""WGS-84, GCJ-02 and BD-09: the three coordinate systems plants and boundaries come in. Pure; degrees in and out.

GCJ-02 (高德、腾讯) shifts WGS-84 by 100 to 800 m, by a polynomial and sines of the place on the Krasovsky ellipsoid; BD-09 (百度)
shifts GCJ-02 once more, by some 0.0065° and 0.006°. Neither shift was published by its owner: the formulas are those in public
use for over ten years (eviltransform, coordtransform), which agree with what the map services draw to a metre or a few. The
ways back have no closed form; they are found by iteration, to 3 cm (GCJ-02) and 14 cm (BD-09) at most of these formulas.

CGCS2000, the state's own system, differs from WGS-84 by centimetres and is taken for it.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt

WGS84, GCJ02, BD09 = "wgs84", "gcj02", "bd09"

Place = tuple[float, float]
"""(longitude, latitude) in degrees."""

# Where GCJ-02 shifts at all; beyond, it is WGS-84.
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
# Krasovsky 1940: half the long axis, m, and the square of the eccentricity.
AXIS, ECCENTRICITY2 = 6_378_245.0, 0.00669342162296594323
# Each round leaves about a hundredth of the error of the one before: of BD-09 some 18 m, then 14 cm; of GCJ-02 5 m, then 3 cm.
ROUNDS = 2
BAIDU_TURN = pi * 3000 / 180
BAIDU_EAST, BAIDU_NORTH = 0.0065, 0.006


def shifted_at_all(longitude: float, latitude: float) -> bool:
    """Whether a place lies in the rectangle around China in which GCJ-02 differs from WGS-84."""
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH


def shift(longitude: float, latitude: float) -> Place:
    """By how much GCJ-02 lies east and north of a place in WGS-84, in degrees; nothing outside the rectangle."""
    if not shifted_at_all(longitude, latitude):
        return 0.0, 0.0
    x, y = longitude - 105, latitude - 35
    ripple = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (ripple + 20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (
        (ripple + 20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    )
    flattening = 1 - ECCENTRICITY2 * sin(radians(latitude)) ** 2
    across = AXIS / sqrt(flattening) * cos(radians(latitude))
    along = AXIS * (1 - ECCENTRICITY2) / (flattening * sqrt(flattening))
    return east / across * 180 / pi, north / along * 180 / pi


def gcj02_of_wgs84(longitude: float, latitude: float) -> Place:
    east, north = shift(longitude, latitude)
    return longitude + east, latitude + north


def bd09_of_gcj02(longitude: float, latitude: float) -> Place:
    far = hypot(longitude, latitude) + 0.00002 * sin(latitude * BAIDU_TURN)
    turned = atan2(latitude, longitude) + 0.000003 * cos(longitude * BAIDU_TURN)
    return far * cos(turned) + BAIDU_EAST, far * sin(turned) + BAIDU_NORTH


def back(there: Callable[[float, float], Place], longitude: float, latitude: float) -> Place:
    """The place that `there` takes to this one: what it misses by is put right, round after round."""
    x, y = longitude, latitude
    for _ in range(ROUNDS):
        at_x, at_y = there(x, y)
        x, y = x + longitude - at_x, y + latitude - at_y
    return x, y


def wgs84_of_gcj02(longitude: float, latitude: float) -> Place:
    if not shifted_at_all(longitude, latitude):
        return longitude, latitude
    return back(gcj02_of_wgs84, longitude, latitude)


def gcj02_of_bd09(longitude: float, latitude: float) -> Place:
    return back(bd09_of_gcj02, longitude, latitude)


def to_wgs84(longitude: float, latitude: float, system: str) -> Place:
    """The same place in WGS-84. `system` is wgs84, gcj02 or bd09; anything else is a ValueError."""
    if system == WGS84:
        return longitude, latitude
    if system == GCJ02:
        return wgs84_of_gcj02(longitude, latitude)
    if system == BD09:
        return wgs84_of_gcj02(*gcj02_of_bd09(longitude, latitude))
    raise ValueError(f"no such coordinate system: {system}")


def from_wgs84(longitude: float, latitude: float, system: str) -> Place:
    """The same place in another system; the way back of `to_wgs84`."""
    if system == WGS84:
        return longitude, latitude
    if system == GCJ02:
        return gcj02_of_wgs84(longitude, latitude)
    if system == BD09:
        return bd09_of_gcj02(*gcj02_of_wgs84(longitude, latitude))
    raise ValueError(f"no such coordinate system: {system}")
