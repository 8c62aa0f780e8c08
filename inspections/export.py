"""What the lists of this floor are as workbooks."""

from inspections.filters import PlannedFilter
from inspections.models import PlannedVisit
from inspections.queries.plans import PLANNED_SORTS, planned_visits
from portal.exports.registry import Export, register
from portal.ui.spreadsheet import Cell

PLANNED_HEADERS = (
    *("企业", "统一社会信用代码", "区县", "计划时等级", "计划月份", "计划日期", "检查单位", "联合检查单位"),
    *("主办人员", "协办人员", "状态", "两周内两家单位检查", "来源", "改期或取消理由"),
)


def planned_line(planned: PlannedVisit) -> list[Cell]:
    return [
        planned.enterprise.name,
        planned.enterprise.code,
        planned.district.name,
        planned.grade,
        f"{planned.month:%Y-%m}",
        planned.day,
        planned.organisation.name,
        planned.joint_with.name if planned.joint_with else "",
        planned.first.name if planned.first else "",
        planned.second.name if planned.second else "",
        "逾期未检查" if planned.is_late else planned.get_state_display(),
        "是" if planned.near else "",  # type: ignore[attr-defined]
        planned.get_origin_display(),
        planned.note,
    ]


def register_exports() -> None:
    register(
        Export(
            "planned_list",
            "检查计划",
            "plans.view",
            planned_visits,
            PlannedFilter,
            PLANNED_SORTS,
            PLANNED_HEADERS,
            planned_line,
        )
    )
