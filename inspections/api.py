"""Visits over the API: a whole visit with its hazards in one call, and reading."""

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.models import Enterprise
from hazards.api import NoticeSerializer
from hazards.api_evidence import EvidenceSerializer, GivenFileSerializer
from hazards.models import AccidentType, Level
from inspections.actions import answers
from inspections.actions.records import make_record
from inspections.actions.visits import record_visit
from inspections.filters import VisitFilter
from inspections.models import Answer, Visit
from inspections.models_field import FieldFile
from inspections.queries_field import voice_notes
from portal.api import Asks
from portal.files import answers as sent_files
from portal.files.names import file_name


class VisitSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    lead_name = serializers.CharField(source="lead.name", read_only=True)
    second_name = serializers.CharField(source="second.name", read_only=True, default="")

    class Meta:
        model = Visit
        fields = (
            "id",
            "key",
            "enterprise",
            "enterprise_name",
            "district",
            "subject",
            "action",
            "state",
            "visited_on",
            "organisation",
            "lead",
            "lead_name",
            "second",
            "second_name",
            "met_with",
            "summary",
            "finished_at",
        )
        read_only_fields = fields


class AnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Answer
        fields = ("code", "verdict", "description", "level", "accident_type", "basis", "place", "hazard_id")
        read_only_fields = fields


class VisitDetailSerializer(VisitSerializer):
    answers = AnswerSerializer(many=True, read_only=True)
    hazards = serializers.SerializerMethodField(help_text="这次检查发现的隐患编号")

    class Meta(VisitSerializer.Meta):
        fields = (*VisitSerializer.Meta.fields, "categories", "template", "codes", "because", "answers", "hazards")
        read_only_fields = fields

    def get_hazards(self, visit) -> list[int]:
        return [answer.hazard_id for answer in visit.answers.all() if answer.hazard_id]


class GivenAnswerSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=20, help_text="现行检查表的编号")
    verdict = serializers.ChoiceField(choices=Answer.Verdict.choices)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    level = serializers.ChoiceField(required=False, choices=Level.choices)
    accident_type = serializers.ChoiceField(required=False, choices=AccidentType.choices)
    place = serializers.CharField(required=False, allow_blank=True, max_length=120)


class GivenHazardSerializer(serializers.Serializer):
    """A finding: one of the checklist with `code`, or one that is on no list."""

    code = serializers.CharField(required=False, max_length=20)
    description = serializers.CharField(max_length=2000)
    level = serializers.ChoiceField(choices=Level.choices)
    accident_type = serializers.ChoiceField(required=False, choices=AccidentType.choices)
    basis = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    place = serializers.CharField(required=False, allow_blank=True, max_length=120)


class NewVisitSerializer(serializers.Serializer):
    key = serializers.UUIDField(help_text="客户端自定的编号：同一编号重发不会成为两次检查")
    enterprise = serializers.IntegerField()
    second = serializers.IntegerField(help_text="协办执法人员的编号")
    subject = serializers.ChoiceField(choices=Visit.Subject.choices, default=Visit.Subject.ROUTINE)
    visited_on = serializers.DateField(required=False)
    met_with = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    summary = serializers.CharField(required=False, allow_blank=True, max_length=4000, default="")
    action = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1, help_text="专项行动的编号"
    )
    template = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1, help_text="检查表模板的编号"
    )
    answers = GivenAnswerSerializer(many=True, required=False, default=list, max_length=500)
    hazards = GivenHazardSerializer(many=True, required=False, default=list, max_length=100)

    def validate(self, data):
        codes = [given["code"] for given in [*data["answers"], *data["hazards"]] if given.get("code")]
        if len(codes) != len(set(codes)):
            raise serializers.ValidationError({"answers": "同一项只能有一个结论。"})
        return data


class RecordSerializer(serializers.Serializer):
    place = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    situation = serializers.CharField(max_length=4000)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    representative = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    position = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    phone = serializers.CharField(required=False, allow_blank=True, max_length=20, default="")
    met_with = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    refusal = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class PhotoSerializer(GivenFileSerializer):
    code = serializers.CharField(max_length=60, help_text="检查项的编号，须已标为不符合")


class VoiceSerializer(serializers.ModelSerializer):
    """A voice note; heard at `url`."""

    sm3 = serializers.CharField(source="digest")
    url = serializers.SerializerMethodField()

    class Meta:
        model = FieldFile
        fields = ("id", "key", "code", "seconds", "taken_at", "content_type", "sm3", "url")
        read_only_fields = fields

    def get_url(self, voice) -> str:
        return reverse("api-visit-voice", args=[voice.visit_id, voice.pk])


class VisitViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """检查. POST records a finished visit and its hazards at once; all of it or nothing."""

    queryset = Visit.objects.select_related("enterprise", "lead", "second").order_by("-id")
    filterset_class = VisitFilter
    needs = {
        "default": "visits.view",
        "create": "visits.conduct",
        "photos": "visits.conduct",
        "record": "visits.conduct",
    }

    def get_serializer_class(self):
        return VisitDetailSerializer if self.action in ("retrieve", "create") else VisitSerializer

    def get_queryset(self):
        visits = super().get_queryset()
        return visits.prefetch_related("answers") if self.action == "retrieve" else visits

    @extend_schema(request=NewVisitSerializer, responses={201: VisitDetailSerializer})
    def create(self, request):
        asked = dict(self.checked(NewVisitSerializer))
        enterprise = get_object_or_404(Enterprise, pk=asked.pop("enterprise"))
        answers = [
            *asked.pop("answers"),
            *(given | {"verdict": Answer.Verdict.NOT_OK} for given in asked.pop("hazards")),
        ]
        visit = record_visit(
            enterprise,
            second_id=asked.pop("second"),
            action_id=asked.pop("action"),
            template_id=asked.pop("template"),
            answers=answers,
            **asked,
        )
        prefetch_related_objects([visit], "answers")
        return Response(VisitDetailSerializer(visit).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PhotoSerializer, responses={201: EvidenceSerializer})
    @action(detail=True, methods=["post"], parser_classes=(MultiPartParser, JSONParser))
    def photos(self, request, pk):
        """拍照: a picture of one finding of a visit under way."""
        asked = self.checked(PhotoSerializer)
        visit = get_object_or_404(Visit.objects.only("pk"), pk=pk)
        photo = answers.add_photo(visit.pk, asked["code"], asked["given"], asked.get("key"))
        return Response(EvidenceSerializer(photo).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RecordSerializer, responses={201: NoticeSerializer})
    @action(detail=True, methods=["post"])
    def record(self, request, pk):
        """制作现场检查记录 of a finished visit."""
        made = make_record(int(pk), **self.asked(RecordSerializer))
        return Response(NoticeSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={200: VoiceSerializer(many=True)})
    @action(detail=True, pagination_class=None, filterset_class=None)
    def voices(self, request, pk):
        """现场录音 of a visit, as far as they have come; a device sends them like its pictures (/api/v1/field/files/)."""
        return Response(VoiceSerializer(voice_notes(self.get_object().pk), many=True).data)

    @extend_schema(
        parameters=[OpenApiParameter("voice", int, OpenApiParameter.PATH)],
        responses={(200, "audio/*"): OpenApiTypes.BINARY},
    )
    @action(detail=True, url_path=r"voices/(?P<voice>\d{1,18})")
    def voice(self, request, pk, voice):
        """The sound as it came, checked against its SM3; whole or the range asked for."""
        note = get_object_or_404(voice_notes(self.get_object().pk), pk=voice)
        return sent_files.played(
            request, note.digest, note.content_type, file_name(f"现场录音-{note.pk}", note.content_type)
        )
