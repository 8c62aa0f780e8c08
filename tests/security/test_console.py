"""The console: behind the wall, by the permission table, through actions, and without a password anybody chose."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from portal.audit.models import AuditRecord
from portal.tenancy.models import Account, District, Organisation, Person, Posting, Tenant

CONSOLE = "/console/"
PAGES = [
    "",
    *(
        f"tenancy/{kind}/{page}"
        for kind in ("district", "organisation", "person", "posting", "account")
        for page in ("", "add/")
    ),
]


def trail(world, action: str) -> list[AuditRecord]:
    with world.as_("auditor"):
        return list(AuditRecord.objects.filter(action=action).order_by("seq"))


def shown_password(response) -> str:
    return re.search(r'id="one-time-password">([^<]+)<', response.content.decode())[1].replace("&amp;", "&")


@pytest.mark.parametrize("login", ["office", "department", "inspector", "leader", "expert", "officer", "auditor"])
def test_the_console_is_for_its_two_administrators_alone(world, login):
    for page in PAGES:
        assert world.client(login).get(CONSOLE + page).status_code == 403, page


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_it_opens_in_chinese_without_inline_script_or_style(world, page):
    response = world.client("sysadmin").get(CONSOLE + page)
    assert response.status_code == 200
    text = response.content.decode()
    assert "系统管理" in text
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\son\w+=|javascript:", text)
    assert not re.search(r"https?://(?!testserver)", re.sub(r'xmlns="[^"]+"', "", text))
    assert "script-src 'self'" in response["Content-Security-Policy"]


def test_its_login_and_logout_are_the_portals(world):
    assert world.client().get(CONSOLE)["Location"] == "/login/?next=%2Fconsole%2F"
    for gone in ("login/", "logout/", "password_change/", "r/1/1/"):
        assert world.client("sysadmin").get(CONSOLE + gone).status_code == 404
    page = world.client("sysadmin").get(CONSOLE).content.decode()
    assert 'action="/logout/"' in page
    assert 'href="/account/password/"' in page


def test_a_person_is_added_posted_and_given_an_account_all_on_the_trail(world):
    client = world.client("sysadmin")
    assert client.post(f"{CONSOLE}tenancy/person/add/", {"name": "赵新来", "phone": "13800000001"}).status_code == 302
    with world.as_("sysadmin"):
        person = Person.objects.get(name="赵新来")
        bureau = Organisation.objects.get(name="江南区应急管理局")
    posting = {"person": person.pk, "role": "inspector", "organisation": bureau.pk, "starts": "2026-01-01"}
    assert client.post(f"{CONSOLE}tenancy/posting/add/", posting).status_code == 302
    with world.as_("sysadmin"):
        assert Posting.objects.get(person=person).district_id == bureau.district_id
    added = client.post(f"{CONSOLE}tenancy/account/add/", {"person": person.pk, "username": "ZhaoXinlai"})
    password = shown_password(added)
    assert len(password) >= 16
    newcomer = world.client()
    newcomer.post("/login/", {"username": "zhaoxinlai", "password": password})
    assert newcomer.get("/")["Location"] == "/account/password/"
    assert [entry.object_label for entry in trail(world, "people.add")][-1] == "赵新来"
    assert [entry.object_label for entry in trail(world, "postings.start")][-1] == "赵新来"
    opened = trail(world, "accounts.open")[-1]
    assert (opened.object_label, opened.person_name) == ("zhaoxinlai", "sysadmin君")
    assert password not in str(opened.changes)


def test_nobody_chooses_anothers_password_and_a_reset_shows_it_once(world):
    client, theirs = world.client("sysadmin"), world.client("inspector")
    page = client.get(f"{CONSOLE}tenancy/account/{world.accounts['inspector']}/change/")
    assert "password" not in page.content.decode().replace("/account/password/", "")
    client.post(
        f"{CONSOLE}tenancy/account/{world.accounts['inspector']}/change/",
        {"is_active": "on", "password": "Mine-2026-2026!"},
    )
    assert theirs.get("/hazards/").status_code == 200
    reset = f"{CONSOLE}tenancy/account/{world.accounts['inspector']}/reset/"
    assert client.get(reset).status_code == 302
    assert theirs.get("/hazards/").status_code == 200
    first, second = shown_password(client.post(reset)), shown_password(client.post(reset))
    assert first != second
    assert theirs.get("/hazards/").status_code == 302, "the old session ends"
    assert world.client().post("/login/", {"username": "inspector", "password": first}).status_code == 401
    again = world.client()
    assert again.post("/login/", {"username": "inspector", "password": second}).status_code == 302
    assert again.get("/hazards/")["Location"] == "/account/password/?next=%2Fhazards%2F"
    assert len(trail(world, "accounts.reset")) == 2
    assert second not in client.get(f"{CONSOLE}tenancy/account/{world.accounts['inspector']}/change/").content.decode()


def test_a_reset_is_the_system_administrators_and_never_across_cities(world):
    assert (
        world.client("secadmin").post(f"{CONSOLE}tenancy/account/{world.accounts['inspector']}/reset/").status_code
        == 403
    )
    assert (
        world.client("sysadmin").post(f"{CONSOLE}tenancy/account/{world.accounts['office_x']}/reset/").status_code
        == 404
    )
    assert trail(world, "accounts.reset") == []


def test_another_citys_records_are_not_there(world):
    client = world.client("sysadmin")
    for kind, number in (
        ("person", world.people["office_x"]),
        ("account", world.accounts["office_x"]),
        ("tenant", world.tenants["澄川市"]),
    ):
        status = 403 if kind == "tenant" else 404
        assert client.get(f"{CONSOLE}tenancy/{kind}/{number}/change/").status_code == status
    assert "office_x" not in client.get(f"{CONSOLE}tenancy/account/").content.decode()
    choices = client.get(
        f"{CONSOLE}autocomplete/?app_label=tenancy&model_name=posting&field_name=person&term=_x"
    ).json()
    assert choices["results"] == []
    foreign = {"person": world.people["office_x"], "role": "office", "starts": "2026-01-01"}
    assert client.post(f"{CONSOLE}tenancy/posting/add/", foreign).status_code == 200, "the form comes back with a fault"
    assert trail(world, "postings.start")[-1].object_label != "office_x君"


def test_a_list_is_narrowed_by_its_own_filters_and_by_no_hidden_column(world):
    client = world.client("secadmin")
    for hidden in (
        "password__startswith=argon2",
        "factor_code__gte=a",
        "last_login__isnull=1",
        "person__phone__startswith=1",
    ):
        answer = client.get(f"{CONSOLE}tenancy/account/?{hidden}")
        assert answer.status_code == 400, hidden
    assert "inspector" in client.get(f"{CONSOLE}tenancy/account/?is_active__exact=1").content.decode()
    assert "inspector" not in client.get(f"{CONSOLE}tenancy/account/?is_active__exact=0").content.decode()
    assert client.get(f"{CONSOLE}tenancy/posting/?role__exact=officer").status_code == 200
    assert world.client("sysadmin").get(f"{CONSOLE}tenancy/organisation/?kind__exact=office").status_code == 200


def test_nothing_is_deleted_and_djangos_own_log_is_off(world):
    client = world.client("sysadmin")
    person = f"{CONSOLE}tenancy/person/{world.people['officer']}"
    for page in ("delete/", "history/"):
        assert client.get(f"{person}/{page}").status_code == 404
        assert client.post(f"{person}/{page}", {"post": "yes"}).status_code == 404
    client.post(
        f"{CONSOLE}tenancy/person/",
        {"action": "delete_selected", "_selected_action": world.people["officer"], "post": "yes"},
    )
    with world.as_("sysadmin"):
        assert Person.objects.filter(pk=world.people["officer"]).exists()
    client.post(f"{person}/change/", {"name": "方安全", "phone": "", "email": "", "certificate_no": ""})
    assert trail(world, "person.change")[-1].changes["name"] == "方安全"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class, aclexplode(relacl) a WHERE relname = 'django_admin_log' AND a.grantee <> relowner"
        )
        assert cursor.fetchone() == (0,)


def test_a_posting_is_ended_and_its_other_facts_stay(world):
    client = world.client("secadmin")
    with world.as_("sysadmin"):
        posting = Posting.objects.get(person_id=world.people["inspector"])
    address = f"{CONSOLE}tenancy/posting/{posting.pk}/change/"
    yesterday = timezone.localdate() - timedelta(days=1)
    session = world.client("inspector")
    assert session.get("/hazards/").status_code == 200
    assert client.post(address, {"role": "office", "leads": "on", "ends": yesterday}).status_code == 302
    with world.as_("sysadmin"):
        after = Posting.objects.get(pk=posting.pk)
    assert (after.role, after.leads, after.ends) == ("inspector", False, yesterday)
    assert session.get("/hazards/").status_code == 403
    assert trail(world, "postings.end")[-1].object_id == posting.pk


def test_a_posting_begun_today_by_mistake_can_be_ended_at_once(world):
    client = world.client("sysadmin")
    today = timezone.localdate()
    with world.as_("sysadmin"):
        bureau = Organisation.objects.get(name="江北区应急管理局")
    client.post(
        f"{CONSOLE}tenancy/posting/add/",
        {"person": world.people["officer"], "role": "inspector", "organisation": bureau.pk, "starts": today},
    )
    with world.as_("sysadmin"):
        posting = Posting.objects.get(person_id=world.people["officer"], role="inspector")
    answer = client.post(f"{CONSOLE}tenancy/posting/{posting.pk}/change/", {"ends": today - timedelta(days=1)})
    assert answer.status_code == 302
    with world.as_("sysadmin"):
        assert not Posting.objects.current().filter(pk=posting.pk).exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"role": "inspector"}, "区县监管执法人员须属于某个区县"),
        ({"role": "officer"}, "须指明企业编号"),
        ({"role": "officer", "enterprise_id": "987654321"}, "没有这个编号的企业"),
        ({"role": "office", "starts": "2026-05-02", "ends": "2026-05-01"}, "不能早于"),
    ],
)
def test_a_posting_that_cannot_be_is_refused_with_what_was_typed_kept(world, given, sentence):
    client = world.client("sysadmin")
    data = {"person": world.people["officer"], "starts": "2026-05-02"} | given
    answer = client.post(f"{CONSOLE}tenancy/posting/add/", data)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert sentence in text
    assert 'value="2026-05-02"' in text


def test_the_three_administrations_exclude_one_another(world):
    for role in ("sysadmin", "secadmin"):
        answer = world.client("secadmin" if role == "sysadmin" else "sysadmin").post(
            f"{CONSOLE}tenancy/posting/add/", {"person": world.people["auditor"], "role": role, "starts": "2026-05-02"}
        )
        assert answer.status_code == 200
        assert "三权分立" in answer.content.decode() or "已违反" in answer.content.decode()


def test_nobody_posts_themselves(world):
    answer = world.client("sysadmin").post(
        f"{CONSOLE}tenancy/posting/add/", {"person": world.people["sysadmin"], "role": "office", "starts": "2026-05-02"}
    )
    assert answer.status_code == 403
    assert "不能给自己任职" in answer.content.decode()


def test_a_closed_account_is_out_with_its_next_request(world):
    session = world.client("inspector")
    assert session.get("/hazards/").status_code == 200
    world.client("secadmin").post(f"{CONSOLE}tenancy/account/{world.accounts['inspector']}/change/", {})
    assert session.get("/hazards/").status_code == 302
    assert trail(world, "accounts.close")[-1].object_label == "inspector"
    with world.as_("sysadmin"):
        assert not Account.objects.get(username="inspector").is_active


def test_the_second_factor_is_switched_on_by_the_security_administrator(world):
    address = f"{CONSOLE}tenancy/tenant/{world.tenants['江州市']}/change/"
    assert world.client("sysadmin").get(address).status_code == 403
    assert world.client("secadmin").post(address, {"totp_roles": ["office", "inspector"]}).status_code == 302
    assert world.client("inspector").get("/hazards/")["Location"] == "/account/totp/?next=%2Fhazards%2F"
    assert world.client("officer").get("/hazards/").status_code == 200
    assert trail(world, "security.totp_roles")[-1].changes["to"] == ["inspector", "office"]
    with world.as_("office"):
        assert Tenant.objects.get().name == "江州市"


def test_two_districts_of_one_name_are_refused_in_words(world):
    answer = world.client("sysadmin").post(
        f"{CONSOLE}tenancy/district/add/", {"name": "江南区", "short_name": "江南", "order": "3"}
    )
    assert answer.status_code == 200
    with world.as_("sysadmin"):
        assert District.objects.filter(name="江南区").count() == 1
    assert (
        world.client("sysadmin")
        .post(f"{CONSOLE}tenancy/district/add/", {"name": "北港区", "short_name": "北港", "order": "3"})
        .status_code
        == 302
    )
    assert trail(world, "district.add")[-1].object_label == "北港区"
