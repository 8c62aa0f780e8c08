"""隐患台账导入 over the API: upload, the rows' answers, confirming, taking back; the same verbs as the pages."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hazards.actions import register
from hazards.filters import HazardImportFilter
from hazards.models import HazardImport
from hazards.queries.register import VERDICTS, counts_of, found, lines_of
from portal.api import Asks


class RegisterSerializer(serializers.ModelSerializer):
    class Meta:
        model = HazardImport
        fields = (
            "id", "district", "filename", "digest", "state", "written", "by_name", "by_unit", "made_at", "finished_at",
            "finished_by", "back_at", "back_why",
        )  # fmt: skip
        read_only_fields = fields


class RegisterLineSerializer(serializers.Serializer):
    excel_row = serializers.IntegerField()
    verdict = serializers.ChoiceField(VERDICTS)
    sentence = serializers.CharField()
    enterprise = serializers.CharField()
    description = serializers.CharField()
    found_on = serializers.CharField()
    level = serializers.CharField()
    hazard = serializers.IntegerField(allow_null=True, help_text="导入成的隐患，或与之重复的隐患")
    doubts = serializers.ListField(child=serializers.CharField())
    words = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="其他各列：表头、原文"
    )


class RegisterColumns(serializers.Serializer):
    """Which column (0 = A) each field is read from; null = no column."""

    columns = serializers.DictField(child=serializers.IntegerField(allow_null=True, min_value=0, max_value=255))


class RegisterDetailSerializer(RegisterSerializer):
    columns = serializers.SerializerMethodField()
    headers = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()
    rejected_url = serializers.SerializerMethodField(help_text="未导入的行，附原因（xlsx）")

    class Meta(RegisterSerializer.Meta):
        fields = (*RegisterSerializer.Meta.fields, "columns", "headers", "counts", "lines", "rejected_url")
        read_only_fields = fields

    def read(self, record) -> list:
        """Judged once an answer."""
        if "lines" not in self.context:
            self.context["lines"] = lines_of(record)
        return self.context["lines"]

    def get_columns(self, record) -> dict[str, int]:
        return record.mapping["columns"]

    def get_headers(self, record) -> list[str]:
        return record.mapping["headers"]

    def get_counts(self, record) -> dict[str, int]:
        return counts_of(self.read(record))

    @extend_schema_field(RegisterLineSerializer(many=True))
    def get_lines(self, record) -> list[dict]:
        return RegisterLineSerializer(self.read(record), many=True).data

    def get_rejected_url(self, record) -> str:
        return reverse("register_rejected", args=[record.pk])


class RegisterUpload(serializers.Serializer):
    file = serializers.FileField(help_text="xlsx 或 csv，不超过 20 MB，最多2000条；同一份文件再传一次是同一批")


class RegisterConfirm(serializers.Serializer):
    closed = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="表中写明已销号的是否也导入；有这样的行时必须给出"
    )


class RegisterBack(serializers.Serializer):
    reason = serializers.CharField(max_length=280)


class RegisterViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """隐患台账导入. POST reads a workbook and records nothing; …/confirm/ records what can be, once."""

    queryset = HazardImport.objects.defer("content").order_by("-id")
    filterset_class = HazardImportFilter
    needs = "hazards.import"
    parser_classes = (MultiPartParser, JSONParser)

    def get_serializer_class(self):
        return RegisterSerializer if self.action == "list" else RegisterDetailSerializer

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(RegisterDetailSerializer(found(pk)).data, status=code)

    @extend_schema(request=RegisterUpload, responses={201: RegisterDetailSerializer})
    def create(self, request):
        return self.answer(register.receive(self.checked(RegisterUpload)["file"]).pk, status.HTTP_201_CREATED)

    @extend_schema(request=RegisterColumns)
    @action(detail=True, methods=["post"])
    def columns(self, request, pk=None):
        return self.answer(register.map_columns(int(pk), self.asked(RegisterColumns)["columns"]).pk)

    @extend_schema(request=RegisterConfirm)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        return self.answer(register.confirm(int(pk), closed=self.asked(RegisterConfirm)["closed"]).pk)

    @extend_schema(request=RegisterBack)
    @action(detail=True, methods=["post"])
    def back(self, request, pk=None):
        return self.answer(register.take_back(int(pk), self.asked(RegisterBack)["reason"])[0].pk)
