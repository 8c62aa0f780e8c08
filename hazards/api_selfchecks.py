"""企业自查 over the API: the list's filters, the same verbs and refusals as the pages."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hazards.actions import selfchecks as verbs
from hazards.api_evidence import GivenFileSerializer
from hazards.filters import SelfCheckFilter
from hazards.models import AccidentType, Level, SelfCheck, SelfCheckPhoto, SelfCheckStep
from hazards.queries.selfchecks import listed, may_officialise, verbs_for
from portal.api import Asks


class SelfCheckStepSerializer(serializers.ModelSerializer):
    """One line of its history; `changes` gives the field's name → [old, new]."""

    class Meta:
        model = SelfCheckStep
        fields = ("id", "verb", "note", "changes", "by_name", "by_unit", "at")
        read_only_fields = fields


class SelfCheckPhotoSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="显示用副本，不含元数据；?w=320 或 1280")
    original_url = serializers.SerializerMethodField(help_text="收到时的原件，以附件下载")

    class Meta:
        model = SelfCheckPhoto
        fields = (
            "id",
            "phase",
            "filename",
            "content_type",
            "digest",
            "taken_at",
            "by_name",
            "at",
            "url",
            "original_url",
        )
        read_only_fields = fields

    def get_url(self, photo) -> str:
        return reverse("selfcheck_photo", args=[photo.self_check_id, photo.pk])

    def get_original_url(self, photo) -> str:
        return reverse("selfcheck_original", args=[photo.self_check_id, photo.pk])


class SelfCheckSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    late_days = serializers.IntegerField(read_only=True)
    verbs = serializers.SerializerMethodField(help_text="what the acting person may do to it now")

    class Meta:
        model = SelfCheck
        fields = (
            "id", "key", "enterprise", "enterprise_name", "district", "sector", *verbs.FACTS, "state", "done_on", "late_days",
            "hazard", "by_name", "made_at", "revision", "verbs",
        )  # fmt: skip
        read_only_fields = fields

    def get_verbs(self, check) -> list[str]:
        return verbs_for(check) + ["officialise"] * may_officialise(check)


class SelfCheckDetailSerializer(SelfCheckSerializer):
    steps = SelfCheckStepSerializer(many=True, read_only=True)
    photos = SelfCheckPhotoSerializer(many=True, read_only=True)

    class Meta(SelfCheckSerializer.Meta):
        fields = (*SelfCheckSerializer.Meta.fields, "steps", "photos")
        read_only_fields = fields


class SelfCheckFacts(serializers.Serializer):
    description = serializers.CharField(max_length=2000)
    place = serializers.CharField(max_length=120)
    level = serializers.ChoiceField(Level.choices)
    accident_type = serializers.ChoiceField(AccidentType.choices)
    found_on = serializers.DateField()
    found_by_name = serializers.CharField(max_length=40)
    measures = serializers.CharField(max_length=2000)
    planned_on = serializers.DateField()


class NewSelfCheck(SelfCheckFacts):
    key = serializers.UUIDField(required=False, default=None, help_text="客户端自定的编号：重发不会重复")


class SelfCheckNoted(serializers.Serializer):
    note = serializers.CharField(max_length=2000)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class SelfCheckChange(SelfCheckFacts, SelfCheckNoted):
    pass


class SelfCheckReopen(SelfCheckNoted):
    planned_on = serializers.DateField()


class SelfCheckOfficial(serializers.Serializer):
    description = serializers.CharField(max_length=2000)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    level = serializers.ChoiceField(Level.choices)
    accident_type = serializers.ChoiceField(AccidentType.choices)
    basis = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class SelfCheckUpload(GivenFileSerializer):
    key = None
    phase = serializers.ChoiceField(SelfCheckPhoto.Phase.choices)


class SelfCheckViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """企业自查, no official figure. POST …/{verb}/ runs one verb; what the state does not allow answers 409 and changes nothing."""

    queryset = listed().order_by("-id")
    filterset_class = SelfCheckFilter
    needs = {
        "default": "selfchecks.view",
        "create": "selfchecks.report",
        "change": "selfchecks.report",
        "finish": "selfchecks.report",
        "cancel": "selfchecks.report",
        "reopen": "selfchecks.report",
        "photos": "selfchecks.report",
        "officialise": "selfchecks.officialise",
    }

    def get_serializer_class(self):
        return SelfCheckSerializer if self.action == "list" else SelfCheckDetailSerializer

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        fresh = listed().prefetch_related("steps", "photos").get(pk=pk)
        return Response(SelfCheckDetailSerializer(fresh).data, status=code)

    @extend_schema(request=NewSelfCheck, responses={201: SelfCheckDetailSerializer})
    def create(self, request):
        asked = self.checked(NewSelfCheck)
        return self.answer(verbs.report(asked, key=asked["key"]).pk, status.HTTP_201_CREATED)

    @extend_schema(request=SelfCheckChange)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        asked = self.asked(SelfCheckChange)
        return self.answer(verbs.change(int(pk), asked, asked["note"], revision=asked["revision"]).pk)

    @extend_schema(request=SelfCheckNoted)
    @action(detail=True, methods=["post"])
    def finish(self, request, pk=None):
        asked = self.asked(SelfCheckNoted)
        return self.answer(verbs.finish(int(pk), asked["note"], revision=asked["revision"]).pk)

    @extend_schema(request=SelfCheckNoted)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        asked = self.asked(SelfCheckNoted)
        return self.answer(verbs.cancel(int(pk), asked["note"], revision=asked["revision"]).pk)

    @extend_schema(request=SelfCheckReopen)
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None):
        asked = self.asked(SelfCheckReopen)
        return self.answer(verbs.reopen(int(pk), asked["note"], asked["planned_on"], revision=asked["revision"]).pk)

    @extend_schema(request=SelfCheckUpload, responses={201: SelfCheckPhotoSerializer})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, JSONParser])
    def photos(self, request, pk=None):
        asked = self.asked(SelfCheckUpload)
        photo = verbs.add_photo(int(pk), asked["phase"], asked["given"])
        return Response(SelfCheckPhotoSerializer(photo).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SelfCheckOfficial)
    @action(detail=True, methods=["post"])
    def officialise(self, request, pk=None):
        asked = self.asked(SelfCheckOfficial)
        revision = asked.pop("revision")
        verbs.officialise(int(pk), asked, revision=revision)
        return self.answer(int(pk))
