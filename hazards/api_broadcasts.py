"""举一反三 over the API: preview, sending, pressing, the addressees and their answers; the same verbs as the pages."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.models import Sector
from hazards import rules_broadcast as rules
from hazards.actions import broadcasts as verbs
from hazards.filters import BroadcastAddressFilter, BroadcastFilter
from hazards.models import Broadcast, BroadcastAddress, BroadcastAnswer, Level
from hazards.queries.broadcasts import Reach, addresses, broadcast_file, listed, preview, still_amendable
from portal.api import Asks
from portal.permissions import may
from portal.tenancy.scope import who
from portal.uploads.actions import finished

SHOWN = 200


class BroadcastSerializer(serializers.ModelSerializer):
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    asked = serializers.IntegerField(read_only=True, help_text="您看得到的企业中，下发了多少家")
    answered = serializers.IntegerField(read_only=True, help_text="其中已答复")
    hazard = serializers.SerializerMethodField(help_text="来源隐患；只给下发单位")
    reaches = serializers.SerializerMethodField(help_text="各次下发的范围；家数只给下发单位")

    class Meta:
        model = Broadcast
        fields = (
            "id", "key", "hazard", "organisation", "organisation_name", "title", "what", "questions", "basis", "answer_by",
            "deadline_rule", "reaches", "by_name", "sent_at", "pressed_on", "asked", "answered",
        )  # fmt: skip
        read_only_fields = fields

    def get_hazard(self, broadcast) -> int | None:
        return broadcast.hazard_id if is_own(broadcast) else None

    def get_reaches(self, broadcast) -> list[dict[str, Any]]:
        left_out = set() if is_own(broadcast) else {"enterprises"}
        return [{name: value for name, value in one.items() if name not in left_out} for one in broadcast.reaches]


def is_own(broadcast: Broadcast) -> bool:
    """Sent by the acting person's own organisation: others see neither its source nor how many they cannot see."""
    return broadcast.organisation_id == who().organisation_id


class DistrictAnswersSerializer(serializers.Serializer):
    name = serializers.CharField()
    district = serializers.IntegerField(source="pk", allow_null=True)
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    late = serializers.IntegerField(help_text="逾期才答复的")
    unanswered = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="已过期限仍未答复的")
    found = serializers.ListField(child=serializers.IntegerField(), help_text="每个问题答“有”的家数")


class BroadcastCountsSerializer(serializers.Serializer):
    total = DistrictAnswersSerializer()
    districts = DistrictAnswersSerializer(many=True)
    without_officer = serializers.IntegerField(help_text="没有安全员账号、无人可答复的企业")


class ReachSerializer(serializers.Serializer):
    """具有任一特征，并在所选行业之内；至少给一项。"""

    processes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=99), default=list, max_length=18
    )
    chemicals = serializers.ListField(child=serializers.CharField(max_length=80), default=list, max_length=20)
    equipment = serializers.CharField(max_length=40, allow_blank=True, default="")
    major = serializers.BooleanField(default=False)
    sectors = serializers.ListField(child=serializers.ChoiceField(Sector.choices), default=list, max_length=3)
    expected = serializers.CharField(
        max_length=16, required=False, allow_null=True, default=None, help_text="预览给出的 digest"
    )

    def reach(self) -> Reach:
        told = self.validated_data
        return Reach(
            tuple(told["processes"]),
            tuple(told["chemicals"]),
            told["equipment"].strip(),
            told["major"],
            tuple(told["sectors"]),
        )

    def validate(self, data):
        if not any(data[name] for name in ("processes", "chemicals", "equipment", "major", "sectors")):
            raise serializers.ValidationError({"processes": "请至少选一个范围：工艺、化学品、装置、重大危险源或行业。"})
        return data


class NewBroadcast(ReachSerializer):
    title = serializers.CharField(max_length=120)
    what = serializers.CharField(max_length=2000)
    questions = serializers.ListField(child=serializers.CharField(max_length=400), max_length=rules.MOST_QUESTIONS)
    basis = serializers.CharField(max_length=500, allow_blank=True, default="")
    answer_by = serializers.DateField()
    hazard = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1)
    key = serializers.UUIDField(required=False, default=None, help_text="客户端自定的编号：重发不会重复")


class ReachedSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    district_name = serializers.CharField(source="district.name")


class PreviewSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    digest = serializers.CharField(help_text="下发时作为 expected 传回：名单有变即拒绝")
    enterprises = ReachedSerializer(many=True, help_text=f"前{SHOWN}家")


class BroadcastViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """举一反三. POST sends to every enterprise of the reach that one sees; `preview` says whom without sending."""

    queryset = Broadcast.objects.none()
    serializer_class = BroadcastSerializer
    filterset_class = BroadcastFilter
    needs = {
        "default": "broadcasts.follow",
        "create": "broadcasts.send",
        "preview": "broadcasts.send",
        "press": "broadcasts.send",
        "add": "broadcasts.send",
    }

    def get_queryset(self):
        return listed().order_by("-id")

    def checked(self, kind: type[ReachSerializer]):
        serializer = kind(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(BroadcastSerializer(listed().get(pk=pk)).data, status=code)

    @extend_schema(request=NewBroadcast, responses={201: BroadcastSerializer})
    def create(self, request):
        asked = self.checked(NewBroadcast)
        told = asked.validated_data
        more = {"hazard_id": told["hazard"], "expected": told["expected"], "key": told["key"]}
        return self.answer(verbs.send(told, asked.reach(), **more).pk, status.HTTP_201_CREATED)

    @extend_schema(request=ReachSerializer, responses={200: PreviewSerializer})
    @action(detail=False, methods=["post"])
    def preview(self, request):
        to = preview(self.checked(ReachSerializer).reach())
        shown = {"count": len(to.enterprises), "digest": to.digest, "enterprises": to.enterprises[:SHOWN]}
        return Response(PreviewSerializer(shown).data)

    @extend_schema(request=ReachSerializer, responses={200: BroadcastSerializer})
    @action(detail=True, methods=["post"])
    def add(self, request, pk=None):
        self.get_object()
        asked = self.checked(ReachSerializer)
        return self.answer(verbs.add_addressees(int(pk), asked.reach(), expected=asked.validated_data["expected"]).pk)

    @extend_schema(request=None, responses={200: BroadcastSerializer})
    @action(detail=True, methods=["post"])
    def press(self, request, pk=None):
        self.get_object()
        verbs.press(int(pk))
        return self.answer(int(pk))

    @extend_schema(responses={200: BroadcastCountsSerializer})
    @action(detail=True, methods=["get"])
    def counts(self, request, pk=None):
        return Response(BroadcastCountsSerializer(broadcast_file(self.get_object().pk)).data)


class AnswerItemSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(rules.CHOICES)
    words = serializers.CharField(allow_blank=True)
    selfcheck = serializers.IntegerField(allow_null=True, help_text="答“有”列入的自查")


class GivenItemSerializer(AnswerItemSerializer):
    photo_url = serializers.CharField(allow_null=True, help_text="显示用副本，不含元数据；?w=320 或 1280")


class BroadcastAnswerSerializer(serializers.ModelSerializer):
    items = serializers.SerializerMethodField()

    class Meta:
        model = BroadcastAnswer
        fields = ("id", "items", "by_name", "at")
        read_only_fields = fields

    @extend_schema_field(GivenItemSerializer(many=True))
    def get_items(self, answer) -> list[dict[str, Any]]:
        return [
            {name: item[name] for name in ("verdict", "words", "selfcheck")}
            | {"photo_url": reverse("answer_photo", args=[answer.address_id, answer.pk, n]) if item["photo"] else None}
            for n, item in enumerate(answer.items, 1)
        ]


class BroadcastAddressSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    late_days = serializers.IntegerField(read_only=True)
    items = AnswerItemSerializer(many=True, read_only=True)
    amendable = serializers.SerializerMethodField(
        help_text="whether the enterprise may still answer or change its answer"
    )

    class Meta:
        model = BroadcastAddress
        fields = (
            "id", "broadcast", "enterprise", "enterprise_name", "district", "sender", "title", "what", "questions", "basis",
            "answer_by", "deadline_rule", "sent_at", "answered_on", "late_days", "items", "revision", "amendable",
        )  # fmt: skip
        read_only_fields = fields

    def get_amendable(self, address) -> bool:
        return may("broadcasts.answer", address) and still_amendable(address)


class BroadcastAddressDetailSerializer(BroadcastAddressSerializer):
    answers = BroadcastAnswerSerializer(many=True, read_only=True)

    class Meta(BroadcastAddressSerializer.Meta):
        fields = (*BroadcastAddressSerializer.Meta.fields, "answers")
        read_only_fields = fields


class GivenBroadcastItem(serializers.Serializer):
    """One question's answer; place, measures, planned_on (and level) are needed where the verdict is found."""

    verdict = serializers.ChoiceField(rules.CHOICES)
    words = serializers.CharField(max_length=1000, allow_blank=True, default="")
    place = serializers.CharField(max_length=120, allow_blank=True, default="")
    measures = serializers.CharField(max_length=1000, allow_blank=True, default="")
    planned_on = serializers.DateField(required=False, allow_null=True, default=None)
    level = serializers.ChoiceField(Level.choices, default=Level.GENERAL)
    upload = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="已经断点续传完的照片的编号（tus 1.0，/api/v1/uploads/）",
    )

    def validate(self, data):
        data["photo"] = finished(data["upload"]) if data["upload"] else None
        return data


class GivenBroadcastAnswer(serializers.Serializer):
    items = GivenBroadcastItem(many=True, allow_empty=False, max_length=rules.MOST_QUESTIONS)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class BroadcastAddressViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """举一反三核查: one enterprise a row. POST …/answer/ by its officer, with a picture that has come piece by piece before."""

    queryset = addresses().order_by("-id")
    filterset_class = BroadcastAddressFilter
    needs = {"default": "broadcasts.view", "answer": "broadcasts.answer"}

    def get_serializer_class(self):
        return BroadcastAddressSerializer if self.action == "list" else BroadcastAddressDetailSerializer

    @extend_schema(request=GivenBroadcastAnswer)
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None):
        told = self.asked(GivenBroadcastAnswer)
        one = verbs.answer(int(pk), told["items"], revision=told["revision"])
        fresh = addresses().prefetch_related("answers").get(pk=one.pk)
        return Response(BroadcastAddressDetailSerializer(fresh).data)
