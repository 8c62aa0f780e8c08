"""Filters that several lists share."""

import django_filters as filters
from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from portal.tenancy.models import District
from portal.tenancy.queries import department_sectors, departments
from portal.tenancy.scope import in_scope, who


class DistrictFilter(filters.ModelChoiceFilter):
    """区县; out of sight for those who see one district or one plant anyway."""

    def __init__(self, **kwargs):
        super().__init__(
            **{
                "queryset": lambda request: District.objects.all(),
                "label": "区县",
                "empty_label": "全部区县",
            }
            | kwargs
        )

    @property
    def field(self):
        field = super().field
        if in_scope() and who().scope in ("district", "enterprise", "expert"):
            field.widget = forms.HiddenInput()
        return field


@extend_schema_field(OpenApiTypes.INT)
class DepartmentFilter(filters.ModelChoiceFilter):
    """部门: of rows that carry their sector, those of the sectors a city department answers for today."""

    def __init__(self, **kwargs):
        super().__init__(
            **{"queryset": lambda request: departments(), "label": "主管部门", "empty_label": "全部部门"} | kwargs
        )

    def filter(self, rows, value):
        return rows if value is None else rows.filter(sector__in=department_sectors().get(value.pk, ()))
