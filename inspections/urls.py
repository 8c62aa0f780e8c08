from django.urls import path

from inspections import views, views_field

urlpatterns = [
    path("visits/", views.visit_list, name="visit_list"),
    path("visits/new/", views.visit_start, name="visit_start"),
    path("visits/due/", views.visit_due, name="visit_due"),
    path("visits/pick/enterprise/", views.pick_enterprise, name="pick_enterprise"),
    path("visits/pick/inspector/", views.pick_inspector, name="pick_inspector"),
    path("visits/<int:pk>/", views.visit, name="visit"),
    path("visits/<int:pk>/answers/<str:code>/", views.visit_answer, name="visit_answer"),
    path("visits/<int:pk>/photos/<str:code>/", views.visit_photo, name="visit_photo"),
    path("visits/<int:pk>/photos/<int:evidence>/aside/", views.visit_photo_aside, name="visit_photo_aside"),
    path("visits/<int:pk>/extra/", views.visit_extra, name="visit_extra"),
    path("visits/<int:pk>/finish/", views.visit_finish, name="visit_finish"),
    path("visits/<int:pk>/abandon/", views.visit_abandon, name="visit_abandon"),
    path("visits/<int:pk>/signatures/<str:part>/", views_field.visit_signature, name="visit_signature"),
    path("sw.js", views_field.service_worker, name="service_worker"),
    path("field/", views_field.shell, name="field"),
    path("field/import/", views_field.field_import, name="field_import"),
    path("field/numbers/", views_field.number_list, name="number_list"),
    path("field/numbers/<int:pk>/void/", views_field.number_void, name="number_void"),
]
