"""证照: every validity on record, the ledger's licence among them, and what expires counted to the day."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.http import Http404

from enterprises.actions import credentials
from enterprises.actions.facts import edit_facts
from enterprises.actions.ledger import write_ledger
from enterprises.ledger import LedgerRow
from enterprises.models import Credential, Enterprise
from enterprises.queries.credentials import credentials_of, expiring, expiring_counts
from portal.refusals import BadInput, NotAllowed, Refused
from portal.tenancy.models import District

TODAY = date(2026, 9, 14)


@pytest.fixture(autouse=True)
def in_september(on_day):
    with on_day(TODAY):
        yield


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


WELDER = {
    "kind": "special",
    "title": "熔化焊接与热切割作业",
    "holder": "王五",
    "number": "T1",
    "valid_from": date(2023, 10, 1),
    "valid_until": days(400),
}


def enter(world, key="a", *, by="officer", **told) -> Credential:
    with world.as_(by):
        return credentials.add_credential(world.enterprises[key], WELDER | told)


def due_of(world, credential) -> date | None:
    with world.as_("office"):
        return Credential.objects.get(pk=credential.pk).due


def test_a_renewal_keeps_the_old_validity_and_counts_the_new_one_alone(world):
    old = enter(world, valid_until=days(10))
    with world.as_("officer"):
        new = credentials.renew_credential(old.pk, {"valid_from": days(11), "valid_until": days(2000)}, revision=1)
        assert (new.title, new.holder, new.number, new.renews_id) == ("熔化焊接与热切割作业", "王五", "T1", old.pk)
        assert not expiring().filter(pk__in=[old.pk, new.pk]).exists()
        enterprise = Enterprise.objects.get(pk=world.enterprises["a"])
        listed = credentials_of(enterprise)
        assert [one.pk for one in listed.standing] == [new.pk]
        assert [(one.pk, one.valid_until) for one in listed.past] == [(old.pk, days(10))]
        with pytest.raises(Refused, match="只留作记录"):
            credentials.renew_credential(old.pk, {"valid_until": days(3000)})


@pytest.mark.parametrize("until", [days(10), days(9), None])
def test_a_renewal_lasts_longer_than_what_it_renews(world, until):
    old = enter(world, valid_until=days(10))
    with world.as_("officer"), pytest.raises(BadInput):
        credentials.renew_credential(old.pk, {"valid_until": until})
    with world.as_("officer"):
        assert Credential.objects.get(pk=old.pk).renewed_on is None


def test_a_certificate_that_misses_its_review_is_due_on_the_day_of_the_review(world):
    """特种作业操作证: six years, reviewed every three (training_rules 13, 14)."""
    welder = enter(world, review_due=days(20), valid_until=days(1100))
    assert due_of(world, welder) == days(20)
    with world.as_("officer"):
        reviewed = credentials.renew_credential(welder.pk, {"review_due": None, "valid_until": days(1100)})
    assert due_of(world, reviewed) == days(1100)


def test_the_same_certificate_is_entered_once_and_again_after_it_has_ended(world):
    first = enter(world)
    with pytest.raises(BadInput, match="已经登记"):
        enter(world)
    with world.as_("officer"):
        credentials.end_credential(first.pk, TODAY, note="离岗")
    assert enter(world).pk != first.pk


def test_what_has_ended_is_on_record_and_no_longer_expires(world):
    welder = enter(world, valid_until=days(5))
    with world.as_("officer"):
        assert expiring().filter(pk=welder.pk).exists()
        credentials.end_credential(welder.pk, days(-1), note="离岗", revision=1)
        assert not expiring().filter(pk=welder.pk).exists()
        assert [one.note for one in credentials_of(welder.enterprise).past] == ["离岗"]
        with pytest.raises(Refused):
            credentials.change_credential(welder.pk, {"holder": "赵六"})


def test_a_change_made_on_what_somebody_else_changed_is_refused(world):
    welder = enter(world)
    with world.as_("inspector"):
        assert credentials.change_credential(welder.pk, {"holder": "王武"}, revision=1) == ["持证人"]
    with world.as_("officer"):
        for verb in (
            lambda: credentials.change_credential(welder.pk, {"holder": "王舞"}, revision=1),
            lambda: credentials.renew_credential(welder.pk, {"valid_until": days(3000)}, revision=1),
            lambda: credentials.end_credential(welder.pk, TODAY, revision=1),
        ):
            with pytest.raises(Refused, match="被他人修改"):
                verb()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": " "}, "title"),
        ({"number": ""}, "number"),
        ({"holder": ""}, "holder"),
        ({"valid_until": None}, "valid_until"),
        ({"valid_until": date(2023, 9, 30)}, "valid_until"),
        ({"valid_until": date(206, 9, 30), "valid_from": None}, "valid_until"),
        ({"review_due": days(401)}, "review_due"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(world, told, field):
    with pytest.raises(BadInput) as refusal:
        enter(world, **told)
    assert refusal.value.field == field
    with world.as_("office"):
        assert not Credential.objects.filter(from_ledger=False).exists()


@pytest.mark.parametrize("login", ["expert", "department", "auditor"])
def test_those_who_only_read_change_nothing(world, login):
    welder = enter(world)
    for verb in (
        lambda: credentials.add_credential(world.enterprises["a"], WELDER | {"number": "T2"}),
        lambda: credentials.change_credential(welder.pk, {"holder": "赵六"}),
        lambda: credentials.renew_credential(welder.pk, {"valid_until": days(3000)}),
        lambda: credentials.end_credential(welder.pk, TODAY),
    ):
        with pytest.raises(NotAllowed), world.as_(login):
            verb()


@pytest.mark.parametrize("login", ["officer_b", "north", "office_x"])
def test_another_plants_certificates_are_not_there(world, login):
    welder = enter(world)
    with world.as_(login):
        with pytest.raises(Http404):
            credentials.add_credential(world.enterprises["a"], WELDER)
        with pytest.raises(Http404):
            credentials.end_credential(welder.pk, TODAY)
        assert not Credential.objects.filter(enterprise_id=world.enterprises["a"]).exists()


# The ledger's own licence.


def of_the_ledger(world, key="a") -> list[tuple[str, date | None]]:
    with world.as_("office"):
        found = Credential.objects.filter(enterprise_id=world.enterprises[key], from_ledger=True)
        return list(found.values_list("number", "valid_until"))


def test_the_ledgers_licence_is_among_the_certificates_however_it_came_into_the_ledger(world):
    assert of_the_ledger(world) == []
    with world.as_("inspector"):
        edit_facts(world.enterprises["a"], {"licence_no": "闽WH安许证〔2026〕1号", "licence_until": days(30)})
    assert of_the_ledger(world) == [("闽WH安许证〔2026〕1号", days(30))]
    with world.as_("office"):
        enterprise = Enterprise.objects.get(pk=world.enterprises["a"])
        rows = [
            LedgerRow(
                excel_row=number,
                code=code,
                name=name,
                district="江南区",
                sector="危险化学品",
                kind="生产",
                licence_no=f"许{number}",
                licence_until=days(number),
            )
            for number, (code, name) in enumerate(
                [(enterprise.code, enterprise.name), ("91350100MA000000XA", "新厂甲"), ("91350100MA000000XB", "新厂乙")]
            )
        ]
        write_ledger(rows, "台账.xlsx")
        assert sorted(Credential.objects.filter(from_ledger=True).values_list("number", "valid_until")) == [
            ("许0", days(0)),
            ("许1", days(1)),
            ("许2", days(2)),
        ]
        Enterprise.objects.filter(pk=enterprise.pk).update(licence_until=days(400))
    assert of_the_ledger(world) == [("许0", days(400))]
    with world.as_("office"):
        Enterprise.objects.filter(pk=enterprise.pk).update(licence_until=None, licence_no="")
        assert credentials_of(enterprise).standing == []


def test_the_ledgers_licence_moves_with_its_enterprise_to_another_district(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(licence_no="许1", licence_until=days(3))
        north = District.objects.get(name="江北区")
        edit_facts(world.enterprises["a"], {"district": "江北区", "licence_until": days(4)})
        row = Credential.objects.get(enterprise_id=world.enterprises["a"], from_ledger=True)
        assert (row.district_id, row.due) == (north.pk, days(4))


def test_the_ledgers_licence_is_changed_in_the_ledger_alone_and_not_entered_twice(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(licence_no="许1", licence_until=days(3))
        row = Credential.objects.get(from_ledger=True)
    with world.as_("officer"):
        for verb in (
            lambda: credentials.change_credential(row.pk, {"number": "许2"}),
            lambda: credentials.renew_credential(row.pk, {"valid_until": days(900)}),
            lambda: credentials.end_credential(row.pk, TODAY),
        ):
            with pytest.raises(Refused, match="来自企业台账"):
                verb()
    with pytest.raises(BadInput, match="不用再登记"):
        enter(world, kind="licence", title="安全生产许可证", number="许1", holder="")


def test_who_may_not_change_the_ledger_cannot_change_its_licence_by_the_back_door(world):
    """The trigger acts with the rights of whoever changes the enterprise: the officer's scope may not."""
    with world.as_("officer"), pytest.raises(Exception, match="permission denied"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(licence_until=days(900))


# What expires.


def test_thirty_days_means_today_and_the_thirtieth_day_included(world):
    for number in (-1, 0, 30, 31, 60, 61, 90, 91):
        enter(world, number=f"T{number}", valid_until=days(number), valid_from=None)
    with world.as_("office"):
        assert expiring_counts() == {"expired": 1, "within_30": 2, "within_60": 4, "within_90": 6}
        assert expiring().count() == 7
    page = world.client("office").get("/expiring/?within=30").content.decode()
    shown = [number for number in (-1, 0, 30, 31, 60, 61, 90, 91) if f">T{number}<" in page]
    assert shown == [0, 30]


def test_the_page_lists_certificates_and_licences_soonest_first_each_to_those_who_see_the_plant(world):
    enter(world, valid_until=days(20), number="焊1")
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(licence_no="许甲", licence_until=days(-5))
        Enterprise.objects.filter(pk=world.enterprises["c"]).update(licence_no="许丙", licence_until=days(5))
    for login, seen in {
        "office": ["许甲", "许丙", "焊1"],
        "inspector": ["许甲", "焊1"],
        "north": ["许丙"],
        "officer": ["许甲", "焊1"],
        "officer_b": [],
        "expert": ["许甲", "焊1"],
        "auditor": ["许甲", "许丙", "焊1"],
        "office_x": [],
    }.items():
        page = world.client(login).get("/expiring/").content.decode()
        found = sorted((word for word in ("许甲", "许丙", "焊1") if f">{word}<" in page), key=page.index)
        assert found == seen, login
    narrowed = world.client("office").get("/expiring/?kind=licence&within=expired&q=甲化工").content.decode()
    assert [word for word in ("许甲", "许丙", "焊1") if f">{word}<" in narrowed] == ["许甲"]


def test_an_enterprise_merged_into_another_does_not_expire_on_its_own(world):
    enter(world, valid_until=days(5))
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(merged_into=world.enterprises["b"])
        assert not expiring().exists()


def test_the_export_holds_what_the_page_shows_and_no_telephone_number(world):
    enter(world, valid_until=days(5))
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["c"]).update(licence_no="许丙", licence_until=days(50))
    answer = world.client("office").get("/expiring/?within=30&export=xlsx")
    [head, *lines] = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    assert len(lines) == 1
    told = dict(zip(head, lines[0], strict=True))
    assert (told["企业名称"], told["持证人"], told["距到期（天）"]) == ("江州甲化工有限公司", "王五", 5)
    assert not any("13800000000" in str(cell) for cell in lines[0])


def test_the_saved_view_of_the_list_leads_back_to_it(world):
    client = world.client("inspector")
    answer = client.post("/views/save/", {"list": "expiring", "name": "过期的", "query": "within=expired"})
    assert answer.headers["Location"] == "/expiring/?within=expired"
    assert "过期的" in client.get("/expiring/?within=expired").content.decode()
