"""What a device takes along into a plant, and what came home."""

import json
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db.models import Case, Count, Max, Q, QuerySet, When
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise, GradeDecision
from hazards import rules
from hazards.models import Evidence, Hazard, HazardStep
from inspections.models import Answer, ChecklistEdition, PlannedVisit, ThemedAction, Visit
from inspections.models_field import FieldFile, FieldRecord
from inspections.queries import certified_postings
from inspections.queries.checklists import checklist, newest_edition
from inspections.queries.day import come_up
from portal.permissions import may
from portal.sm3 import sm3
from portal.tenancy.scope import current_tenant_id, who

SALT = "field-pack"
PHOTOS = 4
PLANTS = 30
SECONDS = 400
ACTIONS = 5

# What of a checklist's line goes along.
CARRIED = (
    "code", "category", "subcategory", "text", "basis", "suggested_level", "level_note", "accident_type", "criterion",
)  # fmt: skip
CHANGES = 60

FACTS = (
    "name", "code", "address", "kind", "grade", "suspended_since", "suspended_parts", "key_clause", "principal",
    "safety_officer", "safety_officer_phone", "licence_no", "licence_until",
)  # fmt: skip


def plants_to_visit(word: str = "") -> list[dict[str, Any]]:
    """Plants to take along: today's planned visits of one's own first, then those with most to recheck; with a word, whoever has it."""
    plants = Enterprise.objects.called(word) if word.strip() else Enterprise.objects.all()
    planned = own_plans()
    since = timezone.localdate() - timedelta(days=3650)
    counted = plants.annotate(
        open=Count("hazards", filter=Q(hazards__status__in=rules.OPEN), distinct=True),
        waiting=Count("hazards", filter=Q(hazards__status=rules.SUBMITTED), distinct=True),
        last=Max("visits__visited_on", filter=Q(visits__state="finished", visits__visited_on__gte=since)),
    ).order_by(Case(When(pk__in=list(planned), then=0), default=1), "-waiting", "-open", "name")
    return [
        {
            "id": plant.pk,
            "planned": planned.get(plant.pk, ""),
            "name": plant.name,
            "address": plant.address,
            "grade": plant.get_grade_display() if plant.grade else "未分级",
            "open": plant.open,
            "waiting": plant.waiting,
            "last_visit": plant.last.isoformat() if plant.last else None,
        }
        for plant in counted[:PLANTS]
    ]


def own_plans() -> dict[int, str]:
    """Plant → when one means to be there, of what has come up by today and is not begun (as on 今日工作)."""
    found: dict[int, str] = {}
    for one in come_up(who().person_id, timezone.localdate()):
        when = f"{one.day:%Y-%m-%d}" if one.day else f"{one.month:%Y年}{one.month.month}月"
        found.setdefault(one.enterprise_id, when)
    return found


def facts_of(enterprise: Enterprise) -> dict[str, str]:
    """What an inspector relies on in the plant, in words; a change of any of it since is shown before the visit is taken in."""
    told = {}
    for name in FACTS:
        shown = getattr(enterprise, f"get_{name}_display", None)
        value = shown() if shown else getattr(enterprise, name)
        told[str(Enterprise._meta.get_field(name).verbose_name)] = "" if value is None else str(value)
    return told


def digest_of(facts: dict[str, str]) -> str:
    return sm3(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode())


def pack_of(pk: int) -> dict[str, Any]:
    """One plant for the way: facts, open hazards with their last pictures, and what has changed since the last visit."""
    enterprise = get_object_or_404(Enterprise.objects.select_related("district"), pk=pk)
    facts = facts_of(enterprise)
    last = Visit.objects.filter(enterprise=enterprise, state="finished").order_by("-visited_on", "-id").first()
    return {
        "enterprise": enterprise.pk,
        "name": enterprise.name,
        "address": enterprise.address,
        "district": enterprise.district.name,
        "facts": facts,
        "token": sealed(enterprise, facts),
        "hazards": [hazard_carried(hazard) for hazard in open_hazards(enterprise)],
        "last_visit": last and {"on": last.visited_on.isoformat(), "lead": last.lead.name, "summary": last.summary},
        "changes": changes_since(enterprise, last),
        "checklist": fitting(enterprise),
        "actions": [action_carried(action) for action in actions_at(enterprise)],
        "taken_at": timezone.now().isoformat(),
    }


def fitting(enterprise: Enterprise) -> dict[str, Any]:
    """Which lines of the newest checklist apply to this plant, and why; the lines themselves are carried once for all plants."""
    fits = checklist(newest_edition()).judged_for(enterprise).fitting()
    return {"edition": fits.edition.edition, "codes": fits.codes, "because": fits.because}


def actions_at(enterprise: Enterprise) -> list[ThemedAction]:
    running = ThemedAction.objects.filter(state=ThemedAction.State.RUNNING, targets__enterprise=enterprise)
    return list(running.select_related("edition", "template").order_by("id")[:ACTIONS])


def action_carried(action: ThemedAction) -> dict[str, Any]:
    """A themed action's own lines, as it froze them: of another edition or of the city's own it may be."""
    items = checklist(action.edition, action.template).of_codes(action.codes).items
    carried = [
        {name: getattr(item, name) for name in CARRIED} | {"confidence": getattr(item, "confidence", "")}
        for item in items
    ]
    return {"id": action.pk, "title": action.title, "edition": action.edition.edition, "items": carried}


def sealed(enterprise: Enterprise, facts: dict[str, str]) -> str:
    """The facts as they were taken along, so that a paper can only carry a name the portal itself has given out."""
    told = {"tenant": current_tenant_id(), "enterprise": enterprise.pk, "name": enterprise.name}
    return signing.dumps(told | {"address": enterprise.address, "facts": digest_of(facts), "told": facts}, salt=SALT)


def open_hazards(enterprise: Enterprise) -> list[Hazard]:
    hazards = list(
        Hazard.objects.open().filter(enterprise=enterprise).select_related("notice").order_by("deadline", "id")[:200]
    )
    photos: dict[int, list[Evidence]] = {}
    shown = Evidence.objects.filter(hazard__in=hazards, content_type__startswith="image/").order_by("-id")
    for photo in shown:
        if photo.served and len(photos.setdefault(photo.hazard_id, [])) < PHOTOS:
            photos[photo.hazard_id].append(photo)
    handed_in = HazardStep.objects.filter(hazard__in=hazards, verb="submit").order_by("id")
    notes = {step.hazard_id: step.note for step in handed_in}
    for hazard in hazards:
        hazard.pictures, hazard.note = photos.get(hazard.pk, []), notes.get(hazard.pk, "")
    return hazards


def hazard_carried(hazard: Hazard) -> dict[str, Any]:
    return standing(hazard) | {
        "place": hazard.place,
        "basis": hazard.basis,
        "requirement": hazard.requirement,
        "notice": hazard.notice.number if hazard.notice else "",
        "may_recheck": hazard.status == rules.SUBMITTED and may("hazards.recheck", hazard),
        "note": hazard.note,  # type: ignore[attr-defined]
        "photos": [
            {"id": photo.pk, "url": f"{reverse('evidence', args=[photo.pk])}?w=320", "phase": photo.get_phase_display()}
            for photo in hazard.pictures  # type: ignore[attr-defined]
        ],
    }


def standing(hazard: Hazard) -> dict[str, Any]:
    """How a hazard stands: what is laid beside what the device remembers where the two differ."""
    return {
        "id": hazard.pk,
        "revision": hazard.revision,
        "description": hazard.description,
        "level": hazard.get_level_display(),
        "status": hazard.get_status_display(),
        "deadline": hazard.deadline.isoformat() if hazard.deadline else None,
        "overdue_days": hazard.overdue_days(),
    }


def changes_since(enterprise: Enterprise, last: Visit | None) -> list[dict[str, str]]:
    """What happened to its hazards and its grade after the last visit, newest first."""
    steps = HazardStep.objects.filter(enterprise=enterprise).select_related("hazard")
    grades = GradeDecision.objects.filter(enterprise=enterprise)
    if last is not None:
        ended = last.finished_at or last.started_at
        steps, grades = steps.filter(at__gt=ended), grades.filter(decided_on__gt=last.visited_on)
    return sorted(told_of(steps, grades), key=lambda one: one["on"], reverse=True)[:CHANGES]


def told_of(steps, grades) -> Iterator[dict[str, str]]:
    for step in steps.order_by("-id")[:CHANGES]:
        did = rules.HISTORY.get(step.verb, step.verb)
        by = f"{step.by_unit} {step.by_name}".strip()
        yield {
            "on": timezone.localtime(step.at).date().isoformat(),
            "text": f"隐患“{step.hazard.description[:40]}”：{did}（{by}）",
        }
    for one in grades[:CHANGES]:
        yield {"on": one.decided_on.isoformat(), "text": f"风险等级定为{one.get_grade_display()}：{one.source}"}


def seconds_to_take() -> list[dict[str, Any]]:
    """Whom a device may name as the second inspector: everybody certified of one's own unit, and of the bodies that one's unit
    inspects together with (联合检查)."""
    me = who()
    mine = PlannedVisit.objects.filter(
        Q(organisation_id=me.organisation_id) | Q(joint_with_id=me.organisation_id),
        state=PlannedVisit.State.PLANNED,
        joint_with__isnull=False,
    )
    bodies = {me.organisation_id} | {
        body for pair in mine.values_list("organisation_id", "joint_with_id") for body in pair
    }
    postings = (
        certified_postings()
        .filter(organisation_id__in=bodies)
        .exclude(person_id=me.person_id)
        .select_related("person", "organisation")
        .order_by("person__name", "person_id")[:SECONDS]
    )
    return [
        {
            "id": posting.person_id,
            "name": posting.person.name,
            "certificate_no": posting.person.certificate_no,
            "unit": "" if posting.organisation_id == me.organisation_id else posting.organisation.name,
        }
        for posting in {one.person_id: one for one in postings}.values()
    ]


def checklist_carried(edition: ChecklistEdition) -> dict[str, Any]:
    items = edition.items.values(*CARRIED, "confidence")
    return {"edition": edition.edition, "name": edition.name, "items": list(items)}


def field_record(visit: Visit) -> FieldRecord | None:
    """What the device brought home with it, with its files, where it was an outing."""
    record = FieldRecord.objects.filter(visit=visit).select_related("notice").first()
    if record is not None:
        record.files = list(FieldFile.objects.filter(visit=visit).select_related("evidence"))
        record.lacking = sum(not file.came for file in record.files)
        record.voices = [file for file in record.files if file.kind == FieldFile.Kind.VOICE and file.came]
    return record


def photos_lacking(visit_id: int) -> int:
    """Pictures of a visit that are still on somebody's device."""
    return FieldFile.objects.filter(visit_id=visit_id, kind=FieldFile.Kind.PHOTO, evidence=None).count()


def photos_to_follow(hazards: Collection[int]) -> list[dict[str, Any]]:
    """The announced pictures of these hazards that have not come yet, as a document names them."""
    answers = Answer.objects.filter(hazard_id__in=hazards).values_list("visit_id", "code", "hazard_id")
    found = {(visit, code): hazard for visit, code, hazard in answers}
    lacking = FieldFile.objects.filter(
        visit_id__in={visit for visit, _ in found}, kind=FieldFile.Kind.PHOTO, evidence=None
    )
    return [
        {"hazard_id": found[file.visit_id, file.code], "phase": Evidence.Phase.FOUND.value, "digest": file.digest}
        for file in lacking.order_by("pk")
        if (file.visit_id, file.code) in found
    ]


def voice_notes(visit_id: int) -> QuerySet[FieldFile]:
    """Those that have come."""
    return FieldFile.objects.filter(visit_id=visit_id).exclude(content_type="").order_by("pk")


def signature_digest(visit_id: int, part: str) -> str | None:
    record = FieldRecord.objects.filter(visit_id=visit_id).only("signatures").first()
    return next((one["digest"] for one in record.signatures if one["part"] == part), None) if record else None


def me_in_the_field() -> dict[str, Any]:
    me = who()
    return {"account": me.account_id, "person": me.person_id, "name": me.person_name, "unit": me.organisation_name}
