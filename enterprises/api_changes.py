"""Proposals, versions and changes of the key list over the API: the same verbs and the same reading as the pages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from enterprises.actions import proposals
from enterprises.actions.facts import known
from enterprises.filters import KeyChangeFilter, ProposalFilter
from enterprises.forms import FactsForm, facts_as_typed
from enterprises.models import EnterpriseVersion, FactProposal, KeyChange
from enterprises.queries.proposals import as_proposed, open_proposal_of
from enterprises.views.ledger import found
from portal.api import Asks
from portal.refusals import BadInput


class ProposalSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = FactProposal
        fields = (
            "id", "enterprise", "enterprise_name", "changes", "reason", "state", "by_name", "made_at", "base_revision", "decided_by",
            "decided_at", "decision_note",
        )  # fmt: skip
        read_only_fields = fields


class NewProposal(serializers.Serializer):
    enterprise = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    facts = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=20_000),
        help_text="与网页表单相同的字段；化学品每行一种“名称 吨数”，工艺每行一种。没有写的字段不变。",
    )
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class Proposed(serializers.Serializer):
    at_once = serializers.ListField(child=serializers.CharField(), help_text="立即生效的项目")
    proposal = ProposalSerializer(allow_null=True)


class ProposalDecision(serializers.Serializer):
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    revision = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="看到的企业版本号")


class ProposalViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """信息变更申请. POST proposes for the own enterprise; telephone numbers take effect at once."""

    queryset = FactProposal.objects.select_related("enterprise").order_by("-id")
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    needs = {
        "default": "facts.view",
        "create": "facts.propose",
        "withdraw": "facts.propose",
        "confirm": "facts.decide",
        "send_back": "facts.decide",
    }

    def answer(self, proposal: FactProposal, code: int = status.HTTP_200_OK) -> Response:
        return Response(ProposalSerializer(proposal).data, status=code)

    @extend_schema(request=NewProposal, responses={201: Proposed})
    def create(self, request):
        asked = self.checked(NewProposal)
        record = found(asked["enterprise"])
        if unknown := sorted(set(asked["facts"]) - proposals.PROPOSABLE):
            raise BadInput(f"不能申请变更：{'、'.join(unknown)}。", field="facts")
        now = facts_as_typed(as_proposed(known(record), open_proposal_of(record)))
        form = FactsForm(now | asked["facts"], initial=now, districts=[record.district.name], moves=False)
        if not form.is_valid():
            raise serializers.ValidationError({"facts": form.errors})
        at_once, proposal = proposals.propose(record.pk, form.told(), reason=asked["reason"], revision=record.revision)
        told = {"at_once": at_once, "proposal": proposal and ProposalSerializer(proposal).data}
        return Response(told, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        return self.answer(proposals.withdraw(self.get_object().pk))

    @extend_schema(request=ProposalDecision, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        self.get_object()
        return self.answer(proposals.confirm(int(pk), **self.checked(ProposalDecision)))

    @extend_schema(request=ProposalDecision, responses=ProposalSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request, pk=None):
        self.get_object()
        return self.answer(proposals.send_back(int(pk), self.checked(ProposalDecision)["note"]))


class KeyChangeSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = KeyChange
        fields = (
            "id", "on", "enterprise", "enterprise_name", "before", "after", "reason_before", "reason_after", "source", "by_name",
        )  # fmt: skip
        read_only_fields = fields


class KeyChangeViewSet(ReadOnlyModelViewSet):
    """重点企业变动."""

    queryset = KeyChange.objects.select_related("enterprise").order_by("-id")
    serializer_class = KeyChangeSerializer
    filterset_class = KeyChangeFilter
    needs = {"default": "enterprises.view"}


class VersionSerializer(serializers.ModelSerializer):
    """All the facts as they stood after one change; numbers as text, 吨."""

    facts = serializers.SerializerMethodField()

    class Meta:
        model = EnterpriseVersion
        fields = ("id", "revision", "at", "source", "by_name", "facts")
        read_only_fields = fields

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get_facts(self, version) -> dict:
        return version.facts if self.context["calls"] else without_numbers(version.facts)


def without_numbers(facts: dict) -> dict:
    """For those who may not call: the telephone numbers are left out."""
    return {name: value for name, value in facts.items() if not name.endswith("_phone")}


DAY = OpenApiParameter("on", OpenApiTypes.DATE, description="某一天日终的情况；不写为现在")
