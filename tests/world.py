"""The small invented world the tests live in.

江州市: districts 江南区 and 江北区; enterprises a, b (江南) and c (江北). 澄川市: district 澄东区; enterprise x.
Every role has somebody; `logins` names them. Passwords are all PASSWORD.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.hashers import make_password
from django.test import Client

from portal.tenancy.actions import add_person, create_tenant, open_account, post
from portal.tenancy.login import GateBackend, who_is
from portal.tenancy.models import Account, District, Organisation
from portal.tenancy.scope import enter, tenant_scope

PASSWORD = "Jiangzhou-2026!"
SINCE = date(2026, 1, 1)


def checked_code(body: str) -> str:
    """A valid 统一社会信用代码 for 17 invented characters (GB 32100)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[(31 - total % 31) % 31]


ENTERPRISES = {
    "a": ("江州甲化工有限公司", "江南区", "hazchem", "production", "C"),
    "b": ("江州乙医药有限公司", "江南区", "pharma", "production", "B"),
    "c": ("江州丙仓储有限公司", "江北区", "hazchem", "storage", "D"),
    "x": ("澄川丁化工有限公司", "澄东区", "hazchem", "production", "C"),
}

# login → (role, unit, more)
PEOPLE = {
    "江州市": {
        "office": ("office", "江州市专项整治领导小组办公室", {}),
        "office2": ("office", "江州市专项整治领导小组办公室", {"leads": True}),
        "department": ("department", "江州市应急管理局", {"sectors": ["hazchem"]}),
        "inspector": ("inspector", "江南区应急管理局", {}),
        "inspector2": ("inspector", "江南区应急管理局", {}),
        "leader": ("inspector", "江南区应急管理局", {"leads": True}),
        "north": ("inspector", "江北区应急管理局", {}),
        "north2": ("inspector", "江北区应急管理局", {}),
        "expert": ("expert", None, {"enterprise": "a"}),
        "officer": ("officer", None, {"enterprise": "a"}),
        "officer_b": ("officer", None, {"enterprise": "b"}),
        "officer_c": ("officer", None, {"enterprise": "c"}),
        "auditor": ("auditor", "江州市信息中心", {}),
        "sysadmin": ("sysadmin", "江州市信息中心", {}),
        "secadmin": ("secadmin", "江州市信息中心", {}),
    },
    "澄川市": {
        "office_x": ("office", "澄川市专项整治领导小组办公室", {"leads": True}),
        "inspector_x": ("inspector", "澄东区应急管理局", {}),
        "inspector_x2": ("inspector", "澄东区应急管理局", {}),
        "officer_x": ("officer", None, {"enterprise": "x"}),
    },
}
DISTRICTS = {"江州市": ["江南区", "江北区"], "澄川市": ["澄东区"]}


@dataclass
class World:
    tenants: dict[str, int] = field(default_factory=dict)
    enterprises: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)

    made = None

    @classmethod
    def read(cls) -> "World":
        """The numbers are the same in every clone, so they are looked up once."""
        if cls.made is None:
            from enterprises.models import Enterprise
            from portal.tenancy.queries import all_tenants

            world = cls(tenants={tenant.name: tenant.pk for tenant in all_tenants()})
            for name, pk in world.tenants.items():
                with tenant_scope(pk, name):
                    by_name = dict(Enterprise.objects.values_list("name", "pk"))
                world.enterprises |= {k: by_name[e[0]] for k, e in ENTERPRISES.items() if e[0] in by_name}
                with tenant_scope(pk, name, scope="sysadmin"):
                    for login, account, person in Account.objects.values_list("username", "pk", "person_id"):
                        world.accounts[login], world.people[login] = account, person
            cls.made = world
        return cls.made

    def account(self, login: str) -> Account:
        return GateBackend().get_user(self.accounts[login])

    def who(self, login: str):
        return who_is(self.account(login))

    @contextmanager
    def as_(self, login: str):
        """Act as that person, as a request of theirs would."""
        with enter(self.who(login)) as who:
            yield who

    def client(self, login: str | None = None) -> Client:
        client = Client()
        if login:
            client.force_login(self.account(login), backend="portal.tenancy.login.GateBackend")
        return client


def build_world() -> None:
    from enterprises.models import Enterprise, GradeDecision

    hashed = make_password(PASSWORD)
    for city, people in PEOPLE.items():
        tenant = create_tenant(city, DISTRICTS[city])
        made: dict[str, Enterprise] = {}
        with tenant_scope(tenant.pk, city):
            districts = {district.name: district for district in District.objects.all()}
            for number, (key, (name, district, sector, kind, grade)) in enumerate(ENTERPRISES.items()):
                if district in districts:
                    made[key] = Enterprise.objects.create(
                        code=checked_code(f"9135010{number}MA0000{key.upper()}0{number}Q"[:17]),
                        name=name,
                        district=districts[district],
                        sector=sector,
                        kind=kind,
                        grade=grade,
                        address=f"{city}{district}化工路{number + 1}号",
                        safety_officer="方安",
                        safety_officer_phone="13800000000",
                    )
                    GradeDecision.objects.create(
                        enterprise=made[key], grade=grade, decided_on=SINCE, source="测试", by_name="系统"
                    )
        with tenant_scope(tenant.pk, city, scope="sysadmin"):
            units = {unit.name: unit for unit in Organisation.objects.select_related("district")}
            for number, (login, (role, unit, more)) in enumerate(people.items()):
                more = dict(more)
                person = add_person(f"{login}君", email=f"{login}@example.invalid", certificate_no=f"闽A{number:05d}")
                if enterprise := more.pop("enterprise", None):
                    more["enterprise_id"] = made[enterprise].pk
                post(person, role, organisation=units.get(unit), starts=SINCE, **more)
                open_account(person, login, hashed=hashed, must_change=False)
