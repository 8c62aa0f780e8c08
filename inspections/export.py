"""What the lists of this floor are as workbooks."""

from django.utils import timezone

from inspections.filters import ActionFilter, PlannedFilter, TargetFilter
from inspections.models import ActionTarget, PlannedVisit, ThemedAction
from inspections.queries.plans import PLANNED_SORTS, planned_visits
from inspections.queries.themed import TARGET_SORTS, actions, targets
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


ACTION_HEADERS = ("名称", "主题", "开始日期", "截止日期", "企业范围", "检查项", "状态", "启动", "结束", "拟定人")
TARGET_HEADERS = ("专项行动", "企业", "统一社会信用代码", "区县", "风险等级", "列入日期", "计划月份", "检查")


def action_line(action: ThemedAction) -> list[Cell]:
    started = timezone.localdate(action.started_at) if action.started_at else None
    return [
        *(action.title, action.theme_words, action.starts, action.ends, action.scope_words or "全部企业"),
        *(len(action.codes), action.get_state_display(), started, action.ended_on, action.by_name),
    ]


def target_line(target: ActionTarget) -> list[Cell]:
    plant = target.enterprise
    month = f"{target.planned_month:%Y-%m}" if target.planned_month else ""  # type: ignore[attr-defined]
    visited = "已检查" if target.visited else "未检查"  # type: ignore[attr-defined]
    return [
        *(target.action.title, plant.name, plant.code, target.district.name, plant.grade, target.joined_on),
        *(month, visited),
    ]


def register_exports() -> None:
    register(
        Export(
            "action_list",
            "专项行动",
            "actions.view",
            actions,
            ActionFilter,
            {"new": "-pk"},
            ACTION_HEADERS,
            action_line,
        )
    )
    register(
        Export(
            "target_list",
            "专项行动的企业",
            "actions.view",
            targets,
            TargetFilter,
            TARGET_SORTS,
            TARGET_HEADERS,
            target_line,
        )
    )
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
