from django.urls import path

from portal.reference import views

urlpatterns = [
    path("catalogs/", views.catalog_list, name="catalog_list"),
    path("catalogs/pick/", views.catalog_pick, name="catalog_pick"),
    path("catalogs/<slug:key>/", views.catalog, name="catalog"),
    path("catalogs/<slug:key>/<str:code>/", views.catalog_line, name="catalog_line"),
]
