"""延期 (令15号第17条; handbook §4): asked before the deadline, answered within five days. The old date stands until it is granted."""

from datetime import date

from django.utils import timezone

from hazards import rules
from hazards.actions import tidings
from hazards.actions.moves import allow, lock, move
from hazards.models import Extension, Hazard
from portal.holidays.deadlines import EXTENSION_ANSWER, deadline_for_rule, fixed_deadline
from portal.legaldays import Deadline
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece, who

State = Extension.State


def asking(hazard: Hazard) -> Extension:
    """The open one; there is one exactly while `asked_on` is set."""
    return Extension.objects.select_for_update(of=("self",)).get(hazard=hazard, state=State.ASKED)


def settle(extension: Extension, state: str, **answer) -> None:
    for name, value in (answer | {"state": state}).items():
        setattr(extension, name, value)
    extension.save(update_fields=[*answer, "state"])


def later(hazard: Hazard, day: date, field: str) -> None:
    """A deadline is extended, never brought forward, and never to a day that is over."""
    if day <= max(hazard.deadline, timezone.localdate()):
        raise BadInput(f"延期后的日期须晚于现在的整改期限{hazard.deadline}和今天。", field=field)


@in_one_piece
def ask(hazard_id: int, wanted: date, reason: str, *, revision: int | None = None) -> Extension:
    """申请延期: in writing, on or before the deadline, one at a time. Raises BadInput, IllegalMove, Refused."""
    hazard = lock(hazard_id, revision)
    allow(hazard, "ask")
    today = timezone.localdate()
    if today > hazard.deadline:
        raise Refused(
            f"整改期限{hazard.deadline}已过，不能再申请延期（令15号第17条：限期届满前提出）。请尽快整改并提交，或与监管部门联系。"
        )
    if hazard.extensions >= rules.MOST_EXTENSIONS:
        raise Refused(f"这条隐患已延期{hazard.extensions}次，不能再延。请尽快整改，或与监管部门联系。")
    if not reason.strip():
        raise BadInput("请写明为什么不能按期完成（如不可抗力、设备到货时间），以及延期期间的防范措施。", field="reason")
    later(hazard, wanted, "wanted")
    answer = deadline_for_rule(EXTENSION_ANSWER, today)
    move(hazard, "ask", f"申请延至{wanted}：{reason.strip()}", asked_on=today)
    extension = Extension(
        enterprise=hazard.enterprise,
        hazard=hazard,
        reason=reason.strip(),
        wanted=wanted,
        asked_on=today,
        asked_by_id=who().person_id,
        asked_by_name=who().person_name,
        answer_due=answer.due,
        answer_rule=answer.as_json(),
        old_deadline=hazard.deadline,
        old_rule=hazard.deadline_rule,
    )
    extension.save()
    tidings.extension_asked(hazard, extension)
    return extension


@in_one_piece
def withdraw(hazard_id: int, note: str = "", *, revision: int | None = None) -> Extension:
    """撤回: the enterprise takes its asking back."""
    hazard = lock(hazard_id, revision)
    move(hazard, "withdraw", note.strip(), asked_on=None)
    extension = asking(hazard)
    settle(extension, State.WITHDRAWN)
    return extension


@in_one_piece
def grant(hazard_id: int, until: date, reason: str, *, revision: int | None = None) -> Extension:
    """同意: the deadline moves to `until`, which may be earlier than what was asked for. Raises BadInput, NotAllowed."""
    hazard = lock(hazard_id, revision)
    allow(hazard, "grant")
    if not reason.strip():
        raise BadInput("请写明同意延期的理由，它会与原期限一起保留。", field="reason")
    later(hazard, until, "until")
    extension = asking(hazard)
    deadline = extended(
        hazard.deadline, until, f"令15号第17条：第{hazard.extensions + 1}次延期，由{who().organisation_name}同意"
    )
    move(
        hazard,
        "grant",
        f"整改期限由{hazard.deadline}延至{until}。{reason.strip()}",
        asked_on=None,
        extensions=hazard.extensions + 1,
        deadline=deadline.due,
        deadline_rule=deadline.as_json(),
    )
    settle(extension, State.GRANTED, new_deadline=until, **answered(reason))
    tidings.extension_answered(hazard, extension)
    return extension


@in_one_piece
def refuse(hazard_id: int, reason: str, *, revision: int | None = None) -> Extension:
    """不同意: the old date stands."""
    hazard = lock(hazard_id, revision)
    allow(hazard, "refuse")
    if not reason.strip():
        raise BadInput("不同意延期须写明理由。", field="reason")
    extension = asking(hazard)
    move(hazard, "refuse", reason.strip(), asked_on=None)
    settle(extension, State.REFUSED, **answered(reason))
    tidings.extension_answered(hazard, extension)
    return extension


@in_one_piece
def correct(hazard_id: int, until: date, reason: str, *, revision: int | None = None) -> Extension:
    """更正: the office puts a wrongly granted date right, on the record; never to a day that has begun."""
    hazard = lock(hazard_id, revision)
    allow(hazard, "correct")
    if not reason.strip():
        raise BadInput("更正延期须写明理由，它会与原来的决定一起保留。", field="reason")
    if until <= timezone.localdate():
        raise BadInput("更正后的期限须晚于今天，让企业来得及知道。", field="until")
    if until == hazard.deadline:
        raise BadInput("更正后的期限与现在的期限相同。", field="until")
    extension = hazard.askings.filter(state__in=[State.GRANTED, State.CORRECTED]).latest("id")
    deadline = extended(
        extension.old_deadline, until, f"更正第{hazard.extensions}次延期，由{who().organisation_name}决定"
    )
    move(
        hazard,
        "correct",
        f"整改期限由{hazard.deadline}更正为{until}。{reason.strip()}",
        deadline=deadline.due,
        deadline_rule=deadline.as_json(),
    )
    settle(
        extension,
        State.CORRECTED,
        corrected_to=until,
        corrected_on=timezone.localdate(),
        corrected_by_name=who().person_name,
        correction=reason.strip(),
    )
    tidings.extension_answered(hazard, extension)
    return extension


def lapse() -> int:
    """What nobody answered in time is over, and those above are told; the old date stands. Run by the clock."""
    late = Extension.objects.filter(state=State.ASKED, answer_due__lt=timezone.localdate()).order_by("pk")
    return sum(lapse_one(one.hazard_id) for one in late)


@in_one_piece
def lapse_one(hazard_id: int) -> bool:
    """False where it was answered, or asked anew, while we waited for the hazard."""
    hazard = lock(hazard_id)
    extension = Extension.objects.filter(hazard=hazard, state=State.ASKED).first()
    if extension is None or extension.answer_due >= timezone.localdate():
        return False
    move(hazard, "lapse", f"应于{extension.answer_due}前答复，逾期未答复，原期限{hazard.deadline}不变。", asked_on=None)
    settle(extension, State.LAPSED, answered_on=timezone.localdate())
    tidings.extension_lapsed(hazard, extension)
    return True


def extended(old: date, until: date, rule: str) -> Deadline:
    return fixed_deadline(min(old, until), until, rule)


def answered(reason: str) -> dict:
    me = who()
    return {
        "answered_on": timezone.localdate(),
        "answered_by_id": me.person_id,
        "answered_by_name": me.person_name,
        "answer": reason.strip(),
    }
