from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    label = "documents"
    verbose_name = "文书"
    audit_words = {"documents.code": "确认文书字轨"}
