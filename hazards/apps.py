from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "hazards"
    verbose_name = "隐患与整改"

    def ready(self):
        from hazards.enterprise_panels import register_panels

        register_panels()
