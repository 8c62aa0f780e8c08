from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    label = "documents"
    verbose_name = "文书"
    audit_words = {
        "documents.code": "确认文书字轨",
        "numbers.reserve": "预留文号",
        "numbers.give_back": "归还文号",
        "numbers.void": "文号声明作废",
    }
