"""阶段 from plan to completion: every verb, and nothing else writes a phase. All of it is the office's."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import timezone

from campaign import rules_phases as rules
from campaign.actions.goals import fill
from campaign.models import Phase, PhaseStep, Task
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import in_one_piece, who

FACTS = ("name", "goal", "starts", "ends")


@in_one_piece
def plan(told: Mapping[str, Any]) -> Phase:
    """设立 a phase of the campaign with its dates. Raises BadInput."""
    demand("phases.manage")
    phase = Phase()
    fill(phase, FACTS, told)
    sound(phase)
    phase.save()
    leave_step(phase, "plan", "", {})
    audit("phases.plan", phase, {"starts": phase.starts.isoformat(), "ends": phase.ends.isoformat()})
    return phase


@in_one_piece
def change(phase_id: int, told: Mapping[str, Any], reason: str, *, revision: int | None = None) -> Phase:
    """修改 its words or dates, with the reason; what they were stays in its history. What is completed stays as it is."""
    phase = locked(phase_id, "change", revision)
    if not reason.strip():
        raise BadInput("请写明为什么修改。", field="note")
    changes = fill(phase, FACTS, told)
    if not changes:
        raise BadInput("内容没有改动。")
    sound(phase)
    return move(phase, "change", reason, changes)


@in_one_piece
def start(phase_id: int, note: str = "", *, revision: int | None = None) -> Phase:
    """启动: it is under way from today, whatever its dates say."""
    phase = locked(phase_id, "start", revision)
    phase.started_on = timezone.localdate()
    return move(phase, "start", note)


@in_one_piece
def complete(phase_id: int, note: str = "", *, revision: int | None = None) -> Phase:
    """完成. Where tasks of it are still unfinished, only with a word on why it is completed all the same."""
    phase = locked(phase_id, "complete", revision)
    left = Task.objects.unfinished().filter(phase=phase).count()
    if left and not note.strip():
        raise BadInput(f"本阶段还有{left}项任务没有完成或取消，请写明为什么仍然结束本阶段。", field="note")
    phase.completed_on = timezone.localdate()
    return move(phase, "complete", note)


@in_one_piece
def reopen(phase_id: int, reason: str, *, revision: int | None = None) -> Phase:
    """重新启动 what was completed, with the reason."""
    phase = locked(phase_id, "reopen", revision)
    if not reason.strip():
        raise BadInput("重新启动须写明理由。", field="note")
    phase.completed_on = None
    return move(phase, "reopen", reason)


def sound(phase: Phase) -> None:
    if phase.ends < phase.starts:
        raise BadInput("结束日期不能早于开始日期。", field="ends")
    if Phase.objects.filter(name=phase.name).exclude(pk=phase.pk).exists():
        raise BadInput(f"已有名为“{phase.name}”的阶段。", field="name")


def locked(phase_id: int, verb: str, revision: int | None) -> Phase:
    """The phase under a row lock, where its state allows the verb. Raises IllegalMove, Refused."""
    demand("phases.manage")
    phase = Phase.objects.select_for_update().filter(pk=phase_id).first()
    if phase is None:
        raise Http404(f"phase {phase_id}")
    if (phase.state, verb) not in rules.TRANSITIONS:
        raise illegal(phase, verb)
    if revision not in (None, phase.revision):
        raise Refused("这个阶段刚刚被他人办理，请按最新情况处理，您填写的内容仍在下面。")
    return phase


def illegal(phase: Phase, verb: str) -> IllegalMove:
    return IllegalMove(
        f"阶段“{phase.name}”现为“{phase.get_state_display()}”，不能“{rules.VERBS[verb]}”。请刷新页面查看最新状态。"
    )


def move(phase: Phase, verb: str, note: str, changes: dict[str, list[str]] | None = None) -> Phase:
    before, phase.state = phase.state, rules.TRANSITIONS[phase.state, verb]
    phase.revision += 1
    phase.save()
    leave_step(phase, verb, note, changes or {})
    told = {"from": before, "to": phase.state, "note": note.strip(), "fields": changes}
    audit(f"phases.{verb}", phase, {name: value for name, value in told.items() if value})
    return phase


def leave_step(phase: Phase, verb: str, note: str, changes: dict[str, list[str]]) -> None:
    PhaseStep.objects.create(phase=phase, verb=verb, note=note.strip(), changes=changes, by_name=who().person_name)
