"""专项行动 over the API: the lists' filters, the same verbs and refusals as the pages, and the figures of its progress."""

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hazards.models import AccidentType
from inspections.actions import themed as verbs
from inspections.filters import ActionFilter, TargetFilter
from inspections.models import ActionTarget, ThemedAction
from inspections.queries.themed import MEANS, action_or_404, progress, targets
from inspections.scope import Scope
from portal.api import Asks

THEMES = "、".join(f"{value} {label}" for value, label in AccidentType.choices)


class ActionSerializer(serializers.ModelSerializer):
    themes = serializers.ListField(child=serializers.CharField(), read_only=True, help_text=THEMES)

    class Meta:
        model = ThemedAction
        fields = (
            "id", "title", "themes", "starts", "ends", "query", "scope_words", "template", "codes", "state", "by_name", "made_at", "started_at",
            "ended_on", "revision",
        )  # fmt: skip
        read_only_fields = fields


class NewAction(serializers.Serializer):
    title = serializers.CharField(max_length=80)
    themes = serializers.ListField(child=serializers.CharField(max_length=12), max_length=10, help_text=THEMES)
    starts = serializers.DateField()
    ends = serializers.DateField()
    scope = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=1000, help_text="企业清单的筛选条件，如 grade=D&key=1"
    )
    codes = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        default=list,
        max_length=500,
        help_text="现行检查表或所选模板的编号；选了模板而不填，就是模板的全部",
    )
    template = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1, help_text="检查表模板的编号"
    )


class ActionRevision(serializers.Serializer):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class ActionMonth(serializers.Serializer):
    month = serializers.DateField(help_text="当月任一日")


class CountSerializer(serializers.Serializer):
    count = serializers.IntegerField()


class ActionProgressRow(serializers.Serializer):
    district = serializers.IntegerField(source="district.pk", default=None)
    name = serializers.CharField()
    plants = serializers.IntegerField()
    planned = serializers.IntegerField()
    visited = serializers.IntegerField()
    found = serializers.IntegerField()
    closed = serializers.IntegerField()


class ActionProgress(serializers.Serializer):
    definition = serializers.CharField()
    rows = ActionProgressRow(many=True)


class ActionViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """专项行动. What its state does not allow answers 409 and changes nothing."""

    queryset = ThemedAction.objects.order_by("-id")
    serializer_class = ActionSerializer
    filterset_class = ActionFilter
    needs = {
        "default": "actions.view",
        "create": "actions.run",
        "start": "actions.run",
        "join": "actions.run",
        "end": "actions.run",
        "plan": "actions.plan",
    }

    @extend_schema(request=NewAction, responses={201: ActionSerializer})
    def create(self, request):
        told = dict(self.checked(NewAction))
        made = verbs.prepare(scope=Scope(QueryDict(told.pop("scope")), request), **told)
        return Response(ActionSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ActionRevision, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request, pk):
        return Response(ActionSerializer(verbs.start(int(pk), **self.asked(ActionRevision))).data)

    @extend_schema(request=None, responses=CountSerializer)
    @action(detail=True, methods=["post"])
    def join(self, request, pk):
        """补充 plants that have come under the scope since; answers how many."""
        self.get_object()
        return Response({"count": verbs.add_later(int(pk))})

    @extend_schema(request=ActionRevision, responses=ActionSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        return Response(ActionSerializer(verbs.end(int(pk), **self.asked(ActionRevision))).data)

    @extend_schema(request=ActionMonth, responses=CountSerializer)
    @action(detail=True, methods=["post"])
    def plan(self, request, pk):
        """列入检查计划; answers how many visits were planned."""
        return Response({"count": verbs.plan_targets(int(pk), self.asked(ActionMonth)["month"])})

    @extend_schema(responses=ActionProgress)
    @action(detail=True, filter_backends=(), pagination_class=None)
    def progress(self, request, pk):
        self.get_object()
        told = {"definition": MEANS, "rows": progress(action_or_404(int(pk)))}
        return Response(ActionProgress(told).data)


class TargetSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    visited = serializers.BooleanField(read_only=True)
    planned = serializers.IntegerField(source="planned_id", read_only=True, allow_null=True)

    class Meta:
        model = ActionTarget
        fields = ("id", "action", "enterprise", "enterprise_name", "district", "joined_on", "planned", "visited")
        read_only_fields = fields


class TargetViewSet(mixins.ListModelMixin, GenericViewSet):
    """Plants of themed actions."""

    queryset = ActionTarget.objects.order_by("-id")
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
    needs = "actions.view"

    def get_queryset(self):
        return targets().order_by("-id")
