from inspections.api import VisitViewSet
from inspections.api_schemes import SchemeViewSet


def register(router) -> None:
    router.register("visits", VisitViewSet, basename="api-visit")
    router.register("visit-schemes", SchemeViewSet, basename="api-scheme")
