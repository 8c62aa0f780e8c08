"""Loading an edition of a catalog, as the platform; what changed is the answer."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.reference.files import parsed
from portal.reference.models import Catalog, CatalogLine
from portal.reference.rules import Definition, Difference, Line, compare, lines_of
from portal.sm3 import sm3

followers: dict[str, Callable[[], str]] = {}
"""What an upper floor makes of a catalog once it is loaded, by the catalog's key; answers with a sentence."""

FIELDS = ("code", "title", "aliases", "cas", "group", "text", "source", "confidence", "words", "data")


@dataclass(frozen=True)
class Loaded:
    definition: Definition
    lines: int
    edition: int
    """The number of the edition that is now the newest (would be, in a dry run)."""
    is_new: bool
    difference: Difference


def load(definition: Definition, file: bytes, *, dry_run: bool = False) -> Loaded:
    """A new edition where file or heading differ from the newest one. Raises BadCatalog, and then writes nothing."""
    lines = lines_of(definition, parsed(file))
    heading = {name: getattr(definition, name) for name in ("title", "edition", "source", "note")}
    heading["digest"] = sm3(file)
    last = Catalog.objects.filter(key=definition.key).order_by("-number").first()
    if last and all(getattr(last, name) == value for name, value in heading.items()):
        return Loaded(definition, len(lines), last.number, False, Difference())
    number = last.number + 1 if last else 1
    difference = compare(lines_by_code(last) if last else {}, {line.code: line for line in lines})
    if not dry_run:
        edition = Catalog.objects.create(key=definition.key, number=number, **heading)
        CatalogLine.objects.bulk_create(
            CatalogLine(catalog=edition, **{name: getattr(line, name) for name in FIELDS}) for line in lines
        )
    return Loaded(definition, len(lines), number, True, difference)


def lines_by_code(edition: Catalog) -> dict[str, Line]:
    return {line.code: Line(**{name: getattr(line, name) for name in FIELDS}) for line in edition.lines.all()}
