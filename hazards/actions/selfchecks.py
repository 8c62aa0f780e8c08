"""企业自查 (自查自报): the enterprise's own verbs, and the one bridge from its finding to an official hazard."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from hazards import rules_selfcheck as rules
from hazards.actions.moves import record_hazard
from hazards.models import BroadcastAddress, Hazard, SelfCheck, SelfCheckPhoto, SelfCheckStep
from hazards.queries.selfchecks import photos_since
from portal.audit.record import note as audit
from portal.files import images, quarantine
from portal.messages.actions import tell
from portal.once import KeyTaken, kept_before
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.queries import officers_of
from portal.tenancy.scope import in_one_piece, who
from portal.uploads.actions import taken
from portal.uploads.models import Upload

FACTS = (
    "description", "place", "level", "accident_type", "found_on", "found_by_name", "measures", "planned_on",
)  # fmt: skip
TEXTS = ("description", "place", "found_by_name", "measures")


@in_one_piece
def report(
    told: Mapping[str, Any],
    *,
    key: UUID | None = None,
    address: BroadcastAddress | None = None,
    question: int | None = None,
    photos: Iterable[Upload] = (),
) -> SelfCheck:
    """自查上报 by the officer of the own enterprise, with its pictures or not at all; the same key sent twice is one. Raises BadInput.

    `address` and `question`: the question of a broadcast that it answers.
    """
    demand("selfchecks.report")
    enterprise = Enterprise.objects.filter(pk=who().enterprise_id).first()
    if enterprise is None:
        raise Http404("no enterprise of one's own")
    check = SelfCheck(key=key or uuid4(), enterprise=enterprise, by_name=who().person_name)
    check.address, check.question = address, question
    fill(check, told)
    if check.planned_on < timezone.localdate():
        raise BadInput("计划完成日期不能早于今天。", field="planned_on")
    if twice := kept_before(check, "selfcheck_key_once"):
        first = SelfCheck.objects.filter(key=check.key).first()
        if first is None:
            raise KeyTaken() from twice
        return first
    leave_step(check, "report")
    audit("selfchecks.report", check, {"level": check.level, "planned_on": check.planned_on.isoformat()})
    for upload in photos:
        try:
            add_photo(check.pk, SelfCheckPhoto.Phase.FOUND, upload)
        except Refused as refusal:
            raise BadInput(f"照片“{upload.name}”没有保存：{refusal.sentence}请移除后再提交。") from refusal
    return check


def fill(check: SelfCheck, told: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set what was told; what changed, old and new in the page's words. Raises BadInput for what is missing or cannot be."""
    changes = {}
    for name in FACTS:
        if name not in told:
            continue
        field = SelfCheck._meta.get_field(name)
        old, new = getattr(check, name), told[name].strip() if name in TEXTS else told[name]
        if not new:
            raise BadInput(f"请填写{field.verbose_name}。", field=name)
        if old != new:
            words = dict(field.flatchoices)
            changes[str(field.verbose_name)] = [str(words.get(one, one) or "") for one in (old, new)]
            setattr(check, name, new)
    if check.found_on > timezone.localdate():
        raise BadInput("发现日期不能晚于今天。", field="found_on")
    if check.planned_on < check.found_on:
        raise BadInput("计划完成日期不能早于发现日期。", field="planned_on")
    return changes


@in_one_piece
def change(check_id: int, told: Mapping[str, Any], reason: str, *, revision: int | None = None) -> SelfCheck:
    """修改: what it was stays in its history. A new own date is not in the past."""
    check = locked(check_id, "change", revision)
    before = check.planned_on
    changes = fill(check, told)
    if not changes:
        raise BadInput("内容没有改动。")
    if check.planned_on != before and check.planned_on < timezone.localdate():
        raise BadInput("新的计划完成日期不能早于今天。", field="planned_on")
    if not reason.strip():
        raise BadInput("请写明为什么修改。", field="note")
    move(check, "change", reason, changes)
    return check


@in_one_piece
def finish(check_id: int, note: str, *, revision: int | None = None) -> SelfCheck:
    """已自行整改: needs a note and at least one picture of the state after, since it was found or taken up again."""
    check = locked(check_id, "finish", revision)
    if not note.strip():
        raise BadInput("请写明怎样整改、谁负责、何时完成。", field="note")
    proof = set(photos_since(check).filter(phase=SelfCheckPhoto.Phase.DONE).values_list("digest", flat=True))
    if not proof - quarantine.infected(proof):
        raise BadInput("请至少上传一张整改后的照片。", field="photos")
    check.done_on = timezone.localdate()
    move(check, "finish", note)
    return check


@in_one_piece
def cancel(check_id: int, reason: str, *, revision: int | None = None) -> SelfCheck:
    """撤销: reported by mistake; it stays on the record."""
    check = locked(check_id, "cancel", revision)
    if not reason.strip():
        raise BadInput("撤销须写明理由。", field="note")
    move(check, "cancel", reason)
    return check


@in_one_piece
def reopen(check_id: int, reason: str, planned_on: date, *, revision: int | None = None) -> SelfCheck:
    """重新整改 by the enterprise itself, with a reason and a new date of its own."""
    check = locked(check_id, "reopen", revision)
    if not reason.strip():
        raise BadInput("重新整改须写明理由。", field="note")
    if planned_on < timezone.localdate():
        raise BadInput("计划完成日期不能早于今天。", field="planned_on")
    changes = fill(check, {"planned_on": planned_on})
    check.done_on = None
    move(check, "reopen", reason, changes)
    return check


@in_one_piece
def add_photo(check_id: int, phase: str, upload) -> SelfCheckPhoto:
    """A picture or PDF of one's own finding while it is being put right; the same one sent twice is one.

    `upload` is a file of the request or a finished upload. Raises BadInput, TooLarge, IllegalMove.
    """
    demand("selfchecks.report")
    check = held(check_id)
    # An answer that was lost on its way is given again, whatever has become of the self-check since.
    if isinstance(upload, Upload) and upload.used_at:
        kept_already = check.photos.filter(phase=phase, digest=upload.digest).first()
        if kept_already is None:
            raise BadInput("这个文件的上传编号已用于别的材料，请重新上传。", field="upload")
        return kept_already
    if not check.is_open:
        raise IllegalMove(f"这条自查现为“{check.get_state_display()}”，不能再添加照片。")
    content = images.read_upload(upload)
    picture = images.inspect(content)
    kept = quarantine.take_in(content)
    photo, made = SelfCheckPhoto.objects.get_or_create(
        self_check=check,
        phase=phase,
        digest=kept.digest,
        defaults={
            "enterprise": check.enterprise,
            "filename": images.file_name(upload.name or ""),
            "content_type": picture.content_type,
            "taken_at": picture.taken_at,
            "by_name": who().person_name,
        },
    )
    if isinstance(upload, Upload):
        taken(upload)
    if made:
        audit("selfchecks.photo", photo, {"digest": kept.digest, "phase": phase}, label=photo.filename)
    return photo


@in_one_piece
def officialise(check_id: int, told: Mapping[str, Any], *, revision: int | None = None) -> Hazard:
    """转为执法隐患: an official hazard is recorded from it, once, and goes its own way from there; the self-check stays as it is.

    `told` is what the official finds: description, place, level, accident_type, basis. Raises IllegalMove, Refused, BadInput.
    """
    check = locked(check_id, "officialise", revision)
    if check.hazard_id:
        raise IllegalMove(f"这条自查已转为隐患{check.hazard_id}，不能再转。")
    hazard = record_hazard(
        check.enterprise, source_kind="selfcheck", source_id=check.pk, found_on=timezone.localdate(), **told
    )
    check.hazard = hazard
    move(check, "officialise", f"隐患{hazard.pk}", only=("hazard", "revision"))
    tell(
        officers_of(check.enterprise_id),
        f"selfcheck:{check.pk}:official",
        "自查上报的隐患已转为执法隐患",
        f"{check.description}\n监管部门将另行下达整改文书，请以文书载明的要求和期限为准。",
        reverse("selfcheck", args=[check.pk]),
    )
    return hazard


def held(check_id: int) -> SelfCheck:
    check = SelfCheck.objects.select_for_update(of=("self",)).select_related("enterprise").filter(pk=check_id).first()
    if check is None:
        raise Http404(f"self-check {check_id}")
    return check


def locked(check_id: int, verb: str, revision: int | None) -> SelfCheck:
    """The self-check under a row lock, where the person may and its state allows the verb. Raises IllegalMove, Refused."""
    demand("selfchecks.officialise" if verb == "officialise" else "selfchecks.report")
    check = held(check_id)
    if (check.state, verb) not in rules.TRANSITIONS:
        raise illegal(check, verb)
    if revision not in (None, check.revision):
        raise Refused("这条自查刚刚被他人办理，请按最新情况处理，您填写的内容仍在下面。")
    return check


def illegal(check: SelfCheck, verb: str) -> IllegalMove:
    return IllegalMove(
        f"这条自查现为“{check.get_state_display()}”，不能“{rules.VERBS[verb]}”。请刷新页面查看最新状态。"
    )


def move(
    check: SelfCheck,
    verb: str,
    note: str,
    changes: dict[str, list[str]] | None = None,
    *,
    only: tuple[str, ...] | None = None,
) -> None:
    """Run one cell of the table on a locked self-check: state, history, audit. `only`: the columns the verb may touch."""
    before, check.state = check.state, rules.TRANSITIONS[check.state, verb]
    check.revision += 1
    check.save(update_fields=only)
    leave_step(check, verb, note, changes)
    told = {"from": before, "to": check.state, "note": note.strip(), "fields": changes}
    audit(f"selfchecks.{verb}", check, {name: value for name, value in told.items() if value})


def leave_step(check: SelfCheck, verb: str, note: str = "", changes: dict[str, list[str]] | None = None) -> None:
    step = SelfCheckStep(
        enterprise_id=check.enterprise_id,
        district_id=check.district_id,
        sector=check.sector,
        self_check=check,
        verb=verb,
        note=note.strip(),
        changes=changes or {},
        by_name=who().person_name,
        by_unit=who().organisation_name,
    )
    SelfCheckStep.objects.bulk_create([step])
