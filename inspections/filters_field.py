"""The filter of the register of reserved numbers."""

import django_filters as filters

from portal.documents.models import ReservedNumber


class NumberFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="text", lookup_expr="icontains", label="文号")
    state = filters.ChoiceFilter(choices=ReservedNumber.State.choices, label="状态", empty_label="全部状态")

    class Meta:
        model = ReservedNumber
        fields: list[str] = []
