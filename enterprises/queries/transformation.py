"""提升淘汰名单, as lists and one entry's page read them."""

from dataclasses import dataclass

from django.http import Http404

from enterprises.models import Enterprise, Transformation, TransformationStep
from enterprises.rules.transformation import verbs_from
from portal.permissions import may

TRANSFORMATION_SORTS = {"due": "due_on", "new": "-pk"}


def listed():
    return Transformation.objects.select_related("enterprise", "district")


@dataclass(frozen=True)
class TransformationFile:
    """One entry with everything its page shows."""

    record: Transformation
    steps: list[TransformationStep]
    verbs: list[str]


def transformation_or_404(pk: int) -> Transformation:
    record = listed().filter(pk=pk).first()
    if record is None:
        raise Http404(f"transformation {pk}")
    return record


def transformation_file(pk: int) -> TransformationFile:
    record = transformation_or_404(pk)
    verbs = verbs_from(record.state) if may("transformation.edit", record) else []
    return TransformationFile(record, list(record.steps.order_by("id")), verbs)


def step_or_404(pk: int, step_id: int) -> TransformationStep:
    step = TransformationStep.objects.filter(pk=step_id, transformation_id=pk).exclude(digest="").first()
    if step is None:
        raise Http404(f"step {step_id}")
    return step


def evidence_since(entry: Transformation) -> bool:
    """Whether there is evidence since it was put on the list, or put on it again."""
    steps = TransformationStep.objects.filter(transformation=entry)
    begun = steps.filter(verb__in=("put", "reopen")).order_by("-id").values_list("pk", flat=True).first() or 0
    return steps.filter(pk__gte=begun).exclude(digest="").exists()


def entries_of(enterprise: Enterprise) -> list[Transformation]:
    return list(Transformation.objects.filter(enterprise=enterprise).order_by("-id")[:10])


def count_late() -> int:
    return Transformation.objects.late().count()
