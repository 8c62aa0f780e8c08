"""字轨 over the API: what was confirmed, and confirming."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from portal.api import Asks
from portal.documents.actions import confirm_code
from portal.documents.codes import NUMBERED
from portal.documents.contracts import TITLES
from portal.documents.models import DocumentCode


class DocumentCodeSerializer(serializers.ModelSerializer):
    class Meta:
        model = DocumentCode
        fields = ("id", "kind", "characters", "source", "by_name", "by_unit", "at")
        read_only_fields = fields


class ConfirmSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[(kind, TITLES[kind]) for kind in NUMBERED])
    characters = serializers.CharField(max_length=10)
    source = serializers.CharField(max_length=300)


class DocumentCodeViewSet(Asks, mixins.ListModelMixin, GenericViewSet):
    """文书字轨 as the city confirmed them, the last word of a kind first; POST confirms one."""

    queryset = DocumentCode.objects.order_by("-id")
    serializer_class = DocumentCodeSerializer
    needs = {"default": "documents.codes"}

    @extend_schema(request=ConfirmSerializer, responses={201: DocumentCodeSerializer})
    def create(self, request):
        code = confirm_code(**self.checked(ConfirmSerializer))
        return Response(DocumentCodeSerializer(code).data, status=status.HTTP_201_CREATED)
