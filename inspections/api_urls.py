from inspections.api import VisitViewSet


def register(router) -> None:
    router.register("visits", VisitViewSet, basename="api-visit")
