"""Acts on a hazard that change no state but its terms: plan, extension, supervision, suspension, transfer. A page each."""

from collections.abc import Callable

from hazards.actions import extensions, supervision, suspensions, transfers
from hazards.actions.moves import allow
from hazards.forms import (
    AnswerForm,
    AskForm,
    CorrectExtensionForm,
    PlanForm,
    ReasonForm,
    SuperviseForm,
    SuspendForm,
    TransferForm,
)
from hazards.queries.pages import HazardFile, hazard_file
from portal.permissions import needs
from portal.tenancy.queries import colleagues
from portal.ui.posting import keep_up, saved, shown


def act(request, pk: int, verb: str, heading: str, done: str, form_of: Callable, do: Callable, **more):
    """One form: shown where the table allows the verb, again with what was typed where it was refused."""
    file = hazard_file(pk)
    form = form_of(file)
    if request.method == "POST":
        if answer := saved(request, form, lambda: do(file, form.cleaned_data), done, "hazard", pk):
            return answer
        file = hazard_file(pk)
        keep_up(form, revision=file.hazard.revision)
    else:
        allow(file.hazard, verb)
    context = {"file": file, "hazard": file.hazard, "heading": heading, "verb": verb} | more
    return shown(request, "hazards/act.html", form, **context)


def initial(file: HazardFile, **more) -> dict:
    return {"revision": file.hazard.revision} | more


@needs("hazards.plan")
def hazard_plan(request, pk):
    """五落实方案, begun with the last one where it is filed again."""

    def form_of(file):
        last = file.plans[-1] if file.plans else None
        known = {name: getattr(last, name) for name in (*supervision.WORDS, "ends_on")} if last else {}
        return PlanForm(request.POST or None, initial=initial(file, **({"ends_on": file.hazard.deadline} | known)))

    def do(file, data):
        supervision.file_plan(pk, data, data["ends_on"], revision=data["revision"])

    return act(request, pk, "plan", "填报五落实整改方案", "五落实整改方案已填报。", form_of, do)


@needs("hazards.ask")
def hazard_ask(request, pk):
    def do(file, data):
        extensions.ask(pk, data["wanted"], data["reason"], revision=data["revision"])

    done = "延期申请已提交。答复以前，原整改期限不变。"
    return act(
        request, pk, "ask", "申请延期", done, lambda file: AskForm(request.POST or None, initial=initial(file)), do
    )


@needs("hazards.ask")
def hazard_withdraw(request, pk):
    def do(file, data):
        extensions.withdraw(pk, data["note"], revision=data["revision"])

    def form_of(file):
        return ReasonForm(request.POST or None, initial=initial(file))

    return act(request, pk, "withdraw", "撤回延期申请", "延期申请已撤回，原整改期限不变。", form_of, do)


@needs("hazards.extend")
def hazard_answer(request, pk):
    """答复延期: granted to a day, or refused."""
    refuses = request.POST.get("verdict") == "refuse"

    def form_of(file):
        return AnswerForm(
            request.POST or None, initial=initial(file, until=file.asking.wanted if file.asking else None)
        )

    def do(file, data):
        if refuses:
            extensions.refuse(pk, data["reason"], revision=data["revision"])
        else:
            extensions.grant(pk, data["until"], data["reason"], revision=data["revision"])

    done = "已答复：不同意延期，原期限不变。" if refuses else "已答复：同意延期，新的期限已生效。"
    return act(request, pk, "grant", "答复延期申请", done, form_of, do, answers=True)


@needs("hazards.correct")
def hazard_correct(request, pk):
    def do(file, data):
        extensions.correct(pk, data["until"], data["reason"], revision=data["revision"])

    def form_of(file):
        return CorrectExtensionForm(request.POST or None, initial=initial(file))

    return act(request, pk, "correct", "更正延期", "延期决定已更正，企业会收到通知。", form_of, do)


@needs("hazards.supervise")
def hazard_supervise(request, pk):
    def form_of(file):
        return SuperviseForm(request.POST or None, leaders=supervision.leaders(file.hazard), initial=initial(file))

    def do(file, data):
        supervision.supervise(pk, data["leader"], data["requirement"], revision=data["revision"])

    return act(request, pk, "supervise", "挂牌督办", "已挂牌督办，企业和责任领导会收到通知。", form_of, do)


@needs("hazards.supervise")
def hazard_unsupervise(request, pk):
    def do(file, data):
        supervision.unsupervise(pk, data["note"], revision=data["revision"])

    def form_of(file):
        return ReasonForm(request.POST or None, initial=initial(file))

    return act(request, pk, "unsupervise", "解除挂牌督办", "已解除挂牌督办。", form_of, do)


@needs("hazards.transfer")
def hazard_transfer(request, pk):
    def form_of(file):
        return TransferForm(request.POST or None, receivers=transfers.receivers(file.hazard), initial=initial(file))

    def do(file, data):
        transfers.transfer(pk, data["organisation"], data["note"], revision=data["revision"])

    return act(request, pk, "transfer", "移交其他单位承办", "已移交，接收单位会收到通知。", form_of, do)


@needs("suspensions.order")
def hazard_suspend(request, pk):
    """停产停业 because of this hazard."""

    def form_of(file):
        known = {"reason": file.hazard.description, "reach": "part", "part": file.hazard.place, "on_the_spot": False}
        units = file.hazard.enterprise.units.filter(closed_on=None).order_by("name")
        return SuspendForm(request.POST or None, colleagues=colleagues(), units=units, initial=initial(file, **known))

    def do(file, data):
        suspensions.suspend(
            file.hazard.enterprise_id, order_of(data), data["second"], hazard_id=pk, revision=data["revision"]
        )

    done = "已责令停产停业，决定书已制发，企业会收到通知。"
    return act(request, pk, "suspend", "责令停产停业", done, form_of, do)


def order_of(data: dict) -> suspensions.Order:
    return suspensions.Order(
        reach=data["reach"],
        reason=data["reason"],
        measures=data["measures"],
        basis=data["basis"],
        unit_id=data["unit"],
        part=data["part"],
        until=data["until"],
        on_the_spot=data["on_the_spot"],
    )
