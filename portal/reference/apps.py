from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "portal.reference"
    label = "reference"
    verbose_name = "法规目录"
