"""抽查复核 as a workbook."""

from hazards.filters import SampleItemFilter
from hazards.models import SampleItem
from hazards.queries.sample import ITEM_SORTS, items
from portal.exports.registry import Export, register

ITEM_HEADERS = [
    "抽查号", "分层", "隐患编号", "企业名称", "所属县区", "级别", "隐患描述", "部位", "销号日期", "复查人", "复核结果", "复核情况",
    "复核人", "复核时间",
]  # fmt: skip


def item_line(i: SampleItem) -> list:
    hazard = i.hazard
    return [
        i.sample_id, i.stratum, i.hazard_id, i.enterprise.name, i.district.name, hazard.get_level_display(),
        hazard.description, hazard.place, hazard.closed_on, hazard.rechecked_by.name if hazard.rechecked_by else "",
        i.get_result_display() or "待复核", i.note, i.looked_by_name, i.looked_at,
    ]  # fmt: skip


def register_sample_exports() -> None:
    register(
        Export(
            "sample_items",
            "抽查复核",
            "samples.items",
            items,
            SampleItemFilter,
            ITEM_SORTS,
            ITEM_HEADERS,
            item_line,
        )
    )
