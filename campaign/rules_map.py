"""The dashboard's map as it is drawn: degrees to a picture's units, bands of a figure. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

WIDTH = 640
"""Units a picture is wide; a border's bends that are smaller than one are not drawn."""
MARGIN = 8
TALLEST, LOWEST = 900, 200
BANDS = 5

Position = tuple[float, float]
Ring = Sequence[Position]


@dataclass(frozen=True)
class Frame:
    """What of the earth is shown: a degree of longitude as wide as it is in the middle."""

    west: float
    north: float
    across: float
    """Units a degree of longitude."""
    down: float
    """Units a degree of latitude."""
    width: int
    height: int

    @classmethod
    def around(cls, places: Iterable[Position]) -> "Frame | None":
        """None where there is nothing to show."""
        places = list(places)
        if not places:
            return None
        xs, ys = [x for x, _ in places], [y for _, y in places]
        west, east, south, north = min(xs), max(xs), min(ys), max(ys)
        narrow = cos(radians((south + north) / 2))
        inside = WIDTH - 2 * MARGIN
        # One place alone, or several in a line, still has a picture around it.
        wide, high = max((east - west) * narrow, 0.01), max(north - south, 0.01)
        scale = min(inside / wide, (TALLEST - 2 * MARGIN) / high)
        height = max(round(high * scale) + 2 * MARGIN, LOWEST)
        left = (inside - wide * scale) / 2 + MARGIN
        return cls(west - left / scale / narrow, north + MARGIN / scale, scale * narrow, scale, WIDTH, height)

    def at(self, x: float, y: float) -> tuple[int, int]:
        return round((x - self.west) * self.across), round((self.north - y) * self.down)

    def holds(self, x: float, y: float) -> bool:
        across, down = self.at(x, y)
        return 0 <= across <= self.width and 0 <= down <= self.height


def outline(frame: Frame, rings: Iterable[Ring]) -> str:
    """The rings as an SVG path; a ring of less than a unit is left out."""
    parts = []
    for ring in rings:
        drawn: list[tuple[int, int]] = []
        for x, y in ring:
            if (place := frame.at(x, y)) not in drawn[-1:]:
                drawn.append(place)
        if len(drawn) > 3:
            parts.append("M" + "L".join(f"{x} {y}" for x, y in drawn[:-1]) + "Z")
    return "".join(parts)


def middle(frame: Frame, outer: Iterable[Ring]) -> tuple[int, int]:
    """Where a name is written: the middle of the largest ring."""
    largest, found = -1.0, (0.0, 0.0)
    for ring in outer:
        area = x = y = 0.0
        for (ax, ay), (bx, by) in pairwise(ring):
            part = ax * by - bx * ay
            area, x, y = area + part, x + part * (ax + bx), y + part * (ay + by)
        if area and abs(area) > largest:
            largest, found = abs(area), (x / area / 3, y / area / 3)
    return frame.at(*found)


def dots(frame: Frame, places: Iterable[Position]) -> str:
    """A path of points, drawn by its round line caps; those that fall on one another are one, those outside are none."""
    at = sorted({frame.at(x, y) for x, y in places if frame.holds(x, y)})
    return "".join(f"M{x} {y}h0" for x, y in at)


@dataclass(frozen=True)
class Bands:
    """Even steps between the lowest and the highest value."""

    low: float
    high: float
    steps: int

    @classmethod
    def of(cls, values: Iterable[float | None]) -> "Bands | None":
        known = [value for value in values if value is not None]
        if not known:
            return None
        return cls(min(known), max(known), min(BANDS, len(set(known))))

    def band(self, value: float) -> int:
        """0 for the lowest."""
        if self.high == self.low:
            return 0
        return min(int((value - self.low) / (self.high - self.low) * self.steps), self.steps - 1)

    @property
    def bounds(self) -> list[tuple[float, float]]:
        step = (self.high - self.low) / self.steps
        return [(round(self.low + n * step, 1), round(self.low + (n + 1) * step, 1)) for n in range(self.steps)]
