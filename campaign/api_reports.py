"""工作报告 over the API: what the pages show, and the same verbs and refusals."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from campaign import queries_reports as read
from campaign import rules_reports as rules
from campaign.actions import reports as verbs
from campaign.filters_reports import ReportFilter
from campaign.models import ReportText, WorkReport
from campaign.report_figures import BY_KEY
from portal.api import Asks
from portal.ui.lists import number


class WorkReportSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__", read_only=True)
    days_late = serializers.SerializerMethodField(help_text="days after the first on which it could have been counted")

    class Meta:
        model = WorkReport
        fields = (
            "id", "name", "kind", "since", "until", "edition", "state", "as_of", "days_late", "issued_at", "issued_by",
            "digest", "withdrawn_at", "withdrawn_by", "withdrawn_because", "revision",
        )  # fmt: skip
        read_only_fields = fields

    def get_days_late(self, report) -> int:
        return verbs.late_days(report)


class ReportTextSerializer(serializers.ModelSerializer):
    """One section; `place` is a district, null the whole city."""

    class Meta:
        model = ReportText
        fields = ("id", "place", "section", "text", "by_name", "edited_at", "carried", "revision")
        read_only_fields = fields


class WorkReportDetailSerializer(WorkReportSerializer):
    texts = serializers.SerializerMethodField()

    class Meta(WorkReportSerializer.Meta):
        fields = (*WorkReportSerializer.Meta.fields, "texts")
        read_only_fields = fields

    @extend_schema_field(ReportTextSerializer(many=True))
    def get_texts(self, report):
        found = [text for place in read.words(report) for text in place.texts]
        return ReportTextSerializer(found, many=True).data


class ReportNumbers(serializers.Serializer):
    """One row: a place with its figures by key. `place` is a district, "none" what belongs to no district, "" the sum."""

    place = serializers.CharField()
    name = serializers.CharField()
    values = serializers.DictField(child=serializers.IntegerField())
    oldest_open = serializers.DateField(allow_null=True)


class ReportFigureMeaning(serializers.Serializer):
    key = serializers.CharField()
    group = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()
    definition = serializers.CharField()


class ReportFigures(serializers.Serializer):
    figures = ReportFigureMeaning(many=True)
    rows = ReportNumbers(many=True)


class ReportRecordSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    place = serializers.CharField()
    text = serializers.CharField()
    then = serializers.CharField()
    now = serializers.CharField()
    link = serializers.CharField()


class ReportRecordPage(serializers.Serializer):
    """`ids` are all that were counted; `records` the hundred of the page asked for."""

    total = serializers.IntegerField()
    ids = serializers.ListField(child=serializers.IntegerField())
    records = ReportRecordSerializer(many=True)


class ReportChangeSerializer(ReportRecordSerializer):
    added = serializers.BooleanField()
    why = serializers.CharField()


class ReportDifferenceSerializer(serializers.Serializer):
    figure = serializers.CharField(source="figure.key")
    place = serializers.CharField()
    then = serializers.IntegerField()
    now = serializers.IntegerField()
    added = serializers.ListField(child=serializers.IntegerField())
    removed = serializers.ListField(child=serializers.IntegerField())
    changes = ReportChangeSerializer(many=True)


class ReportRevision(serializers.Serializer):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class ReportReasoned(ReportRevision):
    note = serializers.CharField(max_length=500)


class ReportWords(ReportRevision):
    text = serializers.CharField(max_length=rules.LONGEST)


FIGURE = OpenApiParameter("figure", OpenApiTypes.STR, enum=list(BY_KEY))
PLACE = OpenApiParameter("place", OpenApiTypes.STR, description='a district, "none", or blank for all')
PAGE = OpenApiParameter("page", OpenApiTypes.INT)


class WorkReportViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """工作报告."""

    queryset = WorkReport.objects.order_by("-id")
    filterset_class = ReportFilter
    needs = {"default": "reports.view", "issue": "reports.issue", "withdraw": "reports.issue"}

    def get_queryset(self):
        return read.reports().order_by("-id")

    def get_serializer_class(self):
        return WorkReportDetailSerializer if self.action == "retrieve" else WorkReportSerializer

    @extend_schema(responses=ReportFigures)
    @action(detail=True, methods=["get"])
    def figures(self, request, pk=None):
        """Every figure of every place the reader sees, and their sum in the last row."""
        report = self.get_object()
        own = read.table(report)
        meanings = [
            {
                "key": one.key,
                "group": one.group,
                "label": one.label,
                "unit": one.unit,
                "definition": read.definition(report, one.key),
            }
            for one in BY_KEY.values()
        ]
        rows = [
            {"place": row.link, "name": row.name, "values": row.values, "oldest_open": row.oldest}
            for row in (*own.rows, own.total)
        ]
        return Response(ReportFigures({"figures": meanings, "rows": rows}).data)

    @extend_schema(parameters=[PLACE, PAGE], responses=ReportRecordPage)
    @action(detail=True, methods=["get"], url_path=r"records/(?P<figure>[a-zA-Z_]+)")
    def records(self, request, pk=None, figure=""):
        """The records behind a number, as they stood and as they stand."""
        report = self.get_object()
        own = read.behind(report, figure, request.query_params.get("place", ""))
        start = (number(request.query_params.get("page"), 1) - 1) * read.SHOWN
        page = read.records(report, own, own.numbers[start : start + read.SHOWN])
        told = {"total": own.total, "ids": [pk for _, pk in own.numbers], "records": page}
        return Response(ReportRecordPage(told).data)

    @extend_schema(parameters=[FIGURE], responses=ReportDifferenceSerializer(many=True))
    @action(detail=True, methods=["get"])
    def differences(self, request, pk=None):
        """The same period counted now against what was frozen, record by record."""
        report, key = self.get_object(), request.query_params.get("figure", "")
        if key:
            read.figure_or_404(key)
        return Response(ReportDifferenceSerializer(read.differences(report, key).found, many=True).data)

    @extend_schema(request=ReportRevision)
    @action(detail=True, methods=["post"])
    def issue(self, request, pk=None):
        return Response(
            WorkReportSerializer(verbs.issue(int(pk), revision=self.asked(ReportRevision)["revision"])).data
        )

    @extend_schema(request=ReportReasoned)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        """撤回重做: answers with the withdrawn edition; the next one is made in the background."""
        asked = self.asked(ReportReasoned)
        return Response(WorkReportSerializer(verbs.withdraw(int(pk), asked["note"], revision=asked["revision"])).data)


class ReportTextViewSet(Asks, mixins.RetrieveModelMixin, GenericViewSet):
    """One section of a report."""

    queryset = ReportText.objects.order_by("id")
    serializer_class = ReportTextSerializer
    needs = {"default": "reports.view", "update": "reports.edit"}

    def get_queryset(self):
        return super().get_queryset().filter(report__in=read.reports())

    @extend_schema(request=ReportWords)
    def update(self, request, pk=None):
        asked = self.asked(ReportWords)
        return Response(ReportTextSerializer(verbs.edit(int(pk), asked["text"], revision=asked["revision"])).data)


def register(router) -> None:
    router.register("work-reports", WorkReportViewSet, basename="api-work-report")
    router.register("work-report-texts", ReportTextViewSet, basename="api-work-report-text")
