"""阶段 over the API: what the pages show, and the same verbs and refusals."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from campaign.actions import phases as verbs
from campaign.models import Phase, PhaseStep
from campaign.queries_phases import phase_verbs
from portal.api import Asks


class PhaseStepSerializer(serializers.ModelSerializer):
    """One line of its history; `changes` gives the field's name → [old, new]."""

    class Meta:
        model = PhaseStep
        fields = ("id", "verb", "note", "changes", "by_name", "at")
        read_only_fields = fields


class PhaseSerializer(serializers.ModelSerializer):
    behind = serializers.IntegerField(read_only=True, help_text="比计划晚几天：该启动未启动，或该完成未完成")
    verbs = serializers.SerializerMethodField(help_text="what the acting person may do to it now")

    class Meta:
        model = Phase
        fields = (
            "id", *verbs.FACTS, "state", "started_on", "completed_on", "behind", "revision", "verbs",
        )  # fmt: skip
        read_only_fields = fields

    def get_verbs(self, phase) -> list[str]:
        return phase_verbs(phase)


class PhaseDetailSerializer(PhaseSerializer):
    steps = PhaseStepSerializer(many=True, read_only=True)

    class Meta(PhaseSerializer.Meta):
        fields = (*PhaseSerializer.Meta.fields, "steps")
        read_only_fields = fields


class PhaseRevision(serializers.Serializer):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class PhaseNoted(PhaseRevision):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PhaseReasoned(PhaseRevision):
    note = serializers.CharField(max_length=500)


class NewPhase(serializers.Serializer):
    name = serializers.CharField(max_length=40)
    goal = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    starts = serializers.DateField()
    ends = serializers.DateField()


class PhaseChange(NewPhase, PhaseReasoned):
    pass


class PhaseViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """阶段. POST …/{verb}/ runs one verb; what the state does not allow answers 409 and changes nothing."""

    queryset = Phase.objects.order_by("-id")
    needs = {
        "default": "phases.view",
        "create": "phases.manage",
        "start": "phases.manage",
        "complete": "phases.manage",
        "change": "phases.manage",
        "reopen": "phases.manage",
    }

    def get_serializer_class(self):
        return PhaseSerializer if self.action == "list" else PhaseDetailSerializer

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(PhaseDetailSerializer(Phase.objects.prefetch_related("steps").get(pk=pk)).data, status=code)

    @extend_schema(request=NewPhase, responses={201: PhaseDetailSerializer})
    def create(self, request):
        return self.answer(verbs.plan(self.checked(NewPhase)).pk, status.HTTP_201_CREATED)

    def run(self, verb, pk, kind) -> Response:
        asked = self.asked(kind)
        return self.answer(verb(int(pk), asked["note"], revision=asked["revision"]).pk)

    @extend_schema(request=PhaseNoted)
    @action(detail=True, methods=["post"])
    def start(self, request, pk=None):
        return self.run(verbs.start, pk, PhaseNoted)

    @extend_schema(request=PhaseNoted)
    @action(detail=True, methods=["post"])
    def complete(self, request, pk=None):
        return self.run(verbs.complete, pk, PhaseNoted)

    @extend_schema(request=PhaseReasoned)
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None):
        return self.run(verbs.reopen, pk, PhaseReasoned)

    @extend_schema(request=PhaseChange)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        asked = self.asked(PhaseChange)
        note, revision = asked.pop("note"), asked.pop("revision")
        return self.answer(verbs.change(int(pk), asked, note, revision=revision).pk)


def register(router) -> None:
    router.register("phases", PhaseViewSet, basename="api-phase")
