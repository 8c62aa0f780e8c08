"""疑似重复 and mergers over the API: the same verbs and refusals as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.actions import duplicates as verbs
from enterprises.actions import merging
from enterprises.filters import PossibleDuplicateFilter
from enterprises.models import DuplicateSearch, Merger, NotTheSame, PossibleDuplicate
from enterprises.queries.duplicates import pairs
from portal.api import Asks


class NumberField(serializers.IntegerField):
    def __init__(self, **more):
        super().__init__(min_value=1, max_value=2**63 - 1, **more)


class PossibleDuplicateSerializer(serializers.ModelSerializer):
    first_name = serializers.CharField(source="first.name", read_only=True)
    second_name = serializers.CharField(source="second.name", read_only=True)

    class Meta:
        model = PossibleDuplicate
        fields = ("id", "first", "first_name", "second", "second_name", "score", "reasons")
        read_only_fields = fields


class DuplicateSearchSerializer(serializers.ModelSerializer):
    class Meta:
        model = DuplicateSearch
        fields = ("id", "by_name", "started_at", "finished_at", "compared", "found", "skipped")
        read_only_fields = fields


class NotTheSameSerializer(serializers.ModelSerializer):
    class Meta:
        model = NotTheSame
        fields = ("id", "first", "second", "reason", "by_name", "at")
        read_only_fields = fields


class ToldApart(serializers.Serializer):
    first = NumberField()
    second = NumberField()
    reason = serializers.CharField(max_length=200)


class DuplicateViewSet(Asks, mixins.ListModelMixin, GenericViewSet):
    """疑似重复: pairs of the last search that nobody has merged or told apart."""

    queryset = pairs().order_by("-id")
    serializer_class = PossibleDuplicateSerializer
    filterset_class = PossibleDuplicateFilter
    needs = {"default": "enterprises.merge"}

    @extend_schema(request=None, responses={202: DuplicateSearchSerializer})
    @action(detail=False, methods=["post"])
    def search(self, request):
        return Response(DuplicateSearchSerializer(verbs.start_search()).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=ToldApart, responses={201: NotTheSameSerializer})
    @action(detail=False, methods=["post"])
    def distinct(self, request):
        asked = self.checked(ToldApart)
        made = verbs.tell_apart(asked["first"], asked["second"], asked["reason"])
        return Response(NotTheSameSerializer(made).data, status=status.HTTP_201_CREATED)


class MergerSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = Merger
        fields = (
            "id", "enterprise", "enterprise_name", "gone", "gone_name", "gone_code", "reason", "by_name", "at", "undone_by", "undone_at",
        )  # fmt: skip
        read_only_fields = fields


class NewMerger(serializers.Serializer):
    gone = NumberField(help_text="并入的企业")
    kept = NumberField(help_text="保留的企业")
    reason = serializers.CharField(max_length=300)
    officers = serializers.ChoiceField(
        list(merging.OFFICERS.items()),
        required=False,
        default="",
        help_text="并入企业的安全员、专家今后怎么办；没有的不用填",
    )


class UndoneMerger(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class MergerViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """企业合并. POST merges `gone` into `kept`; POST …/undo/ takes it back where nothing would be lost."""

    queryset = Merger.objects.select_related("enterprise").order_by("-id")
    serializer_class = MergerSerializer
    needs = {"default": "enterprises.merge"}

    @extend_schema(request=NewMerger, responses={201: MergerSerializer})
    def create(self, request):
        asked = self.checked(NewMerger)
        made = merging.merge(asked.pop("gone"), asked.pop("kept"), **asked)
        return Response(MergerSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=UndoneMerger)
    @action(detail=True, methods=["post"])
    def undo(self, request, pk=None):
        asked = self.asked(UndoneMerger)
        return Response(MergerSerializer(merging.undo(int(pk), asked["reason"])).data)
