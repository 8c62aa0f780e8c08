"""What the pages of 双随机 read."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from inspections.models import Draw, PlannedVisit
from inspections.models_draws import DrawNotice
from inspections.queries import certified_postings
from portal.tenancy.models import Organisation
from portal.tenancy.scope import who

PUBLIC_LISTED = 100


def draws() -> QuerySet[Draw]:
    return Draw.objects.select_related("district", "organisation").defer(
        "plants", "people", "avoided", "reasons", "result"
    )


def draw_or_404(pk: int) -> Draw:
    record = Draw.objects.select_related("district", "organisation").filter(pk=pk).first()
    if record is None:
        raise Http404(f"draw {pk}")
    return record


def drawing_bodies() -> list[Organisation]:
    """For whom the acting person may draw: the office for every body with certified inspectors, its own first."""
    bodies = Organisation.objects.filter(pk__in=certified_postings().values("organisation_id"))
    if who().scope != "city":
        bodies = bodies.filter(pk=who().organisation_id)
    return sorted(bodies, key=lambda one: (one.pk != who().organisation_id, one.name))


@dataclass(frozen=True)
class Drawn:
    """One plant of the result with its pair, and the planned visit that came of it."""

    name: str
    code: str
    pair: list[str]
    planned: PlannedVisit | None


@dataclass(frozen=True)
class DrawFile:
    draw: Draw
    drawn: list[Drawn]
    avoided: list[tuple[str, str, str]]
    """Person, plant or 全部企业, reason."""
    notice: DrawNotice | None
    """None of draws from before 公示."""


def draw_file(draw: Draw) -> DrawFile:
    plants = {one["id"]: one for one in draw.plants}
    people = {one["id"]: one["name"] for one in draw.people}
    planned = {one.enterprise_id: one for one in PlannedVisit.objects.filter(draw=draw)}
    drawn = [
        Drawn(
            plants[one["plant"]]["name"],
            plants[one["plant"]]["code"],
            [people[person] for person in one["pair"]],
            planned.get(one["plant"]),
        )
        for one in draw.result
    ]
    reasons = draw.reasons or [one["reason"] for one in draw.avoided]
    avoided = [
        (people[one["person"]], plants[one["plant"]]["name"] if one["plant"] else "全部企业", reason)
        for one, reason in zip(draw.avoided, reasons, strict=True)
    ]
    return DrawFile(draw, drawn, avoided, DrawNotice.objects.filter(draw=draw).first())


@dataclass(frozen=True)
class PublicFile:
    """What anybody is shown of a draw: `plants` are those the word finds, `more` how many of them are not listed."""

    notice: DrawNotice
    drawn: list[Drawn]
    people: list[dict]
    plants: list[dict]
    more: int
    word: str


def public_file(notice: DrawNotice, word: str) -> PublicFile:
    plants = {one["id"]: one for one in notice.plants}
    people = {one["id"]: one["name"] for one in notice.people}
    drawn = [
        Drawn(
            plants[one["plant"]]["name"], plants[one["plant"]]["code"], [people[person] for person in one["pair"]], None
        )
        for one in notice.result
    ]
    avoids: dict[int, list[str]] = {}
    for one in notice.avoided:
        avoids.setdefault(one["person"], []).append(plants[one["plant"]]["name"] if one["plant"] else "全部企业")
    word = word.strip()
    found = [one for one in notice.plants if word in one["name"] or word == one["code"]]
    listed = [one | {"avoids": avoids.get(one["id"], [])} for one in notice.people]
    return PublicFile(notice, drawn, listed, found[:PUBLIC_LISTED], max(0, len(found) - PUBLIC_LISTED), word)


def export_of_draw(draw: Draw | DrawNotice) -> dict:
    """What tools/redraw.py repeats it from."""
    names = ("title", "size", "seed", "digest", "plants", "people", "avoided", "result")
    return {name: getattr(draw, name) for name in names}
