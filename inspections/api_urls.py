from inspections.api import VisitViewSet
from inspections.api_field import FieldViewSet


def register(router) -> None:
    router.register("visits", VisitViewSet, basename="api-visit")
    router.register("field", FieldViewSet, basename="api-field")
