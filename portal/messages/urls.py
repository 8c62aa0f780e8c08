from django.urls import path

from portal.messages import views

urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/<int:pk>/open/", views.open_message, name="open_message"),
    path("messages/settings/", views.message_settings, name="message_settings"),
    path("messages/<int:pk>/retry/", views.message_retry, name="message_retry"),
    path("messages/<int:pk>/give-up/", views.message_give_up, name="message_give_up"),
    path("health/", views.health, name="health"),
    path("readyz", views.readyz, name="readyz"),
    path("messages/seen/", views.all_seen, name="all_seen"),
]
