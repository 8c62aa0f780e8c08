import django_filters as filters

from portal.holidays.models import CalendarDay


class CalendarDayFilter(filters.FilterSet):
    year = filters.CharFilter(method="in_year", label="年份")
    working = filters.ChoiceFilter(
        choices=[("0", "放假"), ("1", "上班")], label="放假或上班", empty_label="全部", method="of_kind"
    )

    class Meta:
        model = CalendarDay
        fields: list[str] = []

    def in_year(self, queryset, name, value):
        return (
            queryset.filter(day__year=int(value))
            if value.isascii() and value.isdigit() and len(value) == 4
            else queryset.none()
        )

    def of_kind(self, queryset, name, value):
        return queryset.filter(working=value == "1")
