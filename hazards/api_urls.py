from hazards.api import HazardViewSet, NoticeViewSet
from hazards.api_evidence import EvidenceViewSet


def register(router) -> None:
    router.register("hazards", HazardViewSet, basename="api-hazard")
    router.register("notices", NoticeViewSet, basename="api-notice")
    router.register("evidence", EvidenceViewSet, basename="api-evidence")
