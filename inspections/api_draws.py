"""双随机 over the API: publishing pools by the ledger's own filter, drawing, and everything needed to repeat a draw."""

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from inspections.actions import draws as verbs
from inspections.api_plans import NUMBER
from inspections.filters import DrawFilter
from inspections.models import Draw
from inspections.queries.draws import draw_or_404, drawing_bodies, draws
from inspections.scope import Scope
from portal.api import Asks
from portal.refusals import BadInput


class DrawSerializer(serializers.ModelSerializer):
    class Meta:
        model = Draw
        fields = (
            "id", "title", "district", "organisation", "month", "size", "scope_words", "digest", "by_name", "published_at", "seed",
            "drawn_by", "drawn_at",
        )  # fmt: skip
        read_only_fields = fields


class PlantSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class PersonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    certificate = serializers.CharField()
    name = serializers.CharField()


class AvoidedSerializer(serializers.Serializer):
    person = serializers.IntegerField()
    plant = serializers.IntegerField(help_text="0 为全部企业")


class DrawnSerializer(serializers.Serializer):
    plant = serializers.IntegerField()
    pair = serializers.ListField(child=serializers.IntegerField())


class DrawDetailSerializer(DrawSerializer):
    plants = PlantSerializer(many=True)
    people = PersonSerializer(many=True)
    avoided = AvoidedSerializer(many=True)
    result = DrawnSerializer(many=True)

    reasons = serializers.ListField(child=serializers.CharField(), help_text="各条回避的原因，不公示")
    notice_url = serializers.SerializerMethodField(help_text="公示网址，不登录可看；空为没有公示")

    class Meta(DrawSerializer.Meta):
        fields = (*DrawSerializer.Meta.fields, "plants", "people", "avoided", "reasons", "result", "notice_url")
        read_only_fields = fields

    def get_notice_url(self, draw) -> str:
        notice = draw.notices.first()
        return settings.PORTAL_URL + reverse("draw_notice", args=[notice.verify_code]) if notice else ""


class NewDraw(serializers.Serializer):
    title = serializers.CharField(max_length=80)
    organisation = serializers.IntegerField(**NUMBER, required=False, help_text="检查单位，不填为本单位")
    month = serializers.DateField(help_text="当月任一日")
    size = serializers.IntegerField(min_value=1)
    avoid = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    scope = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=1000, help_text="企业清单的筛选条件，如 grade=D&key=1"
    )


class Seed(serializers.Serializer):
    seed = serializers.CharField(max_length=100)


class DrawViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """双随机抽查. POST publishes the pools; POST …/draw/ draws once, by a seed that came afterwards."""

    queryset = Draw.objects.order_by("-id")
    filterset_class = DrawFilter
    needs = {"default": "draws.view", "create": "draws.draw", "draw": "draws.draw", "announce": "draws.draw"}

    def get_serializer_class(self):
        return DrawSerializer if self.action == "list" else DrawDetailSerializer

    def get_queryset(self):
        return draws().order_by("-id") if self.action == "list" else super().get_queryset()

    @extend_schema(request=NewDraw, responses={201: DrawDetailSerializer})
    def create(self, request):
        told = dict(self.checked(NewDraw))
        body = None
        if number := told.pop("organisation", None):
            body = next((one for one in drawing_bodies() if one.pk == number), None)
            if body is None:
                raise BadInput("没有这个可以抽取的检查单位。", field="organisation")
        scope = Scope(QueryDict(told.pop("scope")), request)
        made = verbs.publish(scope.found, body, scope_words=scope.words, **told)
        return Response(DrawDetailSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=Seed, responses=DrawDetailSerializer)
    @action(detail=True, methods=["post"])
    def draw(self, request, pk):
        verbs.draw(int(pk), self.asked(Seed)["seed"])
        return Response(DrawDetailSerializer(draw_or_404(int(pk))).data)

    @extend_schema(request=None, responses=DrawDetailSerializer)
    @action(detail=True, methods=["post"])
    def announce(self, request, pk):
        """公示结果: once, and for good; a plant learns that it was drawn."""
        verbs.announce(int(pk))
        return Response(DrawDetailSerializer(draw_or_404(int(pk))).data)
