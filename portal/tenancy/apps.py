from django.apps import AppConfig
from django.db.models.signals import post_migrate


def after_migrate(sender, using, **kwargs):
    from django.db import connections

    from portal.tenancy.gate import install_gate
    from portal.tenancy.walls import raise_walls

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('tenancy_account'), to_regclass('hazards_hazard')")
        if None in cursor.fetchone():
            return
    raise_walls(connections[using])
    install_gate(connections[using])


class TenancyConfig(AppConfig):
    name = "portal.tenancy"
    label = "tenancy"
    verbose_name = "租户与人员"

    def ready(self):
        # Signalled once the whole plan has run, so every table is there.
        from portal.tenancy.login import wire_login_signal

        post_migrate.connect(after_migrate, sender=self)
        wire_login_signal()
