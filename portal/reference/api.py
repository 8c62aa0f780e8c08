"""The catalogs over the API: current editions, and their lines with every column."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from portal.api import KeysetPagination
from portal.reference.filters import LineFilter
from portal.reference.models import Catalog, CatalogLine


class CatalogSerializer(serializers.ModelSerializer):
    line_count = serializers.IntegerField(read_only=True, help_text="条数")
    low_count = serializers.IntegerField(read_only=True, help_text="其中可信度低的条数")

    class Meta:
        model = Catalog
        fields = (
            "key",
            "number",
            "title",
            "edition",
            "source",
            "note",
            "digest",
            "loaded_at",
            "line_count",
            "low_count",
        )
        read_only_fields = fields


class CatalogLineSerializer(serializers.ModelSerializer):
    data = serializers.DictField(child=serializers.CharField(), read_only=True, help_text="目录文件中的各列")

    class Meta:
        model = CatalogLine
        fields = ("code", "title", "aliases", "cas", "group", "text", "source", "confidence", "data")
        read_only_fields = fields


class CatalogViewSet(ReadOnlyModelViewSet):
    """法规目录（现行版本）."""

    queryset = Catalog.objects.current().counted().order_by("-id")
    serializer_class = CatalogSerializer
    lookup_field = "key"
    needs = {"default": "catalogs.view"}


class LinePages(KeysetPagination):
    ordering = "id"


KEY = OpenApiParameter("key", OpenApiTypes.STR, OpenApiParameter.PATH, description="目录")


@extend_schema_view(list=extend_schema(parameters=[KEY]), retrieve=extend_schema(parameters=[KEY]))
class CatalogLineViewSet(ReadOnlyModelViewSet):
    """目录条目（现行版本），按目录中的次序."""

    queryset = CatalogLine.objects.none()
    serializer_class = CatalogLineSerializer
    filterset_class = LineFilter
    pagination_class = LinePages
    lookup_field = "code"
    lookup_value_regex = "[^/]+"
    needs = {"default": "catalogs.view"}

    def get_queryset(self):
        return CatalogLine.objects.current().filter(catalog__key=self.kwargs.get("key", "")).order_by("id")
