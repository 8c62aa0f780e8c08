from django.urls import path

from portal.exports import views

urlpatterns = [
    path("exports/", views.export_list, name="export_list"),
    path("exports/start/", views.export_start, name="export_start"),
    path("exports/<int:pk>/", views.export, name="export"),
    path("exports/<int:pk>/progress/", views.export_progress, name="export_progress"),
    path("exports/<int:pk>/restart/", views.export_restart, name="export_restart"),
    path("exports/<int:pk>/download/", views.export_download, name="export_download"),
]
