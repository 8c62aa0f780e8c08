"""Making a city, its units and its people, and ending their postings."""

import re
import secrets
import string
from collections.abc import Callable
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from portal.audit.record import note
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, NotAllowed, Refused
from portal.tenancy import gate
from portal.tenancy.models import (
    ADMINISTRATORS,
    FACTOR_LASTS,
    Account,
    District,
    Organisation,
    Person,
    Posting,
    Role,
    Tenant,
    fold_login,
)
from portal.tenancy.scope import in_one_piece, platform_scope, tenant_scope, who


def short_name(name: str) -> str:
    """江南区 → 江南, 石化工业园区 → 石化: what stands in a document's number."""
    return (
        re.sub(r"(高新技术产业|经济技术|工业|化工|经济)?(开发区|园区|新区|功能区)$|[市县区]$", "", name)[:12]
        or name[:12]
    )


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


def add_person(
    name: str, *, phone: str = "", email: str = "", certificate_no: str = "", certificate_until: date | None = None
) -> Person:
    demand("people.manage")
    certificate = {"certificate_no": certificate_no, "certificate_until": certificate_until}
    person = Person.objects.create(name=name, phone=phone, email=email, **certificate)
    note("people.add", person)
    return person


def change_record(record: District | Organisation | Person, changed: list[str]) -> None:
    """A district, unit or person as the console has it now; a new one where it has no number yet."""
    demand("people.manage")
    verb = "change" if record.pk else "add"
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise BadInput("已有同名的记录，请换一个名称。", field="name") from error
    note(f"{record._meta.model_name}.{verb}", record, {name: str(getattr(record, name)) for name in changed})


POSTING_FAULTS = {
    "an_inspector_has_a_district": ("区县监管执法人员须属于某个区县。", "organisation"),
    "an_officer_or_expert_has_an_enterprise": ("企业安全员和专家须指明企业编号。", "enterprise_id"),
    "tenancy_posting_enterprise_id_wall_fk": ("没有这个编号的企业。", "enterprise_id"),
    "posting_ends_after_start": ("任职止不能早于任职起。", "ends"),
}


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
    return begin_posting(
        person,
        role,
        organisation=organisation,
        district=district,
        enterprise_id=enterprise_id,
        sectors=sectors,
        leads=leads,
        starts=starts,
        ends=ends,
    )


def assign_expert(person: Person, enterprise_id: int, *, starts: date, ends: date) -> Posting:
    """An expert sees one enterprise from the first to the last day of a term, and nothing before or after."""
    demand("assessments.open")
    return begin_posting(person, Role.EXPERT, enterprise_id=enterprise_id, starts=starts, ends=ends)


def end_assignment(posting_id: int) -> None:
    """Access ends with the next request. One that is over already stays as it was."""
    demand("assessments.open")
    yesterday = timezone.localdate() - timedelta(days=1)
    posting = Posting.objects.select_for_update(of=("self",)).get(pk=posting_id, role=Role.EXPERT)
    if posting.ends is None or posting.ends > yesterday:
        cut_short(posting, yesterday)


def begin_posting(
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
    if person.pk == who().person_id:
        raise NotAllowed("不能给自己任职，请由另一位管理员办理。")
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
            raise BadInput("系统管理员、安全管理员、审计管理员不能由同一人担任（三权分立）。", field="role") from error
        for constraint, (sentence, field) in POSTING_FAULTS.items():
            if constraint in str(error):
                raise BadInput(sentence, field=field) from error
        raise
    note("postings.start", posting, {"person": person.name, "role": role, "leads": leads}, label=person.name)
    return posting


before_ending: list[Callable[[Posting, date], None]] = []
"""Asked before a posting is ended by hand; upper floors raise Refused where something would be left to nobody."""


def end_posting(posting: Posting, ends: date) -> None:
    """Access ends with the next request after that day; a day already past ends it at once."""
    demand("postings.manage")
    for ask in before_ending:
        ask(posting, ends)
    cut_short(posting, ends)


def hand_over_postings(enterprise_id: int, to: int | None) -> list[dict]:
    """The people of an enterprise that is merged into another: from today on they are the other's, or (`to` None) nobody's.

    Returns what was ended and what began instead, for `give_back_postings`. Their access changes with the next request.
    """
    demand("enterprises.merge")
    today = timezone.localdate()
    there = set(Posting.objects.current().filter(enterprise_id=to).values_list("person_id", "role")) if to else set()
    changed = []
    for posting in still_posted(enterprise_id).select_for_update(of=("self",)).select_related("person").order_by("id"):
        kept = {"ended": posting.pk, "ends": posting.ends and posting.ends.isoformat(), "began": None}
        if to and (posting.person_id, posting.role) not in there:
            kept["began"] = post_elsewhere(posting, to, max(today, posting.starts)).pk
        cut_short(posting, today - timedelta(days=1))
        changed.append(kept)
    return changed


def give_back_postings(changed: list[dict], enterprise_id: int) -> None:
    """Those whom a merger that is undone took along, or whose access it ended, are posted where they were."""
    demand("enterprises.merge")
    today = timezone.localdate()
    for kept in changed:
        ended = Posting.objects.select_related("person").get(pk=kept["ended"])
        began = Posting.objects.current().filter(pk=kept["began"]).first()
        if began:
            cut_short(began, today - timedelta(days=1))
        ends = date.fromisoformat(kept["ends"]) if kept["ends"] else None
        # Who was taken off the kept enterprise since is not brought back by this.
        if (began or not kept["began"]) and (ends is None or ends >= today):
            ended.ends = ends
            post_elsewhere(ended, enterprise_id, today)


def still_posted(enterprise_id: int):
    """Everybody who is or will be posted there."""
    return Posting.objects.filter(Q(ends=None) | Q(ends__gte=timezone.localdate()), enterprise_id=enterprise_id)


def post_elsewhere(posting: Posting, enterprise_id: int, starts: date) -> Posting:
    same = {name: getattr(posting, name) for name in ("person", "role", "organisation", "district", "sectors", "leads")}
    made = Posting.objects.create(**same, enterprise_id=enterprise_id, starts=starts, ends=posting.ends)
    note("postings.start", made, {"person": posting.person.name, "role": posting.role}, label=posting.person.name)
    return made


def cut_short(posting: Posting, ends: date) -> None:
    # A posting made in error today ends at once as well: it is kept, as one of a day already past.
    posting.ends, posting.starts = ends, min(posting.starts, ends)
    posting.save(update_fields=["starts", "ends"])
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


def one_time_password() -> str:
    """16 characters of all four kinds; what two look alike as is left out, because it is read out or copied by hand."""
    kinds = [string.ascii_lowercase, string.ascii_uppercase, string.digits, "!@#%+=?-"]
    kinds = ["".join(c for c in kind if c not in "l1IO0o") for kind in kinds]
    picked = [secrets.choice(kind) for kind in kinds] + [secrets.choice("".join(kinds)) for _ in range(12)]
    secrets.SystemRandom().shuffle(picked)
    return "".join(picked)


def reset_password(account: Account) -> str:
    """A one-time password nobody chose, to be shown once; every session of the account ends with its next request."""
    demand("people.manage")
    password = one_time_password()
    account.password, account.must_change_password = make_password(password), True
    account.save(update_fields=["password", "must_change_password"])
    note("accounts.reset", account, label=account.username)
    return password


def set_active(account: Account, active: bool) -> None:
    """Close a login or open it again; a closed one is refused with its next request."""
    demand("accounts.close")
    account.is_active = active
    account.save(update_fields=["is_active"])
    note("accounts.open_again" if active else "accounts.close", account, label=account.username)


def is_administrator(account: Account) -> bool:
    """Posted as one of the three administrators at any time: who may end a posting could otherwise step round the second word."""
    return Posting.objects.filter(person=account.person_id, role__in=ADMINISTRATORS).exists()


def consent_to_factor(account: Account) -> None:
    """The second word on resetting an administrator's second factor; it lasts FACTOR_LASTS and for one reset."""
    demand("accounts.consent", account)
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if not is_administrator(account):
        raise Refused("这不是管理员的账号，不需要另一位管理员同意，由安全管理员直接重置。")
    account.factor_consent_by_id, account.factor_consent_at = who().person_id, timezone.now()
    account.save(update_fields=["factor_consent_by", "factor_consent_at"])
    note("accounts.consent", account, label=account.username)


@in_one_piece
def reset_factor(account: Account, reason: str = "") -> str:
    """End every second factor and session of an account; returns the one-time code it is enrolled anew with, to be shown once.

    The code is handed over outside the portal and asked beside the password; whoever knows one of them alone gets nowhere.
    """
    demand("accounts.factor", account)
    account = Account.objects.select_for_update(of=("self",)).select_related("person").get(pk=account.pk)
    consent = account.factor_consent_by_id if account.factor_consent_until else None
    # The portal itself acts from the command line alone, where no administrator is left to consent.
    if who().role != "system" and is_administrator(account) and consent in (None, who().person_id):
        raise Refused(
            "这是管理员的账号：须先由另一位系统管理员或安全管理员在本账号页点“同意重置”（24小时内有效），再由您重置。"
        )
    dropped = gate.call("gate_drop_factors", account.pk)["dropped"]  # type: ignore[index]
    if not dropped and not account.factor_code:
        raise Refused("这个账号没有绑定动态口令，不需要重置：要求用动态口令时，本人登录后按页面提示扫码绑定。")
    code = one_time_password()
    account.factor_code, account.factor_reset_at = make_password(code), timezone.now()
    account.factor_consent_by_id = account.factor_consent_at = None
    account.save(update_fields=["factor_code", "factor_reset_at", "factor_consent_by", "factor_consent_at"])
    note("accounts.factor", account, {"devices": dropped, "consent": consent, "reason": reason}, label=account.username)
    until = timezone.localtime(account.factor_reset_at + FACTOR_LASTS)
    tell(
        [account.person_id],  # type: ignore[list-item]
        f"factor:{account.pk}:{account.factor_reset_at.isoformat()}",
        "您的动态口令已重置",
        f"{who().person_name}重置了您登录用的动态口令：原来的验证器不能再用，所有设备上的登录已经退出。"
        f"请在{until:%Y年%-m月%-d日%H:%M}前登录，用管理员当面或电话告诉您的一次性验证码重新绑定。"
        "如果不是您要求的，请马上联系本市安全管理员停用账号。",
        "/",
        urgent=True,
    )
    return code


def ask_second_factor(tenant: Tenant, roles: list[str]) -> None:
    """Name the roles that must give a TOTP code at login (settings `totp_roles`)."""
    demand("security.manage")
    before = tenant.settings.get("totp_roles", [])
    tenant.settings = tenant.settings | {"totp_roles": sorted(roles)}
    tenant.save(update_fields=["settings"])
    note("security.totp_roles", tenant, {"from": before, "to": sorted(roles)})
