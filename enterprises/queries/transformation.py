"""提升淘汰名单, as lists and one entry's page read them."""

from dataclasses import dataclass

from django.http import Http404

from enterprises.models import Transformation, TransformationStep

TRANSFORMATION_SORTS = {"due": "due_on", "new": "-pk"}


def listed():
    return Transformation.objects.select_related("enterprise", "district")


@dataclass(frozen=True)
class TransformationFile:
    record: Transformation
    steps: list[TransformationStep]

    @property
    def proven(self) -> bool:
        return any(step.digest for step in self.steps)


def transformation_or_404(pk: int) -> Transformation:
    record = listed().filter(pk=pk).first()
    if record is None:
        raise Http404(f"transformation {pk}")
    return record


def transformation_file(pk: int) -> TransformationFile:
    record = transformation_or_404(pk)
    return TransformationFile(record, list(record.steps.order_by("id")))


def step_or_404(pk: int, step_id: int) -> TransformationStep:
    step = TransformationStep.objects.filter(pk=step_id, transformation_id=pk).exclude(digest="").first()
    if step is None:
        raise Http404(f"step {step_id}")
    return step
