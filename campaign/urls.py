"""Every address of the portal. Each floor keeps its own list; this joins them."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.tenancy.urls")),
]
