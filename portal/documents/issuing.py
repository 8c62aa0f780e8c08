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
) -> Issued:
    """Raises Refused where its 字轨 is not confirmed, BadInput where a character cannot be printed, Incomplete."""
    characters = code_of(kind)
    number = next_number(organisation.pk, kind, issued_on.year)
    code = verification_code()
    frozen = {
        **content,
        "organisation": organisation.name,
        "number": f"（{organisation.short_name}）{characters}〔{issued_on.year}〕{number}号",
        "issued_on": issued_on.isoformat(),
        "verify_code": code,
        "verify_url": settings.PORTAL_URL + reverse("verify", args=[code]),
    }
    digest = digest_of(frozen)
    seal = seal_of(current_tenant_id())
    label = {"electronic_seal": seal.label} if seal else {}
    printed = pdf.render(kind, {**frozen, "digest": digest, **label}, photos)
    if seal:
        printed = seal.sign(printed)
    return Issued(frozen["number"], frozen | {"pdf": store.keep([printed]).digest}, digest, code)


def digest_of(content: Mapping[str, Any]) -> str:
    """SM3 of what is printed; where the print lies is no part of it."""
    frozen = {name: value for name, value in content.items() if name != "pdf"}
    return sm3(json.dumps(frozen, ensure_ascii=False, sort_keys=True).encode())
