"""What the trail can be searched by: person, action, object, day."""

from datetime import datetime, time, timedelta

import django_filters as filters
from django.apps import apps
from django.utils import timezone

from portal.audit.models import AuditRecord
from portal.audit.words import actions
from portal.tenancy.walls import walled_models
from portal.ui.fields import DAY


def kinds() -> list[tuple[str, str]]:
    """The kinds of records by their Chinese names; those without one are never acted on by a person."""
    return sorted((model._meta.label_lower, str(model._meta.verbose_name)) for model in walled_models())


def kind_name(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def midnight(day) -> datetime:
    """The beginning of that day in Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min))


class AuditFilter(filters.FilterSet):
    person = filters.CharFilter(field_name="person_name", lookup_expr="icontains", label="人员")
    action = filters.ChoiceFilter(choices=lambda: list(actions().items()), label="动作", empty_label="全部动作")
    kind = filters.ChoiceFilter(field_name="object_kind", choices=kinds, label="对象类别", empty_label="全部对象")
    object = filters.NumberFilter(field_name="object_id", label="对象号")
    day_from = filters.DateFilter(method="since", label="日期起", widget=DAY)
    day_to = filters.DateFilter(method="until", label="日期止", widget=DAY)
    result = filters.ChoiceFilter(choices=AuditRecord.Result.choices, label="结果", empty_label="全部结果")
    ip = filters.CharFilter(field_name="ip", label="IP 地址")

    class Meta:
        model = AuditRecord
        fields: list[str] = []

    def since(self, queryset, name, day):
        return queryset.filter(at__gte=midnight(day))

    def until(self, queryset, name, day):
        return queryset.filter(at__lt=midnight(day + timedelta(days=1)))
