"""批量办理: one verb on many enterprises, each in its own right and each with its own answer.

The verbs are those of single enterprises, so a rule, a permission or a trail cannot differ. What one may not see is not
there for all of them; what one row's state forbids is said of that row and done for the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from enterprises.actions.diagnosis import start_sheet
from enterprises.actions.facts import edit_facts
from enterprises.actions.grades import decide_grade
from enterprises.models import Enterprise
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece

MOST = 200


@dataclass(frozen=True)
class Verb:
    label: str
    permission: str
    act: Callable[..., Any]


@dataclass(frozen=True)
class Outcome:
    enterprise: Enterprise
    sentence: str = ""

    @property
    def done(self) -> bool:
        return not self.sentence


def change_fact(pk: int, told: Mapping[str, Any]) -> None:
    if not edit_facts(pk, dict(told)):
        raise Refused("已经是这样，没有改动。")


VERBS: dict[str, Verb] = {
    "grade": Verb("确定风险等级", "enterprises.grade", lambda pk, told: decide_grade(pk, **told)),
    "sector": Verb("修改行业类别", "enterprises.edit", change_fact),
    "kind": Verb("修改企业类型", "enterprises.edit", change_fact),
    "district": Verb("迁移到别的区县", "enterprises.move", change_fact),
    "diagnosis": Verb("开始诊断分级", "diagnosis.fill", lambda pk, told: start_sheet(pk)),
}


def chosen(numbers: Sequence[int]) -> list[Enterprise]:
    """The enterprises meant, in the order given. Raises Http404 where one is not there, BadInput for none or too many."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise BadInput("请先勾选企业。")
    if len(wanted) > MOST:
        raise BadInput(f"一次最多办理{MOST}家，现在选了{len(wanted)}家。请先筛选，分几次办理。")
    found = {one.pk: one for one in Enterprise.objects.select_related("district").filter(pk__in=wanted)}
    if missing := [number for number in wanted if number not in found]:
        raise Http404(f"enterprises {missing[:5]}")
    return [found[number] for number in wanted]


def verb_of(name: str) -> Verb:
    if name not in VERBS:
        raise BadInput("请选择要办理的事项。", field="verb")
    demand("enterprises.bulk")
    demand(VERBS[name].permission)
    return VERBS[name]


def do_to_all(name: str, numbers: Sequence[int], told: Mapping[str, Any]) -> list[Outcome]:
    """Do one verb to each; a row that is refused is as it was and says why."""
    verb = verb_of(name)
    # Always in this order, so that two who chose the same enterprises cannot wait for each other.
    outcomes = [attempt(verb, enterprise, told) for enterprise in sorted(chosen(numbers), key=lambda one: one.pk)]
    done = sum(one.done for one in outcomes)
    audit("enterprises.bulk", changes={"verb": name, "done": done, "refused": len(outcomes) - done})
    return outcomes


def attempt(verb: Verb, enterprise: Enterprise, told: Mapping[str, Any]) -> Outcome:
    try:
        in_one_piece(verb.act)(enterprise.pk, told)
    except Refused as refusal:
        return Outcome(enterprise, refusal.sentence)
    return Outcome(enterprise)
