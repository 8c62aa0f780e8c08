"""检查: starting, finishing, abandoning a visit. What was found becomes hazards at the end, and only there."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid4

from django.db.models import BigIntegerField, Case, When
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.actions.moves import record_hazards
from hazards.models import Evidence, Hazard, Level
from inspections.actions.answers import EXTRA, chosen, complete, fill_in, own_visit, suggested, under_way, write
from inspections.models import Answer, ChecklistEdition, ChecklistItem, Visit
from inspections.queries import certified_postings
from portal.audit.record import note as audit
from portal.once import kept_before
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Person
from portal.tenancy.scope import in_one_piece, who


def start_visit(
    enterprise: Enterprise,
    second_id: int | None,
    subject: str,
    categories: list[str],
    key: UUID,
    *,
    visited_on: date | None = None,
) -> Visit:
    """开始检查: freezes today's newest checklist into the visit. The same key sent twice is one visit.

    The second inspector may be named later, at the latest when finishing. Raises BadInput, NotAllowed.
    """
    demand("visits.conduct")
    if second_id is not None:
        two_inspectors(who().person_id, second_id)
    edition = newest_edition()
    known = set(edition.items.values_list("category", flat=True))
    if not categories or not set(categories) <= known:
        raise BadInput("请至少选择一类检查内容。", field="categories")
    visit = Visit(
        key=key,
        enterprise=enterprise,
        subject=subject,
        organisation_id=who().organisation_id,
        visited_on=dated(visited_on),
        lead_id=who().person_id,
        second_id=second_id,
        edition=edition,
        categories=categories,
    )
    if first := saved_before(visit):
        return first
    audit("visits.start", visit, {"edition": edition.edition, "categories": categories}, label=f"{enterprise}{visit}")
    return visit


def newest_edition() -> ChecklistEdition:
    edition = ChecklistEdition.objects.first()
    if edition is None:
        raise Refused("还没有载入检查表，请联系平台运维。")
    return edition


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
        raise BadInput("所选协办人员没有登记执法证号，或已不在任，请另选一人。", field="second")
    if lead_id not in people:
        raise BadInput("主办人员没有登记执法证号，不能执法检查。请系统管理员补录。", field="second")
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
    answers = list(visit.answers.select_related("item"))
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
                "item_code": finding.code if finding.item_id else "",
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
    criterion = finding.item.criterion if finding.item and finding.level == Level.MAJOR else ""
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
    edition: str | None = None,
) -> Visit:
    """A whole visit in one call, finished, with its hazards: for a device that worked without signal.

    An answer gives `code` (of the newest checklist, or of the `edition` that was taken along; none for a finding on no
    list, which may bring a `key`), `verdict`, and for a finding description, level, accident_type, place, basis. The same
    key sent twice is one visit.
    """
    demand("visits.conduct")
    lead, second = two_inspectors(who().person_id, second_id)
    answers = list(answers)
    if not answers:
        raise BadInput("一次检查至少要有一项结论。", field="answers")
    checklist = edition_called(edition) if edition else newest_edition()
    codes = {given["code"] for given in answers if given.get("code")}
    items = {item.code: item for item in checklist.items.filter(code__in=codes)} if codes else {}
    if missing := codes - set(items):
        raise BadInput(f"现行检查表中没有“{min(missing)}”这一项。", field="answers")
    visit = Visit(
        key=key,
        enterprise=enterprise,
        subject=subject,
        organisation_id=who().organisation_id,
        visited_on=dated(visited_on),
        lead=lead,
        second=second,
        edition=checklist,
        categories=sorted({item.category for item in items.values()}),
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
    audit("visits.finish", visit, concluded(visit, made), label=f"{enterprise}{visit}")
    return visit


def told(visit: Visit, given: dict, item: ChecklistItem | None) -> Answer:
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
    audit("visits.abandon", visit, {"reason": visit.summary}, label=f"{visit.enterprise}{visit}")
    return visit
