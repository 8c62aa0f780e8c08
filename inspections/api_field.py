"""外出检查 over the API: what a device takes along, and what it brings home. One format, named in every record."""

import segno
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from enterprises.models import Enterprise
from hazards.models import AccidentType, Level
from inspections import queries_field
from inspections.actions import field
from inspections.actions.visits import newest_edition
from inspections.models import Answer, Visit
from inspections.models_field import FieldFile, FieldRecord
from portal.api import Asks, shaped
from portal.documents.issuing import verify_url
from portal.documents.models import ReservedNumber
from portal.documents.reserve import MOST
from portal.refusals import BadInput
from portal.sm3 import sm3
from portal.uploads.actions import finished

FORMAT = 1
SM3 = r"^[0-9a-f]{64}$"


class FieldAnswerSerializer(serializers.Serializer):
    """One item of the checklist with `code`, or a finding on no list with a `key` of the device's making."""

    code = serializers.CharField(required=False, max_length=20)
    key = serializers.UUIDField(required=False)
    verdict = serializers.ChoiceField(choices=Answer.Verdict.choices)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    level = serializers.ChoiceField(required=False, allow_blank=True, choices=Level.choices)
    accident_type = serializers.ChoiceField(required=False, choices=AccidentType.choices)
    place = serializers.CharField(required=False, allow_blank=True, max_length=120)
    basis = serializers.CharField(required=False, allow_blank=True, max_length=2000)

    def validate(self, data):
        if ("code" in data) == ("key" in data):
            raise serializers.ValidationError({"code": "请给出code（检查项）或key（清单外）中的一个。"})
        return data


class FieldOrderSerializer(serializers.Serializer):
    code = serializers.CharField(required=False, max_length=20)
    key = serializers.UUIDField(required=False)
    requirement = serializers.CharField(max_length=1000)
    due = serializers.DateField()

    validate = FieldAnswerSerializer.validate


class FieldNoticeSerializer(serializers.Serializer):
    number = serializers.IntegerField(help_text="预留文号的编号")
    issued_on = serializers.DateField()
    orders = FieldOrderSerializer(many=True, allow_empty=False, max_length=100)


RECHECK_VERDICTS = [("accept", "复查通过"), ("return", "退回")]


class FieldRecheckSerializer(serializers.Serializer):
    hazard = serializers.IntegerField()
    revision = serializers.IntegerField(help_text="带走时的修订号")
    verdict = serializers.ChoiceField(choices=RECHECK_VERDICTS)
    note = serializers.CharField(allow_blank=True, max_length=1000)


class FieldSignatureSerializer(serializers.Serializer):
    part = serializers.ChoiceField(choices=list(field.PARTS.items()))
    name = serializers.CharField(max_length=40)
    png = serializers.CharField(max_length=field.MOST_SIGNATURE * 4 // 3 + 4, help_text="签名图片（PNG）的base64")


class FieldFileSerializer(serializers.Serializer):
    key = serializers.UUIDField()
    kind = serializers.ChoiceField(required=False, choices=FieldFile.Kind.choices, default=FieldFile.Kind.PHOTO)
    seconds = serializers.IntegerField(required=False, default=0, min_value=0, max_value=300, help_text="录音的时长")
    code = serializers.CharField(allow_blank=True, max_length=60, help_text="检查项，清单外为X-加其key；空为现场照片")
    sm3 = serializers.RegexField(SM3)
    taken_at = serializers.DateTimeField()
    longitude = serializers.DecimalField(required=False, allow_null=True, max_digits=10, decimal_places=6)
    latitude = serializers.DecimalField(required=False, allow_null=True, max_digits=9, decimal_places=6)


class FieldVisitSerializer(serializers.Serializer):
    format = serializers.IntegerField(help_text=f"记录格式，现为{FORMAT}")
    key = serializers.UUIDField(help_text="客户端自定的编号：同一编号重发不会成为两次检查")
    device = serializers.UUIDField()
    pack = serializers.CharField(max_length=8000, help_text="带走资料时得到的凭证")
    enterprise = serializers.IntegerField()
    second = serializers.IntegerField(help_text="协办执法人员的编号")
    subject = serializers.ChoiceField(choices=Visit.Subject.choices)
    edition = serializers.CharField(max_length=64, help_text="带走的检查表版本")
    action = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="在其中检查的专项行动")
    shown = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, default=list, max_length=500,
        help_text="逐项检查的检查项；空为只记有结论的",
    )  # fmt: skip
    began_at = serializers.DateTimeField()
    sealed_at = serializers.DateTimeField()
    met_with = serializers.CharField(allow_blank=True, max_length=60)
    summary = serializers.CharField(allow_blank=True, max_length=4000)
    remark = serializers.CharField(allow_blank=True, max_length=4000)
    answers = FieldAnswerSerializer(many=True, allow_empty=False, max_length=500)
    notice = FieldNoticeSerializer(allow_null=True)
    rechecks = FieldRecheckSerializer(many=True, max_length=200)
    signatures = FieldSignatureSerializer(many=True, max_length=3)
    refused = serializers.CharField(allow_blank=True, max_length=150)
    witness = serializers.CharField(allow_blank=True, max_length=40)
    files = FieldFileSerializer(many=True, max_length=200)
    decided_facts = serializers.CharField(allow_blank=True, max_length=64, help_text="看过并决定照办的企业情况的摘要")
    decided_hazards = serializers.DictField(child=serializers.IntegerField(), help_text="隐患编号→看过的修订号")

    def validate_format(self, value):
        if value != FORMAT:
            raise serializers.ValidationError("记录格式与平台不符，请在联网时刷新外出检查页面后再发送。")
        return value

    def validate(self, data):
        named = [str(given.get("code") or given["key"]) for given in data["answers"]]
        parts = [one["part"] for one in data["signatures"]]
        keys = [str(one["key"]) for one in data["files"]]
        rechecked = [one["hazard"] for one in data["rechecks"]]
        if any(len(names) != len(set(names)) for names in (named, parts, keys, rechecked)):
            raise serializers.ValidationError({"answers": "同一项、同一签名、同一照片、同一隐患只能出现一次。"})
        if data["notice"] and not {"lead", "second"} <= set(parts):
            raise serializers.ValidationError({"signatures": "当场文书须有两名执法人员签名。"})
        if data["notice"] and "enterprise" not in parts and not data["refused"]:
            raise serializers.ValidationError({"signatures": "当场文书须有企业签收，或注明拒签情况。"})
        if data["sealed_at"] < data["began_at"]:
            raise serializers.ValidationError({"sealed_at": "结束时间早于开始时间，请核对设备的时间。"})
        return data


class ReceivedSerializer(serializers.ModelSerializer):
    """What the device may let go of: its record by `sm3`, each file by its own."""

    visit = serializers.IntegerField(source="visit_id")
    key = serializers.UUIDField(source="visit.key")
    sm3 = serializers.CharField(source="digest")
    url = serializers.SerializerMethodField()
    notice = serializers.CharField(source="notice.number", default="")
    notice_pdf = serializers.SerializerMethodField()

    class Meta:
        model = FieldRecord
        fields = ("visit", "key", "sm3", "url", "notice", "notice_pdf", "received_at")
        read_only_fields = fields

    def get_url(self, record) -> str:
        return reverse("visit", args=[record.visit_id])

    def get_notice_pdf(self, record) -> str:
        return reverse("notice_pdf", args=[record.notice_id]) if record.notice_id else ""


class FieldPlantSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    address = serializers.CharField()
    grade = serializers.CharField()
    open = serializers.IntegerField(help_text="未销号隐患数")
    waiting = serializers.IntegerField(help_text="其中待复查的")
    last_visit = serializers.DateField(allow_null=True)
    planned = serializers.CharField(help_text="本人到今天为止的计划检查：日期或月份；没有为空")


class ReserveSerializer(serializers.Serializer):
    device = serializers.UUIDField()
    hold = serializers.IntegerField(
        min_value=0, max_value=MOST, help_text="设备应有的未用文号数，含已用在未发送记录上的"
    )


class ReturnSerializer(serializers.Serializer):
    device = serializers.UUIDField()
    numbers = serializers.ListField(child=serializers.IntegerField(), max_length=MOST)


class NumberSerializer(serializers.ModelSerializer):
    qr = serializers.SerializerMethodField(help_text="验证网址的二维码，data: 地址")
    verify_url = serializers.SerializerMethodField()

    class Meta:
        model = ReservedNumber
        fields = ("id", "text", "year", "number", "verify_url", "qr")
        read_only_fields = fields

    def get_verify_url(self, row) -> str:
        return verify_url(row.verify_code)

    def get_qr(self, row) -> str:
        return segno.make(self.get_verify_url(row), error="m", micro=False).svg_data_uri(border=2)


class FileSerializer(serializers.Serializer):
    key = serializers.UUIDField()
    upload = serializers.UUIDField(help_text="已断点续传完的文件的编号")


class ReceivedFileSerializer(serializers.ModelSerializer):
    sm3 = serializers.CharField(source="digest")

    class Meta:
        model = FieldFile
        fields = ("key", "sm3", "evidence")
        read_only_fields = fields


class FieldViewSet(Asks, GenericViewSet):
    """外出检查. Taken along: who I am, plants, packs, the checklist, numbers. Brought home: visits, then each file."""

    queryset = FieldRecord.objects.none()
    serializer_class = ReceivedSerializer
    pagination_class = None
    needs = {"default": "visits.conduct"}

    @extend_schema(responses={200: dict})
    @action(detail=False)
    def me(self, request):
        """Whose device this is now, and the token that changes are sent with."""
        told = queries_field.me_in_the_field() | {"csrf": get_token(request._request), "format": FORMAT}
        return Response(told | {"seconds": queries_field.seconds_to_take(), "edition": newest_edition().edition})

    @extend_schema(responses={200: FieldPlantSerializer(many=True)}, parameters=[OpenApiParameter("q", str)])
    @action(detail=False)
    def plants(self, request):
        """Plants to take along."""
        return Response(queries_field.plants_to_visit(request.query_params.get("q", "")[:60]))

    @extend_schema(responses={200: dict})
    @action(detail=False)
    def checklist(self, request):
        """The newest checklist with the law of each item."""
        return Response(queries_field.checklist_carried(newest_edition()))

    @extend_schema(responses={200: dict}, parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH)])
    @action(detail=True)
    def pack(self, request, pk):
        """One plant for the way."""
        enterprise = get_object_or_404(Enterprise.objects.only("pk"), pk=pk)
        return Response(queries_field.pack_of(enterprise.pk))

    @extend_schema(request=ReserveSerializer, responses={200: NumberSerializer(many=True)})
    @action(detail=False, methods=["post"])
    def numbers(self, request):
        """预留文号: the device's unused numbers, topped up; asking twice is asking once."""
        return Response(NumberSerializer(field.reserve_numbers(**self.checked(ReserveSerializer)), many=True).data)

    @extend_schema(request=ReturnSerializer, responses={200: dict})
    @action(detail=False, methods=["post"], url_path="numbers/back", url_name="numbers-back")
    def numbers_back(self, request):
        """归还: what the device has forgotten."""
        asked = self.checked(ReturnSerializer)
        return Response({"returned": field.return_numbers(asked["device"], asked["numbers"])})

    @extend_schema(request=FieldVisitSerializer, responses={201: ReceivedSerializer})
    @action(detail=False, methods=["post"], parser_classes=[JSONParser])
    def visits(self, request):
        """A whole visit as one record; the same bytes sent twice are one. 409 `changed` lays both versions side by side."""
        # The bytes themselves, before they are read as JSON: what the device will compare.
        digest = sm3(request.body)
        try:
            record = field.receive_visit(self.checked(FieldVisitSerializer), digest)
        except field.Changed as changed:
            answer = shaped(changed.status, changed.code, changed.sentence)
            answer.data["both"] = changed.both
            return answer
        return Response(ReceivedSerializer(record).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=FileSerializer, responses={201: ReceivedFileSerializer})
    @action(detail=False, methods=["post"])
    def files(self, request):
        """A picture or a voice note that a record has announced, once it has come piece by piece."""
        asked = self.checked(FileSerializer)
        if asked["key"] != asked["upload"]:
            raise BadInput("照片的编号与上传编号须相同。", field="upload")
        file = field.receive_file(asked["key"], finished(asked["upload"]))
        return Response(ReceivedFileSerializer(file).data, status=status.HTTP_201_CREATED)
