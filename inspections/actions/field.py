"""外出检查: what was taken along, done in the plant without signal, and brought home. The rules are those of a visit at the desk."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.actions import moves, notices
from hazards.actions.evidence import add_evidence
from hazards.models import Evidence, Hazard, Notice
from inspections.actions.answers import EXTRA
from inspections.actions.visits import record_visit
from inspections.models import Answer, Visit
from inspections.models_field import FieldFile, FieldRecord
from inspections.queries_field import SALT, digest_of, facts_of, standing
from portal.audit.record import note as audit
from portal.documents.issuing import numbered_as
from portal.documents.models import ReservedNumber
from portal.documents.reserve import give_back, reserve
from portal.documents.verifying import verification_code
from portal.files import images, quarantine, sounds, store
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.sm3 import sm3
from portal.tenancy.login import who_in
from portal.tenancy.models import Organisation, Posting
from portal.tenancy.scope import current_tenant_id, enter, in_one_piece, who
from portal.uploads.actions import taken
from portal.uploads.models import Upload

PARTS = {"lead": "主办人员", "second": "协办人员", "enterprise": "企业"}
KIND = Notice.Kind.RECTIFICATION
MOST_SIGNATURE = 200_000
OTHER_FILE = "收到的文件与检查记录中登记的SM3不一致，没有保存。请从原设备重新发送。"


class Changed(Refused):
    """The record here is no longer what the device took along; `both` lays the two beside each other for a person to decide."""

    code = "changed"

    def __init__(self, both: list[dict[str, Any]]):
        super().__init__("外出期间平台上的记录有变动，请对照后决定按哪一份办理。您的记录仍在设备上。")
        self.both = both


class OtherContent(Refused):
    code = "other_content"


def reserve_numbers(device: UUID, hold: int) -> list[ReservedNumber]:
    """预留文号 for 责令限期整改指令书 of this year; see portal/documents/reserve.py."""
    demand("hazards.issue")
    organisation = Organisation.objects.get(pk=who().organisation_id)
    year = timezone.localdate().year
    return reserve(
        KIND,
        year,
        device,
        hold,
        text=lambda number: numbered_as(organisation, KIND, year, number),
        code=verification_code,
    )


def return_numbers(device: UUID, ids: Iterable[int]) -> int:
    demand("hazards.issue")
    return give_back(device, ids)


def one_at_a_time(key: UUID) -> None:
    """A device that gave up waiting and asks again finds the first request's outcome, not its half."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('field'), hashtext(%s))", [str(key)])


def received_before(key: UUID, digest: str) -> FieldRecord | None:
    """The record this key has made already. Raises OtherContent where it was made of something else."""
    first = FieldRecord.objects.filter(visit__key=key, person_id=who().person_id).select_related("visit").first()
    if first is not None and first.digest != digest:
        raise OtherContent("这次检查已经收到，内容与现在发来的不同。平台上的记录没有改动，请到平台上核对。")
    return first


@in_one_piece
def receive_visit(sent: dict[str, Any], digest: str, brought_by: str = "") -> FieldRecord:
    """收下外出检查: the visit, its hazards, the notice under its reserved number, signatures and rechecks, all of it or nothing.

    `sent` as api_field.FieldVisitSerializer has checked it; `digest` is the SM3 of the bytes that came. The same sent twice is
    one record. Raises Changed where plant or rechecked hazards are no longer as they were taken along and nobody has decided.
    """
    demand("visits.conduct")
    one_at_a_time(sent["key"])
    if first := received_before(sent["key"], digest):
        return first
    taken = taken_along(sent["pack"], sent["enterprise"])
    enterprise = Enterprise.objects.select_related("district").filter(pk=sent["enterprise"]).first()
    if enterprise is None:
        raise Http404(f"enterprise {sent['enterprise']}")
    decided = undecided_refused(enterprise, taken, sent)
    visit = record_visit(
        enterprise,
        key=sent["key"],
        second_id=sent["second"],
        subject=sent["subject"],
        visited_on=timezone.localdate(sent["began_at"]),
        met_with=sent["met_with"],
        summary=sent["summary"],
        answers=sent["answers"],
        action_id=sent["action"],
        edition=sent["edition"],
        shown=sent["shown"],
    )
    announce(visit, sent["files"])
    notice = hand_over(visit, taken, sent) if sent.get("notice") else None
    for recheck in sent["rechecks"]:
        revision = sent["decided_hazards"].get(str(recheck["hazard"]), recheck["revision"])
        if recheck["verdict"] == "accept":
            moves.accept(recheck["hazard"], sent["second"], recheck["note"], revision=revision)
        else:
            moves.send_back(recheck["hazard"], recheck["note"], revision=revision)
    record = FieldRecord(
        enterprise=enterprise,
        visit=visit,
        device=sent["device"],
        person_id=who().person_id,
        began_at=sent["began_at"],
        sealed_at=sent["sealed_at"],
        brought_by=brought_by,
        digest=digest,
        remark=sent["remark"],
        notice=notice,
        signatures=[kept_signature(one) for one in sent["signatures"]],
        refused=sent["refused"],
        witness=sent["witness"],
        decided=decided,
    )
    record.save()
    audit(
        "field.receive",
        visit,
        {"digest": digest, "notice": notice and notice.number, "decided": decided, "brought_by": brought_by},
        label=f"{enterprise}{visit}",
    )
    return record


def taken_along(pack: str, enterprise_id: int) -> dict[str, Any]:
    """What the portal gave out for this plant, by its own signature. Raises BadInput."""
    try:
        taken = signing.loads(pack, salt=SALT)
    except signing.BadSignature as forged:
        raise BadInput("外出资料的凭证不对，请重新带走这家企业的资料。", field="pack") from forged
    if (taken["tenant"], taken["enterprise"]) != (current_tenant_id(), enterprise_id):
        raise BadInput("外出资料不是这家企业的，请重新带走。", field="pack")
    return taken


def undecided_refused(enterprise: Enterprise, taken: dict, sent: dict[str, Any]) -> list[dict[str, Any]]:
    """What had changed and was decided by a person. Raises Changed where something has changed that nobody has looked at yet."""
    both, facts = [], facts_of(enterprise)
    known = {one["hazard"]: one for one in sent["rechecks"]}
    # Held from here on, so that of two who come at once the second is shown what the first did.
    held = Hazard.objects.select_for_update(of=("self",)).filter(pk__in=known, enterprise=enterprise).order_by("pk")
    found = {hazard.pk: hazard for hazard in held}
    if missing := set(known) - set(found):
        raise Http404(f"hazard {min(missing)}")
    for pk in sorted(known):
        hazard = found[pk]
        if hazard.revision != known[pk]["revision"]:
            seen = sent["decided_hazards"].get(str(pk))
            both.append({"kind": "hazard", "id": pk, "now": standing(hazard), "settled": seen == hazard.revision})
    now = digest_of(facts)
    if taken["facts"] != now:
        differing = {
            name: [taken["told"].get(name, ""), facts[name]] for name in facts if taken["told"].get(name) != facts[name]
        }
        both.append({"kind": "facts", "now": now, "differing": differing, "settled": sent["decided_facts"] == now})
    if not all(one["settled"] for one in both):
        raise Changed(
            [{name: value for name, value in one.items() if name != "settled"} for one in both if not one["settled"]]
        )
    return [{name: value for name, value in one.items() if name != "settled"} for one in both]


def hand_over(visit: Visit, taken: dict, sent: dict[str, Any]) -> Notice:
    """The notice as it was shown in the plant, over the hazards of this very visit."""
    asked = sent["notice"]
    by_code = dict(Answer.objects.filter(visit=visit).exclude(hazard_id=None).values_list("code", "hazard_id"))
    orders = []
    for order in asked["orders"]:
        code = order.get("code") or f"{EXTRA}{order['key']}"
        if code not in by_code:
            raise BadInput("文书中有一项不是这次检查的隐患，请核对。", field="notice")
        deadline = notices.deadline_for(due=order["due"], start=asked["issued_on"])
        orders.append(notices.Order(by_code[code], deadline, order["requirement"]))
    handed = notices.Handed(asked["number"], asked["issued_on"], taken["name"], taken["address"])
    notice = notices.issue_notice(orders, sent["second"], handed)
    if sent["refused"]:
        witness = f"，见证人{sent['witness']}" if sent["witness"] else ""
        notices.note_refusal(notice.pk, f"{sent['refused']}{witness}")
    elif name := next((one["name"] for one in sent["signatures"] if one["part"] == "enterprise"), ""):
        notices.signed_on_the_spot(notice.pk, name, min(sent["sealed_at"], timezone.now()))
    return notice


def kept_signature(one: dict[str, str]) -> dict[str, str]:
    """A drawn signature, a PNG that opens, kept like every file. Raises BadInput."""
    try:
        content = base64.b64decode(one["png"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput(f"{PARTS[one['part']]}的签名读不出，请重新签名。", field="signatures") from error
    if len(content) > MOST_SIGNATURE or images.inspect(content).content_type != "image/png":
        raise BadInput(f"{PARTS[one['part']]}的签名不是签名图片，请重新签名。", field="signatures")
    return {"part": one["part"], "name": one["name"], "digest": quarantine.take_in(content).digest}


def announce(visit: Visit, files: list[dict[str, Any]]) -> None:
    rows = [
        FieldFile(
            enterprise=visit.enterprise,
            visit=visit,
            key=file["key"],
            kind=file["kind"],
            code=file["code"],
            digest=file["sm3"],
            seconds=file["seconds"],
            taken_at=file["taken_at"],
            longitude=file.get("longitude"),
            latitude=file.get("latitude"),
        )
        for file in files
    ]
    for row in rows:
        row.stand_with(visit.enterprise)
    FieldFile.objects.bulk_create(rows)


@in_one_piece
def receive_file(key: UUID, upload) -> FieldFile:
    """收下照片、录音: a file the record announced, whole and exactly as announced; sent twice it is one. Raises Refused, Http404."""
    demand("visits.conduct")
    one_at_a_time(key)
    file = FieldFile.objects.select_for_update(of=("self",)).select_related("visit__enterprise").filter(key=key).first()
    if file is None or who().person_id not in (file.visit.lead_id, file.visit.second_id):
        raise Http404(f"file {key}")
    if file.kind == FieldFile.Kind.VOICE:
        return file if file.came else keep_voice(file, upload)
    if file.evidence_id is None:
        hazard_id = (
            Answer.objects.filter(visit_id=file.visit_id, code=file.code).values_list("hazard_id", flat=True).first()
        )
        hazard = Hazard.objects.get(pk=hazard_id) if hazard_id else None
        evidence = add_evidence(
            upload,
            enterprise=file.visit.enterprise,
            phase=Evidence.Phase.FOUND,
            hazard=hazard,
            visit_id=file.visit_id,
            item_code=file.code,
            key=key,
            announced=True,
            noted=file.place,
        )
        if evidence.digest != file.digest:
            raise BadInput(OTHER_FILE, field="upload")
        file.evidence_id = evidence.pk
        file.save(update_fields=["evidence"])
    return file


def keep_voice(file: FieldFile, upload) -> FieldFile:
    """Sealed under its SM3 like every file; it is heard on the visit's page by whoever reads the visit, and printed nowhere."""
    demand("evidence.upload")
    content, content_type = sounds.taken_in(upload)
    if sm3(content) != file.digest:
        raise BadInput(OTHER_FILE, field="upload")
    file.digest, file.content_type = store.keep([content]).digest, content_type
    file.save(update_fields=["content_type"])
    if isinstance(upload, Upload):
        taken(upload)
    audit("field.voice", file.visit, {"digest": file.digest, "seconds": file.seconds}, label=file.code or "现场")
    return file


def brought_home(lead_id: int):
    """Act as the inspector whose device wrote the file: one's own, or anybody's whose posting lies in the office's sight.

    The account stays that of whoever brings it, and so it stands in the audit trail. Raises Refused, NotAllowed.
    """
    demand("visits.import")
    me = who()
    if lead_id == me.person_id:
        return enter(me)
    postings = Posting.objects.current().filter(person_id=lead_id, role__in=("inspector", "department", "office"))
    if me.role != "office":
        postings = postings.filter(organisation_id=me.organisation_id)
    posting = postings.select_related("person", "organisation").order_by("id").first()
    if posting is None:
        raise Refused("文件是另一单位人员的设备写的，请由本人、本单位或领导小组办公室导入。")
    told = {
        name: getattr(posting, name)
        for name in ("role", "tenant_id", "person_id", "organisation_id", "district_id", "enterprise_id")
    }
    told |= {
        "id": posting.pk,
        "sectors": posting.sectors,
        "leads": posting.leads,
        "organisation_name": posting.organisation.name,
    }
    return enter(
        who_in(told, me.tenant_name, posting.person.name, account_id=me.account_id, ip=me.ip, request_id=me.request_id)
    )


def receive_picture(key: UUID, content: bytes, name: str) -> FieldFile:
    """The same of a file that was carried home in another file."""
    return receive_file(key, SimpleUploadedFile(name or "照片.jpg", content))
