"""The filters of the hazard and notice lists, shared by pages and API; dashboard figures link to them by these names."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.db.models import Q

from enterprises.models import Enterprise, Sector
from hazards import rules
from hazards.models import AccidentType, Hazard, Level, Notice, Sample, SampleItem
from portal.permissions import may
from portal.tenancy.scope import who
from portal.ui.filters import DAY, DistrictFilter

SITUATIONS = [
    ("open", "未销号"),
    ("overdue", "逾期"),
    ("awaiting", "待复查"),
    ("recorded", "待下达"),
    ("confirming", "待审核销号"),
    ("closed", "已销号"),
    ("closed_on_time", "按期销号"),
    ("void", "已作废"),
]


def plants(request):
    return Enterprise.objects.all()


class HazardFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="关键词")
    situation = filters.ChoiceFilter(method="in_situation", choices=SITUATIONS, label="情况", empty_label="全部情况")
    status = filters.BaseInFilter(field_name="status", label="状态")
    district = DistrictFilter()
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    level = filters.ChoiceFilter(choices=Level.choices, label="级别", empty_label="全部级别")
    accident_type = filters.ChoiceFilter(choices=AccidentType.choices, label="事故类型", empty_label="全部类型")
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    week = filters.DateFilter(method="found_in_week", label="发现周（周一）")
    deadline_week = filters.DateFilter(method="due_in_week", label="到期周（周一）")
    deadline_from = filters.DateFilter(field_name="deadline", lookup_expr="gte", label="期限起", widget=DAY)
    deadline_to = filters.DateFilter(field_name="deadline", lookup_expr="lte", label="期限止", widget=DAY)
    found_from = filters.DateFilter(field_name="found_on", lookup_expr="gte", label="发现日期起", widget=DAY)
    found_to = filters.DateFilter(field_name="found_on", lookup_expr="lte", label="发现日期止", widget=DAY)

    class Meta:
        model = Hazard
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(description__icontains=value) | Q(enterprise__name__icontains=value))

    def in_situation(self, queryset, name, value):
        return {
            "open": queryset.open,
            "overdue": queryset.overdue,
            "awaiting": queryset.awaiting_recheck,
            "closed": queryset.closed,
            "closed_on_time": queryset.closed_on_time,
            "recorded": lambda: queryset.filter(status=rules.RECORDED),
            "confirming": lambda: queryset.filter(status=rules.CONFIRMING),
            "void": lambda: queryset.filter(status=rules.VOID),
        }[value]()

    def found_in_week(self, queryset, name, monday):
        return queryset.filter(found_on__gte=monday, found_on__lt=monday + timedelta(days=7))

    def due_in_week(self, queryset, name, monday):
        return queryset.filter(deadline__gte=monday, deadline__lt=monday + timedelta(days=7))


class NoticeFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="文号或企业")
    kind = filters.ChoiceFilter(choices=Notice.Kind.choices, label="文书种类", empty_label="全部文书")
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    district = DistrictFilter()
    acknowledged = filters.BooleanFilter(
        field_name="acknowledged_at", lookup_expr="isnull", exclude=True, label="已签收"
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(number__icontains=value) | Q(enterprise__name__icontains=value))


class DeskFilter(filters.FilterSet):
    """What the review desks can be narrowed to."""

    level = filters.ChoiceFilter(choices=Level.choices, label="级别", empty_label="全部级别")
    district = DistrictFilter()
    mine = filters.ChoiceFilter(
        method="signed_by_me", choices=[("1", "我签发的文书")], label="文书", empty_label="全部文书"
    )
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业", widget=forms.HiddenInput)

    class Meta:
        model = Hazard
        fields: list[str] = []

    def signed_by_me(self, queryset, name, value):
        return queryset.filter(notice__signers__contains=[{"person_id": who().person_id}])


class SampleFilter(filters.FilterSet):
    district = DistrictFilter()

    class Meta:
        model = Sample
        fields: list[str] = []


def samples(request):
    # Who sees what was drawn need not see the draw (departments): no number is theirs to ask with.
    return Sample.objects.defer("pool") if may("samples.view") else Sample.objects.none()


class SampleItemFilter(filters.FilterSet):
    result = filters.ChoiceFilter(
        method="with_result",
        choices=[("open", "待复核"), *SampleItem.Result.choices],
        label="复核结果",
        empty_label="全部",
    )
    district = DistrictFilter()
    sample = filters.ModelChoiceFilter(queryset=samples, label="抽查")
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")

    class Meta:
        model = SampleItem
        fields: list[str] = []

    def with_result(self, queryset, name, value):
        return queryset.filter(result="" if value == "open" else value)
