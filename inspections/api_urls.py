from inspections.api import VisitViewSet
from inspections.api_assessments import AssessedViewSet, AssessmentViewSet
from inspections.api_checklists import ChecklistTemplateViewSet
from inspections.api_draws import DrawViewSet
from inspections.api_field import FieldViewSet
from inspections.api_plans import CoverageViewSet, DueViewSet, FrequencyViewSet, PlannedViewSet
from inspections.api_schemes import SchemeViewSet
from inspections.api_team import CommendationViewSet, HandoverViewSet, TrainingViewSet
from inspections.api_themed import ActionViewSet, TargetViewSet


def register(router) -> None:
    router.register("visits", VisitViewSet, basename="api-visit")
    router.register("assessments", AssessmentViewSet, basename="api-assessment")
    router.register("planned-visits", PlannedViewSet, basename="api-planned")
    router.register("visit-frequencies", FrequencyViewSet, basename="api-frequency")
    router.register("visit-coverage", CoverageViewSet, basename="api-coverage")
    router.register("visits-due", DueViewSet, basename="api-due")
    router.register("assessments-due", AssessedViewSet, basename="api-assessed")
    router.register("themed-actions", ActionViewSet, basename="api-action")
    router.register("action-plants", TargetViewSet, basename="api-target")
    router.register("checklist-templates", ChecklistTemplateViewSet, basename="api-template")
    router.register("draws", DrawViewSet, basename="api-draw")
    router.register("trainings", TrainingViewSet, basename="api-training")
    router.register("commendations", CommendationViewSet, basename="api-commendation")
    router.register("handovers", HandoverViewSet, basename="api-handover")
    router.register("visit-schemes", SchemeViewSet, basename="api-scheme")
    router.register("field", FieldViewSet, basename="api-field")
