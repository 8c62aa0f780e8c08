"""What the smaller lists of this floor are as workbooks: their fields as they stand."""

from hazards.filters import BroadcastFilter, HazardImportFilter, SampleFilter
from hazards.models import Broadcast, HazardImport, Sample
from hazards.queries.broadcasts import BROADCAST_SORTS, listed
from hazards.queries.sample import draws
from portal.exports.registry import Export, columns, register


def register_lists() -> None:
    headers, line = columns(
        Broadcast,
        "title",
        "what",
        ("下发单位", "organisation.name"),
        "by_name",
        "sent_at",
        "answer_by",
        ("下发企业", "asked"),
        ("已答复", "answered"),
    )
    register(
        Export(
            "broadcast_list", "举一反三", "broadcasts.follow", listed, BroadcastFilter, BROADCAST_SORTS, headers, line
        )
    )
    headers, line = columns(
        HazardImport,
        ("区县", "district.name"),
        "filename",
        "state",
        "by_name",
        "by_unit",
        "made_at",
        "finished_at",
        "back_at",
        "back_why",
        "digest",
    )
    register(
        Export(
            "register_list",
            "隐患台账导入",
            "hazards.import",
            lambda: HazardImport.objects.defer("content", "found", "answers", "mapping").select_related("district"),
            HazardImportFilter,
            {"new": "-pk"},
            headers,
            line,
        )
    )
    headers, line = columns(
        Sample,
        "starts",
        "ends",
        ("范围", lambda row: row.district.name if row.district else "全市"),
        "by_district",
        "size",
        "pool_size",
        ("已复核", "looked"),
        ("不属实", "untrue"),
        "seed",
        "by_name",
        "made_at",
        "digest",
    )
    register(Export("sample_list", "抽查复核", "samples.view", draws, SampleFilter, {"new": "-pk"}, headers, line))
