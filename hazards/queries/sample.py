"""What the pages of 抽查复核 read: the draws, how far each is, and what is to be looked at again."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from hazards.models import Sample, SampleItem

ITEM_SORTS = {"new": "-pk", "district": "district__order", "looked": "-looked_at"}


def draws() -> QuerySet[Sample]:
    return (
        Sample.objects.select_related("district")
        .defer("pool")
        .annotate(
            looked=Count("items", filter=~Q(items__result="")), untrue=Count("items", filter=Q(items__result="untrue"))
        )
    )


def items() -> QuerySet[SampleItem]:
    return SampleItem.objects.select_related("hazard", "hazard__rechecked_by", "enterprise", "district")


@dataclass(frozen=True)
class Progress:
    """One stratum: drawn of how many, looked at, found untrue."""

    name: str
    of: int
    drawn: int
    looked: int
    untrue: int


@dataclass(frozen=True)
class SampleFile:
    sample: Sample
    rows: list[Progress]
    drawn: list[int]

    @property
    def total(self) -> Progress:
        sums = (sum(getattr(row, name) for row in self.rows) for name in ("of", "drawn", "looked", "untrue"))
        return Progress("合计", *sums)


def sample_file(pk: int) -> SampleFile:
    sample = Sample.objects.select_related("district").filter(pk=pk).first()
    if sample is None:
        raise Http404(f"sample {pk}")
    found = list(SampleItem.objects.filter(sample=sample).order_by("id").values_list("stratum", "result", "hazard_id"))
    rows = [
        Progress(
            name,
            len(sample.pool[name]),
            drawn,
            sum(stratum == name and bool(result) for stratum, result, _ in found),
            sum(stratum == name and result == SampleItem.Result.UNTRUE for stratum, result, _ in found),
        )
        for name, drawn in sorted(sample.shares.items())
    ]
    return SampleFile(sample, rows, [hazard for _, _, hazard in found])


def item_or_404(pk: int) -> SampleItem:
    item = items().filter(pk=pk).first()
    if item is None:
        raise Http404(f"sample item {pk}")
    return item
