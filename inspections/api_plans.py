"""The plan over the API: the list's filters, the same verbs and refusals as the pages."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.models import Enterprise
from inspections import queries
from inspections.actions import plans as verbs
from inspections.actions.frequency import set_frequency
from inspections.filters import DueFilter, PlannedFilter
from inspections.models import FrequencySetting, PlannedVisit
from inspections.queries.plans import planned_visits, preview
from portal.api import Asks

NUMBER = {"min_value": 1, "max_value": 2**63 - 1}


class FrequencySerializer(serializers.ModelSerializer):
    class Meta:
        model = FrequencySetting
        fields = ("id", "grade", "visits_a_year", "from_day", "reason", "by_name", "made_at")
        read_only_fields = ("id", "by_name", "made_at")


class FrequencyViewSet(Asks, mixins.ListModelMixin, GenericViewSet):
    """检查频次: what was set, the newest first; of one grade the last that has begun is in force, the default where none has."""

    queryset = FrequencySetting.objects.order_by("-id")
    serializer_class = FrequencySerializer
    needs = {"default": "plans.view", "create": "plans.frequency"}

    def create(self, request):
        made = set_frequency(**self.checked(FrequencySerializer))
        return Response(FrequencySerializer(made).data, status=status.HTTP_201_CREATED)


class PlannedSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    late = serializers.BooleanField(source="is_late", read_only=True)
    near = serializers.BooleanField(read_only=True, help_text="两周内另有单位计划检查这家企业")

    class Meta:
        model = PlannedVisit
        fields = (
            "id", "enterprise", "enterprise_name", "district", "month", "day", "organisation", "joint_with", "offered_to", "origin",
            "grade", "first", "second", "state", "late", "near", "visit", "note", "by_name", "made_at", "revision",
        )  # fmt: skip
        read_only_fields = fields


class NewPlanned(serializers.Serializer):
    enterprise = serializers.IntegerField(**NUMBER)
    month = serializers.DateField(help_text="当月任一日")


class Revised(serializers.Serializer):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class Assigned(Revised):
    first = serializers.IntegerField(**NUMBER)
    second = serializers.IntegerField(**NUMBER)
    day = serializers.DateField(required=False, allow_null=True, default=None)


class Cancelled(Revised):
    reason = serializers.CharField(max_length=300)


class Moved(Cancelled):
    month = serializers.DateField(help_text="当月任一日")


class Offered(Revised):
    other = serializers.IntegerField(**NUMBER, help_text="对方的计划检查编号")


class Answered(Revised):
    offer = serializers.IntegerField(**NUMBER, help_text="提议的计划检查编号")
    accepts = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class Year(serializers.Serializer):
    year = serializers.IntegerField(min_value=2000, max_value=2999)


class PlannedMonth(serializers.Serializer):
    month = serializers.DateField()
    standing = serializers.IntegerField()
    added = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class PlanPreviewSerializer(serializers.Serializer):
    """What generating would change, or has changed."""

    year = serializers.IntegerField()
    added = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    kept = serializers.IntegerField()
    months = serializers.SerializerMethodField()

    @extend_schema_field(PlannedMonth(many=True))
    def get_months(self, seen) -> list[dict]:
        return [dict(zip(("month", "standing", "added", "withdrawn"), row, strict=True)) for row in seen.months]


class PlannedViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """检查计划. POST …/{verb}/ runs one verb; what cannot be done now answers 409 and changes nothing."""

    queryset = planned_visits().order_by("-id")
    serializer_class = PlannedSerializer
    filterset_class = PlannedFilter
    needs = {
        "default": "plans.view",
        "create": "plans.arrange",
        "assign": "plans.arrange",
        "move": "plans.arrange",
        "cancel": "plans.arrange",
        "offer": "plans.arrange",
        "answer": "plans.arrange",
        "preview": "plans.generate",
        "generate": "plans.generate",
    }

    def get_queryset(self):
        return planned_visits().order_by("-id")

    def answered(self, done: PlannedVisit, code: int = status.HTTP_200_OK) -> Response:
        return Response(PlannedSerializer(self.get_queryset().get(pk=done.pk)).data, status=code)

    @extend_schema(request=NewPlanned, responses={201: PlannedSerializer})
    def create(self, request):
        told = self.checked(NewPlanned)
        enterprise = get_object_or_404(Enterprise, pk=told["enterprise"])
        return self.answered(verbs.add_planned(enterprise, told["month"]), status.HTTP_201_CREATED)

    @extend_schema(request=Assigned, responses=PlannedSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request, pk):
        told = self.asked(Assigned)
        first, second = told.pop("first"), told.pop("second")
        return self.answered(verbs.assign(int(pk), first, second, **told))

    @extend_schema(request=Moved, responses=PlannedSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request, pk):
        told = self.asked(Moved)
        return self.answered(verbs.move(int(pk), told["month"], told["reason"], revision=told["revision"]))

    @extend_schema(request=Cancelled, responses=PlannedSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk):
        told = self.asked(Cancelled)
        return self.answered(verbs.cancel(int(pk), told["reason"], revision=told["revision"]))

    @extend_schema(request=Offered, responses=PlannedSerializer)
    @action(detail=True, methods=["post"])
    def offer(self, request, pk):
        """提议联合检查."""
        told = self.asked(Offered)
        return self.answered(verbs.offer(int(pk), told["other"], revision=told["revision"]))

    @extend_schema(request=Answered, responses=PlannedSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, pk):
        """答复联合检查; answers with the visit that was offered."""
        told = self.asked(Answered)
        return self.answered(verbs.answer_offer(int(pk), told.pop("offer"), **told))

    @extend_schema(request=Year, responses=PlanPreviewSerializer)
    @action(detail=False, methods=["post"])
    def preview(self, request):
        """What generating the year's plan would change; nothing is written."""
        return Response(PlanPreviewSerializer(preview(verbs.year_of_plan(self.checked(Year)["year"]))).data)

    @extend_schema(request=Year, responses=PlanPreviewSerializer)
    @action(detail=False, methods=["post"])
    def generate(self, request):
        return Response(PlanPreviewSerializer(verbs.generate(self.checked(Year)["year"])).data)


class CellSerializer(serializers.Serializer):
    district = serializers.IntegerField(source="district_id")
    grade = serializers.CharField()
    due = serializers.IntegerField()
    visited = serializers.IntegerField()


class CoverageSerializer(serializers.Serializer):
    as_of = serializers.DateField()
    definition = serializers.CharField()
    rows = CellSerializer(many=True)


class CoverageViewSet(GenericViewSet):
    """检查覆盖率 by district and grade, as of today, with its definition."""

    serializer_class = CoverageSerializer
    queryset = PlannedVisit.objects.none()
    pagination_class = None
    filter_backends = ()
    needs = "visits.view"

    @extend_schema(responses=CoverageSerializer)
    def list(self, request):
        today = timezone.localdate()
        months = queries.city_frequency(today)
        told = {"as_of": today, "definition": queries.coverage_means(months), "rows": queries.coverage(today, months)}
        return Response(CoverageSerializer(told).data)


class DueSerializer(serializers.ModelSerializer):
    months = serializers.IntegerField(read_only=True, help_text="几个月检查一次")
    period = serializers.DateField(read_only=True, help_text="本期的第一天")
    covered = serializers.BooleanField(read_only=True, help_text="本期已检查")

    class Meta:
        model = Enterprise
        fields = ("id", "name", "district", "grade", "sector", "months", "period", "covered")
        read_only_fields = fields


class DueViewSet(mixins.ListModelMixin, GenericViewSet):
    """应检查企业: the records behind 检查覆盖率, as of today."""

    queryset = Enterprise.objects.none()
    serializer_class = DueSerializer
    filterset_class = DueFilter
    needs = "visits.view"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Enterprise.objects.none()
        return queries.due(timezone.localdate()).order_by("-id")
