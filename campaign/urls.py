"""Every address of the portal. Each floor keeps its own list; this joins them."""

from django.urls import include, path

from campaign import views, views_screens
from portal.ui.admin import console

urlpatterns = [
    path("", views.home, name="home"),
    path("text-size/", views.text_size, name="text_size"),
    path("dashboard/", views.dashboard_page, name="dashboard"),
    path("dashboard/repeated/", views.dashboard_repeated, name="dashboard_repeated"),
    path("dashboard/enterprises/<int:pk>/", views.enterprise_figures, name="enterprise_figures"),
    path("dashboard/screens/", views_screens.screens, name="screens"),
    path("dashboard/screens/<int:pk>/stop/", views_screens.screen_stop, name="screen_stop"),
    path("wall/<str:token>/", views_screens.wall, name="wall"),
    path("messages/undelivered/", views.undelivered_page, name="undelivered"),
    path("console/", console.urls),
    path("api/v1/", include("campaign.api_urls")),
    path("", include("portal.audit.urls")),
    path("", include("portal.documents.urls")),
    path("", include("portal.exports.urls")),
    path("", include("portal.holidays.urls")),
    path("", include("portal.messages.urls")),
    path("", include("portal.reference.urls")),
    path("", include("portal.tenancy.urls")),
    path("", include("enterprises.urls")),
    path("", include("hazards.urls")),
    path("", include("inspections.urls")),
    path("", include("accountability.urls")),
]
