"""批量办理: one verb on many records, each in its own right and each with its own answer.

The verbs are those of single records, so a rule, a permission or a trail cannot differ. What one may not see is not there for
all of them; what one row's state forbids is said of that row and done for the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from portal.audit.record import note as audit
from portal.numbers import number_in
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import in_one_piece

MOST = 200


@dataclass(frozen=True)
class Verb:
    """`act` takes a record's number and what the form was told."""

    label: str
    permission: str
    act: Callable[[int, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Outcome:
    record: Any
    sentence: str = ""

    @property
    def done(self) -> bool:
        return not self.sentence


@dataclass(frozen=True)
class Bulk:
    """What can be done to many records of one kind. `action` permits and names it in the trail; `noun` and `measure` are its words."""

    action: str
    rows: Callable[[], QuerySet]
    noun: str
    measure: str
    verbs: dict[str, Verb] = field(default_factory=dict)

    def chosen(self, numbers: Sequence[int]) -> list[Any]:
        """The records meant, in the order given. Raises Http404 where one is not there, BadInput for none or too many."""
        wanted = list(dict.fromkeys(numbers))
        if not wanted:
            raise BadInput(f"请先勾选{self.noun}。")
        if len(wanted) > MOST:
            raise BadInput(
                f"一次最多办理{MOST}{self.measure}，现在选了{len(wanted)}{self.measure}。请先筛选，分几次办理。"
            )
        found = {one.pk: one for one in self.rows().filter(pk__in=wanted)}
        if missing := [number for number in wanted if number not in found]:
            raise Http404(f"{self.noun} {missing[:5]}")
        return [found[number] for number in wanted]

    def verb_of(self, name: str) -> Verb:
        if name not in self.verbs:
            raise BadInput("请选择要办理的事项。", field="verb")
        demand(self.action)
        demand(self.verbs[name].permission)
        return self.verbs[name]

    def do_to_all(self, name: str, numbers: Sequence[int], told: Mapping[str, Any]) -> list[Outcome]:
        """Do one verb to each; a row that is refused is as it was and says why."""
        verb = self.verb_of(name)
        # Always in this order, so that two who chose the same records cannot wait for each other.
        outcomes = [attempt(verb, record, told) for record in sorted(self.chosen(numbers), key=lambda one: one.pk)]
        done = sum(one.done for one in outcomes)
        audit(self.action, changes={"verb": name, "done": done, "refused": len(outcomes) - done})
        return outcomes


def attempt(verb: Verb, record: Any, told: Mapping[str, Any]) -> Outcome:
    try:
        in_one_piece(verb.act)(record.pk, told)
    except Refused as refusal:
        return Outcome(record, refusal.sentence)
    return Outcome(record)


def meant(asked: Mapping[str, Any], found: Callable[[str], QuerySet]) -> list[int]:
    """The ticked numbers of a posted form, or everything the list's filter finds where that was asked for."""
    if asked.get("all"):
        return list(found(asked.get("query", "")[:4000]).values_list("pk", flat=True)[: MOST + 1])
    ticked = asked.getlist("id")[: MOST + 1]  # type: ignore[attr-defined]
    return [number for one in ticked if (number := number_in(one)) is not None]
