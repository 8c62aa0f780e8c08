"""提升一批、淘汰一批 over the API: the list's filters, the same verbs and refusals as the pages."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.actions import transformation as verbs
from enterprises.filters import TransformationFilter
from enterprises.models import Transformation, TransformationStep
from enterprises.queries.transformation import listed
from enterprises.rules.transformation import verbs_from
from portal.api import Asks
from portal.permissions import may


class StepSerializer(serializers.ModelSerializer):
    """One recorded step; `changes` gives field → [old, new], the addresses its evidence where there is some."""

    url = serializers.SerializerMethodField(help_text="显示用副本，不含元数据；?w=320 或 1280")
    original_url = serializers.SerializerMethodField(help_text="收到时的原件，以附件下载")

    class Meta:
        model = TransformationStep
        fields = (
            "id", "verb", "state", "changes", "note", "filename", "digest", "content_type", "by_name", "at", "url", "original_url",
        )  # fmt: skip
        read_only_fields = fields

    def get_url(self, step) -> str | None:
        return reverse("transformation_evidence", args=[step.transformation_id, step.pk]) if step.digest else None

    def get_original_url(self, step) -> str | None:
        return reverse("transformation_original", args=[step.transformation_id, step.pk]) if step.digest else None


class TransformationSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    late_days = serializers.IntegerField(read_only=True)
    verbs = serializers.SerializerMethodField(help_text="what the acting person may do to it now")

    class Meta:
        model = Transformation
        fields = (
            "id", "enterprise", "enterprise_name", "district", "list", "target", "measure", "due_on", "late_days", "state", "finished_on",
            "by_name", "made_at", "revision", "verbs",
        )  # fmt: skip
        read_only_fields = fields

    def get_verbs(self, entry) -> list[str]:
        return verbs_from(entry.state) if may("transformation.edit", entry) else []


class TransformationDetailSerializer(TransformationSerializer):
    steps = StepSerializer(many=True, read_only=True)

    class Meta(TransformationSerializer.Meta):
        fields = (*TransformationSerializer.Meta.fields, "steps")
        read_only_fields = fields


class EntryPlan(serializers.Serializer):
    target = serializers.CharField(max_length=200)
    measure = serializers.CharField(max_length=300)
    due_on = serializers.DateField()


class NewEntry(EntryPlan):
    enterprise = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    list = serializers.ChoiceField(Transformation.List.choices)


class Noted(serializers.Serializer):
    note = serializers.CharField(max_length=500)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class EntryChange(EntryPlan, Noted):
    pass


class EntryProgress(Noted):
    file = serializers.FileField(
        required=False, allow_null=True, default=None, help_text="JPEG、PNG、WebP、HEIC 或 PDF，不超过 15 MB"
    )


class EntryFinish(EntryProgress):
    finished_on = serializers.DateField(required=False, allow_null=True, default=None)


class EntryReopen(Noted):
    due_on = serializers.DateField()


class TransformationViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """提升淘汰名单. POST …/{verb}/ runs one verb; what the state does not allow answers 409 and changes nothing."""

    queryset = listed().order_by("-id")
    filterset_class = TransformationFilter
    needs = {
        "default": "transformation.view",
        "create": "transformation.edit",
        "change": "transformation.edit",
        "progress": "transformation.edit",
        "finish": "transformation.edit",
        "drop": "transformation.edit",
        "reopen": "transformation.edit",
    }

    def get_serializer_class(self):
        return TransformationSerializer if self.action == "list" else TransformationDetailSerializer

    def answer(self, entry: Transformation, code: int = status.HTTP_200_OK) -> Response:
        fresh = listed().prefetch_related("steps").get(pk=entry.pk)
        return Response(TransformationDetailSerializer(fresh).data, status=code)

    @extend_schema(request=NewEntry, responses={201: TransformationDetailSerializer})
    def create(self, request):
        asked = self.checked(NewEntry)
        return self.answer(verbs.put_on_list(asked.pop("enterprise"), **asked), status.HTTP_201_CREATED)

    @extend_schema(request=EntryChange)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        asked = self.asked(EntryChange)
        return self.answer(verbs.change(int(pk), asked, asked["note"], revision=asked["revision"]))

    @extend_schema(request=EntryProgress)
    @action(detail=True, methods=["post"])
    def progress(self, request, pk=None):
        asked = self.asked(EntryProgress)
        return self.answer(verbs.progress(int(pk), asked["note"], asked["file"], revision=asked["revision"]))

    @extend_schema(request=EntryFinish)
    @action(detail=True, methods=["post"])
    def finish(self, request, pk=None):
        asked = self.asked(EntryFinish)
        return self.answer(
            verbs.finish(
                int(pk), asked["note"], asked["file"], finished_on=asked["finished_on"], revision=asked["revision"]
            )
        )

    @extend_schema(request=Noted)
    @action(detail=True, methods=["post"])
    def drop(self, request, pk=None):
        asked = self.asked(Noted)
        return self.answer(verbs.drop(int(pk), asked["note"], revision=asked["revision"]))

    @extend_schema(request=EntryReopen)
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None):
        asked = self.asked(EntryReopen)
        return self.answer(verbs.reopen(int(pk), asked["note"], asked["due_on"], revision=asked["revision"]))
