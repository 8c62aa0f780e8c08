"""The filter of the tasks, shared by list, chart, export and API."""

import django_filters as filters
from django.db.models import Q
from django.utils import timezone

from campaign import rules_tasks as rules
from campaign.models import WORKING, Phase, Task
from portal.tenancy.models import Organisation
from portal.ui.fields import DAY


class TaskFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="任务或责任人")
    unit = filters.ModelChoiceFilter(
        queryset=lambda request: Organisation.objects.filter(kind__in=WORKING).order_by("kind", "id"),
        method="of_unit",
        label="责任单位",
        empty_label="全部单位",
    )
    phase = filters.ModelChoiceFilter(
        queryset=lambda request: Phase.objects.all(), label="阶段", empty_label="全部阶段"
    )
    state = filters.ChoiceFilter(
        method="in_state",
        choices=[("unfinished", "未完结"), ("open", "在办"), *rules.CHOICES],
        label="状态",
        empty_label="全部状态",
    )
    late = filters.ChoiceFilter(
        method="is_late", choices=[("1", "任务逾期"), ("milestone", "节点逾期")], label="逾期", empty_label="全部"
    )
    clause = filters.ChoiceFilter(choices=list(rules.CLAUSES.items()), label="方案条款", empty_label="全部条款")
    assisting = filters.ModelChoiceFilter(
        queryset=lambda request: Organisation.objects.filter(kind__in=WORKING).order_by("kind", "id"),
        method="assisted_by",
        label="配合单位",
        empty_label="全部单位",
    )
    due_from = filters.DateFilter(field_name="due", lookup_expr="gte", label="期限起", widget=DAY)
    due_to = filters.DateFilter(field_name="due", lookup_expr="lte", label="期限止", widget=DAY)

    class Meta:
        model = Task
        fields: list[str] = []

    def search(self, queryset, name, value):
        word = value.strip()
        return queryset.filter(Q(title__icontains=word) | Q(responsible__icontains=word))

    def of_unit(self, queryset, name, value):
        return queryset.filter(unit=value)

    def assisted_by(self, queryset, name, value):
        return queryset.filter(assisting__contains=[value.pk])

    def in_state(self, queryset, name, value):
        if value == "unfinished":
            return queryset.unfinished()
        return queryset.open() if value == "open" else queryset.filter(state=value)

    def is_late(self, queryset, name, value):
        today = timezone.localdate()
        return queryset.late(today) if value == "1" else queryset.with_late_milestone(today)
