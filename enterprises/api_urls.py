from enterprises.api import EnterpriseViewSet
from enterprises.api_changes import KeyChangeViewSet, ProposalViewSet
from enterprises.api_city_map import CityMapViewSet, PointViewSet
from enterprises.api_duplicates import DuplicateViewSet, MergerViewSet
from enterprises.api_grading import GradeProposalViewSet, SheetViewSet
from enterprises.api_people import CredentialViewSet, ResponsibleViewSet
from enterprises.api_transformation import TransformationViewSet
from enterprises.api_units import UnitViewSet


def register(router) -> None:
    router.register("enterprises", EnterpriseViewSet, basename="api-enterprise")
    router.register("units", UnitViewSet, basename="api-unit")
    router.register("fact-proposals", ProposalViewSet, basename="api-proposal")
    router.register("key-changes", KeyChangeViewSet, basename="api-key-change")
    router.register("diagnoses", SheetViewSet, basename="api-sheet")
    router.register("grade-proposals", GradeProposalViewSet, basename="api-grade-proposal")
    router.register("responsible-persons", ResponsibleViewSet, basename="api-responsible")
    router.register("credentials", CredentialViewSet, basename="api-credential")
    router.register("enterprise-points", PointViewSet, basename="api-point")
    router.register("city-maps", CityMapViewSet, basename="api-city-map")
    router.register("duplicates", DuplicateViewSet, basename="api-duplicate")
    router.register("mergers", MergerViewSet, basename="api-merger")
    router.register("transformations", TransformationViewSet, basename="api-transformation")
