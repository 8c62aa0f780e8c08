"""The filters of the enterprise list, shared by page and API; dashboard figures link to them by these names."""

import django_filters as filters
from django.db.models import Q

from enterprises.models import Enterprise, Grade, KeyClause, Kind, LedgerImport, Sector
from portal.ui.filters import DistrictFilter

GRADES = [*Grade.choices, ("none", "未评定")]


class EnterpriseFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="名称或信用代码")
    district = DistrictFilter()
    grade = filters.ChoiceFilter(method="graded", choices=GRADES, label="风险等级", empty_label="全部等级")
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    kind = filters.ChoiceFilter(choices=Kind.choices, label="类型", empty_label="全部类型")
    key = filters.ChoiceFilter(
        method="is_key", choices=[("1", "重点企业"), ("0", "非重点")], label="重点", empty_label="全部"
    )
    clause = filters.ChoiceFilter(
        field_name="key_clause", choices=KeyClause.choices, label="条款", empty_label="全部条款"
    )
    major = filters.ChoiceFilter(
        method="has_major", choices=[("1", "有重大危险源")], label="重大危险源", empty_label="全部"
    )
    suspended = filters.ChoiceFilter(
        method="is_suspended", choices=[("1", "停产停业整顿")], label="停产", empty_label="全部"
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value.strip()) | Q(code__istartswith=value.strip()))

    def graded(self, queryset, name, value):
        return queryset.filter(grade="" if value == "none" else value)

    def is_key(self, queryset, name, value):
        return queryset.key() if value == "1" else queryset.filter(key_clause="")

    def has_major(self, queryset, name, value):
        return queryset.filter(major_level__isnull=False)

    def is_suspended(self, queryset, name, value):
        return queryset.filter(suspended_since__isnull=False)


class ImportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=LedgerImport.State.choices, label="状态", empty_label="全部状态")

    class Meta:
        model = LedgerImport
        fields: list[str] = []
