"""The verbs of a hazard's life. Every change of state happens here, through the table in hazards/rules.py."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards import rules
from hazards.actions import reminders, tidings
from hazards.models import Evidence, Hazard, HazardStep, Level
from portal.audit.record import note as audit
from portal.holidays.deadlines import RECHECK, deadline_for_rule
from portal.legaldays import Deadline
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import in_one_piece, who


def record_hazards(
    enterprise: Enterprise, findings: Iterable[dict], *, source_kind: str, source_id: int | None
) -> list[Hazard]:
    """隐患入库: one hazard for each finding, awaiting its notice.

    A finding gives description, level, found_on and may give accident_type, basis, requirement, item_code, place, key;
    found_by_id where it was not the acting person, and `note`, what its history begins with.
    """
    return record_found(((enterprise, finding) for finding in findings), source_kind=source_kind, source_id=source_id)


def record_found(found: Iterable[tuple[Enterprise, dict]], *, source_kind: str, source_id: int | None) -> list[Hazard]:
    """The same of several enterprises, in as many statements as for one finding."""
    demand("hazards.record")
    hazards, notes = [], []
    for enterprise, told in found:
        finding = {"found_by_id": who().person_id} | told
        notes.append(finding.pop("note", ""))
        hazard = Hazard(
            enterprise=enterprise,
            source_kind=source_kind,
            source_id=source_id,
            status=rules.RECORDED,
            **finding,
        )
        if not hazard.description.strip():
            raise BadInput("请写明隐患情况。", field="description")
        hazard.stand_with(enterprise)
        hazards.append(hazard)
    Hazard.objects.bulk_create(hazards)
    leave_steps(hazards, "record", *notes)
    reminders.follow(*hazards)
    for hazard in hazards:
        audit("hazards.record", hazard, {"level": hazard.level, "source": f"{source_kind}:{source_id}"})
    return hazards


def record_hazard(
    enterprise: Enterprise, *, source_kind: str = "visit", source_id: int | None = None, **finding
) -> Hazard:
    return record_hazards(enterprise, [finding], source_kind=source_kind, source_id=source_id)[0]


def leave_steps(hazards: list[Hazard], verb: str, *notes: str) -> None:
    """One line in each hazard's history, as people read it: with one note for all, or one for each."""
    me = who()
    each = notes if len(notes) == len(hazards) else (notes or ("",)) * len(hazards)
    steps = [
        HazardStep(
            enterprise_id=hazard.enterprise_id,
            district_id=hazard.district_id,
            sector=hazard.sector,
            hazard=hazard,
            verb=verb,
            round=hazard.round,
            note=note,
            by_id=me.person_id,
            by_name=me.person_name,
            by_unit=me.organisation_name,
        )
        for hazard, note in zip(hazards, each, strict=True)
    ]
    HazardStep.objects.bulk_create(steps)


def lock(hazard_id: int, revision: int | None = None, *, with_others: bool = False) -> Hazard:
    """The hazard under a row lock; refused where it is no longer what the person was looking at.

    Its key is left free: a run of reminders plans the next step of a hazard that a verb holds, and neither waits for the other.
    `with_others`: the open ones of its enterprise as well, all in one order, so that two who take several cannot wait for each other.
    """
    if with_others:
        mine = Hazard.objects.filter(pk=hazard_id).values("enterprise_id")
        many = Hazard.objects.filter(enterprise__in=mine, status__in=rules.OPEN).select_for_update(
            of=("self",), no_key=True
        )
        list(many.order_by("pk").values_list("pk"))
    hazard = (
        Hazard.objects.select_for_update(of=("self",), no_key=True)
        .select_related("notice", "enterprise")
        .filter(pk=hazard_id)
        .first()
    )
    if hazard is None:
        raise Http404(f"hazard {hazard_id}")
    if revision is not None and hazard.revision != revision:
        last = hazard.steps.order_by("-id").first()
        did = f"{last.by_name}已“{rules.HISTORY[last.verb]}”" if last else "内容已变"
        raise Refused(
            f"这条隐患刚刚被他人办理：{did}，现为“{hazard.get_status_display()}”。请按最新情况处理，您填写的内容仍在下面。"
        )
    return hazard


def allow(hazard: Hazard, verb: str) -> rules.Move:
    """The cell of the table, where there is one and the acting person may use it. Raises IllegalMove, NotAllowed."""
    step = rules.move_for(hazard.status, verb, *hazard.facts)
    if step is None:
        raise IllegalMove(
            f"隐患现为“{hazard.get_status_display()}”{why_not(hazard, verb)}，不能“{rules.VERBS[verb]}”。请刷新页面查看最新状态。"
        )
    demand(step.action, hazard)
    return step


def why_not(hazard: Hazard, verb: str) -> str:
    """Where the state would do: the fact that does not."""
    lacking = {fact for step in rules.TRANSITIONS.get((hazard.status, verb), ()) for fact in step.facts} - set(
        hazard.facts
    )
    return "".join(f"，{rules.LACKING[fact]}" for fact in sorted(lacking))


def move(hazard: Hazard, verb: str, note: str = "", **changes) -> None:
    """Run one cell of the table on a locked hazard: state, permission, change, history, audit."""
    step = allow(hazard, verb)
    before = hazard.status
    for name, value in (changes | {"status": step.to, "revision": hazard.revision + 1}).items():
        setattr(hazard, name, value)
    hazard.save(update_fields=[*changes, "status", "revision"])
    leave_steps([hazard], verb, note)
    reminders.follow(hazard)
    audit(f"hazards.{verb}", hazard, {"from": before, "to": step.to, "note": note, **printable(changes)})


def move_all(hazards: list[Hazard], verb: str, note: str = "") -> None:
    """The same for many locked hazards of which nothing else changes, in as many statements as for one."""
    before = {hazard.pk: (hazard.status, allow(hazard, verb)) for hazard in hazards}
    for to in {step.to for _, step in before.values()}:
        there = [pk for pk, (_, step) in before.items() if step.to == to]
        Hazard.objects.filter(pk__in=there).update(status=to, revision=F("revision") + 1)
    for hazard in hazards:
        hazard.status, hazard.revision = before[hazard.pk][1].to, hazard.revision + 1
    leave_steps(hazards, verb, note)
    reminders.follow(*hazards)
    for hazard in hazards:
        audit(f"hazards.{verb}", hazard, {"from": before[hazard.pk][0], "to": hazard.status, "note": note})


def printable(changes: dict) -> dict:
    return {
        name: value.isoformat() if isinstance(value, date) else getattr(value, "pk", value)
        for name, value in changes.items()
    }


@in_one_piece
def submit(hazard_id: int, note: str, *, revision: int | None = None) -> Hazard:
    """提交复查: the enterprise hands in this round's proof.

    Needs a signed notice, for a major hazard its plan, a note and at least one photo of the state after. An extension asked for
    and not answered yet is needed no more. Raises BadInput, IllegalMove, Refused.
    """
    from hazards.actions import extensions

    hazard = lock(hazard_id, revision)
    allow(hazard, "submit")
    if not (hazard.notice.acknowledged_at or hazard.notice.refusal):
        raise Refused("请先签收整改文书，再提交整改情况。")
    # 安全生产法第41条: 重大事故隐患 is put right under 责任、措施、资金、时限、预案, all five.
    if hazard.level == Level.MAJOR and not hazard.rectification_plans.exists():
        raise Refused("重大隐患须先填报“五落实”整改方案（责任、措施、资金、时限、预案），再提交整改情况。")
    if not note.strip():
        raise BadInput("请填写整改说明：做了什么、谁负责、何时完成。", field="note")
    proof = hazard.evidence.filter(round=hazard.round, phase=Evidence.Phase.AFTER)
    if not proof.exclude(scan=Evidence.Scan.INFECTED).exists():
        raise BadInput("请至少上传一张整改后的照片。", field="after")
    if hazard.asked_on:
        extensions.withdraw(hazard_id, "已提交整改情况，延期申请不再需要。")
        hazard = lock(hazard_id)
    today = timezone.localdate()
    recheck = deadline_for_rule(RECHECK, today)
    changes = {"recheck_by": recheck.due, "recheck_rule": recheck.as_json()}
    move(hazard, "submit", note.strip(), submitted_on=today, late=today > hazard.deadline, **changes)
    tidings.submitted(hazard)
    return hazard


@in_one_piece
def accept(hazard_id: int, second_id: int | None, note: str = "", *, revision: int | None = None) -> Hazard:
    """复查通过: a general hazard is closed, a major one goes to the second person; 整改复查意见书 is made (令15号第17条)."""
    from hazards.actions.notices import issue_recheck_opinion

    hazard = lock(hazard_id, revision)
    changes: dict = {"rechecked_by_id": who().person_id}
    if allow(hazard, "accept").to == rules.CLOSED:
        changes["closed_on"] = timezone.localdate()
    move(hazard, "accept", note, **changes)
    issue_recheck_opinion(hazard, second_id, note, awaits=hazard.status == rules.CONFIRMING)
    if hazard.status == rules.CLOSED:
        tidings.closed(hazard)
    else:
        tidings.awaiting_confirmation(hazard)
    return hazard


@in_one_piece
def send_back(
    hazard_id: int, reason: str, *, opinion: bool = False, second_id: int | None = None, revision: int | None = None
) -> Hazard:
    """退回: the enterprise goes on, in a new round that keeps the old round's proof. The deadline stays.

    `opinion`: two people rechecked it, and 整改复查意见书 says that it is not put right (令15号第17条).
    """
    from hazards.actions.notices import issue_recheck_opinion

    hazard = lock(hazard_id, revision)
    if not reason.strip():
        raise BadInput("退回须写明理由，让企业知道还差什么。", field="note")
    if opinion:
        allow(hazard, "return")
        said = f"经复查，上述隐患未整改到位：{reason.strip()}"
        issue_recheck_opinion(hazard, second_id, said, result="未按要求完成整改")
    move(hazard, "return", reason.strip(), submitted_on=None, late=False, rechecked_by_id=None, round=hazard.round + 1)
    tidings.returned(hazard, reason)
    return hazard


@in_one_piece
def confirm(hazard_id: int, note: str = "", *, revision: int | None = None) -> Hazard:
    """审核销号: the second person's word on a major hazard (handbook §4)."""
    hazard = lock(hazard_id, revision)
    move(hazard, "confirm", note, closed_on=timezone.localdate())
    tidings.closed(hazard)
    return hazard


@in_one_piece
def reopen(hazard_id: int, reason: str, deadline: Deadline, *, revision: int | None = None) -> Hazard:
    """重新整改: the office takes a closing back, with a reason and a new deadline."""
    hazard = lock(hazard_id, revision)
    if not reason.strip():
        raise BadInput("重新整改须写明理由。", field="note")
    if deadline.due < timezone.localdate():
        raise BadInput("新的整改期限不能早于今天。", field="deadline")
    move(
        hazard,
        "reopen",
        reason.strip(),
        submitted_on=None,
        late=False,
        closed_on=None,
        rechecked_by_id=None,
        round=hazard.round + 1,
        extensions=0,
        deadline=deadline.due,
        deadline_rule=deadline.as_json(),
    )
    tidings.returned(hazard, reason)
    return hazard


@in_one_piece
def void(hazard_id: int, reason: str, *, revision: int | None = None) -> Hazard:
    """作废: a hazard recorded by mistake, before any notice; it stays on the record."""
    hazard = lock(hazard_id, revision)
    if not reason.strip():
        raise BadInput("作废须写明理由。", field="note")
    move(hazard, "void", reason.strip())
    return hazard


@in_one_piece
def void_recorded(source_kind: str, source_id: int, reason: str) -> list[Hazard]:
    """作废 of all that one source recorded and nobody has taken further; those are given back, the others stay as they are."""
    if not reason.strip():
        raise BadInput("作废须写明理由。", field="note")
    source = Hazard.objects.filter(source_kind=source_kind, source_id=source_id, status=rules.RECORDED)
    locked = source.select_for_update(of=("self",), no_key=True)
    hazards = list(locked.select_related("enterprise").order_by("pk"))
    move_all(hazards, "void", reason.strip())
    return hazards
