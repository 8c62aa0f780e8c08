"""One way to every official document: numbered without gaps, its content frozen under its SM3, printed once, signed, kept."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.documents import pdf
from portal.documents.codes import code_of
from portal.documents.models import next_number
from portal.documents.reserve import redeem
from portal.documents.seal import seal_of
from portal.documents.verifying import verification_code
from portal.files import store
from portal.sm3 import sm3
from portal.tenancy.models import Organisation
from portal.tenancy.scope import current_tenant_id


@dataclass(frozen=True)
class Issued:
    """What whoever keeps the document stores of it; `content` names its print."""

    number: str
    content: dict[str, Any]
    digest: str
    verify_code: str


def issue(
    kind: str,
    organisation: Organisation,
    issued_on: date,
    content: Mapping[str, Any],
    photos: Sequence[tuple[bytes, str]] = (),
    *,
    reserved: int | None = None,
) -> Issued:
    """`reserved`: under a number that a device took along, for a paper that has been handed over already.

    Raises Refused where its 字轨 is not confirmed or the number is not to be had, BadInput where a character cannot be
    printed, Incomplete.
    """
    if reserved is None:
        text = numbered_as(organisation, kind, issued_on.year, next_number(organisation.pk, kind, issued_on.year))
        code = verification_code()
    else:
        row = redeem(reserved, organisation.pk, kind, issued_on.year)
        text, code = row.text, row.verify_code
    frozen = {
        **content,
        "organisation": organisation.name,
        "number": text,
        "issued_on": issued_on.isoformat(),
        "verify_code": code,
        "verify_url": verify_url(code),
    }
    digest = digest_of(frozen)
    seal = seal_of(current_tenant_id())
    label = {"electronic_seal": seal.label} if seal else {}
    printed = pdf.render(kind, {**frozen, "digest": digest, **label}, photos)
    if seal:
        printed = seal.sign(printed)
    return Issued(frozen["number"], frozen | {"pdf": store.keep([printed]).digest}, digest, code)


def numbered_as(organisation: Organisation, kind: str, year: int, number: int) -> str:
    """Raises Refused where the kind's 字轨 is not confirmed."""
    return f"（{organisation.short_name}）{code_of(kind)}〔{year}〕{number}号"


def verify_url(code: str) -> str:
    """What the QR code of a document says."""
    return settings.PORTAL_URL + reverse("verify", args=[code])


def digest_of(content: Mapping[str, Any]) -> str:
    """SM3 of what is printed; where the print lies is no part of it."""
    frozen = {name: value for name, value in content.items() if name != "pdf"}
    return sm3(json.dumps(frozen, ensure_ascii=False, sort_keys=True).encode())
