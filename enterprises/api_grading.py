"""Diagnosis sheets, proposals of a grade and decisions over the API: the same verbs as the pages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.actions import diagnosis, grades
from enterprises.filters import GradeProposalFilter, SheetFilter
from enterprises.models import DiagnosisSheet, Grade, GradeDecision, GradeProposal
from portal.api import Asks

NUMBER = dict(min_value=1, max_value=2**63 - 1)
SEEN: dict[str, Any] = dict(
    required=False, allow_null=True, default=None, help_text="看过的最新一条分级建议的编号；没有为0"
)


class SheetSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = DiagnosisSheet
        fields = (
            "id", "enterprise", "enterprise_name", "edition", "total", "grade", "state", "by_name", "made_at", "finished_on", "revision",
        )  # fmt: skip
        read_only_fields = fields


class SheetDetailSerializer(SheetSerializer):
    class Meta(SheetSerializer.Meta):
        fields = (*SheetSerializer.Meta.fields, "answers", "result")
        read_only_fields = fields


class NewSheet(serializers.Serializer):
    enterprise = serializers.IntegerField(**NUMBER)


class SheetAnswer(serializers.Serializer):
    code = serializers.CharField(max_length=20)
    count = serializers.IntegerField(
        min_value=0, max_value=diagnosis.MOST, allow_null=True, help_text="没有填写为空，不是0"
    )
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class FilledSheet(serializers.Serializer):
    answers = SheetAnswer(many=True, allow_empty=False, max_length=200)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class SheetSeen(serializers.Serializer):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class SheetViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """诊断分级表 (应急〔2018〕19号). POST begins one with the ledger's answers, or gives the draft there is."""

    queryset = DiagnosisSheet.objects.select_related("enterprise").order_by("-id")
    filterset_class = SheetFilter
    needs = {
        "default": "diagnosis.view",
        "create": "diagnosis.fill",
        "partial_update": "diagnosis.fill",
        "finish": "diagnosis.fill",
    }

    def get_serializer_class(self):
        return SheetSerializer if self.action == "list" else SheetDetailSerializer

    def answer(self, record: DiagnosisSheet, code: int = status.HTTP_200_OK) -> Response:
        return Response(SheetDetailSerializer(record).data, status=code)

    @extend_schema(request=NewSheet, responses={201: SheetDetailSerializer})
    def create(self, request):
        return self.answer(diagnosis.start_sheet(self.checked(NewSheet)["enterprise"]), status.HTTP_201_CREATED)

    @extend_schema(request=FilledSheet, responses=SheetDetailSerializer)
    def partial_update(self, request, pk=None):
        self.get_object()
        asked = self.checked(FilledSheet)
        told = {one["code"]: diagnosis.Answer(one["count"], one["note"]) for one in asked["answers"]}
        return self.answer(diagnosis.fill_sheet(int(pk), told, revision=asked["revision"]))

    @extend_schema(request=SheetSeen, responses=SheetDetailSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request, pk=None):
        self.get_object()
        diagnosis.finish_sheet(int(pk), revision=self.checked(SheetSeen)["revision"])
        return self.answer(self.get_object())


class GradeProposalSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = GradeProposal
        fields = (
            "id", "enterprise", "enterprise_name", "cause", "grade", "previous", "factors", "sheet", "state", "made_at", "decided_by",
            "decided_at", "decision_reason",
        )  # fmt: skip
        read_only_fields = fields


class GradeEvent(serializers.Serializer):
    enterprise = serializers.IntegerField(**NUMBER)
    cause = serializers.ChoiceField(["accident", "suspension", "repeat"])
    on = serializers.DateField()
    grave = serializers.BooleanField(required=False, default=False, help_text="较大及以上事故，或造成人员死亡")
    text = serializers.CharField(max_length=400)


class GradeProposalViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """分级建议. POST reports an event that speaks for a worse grade; nothing is decided by it."""

    queryset = GradeProposal.objects.select_related("enterprise").order_by("-id")
    serializer_class = GradeProposalSerializer
    filterset_class = GradeProposalFilter
    needs = {"default": "diagnosis.view", "create": "grades.propose"}

    @extend_schema(request=GradeEvent, responses={201: GradeProposalSerializer})
    def create(self, request):
        asked = self.checked(GradeEvent)
        made = grades.report_event(asked.pop("enterprise"), asked.pop("cause"), **asked)
        return Response(GradeProposalSerializer(made).data, status=status.HTTP_201_CREATED)


class GradeDecisionSerializer(serializers.ModelSerializer):
    sheet = serializers.IntegerField(source="proposal.sheet_id", read_only=True, default=None)

    class Meta:
        model = GradeDecision
        fields = ("id", "grade", "previous", "decided_on", "source", "reason", "by_name", "sheet")
        read_only_fields = fields


class GradeDecided(serializers.Serializer):
    grade = serializers.ChoiceField(Grade.choices)
    source = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=300)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)
    seen = serializers.IntegerField(**SEEN)


class GradeDeclined(serializers.Serializer):
    reason = serializers.CharField(max_length=300)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)
    seen = serializers.IntegerField(**SEEN)
