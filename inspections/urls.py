from django.urls import path

from inspections import views

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
]
