from django.urls import path

from accountability import views

urlpatterns = [
    path("leads/", views.lead_list, name="lead_list"),
    path("leads/<int:pk>/check/", views.lead_check, name="lead_check"),
]
