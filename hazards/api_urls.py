from hazards.api import HazardViewSet, NoticeViewSet
from hazards.api_broadcasts import BroadcastAddressViewSet, BroadcastViewSet
from hazards.api_evidence import EvidenceViewSet
from hazards.api_selfchecks import SelfCheckViewSet


def register(router) -> None:
    router.register("hazards", HazardViewSet, basename="api-hazard")
    router.register("notices", NoticeViewSet, basename="api-notice")
    router.register("evidence", EvidenceViewSet, basename="api-evidence")
    router.register("selfchecks", SelfCheckViewSet, basename="api-selfcheck")
    router.register("broadcasts", BroadcastViewSet, basename="api-broadcast")
    router.register("broadcast-answers", BroadcastAddressViewSet, basename="api-address")
