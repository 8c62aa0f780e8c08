from django.urls import path

from portal.holidays import views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/enter/", views.calendar_enter, name="calendar_enter"),
    path("calendar/counting/", views.calendar_count, name="calendar_count"),
    path("calendar/review/", views.calendar_review, name="calendar_review"),
    path("calendar/<int:pk>/withdraw/", views.calendar_withdraw, name="calendar_withdraw"),
]
