"""What each page says about itself: texts kept as data in templates/help, by the names of addresses."""

import tomllib
from dataclasses import dataclass
from functools import cache

from django.conf import settings

FOLDER = settings.BASE_DIR / "templates/help"


@dataclass(frozen=True)
class Help:
    """`name` tells one text from another, `chapter` is the manual's for whoever reads it without a role."""

    name: str
    pages: tuple[str, ...]
    says: tuple[str, ...]
    title: str = "帮助"
    chapter: str = ""


@cache
def texts() -> dict[str, Help]:
    """Name of an address → its help, read once; two texts for one address are an error."""
    found: dict[str, Help] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for told in tomllib.loads(path.read_text("utf-8"))["help"]:
            pages, says = tuple(told.pop("pages")), tuple(told.pop("says").split("\n"))
            one = Help(pages[0], pages, tuple(line for line in says if line), **told)
            for page in pages:
                if page in found:
                    raise ValueError(f"{path.name}: {page} has a help already")
                found[page] = one
    return found
