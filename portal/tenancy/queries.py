"""Finding tenants from outside any scope, for commands and tasks; and colleagues, inside one."""

from django.core.management.base import CommandError

from portal.tenancy.models import Person, Posting, Role, Tenant
from portal.tenancy.scope import platform_scope, who


def all_tenants() -> list[Tenant]:
    with platform_scope():
        return list(Tenant.objects.order_by("id"))


def tenant_named(name: str) -> Tenant:
    for tenant in all_tenants():
        if tenant.name == name:
            return tenant
    raise CommandError(f"没有名为“{name}”的租户。先运行 manage.py create_tenant。")


def colleagues(organisation_id: int | None = None) -> list[Person]:
    """Certified people now posted to an organisation (the acting person's own by default), the acting one left out."""
    me = who()
    postings = (
        Posting.objects.current()
        .filter(organisation_id=organisation_id or me.organisation_id, role=me.role)
        .exclude(person_id=me.person_id)
        .exclude(person__certificate_no="")
        .select_related("person")
        .order_by("person__name", "person_id")
    )
    return [posting.person for posting in postings]


def posted(**where) -> set[int]:
    """People now posted so; a posting that has ended hears nothing more."""
    return set(Posting.objects.current().filter(**where).values_list("person_id", flat=True))


def officers_of(enterprise_id: int) -> set[int]:
    return posted(role=Role.OFFICER, enterprise_id=enterprise_id)
