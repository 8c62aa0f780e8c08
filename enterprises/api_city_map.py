"""The map over the API: the plants as points, the city's boundaries, and the office's upload of them."""

from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.actions.city_map import draw_map, restore_map
from enterprises.filters import EnterpriseFilter
from enterprises.models import CityMap, Coordinates, Enterprise
from enterprises.queries import city_map
from enterprises.rules.boundaries import as_geojson
from portal.api import Asks


class PointsSerializer(serializers.Serializer):
    drawn_in = serializers.CharField(help_text="坐标系，总是 wgs84：以其他坐标系给出的坐标已换算")
    map = serializers.IntegerField(allow_null=True, help_text="据以判断“边界外”的本市地图")
    fields = serializers.ListField(child=serializers.CharField(), help_text="每一行各项的名称")
    points = serializers.ListField(
        child=serializers.ListField(), help_text="flags 是几项之和：1 重点企业，2 停产停业整顿，4 坐标在本市边界外"
    )


@method_decorator(gzip_page, name="dispatch")
class PointViewSet(GenericViewSet):
    """企业坐标: 一次全部，不分页，供绘图用；没有坐标的企业不在其中."""

    queryset = Enterprise.objects.order_by("-id")
    filterset_class = EnterpriseFilter
    serializer_class = PointsSerializer
    pagination_class = None
    needs = {"default": "map.view"}

    @extend_schema(responses=PointsSerializer)
    def list(self, request):
        return Response(city_map.points(self.filter_queryset(self.get_queryset())))


class CityMapSerializer(serializers.ModelSerializer):
    class Meta:
        model = CityMap
        fields = ("id", "name", "coordinates_in", "by_name", "at")
        read_only_fields = fields


class CityMapDetailSerializer(CityMapSerializer):
    drawn_in = serializers.CharField(read_only=True, help_text="geojson 的坐标系，总是 wgs84")
    geojson = serializers.JSONField(read_only=True)
    unmatched = serializers.ListField(child=serializers.CharField(), help_text="地图上不是本市区县的名称")
    missing = serializers.ListField(child=serializers.CharField(), help_text="地图上没有的区县")

    class Meta(CityMapSerializer.Meta):
        fields = (*CityMapSerializer.Meta.fields, "drawn_in", "geojson", "unmatched", "missing")
        read_only_fields = fields

    def to_representation(self, record):
        features = city_map.boundaries(record).features
        match = city_map.matched(features)
        return CityMapSerializer(record).data | {
            "drawn_in": "wgs84",
            "geojson": as_geojson(features),
            "unmatched": match.unmatched,
            "missing": match.missing,
        }


class CityMapOrder(serializers.Serializer):
    file = serializers.FileField(help_text="区县边界，GeoJSON（FeatureCollection），UTF-8")
    coordinates_in = serializers.ChoiceField(Coordinates.choices)


@method_decorator(gzip_page, name="dispatch")
class CityMapViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """本市地图: 新的在前，第一张是正在使用的."""

    queryset = CityMap.objects.defer("geojson").order_by("-id")
    needs = {"default": "map.view", "create": "map.draw", "restore": "map.draw"}
    parser_classes = [MultiPartParser]

    def get_serializer_class(self):
        return CityMapDetailSerializer if self.action == "retrieve" else CityMapSerializer

    @extend_schema(request={"multipart/form-data": CityMapOrder}, responses={201: CityMapSerializer})
    def create(self, request):
        asked = self.checked(CityMapOrder)
        made = draw_map(asked["file"], asked["coordinates_in"])
        return Response(CityMapSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={201: CityMapSerializer})
    @action(detail=True, methods=["post"])
    def restore(self, request, pk=None):
        return Response(CityMapSerializer(restore_map(self.get_object().pk)).data, status=status.HTTP_201_CREATED)
