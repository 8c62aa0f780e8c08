import django_filters as filters

from portal.messages.models import Message


class MessageFilter(filters.FilterSet):
    seen = filters.ChoiceFilter(
        method="is_seen", choices=[("0", "未读"), ("1", "已读")], label="情况", empty_label="全部消息"
    )

    class Meta:
        model = Message
        fields: list[str] = []

    def is_seen(self, queryset, name, value):
        return queryset.filter(seen_at__isnull=value == "0")
