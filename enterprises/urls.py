from django.urls import path

from enterprises import views

urlpatterns = [
    path("enterprises/", views.enterprise_list, name="enterprise_list"),
    path("enterprises/imports/", views.import_list, name="import_list"),
    path("enterprises/imports/new/", views.import_new, name="import_new"),
    path("enterprises/imports/<int:pk>/", views.import_detail, name="import_detail"),
    path("enterprises/imports/<int:pk>/mapping/", views.import_mapping, name="import_mapping"),
    path("enterprises/imports/<int:pk>/confirm/", views.import_confirm, name="import_confirm"),
    path("enterprises/imports/<int:pk>/progress/", views.import_progress, name="import_progress"),
    path("enterprises/imports/<int:pk>/rejected/", views.import_rejected, name="import_rejected"),
    path("enterprises/<int:pk>/", views.enterprise, name="enterprise"),
    path("enterprises/<int:pk>/edit/", views.enterprise_edit, name="enterprise_edit"),
    path("enterprises/<int:pk>/grade/", views.enterprise_grade, name="enterprise_grade"),
]
