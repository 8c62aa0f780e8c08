"""Responsible persons, certificates and the notice board on the screen and over the API."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from enterprises.actions import people, units
from enterprises.models import Credential, Enterprise, ResponsiblePerson
from tests.documents import reading
from tests.enterprises.test_pages import questions
from tests.enterprises.test_people import complete, installation, put

PHONE = "13800000001"


def body(**more):
    return {"name": "王大成", "post": "总经理", "phone": PHONE, "starts": "2026-03-01"} | more


def seen(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_an_officer_names_replaces_and_takes_off_a_responsible_person(world):
    unit = installation(world)
    officer = world.client("officer")
    address = f"/units/{unit.pk}/responsible/"
    assert "还没有主要负责人、技术负责人、操作负责人" in seen(officer, address)
    answer = officer.post(f"{address}principal/", body(), follow=True)
    assert answer.redirect_chain[-1][0] == address
    page = answer.content.decode()
    assert "还没有技术负责人、操作负责人" in page
    assert "自 2026-03-01" in page
    assert "逾期" in page  # nobody has entered the day of its registration yet
    form = seen(officer, f"{address}principal/")
    assert "现任是 王大成" in form
    [first] = entries(world)
    officer.post(f"{address}principal/", body(name="周正", starts="2026-09-10", replaces=first.pk))
    page = seen(officer, address)
    assert "2026-03-01 至 2026-09-09" in page
    [second] = entries(world, name="周正")
    officer.post(f"/responsible/{second.pk}/edit/", body(name="周正", starts="2026-09-10", registered_on="2026-09-11"))
    assert "2026-09-11 已更新登记" in seen(officer, address)
    officer.post(f"/responsible/{second.pk}/end/", {"ends": (timezone.localdate() - timedelta(days=1)).isoformat()})
    assert "还没有主要负责人" in seen(officer, address)


def entries(world, **named) -> list[ResponsiblePerson]:
    with world.as_("office"):
        return list(ResponsiblePerson.objects.filter(**named).order_by("pk"))


def test_what_was_typed_stays_when_somebody_else_was_quicker_and_may_be_sent_again(world):
    unit = installation(world)
    put(world, unit, name="吴起")
    officer = world.client("officer")
    address = f"/units/{unit.pk}/responsible/principal/"
    answer = officer.post(address, body(name="周正", starts="2026-09-10"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="周正"' in page
    assert "刚刚有了变化" in page
    assert "现任是 吴起" in page
    [incumbent] = entries(world)
    assert f'name="replaces" value="{incumbent.pk}"' in page


def test_a_stale_correction_is_shown_once_and_an_invalid_one_does_not_hide_it(world):
    unit = installation(world)
    person = put(world, unit)
    officer = world.client("officer")
    with world.as_("office"):
        people.correct(person.pk, {"post": "董事长"})
    address = f"/responsible/{person.pk}/edit/"
    invalid = officer.post(address, body(name="", revision=1))
    assert invalid.status_code == 400
    assert 'name="revision" value="1"' in invalid.content.decode()
    stale = officer.post(address, body(name="王小成", revision=1))
    assert stale.status_code == 409
    assert 'name="revision" value="2"' in stale.content.decode()
    assert officer.post(address, body(name="王小成", revision=2)).status_code == 302


def test_telephone_numbers_are_for_those_who_call(world):
    unit = installation(world)
    person = put(world, unit)
    for login, shown in {"office": True, "inspector": True, "expert": True, "officer": True, "auditor": False}.items():
        client = world.client(login)
        for address in (f"/units/{unit.pk}/responsible/", f"/units/{unit.pk}/board/"):
            page = seen(client, address)
            assert (PHONE in page) == shown, (login, address)
            assert "王大成" in page
        pdf = client.get(f"/units/{unit.pk}/board.pdf").content
        assert (PHONE in reading.text(pdf)) == shown, login
        assert ("phone" in client.get(f"/api/v1/responsible-persons/{person.pk}/").json()) == shown, login


def test_a_unit_that_needs_nobody_says_why_and_has_no_board(world):
    unit = installation(world, quantity=5)
    page = seen(world.client("officer"), f"/units/{unit.pk}/responsible/")
    assert "按所填在量辨识不构成重大危险源（S=0.5），企业也没有申报，不需要明确包保责任人" in page
    assert "/responsible/principal/" not in page
    assert world.client("officer").get(f"/units/{unit.pk}/board/").status_code == 409
    assert world.client("officer").get(f"/units/{unit.pk}/board.pdf").status_code == 409
    assert f"/units/{unit.pk}/board/" not in seen(world.client("officer"), f"/units/{unit.pk}/")


def test_the_duties_are_the_catalogs_and_its_doubts_are_said(world):
    unit = installation(world)
    page = seen(world.client("expert"), f"/units/{unit.pk}/responsible/")
    assert "每周至少一次" in page
    assert "每季度至少一次" in page
    assert "AQ 3072-2026自2026-09-30起实施，未见全文" in page
    assert page.count("可信度低，待核") == 2  # the half-yearly frequency of M5, and the catalog as a whole
    assert "频次：可信度低，待核" in page


def test_installations_without_their_people_are_found_by_what_they_lack(world):
    full, half = installation(world, name="甲罐区"), installation(world, name="乙罐区")
    complete(world, full, registered_on=date(2026, 3, 2))
    put(world, half, registered_on=date(2026, 3, 2))
    client = world.client("inspector")
    for query, found in {
        "": ["甲罐区", "乙罐区"],
        "lacking=any": ["乙罐区"],
        "lacking=none": ["甲罐区"],
        "lacking=technical": ["乙罐区"],
        "lacking=principal": [],
        "late=1": [],
        "q=乙罐": ["乙罐区"],
        "level=3": ["甲罐区", "乙罐区"],
        "level=1": [],
    }.items():
        page = seen(client, f"/responsible/?{query}")
        assert sorted(name for name in ("甲罐区", "乙罐区") if f">{name}</a>" in page) == sorted(found), query
    assert "甲罐区" not in seen(world.client("north"), "/responsible/")
    assert client.get("/responsible/?lacking=any&export=xlsx").content.startswith(b"PK")


def test_an_enterprises_people_and_certificates_stand_on_one_page(world):
    unit = installation(world)
    put(world, unit)
    officer = world.client("officer")
    plant = world.enterprises["a"]
    with world.as_("office"):
        Enterprise.objects.filter(pk=plant).update(licence_no="闽安许1", licence_until=timezone.localdate())
    address = f"/enterprises/{plant}/people/"
    told = {"kind": "special", "title": "低压电工作业", "holder": "王五", "number": "T1", "valid_until": "2026-01-01"}
    answer = officer.post(f"/enterprises/{plant}/credentials/new/", told, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == address
    for word in ("王大成", "空缺", "低压电工作业", "已过期", "闽安许1", "今天到期", "企业台账所列"):
        assert word in page, word
    with world.as_("office"):
        welder = Credential.objects.get(number="T1")
    new = {"number": "T1", "valid_until": "2032-01-01", "revision": 1}
    assert officer.post(f"/credentials/{welder.pk}/renew/", new).status_code == 302
    page = seen(officer, address)
    assert "已换证、注销的证照（1）" in page
    # The bar for photos on their way stands, hidden, on every page.
    assert "还没有" not in seen(world.client("auditor"), address).replace("还没有传完", "")
    assert "credentials/new" not in seen(world.client("auditor"), address)


def test_a_refused_certificate_keeps_what_was_typed_and_offers_the_known_titles(world):
    officer = world.client("officer")
    address = f"/enterprises/{world.enterprises['a']}/credentials/new/"
    assert "化工自动化控制仪表作业" in seen(officer, f"{address}?kind=special")
    assert "化工自动化控制仪表作业" not in seen(officer, f"{address}?kind=licence")
    answer = officer.post(
        address, {"kind": "special", "title": "自填的作业", "number": "T1", "valid_until": "2030-01-01"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="自填的作业"' in page
    assert "请填写持证人" in page


def test_the_ledgers_licence_has_no_form(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(licence_no="闽安许1")
        row = Credential.objects.get(from_ledger=True)
    officer = world.client("officer")
    for verb in ("edit", "renew", "end"):
        page = seen(officer, f"/credentials/{row.pk}/{verb}/")
        assert "来自企业台账" in page
        assert '<button class="btn btn-primary">保存' not in page
    assert officer.post(f"/credentials/{row.pk}/end/", {"ended_on": "2026-09-01"}).status_code == 409


def test_the_board_shows_who_is_in_office_today_and_marks_what_is_vacant(world):
    unit = installation(world)
    first = put(world, unit)
    put(world, unit, "technical", name="李永明")
    today = timezone.localdate()
    put(world, unit, name="明日来", starts=today + timedelta(days=1), replaces=first.pk)
    with world.as_("office"):
        units.put_holding(unit.pk, {"substance": "某助剂", "quantity_t": 1, "symbols": ["W5.3"]})
    client = world.client("officer")
    page, print_ = (
        seen(client, f"/units/{unit.pk}/board/"),
        reading.text(client.get(f"/units/{unit.pk}/board.pdf").content),
    )
    for text in (page, print_):
        assert "王大成" in text
        assert "李永明" in text
        assert "明日来" not in text
        assert text.count("空缺：未明确") == 1
        assert "液氨（重点监管危险化学品）" in text
        assert "某助剂（易燃液体" in text.replace(" ", "")
    assert f"打印日期：{today.year}年{today.month}月{today.day}日" in print_


@pytest.mark.parametrize(
    "path",
    [
        "/responsible/",
        "/expiring/",
        "/enterprises/{a}/people/",
        "/units/{unit}/responsible/",
        "/units/{unit}/responsible/principal/",
        "/units/{unit}/board/",
    ],
)
def test_pages_ask_at_most_twelve_questions(world, path):
    unit = installation(world)
    complete(world, unit)
    for name in ("乙罐区", "丙罐区"):
        complete(world, installation(world, name=name))
    asked = questions(world.client("office"), path.format(unit=unit.pk, **world.enterprises))
    assert len(asked) <= 12, "\n".join(asked)


# Over the API: the same verbs.


def send(client, method, address, told):
    return getattr(client, method)(address, json.dumps(told), content_type="application/json")


def test_responsible_persons_over_the_api(world):
    unit = installation(world)
    client = world.client("officer")
    made = send(client, "post", "/api/v1/responsible-persons/", body(unit=unit.pk, duty="technical"))
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert made.json()["register_by"] == "2026-03-06"
    again = send(client, "post", "/api/v1/responsible-persons/", body(unit=unit.pk, duty="technical", name="周正"))
    assert (again.status_code, again.json()["code"]) == (409, "refused")
    told = body(unit=unit.pk, duty="technical", name="周正", starts="2026-09-01", replaces=number)
    second = send(client, "post", "/api/v1/responsible-persons/", told).json()
    assert client.get(f"/api/v1/responsible-persons/{number}/").json()["ends"] == "2026-08-31"
    mended = send(client, "patch", f"/api/v1/responsible-persons/{second['id']}/", {"post": "副总", "revision": 1})
    assert (mended.status_code, mended.json()["post"], mended.json()["revision"]) == (200, "副总", 2)
    stale = send(client, "patch", f"/api/v1/responsible-persons/{second['id']}/", {"post": "总工", "revision": 1})
    assert stale.status_code == 409
    listed = client.get("/api/v1/responsible-persons/?current=true").json()["results"]
    assert [one["name"] for one in listed] == ["周正"]
    gone = send(client, "post", f"/api/v1/responsible-persons/{second['id']}/end/", {"ends": "2026-09-30"})
    assert gone.json()["ends"] == "2026-09-30"
    assert send(world.client("expert"), "post", "/api/v1/responsible-persons/", told).status_code == 403
    assert send(world.client("officer_b"), "post", "/api/v1/responsible-persons/", told).status_code == 404


def test_certificates_over_the_api(world):
    client = world.client("officer")
    today = timezone.localdate()
    told = {
        "enterprise": world.enterprises["a"],
        "kind": "special",
        "title": "低压电工作业",
        "holder": "王五",
        "number": "T1",
        "valid_until": (today + timedelta(days=800)).isoformat(),
        "review_due": (today + timedelta(days=20)).isoformat(),
    }
    made = send(client, "post", "/api/v1/credentials/", told)
    assert (made.status_code, made.json()["due"]) == (201, told["review_due"]), made.content
    number = made.json()["id"]
    assert [one["id"] for one in client.get("/api/v1/credentials/?within=30").json()["results"]] == [number]
    assert send(client, "post", "/api/v1/credentials/", told).status_code == 400
    mended = send(client, "patch", f"/api/v1/credentials/{number}/", {"holder": "王武"})
    assert (mended.status_code, mended.json()["holder"]) == (200, "王武")
    later = {"review_due": None, "valid_until": told["valid_until"]}
    new = send(client, "post", f"/api/v1/credentials/{number}/renew/", later).json()
    assert (new["renews"], new["due"]) == (number, told["valid_until"])
    assert client.get("/api/v1/credentials/?within=30").json()["results"] == []
    gone = send(
        client, "post", f"/api/v1/credentials/{new['id']}/end/", {"ended_on": today.isoformat(), "note": "离岗"}
    )
    assert gone.json()["ended_on"] == today.isoformat()
    standing = client.get("/api/v1/credentials/?in_force=true").json()["results"]
    assert standing == []
    assert send(world.client("auditor"), "post", "/api/v1/credentials/", told).status_code == 403
    assert send(world.client("officer_b"), "post", "/api/v1/credentials/", told).status_code == 404
