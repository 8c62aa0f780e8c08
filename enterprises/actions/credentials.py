"""证照: entered, corrected, renewed and ended. The ledger's own licence is changed in the ledger alone."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from enterprises.models import Credential, Enterprise
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece, who

FACTS = ("kind", "title", "holder", "number", "issuer", "valid_from", "valid_until", "review_due", "note")
RENEWED = ("number", "issuer", "valid_from", "valid_until", "review_due", "note")
YEARS = range(1990, 2100)


def locked(credential_id: int) -> Credential:
    """Raises Refused for the ledger's licence and for what has been ended or renewed."""
    demand("responsible.edit")
    credential = (
        Credential.objects.select_for_update(of=("self",)).select_related("enterprise").filter(pk=credential_id).first()
    )
    if credential is None:
        raise Http404(f"credential {credential_id}")
    if credential.from_ledger:
        raise Refused("这张许可证来自企业台账：请在企业资料里修改编号和有效期，这里随之更新。")
    if credential.ended_on or credential.renewed_on:
        raise Refused("这张证照已经注销或换证，只留作记录，不能再改。")
    return credential


def add_credential(enterprise_id: int, told: Mapping[str, Any]) -> Credential:
    """登记证照. Raises BadInput."""
    demand("responsible.edit")
    enterprise = Enterprise.objects.filter(pk=enterprise_id).first()
    if enterprise is None:
        raise Http404(f"enterprise {enterprise_id}")
    credential = Credential(enterprise=enterprise, by_name=who().person_name)
    put(credential, told, FACTS)
    if is_the_ledgers(credential):
        raise BadInput("台账里已有这个编号的许可证，它已在清单中，不用再登记。", field="number")
    store(credential)
    audit("credentials.add", enterprise, described(credential))
    return credential


def change_credential(credential_id: int, told: Mapping[str, Any], *, revision: int | None = None) -> list[str]:
    """更正; returns the labels of what changed. Raises BadInput, and Refused where somebody else changed it meanwhile."""
    credential = locked(credential_id)
    before = {name: getattr(credential, name) for name in FACTS}
    changed = [name for name in FACTS if name in told and told[name] != before[name]]
    if not changed:
        return []
    fresh(credential, revision)
    put(credential, told, FACTS)
    credential.revision += 1
    store(credential)
    audit(
        "credentials.change",
        credential.enterprise,
        described(credential)
        | {name: [str(before[name] or ""), str(getattr(credential, name) or "")] for name in changed},
    )
    return [str(Credential._meta.get_field(name).verbose_name) for name in changed]


@in_one_piece
def renew_credential(credential_id: int, told: Mapping[str, Any], *, revision: int | None = None) -> Credential:
    """换证、延期或复审: a new validity beside the old one, which stays on record. Raises BadInput, Refused."""
    old = locked(credential_id)
    fresh(old, revision)
    new = Credential(enterprise=old.enterprise, renews=old, by_name=who().person_name)
    put(
        new,
        {name: getattr(old, name) for name in FACTS} | {name: told[name] for name in RENEWED if name in told},
        FACTS,
    )
    if earliest(new) is None or (old.due and earliest(new) <= old.due):
        raise BadInput(f"新的有效期须晚于原来的到期日{old.due or ''}；只是写错了，请用“更正”。", field="valid_until")
    old.renewed_on = timezone.localdate()
    old.revision += 1
    old.save(update_fields=["renewed_on", "revision"])
    store(new)
    days = {"from": str(old.due or ""), "to": str(earliest(new))}
    audit("credentials.renew", old.enterprise, described(new) | days)
    return new


def end_credential(credential_id: int, ended_on: date, *, note: str = "", revision: int | None = None) -> Credential:
    """注销或离岗: it stays on record and is no longer counted or reminded of. Raises BadInput, Refused."""
    credential = locked(credential_id)
    fresh(credential, revision)
    if not date(YEARS[0], 1, 1) <= ended_on <= timezone.localdate():
        raise BadInput("注销或离岗日期不能晚于今天，请检查年份。", field="ended_on")
    credential.ended_on = ended_on
    credential.note = note.strip() or credential.note
    credential.revision += 1
    credential.save(update_fields=["ended_on", "note", "revision"])
    audit(
        "credentials.end", credential.enterprise, described(credential) | {"ends": f"{ended_on}", "note": note.strip()}
    )
    return credential


def fresh(credential: Credential, revision: int | None) -> None:
    if revision not in (None, credential.revision):
        raise Refused("这张证照刚刚被他人修改，请核对后再提交，您填写的内容仍在下面。")


def put(credential: Credential, told: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Take what was told and check the whole. Raises BadInput."""
    for name in names:
        if name in told:
            value = told[name]
            setattr(credential, name, value.strip() if isinstance(value, str) else value)
    check(credential)


def check(credential: Credential) -> None:
    for field, word in (("title", "名称或作业类别"), ("number", "证号")):
        if not getattr(credential, field):
            raise BadInput(f"请填写{word}。", field=field)
    if credential.kind != Credential.Kind.LICENCE and not credential.holder:
        raise BadInput("人员证书请填写持证人。", field="holder")
    if credential.kind == Credential.Kind.SPECIAL and not credential.valid_until:
        raise BadInput("特种作业操作证请填写有效期至（证载日期）。", field="valid_until")
    for field in ("valid_from", "valid_until", "review_due"):
        day = getattr(credential, field)
        if day and day.year not in YEARS:
            raise BadInput("日期的年份看起来不对，请检查。", field=field)
    start, until, review = credential.valid_from, credential.valid_until, credential.review_due
    if start and until and until < start:
        raise BadInput("有效期至不能早于有效期自。", field="valid_until")
    if review and until and review > until:
        raise BadInput("应复审日期不能晚于有效期至。", field="review_due")


def earliest(credential: Credential) -> date | None:
    """What the database will keep as `due`."""
    return min((day for day in (credential.valid_until, credential.review_due) if day), default=None)


def is_the_ledgers(credential: Credential) -> bool:
    return (
        credential.kind == Credential.Kind.LICENCE
        and Credential.objects.filter(
            enterprise=credential.enterprise, from_ledger=True, number=credential.number
        ).exists()
    )


def described(credential: Credential) -> dict[str, str]:
    return {"kind": credential.get_kind_display(), "title": str(credential), "number": credential.number}


def store(credential: Credential) -> None:
    """Save, and say in words which one is there already."""
    try:
        with transaction.atomic():
            credential.save()
    except IntegrityError as fault:
        raise BadInput(
            "这张证照（同种类、同名称、同证号）已经登记，请更正或续期已有的那一条。", field="number"
        ) from fault
