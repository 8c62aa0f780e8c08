from hazards.api import ExtensionViewSet, HazardViewSet, NoticeViewSet, SuspensionViewSet
from hazards.api_broadcasts import BroadcastAddressViewSet, BroadcastViewSet
from hazards.api_evidence import EvidenceViewSet
from hazards.api_register import RegisterViewSet
from hazards.api_reminders import PlanViewSet, ReminderViewSet
from hazards.api_samples import ReasonTemplateViewSet, SampleItemViewSet, SampleViewSet
from hazards.api_selfchecks import SelfCheckViewSet


def register(router) -> None:
    router.register("hazards", HazardViewSet, basename="api-hazard")
    router.register("hazard-imports", RegisterViewSet, basename="api-register")
    router.register("notices", NoticeViewSet, basename="api-notice")
    router.register("reminder-plans", PlanViewSet, basename="api-plan")
    router.register("reminders", ReminderViewSet, basename="api-reminder")
    router.register("evidence", EvidenceViewSet, basename="api-evidence")
    router.register("suspensions", SuspensionViewSet, basename="api-suspension")
    router.register("extensions", ExtensionViewSet, basename="api-extension")
    router.register("selfchecks", SelfCheckViewSet, basename="api-selfcheck")
    router.register("broadcasts", BroadcastViewSet, basename="api-broadcast")
    router.register("broadcast-answers", BroadcastAddressViewSet, basename="api-address")
    router.register("samples", SampleViewSet, basename="api-sample")
    router.register("sample-items", SampleItemViewSet, basename="api-sample-item")
    router.register("reason-templates", ReasonTemplateViewSet, basename="api-reason-template")
