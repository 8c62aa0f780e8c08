"""Hazards and notices over the API: the same filters, the same verbs, the same refusals as the pages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from hazards import rules
from hazards.actions import corrections, extensions, moves, notices, service, supervision, suspensions, transfers
from hazards.actions.many import BULK
from hazards.filters import HazardFilter, NoticeFilter, SuspensionFilter
from hazards.forms import BULK_FORMS
from hazards.models import Extension, Hazard, HazardStep, Notice, RectificationPlan, Supervision, Suspension
from hazards.queries.annex import annex
from hazards.queries.repeats import SENTENCE, again
from hazards.queries.suspensions import suspended
from portal.api import Asks
from portal.api_bulk import BulkAnswer, BulkSerializer, done_to_all
from portal.documents.views import printed, sheet
from portal.permissions import may


class HazardSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    overdue_days = serializers.IntegerField(read_only=True)
    repeat = serializers.BooleanField(read_only=True, help_text=f"屡查屡犯：{SENTENCE}")
    verbs = serializers.SerializerMethodField(help_text="what the acting person may do to it now")

    class Meta:
        model = Hazard
        fields = (
            "id",
            "key",
            "enterprise",
            "enterprise_name",
            "district",
            "sector",
            "source_kind",
            "source_id",
            "item_code",
            "description",
            "basis",
            "requirement",
            "level",
            "accident_type",
            "place",
            "status",
            "found_on",
            "notice",
            "deadline",
            "deadline_rule",
            "overdue_days",
            "round",
            "submitted_on",
            "late",
            "closed_on",
            "asked_on",
            "extensions",
            "supervised_since",
            "handler",
            "revision",
            "repeat",
            "verbs",
        )
        read_only_fields = fields

    def get_verbs(self, hazard) -> list[str]:
        return [verb for verb, move in rules.verbs_from(hazard.status, *hazard.facts) if may(move.action, hazard)]


class HazardStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = HazardStep
        fields = ("id", "verb", "round", "note", "by_name", "by_unit", "at")
        read_only_fields = fields


class FiledPlanSerializer(serializers.ModelSerializer):
    class Meta:
        model = RectificationPlan
        fields = (
            "id",
            "responsible",
            "duty",
            "measures",
            "funds",
            "ends_on",
            "contingency",
            "by_name",
            "at",
        )
        read_only_fields = fields


class SupervisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Supervision
        fields = (
            "id",
            "ordered_on",
            "leader_name",
            "requirement",
            "by_name",
            "lifted_on",
            "lifted_by_name",
            "lifted_because",
        )
        read_only_fields = fields


class HazardDetailSerializer(HazardSerializer):
    steps = HazardStepSerializer(many=True, read_only=True)
    plans = FiledPlanSerializer(
        source="rectification_plans", many=True, read_only=True, help_text="五落实方案，最后一份有效"
    )
    supervisions = SupervisionSerializer(many=True, read_only=True)

    class Meta(HazardSerializer.Meta):
        fields = (*HazardSerializer.Meta.fields, "steps", "plans", "supervisions")
        read_only_fields = fields


class VerbSerializer(serializers.Serializer):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class AcceptSerializer(VerbSerializer):
    second = serializers.IntegerField(help_text="第二名复查人员的编号")


class ReopenSerializer(VerbSerializer):
    deadline = serializers.DateField()


class FiveSettledSerializer(VerbSerializer):
    """五落实; what is left out the verb names."""

    note = None
    responsible = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    duty = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    measures = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    funds = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    contingency = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    ends_on = serializers.DateField()


class AskSerializer(VerbSerializer):
    wanted = serializers.DateField()


class UntilSerializer(VerbSerializer):
    until = serializers.DateField()


class SuperviseSerializer(VerbSerializer):
    leader = serializers.IntegerField(help_text="督办责任领导的编号")


class TransferSerializer(VerbSerializer):
    organisation = serializers.IntegerField(help_text="接收单位的编号")


class OrderedSerializer(serializers.Serializer):
    """What a suspension says; `until` blank means as long as the law allows."""

    reach = serializers.ChoiceField(Suspension.Reach.choices)
    unit = serializers.IntegerField(required=False, allow_null=True, default=None)
    part = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=2000)
    basis = serializers.CharField(max_length=300)
    measures = serializers.CharField(max_length=2000)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    on_the_spot = serializers.BooleanField(required=False, default=False)
    second = serializers.IntegerField(help_text="第二名执法人员的编号")
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


def order_of(asked: dict) -> suspensions.Order:
    told = {name: asked[name] for name in ("reach", "part", "reason", "basis", "measures", "until", "on_the_spot")}
    return suspensions.Order(unit_id=asked["unit"], **told)


class HazardBulk(BulkSerializer):
    verb = serializers.ChoiceField(list(BULK.verbs))


class HazardViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """隐患. POST …/{verb}/ runs one verb of the state machine; an illegal one answers 409 and changes nothing."""

    queryset = Hazard.objects.select_related("enterprise").annotate(repeat=again()).order_by("-id")
    serializer_class = HazardSerializer
    filterset_class = HazardFilter
    needs = {
        "default": "hazards.view",
        "submit": "hazards.submit",
        "accept": "hazards.recheck",
        "send_back": "hazards.recheck",
        "confirm": "hazards.confirm",
        "reopen": "hazards.reopen",
        "void": "hazards.void",
        "plan": "hazards.plan",
        "ask": "hazards.ask",
        "withdraw": "hazards.ask",
        "grant": "hazards.extend",
        "refuse": "hazards.extend",
        "correct": "hazards.correct",
        "supervise": "hazards.supervise",
        "unsupervise": "hazards.supervise",
        "transfer": "hazards.transfer",
        "suspend": "suspensions.order",
        "bulk": "hazards.bulk",
    }

    def get_serializer_class(self):
        return HazardDetailSerializer if self.action == "retrieve" else HazardSerializer

    def answer(self, pk) -> Response:
        """The hazard as it stands now, whatever the verb gave back."""
        return Response(HazardSerializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request, pk=None):
        asked = self.asked(VerbSerializer)
        moves.submit(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=AcceptSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request, pk=None):
        asked = self.asked(AcceptSerializer)
        moves.accept(int(pk), asked["second"], asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request, pk=None):
        asked = self.asked(VerbSerializer)
        moves.send_back(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        asked = self.asked(VerbSerializer)
        moves.confirm(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=ReopenSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request, pk=None):
        asked = self.asked(ReopenSerializer)
        deadline = notices.deadline_for(due=asked["deadline"])
        moves.reopen(int(pk), asked["note"], deadline, revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def void(self, request, pk=None):
        asked = self.asked(VerbSerializer)
        moves.void(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=FiveSettledSerializer)
    @action(detail=True, methods=["post"])
    def plan(self, request, pk=None):
        asked = self.asked(FiveSettledSerializer)
        supervision.file_plan(int(pk), asked, asked["ends_on"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=AskSerializer)
    @action(detail=True, methods=["post"])
    def ask(self, request, pk=None):
        """申请延期."""
        asked = self.asked(AskSerializer)
        extensions.ask(int(pk), asked["wanted"], asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        asked = self.asked(VerbSerializer)
        extensions.withdraw(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=UntilSerializer)
    @action(detail=True, methods=["post"])
    def grant(self, request, pk=None):
        """同意延期."""
        asked = self.asked(UntilSerializer)
        extensions.grant(int(pk), asked["until"], asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request, pk=None):
        """不同意延期."""
        asked = self.asked(VerbSerializer)
        extensions.refuse(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=UntilSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request, pk=None):
        """更正延期."""
        asked = self.asked(UntilSerializer)
        extensions.correct(int(pk), asked["until"], asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=SuperviseSerializer)
    @action(detail=True, methods=["post"])
    def supervise(self, request, pk=None):
        """挂牌督办."""
        asked = self.asked(SuperviseSerializer)
        supervision.supervise(int(pk), asked["leader"], asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=VerbSerializer)
    @action(detail=True, methods=["post"])
    def unsupervise(self, request, pk=None):
        asked = self.asked(VerbSerializer)
        supervision.unsupervise(int(pk), asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=TransferSerializer)
    @action(detail=True, methods=["post"])
    def transfer(self, request, pk=None):
        """移交. 移交其他区县后，原区县不再看得到这条隐患。"""
        asked = self.asked(TransferSerializer)
        transfers.transfer(int(pk), asked["organisation"], asked["note"], revision=asked["revision"])
        return self.answer(pk)

    @extend_schema(request=OrderedSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request, pk=None):
        """责令停产停业."""
        asked = self.asked(OrderedSerializer)
        hazard = self.get_object()
        suspensions.suspend(
            hazard.enterprise_id, order_of(asked), asked["second"], hazard_id=hazard.pk, revision=asked["revision"]
        )
        return self.answer(pk)

    @extend_schema(request=HazardBulk, responses=BulkAnswer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def bulk(self, request):
        """批量办理: 每条一个答复."""
        asked = self.checked(HazardBulk)
        return done_to_all(BULK, BULK_FORMS, asked)


class SuspensionSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)
    number = serializers.CharField(source="notice.number", read_only=True)

    class Meta:
        model = Suspension
        fields = (
            "id",
            "enterprise",
            "enterprise_name",
            "district",
            "hazard",
            "reach",
            "unit",
            "part",
            "on_the_spot",
            "reason",
            "basis",
            "measures",
            "starts",
            "until",
            "until_rule",
            "notice",
            "number",
            "by_name",
            "lifted_on",
            "lifted_by_name",
            "lifted_because",
        )
        read_only_fields = fields


class OnTheSpotSerializer(OrderedSerializer):
    revision = None
    enterprise = serializers.IntegerField()


class LiftSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class SuspensionViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """停产停业. POST orders one on the spot; …/lift/ ends it after an examination."""

    queryset = suspended().order_by("-id")
    serializer_class = SuspensionSerializer
    filterset_class = SuspensionFilter
    needs = {"default": "suspensions.view", "create": "suspensions.order", "lift": "suspensions.lift"}

    @extend_schema(request=OnTheSpotSerializer, responses={201: SuspensionSerializer})
    def create(self, request):
        asked = self.checked(OnTheSpotSerializer)
        made = suspensions.suspend(asked["enterprise"], order_of(asked), asked["second"])
        return Response(SuspensionSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=LiftSerializer)
    @action(detail=True, methods=["post"])
    def lift(self, request, pk=None):
        """恢复生产."""
        asked = self.asked(LiftSerializer)
        return Response(SuspensionSerializer(suspensions.resume(int(pk), asked["note"])).data)


class ExtensionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Extension
        fields = (
            "id",
            "hazard",
            "enterprise",
            "district",
            "state",
            "reason",
            "wanted",
            "asked_on",
            "asked_by_name",
            "answer_due",
            "answer_rule",
            "old_deadline",
            "new_deadline",
            "answered_on",
            "answered_by_name",
            "answer",
            "corrected_to",
            "corrected_on",
            "corrected_by_name",
            "correction",
        )
        read_only_fields = fields


class ExtensionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """延期申请 and what came of each; asked and answered at the hazard."""

    queryset = Extension.objects.order_by("-id")
    serializer_class = ExtensionSerializer
    filterset_fields = ("hazard", "state")
    needs = {"default": "hazards.view"}


class NoticeSerializer(serializers.ModelSerializer):
    enterprise_name = serializers.CharField(source="enterprise.name", read_only=True)

    class Meta:
        model = Notice
        fields = (
            "id",
            "kind",
            "number",
            "organisation",
            "enterprise",
            "enterprise_name",
            "district",
            "about",
            "replaces",
            "superseded_on",
            "visit_id",
            "issued_on",
            "digest",
            "acknowledged_at",
            "acknowledged_by",
            "refusal",
        )
        read_only_fields = fields


class OrderSerializer(serializers.Serializer):
    hazard = serializers.IntegerField()
    requirement = serializers.CharField(max_length=1000)
    length = serializers.IntegerField(required=False, min_value=1, max_value=730)
    unit = serializers.CharField(required=False, default="自然日")
    due = serializers.DateField(required=False)

    def validate(self, data):
        if not data.get("due") and not data.get("length"):
            raise serializers.ValidationError({"length": "请给出期限天数，或用 due 指定日期。"})
        return data


class IssueSerializer(serializers.Serializer):
    second = serializers.IntegerField(help_text="第二名执法人员的编号")
    orders = OrderSerializer(many=True, allow_empty=False, max_length=100)


class AcknowledgeSerializer(serializers.Serializer):
    signed_by = serializers.CharField(max_length=40)


class RefusalSerializer(serializers.Serializer):
    refusal = serializers.CharField(max_length=200, help_text="拒签的情况、地点和见证人")


class CorrectionSerializer(serializers.Serializer):
    texts = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=4000),
        help_text="要改的文字：basis、measures、items.0.description 等，没有列出的照旧",
    )
    reason = serializers.CharField(max_length=300)
    second = serializers.IntegerField(help_text="第二名执法人员的编号")


class ServiceSerializer(serializers.Serializer):
    manner = serializers.ChoiceField(choices=list(service.MANNERS.items()))
    served_at = serializers.DateTimeField()
    place = serializers.CharField(max_length=200)
    signed_by = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")
    refusal = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    witness = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    second = serializers.IntegerField(help_text="第二名送达人的编号")


class NoticeViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """整改文书. POST issues a numbered 责令限期整改指令书 over recorded hazards."""

    queryset = Notice.objects.select_related("enterprise").order_by("-id")
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    needs = {
        "default": "notices.view",
        "create": "hazards.issue",
        "acknowledge": "hazards.acknowledge",
        "refusal": "hazards.issue",
        "correct": "notices.correct",
        "serve": "notices.serve",
    }

    @extend_schema(request=IssueSerializer, responses={201: NoticeSerializer})
    def create(self, request):
        asked = self.checked(IssueSerializer)
        orders = [
            notices.Order(
                order["hazard"],
                notices.deadline_for(length=order.get("length"), unit=order["unit"], due=order.get("due")),
                order["requirement"],
            )
            for order in asked["orders"]
        ]
        notice = notices.issue_notice(orders, asked["second"])
        return Response(NoticeSerializer(notice).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AcknowledgeSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, pk=None):
        asked = self.asked(AcknowledgeSerializer)
        return Response(NoticeSerializer(notices.acknowledge(int(pk), **asked)).data)

    @extend_schema(request=RefusalSerializer)
    @action(detail=True, methods=["post"])
    def refusal(self, request, pk=None):
        """注明拒签."""
        asked = self.asked(RefusalSerializer)
        return Response(NoticeSerializer(notices.note_refusal(int(pk), **asked)).data)

    @extend_schema(request=CorrectionSerializer, responses={201: NoticeSerializer})
    @action(detail=True, methods=["post"])
    def correct(self, request, pk=None):
        """更正: another document, which names this one."""
        asked = self.asked(CorrectionSerializer)
        new = corrections.correct(int(pk), asked["texts"], asked["reason"], asked["second"])
        return Response(NoticeSerializer(new).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ServiceSerializer, responses={201: NoticeSerializer})
    @action(detail=True, methods=["post"])
    def serve(self, request, pk=None):
        """送达: the receipt of its service."""
        asked = dict(self.asked(ServiceSerializer))
        receipt = service.serve(int(pk), second_id=asked.pop("second"), **asked)
        return Response(NoticeSerializer(receipt).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request, pk=None):
        """The print, byte for byte as it was issued."""
        return printed(self.get_object(), "notice")

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def photos(self, request, pk=None):
        """照片附件: the photos that came after the document was made; 409 where there are none or some are still on their way."""
        notice = self.get_object()
        return sheet(annex(notice), f"notice-{notice.pk}-photos")
