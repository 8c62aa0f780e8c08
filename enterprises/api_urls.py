from enterprises.api import EnterpriseViewSet
from enterprises.api_duplicates import DuplicateViewSet, MergerViewSet
from enterprises.api_transformation import TransformationViewSet
from enterprises.api_units import UnitViewSet


def register(router) -> None:
    router.register("enterprises", EnterpriseViewSet, basename="api-enterprise")
    router.register("units", UnitViewSet, basename="api-unit")
    router.register("duplicates", DuplicateViewSet, basename="api-duplicate")
    router.register("mergers", MergerViewSet, basename="api-merger")
    router.register("transformations", TransformationViewSet, basename="api-transformation")
