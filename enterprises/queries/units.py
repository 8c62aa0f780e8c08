"""What the pages of units read."""

from dataclasses import dataclass

from django.http import Http404

from enterprises.models import Enterprise, Holding, Judgement, MajorLevel, ProcessInUse, Unit


@dataclass
class UnitFile:
    """One unit with everything its page shows."""

    unit: Unit
    holdings: list[Holding]
    processes: list[ProcessInUse]
    judgements: list[Judgement]
    loose: list[Holding]
    """What the ledger's sheet names of the site, in no unit yet."""

    @property
    def last(self) -> Judgement | None:
        return self.judgements[0] if self.judgements else None

    @property
    def differs(self) -> str:
        """A sentence where the declared level is not the one judged; nothing while the judgement is incomplete."""
        if self.last is None or self.last.missing or self.unit.declared_level == self.unit.level:
            return ""
        declared, judged = (
            MajorLevel(level).label if level else "不构成" for level in (self.unit.declared_level, self.unit.level)
        )
        return f"企业申报为{declared}，按所填在量辨识为{judged}，请核对。"


def unit_or_404(pk: int) -> Unit:
    unit = Unit.objects.select_related("enterprise__district").filter(pk=pk).first()
    if unit is None:
        raise Http404(f"unit {pk}")
    return unit


def unit_file(pk: int) -> UnitFile:
    unit = unit_or_404(pk)
    return UnitFile(
        unit,
        list(unit.holdings.order_by("id")),
        list(unit.processes.order_by("id")),
        list(unit.judgements.order_by("-id")[:20]),
        list(Holding.objects.filter(enterprise_id=unit.enterprise_id, unit=None).order_by("id")),
    )


def units_of(enterprise: Enterprise) -> tuple[list[Unit], list[Holding]]:
    """Its units, and what its ledger's sheet names that no unit has been given yet."""
    return (
        list(Unit.objects.filter(enterprise=enterprise).order_by("closed_on", "id")),
        list(Holding.objects.filter(enterprise=enterprise, unit=None).order_by("id")),
    )
