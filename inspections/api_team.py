"""队伍建设 and 工作交接 over the API: the same verbs as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from inspections.actions import handover, team
from inspections.filters import CommendationFilter, TrainingFilter
from inspections.models_team import Commendation, TrainingRecord
from inspections.queries.handover import KINDS, leaver_or_404, open_work
from portal.api import Asks
from portal.permissions import demand
from portal.tenancy.models import Person


class TrainingSerializer(serializers.ModelSerializer):
    class Meta:
        model = TrainingRecord
        fields = (
            "id",
            "person",
            "organisation",
            "district",
            "on",
            "subject",
            "hours",
            "source",
            "by_name",
            "set_aside",
        )
        read_only_fields = fields


class GivenTrainingSerializer(serializers.Serializer):
    person = serializers.IntegerField()
    on = serializers.DateField()
    subject = serializers.CharField(max_length=120)
    hours = serializers.DecimalField(max_digits=5, decimal_places=1)
    source = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class GivenReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class TrainingViewSet(Asks, mixins.ListModelMixin, GenericViewSet):
    """执法人员培训."""

    queryset = TrainingRecord.objects.order_by("-id")
    serializer_class = TrainingSerializer
    filterset_class = TrainingFilter
    needs = {"default": "team.view", "create": "team.train", "aside": "team.train"}

    @extend_schema(request=GivenTrainingSerializer, responses={201: TrainingSerializer})
    def create(self, request):
        asked = self.checked(GivenTrainingSerializer)
        made = team.enter_training(asked.pop("person"), asked)
        return Response(TrainingSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=GivenReasonSerializer, responses={200: TrainingSerializer})
    @action(detail=True, methods=["post"])
    def aside(self, request, pk):
        """作废."""
        asked = self.asked(GivenReasonSerializer)
        return Response(TrainingSerializer(team.set_training_aside(int(pk), asked["reason"])).data)


class CommendationSerializer(serializers.ModelSerializer):
    person_name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = Commendation
        fields = (
            "id", "person", "person_name", "organisation", "district", "grounds", "since", "until", "figures", "state",
            "proposed_by_name", "proposed_on", "decided_by_name", "decided_on", "opinion",
        )  # fmt: skip
        read_only_fields = fields


class GivenCommendationSerializer(serializers.Serializer):
    person = serializers.IntegerField()
    grounds = serializers.CharField(max_length=2000)
    since = serializers.DateField()
    until = serializers.DateField()


class GivenDecisionSerializer(serializers.Serializer):
    grants = serializers.BooleanField()
    opinion = serializers.CharField(max_length=500)


class CommendationViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """表彰建议."""

    queryset = Commendation.objects.select_related("person").order_by("-id")
    serializer_class = CommendationSerializer
    filterset_class = CommendationFilter
    needs = {
        "default": "commendations.view",
        "create": "commendations.propose",
        "decide": "commendations.decide",
    }

    @extend_schema(request=GivenCommendationSerializer, responses={201: CommendationSerializer})
    def create(self, request):
        asked = self.checked(GivenCommendationSerializer)
        made = team.propose(asked.pop("person"), **asked)
        return Response(CommendationSerializer(made).data, status.HTTP_201_CREATED)

    @extend_schema(request=GivenDecisionSerializer, responses={200: CommendationSerializer})
    @action(detail=True, methods=["post"])
    def decide(self, request, pk):
        """决定."""
        asked = self.asked(GivenDecisionSerializer)
        return Response(CommendationSerializer(team.decide(int(pk), **asked)).data)


class OpenItemSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    id = serializers.IntegerField(source="record.pk")
    enterprise = serializers.IntegerField(source="record.enterprise_id")
    key = serializers.CharField()


class GivenHandoverSerializer(serializers.Serializer):
    """`to`: kind → person of the same body; `instead`: who takes the visits that the receiver is in already."""

    to = serializers.DictField(child=serializers.IntegerField())
    instead = serializers.DictField(child=serializers.IntegerField(), required=False, default=dict)
    reason = serializers.CharField(max_length=200)
    seen = serializers.ListField(child=serializers.CharField(max_length=40), required=False, default=list)


class HandedSerializer(serializers.Serializer):
    moved = serializers.IntegerField()
    since = serializers.IntegerField(help_text="其中清单打开之后新增的")
    left = serializers.IntegerField(help_text="须由领导小组办公室改定的挂牌督办")


class HandoverViewSet(Asks, GenericViewSet):
    """工作交接: by the person's number."""

    queryset = Person.objects.none()
    serializer_class = OpenItemSerializer
    needs = {"default": "handover.give"}

    def get_object(self):
        leaver = leaver_or_404(int(self.kwargs["pk"]))
        demand("handover.give", leaver)
        return leaver

    @extend_schema(responses={200: OpenItemSerializer(many=True)})
    def retrieve(self, request, pk):
        """名下未办结的事项."""
        work = open_work(self.get_object())
        items = [item for items in work.items.values() for item in items]
        return Response(OpenItemSerializer(items, many=True).data)

    @extend_schema(request=GivenHandoverSerializer, responses={200: HandedSerializer})
    @action(detail=True, methods=["post"])
    def give(self, request, pk):
        """交接, in one act."""
        asked = self.asked(GivenHandoverSerializer)
        return Response(HandedSerializer(handover.hand_over(int(pk), **asked)).data)
