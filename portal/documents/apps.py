from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    label = "documents"
    verbose_name = "文书"
    audit_words = {
        "numbers.reserve": "预留文号",
        "numbers.give_back": "归还文号",
        "numbers.void": "文号声明作废",
    }
