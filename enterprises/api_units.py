"""Units and holdings over the API: the same verbs as the pages, judged with every change."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.actions import units
from enterprises.filters import UnitFilter
from enterprises.models import Holding, Judgement, MajorLevel, Mixture, Unit, UnitKind
from portal.api import Asks


class UnitHoldingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Holding
        fields = (
            "id", "substance", "quantity_t", "state", "cas", "mixture", "table1_seq", "symbols", "beta_symbol", "key_chemical_seq",
        )  # fmt: skip
        read_only_fields = fields


class JudgementSerializer(serializers.ModelSerializer):
    """One calculation with what it rested on; S, R, q, Q and β are exact decimals or fractions as text."""

    class Meta:
        model = Judgement
        fields = (
            "id",
            "at",
            "edition",
            "inputs",
            "result",
            "outcome",
            "level",
            "s",
            "r",
            "missing",
            "because",
            "by_name",
        )
        read_only_fields = fields


class UnitSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = Unit
        fields = (
            "id", "enterprise", "enterprise_name", "name", "kind", "boundary", "declared_level", "closed_on", "judged", "level", "s", "r",
            "revision",
        )  # fmt: skip
        read_only_fields = fields


class UnitDetailSerializer(UnitSerializer):
    holdings = UnitHoldingSerializer(many=True, read_only=True)
    processes = serializers.SlugRelatedField("name", many=True, read_only=True)

    class Meta(UnitSerializer.Meta):
        fields = (*UnitSerializer.Meta.fields, "holdings", "processes")
        read_only_fields = fields


class UnitFacts(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(UnitKind.choices)
    boundary = serializers.CharField(max_length=300, required=False, allow_blank=True)
    declared_level = serializers.ChoiceField(MajorLevel.choices, required=False, allow_null=True)


class NewUnit(UnitFacts):
    enterprise = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ChangedUnit(UnitFacts):
    closed_on = serializers.DateField(required=False, allow_null=True)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class HoldingFacts(serializers.Serializer):
    substance = serializers.CharField(max_length=80)
    quantity_t = serializers.DecimalField(
        14, 4, min_value=0, required=False, allow_null=True, help_text="设计最大量，吨；不知道就不填，不要填0"
    )
    state = serializers.CharField(max_length=60, required=False, allow_blank=True)
    cas = serializers.CharField(max_length=12, required=False, allow_blank=True)
    mixture = serializers.ChoiceField(Mixture.choices, required=False, allow_blank=True)
    table1_seq = serializers.IntegerField(required=False, allow_null=True, help_text="GB 18218-2018 表1序号")
    symbols = serializers.ListField(child=serializers.CharField(max_length=6), required=False, help_text="表2类别符号")
    beta_symbol = serializers.CharField(max_length=6, required=False, allow_blank=True)


class ChangedHolding(HoldingFacts):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="读取时单元的revision")


class UnitViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """单元. Every change is judged by GB 18218-2018 in the same transaction; the judgement is kept with its inputs."""

    queryset = Unit.objects.select_related("enterprise").order_by("-id")
    filterset_class = UnitFilter
    needs = {
        "default": "units.view",
        "create": "units.edit",
        "partial_update": "units.edit",
        "holdings": "units.edit",
        "holding": "units.edit",
    }

    def get_serializer_class(self):
        return UnitSerializer if self.action == "list" else UnitDetailSerializer

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset if self.action == "list" else queryset.prefetch_related("holdings", "processes")

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        unit = Unit.objects.select_related("enterprise").prefetch_related("holdings", "processes").get(pk=pk)
        return Response(UnitDetailSerializer(unit).data, status=code)

    @extend_schema(request=NewUnit, responses={201: UnitDetailSerializer})
    def create(self, request):
        asked = self.checked(NewUnit)
        return self.answer(units.add_unit(asked.pop("enterprise"), **asked).pk, status.HTTP_201_CREATED)

    @extend_schema(request=ChangedUnit, responses=UnitDetailSerializer)
    def partial_update(self, request, pk=None):
        self.get_object()
        asked = self.checked(ChangedUnit, partial=True)
        units.change_unit(int(pk), asked, revision=asked.pop("revision", None))
        return self.answer(int(pk))

    @extend_schema(request=HoldingFacts, responses={201: UnitDetailSerializer})
    @action(detail=True, methods=["post"])
    def holdings(self, request, pk=None):
        self.get_object()
        units.put_holding(int(pk), self.checked(HoldingFacts))
        return self.answer(int(pk), status.HTTP_201_CREATED)

    @extend_schema(
        request=ChangedHolding,
        responses=UnitDetailSerializer,
        parameters=[OpenApiParameter("holding_id", int, OpenApiParameter.PATH)],
    )
    @action(detail=True, methods=["patch", "delete"], url_path=r"holdings/(?P<holding_id>\d{1,18})")
    def holding(self, request, pk=None, holding_id=None):
        unit = self.get_object()
        if request.method == "DELETE":
            units.remove_holding(self.of_unit(unit, int(holding_id)))
        else:
            asked = self.checked(ChangedHolding, partial=True)
            units.put_holding(unit.pk, asked, int(holding_id), revision=asked.pop("revision", None))
        return self.answer(unit.pk)

    @staticmethod
    def of_unit(unit: Unit, holding_id: int) -> int:
        """A holding of another unit is not found here, whoever may see it elsewhere."""
        return Holding.objects.filter(unit=unit, pk=holding_id).values_list("pk", flat=True).first() or 0

    @extend_schema(responses=JudgementSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def judgements(self, request, pk=None):
        page = self.paginate_queryset(Judgement.objects.filter(unit=self.get_object()).order_by("-id"))
        return self.get_paginated_response(JudgementSerializer(page, many=True).data)
