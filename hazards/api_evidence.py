"""佐证材料 over the API: one file a request, sent again safely with the same key, or piece by piece before it."""

import django_filters as filters
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hazards.actions.evidence import add_evidence
from hazards.models import Evidence, Hazard
from portal.api import Asks
from portal.tenancy.scope import who
from portal.uploads.actions import finished


class EvidenceSerializer(serializers.ModelSerializer):
    leads = serializers.SerializerMethodField(help_text="复查时要核对的地方，是线索不是结论；不给企业看")
    url = serializers.SerializerMethodField(help_text="显示用副本，不含元数据；?w=320 或 1280")
    original_url = serializers.SerializerMethodField(help_text="收到时的原件，以附件下载")

    class Meta:
        model = Evidence
        fields = (
            "id",
            "key",
            "hazard",
            "enterprise",
            "visit_id",
            "item_code",
            "phase",
            "round",
            "filename",
            "content_type",
            "size",
            "digest",
            "width",
            "height",
            "taken_at",
            "scan",
            "leads",
            "uploaded_at",
            "by_name",
            "url",
            "original_url",
        )
        read_only_fields = fields

    def get_leads(self, evidence) -> list[str]:
        return [] if who().role == "officer" else evidence.words

    def get_url(self, evidence) -> str:
        return reverse("evidence", args=[evidence.pk])

    def get_original_url(self, evidence) -> str:
        return reverse("evidence_original", args=[evidence.pk])


class GivenFileSerializer(serializers.Serializer):
    """A file in the request, or one that has come piece by piece before."""

    file = serializers.FileField(required=False, help_text="JPEG、PNG、WebP、HEIC 或 PDF，不超过 15 MB")
    upload = serializers.UUIDField(required=False, help_text="已经断点续传完的文件的编号（tus 1.0，/api/v1/uploads/）")
    key = serializers.UUIDField(required=False, help_text="客户端自定的编号：重发不会重复；断点续传的文件不用填")

    def validate(self, data):
        if ("file" in data) == ("upload" in data):
            raise serializers.ValidationError({"file": "请给出file或upload中的一个。"})
        data["given"] = finished(data["upload"]) if "upload" in data else data["file"]
        return data


class UploadSerializer(GivenFileSerializer):
    hazard = serializers.IntegerField()
    phase = serializers.ChoiceField(choices=Evidence.Phase.choices)


class EvidenceFilter(filters.FilterSet):
    hazard = filters.NumberFilter(field_name="hazard_id", label="隐患")
    visit = filters.NumberFilter(field_name="visit_id", label="检查")
    phase = filters.ChoiceFilter(choices=Evidence.Phase.choices, label="阶段")

    class Meta:
        model = Evidence
        fields: list[str] = []


class EvidenceViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """佐证材料. Inspectors add `found` until the notice is out, the enterprise `before` and `after` while it rectifies."""

    queryset = Evidence.objects.order_by("-id")
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    parser_classes = (MultiPartParser, JSONParser)
    needs = {"default": "evidence.view", "create": "evidence.upload"}

    @extend_schema(request=UploadSerializer, responses={201: EvidenceSerializer})
    def create(self, request):
        asked = self.checked(UploadSerializer)
        hazard = get_object_or_404(Hazard.objects.select_related("enterprise"), pk=asked["hazard"])
        evidence = add_evidence(
            asked["given"], enterprise=hazard.enterprise, phase=asked["phase"], hazard=hazard, key=asked.get("key")
        )
        return Response(EvidenceSerializer(evidence).data, status=status.HTTP_201_CREATED)
