"""How alike two entries of the ledger are, and which of many are worth a person's look. Proposals only: people decide.

The weights say how much each likeness speaks for one and the same plant; from PROPOSED on a pair is shown. A name that is the same but
for the place and the kind of company, or the same licence, is enough alone; an address or a telephone never is, because a park's
plants share the one and a consultant's clients the other.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import cos, floor, hypot, radians

NAME, NAME_NEAR, LICENCE, ADDRESS, ADDRESS_NEAR, PHONE, PLACE = 60, 40, 60, 40, 25, 30, 25
PROPOSED = 60
NEAR_METRES = 100
METRES_A_DEGREE = 111_320
NORTHERN_END = cos(radians(54))
# A block larger than this (a park that is everybody's address) is not compared pair by pair; it is named instead.
MOST_IN_A_BLOCK = 60

NOISE = re.compile(r"[\W_]+")
ENDING = re.compile(r"(?:集团)?(?:股份)?(?:有限责任|有限|责任)?(?<![分子])公司$|(?:集团|股份)$")
PROVINCE = re.compile(r"^[^\d省]{2,3}省|^[^\d区]{2,3}自治区|^(?:北京|上海|天津|重庆)市")
# What a name says of the trade tells no two plants apart.
TRADE = re.compile(
    r"精细|石油|石化|化工|化学|化肥|农药|医药|制药|药业|药物|生物|新材料|材料|涂料|助剂|树脂|塑料|橡胶|气体|燃气|油气|"
    r"能源|仓储|物流|运输|储运|危货|危险品|危化品|贸易|商贸|科技|技术|工业|实业|发展|制品|产品|工程|环保"
)
DOOR = re.compile(r"\d+")


@dataclass(frozen=True)
class Entry:
    """What one enterprise is compared by. Longitude and latitude in degrees of the coordinate system named."""

    name: str
    address: str = ""
    phones: tuple[str, ...] = ()
    licence_no: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    system: str = ""
    places: tuple[str, ...] = ()
    """The city's and its districts' names, long and short, longest first: they tell no two plants apart."""

    @cached_property
    def folded(self) -> str:
        return fold(self.name)

    @cached_property
    def core(self) -> str:
        """The name without place and kind of company: 江州市甲化工有限责任公司 → 甲化工."""
        name = ENDING.sub("", self.folded)
        return without_places(name, self.places, keep=distinctive) or self.folded

    @cached_property
    def where(self) -> str:
        return without_places(fold(self.address), self.places, keep=bool)

    @cached_property
    def licence(self) -> str:
        licence = fold(self.licence_no)
        return licence if len(licence) >= 6 else ""

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        digits = (re.sub(r"\D", "", fold(phone)).removeprefix("86") for phone in self.phones)
        return tuple(dict.fromkeys(one for one in digits if len(one) >= 7))


@dataclass(frozen=True)
class Likeness:
    """0 to 100, and why, in sentences a person reads."""

    score: int
    reasons: tuple[str, ...]


def fold(text: str) -> str:
    """Width, case, spaces, brackets and punctuation do not tell two apart."""
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def without_places(text: str, places: Sequence[str], *, keep: Callable[[str], bool]) -> str:
    """Take province, city and district off the front, as long as what is left still says something."""
    while True:
        rest = next((text[len(place) :] for place in places if text.startswith(place)), None)
        if rest is None:
            rest = PROVINCE.sub("", text)
        if rest == text or not keep(rest):
            return text
        text = rest


def distinctive(name: str) -> bool:
    return bool(TRADE.sub("", name))


def likeness(one: Entry, other: Entry) -> Likeness:
    """How alike two entries are, with every reason that adds to it."""
    found = [*name_alike(one, other), *address_alike(one, other)]
    if one.licence and one.licence == other.licence:
        found.append((LICENCE, "许可证编号相同"))
    if set(one.numbers) & set(other.numbers):
        found.append((PHONE, "联系电话相同"))
    metres = distance(one, other)
    if metres is not None and metres <= NEAR_METRES:
        found.append((PLACE, f"坐标相距约{round(metres)}米"))
    return Likeness(min(100, sum(weight for weight, _ in found)), tuple(reason for _, reason in found))


def name_alike(one: Entry, other: Entry) -> Iterator[tuple[int, str]]:
    if one.folded == other.folded:
        yield NAME, "名称相同"
    elif one.core == other.core:
        yield NAME, "名称相同（不计地名和公司类型）"
    elif one_apart(one.core, other.core):
        yield NAME_NEAR, "名称只差一字"


def address_alike(one: Entry, other: Entry) -> Iterator[tuple[int, str]]:
    if not one.where or not other.where:
        return
    if one.where == other.where:
        # Without a number it is a road or a park, and many are there.
        yield (ADDRESS, "地址相同") if DOOR.search(one.where) else (ADDRESS_NEAR, "地址相同（未写门牌号）")
    elif one_apart(one.where, other.where, least=6) or contained(one.where, other.where):
        yield ADDRESS_NEAR, "地址相近"


def contained(one: str, other: str) -> bool:
    """The one says more than the other, of the same door: 化工路12号 and 园区化工路12号3幢."""
    short, long = sorted((one, other), key=len)
    if len(short) < 6 or door(short) != door(long) or not door(short):
        return False
    return long.startswith(short) or long.endswith(short)


def one_apart(one: str, other: str, *, least: int = 3) -> bool:
    """One character more, less or other, or two neighbours swapped; numbers must be the same (12号 is not 13号)."""
    short, long = sorted((one, other), key=len)
    if short == long or len(short) < least or len(long) - len(short) > 1 or digits(short) != digits(long):
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = short[start + 1 : start + 2] + short[start : start + 1]
    return short[start + 1 :] == long[start + 1 :] or swapped + short[start + 2 :] == long[start:]


def digits(text: str) -> list[str]:
    return DOOR.findall(text)


def door(address: str) -> str:
    """The first number of an address; blank where it has none."""
    found = DOOR.search(address)
    return found[0] if found else ""


def distance(one: Entry, other: Entry) -> float | None:
    """Metres apart; None where either says nothing or the two speak of different systems."""
    if None in (one.longitude, one.latitude, other.longitude, other.latitude) or one.system != other.system:
        return None
    north = float(one.latitude - other.latitude)  # type: ignore[operator]
    east = float(one.longitude - other.longitude) * cos(radians(float(one.latitude)))  # type: ignore[operator,arg-type]
    return hypot(north, east) * METRES_A_DEGREE


@dataclass(frozen=True)
class Search:
    """Pairs worth a look, the likeliest first, and the blocks that were too large to compare."""

    pairs: list[tuple[int, int, Likeness]]
    skipped: list[tuple[str, int]]
    """What all of the block share, and how many they are."""


def search(entries: Sequence[Entry]) -> Search:
    """Compare those that share a key; a pair that shares none cannot reach PROPOSED.

    Cost: one pass that gives each entry some fifteen keys, then the pairs inside each block of at most MOST_IN_A_BLOCK;
    100,000 entries of one city take about ten seconds of one core.
    """
    blocks: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        for key in keys(entry):
            blocks[key].append(number)
    tried: set[tuple[int, int]] = set()
    pairs: list[tuple[int, int, Likeness]] = []
    skipped: list[tuple[str, int]] = []
    for key, members in blocks.items():
        if len(members) > MOST_IN_A_BLOCK:
            skipped.append((said(key), len(members)))
            continue
        for place, first in enumerate(members):
            for second in members[place + 1 :]:
                if (first, second) not in tried:
                    tried.add((first, second))
                    alike = likeness(entries[first], entries[second])
                    if alike.score >= PROPOSED:
                        pairs.append((first, second, alike))
    pairs.sort(key=lambda pair: (-pair[2].score, pair[0], pair[1]))
    return Search(pairs, sorted(skipped, key=lambda one: -one[1]))


WORDS = {
    "name": "名称",
    "licence": "许可证编号",
    "phone": "联系电话",
    "address": "地址",
    "near": "门牌号和相近名称",
    "place": "位置",
}


def keys(entry: Entry) -> set[str]:
    """What an entry is looked up by: name, licence, address, telephones, place; and for a name one character away, what is
    left of it with any one character out, together with the number in the address."""
    found = {f"name {entry.core}"}
    if entry.licence:
        found.add(f"licence {entry.licence}")
    found.update(f"phone {number}" for number in entry.numbers)
    if entry.where:
        found.add(f"address {entry.where}")
        if len(entry.core) >= 3:
            at = door(entry.where)
            found.add(f"near {at} {entry.core}")
            found.update(f"near {at} {entry.core[:n]}{entry.core[n + 1 :]}" for n in range(len(entry.core)))
    found.update(f"place {cell}" for cell in cells(entry))
    return found


def cells(entry: Entry) -> Iterator[str]:
    """Squares of twice NEAR_METRES in four grids shifted by half: any two points that near share one of them."""
    if entry.latitude is None or entry.longitude is None:
        return
    side = 2 * NEAR_METRES / METRES_A_DEGREE
    north = float(entry.latitude) / side
    # One width for all, so that neighbours are cut alike: that of China's northern end, wide enough everywhere else.
    east = float(entry.longitude) / side * NORTHERN_END
    for up in (0.0, 0.5):
        for right in (0.0, 0.5):
            yield f"{entry.system} {floor(north + up)} {floor(east + right)} {up} {right}"


def said(key: str) -> str:
    kind, _, what = key.partition(" ")
    return f"{WORDS[kind]}“{what}”"
