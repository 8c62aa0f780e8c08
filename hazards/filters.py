"""The filters of the hazard and notice lists, shared by pages and API; dashboard figures link to them by these names."""

from datetime import timedelta

import django_filters as filters
from django.db.models import Exists, OuterRef, Q

from enterprises.models import Enterprise, Sector
from hazards import rules
from hazards.models import AccidentType, Evidence, Hazard, Level, Notice
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
    photos = filters.ChoiceFilter(
        method="with_photos", choices=[("leads", "有待核对的照片")], label="照片", empty_label="不限"
    )
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

    def with_photos(self, queryset, name, value):
        doubtful = Evidence.objects.filter(hazard_id=OuterRef("pk"), leads__len__gt=0)
        return queryset.filter(Exists(doubtful))

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
