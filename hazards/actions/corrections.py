"""更正: a document that was issued never changes; what was worded wrong is issued anew, names the old one and says why."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import timezone

from hazards import rules
from hazards.actions import tidings
from hazards.actions.moves import leave_steps
from hazards.actions.notices import make, two_signers
from hazards.models import Evidence, Hazard, Notice, Suspension
from hazards.queries.annex import followed, named
from portal.audit.record import note as audit
from portal.documents.contracts import CONTRACTS, CORRECTABLE, WORDS
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece

# What a document has of its own; the correction gets its own.
OWN = ("number", "issued_on", "organisation", "signers", "photos", "verify_code", "verify_url", "pdf")


def wording(notice: Notice) -> dict[str, tuple[str, str]]:
    """Name → (words, text as printed) of everything a correction may word anew; items are `items.0.description`, …"""
    whole, parts = CORRECTABLE[notice.kind]
    found = {name: (WORDS[name], notice.content.get(name, "")) for name in whole}
    for number, item in enumerate(notice.printed_items):
        found |= {
            f"items.{number}.{name}": (f"第{item.get('position', number + 1)}项　{WORDS[name]}", item.get(name, ""))
            for name in parts
        }
    return found


def may_be_blank(kind: str, name: str) -> bool:
    contract: Any = CONTRACTS[kind]
    if name.startswith("items."):
        return name.endswith((".place", ".basis"))
    return name not in contract.__required_keys__


@in_one_piece
def correct(notice_id: int, texts: Mapping[str, str], reason: str, second_id: int | None) -> Notice:
    """更正文书: a new number, the whole text, the old number and why; the old one stands on record as replaced.

    Deadlines stay as they are in force (延期 moves them). The enterprise signs anew for what it has to sign for. Raises BadInput,
    Refused, NotAllowed.
    """
    demand("notices.correct")
    hazards = list(Hazard.objects.select_for_update(of=("self",)).filter(notice_id=notice_id).order_by("pk"))
    old = (
        Notice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("enterprise", "organisation", "about")
        .filter(pk=notice_id)
        .first()
    )
    if old is None:
        raise Http404(f"notice {notice_id}")
    demand("notices.correct", old)
    if old.superseded_on:
        raise Refused(f"{old.number}已于{old.superseded_on}更正，请在更正后的文书上办理。")
    known = wording(old)
    if strange := set(texts) - set(known):
        raise BadInput(f"“{min(strange)}”不能在更正中修改。")
    changed = {name: text.strip() for name, text in texts.items() if text.strip() != known[name][1].strip()}
    for name, text in changed.items():
        if not text and not may_be_blank(old.kind, name):
            raise BadInput(f"“{known[name][0]}”不能为空。", field=name)
    if not changed:
        raise BadInput("没有改动。请在原文上修改写错的地方。")
    if not reason.strip():
        raise BadInput("请写明更正理由：原文书哪里写错、为什么。", field="reason")
    content = reworded(old, changed) | {"replaces": old.number, "correction": reason.strip()}
    open_ones = {hazard.pk: hazard for hazard in hazards if hazard.status in rules.OPEN}
    if old.kind == Notice.Kind.RECTIFICATION:
        for item in content["items"]:
            if hazard := open_ones.get(item.get("hazard_id")):
                item["deadline"] = hazard.deadline.isoformat()
    new = make(
        old.kind,
        old.enterprise,
        old.organisation,
        two_signers(second_id),
        timezone.localdate(),
        photos_of(old),
        content,
        old.about,
        replaces=old,
        visit_id=old.visit_id,
        awaited=[named(one) for one in followed(old) if one.came is None],
    )
    old.superseded_on = new.issued_on
    old.save(update_fields=["superseded_on"])
    follow_on(new, open_ones)
    audit("notices.correct", new, {"replaces": old.number, "changed": sorted(changed), "reason": reason.strip()})
    tidings.corrected(new, old)
    return new


def photos_of(old: Notice) -> list[Evidence]:
    """Those in its annex, and those that followed it since: the correction has them all in its own."""
    since = [one.came.pk for one in followed(old) if one.came]
    return list(Evidence.objects.filter(pk__in=[*old.photo_ids, *since]).order_by("hazard_id", "id"))


def reworded(old: Notice, changed: dict[str, str]) -> dict[str, Any]:
    content = {name: value for name, value in old.content.items() if name not in OWN}
    content["items"] = [dict(item) for item in old.printed_items]
    for name, text in changed.items():
        if name.startswith("items."):
            _, number, field = name.split(".")
            content["items"][int(number)][field] = text
        else:
            content[name] = text
    return content if content["items"] else {name: value for name, value in content.items() if name != "items"}


def follow_on(new: Notice, hazards: dict[int, Hazard]) -> None:
    """What the document ordered is from now on ordered by its correction, in its words."""
    if new.kind == Notice.Kind.RECTIFICATION:
        for item in new.printed_items:
            hazard = hazards.get(item["hazard_id"])
            if hazard:
                hazard.notice, hazard.revision = new, hazard.revision + 1
                for name in ("description", "place", "basis", "requirement"):
                    setattr(hazard, name, item.get(name, ""))
                hazard.save(update_fields=["notice", "revision", "description", "place", "basis", "requirement"])
        leave_steps(list(hazards.values()), "corrected", f"{new.replaces.number}更正为{new.number}")
    elif new.kind == Notice.Kind.MEASURES:
        Suspension.objects.filter(notice=new.replaces).update(
            notice=new, basis=new.content["basis"], measures=new.content["measures"]
        )
