"""检查表模板 over the API: the versions with their lines, making the next, and the list that fits a plant."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.models import Enterprise
from hazards.models import AccidentType, Level
from inspections.actions import checklists as verbs
from inspections.api_plans import NUMBER
from inspections.filters import TemplateFilter
from inspections.models import ChecklistTemplate
from inspections.queries.checklists import Checklist, checklist, newest_edition, template_or_404, templates
from portal.api import Asks


class TemplateSerializer(serializers.ModelSerializer):
    newest = serializers.IntegerField(read_only=True, help_text="这个主题的最新版本")

    class Meta:
        model = ChecklistTemplate
        fields = ("id", "subject", "version", "newest", "codes", "reason", "by_name", "made_at", "withdrawn_on")
        read_only_fields = fields


class AskedSerializer(serializers.Serializer):
    code = serializers.CharField()
    category = serializers.CharField()
    subcategory = serializers.CharField()
    text = serializers.CharField()
    basis = serializers.CharField()
    suggested_level = serializers.ChoiceField(choices=Level.choices)
    level_note = serializers.CharField()
    accident_type = serializers.ChoiceField(choices=AccidentType.choices)
    criterion = serializers.CharField()


class TemplateDetailSerializer(TemplateSerializer):
    items = serializers.SerializerMethodField()

    class Meta(TemplateSerializer.Meta):
        fields = (*TemplateSerializer.Meta.fields, "items")
        read_only_fields = fields

    def get_items(self, template) -> AskedSerializer(many=True):  # type: ignore[valid-type]
        return AskedSerializer(checklist(template.edition, template).items, many=True).data


class OwnLine(serializers.Serializer):
    code = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=20, help_text="上一版已有的自编项写它的编号"
    )
    subcategory = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)
    text = serializers.CharField(max_length=500)
    basis = serializers.CharField(max_length=500)
    suggested_level = serializers.ChoiceField(choices=Level.choices)
    level_note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)
    accident_type = serializers.ChoiceField(choices=AccidentType.choices, default=AccidentType.OTHER)
    criterion = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)


class NewVersion(serializers.Serializer):
    subject = serializers.CharField(max_length=40)
    codes = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, max_length=500
    )
    own = OwnLine(many=True, required=False, default=list, max_length=60)
    reason = serializers.CharField(max_length=300)
    after = serializers.IntegerField(min_value=0, max_value=9999, default=0, help_text="所见的最新版本，新主题填0")


class PartSerializer(serializers.Serializer):
    subcategory = serializers.CharField()
    count = serializers.IntegerField()
    applies = serializers.BooleanField()
    because = serializers.CharField()


class ComposedSerializer(serializers.Serializer):
    enterprise = serializers.IntegerField()
    template = serializers.IntegerField(allow_null=True)
    edition = serializers.CharField()
    parts = PartSerializer(many=True)
    items = AskedSerializer(many=True)


class ChecklistTemplateViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """检查表模板. A version is never changed; POST makes the next of its subject."""

    queryset = ChecklistTemplate.objects.order_by("-id")
    filterset_class = TemplateFilter
    needs = {"default": "visits.view", "create": "checklists.make", "withdraw": "checklists.make"}

    def get_queryset(self):
        return templates().order_by("-id")

    def get_serializer_class(self):
        return TemplateSerializer if self.action == "list" else TemplateDetailSerializer

    def whole(self, pk: int) -> Response:
        return Response(TemplateDetailSerializer(template_or_404(pk)).data)

    @extend_schema(request=NewVersion, responses={201: TemplateDetailSerializer})
    def create(self, request):
        made = verbs.make_version(**self.checked(NewVersion))
        return Response(TemplateDetailSerializer(template_or_404(made.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=TemplateDetailSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        """停用: nothing is begun with it any more."""
        self.get_object()
        return self.whole(verbs.withdraw(int(pk)).pk)

    @extend_schema(
        parameters=[
            OpenApiParameter("enterprise", int, required=True, description="企业编号"),
            OpenApiParameter("template", int, description="模板编号，不填为现行检查表"),
        ],
        responses=ComposedSerializer,
    )
    @action(detail=False, filter_backends=(), pagination_class=None)
    def composed(self, request):
        """按企业情况组合: the lines that apply to a plant, and for every part the fact that puts it in or leaves it out."""
        asked = ComposedFor(data=request.query_params)
        asked.is_valid(raise_exception=True)
        plant = get_object_or_404(Enterprise, pk=asked.validated_data["enterprise"])
        number = asked.validated_data["template"]
        template = template_or_404(number) if number else None
        judged = checklist(template.edition if template else newest_edition(), template).judged_for(plant)
        return Response(ComposedSerializer(told(plant, judged)).data)


class ComposedFor(serializers.Serializer):
    enterprise = serializers.IntegerField(**NUMBER)
    template = serializers.IntegerField(**NUMBER, required=False, default=None)


def told(plant: Enterprise, judged: Checklist) -> dict:
    parts = [
        {"subcategory": name, "count": count, "applies": part.applies, "because": part.because}
        for name, count, part in judged.told
    ]
    return {
        "enterprise": plant.pk,
        "template": judged.template and judged.template.pk,
        "edition": judged.edition.edition,
        "parts": parts,
        "items": judged.fitting().items,
    }
