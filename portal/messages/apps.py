from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "portal.messages"
    label = "messaging"
    verbose_name = "消息"
