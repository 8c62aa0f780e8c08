"""抽查复核 and 理由模板 over the API: the same draws, answers and lists as the pages."""

from fractions import Fraction

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ViewSet

from hazards.actions import sample as verbs
from hazards.actions.templates import LONGEST, MOST, write_templates
from hazards.filters import SampleFilter, SampleItemFilter
from hazards.models import ReasonTemplate, Sample, SampleItem
from hazards.queries.desk import reasons, seen
from hazards.queries.sample import draws, items, sample_file
from portal.api import Asks


class SampleSerializer(serializers.ModelSerializer):
    looked = serializers.IntegerField(read_only=True, help_text="已复核")
    untrue = serializers.IntegerField(read_only=True, help_text="其中不属实")

    class Meta:
        model = Sample
        fields = (
            "id", "district", "starts", "ends", "by_district", "seed", "shares", "pool_size", "size", "digest", "by_name",
            "by_unit", "made_at", "looked", "untrue",
        )  # fmt: skip
        read_only_fields = fields


class ProgressSerializer(serializers.Serializer):
    name = serializers.CharField()
    of = serializers.IntegerField(help_text="这一层的总体条数")
    drawn = serializers.IntegerField()
    looked = serializers.IntegerField()
    untrue = serializers.IntegerField()


class SampleDetailSerializer(SampleSerializer):
    rows = serializers.SerializerMethodField(help_text="各层进度")
    drawn = serializers.SerializerMethodField(help_text="抽中的隐患编号")
    pool_url = serializers.SerializerMethodField(help_text="抽样总体，用来重抽一遍（docs/sampling.md）")

    class Meta(SampleSerializer.Meta):
        fields = (*SampleSerializer.Meta.fields, "rows", "drawn", "pool_url")
        read_only_fields = fields

    def file(self, sample):
        """Read once an answer."""
        if "file" not in self.context:
            self.context["file"] = sample_file(sample.pk)
        return self.context["file"]

    @extend_schema_field(ProgressSerializer(many=True))
    def get_rows(self, sample) -> list[dict]:
        return ProgressSerializer(self.file(sample).rows, many=True).data

    def get_drawn(self, sample) -> list[int]:
        return self.file(sample).drawn

    def get_pool_url(self, sample) -> str:
        return reverse("sample_pool", args=[sample.pk])


class NewSample(serializers.Serializer):
    """`number` or `percent`, one of them."""

    starts = serializers.DateField()
    ends = serializers.DateField()
    seed = serializers.CharField(max_length=100)
    number = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False, allow_null=True, default=None
    )
    by_district = serializers.BooleanField(default=False)

    def validate_percent(self, value) -> Fraction | None:
        return None if value is None else Fraction(value)


class SampleViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """抽查: POST draws by lot from the hazards closed in a period that one sees. No draw is ever deleted."""

    queryset = draws().order_by("-id")
    filterset_class = SampleFilter
    needs = {"default": "samples.view", "create": "samples.draw"}

    def get_serializer_class(self):
        return SampleSerializer if self.action == "list" else SampleDetailSerializer

    @extend_schema(request=NewSample, responses={201: SampleDetailSerializer})
    def create(self, request):
        made = verbs.draw(**self.checked(NewSample))
        return Response(SampleDetailSerializer(draws().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)


class SampleItemSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    description = serializers.CharField(source="hazard.description", read_only=True)
    closed_on = serializers.DateField(source="hazard.closed_on", read_only=True)

    class Meta:
        model = SampleItem
        fields = (
            "id", "sample", "hazard", "enterprise", "enterprise_name", "district", "stratum", "description", "closed_on",
            "result", "note", "looked_by_name", "looked_at",
        )  # fmt: skip
        read_only_fields = fields


class Looked(serializers.Serializer):
    result = serializers.ChoiceField(SampleItem.Result.choices)
    note = serializers.CharField(max_length=2000)


class SampleItemViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """抽中的隐患. POST …/look/ says once whether its closing was true, by somebody who did not recheck it."""

    queryset = items().order_by("-id")
    serializer_class = SampleItemSerializer
    filterset_class = SampleItemFilter
    needs = {"default": "samples.items", "look": "samples.look"}

    @extend_schema(request=Looked)
    @action(detail=True, methods=["post"])
    def look(self, request, pk=None):
        """复核."""
        asked = self.asked(Looked)
        verbs.look_again(int(pk), asked["result"], asked["note"])
        return Response(SampleItemSerializer(items().get(pk=pk)).data)


def sentences(help_text: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=LONGEST), max_length=MOST, help_text=help_text, default=list
    )


class ReasonTemplatesSerializer(serializers.Serializer):
    accept = sentences("复查意见")
    seen = serializers.CharField(read_only=True, help_text="保存时作为 before 传回：他人改过即拒绝")

    def get_fields(self):
        # A word of the language cannot stand as a name in a class.
        return {"return": sentences("退回理由")} | super().get_fields()


class WrittenTemplates(ReasonTemplatesSerializer):
    seen = None
    before = serializers.CharField(max_length=64, required=False, allow_null=True, default=None)


class ReasonTemplateViewSet(Asks, ViewSet):
    """理由模板: the city's two lists of sentences to decide with; written as a whole."""

    needs = "templates.edit"

    def now(self) -> Response:
        rows = reasons()
        lists = {kind: [row.text for row in rows if row.kind == kind] for kind in ReasonTemplate.Kind.values}
        return Response(lists | {"seen": seen(rows)})

    @extend_schema(responses=ReasonTemplatesSerializer)
    def list(self, request):
        return self.now()

    @extend_schema(request=WrittenTemplates, responses={200: ReasonTemplatesSerializer})
    def create(self, request):
        """Replaces both lists."""
        asked = self.checked(WrittenTemplates)
        told = {kind: "\n".join(" ".join(one.split()) for one in asked[kind]) for kind in ReasonTemplate.Kind.values}
        write_templates(told, asked["before"])
        return self.now()
