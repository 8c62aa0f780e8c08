from django.urls import path

from portal.messages import views

urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/<int:pk>/open/", views.open_message, name="open_message"),
    path("messages/seen/", views.all_seen, name="all_seen"),
]
