"""The filter of the leads, shared by page and API; and what this floor adds to the filters below."""

import django_filters as filters
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accountability.models import Lead
from accountability.rules import MONTHS
from enterprises.filters import add_filter
from hazards import rules_selfcheck
from hazards.models import SelfCheck
from portal.legaldays import add_months
from portal.ui.filters import DistrictFilter


class LeadFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Lead.Kind.choices, label="种类", empty_label="全部种类")
    state = filters.ChoiceFilter(
        method="in_state", choices=[("open", "待核对"), ("checked", "已核对")], label="状态", empty_label="全部状态"
    )
    district = DistrictFilter()

    class Meta:
        model = Lead
        fields: list[str] = []

    def in_state(self, queryset, name, value):
        return queryset.filter(checked_at__isnull=value == "open")


def selfchecked(queryset, name, value):
    """As the lead counts it: graded or not is the list's own filter."""
    since = add_months(timezone.localdate(), -MONTHS)
    reported = SelfCheck.objects.exclude(state=rules_selfcheck.CANCELLED)
    reported = reported.filter(enterprise=OuterRef("pk"), made_at__date__gt=since)
    return queryset.filter(Exists(reported) if value == "yes" else ~Exists(reported))


def register_filters() -> None:
    add_filter(
        "selfchecked",
        filters.ChoiceFilter(
            method=lambda queryset, name, value: selfchecked(queryset, name, value),
            choices=[("yes", f"近{MONTHS}个月有"), ("no", f"近{MONTHS}个月没有")],
            label="企业自查上报",
            empty_label="全部",
        ),
    )
