from inspections.api import VisitViewSet
from inspections.api_assessments import AssessmentViewSet


def register(router) -> None:
    router.register("visits", VisitViewSet, basename="api-visit")
    router.register("assessments", AssessmentViewSet, basename="api-assessment")
