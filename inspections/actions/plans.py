"""检查计划: generating a year's visits, and what is done with each of them until somebody goes."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from inspections import rules
from inspections.models import PlannedVisit, Visit
from inspections.queries import certified_postings
from inspections.queries import plans as reads
from portal.audit.record import note as audit
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.queries import posted
from portal.tenancy.scope import current_tenant_id, in_one_piece, who

State, Origin = PlannedVisit.State, PlannedVisit.Origin


@in_one_piece
def generate(year: int) -> reads.Preview:
    """生成年度计划, as `reads.preview` says it: what somebody has assigned, moved, cancelled or done is never touched.

    Raises BadInput for a year that is neither this nor the next.
    """
    demand("plans.generate")
    year_of_plan(year)
    one_at_a_time()
    change = reads.preview(year)
    bodies = reads.bodies_by_district()
    if who().district_id and who().organisation_id:
        bodies[who().district_id] = who().organisation_id
    PlannedVisit.objects.filter(pk__in=change.change.withdraw).delete()
    made = []
    for key, month in change.change.add:
        plant = change.plants[key]
        one = PlannedVisit(
            enterprise=plant,
            month=month,
            organisation_id=bodies[plant.district_id],
            origin=Origin.GRADE,
            grade=plant.grade,
            months=plant.months,  # type: ignore[attr-defined]
            by_name=who().person_name,
        )
        one.stand_with(plant)
        made.append(one)
    PlannedVisit.objects.bulk_create(made, batch_size=1000)
    audit("plans.generate", changes={"year": year, "added": len(made), "withdrawn": len(change.change.withdraw)})
    return change


def one_at_a_time() -> None:
    """Two who press the button at once would both add what neither found: the city's second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('plans'), %s)", [current_tenant_id() % 2**31])


def year_of_plan(year: int) -> int:
    this = timezone.localdate().year
    if year not in (this, this + 1):
        raise BadInput(f"只能生成{this}年或{this + 1}年的计划。", field="year")
    return year


def coming(month: date) -> date:
    """The first day of a month that is not over. Raises BadInput."""
    month = month.replace(day=1)
    today = timezone.localdate()
    if not 0 <= rules.months_between(today, month) <= 24:
        raise BadInput("计划月份应在本月到今后24个月之内。", field="month")
    return month


@in_one_piece
def add_planned(enterprise: Enterprise, month: date) -> PlannedVisit:
    """另行安排: one visit beside the frequency, by the acting person's own body. Raises BadInput, NotAllowed."""
    demand("plans.arrange")
    if who().organisation_id is None:
        raise BadInput("您没有所在单位，不能安排检查。请联系系统管理员。")
    planned = PlannedVisit(
        enterprise=enterprise,
        month=coming(month),
        organisation_id=who().organisation_id,
        origin=Origin.HAND,
        grade=enterprise.grade,
        by_name=who().person_name,
    )
    demand("plans.arrange", planned)
    planned.save()
    audit("plans.add", planned, {"month": planned.month.isoformat()}, label=f"{enterprise}{planned}")
    warn(planned)
    return planned


def arranged(pk: int, revision: int | None = None, *, also: int | None = None) -> PlannedVisit:
    """One's own body's planned visit under a row lock, still to make. Raises Http404, NotAllowed, IllegalMove, Refused."""
    demand("plans.arrange")
    # In the order of their numbers, so that two bodies answering each other do not wait for each other.
    rows = PlannedVisit.objects.select_for_update(of=("self",)).filter(pk__in=[pk, also or pk])
    found = {one.pk: one for one in rows.select_related("enterprise", "organisation").order_by("pk")}
    planned = found.get(pk)
    if planned is None or (also and also not in found):
        raise Http404(f"planned visit {pk}")
    demand("plans.arrange", planned)
    if planned.state != State.PLANNED:
        raise IllegalMove(f"这次计划检查{planned.get_state_display()}，不能再改。")
    if planned.visit_id:
        raise IllegalMove("这次计划检查已经开始，请在检查页面完成或作废。")
    if revision not in (None, planned.revision):
        raise Refused("这次计划检查刚刚被他人修改，请核对后再提交。")
    return planned


def store(planned: PlannedVisit, verb: str, told: dict) -> PlannedVisit:
    planned.revision += 1
    planned.save()
    audit(verb, planned, told, label=f"{planned.enterprise}{planned}")
    return planned


@in_one_piece
def assign(
    pk: int, first_id: int, second_id: int, *, day: date | None = None, revision: int | None = None
) -> PlannedVisit:
    """指派两名执法人员 of the body (of either, where it is joint), and the day if it is known (安全生产法第67条).

    Raises BadInput where they are not two certified people now posted there, or the day is not in the month.
    """
    planned = arranged(pk, revision)
    if first_id == second_id:
        raise BadInput("须指派两名不同的执法人员（安全生产法第67条）。", field="second")
    bodies = [body for body in (planned.organisation_id, planned.joint_with_id) if body]
    able = set(certified_postings().filter(organisation_id__in=bodies).values_list("person_id", flat=True))
    for person, field in ((first_id, "first"), (second_id, "second")):
        if person not in able:
            raise BadInput("所选人员不是检查单位在任、有执法证号的人员，请另选。", field=field)
    if day is not None and (day.replace(day=1) != planned.month or day < timezone.localdate()):
        raise BadInput("计划日期应在计划月份之内，且不早于今天；要换月份请用“改期”。", field="day")
    planned.first_id, planned.second_id, planned.day = first_id, second_id, day
    store(planned, "plans.assign", {"first": first_id, "second": second_id, "day": str(day or "")})
    told(planned, "assigned", [first_id, second_id], "您有一次计划检查", f"请按计划到{planned.enterprise}检查。")
    warn(planned)
    return planned


@in_one_piece
def move(pk: int, month: date, reason: str, *, revision: int | None = None) -> PlannedVisit:
    """改期 to another month, with a reason; its day is open again. Whoever was to go is told."""
    planned = arranged(pk, revision)
    before, month = planned.month, coming(month)
    if month == before:
        raise BadInput("改期后的月份与原来相同。", field="month")
    planned.note = reasoned(reason)
    planned.month, planned.day = month, None
    store(planned, "plans.move", {"from": before.isoformat(), "to": month.isoformat(), "reason": planned.note})
    told(planned, "moved", pair(planned), "计划检查改期", f"由{before:%Y-%m}改到{month:%Y-%m}。理由：{planned.note}")
    warn(planned)
    return planned


@in_one_piece
def cancel(pk: int, reason: str, *, revision: int | None = None) -> PlannedVisit:
    """取消, with a reason that stays; making the plan anew does not bring it back."""
    planned = arranged(pk, revision)
    planned.state, planned.note, planned.offered_to = State.CANCELLED, reasoned(reason), None
    store(planned, "plans.cancel", {"reason": planned.note})
    PlannedVisit.objects.filter(offered_to=planned).update(offered_to=None)
    told(planned, "cancelled", pair(planned), "计划检查取消", f"理由：{planned.note}")
    return planned


@in_one_piece
def offer(pk: int, other_id: int, *, revision: int | None = None) -> PlannedVisit:
    """提议联合检查: this visit is offered to the body that plans the same plant within a fortnight."""
    planned = arranged(pk, revision, also=other_id)
    if planned.joint_with_id or planned.offered_to_id:
        raise Refused("这次检查已经是联合检查，或已提议而对方尚未答复。")
    other = next((one for one in reads.others_near(planned) if one.pk == other_id), None)
    if other is None or other.joint_with_id:
        raise Refused("对方的计划已有变动，不再是两周内检查同一企业。请刷新页面再看。")
    planned.offered_to = other
    store(planned, "plans.offer", {"to": other.organisation_id, "their": other.pk})
    told(
        other,
        f"offered:{planned.pk}",
        people_of(other),
        "提议联合检查",
        f"{planned.organisation}提议一起检查，请答复。",
    )
    return planned


@in_one_piece
def answer_offer(
    pk: int, offer_id: int, *, accepts: bool, reason: str = "", revision: int | None = None
) -> PlannedVisit:
    """答复: accepted, the other body's visit becomes both bodies' and one's own is merged into it; else a reason is given."""
    mine = arranged(pk, revision, also=offer_id)
    theirs = PlannedVisit.objects.select_related("enterprise", "organisation").get(pk=offer_id)
    if theirs.offered_to_id != mine.pk or theirs.state != State.PLANNED or theirs.visit_id:
        raise Refused("对方已经撤回提议，或计划已有变动。请刷新页面再看。")
    theirs.offered_to = None
    if accepts:
        theirs.joint_with_id = mine.organisation_id
        mine.state, mine.note, mine.offered_to = State.CANCELLED, f"并入{theirs.organisation}的联合检查", None
        PlannedVisit.objects.filter(offered_to=mine).exclude(pk=theirs.pk).update(offered_to=None)
        store(mine, "plans.cancel", {"reason": mine.note})
        store(theirs, "plans.join", {"with": mine.organisation_id, "their": mine.pk})
        told(theirs, "joined", people_of(theirs) | pair(mine), "联合检查已商定", f"与{mine.organisation}一起检查。")
    else:
        why = reasoned(reason)
        store(theirs, "plans.decline", {"by": mine.organisation_id, "reason": why})
        told(theirs, "declined", people_of(theirs), "对方不同意联合检查", f"{mine.organisation}：{why}")
    return theirs


def reasoned(reason: str) -> str:
    if not reason.strip():
        raise BadInput("请写明理由。", field="reason")
    return reason.strip()[:300]


def pair(planned: PlannedVisit) -> set[int]:
    return {person for person in (planned.first_id, planned.second_id) if person}


def people_of(planned: PlannedVisit) -> set[int]:
    """Whom a word to the body reaches: those who are to go and its leaders, or everybody of it where it has none."""
    leaders = posted(organisation_id=planned.organisation_id, leads=True)
    return pair(planned) | (leaders or posted(organisation_id=planned.organisation_id))


def told(planned: PlannedVisit, event: str, people: Iterable[int], title: str, text: str) -> None:
    link = reverse("planned", args=[planned.pk])
    others = set(people) - {who().person_id}
    when = f"{planned.day:%Y-%m-%d}" if planned.day else f"{planned.month:%Y年}{planned.month.month}月"
    body = f"{planned.enterprise}，{when}。{text}"
    tell(others, f"planned:{planned.pk}:{event}:{planned.revision}", title, body, link)


def warn(planned: PlannedVisit) -> None:
    """两家单位两周内检查同一企业: both bodies are told once a pair of plans."""
    for other in reads.others_near(planned):
        for one, its in ((planned, other), (other, planned)):
            one.enterprise = planned.enterprise
            tell(
                people_of(one) - {who().person_id},
                f"planned:near:{min(planned.pk, other.pk)}:{max(planned.pk, other.pk)}",
                "两家单位计划两周内检查同一企业",
                f"{planned.enterprise}：{its.organisation}也计划检查，可以提议联合检查，或改期。",
                reverse("planned", args=[one.pk]),
            )


def take_up(visit: Visit, planned_id: int) -> None:
    """A visit is begun from what was planned. Raises Http404, Refused where another visit has been begun from it."""
    planned = PlannedVisit.objects.select_for_update(of=("self",)).filter(pk=planned_id).first()
    if planned is None or planned.enterprise_id != visit.enterprise_id:
        raise Http404(f"planned visit {planned_id}")
    if planned.visit_id == visit.pk:
        return
    if planned.state != State.PLANNED or planned.visit_id:
        raise Refused("这次计划检查已经开始、完成或取消，请从检查计划里重新选择。")
    planned.visit = visit
    planned.revision += 1
    planned.save(update_fields=["visit", "revision"])


def put_back(visit: Visit) -> None:
    """An abandoned visit leaves its plan to be made by another."""
    PlannedVisit.objects.filter(visit=visit, state=State.PLANNED).update(visit=None)


def fulfil(visit: Visit) -> PlannedVisit | None:
    """A finished visit makes its planned one done; begun without a plan, the nearest of the plant (rules.fulfilled_by)."""
    open_here = PlannedVisit.objects.select_for_update(of=("self",)).filter(
        Q(visit=visit) | Q(visit=None), enterprise_id=visit.enterprise_id, state=State.PLANNED
    )
    rows = {one.pk: one for one in open_here.order_by("pk")}
    planned = next((one for one in rows.values() if one.visit_id == visit.pk), None)
    # What was planned for a themed action is done by its own visits alone, and they do theirs first.
    if visit.action_id:
        planned = planned or next((one for one in rows.values() if one.action_id == visit.action_id), None)
    rows = {key: one for key, one in rows.items() if not one.action_id}
    if planned is None:
        mine = visit.organisation_id
        key = rules.fulfilled_by(
            visit.visited_on,
            [
                (one.pk, one.month, one.months, mine in (one.organisation_id, one.joint_with_id))
                for one in rows.values()
            ],
        )
        planned = rows.get(key or 0)
    if planned is None:
        return None
    planned.state, planned.visit, planned.offered_to = State.DONE, visit, None
    planned.revision += 1
    planned.save(update_fields=["state", "visit", "offered_to", "revision"])
    PlannedVisit.objects.filter(offered_to=planned).update(offered_to=None)
    elsewhere = pair(planned) - {visit.lead_id, visit.second_id}
    planned.enterprise = visit.enterprise
    told(planned, "done", elsewhere, "计划检查已由他人完成", "不必再去；如还需检查，请另行安排。")
    return planned
