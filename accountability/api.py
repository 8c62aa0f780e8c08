"""线索 over the API: the page's filter and its one verb."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accountability import api_measures, api_scores
from accountability.actions import leads as verbs
from accountability.filters import LeadFilter
from accountability.models import Lead
from accountability.queries.leads import listed
from portal.api import Asks


class LeadSerializer(serializers.ModelSerializer):
    """A lead is where to look, never a verdict; `link` opens exactly the records that were counted."""

    class Meta:
        model = Lead
        fields = (
            "id", "kind", "district", "sector", "sentence", "link", "as_of", "checked_by", "checked_note", "checked_at", "revision",
        )  # fmt: skip
        read_only_fields = fields


class LeadCheckSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=500)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class LeadViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """线索，不是结论."""

    queryset = listed().order_by("-id")
    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    needs = {"default": "leads.view", "check": "leads.check"}

    @extend_schema(request=LeadCheckSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request, pk=None):
        asked = self.asked(LeadCheckSerializer)
        return Response(LeadSerializer(verbs.check(int(pk), asked["note"], revision=asked["revision"])).data)


def register(router) -> None:
    router.register("leads", LeadViewSet, basename="api-lead")
    api_scores.register(router)
    api_measures.register(router)
