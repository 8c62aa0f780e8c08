from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "检查"

    def ready(self):
        from enterprises.panels import register
        from inspections.panels import visits_panel

        register("检查记录", 20, "visits.view", visits_panel)
