"""Enterprises over the API: the list's filters, explicit fields, telephone numbers for those who call."""

from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from enterprises.filters import EnterpriseFilter
from enterprises.models import Enterprise, Holding, Merger, ProcessInUse
from enterprises.queries.duplicates import MERGED
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


class EnterpriseViewSet(ReadOnlyModelViewSet):
    """企业."""

    queryset = Enterprise.objects.select_related("district").prefetch_related(MERGED).order_by("-id")
    filterset_class = EnterpriseFilter
    needs = {"default": "enterprises.view"}

    def get_serializer_class(self):
        return EnterpriseDetailSerializer if self.action == "retrieve" else EnterpriseSerializer

    def get_queryset(self):
        queryset = super().get_queryset()
        return queryset.prefetch_related("holdings", "processinuses") if self.action == "retrieve" else queryset
