"""The records a measure rests on: found by what was typed, kept as a sentence, opened only by whoever may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from accountability import rules_measure as rules
from accountability.models import Score
from hazards.models import Hazard, Notice
from inspections.models import Visit
from portal.numbers import number_in
from portal.permissions import may
from portal.refusals import BadInput


def hazard(number: str) -> tuple[int, str, str] | None:
    one = Hazard.objects.filter(pk=int(number)).select_related("enterprise").first()
    if one is None:
        return None
    said = f"{one.enterprise.name}，{one.get_level_display()}，{one.description[:200]}"
    until = f"，期限{one.deadline}" if one.deadline else ""
    return one.pk, f"隐患{one.pk}", f"{said}（{one.get_status_display()}{until}）"


def notice(number: str) -> tuple[int, str, str] | None:
    named = Q(number=number) | Q(pk=number_in(number))
    one = Notice.objects.filter(named).select_related("enterprise").defer("content").first()
    if one is None:
        return None
    return one.pk, one.number, f"{one.issued_on}对{one.enterprise.name}制发的{one.get_kind_display()}"


def visit(number: str) -> tuple[int, str, str] | None:
    one = Visit.objects.filter(pk=int(number)).select_related("enterprise").first()
    return None if one is None else (one.pk, f"检查{one.pk}", f"{one.enterprise.name} {one}")


def score(number: str) -> tuple[int, str, str] | None:
    one = Score.objects.filter(pk=int(number)).select_related("year_score__template").first()
    if one is None:
        return None
    labels = {line["key"]: line["label"] for line in one.year_score.template.body["lines"]}
    vetoed = "，一票否决：" + "、".join(labels[key] for key in one.vetoes) if one.vetoes else ""
    said = f"{one.year_score}（{one.year_score.get_state_display()}）{one.name}总分{one.total}，{one.grade}，第{one.rank}名"
    return one.pk, f"考核得分{one.pk}", said + vetoed


FIND = {"hazard": hazard, "notice": notice, "visit": visit, "score": score}


def frozen(typed: str, before: Sequence[dict]) -> list[dict]:
    """The records typed, each as it stands now; one that was named before keeps its sentence. Raises BadInput."""
    try:
        wanted = rules.grounds_in(typed)
    except rules.BadGround as fault:
        raise BadInput(str(fault), field="grounds") from fault
    kept = {(one["kind"], one["id"]): one for one in before}
    grounds = []
    for kind, number in wanted:
        found = FIND[kind](number)
        if found is None:
            raise BadInput(f"没有找到“{rules.GROUNDS[kind]} {number}”，请核对编号。", field="grounds")
        pk, name, sentence = found
        new = {"kind": kind, "id": pk, "number": name, "sentence": sentence}
        grounds.append(kept.get((kind, pk), new))
    return grounds


def typed(grounds: Sequence[dict]) -> str:
    """As they would be typed again."""
    return "\n".join(
        f"{rules.GROUNDS[one['kind']]} {one['number'] if one['kind'] == 'notice' else one['id']}" for one in grounds
    )


@dataclass(frozen=True)
class Ground:
    number: str
    sentence: str
    link: str


# Kind → the records, what one must be allowed to do to open them, and their page.
OPENS = {
    "hazard": (Hazard, "hazards.view", "hazard"),
    "notice": (Notice, "notices.view", "notice"),
    "visit": (Visit, "visits.view", "visit"),
    "score": (Score, "scores.view", "score"),
}


def opened(grounds: Sequence[dict]) -> list[Ground]:
    """With the way to those the reader can see: the wall says which."""
    seen: dict[str, set[int]] = {}
    for kind in {one["kind"] for one in grounds}:
        model, permission, _ = OPENS[kind]
        numbers = [one["id"] for one in grounds if one["kind"] == kind]
        seen[kind] = (
            set(model.objects.filter(pk__in=numbers).values_list("pk", flat=True)) if may(permission) else set()
        )
    return [
        Ground(
            one["number"],
            one["sentence"],
            reverse(OPENS[one["kind"]][2], args=[one["id"]]) if one["id"] in seen[one["kind"]] else "",
        )
        for one in grounds
    ]
