from django.urls import path

from inspections.views import coverage, draws, plans, visits

urlpatterns = [
    path("visits/", visits.visit_list, name="visit_list"),
    path("visits/new/", visits.visit_start, name="visit_start"),
    path("visits/due/", visits.visit_due, name="visit_due"),
    path("visits/plan/", plans.planned_list, name="planned_list"),
    path("visits/plan/year/", plans.plan_year, name="plan_year"),
    path("visits/plan/add/<int:pk>/", plans.planned_new, name="planned_new"),
    path("visits/plan/<int:pk>/", plans.planned, name="planned"),
    path("visits/plan/<int:pk>/<str:verb>/", plans.planned_verb, name="planned_verb"),
    path("visits/coverage/", coverage.visit_coverage, name="visit_coverage"),
    path("visits/draws/", draws.draw_list, name="draw_list"),
    path("visits/draws/new/", draws.draw_new, name="draw_new"),
    path("visits/draws/<int:pk>/", draws.draw, name="draw"),
    path("visits/draws/<int:pk>/pool/", draws.draw_pool, name="draw_pool"),
    path("visits/draws/<int:pk>/export/", draws.draw_export, name="draw_export"),
    path("visits/frequency/", plans.visit_frequency, name="visit_frequency"),
    path("visits/pick/enterprise/", visits.pick_enterprise, name="pick_enterprise"),
    path("visits/pick/inspector/", visits.pick_inspector, name="pick_inspector"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/answers/<str:code>/", visits.visit_answer, name="visit_answer"),
    path("visits/<int:pk>/photos/<str:code>/", visits.visit_photo, name="visit_photo"),
    path("visits/<int:pk>/photos/<int:evidence>/aside/", visits.visit_photo_aside, name="visit_photo_aside"),
    path("visits/<int:pk>/extra/", visits.visit_extra, name="visit_extra"),
    path("visits/<int:pk>/finish/", visits.visit_finish, name="visit_finish"),
    path("visits/<int:pk>/abandon/", visits.visit_abandon, name="visit_abandon"),
]
