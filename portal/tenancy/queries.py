"""Finding tenants from outside any scope: for commands and for tasks that hand out work."""

from django.core.management.base import CommandError

from portal.tenancy.models import Tenant
from portal.tenancy.scope import platform_scope


def all_tenants() -> list[Tenant]:
    with platform_scope():
        return list(Tenant.objects.order_by("id"))


def tenant_named(name: str) -> Tenant:
    for tenant in all_tenants():
        if tenant.name == name:
            return tenant
    raise CommandError(f"没有名为“{name}”的租户。先运行 manage.py create_tenant。")
