"""The filter of the work reports, shared by list, export and API."""

import django_filters as filters

from campaign import rules_reports as rules
from campaign.models import WorkReport
from portal.ui.fields import DAY


class ReportFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=rules.KIND_CHOICES, label="种类", empty_label="全部种类")
    state = filters.ChoiceFilter(choices=rules.STATE_CHOICES, label="状态", empty_label="全部状态")
    period_from = filters.DateFilter(field_name="until", lookup_expr="gte", label="时段起", widget=DAY)
    period_to = filters.DateFilter(field_name="since", lookup_expr="lte", label="时段止", widget=DAY)

    class Meta:
        model = WorkReport
        fields: list[str] = []
