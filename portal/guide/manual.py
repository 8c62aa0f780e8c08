"""The manual: one chapter for each main kind of user, kept as data in templates/manual, its pictures in static/manual."""

import tomllib
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from PIL import Image

FOLDER = settings.BASE_DIR / "templates/manual"
PICTURES = settings.BASE_DIR / "static/manual"


@dataclass(frozen=True)
class Step:
    """`pages` are the addresses whose help leads here."""

    key: str
    heading: str
    says: tuple[str, ...]
    picture: str
    size: tuple[int, int] | None
    shows: str
    stuck: tuple[str, ...]
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    kind: str
    title: str
    who: str
    roles: tuple[str, ...]
    screen: str
    begins: str
    steps: tuple[Step, ...]

    def place_of(self, page: str) -> str:
        """The anchor of the step that is about a page; empty where none is."""
        return next((step.key for step in self.steps if page in step.pages), "")


def size_of(kind: str, picture: str) -> tuple[int, int] | None:
    """So that the page does not move while its pictures arrive; none where it has not been taken yet."""
    path = PICTURES / kind / f"{picture}.webp"
    if not path.exists():
        return None
    with Image.open(path) as image:
        return image.size


@cache
def chapters() -> dict[str, Chapter]:
    """Kind → chapter, in the order of the files' own numbers, read once."""
    found = []
    for path in FOLDER.glob("*.toml"):
        told = tomllib.loads(path.read_text("utf-8"))
        kind = path.stem
        steps = tuple(
            Step(
                key=one["key"],
                heading=one["heading"],
                says=tuple(one["says"].strip().split("\n")),
                picture=one["key"],
                size=size_of(kind, one["key"]),
                shows=one["shows"],
                stuck=tuple(one["stuck"].strip().split("\n")),
                pages=tuple(one.get("pages", ())),
            )
            for one in told["steps"]
        )
        found.append(
            (
                told["number"],
                Chapter(kind, told["title"], told["who"], tuple(told["roles"]), told["screen"], told["begins"], steps),
            )
        )
    return {chapter.kind: chapter for _, chapter in sorted(found, key=lambda one: one[0])}


def chapter_for(role: str) -> Chapter | None:
    """The chapter for whoever acts in a role; those without one of their own read what they like."""
    return next((chapter for chapter in chapters().values() if role in chapter.roles), None)
