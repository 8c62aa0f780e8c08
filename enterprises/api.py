"""Enterprises over the API: the list's filters, explicit fields, telephone numbers for those who call."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from enterprises.actions import grades
from enterprises.actions.many import BULK
from enterprises.api_changes import DAY, VersionSerializer
from enterprises.api_grading import GradeDecided, GradeDecisionSerializer, GradeDeclined
from enterprises.filters import EnterpriseFilter
from enterprises.forms import FORMS, DayForm
from enterprises.models import Enterprise, EnterpriseVersion, GradeDecision, Holding, Merger, ProcessInUse
from enterprises.queries.duplicates import MERGED
from enterprises.queries.history import version_on
from portal.api import Asks
from portal.api_bulk import BulkAnswer, BulkSerializer, done_to_all
from portal.permissions import may


class HoldingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Holding
        fields = ("substance", "quantity_t", "key_chemical_seq")


class ProcessSerializer(serializers.ModelSerializer):
    class Meta:
        model = ProcessInUse
        fields = ("name", "key_process_seq")


class TookOverSerializer(serializers.ModelSerializer):
    """An entry that was merged into this one: its number, and the name and code it is still found by."""

    class Meta:
        model = Merger
        fields = ("gone", "gone_name", "gone_code")
        read_only_fields = fields


class EnterpriseSerializer(serializers.ModelSerializer):
    district_name = serializers.CharField(source="district.name", read_only=True)
    took_over = TookOverSerializer(many=True, read_only=True)

    class Meta:
        model = Enterprise
        fields = (
            "id",
            "code",
            "name",
            "district",
            "district_name",
            "sector",
            "kind",
            "address",
            "longitude",
            "latitude",
            "coordinates_in",
            "licence_no",
            "licence_until",
            "major_level",
            "grade",
            "employees",
            "has_key_chemical",
            "has_key_process",
            "key_clause",
            "key_reason",
            "suspended_since",
            "took_over",
            "revision",
        )
        read_only_fields = fields


class EnterpriseDetailSerializer(EnterpriseSerializer):
    holdings = HoldingSerializer(many=True, read_only=True)
    processes = ProcessSerializer(source="processinuses", many=True, read_only=True)

    class Meta(EnterpriseSerializer.Meta):
        fields = (
            *EnterpriseSerializer.Meta.fields,
            "principal",
            "principal_phone",
            "safety_officer",
            "safety_officer_phone",
            "holdings",
            "processes",
        )
        read_only_fields = fields

    def to_representation(self, enterprise):
        data = super().to_representation(enterprise)
        if not may("enterprises.contacts"):
            for name in ("principal_phone", "safety_officer_phone"):
                del data[name]
        return data


class EnterpriseBulk(BulkSerializer):
    verb = serializers.ChoiceField(list(BULK.verbs))


class EnterpriseViewSet(Asks, ReadOnlyModelViewSet):
    """企业."""

    queryset = Enterprise.objects.select_related("district").prefetch_related(MERGED).order_by("-id")
    filterset_class = EnterpriseFilter
    needs = {
        "default": "enterprises.view",
        "grade": "enterprises.grade",
        "decline": "enterprises.grade",
        "grade_decisions": "diagnosis.view",
        "bulk": "enterprises.bulk",
    }

    def get_serializer_class(self):
        return EnterpriseDetailSerializer if self.action == "retrieve" else EnterpriseSerializer

    @extend_schema(parameters=[DAY], responses=VersionSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def facts(self, request, pk=None):
        """企业在某一天日终的全部事实."""
        form = DayForm({"on": request.query_params.get("on") or timezone.localdate()})
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        version = version_on(self.get_object(), form.cleaned_data["on"])
        if version is None:
            raise Http404("nothing was kept by that day")
        return Response(VersionSerializer(version, context=self.calls()).data)

    @extend_schema(responses=VersionSerializer(many=True))
    @action(detail=True, filterset_class=None)
    def versions(self, request, pk=None):
        """企业事实的历次版本，新的在前."""
        page = self.paginate_queryset(EnterpriseVersion.objects.filter(enterprise=self.get_object()).order_by("-id"))
        return self.get_paginated_response(VersionSerializer(page, many=True, context=self.calls()).data)

    @extend_schema(request=GradeDecided, responses=EnterpriseDetailSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def grade(self, request, pk=None):
        """确定风险等级."""
        self.get_object()
        grades.decide_grade(int(pk), **self.checked(GradeDecided))
        return Response(EnterpriseDetailSerializer(self.get_object()).data)

    @extend_schema(request=GradeDeclined, responses=EnterpriseDetailSerializer)
    @action(detail=True, methods=["post"], filterset_class=None, url_path="grade/decline")
    def decline(self, request, pk=None):
        """不采纳分级建议."""
        self.get_object()
        grades.decline_proposals(int(pk), **self.checked(GradeDeclined))
        return Response(EnterpriseDetailSerializer(self.get_object()).data)

    @extend_schema(responses=GradeDecisionSerializer(many=True))
    @action(detail=True, filterset_class=None, url_path="grade-decisions")
    def grade_decisions(self, request, pk=None):
        """等级历史，新的在前."""
        decisions = GradeDecision.objects.filter(enterprise=self.get_object()).select_related("proposal")
        page = self.paginate_queryset(decisions.order_by("-id"))
        return self.get_paginated_response(GradeDecisionSerializer(page, many=True).data)

    @extend_schema(request=EnterpriseBulk, responses=BulkAnswer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def bulk(self, request):
        """批量办理: 每家一个答复."""
        return done_to_all(BULK, FORMS, self.checked(EnterpriseBulk))

    @staticmethod
    def calls() -> dict:
        return {"calls": may("enterprises.contacts")}

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.prefetch_related("holdings", "processinuses") if self.action == "retrieve" else queryset
