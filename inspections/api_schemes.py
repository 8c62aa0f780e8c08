"""现场检查方案 over the API: the same verbs and filters as the pages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from inspections.actions import schemes
from inspections.filters_schemes import SchemeFilter
from inspections.models_schemes import SchemeDocument, VisitScheme
from portal.api import Asks
from portal.documents.views import printed


class SchemeSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    number = serializers.SerializerMethodField(help_text="批准后的文号")

    class Meta:
        model = VisitScheme
        fields = (
            "id", "enterprise", "enterprise_name", "district", "organisation", "planned_from", "planned_to", "place",
            "contents", "manner", "lead", "lead_task", "second", "second_task", "state", "drafter", "drafted_on", "drafting",
            "reviewer", "reviewed_on", "review", "approver", "approved_on", "approval", "returned_because", "number", "revision",
        )  # fmt: skip
        read_only_fields = fields

    def get_number(self, scheme) -> str:
        return next((document.number for document in scheme.documents.all()), "")


class SchemeTextSerializer(serializers.Serializer):
    planned_from = serializers.DateField()
    planned_to = serializers.DateField(required=False)
    place = serializers.CharField(required=False, allow_blank=True, max_length=200)
    contents = serializers.CharField(max_length=2000)
    manner = serializers.CharField(max_length=300)
    lead = serializers.IntegerField(help_text="主办执法人员的编号")
    lead_task = serializers.CharField(max_length=200)
    second = serializers.IntegerField(help_text="协办执法人员的编号")
    second_task = serializers.CharField(max_length=200)
    drafting = serializers.CharField(max_length=300)
    reviewer = serializers.IntegerField(help_text="审核人（科室负责人）的编号")
    approver = serializers.IntegerField(help_text="审批人（分管领导）的编号")


class NewSchemeSerializer(SchemeTextSerializer):
    enterprise = serializers.IntegerField()


class ChangeSchemeSerializer(SchemeTextSerializer):
    revision = serializers.IntegerField(required=False)


class OpinionSerializer(serializers.Serializer):
    opinion = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    revision = serializers.IntegerField(required=False)


class SchemeViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """现场检查方案. POST draws one up and hands it in for review."""

    queryset = VisitScheme.objects.select_related("enterprise").prefetch_related("documents").order_by("-id")
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilter
    needs = {
        "default": "schemes.view",
        "create": "schemes.draft",
        "change": "schemes.draft",
        "withdraw": "schemes.draft",
        "review": "schemes.review",
        "approve": "schemes.approve",
        "send_back": "schemes.review",
    }

    def shown(self, pk, code: int = status.HTTP_200_OK) -> Response:
        return Response(SchemeSerializer(self.get_queryset().get(pk=pk)).data, status=code)

    @extend_schema(request=NewSchemeSerializer, responses={201: SchemeSerializer})
    def create(self, request):
        asked = dict(self.checked(NewSchemeSerializer))
        return self.shown(schemes.draft(asked.pop("enterprise"), asked).pk, status.HTTP_201_CREATED)

    @extend_schema(request=ChangeSchemeSerializer, responses=SchemeSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        """修改后再报."""
        asked = dict(self.asked(ChangeSchemeSerializer))
        return self.shown(schemes.change(int(pk), asked, revision=asked.pop("revision", None)).pk)

    @extend_schema(request=OpinionSerializer, responses=SchemeSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request, pk=None):
        """审核同意."""
        return self.shown(schemes.review(int(pk), **self.asked(OpinionSerializer)).pk)

    @extend_schema(request=OpinionSerializer, responses=SchemeSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        """审批同意: numbered and printed."""
        schemes.approve(int(pk), **self.asked(OpinionSerializer))
        return self.shown(pk)

    @extend_schema(request=OpinionSerializer, responses=SchemeSerializer)
    @action(detail=True, methods=["post"])
    def send_back(self, request, pk=None):
        """退回, with a reason."""
        asked = self.asked(OpinionSerializer)
        return self.shown(schemes.send_back(int(pk), asked["opinion"], revision=asked.get("revision")).pk)

    @extend_schema(request=None, responses=SchemeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        """撤回."""
        return self.shown(schemes.withdraw(self.get_object().pk).pk)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request, pk=None):
        document = SchemeDocument.objects.filter(scheme=self.get_object()).first()
        if document is None:
            raise serializers.ValidationError({"state": "方案还没有批准，没有文书。"})
        return printed(document, "scheme")
