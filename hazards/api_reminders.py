"""The plan and the ledger of reminders over the API: the lists' filters, read only."""

from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from hazards.models import ReminderPlan
from hazards.queries.reminders import STATES, plans, reminders
from hazards.reminder_filters import PlanFilter, ReminderFilter
from portal.messages.models import Reminder


class ToldSerializer(serializers.Serializer):
    person = serializers.IntegerField()
    name = serializers.CharField()


class PlanSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    told = ToldSerializer(many=True, read_only=True)

    class Meta:
        model = ReminderPlan
        fields = (
            "id", "hazard", "enterprise", "enterprise_name", "district", "kind", "round", "step", "due_on", "circles", "told_at", "told",
            "cancelled_at", "why",
        )  # fmt: skip
        read_only_fields = fields


class ReminderSerializer(serializers.ModelSerializer):
    hazard = serializers.IntegerField(source="subject_id", read_only=True)
    kind = serializers.ChoiceField(source="subject_kind", choices=ReminderPlan.Kind.choices, read_only=True)
    enterprise_name = serializers.CharField(read_only=True)
    person_name = serializers.CharField(source="person.name", read_only=True)
    state = serializers.ChoiceField(choices=list(STATES.items()), read_only=True)
    delivered_at = serializers.DateTimeField(source="message.sent_at", read_only=True, default=None)
    seen_at = serializers.DateTimeField(source="message.seen_at", read_only=True, default=None)

    class Meta:
        model = Reminder
        fields = (
            "id", "hazard", "kind", "enterprise_name", "step", "person", "person_name", "channel", "line", "due_on", "state", "sent_at",
            "delivered_at", "seen_at", "cancelled_at", "why",
        )  # fmt: skip
        read_only_fields = fields


class PlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """提醒计划: each step of each hazard's ladder, told, to be told or cancelled."""

    queryset = plans().order_by("-id")
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    needs = "reminders.view"


class ReminderViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """提醒台账: one row a step, person and channel, with when it was sent, delivered and seen."""

    queryset = reminders().order_by("-id")
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter
    needs = "reminders.ledger"
