"""江州市's invented boundaries: five districts along a river and a coast, around the plants of the sample ledger."""

import json
import random
from math import pi, sin

from django.core.files.base import ContentFile

Position = tuple[float, float]
WEST, EAST, SOUTH, NORTH = 118.93, 119.86, 25.64, 26.36
STEPS = 60


def wavy(start: Position, end: Position, *, swing: float, seed: int) -> list[Position]:
    """A line from one place to another as rivers and borders run: the same for the same seed, ends included."""
    draw = random.Random(seed)  # noqa: S311
    waves = [(draw.uniform(0.3, 1.0), draw.uniform(0, 2 * pi), n) for n in (1, 2, 3, 5, 8, 13)]
    (x1, y1), (x2, y2) = start, end
    found = []
    for step in range(STEPS + 1):
        along = step / STEPS
        # Fades to nothing at both ends, so that lines meet.
        off = swing * sin(pi * along) * sum(size / n * sin(2 * pi * n * along + turn) for size, turn, n in waves)
        found.append(
            (round(x1 + (x2 - x1) * along - (y2 - y1) * off, 6), round(y1 + (y2 - y1) * along + (x2 - x1) * off, 6))
        )
    return found


def boundaries() -> dict:
    """GeoJSON in WGS-84. 江 runs from west to east: 江北区 and 云溪县 north of it, 江南区 and 滨海县 south, the park at its mouth."""
    sw, se, ne, nw = (WEST, SOUTH), (EAST, SOUTH), (EAST, NORTH), (WEST, NORTH)
    source, fork, mouth = (WEST, 26.0), (119.38, 26.02), (119.62, 25.96)
    north, south = (119.36, NORTH), (119.3, SOUTH)
    upper, lower = (EAST, 26.1), (EAST, 25.84)
    river = wavy(source, fork, swing=0.06, seed=1)
    stream = wavy(fork, mouth, swing=0.08, seed=2)
    arms = wavy(mouth, upper, swing=0.07, seed=3), wavy(mouth, lower, swing=0.07, seed=4)
    hills, fields = wavy(fork, north, swing=0.09, seed=5), wavy(fork, south, swing=0.07, seed=6)
    coast = [
        wavy(se, lower, swing=0.05, seed=7),
        wavy(lower, upper, swing=0.05, seed=8),
        wavy(upper, ne, swing=0.05, seed=9),
    ]
    rim = {
        "south_west": wavy(sw, south, swing=0.03, seed=10),
        "south_east": wavy(south, se, swing=0.03, seed=11),
        "north_east": wavy(ne, north, swing=0.03, seed=12),
        "north_west": wavy(north, nw, swing=0.03, seed=13),
        "west_north": wavy(nw, source, swing=0.03, seed=14),
        "west_south": wavy(source, sw, swing=0.03, seed=15),
    }
    outlines = {
        "江南区": [rim["south_west"], back(fields), back(river), rim["west_south"]],
        "江北区": [river, hills, rim["north_west"], rim["west_north"]],
        "云溪县": [stream, arms[0], coast[2], rim["north_east"], back(hills)],
        "滨海县": [fields, rim["south_east"], coast[0], back(arms[1]), back(stream)],
        "石化工业园区": [arms[1], coast[1], back(arms[0])],
    }
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": name},
                "geometry": {"type": "Polygon", "coordinates": [[at for line in lines for at in line]]},
            }
            for name, lines in outlines.items()
        ],
    }


def back(line: list[Position]) -> list[Position]:
    return line[::-1]


def upload() -> ContentFile:
    return ContentFile(json.dumps(boundaries(), ensure_ascii=False).encode(), name="江州市区县边界.geojson")
