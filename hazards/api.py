"""Hazards and notices over the API: the same filters, the same verbs, the same refusals as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hazards import rules
from hazards.actions import moves, notices
from hazards.filters import HazardFilter, NoticeFilter
from hazards.models import Hazard, Notice
from hazards.queries.repeats import SENTENCE, again
from portal.permissions import may


class HazardSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    overdue_days = serializers.IntegerField(read_only=True)
    repeat = serializers.BooleanField(read_only=True, help_text=f"屡查屡犯：{SENTENCE}")
    verbs = serializers.SerializerMethodField(help_text="what the acting person may do to it now")

    class Meta:
        model = Hazard
        fields = (
            "id",
            "key",
            "enterprise",
            "enterprise_name",
            "district",
            "sector",
            "source_kind",
            "source_id",
            "item_code",
            "description",
            "basis",
            "requirement",
            "level",
            "accident_type",
            "place",
            "status",
            "found_on",
            "notice",
            "deadline",
            "deadline_rule",
            "overdue_days",
            "round",
            "submitted_on",
            "late",
            "closed_on",
            "revision",
            "repeat",
            "verbs",
        )
        read_only_fields = fields

    def get_verbs(self, hazard) -> list[str]:
        return [verb for verb, move in rules.verbs_from(hazard.status, hazard.level) if may(move.action, hazard)]


class VerbSerializer(serializers.Serializer):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class AcceptSerializer(VerbSerializer):
    second = serializers.IntegerField(help_text="第二名复查人员的编号")


class ReopenSerializer(VerbSerializer):
    deadline = serializers.DateField()


class HazardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """隐患. POST …/{verb}/ runs one verb of the state machine; an illegal one answers 409 and changes nothing."""

    queryset = Hazard.objects.select_related("enterprise").annotate(repeat=again()).order_by("-id")
    serializer_class = HazardSerializer
    filterset_class = HazardFilter
    needs = {
        "default": "hazards.view",
        "submit": "hazards.submit",
        "accept": "hazards.recheck",
        "send_back": "hazards.recheck",
        "confirm": "hazards.confirm",
        "reopen": "hazards.reopen",
        "void": "hazards.void",
    }

    def asked(self, serializer_class=VerbSerializer) -> dict:
        self.get_object()
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def answer(self, hazard: Hazard) -> Response:
        return Response(HazardSerializer(self.get_queryset().get(pk=hazard.pk)).data)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request, pk=None):
        asked = self.asked()
        return self.answer(moves.submit(int(pk), asked["note"], revision=asked["revision"]))

    @extend_schema(request=AcceptSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk=None):
        asked = self.asked(AcceptSerializer)
        return self.answer(moves.accept(int(pk), asked["second"], asked["note"], revision=asked["revision"]))

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request, pk=None):
        asked = self.asked()
        return self.answer(moves.send_back(int(pk), asked["note"], revision=asked["revision"]))

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        asked = self.asked()
        return self.answer(moves.confirm(int(pk), asked["note"], revision=asked["revision"]))

    @extend_schema(request=ReopenSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None):
        asked = self.asked(ReopenSerializer)
        deadline = notices.deadline_for(due=asked["deadline"])
        return self.answer(moves.reopen(int(pk), asked["note"], deadline, revision=asked["revision"]))

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request, pk=None):
        asked = self.asked()
        return self.answer(moves.void(int(pk), asked["note"], revision=asked["revision"]))


class NoticeSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = Notice
        fields = (
            "id",
            "kind",
            "number",
            "organisation",
            "enterprise",
            "enterprise_name",
            "district",
            "about",
            "issued_on",
            "digest",
            "acknowledged_at",
            "acknowledged_by",
            "refusal",
        )
        read_only_fields = fields


class OrderSerializer(serializers.Serializer):
    hazard = serializers.IntegerField()
    requirement = serializers.CharField(max_length=1000)
    length = serializers.IntegerField(required=False, min_value=1, max_value=730)
    unit = serializers.CharField(required=False, default="自然日")
    due = serializers.DateField(required=False)

    def validate(self, data):
        if not data.get("due") and not data.get("length"):
            raise serializers.ValidationError({"length": "请给出期限天数，或用 due 指定日期。"})
        return data


class IssueSerializer(serializers.Serializer):
    second = serializers.IntegerField(help_text="第二名执法人员的编号")
    orders = OrderSerializer(many=True, allow_empty=False, max_length=100)


class AcknowledgeSerializer(serializers.Serializer):
    signed_by = serializers.CharField(max_length=40)


class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """整改文书. POST issues a numbered 责令限期整改指令书 over recorded hazards."""

    queryset = Notice.objects.select_related("enterprise").order_by("-id")
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    needs = {"default": "notices.view", "create": "hazards.issue", "acknowledge": "hazards.acknowledge"}

    @extend_schema(request=IssueSerializer, responses={201: NoticeSerializer})
    def create(self, request):
        serializer = IssueSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        orders = [
            notices.Order(
                order["hazard"],
                notices.deadline_for(length=order.get("length"), unit=order["unit"], due=order.get("due")),
                order["requirement"],
            )
            for order in asked["orders"]
        ]
        notice = notices.issue_notice(orders, asked["second"])
        return Response(NoticeSerializer(notice).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AcknowledgeSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, pk=None):
        self.get_object()
        serializer = AcknowledgeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(NoticeSerializer(notices.acknowledge(int(pk), **serializer.validated_data)).data)
