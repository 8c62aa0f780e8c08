"""Making a city, its units and its people, and ending their postings."""

import re
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit.record import note
from portal.permissions import demand
from portal.refusals import BadInput
from portal.tenancy.models import Account, District, Organisation, Person, Posting, Role, Tenant, fold_login
from portal.tenancy.scope import platform_scope, tenant_scope


def short_name(name: str) -> str:
    """江南区 → 江南, 石化工业园区 → 石化: what stands in a document's number."""
    return re.sub(r"(高新技术产业|经济技术|工业|化工|经济)?(开发区|园区|新区|功能区)$|[市县区]$", "", name)[:12] or name[:12]


def create_tenant(name: str, districts: list[str]) -> Tenant:
    """A new city with its districts, its office, its emergency-management bureau and one bureau a district.

    Runs outside any scope: the platform makes the tenant and nothing else; the rest is made inside the new tenant.
    """
    names = [district.strip() for district in districts if district.strip()]
    if not name.strip() or not names or len(set(names)) != len(names):
        raise BadInput("请给出城市名称和互不重复的区县名称。")
    with transaction.atomic():
        with platform_scope():
            if Tenant.objects.filter(name=name).exists():
                raise BadInput(f"租户“{name}”已经存在。")
            tenant = Tenant.objects.create(name=name)
        with tenant_scope(tenant.pk, name, scope="sysadmin", role="system"):
            note("tenancy.create", tenant, {"districts": names})
            rows = District.objects.bulk_create(
                District(name=district, short_name=short_name(district), order=order)
                for order, district in enumerate(names)
            )
            city = short_name(name)
            Organisation.objects.bulk_create(
                [
                    Organisation(name=f"{name}专项整治领导小组办公室", short_name=city, kind="office"),
                    Organisation(name=f"{name}应急管理局", short_name=city, kind="department"),
                    Organisation(name=f"{name}信息中心", short_name=city, kind="administration"),
                    *(
                        Organisation(
                            name=f"{row.name}应急管理局", short_name=row.short_name, kind="bureau", district=row
                        )
                        for row in rows
                    ),
                ]
            )
    return tenant


def add_person(name: str, *, phone: str = "", email: str = "", certificate_no: str = "") -> Person:
    demand("people.manage")
    person = Person.objects.create(name=name, phone=phone, email=email, certificate_no=certificate_no)
    note("people.add", person)
    return person


def post(
    person: Person,
    role: str,
    *,
    organisation: Organisation | None = None,
    district: District | None = None,
    enterprise_id: int | None = None,
    sectors: list[str] | None = None,
    leads: bool = False,
    starts: date | None = None,
    ends: date | None = None,
) -> Posting:
    """Give a person a role somewhere from a day on. Administration roles exclude one another (三权分立)."""
    demand("postings.manage")
    posting = Posting(
        person=person,
        role=role,
        organisation=organisation,
        district=district or (organisation.district if organisation and role == Role.INSPECTOR else None),
        enterprise_id=enterprise_id,
        sectors=sectors or [],
        leads=leads,
        starts=starts or timezone.localdate(),
        ends=ends,
    )
    try:
        with transaction.atomic():
            posting.save()
    except IntegrityError as error:
        if "one_administration_a_person" in str(error):
            raise BadInput("系统管理员、安全管理员、审计管理员不能由同一人担任（三权分立）。") from error
        raise
    note("postings.start", posting, {"person": person.name, "role": role, "leads": leads}, label=person.name)
    return posting


def end_posting(posting: Posting, ends: date) -> None:
    """Access ends with the next request after that day; a day already past ends it at once."""
    demand("postings.manage")
    posting.ends = ends
    posting.save(update_fields=["ends"])
    note("postings.end", posting, {"ends": ends.isoformat()}, label=str(posting.person_id))


def open_account(
    person: Person, username: str, *, password: str | None = None, hashed: str | None = None, must_change: bool = True
) -> Account:
    """A login for a person; by default the first password must be changed before anything else is shown."""
    demand("people.manage")
    try:
        with transaction.atomic():
            account = Account.objects.create(
                username=fold_login(username),
                password=hashed or make_password(password),
                tenant_id=person.tenant_id,
                person=person,
                must_change_password=must_change,
            )
    except IntegrityError as error:
        raise BadInput(f"登录名“{username}”不可用，请换一个。", field="username") from error
    note("accounts.open", account, label=account.username)
    return account
