"""Login accounts over the API, for the two administrators: the same verbs as the console."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from portal.api import Asks
from portal.tenancy import actions
from portal.tenancy.filters import AccountFilter
from portal.tenancy.models import Account


class AccountSerializer(serializers.ModelSerializer):
    person_name = serializers.CharField(source="person.name", read_only=True)
    factor_until = serializers.DateTimeField(read_only=True, allow_null=True, help_text="重置后在此之前重新绑定")
    factor_consent_until = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="另一位管理员的同意在此之前有效"
    )

    class Meta:
        model = Account
        fields = (
            "id",
            "username",
            "person",
            "person_name",
            "is_active",
            "must_change_password",
            "last_login",
            "factor_reset_at",
            "factor_until",
            "factor_consent_by",
            "factor_consent_until",
        )
        read_only_fields = fields


class HandedCodeSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="一次性验证码，只在这里给出一次；当面或电话告诉本人")
    until = serializers.DateTimeField()


class AccountViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """登录账号. …/reset-factor/ ends the second factor and every session; …/consent/ is the second word on an administrator's."""

    queryset = Account.objects.select_related("person").order_by("-id")
    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    needs = {"default": "admin.console", "reset_factor": "accounts.factor", "consent": "accounts.consent"}

    @extend_schema(request=None, responses=HandedCodeSerializer)
    @action(detail=True, methods=["post"], url_path="reset-factor")
    def reset_factor(self, request, pk=None):
        account = self.get_object()
        code = actions.reset_factor(account)
        account.refresh_from_db()
        return Response(HandedCodeSerializer({"code": code, "until": account.factor_until}).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def consent(self, request, pk=None):
        account = self.get_object()
        actions.consent_to_factor(account)
        return Response(AccountSerializer(self.get_object()).data)
