"""放假安排 and legal days over the API: the same verbs as the page, and a deadline counted for whoever asks."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from portal.api import Asks
from portal.holidays import actions
from portal.holidays.deadlines import make_deadline
from portal.holidays.filters import CalendarDayFilter
from portal.holidays.models import CalendarDay, CountingRule
from portal.holidays.queries import undefined_terms
from portal.legaldays import LONGEST, UNITS
from portal.refusals import BadInput


class CalendarDaySerializer(serializers.ModelSerializer):
    class Meta:
        model = CalendarDay
        fields = (
            "id",
            "day",
            "working",
            "name",
            "source",
            "whole_year",
            "by_name",
            "at",
            "withdrawn_at",
            "withdrawn_by",
        )
        read_only_fields = fields


class ArrangementSerializer(serializers.Serializer):
    days = serializers.CharField(max_length=4000, help_text="一行一段，如“2027-02-05至2027-02-11 放假 春节”")
    source = serializers.CharField(max_length=200, help_text="通知的名称和文号")
    whole_year = serializers.BooleanField(required=False, default=False, help_text="是该年完整的放假安排")


class CountSerializer(serializers.Serializer):
    start = serializers.DateField(help_text="起算日，当日不计入")
    length = serializers.IntegerField(min_value=1, max_value=LONGEST)
    unit = serializers.ChoiceField(choices=UNITS)
    rule = serializers.CharField(required=False, allow_blank=True, default="", max_length=300, help_text="所依条文")


class DeadlineSerializer(serializers.Serializer):
    """A due date with everything that made it."""

    start = serializers.DateField()
    length = serializers.IntegerField()
    unit = serializers.CharField()
    rule = serializers.CharField()
    calendar_edition = serializers.CharField()
    due = serializers.DateField()
    explanation = serializers.CharField()
    provisional = serializers.BooleanField(help_text="所涉年份的放假安排尚未公布")


class CalendarDayViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """本市登记的放假和上班日. POST enters an arrangement with its source; …/withdraw/ takes one day back."""

    queryset = CalendarDay.objects.order_by("-id")
    serializer_class = CalendarDaySerializer
    filterset_class = CalendarDayFilter
    needs = {"default": "calendar.view", "create": "calendar.edit", "withdraw": "calendar.edit"}

    @extend_schema(request=ArrangementSerializer, responses={201: CalendarDaySerializer(many=True)})
    def create(self, request):
        asked = self.checked(ArrangementSerializer)
        made = actions.enter_days(asked["days"], asked["source"], whole_year=asked["whole_year"])
        return Response(CalendarDaySerializer(made, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        self.get_object()
        return Response(CalendarDaySerializer(actions.withdraw_day(int(pk))).data)

    @extend_schema(
        parameters=[
            OpenApiParameter(name, kind, required=needed, enum=choices)
            for name, kind, needed, choices in (
                ("start", str, True, None),
                ("length", int, True, None),
                ("unit", str, True, UNITS),
                ("rule", str, False, None),
            )
        ],
        responses=DeadlineSerializer,
    )
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def deadline(self, request):
        """期限计算: by the State Council's calendar, the portal's own days and the city's."""
        asked = CountSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        try:
            made = make_deadline(**asked.validated_data)
        except ValueError as fault:
            raise BadInput(str(fault), field="length") from fault
        return Response(made.as_json())


class TermSerializer(serializers.Serializer):
    """A deadline whose 日 the law leaves open, and how it counts here."""

    code = serializers.CharField()
    item = serializers.CharField()
    basis = serializers.CharField()
    length = serializers.IntegerField()
    unit = serializers.CharField()
    source = serializers.CharField(help_text="确认的依据；空为默认")


class ConfirmCountingSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=40)
    unit = serializers.ChoiceField(choices=CountingRule.Unit.choices)
    source = serializers.CharField(max_length=200)


class CountingViewSet(Asks, GenericViewSet):
    """规章没有写明“日”的期限. POST confirms which days one counts, with its source."""

    queryset = CountingRule.objects.order_by("-id")
    serializer_class = TermSerializer
    pagination_class = None
    needs = {"default": "calendar.view", "create": "calendar.edit"}

    @extend_schema(responses=TermSerializer(many=True))
    def list(self, request):
        told = [
            {
                "code": term.code,
                "item": term.item,
                "basis": term.basis,
                "length": term.length,
                "unit": own.unit if own else term.unit,
                "source": own.source if own else "",
            }
            for term, own in undefined_terms()
        ]
        return Response(TermSerializer(told, many=True).data)

    @extend_schema(request=ConfirmCountingSerializer, responses={201: ConfirmCountingSerializer})
    def create(self, request):
        rule = actions.confirm_counting(**self.checked(ConfirmCountingSerializer))
        told = {"code": rule.code, "unit": rule.unit, "source": rule.source}
        return Response(told, status=status.HTTP_201_CREATED)
