"""The filters of catalog lines, shared by pages and API."""

import django_filters as filters

from portal.reference.definitions import DEFINITIONS
from portal.reference.models import CatalogLine, Confidence


class LineFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="名称、别名、CAS号或拼音")
    confidence = filters.ChoiceFilter(choices=Confidence.choices, label="可信度", empty_label="全部")

    class Meta:
        model = CatalogLine
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.matching(value)


class GroupedLineFilter(LineFilter):
    """Of one edition: its own groups are the choices."""

    group = filters.ChoiceFilter(label="类别", empty_label="全部类别")
    edition = filters.NumberFilter(method="already_chosen", label="第几版")

    def __init__(self, data=None, queryset=None, **kwargs):
        super().__init__(data, queryset, **kwargs)
        groups = dict.fromkeys(group for group in queryset.order_by("pk").values_list("group", flat=True) if group)
        self.filters["group"].extra["choices"] = [(group, group) for group in groups]

    def already_chosen(self, queryset, name, value):
        return queryset


class EverywhereFilter(LineFilter):
    catalog = filters.ChoiceFilter(
        field_name="catalog__key",
        choices=[(definition.key, definition.title) for definition in DEFINITIONS],
        label="目录",
        empty_label="全部目录",
    )
