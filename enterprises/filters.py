"""The filters of the enterprise list, shared by page and API; dashboard figures link to them by these names."""

from decimal import Decimal

import django_filters as filters
from django.db.models import F, Q

from enterprises.models import (
    Enterprise,
    Grade,
    Judged,
    KeyClause,
    Kind,
    LedgerImport,
    MajorLevel,
    Sector,
    Unit,
    UnitKind,
)
from enterprises.rules import gb18218
from portal.ui.filters import DistrictFilter

NEAR_ONE = Decimal(gb18218.exact(gb18218.NEAR_ONE))
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


class UnitFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="单元或企业名称")
    district = DistrictFilter()
    judged = filters.ChoiceFilter(choices=Judged.choices, label="辨识结果", empty_label="全部结果")
    level = filters.ChoiceFilter(choices=MajorLevel.choices, label="辨识等级", empty_label="全部等级")
    kind = filters.ChoiceFilter(choices=UnitKind.choices, label="单元类型", empty_label="全部类型")
    differs = filters.BooleanFilter(method="declared_otherwise", label="申报与辨识不一致")
    near = filters.BooleanFilter(method="near_one", label="接近临界（0.9≤S＜1）")
    closed = filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull", exclude=True, label="已停用")
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业")

    class Meta:
        model = Unit
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(enterprise__name__icontains=value))

    def declared_otherwise(self, queryset, name, value):
        """Only where the judgement came to an end: a level that is still missing differs from nothing."""
        known = Q(judged=Judged.NOT_MAJOR) | Q(judged=Judged.MAJOR, level__isnull=False)
        same = Q(declared_level=F("level")) | Q(declared_level=None, level=None)
        return queryset.filter(known & ~same) if value else queryset.exclude(known & ~same)

    def near_one(self, queryset, name, value):
        near = Q(s__gte=NEAR_ONE, s__lt=1)
        return queryset.filter(near) if value else queryset.exclude(near)


class ImportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=LedgerImport.State.choices, label="状态", empty_label="全部状态")

    class Meta:
        model = LedgerImport
        fields: list[str] = []
