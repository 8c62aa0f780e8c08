"""Exports over the API: start, watch, start again, download."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from portal.api import Asks
from portal.exports import actions, views
from portal.exports.filters import ExportFilter
from portal.exports.models import ExportJob
from portal.exports.workbook import XLSX


class ExportSerializer(serializers.ModelSerializer):
    stuck = serializers.BooleanField(read_only=True)
    words = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ExportJob
        fields = (
            "id", "list", "title", "query", "words", "state", "stuck", "total", "done", "rows", "as_of", "size", "fault",
            "created_at", "finished_at", "expires_at",
        )  # fmt: skip
        read_only_fields = fields


class ExportOrderSerializer(serializers.Serializer):
    list = serializers.CharField(max_length=40, help_text="清单的名称，如 enterprise_list")
    query = serializers.CharField(allow_blank=True, default="", help_text="与清单页面地址中“?”之后相同")


class ExportViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """导出: 本人的导出."""

    queryset = ExportJob.objects.none()
    serializer_class = ExportSerializer
    filterset_class = ExportFilter
    needs = {"default": "views.save"}

    def get_queryset(self):
        return ExportJob.objects.mine().defer("content").order_by("-id")

    @extend_schema(request=ExportOrderSerializer, responses={201: ExportSerializer})
    def create(self, request):
        asked = self.checked(ExportOrderSerializer)
        job = actions.start(asked["list"], asked["query"])
        return Response(ExportSerializer(job).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ExportSerializer)
    @action(detail=True, methods=["post"])
    def restart(self, request, pk=None):
        return Response(ExportSerializer(actions.restart(self.get_object().pk)).data)

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def download(self, request, pk=None):
        return views.download(views.found(self.get_object().pk, content=True))
