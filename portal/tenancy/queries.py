"""Finding tenants from outside any scope, for commands and tasks; and colleagues, inside one."""

from django.core.management.base import CommandError
from django.db.models import QuerySet

from portal.tenancy.models import Organisation, Person, Posting, Role, Tenant
from portal.tenancy.scope import current_tenant_id, platform_scope, stay, who


def all_tenants() -> list[Tenant]:
    with platform_scope():
        return list(Tenant.objects.order_by("id"))


def tenant_named(name: str) -> Tenant:
    for tenant in all_tenants():
        if tenant.name == name:
            return tenant
    raise CommandError(f"没有名为“{name}”的租户。先运行 manage.py create_tenant。")


def own_city() -> str:
    """The acting city's name; a task that was given its number alone asks once a stay."""
    if who().tenant_name:
        return who().tenant_name
    known = stay().known
    if "city" not in known:
        known["city"] = Tenant.objects.get(pk=current_tenant_id()).name
    return known["city"]


def colleagues(organisation_id: int | None = None) -> list[Person]:
    """Certified people now posted to an organisation (the acting person's own by default), the acting one left out."""
    me = who()
    postings = (
        Posting.objects.current()
        .filter(organisation_id=organisation_id or me.organisation_id, role=me.role)
        .exclude(person_id=me.person_id)
        .certified()
        .select_related("person")
        .order_by("person__name", "person_id")
    )
    return [posting.person for posting in postings]


def posted(**where) -> set[int]:
    """People now posted so; a posting that has ended hears nothing more."""
    return set(Posting.objects.current().filter(**where).values_list("person_id", flat=True))


def officers_of(enterprise_id: int) -> set[int]:
    return posted(role=Role.OFFICER, enterprise_id=enterprise_id)


def departments() -> QuerySet[Organisation]:
    """The city's own departments, by name."""
    return Organisation.objects.filter(kind=Organisation.Kind.DEPARTMENT).order_by("name")


def department_sectors() -> dict[int, tuple[str, ...]]:
    """Department → the sectors it answers for: those its people are posted for today."""
    sectors: dict[int, set[str]] = {}
    for organisation, own in (
        Posting.objects.current().filter(role=Role.DEPARTMENT).values_list("organisation_id", "sectors")
    ):
        sectors.setdefault(organisation, set()).update(own)
    return {organisation: tuple(sorted(own)) for organisation, own in sectors.items()}
