"""Invented photographs for the demo: drawn scenes of a plant before and after, with a camera's time in their EXIF."""

import io
import random
from datetime import datetime

from PIL import Image, ImageDraw

SKY, GROUND, STEEL, RUST, PAINT = "#c9d6df", "#8d8f87", "#7b8a97", "#9a4b23", "#2f6f4e"


def picture(seed: int, *, mended: bool, taken_at: datetime) -> bytes:
    """A JPEG of 1280×960: tanks, a pipe with a flange, and either a leak or a mended, painted joint."""
    chance = random.Random(seed)  # noqa: S311 - scenery
    image = Image.new("RGB", (1280, 960), SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 640, 1280, 960], fill=GROUND)
    for _ in range(chance.randint(2, 4)):
        left, width, height = chance.randint(0, 1000), chance.randint(160, 300), chance.randint(220, 460)
        draw.rectangle([left, 640 - height, left + width, 640], fill=STEEL, outline="#55626d", width=4)
        draw.ellipse([left, 610 - height, left + width, 670 - height], fill="#90a0ad", outline="#55626d", width=4)
    y = chance.randint(560, 720)
    draw.rectangle([0, y, 1280, y + 60], fill=PAINT if mended else RUST, outline="#333333", width=3)
    x = chance.randint(300, 900)
    draw.rectangle([x, y - 30, x + 50, y + 90], fill="#4c5760", outline="#222222", width=3)
    for bolt in range(4):
        draw.ellipse([x + 12, y - 22 + bolt * 28, x + 38, y + bolt * 28], fill="#d5d9dc" if mended else "#5a3a28")
    if mended:
        draw.rectangle([x - 190, y - 150, x - 20, y - 60], fill="#f3f4f0", outline=PAINT, width=6)
        draw.line([x - 160, y - 105, x - 125, y - 78, x - 55, y - 138], fill=PAINT, width=10)
    else:
        for _ in range(60):
            drop_x, drop_y = x + chance.randint(-60, 110), y + chance.randint(60, 230)
            draw.ellipse([drop_x, drop_y, drop_x + 9, drop_y + 15], fill="#3d2b1f")
        draw.ellipse([x - 130, y + 210, x + 190, y + 262], fill="#3d2b1f")
    exif = Image.Exif()
    exif[0x0132] = exif[0x9003] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()
