from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "accountability"
    verbose_name = "考核问责"
    audit_words = {"leads.check": "核对线索"}

    def ready(self):
        from accountability.filters import register_filters

        register_filters()
