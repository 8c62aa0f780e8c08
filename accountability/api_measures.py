"""表彰问责 over the API: what the pages show and the same verbs. The wall says which of them a reader has."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accountability.actions import measures as verbs
from accountability.api_scores import NoteSerializer, RevisionSerializer
from accountability.filters_measures import MeasureFilter
from accountability.models import Measure, MeasureDocument, MeasureFile, MeasureReply
from portal.api import Asks
from portal.refusals import BadInput
from portal.uploads.actions import finished


class GroundSerializer(serializers.Serializer):
    """One record a measure rests on, as it stood when it was drawn up."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    number = serializers.CharField()
    sentence = serializers.CharField()


class MeasureDocumentSerializer(serializers.ModelSerializer):
    class Meta:
        model = MeasureDocument
        fields = ("id", "kind", "number", "issued_on", "digest", "verify_code", "superseded_on")
        read_only_fields = fields


class MeasureReplyFileSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="可在浏览器里看的副本")
    original_url = serializers.SerializerMethodField(help_text="原件")

    class Meta:
        model = MeasureFile
        fields = ("id", "filename", "content_type", "digest", "by_name", "at", "url", "original_url")
        read_only_fields = fields

    def get_url(self, file) -> str:
        return reverse("measure_file", args=[file.measure_id, file.pk])

    def get_original_url(self, file) -> str:
        return reverse("measure_original", args=[file.measure_id, file.pk])


class MeasureReplySerializer(serializers.ModelSerializer):
    files = MeasureReplyFileSerializer(many=True, read_only=True)

    class Meta:
        model = MeasureReply
        fields = ("id", "text", "by_name", "by_unit", "at", "late", "files")
        read_only_fields = fields


class MeasureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Measure
        fields = (
            "id", "kind", "subject_kind", "subject_id", "subject_name", "post", "matter", "state", "number", "issued_on",
            "reply_by", "closed_on", "revoked_on", "revision",
        )  # fmt: skip
        read_only_fields = fields


class MeasureFileSerializer(MeasureSerializer):
    grounds = GroundSerializer(many=True, read_only=True)
    documents = MeasureDocumentSerializer(many=True, read_only=True)
    replies = MeasureReplySerializer(many=True, read_only=True)

    class Meta(MeasureSerializer.Meta):
        fields = (
            *MeasureSerializer.Meta.fields,
            "facts", "basis", "decision", "meets_at", "meets_where", "reply_days", "for_unit", "scored_kind", "scored_id",
            "publish", "outcome", "revoked_because", "grounds", "documents", "replies",
        )  # fmt: skip
        read_only_fields = fields


class WriteMeasureSerializer(serializers.Serializer):
    """`grounds`: a record a line, as on the page: “隐患 123”, “文书 文号”, “检查 45”, “考核得分 6”."""

    kind = serializers.ChoiceField(Measure.Kind.choices)
    matter = serializers.CharField(max_length=120)
    facts = serializers.CharField(max_length=4000)
    decision = serializers.CharField(max_length=4000)
    basis = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    grounds = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    meets_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    meets_where = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    reply_days = serializers.IntegerField(required=False, allow_null=True, default=None)
    for_unit = serializers.BooleanField(required=False, default=False)
    publish = serializers.BooleanField(required=False, default=False)


class DraftMeasureSerializer(WriteMeasureSerializer):
    """`subject_id` of a person is the number of their posting."""

    subject_kind = serializers.ChoiceField(Measure.Subject.choices)
    subject_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class ChangeMeasureSerializer(WriteMeasureSerializer, RevisionSerializer):
    pass


class MeasureOpinionSerializer(RevisionSerializer):
    opinion = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReplySerializer(serializers.Serializer):
    text = serializers.CharField(max_length=4000)


class MeasureUpload(serializers.Serializer):
    reply = serializers.IntegerField(min_value=1, max_value=2**62)
    file = serializers.FileField(required=False, help_text="JPEG、PNG、WebP、HEIC 或 PDF，不超过 15 MB")
    upload = serializers.UUIDField(required=False, help_text="已经断点续传完的文件的编号（tus 1.0，/api/v1/uploads/）")


class MeasureViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """表彰问责."""

    queryset = Measure.objects.order_by("-id")
    serializer_class = MeasureSerializer
    filterset_class = MeasureFilter
    needs = {
        "default": "measures.view",
        "create": "measures.draft",
        "change": "measures.draft",
        "submit": "measures.draft",
        "withdraw": "measures.draft",
        "approve": "measures.approve",
        "send_back": "measures.approve",
        "issue": "measures.issue",
        "reply": "measures.reply",
        "files": "measures.reply",
        "close": "measures.close",
        "revoke": "measures.revoke",
    }

    def get_queryset(self):
        found = super().get_queryset()
        return found.prefetch_related("documents", "replies__files") if self.action == "retrieve" else found

    def get_serializer_class(self):
        return MeasureFileSerializer if self.action == "retrieve" else MeasureSerializer

    @extend_schema(request=DraftMeasureSerializer, responses={201: MeasureFileSerializer})
    def create(self, request):
        told = self.checked(DraftMeasureSerializer)
        made = verbs.draft(told["subject_kind"], told["subject_id"], told)
        return Response(MeasureFileSerializer(made).data, status=201)

    @extend_schema(request=ChangeMeasureSerializer, responses=MeasureFileSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        """修改 before it is approved: everything is sent anew."""
        told = self.asked(ChangeMeasureSerializer)
        return Response(MeasureFileSerializer(verbs.change(int(pk), told, revision=told["revision"])).data)

    @extend_schema(request=RevisionSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request, pk=None):
        return self.done(verbs.submit(int(pk), revision=self.asked(RevisionSerializer)["revision"]))

    @extend_schema(request=MeasureOpinionSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        asked = self.asked(MeasureOpinionSerializer)
        return self.done(verbs.approve(int(pk), asked["opinion"], revision=asked["revision"]))

    @extend_schema(request=NoteSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request, pk=None):
        """退回 with a reason."""
        asked = self.asked(NoteSerializer)
        return self.done(verbs.send_back(int(pk), asked["note"], revision=asked["revision"]))

    @extend_schema(request=RevisionSerializer)
    @action(detail=True, methods=["post"])
    def issue(self, request, pk=None):
        return self.done(verbs.issue(int(pk), revision=self.asked(RevisionSerializer)["revision"]))

    @extend_schema(request=ReplySerializer, responses={201: MeasureReplySerializer})
    @action(detail=True, methods=["post"])
    def reply(self, request, pk=None):
        """回复、申辩 by the one concerned."""
        made = verbs.reply(int(pk), self.asked(ReplySerializer)["text"])
        return Response(MeasureReplySerializer(made).data, status=201)

    @extend_schema(request=MeasureUpload, responses={201: MeasureReplyFileSerializer})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, JSONParser])
    def files(self, request, pk=None):
        """佐证 that goes with a reply: a file, or an upload that is finished."""
        asked = self.asked(MeasureUpload)
        if ("file" in asked) == ("upload" in asked):
            raise BadInput("请发来一个文件，或者一个已传完的上传编号。", field="file")
        upload = asked["file"] if "file" in asked else finished(asked["upload"])
        made = verbs.add_file(int(pk), asked["reply"], upload)
        return Response(MeasureReplyFileSerializer(made).data, status=201)

    @extend_schema(request=NoteSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, pk=None):
        asked = self.asked(NoteSerializer)
        return self.done(verbs.close(int(pk), asked["note"], revision=asked["revision"]))

    @extend_schema(request=NoteSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request, pk=None):
        asked = self.asked(NoteSerializer)
        return self.done(verbs.revoke(int(pk), asked["note"], revision=asked["revision"]))

    @extend_schema(request=NoteSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        asked = self.asked(NoteSerializer)
        return self.done(verbs.withdraw(int(pk), asked["note"], revision=asked["revision"]))

    def done(self, measure: Measure) -> Response:
        return Response(MeasureSerializer(measure).data)


def register(router) -> None:
    router.register("measures", MeasureViewSet, basename="api-measure")
