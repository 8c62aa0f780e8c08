"""A dozen hazards waiting on one district's desk, some near their limit; what an officer has to do; and one draw."""

from datetime import date, timedelta

from campaign.demo.findings import FINDINGS, REQUIREMENTS, RETURNS
from campaign.demo.history import DAYS, History, at, basis_of
from enterprises.models import Enterprise
from hazards import rules
from hazards.actions import moves, notices
from hazards.actions.sample import draw, look_again
from hazards.models import Hazard, SampleItem
from portal.tenancy.scope import enter

WAITING = 12
# What the plant people try the portal as has to do: found how many days ago, due in how many, and how it stands.
TO_DO = [(12, -3, "signed"), (8, 0, "signed"), (7, 2, "returned"), (3, 12, "signed"), (1, 15, "unsigned")]


def fill_desk(history: History, tried: Enterprise, until: date) -> None:
    """The other plants of the district hand in; the plant people try the portal as keeps its own to do."""
    with enter(history.office):
        rows = Hazard.objects.filter(status=rules.RECTIFYING, district_id=tried.district_id)
        rows = rows.exclude(enterprise=tried).exclude(notice__acknowledged_at=None)
        rows = list(rows.select_related("enterprise", "notice").order_by("id"))
    rows = [row for row in rows if row.enterprise_id in history.officers][:WAITING]
    for number, hazard in enumerate(rows):
        day = max(hazard.notice.issued_on + timedelta(days=2), until - timedelta(days=number + 1))
        if day < until:
            history.hand_in(hazard.enterprise, history.officers[hazard.enterprise_id], hazard.pk, day)


def leave_to_do(history: History, tried: Enterprise, until: date) -> None:
    """One of each for the officer's first page: late, due today, sent back, in time, and not yet signed for."""
    pair, officer = history.pairs[tried.district_id], history.officers[tried.pk]
    for (text, level, kind, place, _), (ago, due_in, stands) in zip(FINDINGS[3:], TO_DO, strict=False):
        day = until - timedelta(days=ago)
        with at(day, 9), enter(pair.lead):
            hazard = moves.record_hazard(
                tried,
                description=text,
                level=level,
                accident_type=kind,
                place=place,
                basis=basis_of(kind),
                found_on=day,
            )
        with at(day, 15), enter(pair.lead):
            due = notices.deadline_for(due=until + timedelta(days=due_in))
            notice = notices.issue_notice([notices.Order(hazard.pk, due, REQUIREMENTS)], pair.second.pk)
        if stands == "unsigned":
            continue
        with at(day + timedelta(days=1), 8, 30), enter(officer):
            notices.acknowledge(notice.pk, officer.person_name)
        if stands == "returned":
            history.hand_in(tried, officer, hazard.pk, day + timedelta(days=2))
            with at(day + timedelta(days=3), 10), enter(pair.lead):
                moves.send_back(hazard.pk, RETURNS[0])


def draw_again(history: History, until: date) -> None:
    with at(until - timedelta(days=1), 10), enter(history.office):
        sample = draw(
            starts=until - timedelta(days=DAYS),
            ends=until - timedelta(days=2),
            seed=f"{until - timedelta(days=1)} 双色球开奖号码 03 09 14 21 27 30+05",
            number=15,
            by_district=True,
        )
        first, second = SampleItem.objects.filter(sample=sample).order_by("id")[:2]
        look_again(first.pk, "true", "到现场查看，整改措施仍在使用，与照片一致。")
        look_again(second.pk, "untrue", "到现场查看，法兰处又有渗漏，原垫片没有更换。")
