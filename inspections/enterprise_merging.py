"""When an entry of the ledger is merged into another, its visits count for the other."""

from collections.abc import Iterator

from django.db.models import Q

from enterprises import merging
from enterprises.models import Merger
from hazards.models import Evidence, Hazard
from inspections.models import Answer, FieldFile, FieldRecord, Visit


def register_merging() -> None:
    merging.moves(Visit)
    merging.moves(Answer, through={"visit": Visit})
    merging.moves(FieldRecord, through={"visit": Visit})
    merging.moves(FieldFile, through={"visit": Visit})
    merging.moves(Evidence, where=Q(hazard=None), through={"visit_id": Visit})
    merging.before_undoing.append(found_since)


def found_since(merger: Merger) -> Iterator[str]:
    visits, hazards = (merger.moved["rows"][label] for label in ("inspections.visit", "hazards.hazard"))
    found = Hazard.objects.filter(source_kind="visit", source_id__in=visits).exclude(pk__in=hazards).count()
    if found:
        yield f"合并之后，并入企业未完成的检查又查出{found}条隐患，不能撤销合并。"
