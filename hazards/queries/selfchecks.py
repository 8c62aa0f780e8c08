"""企业自查, as its list, its page and its counts read it. None of these is an official figure."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone

from hazards import rules_selfcheck as rules
from hazards.models import SelfCheck, SelfCheckPhoto, SelfCheckStep
from portal.files import quarantine
from portal.permissions import may
from portal.tenancy.models import District
from portal.tenancy.scope import who

# Past one's own date first.
SELFCHECK_SORTS = {"planned": "planned_on", "found": "-found_on", "new": "-pk"}


def listed():
    return SelfCheck.objects.select_related("enterprise", "district")


def selfcheck_or_404(pk: int) -> SelfCheck:
    check = listed().filter(pk=pk).first()
    if check is None:
        raise Http404(f"self-check {pk}")
    return check


@dataclass(frozen=True)
class SelfCheckFile:
    """One self-check with everything its page shows."""

    record: SelfCheck
    steps: list[SelfCheckStep]
    photos: dict[str, list[SelfCheckPhoto]]
    verbs: list[str]
    officialise: bool


def selfcheck_file(pk: int) -> SelfCheckFile:
    check = selfcheck_or_404(pk)
    photos: dict[str, list[SelfCheckPhoto]] = {"found": [], "done": []}
    kept = list(check.photos.order_by("id"))
    held = quarantine.held(photo.digest for photo in kept)
    for photo in kept:
        photo.held = held.get(photo.digest, "")  # type: ignore[attr-defined]
        photos[photo.phase].append(photo)
    return SelfCheckFile(
        check,
        list(check.steps.order_by("id")),
        photos,
        verbs_for(check),
        may_officialise(check),
    )


def verbs_for(check: SelfCheck) -> list[str]:
    return rules.own_verbs_from(check.state) if may("selfchecks.report", check) else []


def may_officialise(check: SelfCheck) -> bool:
    open_to_it = check.hazard_id is None and (check.state, "officialise") in rules.TRANSITIONS
    return open_to_it and may("selfchecks.officialise", check)


def photos_since(check: SelfCheck):
    """Its pictures since it was reported, or last taken up again."""
    again = check.steps.filter(verb="reopen").order_by("-id").values_list("at", flat=True).first()
    return check.photos.filter(at__gte=again) if again else check.photos.all()


def done_photos(check: SelfCheck) -> list[SelfCheckPhoto]:
    return list(photos_since(check).filter(phase=SelfCheckPhoto.Phase.DONE).order_by("id"))


def photo_or_404(pk: int, photo: int) -> SelfCheckPhoto:
    found = SelfCheckPhoto.objects.filter(pk=photo, self_check_id=pk).first()
    if found is None:
        raise Http404(f"photo {photo}")
    return found


def count_late() -> int:
    return SelfCheck.objects.late().count()


def checks_of(enterprise) -> list[SelfCheck]:
    return list(SelfCheck.objects.filter(enterprise=enterprise).order_by("-id")[:10])


@dataclass(frozen=True)
class DistrictCounts:
    """What the enterprises of one district reported themselves; each number opens as a list by the filter of its name."""

    district: District
    reported: int = 0
    enterprises: int = 0
    open: int = 0
    late: int = 0
    done: int = 0
    official: int = 0


def counts_by_district() -> list[DistrictCounts]:
    """Every district, also those where nothing was reported; the own one for those who see no other."""
    today = timezone.localdate()
    rows = (
        SelfCheck.objects.exclude(state=rules.CANCELLED)
        .order_by()
        .values("district_id")
        .annotate(
            reported=Count("pk"),
            enterprises=Count("enterprise_id", distinct=True),
            open=Count("pk", filter=Q(state=rules.FOUND)),
            late=Count("pk", filter=Q(state=rules.FOUND, planned_on__lt=today)),
            done=Count("pk", filter=Q(state=rules.DONE)),
            official=Count("pk", filter=Q(hazard__isnull=False)),
        )
    )
    counted = {row.pop("district_id"): row for row in rows}
    districts = District.objects.filter(pk=who().district_id) if who().scope == "district" else District.objects.all()
    return [DistrictCounts(district, **counted.get(district.pk, {})) for district in districts]
