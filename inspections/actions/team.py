"""队伍建设: training that is entered, and commendations that are proposed and decided."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from inspections.models_team import Commendation, TrainingRecord
from inspections.queries.handover import leaver_or_404
from inspections.queries.quality import quality
from portal.audit.record import note as audit
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, who

MOST_HOURS = Decimal(400)
State = Commendation.State


def enter_training(person_id: int, told: Mapping[str, Any]) -> TrainingRecord:
    """登记培训 of somebody in one's own district, or by the office of anybody. `told`: on, subject, hours, source. Raises BadInput."""
    demand("team.train")
    leaver = leaver_or_404(person_id)
    demand("team.person", leaver)
    record = TrainingRecord(
        person=leaver.person,
        organisation_id=leaver.organisation_id,
        district_id=leaver.district_id,
        by_name=who().person_name,
        **{name: value.strip() if isinstance(value, str) else value for name, value in told.items()},
    )
    if not record.subject:
        raise BadInput("请填写培训内容。", field="subject")
    if record.on > timezone.localdate():
        raise BadInput("培训日期不能晚于今天。", field="on")
    if not 0 < record.hours <= MOST_HOURS:
        raise BadInput(f"学时应大于0，一次不超过{MOST_HOURS}。", field="hours")
    record.save()
    audit("team.train", record, {"hours": str(record.hours), "on": record.on.isoformat()}, label=leaver.person.name)
    return record


def set_training_aside(pk: int, reason: str) -> TrainingRecord:
    """作废 an entry made in error; it stays to be read and counts no more."""
    demand("team.train")
    record = TrainingRecord.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if record is None:
        raise Http404(f"training {pk}")
    if record.set_aside:
        raise IllegalMove("这条培训记录已经作废。")
    if not reason.strip():
        raise BadInput("请写明作废理由。", field="reason")
    record.set_aside = reason.strip()[:200]
    record.save(update_fields=["set_aside"])
    audit("team.train_aside", record, {"reason": record.set_aside}, label=str(record.person_id))
    return record


@in_one_piece
def propose(person_id: int, grounds: str, since: date, until: date) -> Commendation:
    """建议表彰, by whoever leads the district, with the period's figures as they stand today. The office is told."""
    demand("commendations.propose")
    leaver = leaver_or_404(person_id)
    demand("team.person", leaver)
    if leaver.person_id == who().person_id:
        raise Refused("不能建议表彰自己，请由领导小组办公室或上级办理。")
    if not grounds.strip():
        raise BadInput("请写明事迹和理由。", field="grounds")
    if since > until or until > timezone.localdate():
        raise BadInput("数字的起止日期应先后相接，且不晚于今天。", field="until")
    made = Commendation(
        person=leaver.person,
        organisation_id=leaver.organisation_id,
        district_id=leaver.district_id,
        grounds=grounds.strip(),
        since=since,
        until=until,
        figures=quality([person_id], since, until)[person_id].figures,
        proposed_by_id=who().person_id,
        proposed_by_name=who().person_name,
        proposed_on=timezone.localdate(),
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as twice:
        raise Refused(f"{leaver.person.name}已有一件表彰建议在等领导小组办公室决定。") from twice
    audit("commendations.propose", made, {"person": person_id}, label=leaver.person.name)
    tell(
        posted(role="office"),
        f"commendation:{made.pk}:proposed",
        f"表彰建议待决定：{leaver.person.name}",
        f"{who().organisation_name}建议。{made.grounds[:200]}",
        reverse("commendation", args=[made.pk]),
    )
    return made


@in_one_piece
def decide(pk: int, *, grants: bool, opinion: str) -> Commendation:
    """决定, by the office, with its words. Whoever proposed it is told, and where it is granted the person too."""
    demand("commendations.decide")
    made = Commendation.objects.select_for_update(of=("self",)).select_related("person").filter(pk=pk).first()
    if made is None:
        raise Http404(f"commendation {pk}")
    if made.state != State.PROPOSED:
        raise IllegalMove(f"这件表彰建议已由{made.decided_by_name}决定：{made.get_state_display()}。")
    if not opinion.strip():
        raise BadInput("请写明决定意见。", field="opinion")
    made.state = State.GRANTED if grants else State.REFUSED
    made.opinion, made.decided_by_name, made.decided_on = opinion.strip()[:500], who().person_name, timezone.localdate()
    made.save(update_fields=["state", "opinion", "decided_by_name", "decided_on"])
    audit("commendations.decide", made, {"state": made.state, "opinion": made.opinion}, label=made.person.name)
    words, key = f"{made.get_state_display()}。{made.opinion}", f"commendation:{made.pk}:decided"
    tell(
        {made.proposed_by_id},
        key,
        f"表彰建议已决定：{made.person.name}",
        words,
        reverse("commendation", args=[made.pk]),
    )
    if grants:
        tell({made.person_id}, key, "您受到表彰", words, reverse("team_person", args=[made.person_id]))
    return made
