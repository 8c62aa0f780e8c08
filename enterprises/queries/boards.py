"""公示牌: what stands on the board beside an installation's warning sign, for the screen and for the print."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from enterprises.gb18218_tables import tables
from enterprises.models import Holding, MajorLevel
from enterprises.queries.people import Place, Responsibility, responsibility
from enterprises.rules.key import NAMED
from portal.permissions import may

WITHHELD = "（无权查看）"
SHORT = "short"


@dataclass
class BoardPlace:
    """One of the three; without a person their place on the board is a marked blank."""

    label: str
    name: str
    post: str
    phone: str
    duties: list[str]

    @property
    def vacant(self) -> bool:
        return not self.name


@dataclass
class Board:
    file: Responsibility
    places: list[BoardPlace]
    substances: list[str]
    printed_on: date

    @property
    def level(self) -> str:
        worst = self.file.unit.worst_level
        return MajorLevel(worst).label if worst else "等级待定"

    def as_document(self) -> dict[str, Any]:
        """As portal.documents prints it (contracts.NoticeBoard)."""
        unit = self.file.unit
        return {
            "enterprise": unit.enterprise.name,
            "unit": unit.name,
            "level": self.level,
            "issued_on": self.printed_on.isoformat(),
            "substances": self.substances,
            "places": [
                {"label": one.label, "name": one.name, "post": one.post, "phone": one.phone, "duties": one.duties}
                for one in self.places
            ],
        }


def board(pk: int) -> Board:
    """As of today: whoever is in office today, and nobody who was or will be."""
    file = responsibility(pk)
    holdings = list(Holding.objects.filter(unit=file.unit).order_by("id"))
    return Board(file, [placed(place) for place in file.places], named(holdings), timezone.localdate())


def placed(place: Place) -> BoardPlace:
    duties = [line.data[SHORT] for line in place.lines]
    if place.current is None:
        return BoardPlace(place.duty.label, "", "", "", duties)
    phone = place.current.phone if may("enterprises.contacts") else WITHHELD
    return BoardPlace(place.duty.label, place.current.name, place.current.post, phone, duties)


def named(holdings: list[Holding]) -> list[str]:
    """What it holds and why that is dangerous, as far as it is known; of many the first ones and how many there are."""
    found = list(dict.fromkeys(said(holding) for holding in holdings))
    return found if len(found) <= NAMED else [*found[:NAMED], f"等{len(found)}种"]


def said(holding: Holding) -> str:
    classes = [tables().classes[symbol].text for symbol in holding.symbols if symbol in tables().classes]
    marks = (["重点监管危险化学品"] if holding.key_chemical_seq else []) + classes
    return f"{holding.substance}（{'；'.join(marks)}）" if marks else holding.substance
