"""核验: whether a document is genuine and unchanged, for anyone who holds its code. Each floor says which of its records are documents."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.documents.models import ReservedNumber
from portal.files import store
from portal.sm3 import sm3
from portal.tenancy.scope import public_scope

# code → the record: tenant_id, title, number, issued_on, content, digest, superseded_on. Asked behind the wall of that one code.
keepers: list[Callable[[str], Any | None]] = []


def verification_code() -> str:
    return secrets.token_urlsafe(16)


def may_be_code(text: str) -> bool:
    """Whether it looks like one: what does not is asked of no database, which cannot even hear of some characters."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text) is not None


@dataclass(frozen=True)
class Verdict:
    """What stands beside the code on the paper, and whether it is still what was issued; nothing of what the document says."""

    title: str
    number: str
    organisation: str
    issued_on: date
    digest: str
    unchanged: bool
    superseded_on: date | None
    pdf: str

    def same_file(self, content: bytes) -> bool:
        """Whether this is, byte for byte, the print that was issued."""
        return sm3(content) == self.pdf


def verdict_on(code: str) -> Verdict | None:
    """None where no document has that code."""
    from portal.documents.issuing import digest_of

    if not may_be_code(code):
        return None
    with public_scope(code):
        record = next((found for keeper in keepers if (found := keeper(code))), None)
    if record is None:
        return None
    pdf = record.content.get("pdf", "")
    try:
        store.open_kept(pdf, store.room_of(record.tenant_id))
        kept = True
    except (store.Damaged, AssertionError):
        kept = False
    return Verdict(
        record.title,
        record.number,
        record.content["organisation"],
        record.issued_on,
        record.digest,
        kept and digest_of(record.content) == record.digest,
        record.superseded_on,
        pdf,
    )


def on_its_way(code: str) -> ReservedNumber | None:
    """The number of a paper that a device without signal has handed over, or may hand over, and not yet sent in."""
    if not may_be_code(code):
        return None
    with public_scope(code):
        return ReservedNumber.objects.filter(verify_code=code, state="reserved").first()
