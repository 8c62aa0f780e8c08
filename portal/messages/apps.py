from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "portal.messages"
    label = "messaging"
    verbose_name = "消息"
    audit_words = {
        "messages.retry": "重试未送达的消息",
        "messages.give_up": "不再发送未送达的消息",
        "messages.prefer": "修改接收设置",
    }
