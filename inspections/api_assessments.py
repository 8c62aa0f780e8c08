"""Assessments over the API: the same verbs as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.models import Enterprise
from hazards.actions.notices import deadline_for
from hazards.models import Level
from inspections.actions import assessment_problems, assessment_reports, assessments
from inspections.filters import AssessedFilter, AssessmentFilter
from inspections.models_assessments import Assessment, AssessmentAnswer, AssessmentMember, Speciality
from inspections.queries.assessments import to_assess
from portal.api import Asks


class MemberSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = AssessmentMember
        fields = ("id", "person", "name", "leads", "speciality", "removed_on", "signed_at")
        read_only_fields = fields


class AssessmentAnswerSerializer(serializers.ModelSerializer):
    hazard = serializers.IntegerField(source="hazard_id", read_only=True, allow_null=True)

    class Meta:
        model = AssessmentAnswer
        fields = (
            "id", "sheet", "code", "verdict", "words", "place", "level", "accident_type", "basis", "by_name", "hazard",
            "declined",
        )  # fmt: skip
        read_only_fields = fields


class AssessmentSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    undecided = serializers.IntegerField(read_only=True, help_text="待处理的问题数")

    class Meta:
        model = Assessment
        fields = (
            "id", "number", "enterprise", "enterprise_name", "district", "purpose", "starts", "ends", "chosen", "reason",
            "state", "reported_on", "undecided",
        )  # fmt: skip
        read_only_fields = fields


class AssessmentDetailSerializer(AssessmentSerializer):
    members = MemberSerializer(many=True, read_only=True)
    answers = AssessmentAnswerSerializer(many=True, read_only=True)
    schedule = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), read_only=True)

    class Meta(AssessmentSerializer.Meta):
        fields = (*AssessmentSerializer.Meta.fields, "schedule", "diagnosis", "members", "answers")
        read_only_fields = fields


class NewAssessmentSerializer(serializers.Serializer):
    """`experts` with `reason` appoints a team, the first one leads; `seed` with `wanted` draws one."""

    enterprise = serializers.IntegerField()
    purpose = serializers.CharField(max_length=300)
    group = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    starts = serializers.DateField()
    ends = serializers.DateField()
    experts = serializers.ListField(child=serializers.IntegerField(), required=False, max_length=20)
    reason = serializers.CharField(max_length=300, required=False, default="")
    seed = serializers.CharField(max_length=60, required=False, default="")
    wanted = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=9),
        required=False,
        default=dict,
        help_text="专业 → 人数：" + "、".join(Speciality.values),
    )


class GivenVerdictSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=60)
    verdict = serializers.ChoiceField(choices=AssessmentAnswer.Verdict.choices)
    words = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    place = serializers.CharField(required=False, allow_blank=True, max_length=120)
    level = serializers.ChoiceField(required=False, choices=Level.choices)
    basis = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class GivenSignatureSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=40, help_text="本人姓名")


class GivenTakingSerializer(serializers.Serializer):
    problem = serializers.IntegerField()
    due = serializers.DateField()
    requirement = serializers.CharField(max_length=1000)
    level = serializers.ChoiceField(choices=Level.choices)


class GivenDecliningSerializer(serializers.Serializer):
    problem = serializers.IntegerField()
    reason = serializers.CharField(max_length=300)


class TakeSerializer(serializers.Serializer):
    second = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="第二名执法人员")
    taken = GivenTakingSerializer(many=True, required=False, default=list, max_length=200)
    declined = GivenDecliningSerializer(many=True, required=False, default=list, max_length=200)


class MadeReportSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    number = serializers.CharField()
    digest = serializers.CharField()


class AssessmentViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """专家评估. An expert sees those whose team they are in, within the term."""

    queryset = Assessment.objects.none()
    filterset_class = AssessmentFilter
    needs = {
        "default": "assessments.view",
        "create": "assessments.open",
        "answer": "assessments.fill",
        "sign": "assessments.fill",
        "finish": "assessments.fill",
        "take": "assessments.take",
    }

    def get_serializer_class(self):
        return AssessmentSerializer if self.action == "list" else AssessmentDetailSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Assessment.objects.none()
        seen = Assessment.objects.seen().with_undecided().select_related("enterprise").defer("sheets", "draw")
        if self.action == "list":
            return seen.order_by("-id")
        return seen.prefetch_related("answers", "members__person").order_by("-id")

    def found(self, pk) -> Response:
        return Response(AssessmentDetailSerializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(request=NewAssessmentSerializer, responses={201: AssessmentDetailSerializer})
    def create(self, request):
        asked = self.checked(NewAssessmentSerializer)
        by: assessments.Lot | assessments.Appointed = assessments.Lot(asked.pop("seed"), asked.pop("wanted"))
        reason = asked.pop("reason")
        if experts := asked.pop("experts", None):
            by = assessments.Appointed(experts, reason)
        made = assessments.open_assessment(asked.pop("enterprise"), by=by, **asked)
        response = self.found(made.pk)
        response.status_code = status.HTTP_201_CREATED
        return response

    @extend_schema(request=GivenVerdictSerializer, responses={200: AssessmentAnswerSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request, pk):
        """填写一项."""
        asked = self.asked(GivenVerdictSerializer)
        made = assessments.answer(pk, asked.pop("code"), asked.pop("verdict"), **asked)
        return Response(AssessmentAnswerSerializer(made).data)

    @extend_schema(request=GivenSignatureSerializer, responses={200: AssessmentDetailSerializer})
    @action(detail=True, methods=["post"])
    def sign(self, request, pk):
        """签名."""
        assessment_reports.sign(pk, self.asked(GivenSignatureSerializer)["name"])
        return self.found(pk)

    @extend_schema(request=None, responses={200: MadeReportSerializer})
    @action(detail=True, methods=["post"])
    def finish(self, request, pk):
        """出具报告."""
        self.get_object()
        return Response(MadeReportSerializer(assessment_reports.finish(pk)).data)

    @extend_schema(request=TakeSerializer, responses={200: AssessmentDetailSerializer})
    @action(detail=True, methods=["post"])
    def take(self, request, pk):
        """处理全部待处理的问题: taken into one notice, or declined with a reason."""
        asked = self.asked(TakeSerializer)
        taken = {
            one["problem"]: assessment_problems.Taking(deadline_for(due=one["due"]), one["requirement"], one["level"])
            for one in asked["taken"]
        }
        declined = {one["problem"]: one["reason"] for one in asked["declined"]}
        assessment_problems.take_problems(pk, taken, declined, asked["second"])
        return self.found(pk)


class AssessedSerializer(serializers.ModelSerializer):
    assessed = serializers.BooleanField(read_only=True, help_text="规定期限内已评估")
    last_report = serializers.DateField(read_only=True, allow_null=True, help_text="最近一份评估报告的日期")

    class Meta:
        model = Enterprise
        fields = ("id", "name", "district", "grade", "sector", "assessed", "last_report")
        read_only_fields = fields


class AssessedViewSet(mixins.ListModelMixin, GenericViewSet):
    """应评估企业: the records behind 评估覆盖率, as of today."""

    queryset = Enterprise.objects.none()
    serializer_class = AssessedSerializer
    filterset_class = AssessedFilter
    needs = "assessments.coverage"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Enterprise.objects.none()
        return to_assess().order_by("-id")
