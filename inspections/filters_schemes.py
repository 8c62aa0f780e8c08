import django_filters as filters
from django import forms
from django.db.models import Q

from inspections.models_schemes import VisitScheme
from portal.tenancy.scope import who
from portal.ui.fields import DAY
from portal.ui.filters import DistrictFilter


class SchemeFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业或文号")
    state = filters.ChoiceFilter(choices=VisitScheme.State.choices, label="状态", empty_label="全部状态")
    district = DistrictFilter()
    mine = filters.ChoiceFilter(
        method="of_mine",
        choices=[("due", "待我办理"), ("drafted", "我拟制的")],
        label="与我有关",
        empty_label="全部",
    )
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业", widget=forms.HiddenInput)
    planned_from = filters.DateFilter(field_name="planned_from", lookup_expr="gte", label="检查时间起", widget=DAY)
    planned_to = filters.DateFilter(field_name="planned_from", lookup_expr="lte", label="检查时间止", widget=DAY)

    class Meta:
        model = VisitScheme
        fields: list[str] = []

    def search(self, queryset, name, value):
        word = value.strip()
        return queryset.filter(Q(enterprise__name__icontains=word) | Q(documents__number__icontains=word))

    def of_mine(self, queryset, name, value):
        me, state = who().person_id, VisitScheme.State
        if value == "drafted":
            return queryset.filter(drafter_id=me)
        return queryset.filter(
            Q(state=state.REVIEWING, reviewer_id=me)
            | Q(state=state.APPROVING, approver_id=me)
            | Q(state=state.RETURNED, drafter_id=me)
        )
