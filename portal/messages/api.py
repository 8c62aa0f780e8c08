"""Messages over the API: one's own inbox and settings, and for the office what could not be delivered."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from portal.api import Asks
from portal.messages.actions import give_up, mark_seen, prefer, retry_now
from portal.messages.filters import MessageFilter
from portal.messages.forms import OUTWARD
from portal.messages.models import Message, Preference
from portal.messages.queries import inbox, own_preference, undelivered


class MessageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Message
        fields = ("id", "title", "body", "link", "urgent", "made_at", "seen_at")
        read_only_fields = fields


class SeenSerializer(serializers.Serializer):
    seen = serializers.IntegerField(help_text="这次标为已读的条数")


class PreferenceSerializer(serializers.ModelSerializer):
    off = serializers.ListField(
        child=serializers.ChoiceField(OUTWARD), help_text="不用这些渠道告诉我；站内消息不能关闭"
    )
    quiet_from = serializers.IntegerField(min_value=0, max_value=23, allow_null=True)
    quiet_until = serializers.IntegerField(min_value=0, max_value=23, allow_null=True)

    class Meta:
        model = Preference
        fields = ("off", "quiet_from", "quiet_until")


class MessageViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """站内消息, the reader's own. POST …/seen/ marks one as read, or all of them."""

    queryset = Message.objects.none()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    needs = "messages.view"

    def get_queryset(self):
        return inbox()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def seen(self, request, pk=None):
        mark_seen(self.get_object().pk)
        return Response(MessageSerializer(inbox().get(pk=pk)).data)

    @extend_schema(request=None, responses=SeenSerializer)
    @action(detail=False, methods=["post"], url_path="all-seen", filterset_class=None, pagination_class=None)
    def all_seen(self, request):
        return Response({"seen": mark_seen()})

    @extend_schema(methods=["get"], responses=PreferenceSerializer)
    @extend_schema(methods=["post"], request=PreferenceSerializer, responses=PreferenceSerializer)
    @action(detail=False, methods=["get", "post"], url_path="settings", filterset_class=None, pagination_class=None)
    def preference(self, request):
        """接收设置."""
        if request.method == "POST":
            asked = self.checked(PreferenceSerializer)
            prefer(asked["off"], asked["quiet_from"], asked["quiet_until"])
        return Response(PreferenceSerializer(own_preference()).data)


class UndeliveredSerializer(serializers.ModelSerializer):
    person_name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = Message
        fields = (
            "id",
            "person",
            "person_name",
            "channel",
            "title",
            "made_at",
            "tries",
            "next_try_at",
            "fault",
            "dropped_at",
            "dropped_why",
        )
        read_only_fields = fields


class GiveUpSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class UndeliveredViewSet(Asks, mixins.ListModelMixin, GenericViewSet):
    """未送达的消息, tried and not delivered. …/retry/ has one tried at once, …/give-up/ ends it with a reason."""

    queryset = Message.objects.none()
    serializer_class = UndeliveredSerializer
    needs = "messages.undelivered"

    def get_queryset(self):
        return undelivered()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request, pk=None):
        return Response(UndeliveredSerializer(retry_now(int(pk))).data)

    @extend_schema(request=GiveUpSerializer)
    @action(detail=True, methods=["post"], url_path="give-up")
    def give_up(self, request, pk=None):
        asked = self.checked(GiveUpSerializer)
        return Response(UndeliveredSerializer(give_up(int(pk), asked["reason"])).data)
