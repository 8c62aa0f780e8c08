from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "portal.audit"
    label = "audit"
    verbose_name = "审计"
    audit_words = {"access.denied": "被拒绝的访问"}

    def ready(self):
        from portal.audit.export import register_lists

        register_lists()
