from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "portal.files"
    label = "files"
    verbose_name = "附件"
    audit_words = {"files.damaged": "查出文件损坏", "files.infected": "文件查出病毒"}
