import django_filters as filters

from portal.messages.models import Message


class MessageFilter(filters.FilterSet):
    unseen = filters.BooleanFilter(field_name="seen_at", lookup_expr="isnull", label="只看未读")

    class Meta:
        model = Message
        fields: list[str] = []
