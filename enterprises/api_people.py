"""Responsible persons, licences and certificates over the API: the same verbs as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.actions import credentials, people
from enterprises.filters import CredentialFilter, ResponsibleFilter
from enterprises.models import Credential, Duty, ResponsiblePerson
from portal.api import Asks
from portal.permissions import may

NUMBER = {"min_value": 1, "max_value": 2**63 - 1}
REVISION = {"required": False, "allow_null": True, "default": None}
DAY = {"required": False, "allow_null": True}


class ResponsibleSerializer(serializers.ModelSerializer):
    """`phone` for those who may call only."""

    unit_name = serializers.CharField(source="unit.name", read_only=True)
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = ResponsiblePerson
        fields = (
            "id", "enterprise", "enterprise_name", "unit", "unit_name", "duty", "name", "post", "phone", "starts", "ends",
            "register_by", "registered_on", "revision",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, person):
        data = super().to_representation(person)
        if not may("enterprises.contacts"):
            del data["phone"]
        return data


class PersonFacts(serializers.Serializer):
    name = serializers.CharField(max_length=40)
    post = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=20)
    starts = serializers.DateField()
    registered_on = serializers.DateField(**DAY)


class NewResponsible(PersonFacts):
    unit = serializers.IntegerField(**NUMBER)
    duty = serializers.ChoiceField(Duty.choices)
    replaces = serializers.IntegerField(
        **NUMBER,
        required=False,
        allow_null=True,
        default=None,
        help_text="现任的编号；没有现任时不填。与实际不符的，409",
    )


class CorrectedResponsible(PersonFacts):
    ends = serializers.DateField(required=False)
    revision = serializers.IntegerField(**REVISION)


class EndedResponsible(serializers.Serializer):
    ends = serializers.DateField(help_text="在任的最后一天")
    revision = serializers.IntegerField(**REVISION)


class CredentialSerializer(serializers.ModelSerializer):
    """`due` is the earlier of `valid_until` and `review_due`; on that day it is still valid."""

    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    due = serializers.DateField(read_only=True, allow_null=True)

    class Meta:
        model = Credential
        fields = (
            "id", "enterprise", "enterprise_name", "kind", "title", "holder", "number", "issuer", "valid_from", "valid_until",
            "review_due", "due", "ended_on", "renewed_on", "renews", "from_ledger", "note", "revision",
        )  # fmt: skip
        read_only_fields = fields


class Validity(serializers.Serializer):
    number = serializers.CharField(max_length=60)
    issuer = serializers.CharField(max_length=80, required=False, allow_blank=True)
    valid_from = serializers.DateField(**DAY)
    valid_until = serializers.DateField(**DAY)
    review_due = serializers.DateField(**DAY)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CredentialFacts(Validity):
    kind = serializers.ChoiceField(Credential.Kind.choices)
    title = serializers.CharField(max_length=80)
    holder = serializers.CharField(max_length=40, required=False, allow_blank=True)


class NewCredential(CredentialFacts):
    enterprise = serializers.IntegerField(**NUMBER)


class ChangedCredential(CredentialFacts):
    revision = serializers.IntegerField(**REVISION)


class RenewedCredential(Validity):
    number = serializers.CharField(max_length=60, required=False)
    revision = serializers.IntegerField(**REVISION)


class EndedCredential(serializers.Serializer):
    ended_on = serializers.DateField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    revision = serializers.IntegerField(**REVISION)


class Verbs(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Reads what it changed, and answers with it."""

    needs = {
        "default": "responsible.view",
        "create": "responsible.edit",
        "partial_update": "responsible.edit",
        "end": "responsible.edit",
        "renew": "responsible.edit",
    }

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=code)


class ResponsibleViewSet(Asks, Verbs):
    """包保责任人. 新增时如有现任，须以 replaces 写明，现任的任期到新任起始日期的前一天为止."""

    queryset = ResponsiblePerson.objects.select_related("unit", "enterprise").order_by("-id")
    filterset_class = ResponsibleFilter
    serializer_class = ResponsibleSerializer

    @extend_schema(request=NewResponsible, responses={201: ResponsibleSerializer})
    def create(self, request):
        asked = self.checked(NewResponsible)
        made = people.appoint(asked.pop("unit"), asked.pop("duty"), **asked)
        return self.answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=CorrectedResponsible, responses=ResponsibleSerializer)
    def partial_update(self, request, pk=None):
        self.get_object()
        asked = self.checked(CorrectedResponsible, partial=True)
        people.correct(int(pk), asked, revision=asked.pop("revision", None))
        return self.answer(int(pk))

    @extend_schema(request=EndedResponsible, responses=ResponsibleSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None):
        self.get_object()
        people.end(int(pk), **self.checked(EndedResponsible))
        return self.answer(int(pk))


class CredentialViewSet(Asks, Verbs):
    """证照. 换证另成一条并以 renews 指明原证，原来的有效期留作记录；from_ledger 的一条随企业台账变化，不能在这里修改."""

    queryset = Credential.objects.select_related("enterprise").order_by("-id")
    filterset_class = CredentialFilter
    serializer_class = CredentialSerializer

    @extend_schema(request=NewCredential, responses={201: CredentialSerializer})
    def create(self, request):
        asked = self.checked(NewCredential)
        made = credentials.add_credential(asked.pop("enterprise"), asked)
        return self.answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=ChangedCredential, responses=CredentialSerializer)
    def partial_update(self, request, pk=None):
        self.get_object()
        asked = self.checked(ChangedCredential, partial=True)
        credentials.change_credential(int(pk), asked, revision=asked.pop("revision", None))
        return self.answer(int(pk))

    @extend_schema(request=RenewedCredential, responses={201: CredentialSerializer})
    @action(detail=True, methods=["post"])
    def renew(self, request, pk=None):
        self.get_object()
        asked = self.checked(RenewedCredential)
        made = credentials.renew_credential(int(pk), asked, revision=asked.pop("revision", None))
        return self.answer(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=EndedCredential, responses=CredentialSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None):
        self.get_object()
        credentials.end_credential(int(pk), **self.checked(EndedCredential))
        return self.answer(int(pk))
