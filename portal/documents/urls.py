from django.urls import path

from portal.documents import views

urlpatterns = [
    path("documents/codes/", views.document_codes, name="document_codes"),
    path("verify/<str:code>/", views.verify, name="verify"),
]
