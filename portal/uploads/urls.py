from django.urls import path

from portal.uploads import views

urlpatterns = [
    path("uploads/", views.uploads, name="uploads"),
    path("uploads/<uuid:key>/", views.upload, name="upload"),
]
