"""字轨: the characters of a document number that tell its kind.

What the catalog could verify is used as it stands; what it could not is off until a named person of the city confirms it with
its source. A city's own word goes before the catalog's.
"""

from dataclasses import dataclass

from portal.documents.contracts import TITLES
from portal.documents.models import DocumentCode
from portal.reference.files import rows
from portal.refusals import Refused

NUMBERED = (
    "inspection_plan",
    "inspection_record",
    "onsite_measures",
    "rectification_order",
    "recheck_opinion",
    "delivery_receipt",
    "commendation_decision",
    "criticism_circular",
    "interview_notice",
    "accountability_decision",
    "measure_revocation",
)
# What is no document of law enforcement stands in no national catalog.
UNLISTED = {"code_char": "", "verification": "不属于执法文书，没有统一字轨，由本市自定", "code_guess_unverified": ""}


@dataclass(frozen=True)
class Standing:
    """What one kind of document is numbered with now, and on whose word."""

    kind: str
    title: str
    code: str
    verification: str
    guess: str
    """Not verified and not used: what the catalog's authors remember."""
    confirmed: DocumentCode | None


def catalog() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in rows("enforcement_documents")}


def confirmed() -> dict[str, DocumentCode]:
    """The last word of each kind."""
    latest = DocumentCode.objects.order_by("kind", "-id").distinct("kind")
    return {code.kind: code for code in latest}


def standings() -> list[Standing]:
    known, own = catalog(), confirmed()
    return [
        Standing(
            kind,
            TITLES[kind],
            own[kind].characters if kind in own else known.get(TITLES[kind], UNLISTED)["code_char"],
            told(known.get(TITLES[kind], UNLISTED)["verification"]),
            known.get(TITLES[kind], UNLISTED)["code_guess_unverified"],
            own.get(kind),
        )
        for kind in NUMBERED
    ]


def told(verification: str) -> str:
    """The catalog's own mark (verified, memory) is for us; what stands behind it is for people."""
    mark, _, words = verification.partition(":")
    return words.strip() or {"verified": "已核实", "memory": "未核实"}.get(mark, verification)


def code_of(kind: str) -> str:
    """Raises Refused where nobody has confirmed it yet."""
    own = DocumentCode.objects.filter(kind=kind).order_by("-id").first()
    code = own.characters if own else catalog().get(TITLES[kind], UNLISTED)["code_char"]
    if not code:
        raise Refused(
            f"{TITLES[kind]}的字轨尚未核实，不能编号制发。请领导小组办公室在“文书字轨”中填写字轨和依据后再办理。"
        )
    return code
