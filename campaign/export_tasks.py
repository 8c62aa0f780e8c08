"""任务清单 as a workbook."""

from campaign.filters_tasks import TaskFilter
from campaign.models import Task
from campaign.queries_tasks import TASK_SORTS, listed_with_roadmap
from portal.exports.registry import Export, register

HEADERS = [
    "编号", "任务", "内容和要求", "阶段", "方案条款", "责任单位", "配合单位", "责任人", "开始日期", "原定期限", "完成期限", "状态",
    "进度（%）", "逾期天数", "节点", "下达日期", "报完成日期", "确认日期",
]  # fmt: skip


def line(task: Task) -> list:
    steps = [
        f"{one.due} {one.title}" + (f"（{one.reached_on}完成）" if one.reached_on else "")
        for one in task.milestones.all()
    ]
    return [
        task.pk, task.title, task.what, task.phase.name, task.get_clause_display(), task.unit.name, "、".join(task.assisting_names),
        task.responsible, task.starts, task.first_due, task.due, task.get_state_display(), task.percent,
        task.late_days() or None, "\n".join(steps), task.handed_on, task.done_on, task.confirmed_on,
    ]  # fmt: skip


def register_task_export() -> None:
    register(Export("task_list", "任务清单", "tasks.view", listed_with_roadmap, TaskFilter, TASK_SORTS, HEADERS, line))
