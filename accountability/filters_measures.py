"""The filters of 表彰问责 and of the proposals, shared by page, export and API."""

import django_filters as filters
from django.db.models import Q
from django.utils import timezone

from accountability import rules_measure as rules
from accountability.models import Measure, Score
from accountability.queries.measures import years_with_proposals
from portal.ui.fields import DAY


class MeasureFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="对象、事由或文号")
    kind = filters.ChoiceFilter(choices=Measure.Kind.choices, label="种类", empty_label="全部种类")
    state = filters.ChoiceFilter(choices=rules.CHOICES, label="状态", empty_label="全部状态")
    subject_kind = filters.ChoiceFilter(choices=Measure.Subject.choices, label="对象类别", empty_label="全部对象")
    reply = filters.ChoiceFilter(
        method="of_reply", choices=[("late", "逾期未回复"), ("come", "已回复")], label="回复", empty_label="全部"
    )
    issued_from = filters.DateFilter(field_name="issued_on", lookup_expr="gte", label="印发日期起", widget=DAY)
    issued_to = filters.DateFilter(field_name="issued_on", lookup_expr="lte", label="印发日期止", widget=DAY)

    class Meta:
        model = Measure
        fields: list[str] = []

    def search(self, queryset, name, value):
        word = value.strip()
        return queryset.filter(Q(subject_name__icontains=word) | Q(matter__icontains=word) | Q(number__icontains=word))

    def of_reply(self, queryset, name, value):
        if value == "late":
            return queryset.unanswered(timezone.localdate())
        return queryset.filter(replies__isnull=False).distinct()


class ProposalFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="对象")
    year_score = filters.ModelChoiceFilter(
        queryset=lambda request: years_with_proposals(), label="年度考核", empty_label="全部年度"
    )

    class Meta:
        model = Score
        fields: list[str] = []
