"""The plan and the ledger of reminders as workbooks."""

from hazards.models import ReminderPlan
from hazards.queries.reminders import PLAN_SORTS, REMINDER_SORTS, STATES, circle_names, plans, reminders
from hazards.reminder_filters import PlanFilter, ReminderFilter
from hazards.rules import step_name
from portal.exports.registry import Export, register
from portal.messages.models import Reminder

PLAN_HEADERS = [
    "应发日",
    "企业名称",
    "所属县区",
    "隐患",
    "事项",
    "第几步",
    "对象",
    "已发时间",
    "已发给",
    "取消时间",
    "取消原因",
]


def plan_line(plan: ReminderPlan) -> list:
    return [
        plan.due_on, plan.enterprise.name, plan.district.name, plan.hazard.description[:80], plan.get_kind_display(),
        step_name(plan.step), circle_names(plan.circles), plan.told_at, "、".join(one["name"] for one in plan.told),
        plan.cancelled_at, plan.why,
    ]  # fmt: skip


REMINDER_HEADERS = [
    "应发日",
    "收件人",
    "渠道",
    "企业名称",
    "内容",
    "事项",
    "第几步",
    "情况",
    "发出时间",
    "送达时间",
    "已读时间",
    "原因",
]


def reminder_line(row: Reminder) -> list:
    message = row.message
    return [
        row.due_on, row.person.name, row.get_channel_display(), row.enterprise_name, row.line,
        ReminderPlan.Kind(row.subject_kind).label, step_name(row.step), STATES[row.state], row.sent_at,
        message and message.sent_at, message and message.seen_at, row.why or (message.fault if message else ""),
    ]  # fmt: skip


def register_reminder_exports() -> None:
    register(Export("plan_list", "提醒计划", "reminders.view", plans, PlanFilter, PLAN_SORTS, PLAN_HEADERS, plan_line))
    register(
        Export(
            "reminder_list",
            "提醒台账",
            "reminders.ledger",
            reminders,
            ReminderFilter,
            REMINDER_SORTS,
            REMINDER_HEADERS,
            reminder_line,
        )
    )
