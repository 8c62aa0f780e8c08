"""检查: starting, finishing, abandoning a visit. What was found becomes hazards at the end, and only there."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid4

from django.db.models import BigIntegerField, Case, When
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.actions.moves import record_hazards
from hazards.models import Evidence, Hazard, Level
from inspections.actions.answers import EXTRA, chosen, complete, fill_in, own_visit, suggested, under_way, write
from inspections.actions.plans import fulfil, put_back, take_up
from inspections.models import Answer, Asked, ChecklistEdition, ChecklistTemplate, ThemedAction, Visit
from inspections.queries import certified_postings
from inspections.queries.checklists import Checklist, checklist, is_current, newest_edition, template_or_404
from portal.audit.record import note as audit
from portal.once import kept_before
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Person
from portal.tenancy.scope import in_one_piece, who


@in_one_piece
def start_visit(
    enterprise: Enterprise,
    second_id: int | None,
    subject: str,
    categories: list[str],
    key: UUID,
    *,
    visited_on: date | None = None,
    planned_id: int | None = None,
    action_id: int | None = None,
    template_id: int | None = None,
    fits: bool = False,
) -> Visit:
    """开始检查: freezes its checklist into the visit. The same key sent twice is one visit.

    The list is a themed action's, or that of a template, or of the newest edition what the categories name; where it
    `fits`, of these only what applies to the plant (rules_checklist). The second inspector may be named later, at the
    latest when finishing. Raises BadInput, NotAllowed.
    """
    demand("visits.conduct")
    if second_id is not None:
        two_inspectors(who().person_id, second_id)
    action = running_action(action_id, enterprise) if action_id else None
    frozen = list_of(action) if action else list_for(enterprise, categories, template_id, fits)
    visit = Visit(
        key=key,
        enterprise=enterprise,
        subject=Visit.Subject.THEMED if action else subject,
        organisation_id=who().organisation_id,
        visited_on=dated(visited_on),
        lead_id=who().person_id,
        second_id=second_id,
        action=action,
        **frozen,
    )
    if first := saved_before(visit):
        return first
    if planned_id is not None:
        take_up(visit, planned_id)
    told = {"edition": visit.edition.edition, "categories": visit.categories, "items": len(visit.codes)}
    told |= {"template": str(visit.template)} if visit.template else {}
    audit("visits.start", visit, told, label=f"{enterprise}{visit}")
    return visit


def list_for(enterprise: Enterprise, categories: list[str], template_id: int | None, fits: bool) -> dict:
    """What a visit keeps of its checklist. Without a template or a plant to fit, the categories say it all."""
    if template_id is None:
        chosen_list = checklist(newest_edition())
        if not categories or not set(categories) <= set(chosen_list.categories):
            raise BadInput("请至少选择一类检查内容。", field="categories")
        if not fits:
            return {"edition": chosen_list.edition, "categories": categories}
        chosen_list = chosen_list.of_categories(categories)
    else:
        template = template_or_404(template_id)
        if not is_current(template):
            raise Refused(f"检查表模板“{template}”已停用或有了新版本，请重新选择。", field="template")
        chosen_list = checklist(template.edition, template)
    if fits:
        chosen_list = chosen_list.judged_for(enterprise).fitting()
        if not chosen_list.items:
            raise BadInput("所选内容里没有适用于这家企业的检查项，请另选，或不按企业情况筛选。", field="categories")
    return kept(chosen_list)


def kept(chosen_list: Checklist) -> dict:
    return {
        "edition": chosen_list.edition,
        "template": chosen_list.template,
        "categories": chosen_list.categories,
        "codes": chosen_list.codes,
        "because": chosen_list.because,
    }


def list_of(action: ThemedAction) -> dict:
    return kept(checklist(action.edition, action.template).of_codes(action.codes))


def running_action(action_id: int, enterprise: Enterprise, on: date | None = None) -> ThemedAction:
    """The themed action that a visit is made in, or was on a day that is over. Raises Http404, and Refused where it does not run
    or not at this plant."""
    action = ThemedAction.objects.select_related("edition", "template").filter(pk=action_id).first()
    if action is None:
        raise Http404(f"themed action {action_id}")
    # Without signal it cannot be known that the action has ended meanwhile.
    ran = on is not None and action.ended_on is not None and on <= action.ended_on
    if action.state != ThemedAction.State.RUNNING and not ran:
        raise Refused(f"专项行动“{action}”{action.get_state_display()}，不能从中开始检查。")
    if not action.targets.filter(enterprise=enterprise).exists():
        raise Refused(f"这家企业不在专项行动“{action}”的名单里。请领导小组办公室补充，或另行检查。")
    return action


def edition_called(edition: str) -> ChecklistEdition:
    """The checklist as a device took it along: a newer one since does not change what was asked in the plant."""
    known = ChecklistEdition.objects.filter(edition=edition).first()
    if known is None:
        raise BadInput("平台上没有这个版本的检查表，请联系平台运维。", field="edition")
    return known


def dated(day: date | None) -> date:
    today = timezone.localdate()
    if day is not None and day > today:
        raise BadInput("检查日期不能晚于今天。", field="visited_on")
    return day or today


def saved_before(visit: Visit) -> Visit | None:
    """Save it; or give back the visit that this key already made."""
    if twice := kept_before(visit, "visit_key_once"):
        first = Visit.objects.filter(key=visit.key, enterprise_id=visit.enterprise_id, lead_id=visit.lead_id).first()
        if first is None:
            raise Refused("这个检查编号已被使用，请重新开始一次检查。", field="key") from twice
        return first
    return None


def two_inspectors(lead_id: int | None, second_id: int | None) -> tuple[Person, Person]:
    """安全生产法第67条: at least two, each now in office and with a certificate of their own."""
    if second_id is None:
        raise BadInput("检查须由两名以上执法人员进行（安全生产法第67条），请选择协办人员。", field="second")
    if second_id == lead_id:
        raise BadInput("主办和协办须是两名不同的执法人员，请另选一人。", field="second")
    postings = certified_postings().filter(person_id__in=[lead_id, second_id]).select_related("person")
    people = {posting.person_id: posting.person for posting in postings}
    if second_id not in people:
        raise BadInput("所选协办人员没有有效的执法证号，或已不在任，请另选一人。", field="second")
    if lead_id not in people:
        raise BadInput("主办人员没有登记执法证号或执法证已过期，不能执法检查。请系统管理员补录。", field="second")
    return people[lead_id], people[second_id]


@in_one_piece
def finish_visit(visit_id: int, *, second_id: int | None, met_with: str = "", summary: str = "") -> Visit:
    """完成检查: each 不符合 becomes a hazard with its photos; from here on the visit is read-only.

    Finishing a finished visit again changes nothing. Raises BadInput where the second inspector is missing or wrong
    (安全生产法第67条), where nothing was checked, or where a finding is not written out.
    """
    visit = own_visit(visit_id)
    if visit.state == Visit.State.FINISHED:
        return visit
    if visit.state != Visit.State.UNDER_WAY:
        raise IllegalMove(f"这次检查{visit.get_state_display()}，不能完成。")
    second_id = second_id or visit.second_id
    two_inspectors(visit.lead_id, second_id)
    answers = list(visit.answers.select_related("item", "own"))
    if not answers:
        raise BadInput("还没有检查任何一项，不能完成。")
    visit.second_id, visit.met_with, visit.summary = second_id, met_with.strip()[:60], summary.strip()
    visit.state, visit.finished_at = Visit.State.FINISHED, timezone.now()
    found = raise_hazards(visit, answers)
    if found:
        by_code = {finding.code: finding.hazard_id for finding in found}
        Answer.objects.bulk_update(found, ["hazard_id"])
        Evidence.objects.filter(visit_id=visit.pk, hazard=None, item_code__in=by_code).update(
            hazard_id=Case(
                *(When(item_code=code, then=hazard_id) for code, hazard_id in by_code.items()),
                output_field=BigIntegerField(),
            )
        )
    visit.save(update_fields=["second", "met_with", "summary", "state", "finished_at"])
    fulfil(visit)
    audit("visits.finish", visit, concluded(visit, answers), label=f"{visit.enterprise}{visit}")
    return visit


def raise_hazards(visit: Visit, answers: list[Answer]) -> list[Answer]:
    """One hazard for each finding; returns the findings, each naming its hazard."""
    found = [answer for answer in answers if answer.verdict == Answer.Verdict.NOT_OK]
    if not found:
        return []
    complete(found)
    hazards: list[Hazard] = record_hazards(
        visit.enterprise,
        (
            {
                "description": finding.description,
                "level": finding.level,
                "accident_type": finding.accident_type,
                "basis": legal_basis(finding),
                "item_code": finding.code if finding.asked else "",
                "place": finding.place,
                "found_on": visit.visited_on,
            }
            for finding in found
        ),
        source_kind="visit",
        source_id=visit.pk,
    )
    for finding, hazard in zip(found, hazards, strict=True):
        finding.hazard_id = hazard.pk
    return found


def legal_basis(finding: Answer) -> str:
    """What the notice cites: the item's law, and for a 重大隐患 the criterion that makes it one."""
    criterion = finding.asked.criterion if finding.asked and finding.level == Level.MAJOR else ""
    return "；".join(part for part in (finding.basis, criterion and f"重大隐患判定：{criterion}") if part)


def concluded(visit: Visit, answers: list[Answer]) -> dict:
    counts = {label: sum(answer.verdict == verdict for answer in answers) for verdict, label in Answer.Verdict.choices}
    return {"second": visit.second_id, "answers": counts, "hazards": [a.hazard_id for a in answers if a.hazard_id]}


@in_one_piece
def record_visit(
    enterprise: Enterprise,
    *,
    key: UUID,
    second_id: int | None,
    subject: str = Visit.Subject.ROUTINE,
    visited_on: date | None = None,
    met_with: str = "",
    summary: str = "",
    answers: Iterable[dict] = (),
    action_id: int | None = None,
    template_id: int | None = None,
    edition: str | None = None,
    shown: Iterable[str] = (),
) -> Visit:
    """A whole visit in one call, finished, with its hazards: for a device that worked without signal.

    `shown` are the lines that were gone through, answered or not: the visit keeps them with the reason of each part.
    An answer gives `code` (of the action's or template's checklist, else of the `edition` that was taken along, else of the
    newest; none for a finding on no list, which may bring a `key`), `verdict`, and for a finding description, level,
    accident_type, place, basis. The same key sent twice is one visit.
    """
    demand("visits.conduct")
    lead, second = two_inspectors(who().person_id, second_id)
    answers = list(answers)
    if not answers:
        raise BadInput("一次检查至少要有一项结论。", field="answers")
    action = running_action(action_id, enterprise, visited_on) if action_id else None
    # An older version of a template is taken too: that day it was the newest.
    template = action.template if action else template_or_404(template_id) if template_id else None
    taken = edition_called(edition) if edition else None
    listed = action.edition if action else template.edition if template else taken or newest_edition()
    codes = {given["code"] for given in answers if given.get("code")}
    items: dict[str, Asked] = {item.code: item for item in listed.items.filter(code__in=codes)} if codes else {}
    if template:
        items |= {item.code: item for item in template.own.filter(code__in=codes)}
    if missing := codes - set(items):
        raise BadInput(f"现行检查表中没有“{min(missing)}”这一项。", field="answers")
    visit = Visit(
        key=key,
        enterprise=enterprise,
        subject=Visit.Subject.THEMED if action else subject,
        action=action,
        organisation_id=who().organisation_id,
        visited_on=dated(visited_on),
        lead=lead,
        second=second,
        edition=listed,
        template=template,
        **gone_through(enterprise, listed, template, items, action.codes if action else shown),
        met_with=met_with.strip()[:60],
        summary=summary.strip(),
        state=Visit.State.FINISHED,
        finished_at=timezone.now(),
    )
    if first := saved_before(visit):
        return first
    made = [told(visit, given, items.get(given.get("code") or "")) for given in answers]
    raise_hazards(visit, made)
    Answer.objects.bulk_create(made)
    fulfil(visit)
    audit("visits.finish", visit, concluded(visit, made), label=f"{enterprise}{visit}")
    return visit


def gone_through(
    plant: Enterprise,
    edition: ChecklistEdition,
    template: ChecklistTemplate | None,
    answered: dict,
    shown: Iterable[str],
) -> dict:
    """The list a recorded visit keeps: what was shown and, where nothing is said of that, what was answered."""
    if not (wanted := set(shown)):
        categories = sorted({item.category for item in answered.values()})
        return {"categories": categories, "codes": list(answered) if template else []}
    whole = checklist(edition, template).of_codes(wanted | set(answered))
    because = {name: part.because for name, part in whole.judged_for(plant).parts.items() if part.applies}
    return {"categories": whole.categories, "codes": whole.codes, "because": because}


def told(visit: Visit, given: dict, item: Asked | None) -> Answer:
    made = suggested(visit, item.code if item else f"{EXTRA}{given.get('key') or uuid4()}", item)
    made.stand_with(visit.enterprise)
    made.verdict = chosen(given.get("verdict") or Answer.Verdict.NOT_OK, Answer.Verdict.values, "结论")
    fields = ("description", "level", "accident_type", "place", "basis")
    write(made, {name: given[name] for name in fields if given.get(name)})
    if item and made.verdict == Answer.Verdict.NOT_OK:
        fill_in(made, item)
    return made


def abandon_visit(visit_id: int, reason: str) -> Visit:
    """作废: a visit begun by mistake. It stays on the record, counts for nothing, and raises no hazard."""
    visit = under_way(visit_id)
    if not reason.strip():
        raise BadInput("作废须写明理由。", field="reason")
    visit.state, visit.summary = Visit.State.ABANDONED, reason.strip()
    visit.save(update_fields=["state", "summary"])
    put_back(visit)
    audit("visits.abandon", visit, {"reason": visit.summary}, label=f"{visit.enterprise}{visit}")
    return visit
