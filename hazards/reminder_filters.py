"""The filters of the lists of reminders, shared by pages, exports and API."""

import django_filters as filters

from hazards.filters import plants
from hazards.models import ReminderPlan
from hazards.queries.reminders import STATES, of_enterprise
from portal.messages.models import Channel, Reminder
from portal.ui.fields import DAY
from portal.ui.filters import DistrictFilter

PLAN_STATES = [("waiting", "待发"), ("told", "已发"), ("cancelled", "已取消")]


class PlanFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="enterprise__name", lookup_expr="icontains", label="企业")
    state = filters.ChoiceFilter(method="in_state", choices=PLAN_STATES, label="情况", empty_label="全部情况")
    kind = filters.ChoiceFilter(choices=ReminderPlan.Kind.choices, label="事项", empty_label="全部事项")
    district = DistrictFilter()
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte", label="应发日起", widget=DAY)
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte", label="应发日止", widget=DAY)

    class Meta:
        model = ReminderPlan
        fields: list[str] = []

    def in_state(self, queryset, name, value):
        return {
            "waiting": lambda: queryset.filter(told_at=None, cancelled_at=None),
            "told": lambda: queryset.exclude(told_at=None),
            "cancelled": lambda: queryset.exclude(cancelled_at=None),
        }[value]()


class ReminderFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="person__name", lookup_expr="icontains", label="收件人")
    state = filters.ChoiceFilter(choices=list(STATES.items()), label="情况", empty_label="全部情况")
    kind = filters.ChoiceFilter(
        field_name="subject_kind", choices=ReminderPlan.Kind.choices, label="事项", empty_label="全部事项"
    )
    channel = filters.ChoiceFilter(choices=Channel.choices, label="渠道", empty_label="全部渠道")
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业", method="about_enterprise")
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte", label="应发日起", widget=DAY)
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte", label="应发日止", widget=DAY)

    class Meta:
        model = Reminder
        fields: list[str] = []

    def about_enterprise(self, queryset, name, value: int):
        return of_enterprise(queryset, value)
