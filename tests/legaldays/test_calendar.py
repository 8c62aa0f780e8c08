"""The calendar of one city: days the library lacks, entered with their source, used by every deadline made from then on."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.http import Http404

from enterprises.models import ResponsiblePerson
from hazards.actions import notices
from hazards.models import Hazard
from portal.holidays.actions import confirm_counting, enter_days, withdraw_day
from portal.holidays.deadlines import (
    EXTENSION_ANSWER,
    RECHECK,
    REGISTRATION,
    SUSPENSION,
    deadline_for_rule,
    fixed_deadline,
    make_deadline,
    national,
    terms,
)
from portal.holidays.models import CalendarDay
from portal.holidays.review import different
from portal.holidays.rules import Day, days_of
from portal.legaldays import MONTHS, NATURAL, PUBLISHED, WORKING
from portal.reference.files import rows
from portal.refusals import BadInput, NotAllowed
from portal.tenancy.scope import tenant_scope
from tests import stories

CITY = "江州市"
SPRING = "2027-02-05至2027-02-11 放假 春节\n2027-02-20 上班 春节"
NOTICE = "国办发明电〔2026〕9号"


@pytest.fixture(autouse=True)
def november(on_day):
    with on_day(date(2026, 11, 26)):
        yield


def due(world, start: date, length: int, unit: str = WORKING, login: str = "inspector"):
    with world.as_(login):
        return make_deadline(start, length, unit, "规则")


def entered(world, days: str = SPRING, source: str = NOTICE, **more):
    with world.as_("office"):
        return enter_days(days, source, **more)


def test_an_arrangement_is_read_as_people_write_it():
    assert days_of("2027-02-05至2027-02-06 放假 春节\n\n2027-2-20 上班") == [
        Day(date(2027, 2, 5), False, "春节"),
        Day(date(2027, 2, 6), False, "春节"),
        Day(date(2027, 2, 20), True, ""),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请填写日期"),
        ("二月五日 放假", "第1行"),
        ("2027-02-30 放假", "没有2027-02-30这一天"),
        ("2027-02-05至2027-02-01 放假", "1至31天"),
        ("2027-02-05至2027-04-01 放假", "1至31天"),
        ("2027-02-05 放假\n2027-02-05 上班", "写了两次"),
        ("1899-02-05 放假", "年份"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(world, text, said):
    with pytest.raises(BadInput, match=said):
        entered(world, text)


def test_the_citys_own_days_count_for_its_deadlines_and_are_named(world):
    plain = due(world, date(2027, 2, 18), 2)
    entered(world)
    made = due(world, date(2027, 2, 18), 2)
    assert plain.due == date(2027, 2, 22)
    assert made.due == date(2027, 2, 20)  # a Saturday worked for 春节
    assert NOTICE in made.explanation
    assert "遇春节调休" in made.explanation


def test_everybody_who_makes_a_deadline_uses_them_and_the_other_city_does_not(world):
    entered(world, "2026-12-01 放假", "江州市台风停工通知")
    for login in ("office", "department", "inspector", "officer"):
        assert due(world, date(2026, 11, 30), 1, login=login).due == date(2026, 12, 2), login
    assert due(world, date(2026, 11, 30), 1, login="inspector_x").due == date(2026, 12, 1)


def test_a_notices_deadline_and_a_registration_use_them(world):
    entered(world, "2026-12-07至2026-12-08 放假", "江州市停工通知")
    with world.as_("inspector"):
        assert notices.deadline_for(length=11).due == date(2026, 12, 9)
        assert notices.deadline_for(due=date(2026, 12, 7)).explanation.endswith("该日为休息日）")
        assert deadline_for_rule(REGISTRATION, date(2026, 12, 2)).due == date(2026, 12, 9)


def test_a_year_is_unpublished_until_its_whole_arrangement_is_entered(world):
    entered(world, "2027-02-05 放假 春节", "本地通知")
    assert due(world, date(2027, 1, 4), 30).provisional
    with world.as_("office"):
        withdraw_day(CalendarDay.objects.get().pk)
    entered(world, whole_year=True)
    made = due(world, date(2027, 1, 4), 30)
    assert not made.provisional
    assert "尚未公布" not in made.explanation


def test_the_whole_arrangement_is_of_one_year(world):
    with pytest.raises(BadInput, match="一个年份"):
        entered(world, "2027-12-31至2028-01-02 放假 元旦", whole_year=True)


def test_a_day_entered_before_is_not_overwritten(world):
    entered(world)
    with pytest.raises(BadInput, match="2027-02-05.*已经登记过"):
        entered(world, "2027-02-05 上班")
    with world.as_("office"):
        withdraw_day(CalendarDay.objects.get(day=date(2027, 2, 5)).pk)
    entered(world, "2027-02-05 上班", "更正通知")
    with world.as_("office"):
        both = CalendarDay.objects.filter(day=date(2027, 2, 5)).order_by("pk")
        assert [(one.working, one.withdrawn_at is None) for one in both] == [(False, False), (True, True)]


def test_what_is_entered_counts_at_once_also_in_the_same_transaction(world):
    with world.as_("office"):
        assert make_deadline(date(2026, 11, 30), 1, WORKING, "").due == date(2026, 12, 1)
        day = enter_days("2026-12-01 放假", "通知")[0]
        assert make_deadline(date(2026, 11, 30), 1, WORKING, "").due == date(2026, 12, 2)
        withdraw_day(day.pk)
        assert make_deadline(date(2026, 11, 30), 1, WORKING, "").due == date(2026, 12, 1)


def test_the_calendar_is_read_once_for_however_many_deadlines(world, django_assert_num_queries):
    with world.as_("inspector"), django_assert_num_queries(1):
        for length in range(1, 30):
            make_deadline(date(2026, 11, 26), length, WORKING, "")
            fixed_deadline(date(2026, 11, 26), date(2026, 12, 26), "")


@pytest.mark.parametrize("login", ["inspector", "department", "officer", "auditor", "sysadmin"])
def test_only_the_office_enters_days(world, login):
    with world.as_(login), pytest.raises(NotAllowed):
        enter_days(SPRING, NOTICE)
    day = entered(world)[0]
    with world.as_(login), pytest.raises(NotAllowed):
        withdraw_day(day.pk)
    with world.as_(login), pytest.raises(NotAllowed):
        confirm_counting(RECHECK, WORKING, "答复")


def test_another_citys_day_is_not_there(world):
    day = entered(world)[0]
    with world.as_("office_x"), pytest.raises(Http404):
        withdraw_day(day.pk)


# the catalog of legal deadlines


def test_every_line_of_the_catalog_that_is_a_length_of_days_or_months_can_be_counted(world):
    counted = {row["seq"] for row in rows("legal_deadlines") if row["unit"] in ("日", "工作日", "月", "日以内", "年")}
    periodic = {row["seq"] for row in rows("legal_deadlines") if row["day_type_code"] == "PERIODIC"}
    assert set(terms()) == counted - periodic
    with world.as_("inspector"):
        for code in terms():
            made = deadline_for_rule(code, date(2026, 3, 2))
            assert made.due > made.start
            assert f"第{code}条" in made.rule


@pytest.mark.parametrize(
    ("code", "start", "day", "unit"),
    [
        (RECHECK, "2026-09-22", "2026-10-08", NATURAL),  # deadline_test_cases.csv: the tenth day is in 国庆节
        (EXTENSION_ANSWER, "2026-11-25", "2026-11-30", NATURAL),
        ("3", "2026-02-12", "2026-02-26", WORKING),  # 听证申请5日, 行政处罚法第85条
        ("6", "2026-04-30", "2026-05-13", WORKING),
        ("8", "2026-09-16", "2026-10-08", NATURAL),
        ("25", "2026-01-05", "2026-02-02", WORKING),
        (SUSPENSION, "2026-04-03", "2026-10-08", MONTHS),
    ],
)
def test_a_deadline_by_its_line_has_the_kind_of_day_the_line_says(world, code, start, day, unit):
    with world.as_("inspector"):
        made = deadline_for_rule(code, date.fromisoformat(start))
    assert (made.due, made.unit) == (date.fromisoformat(day), unit)


def test_where_the_law_does_not_say_which_days_the_rule_says_so_and_how_they_were_counted(world):
    with world.as_("inspector"):
        made = deadline_for_rule(RECHECK, date(2026, 11, 26))
    assert "规章未界定“日”的性质，默认按自然日" in made.rule
    assert "可信度" not in made.rule
    with world.as_("inspector"):
        assert "条文可信度中" in deadline_for_rule(REGISTRATION, date(2026, 11, 26)).rule


def test_a_city_may_confirm_working_days_where_the_law_is_silent_and_only_there(world):
    with world.as_("office"):
        confirm_counting(RECHECK, WORKING, "法制机构2026年答复")
        with pytest.raises(BadInput, match="法律已经写明"):
            confirm_counting("3", NATURAL, "答复")
        with pytest.raises(BadInput, match="依据|文件"):
            confirm_counting(EXTENSION_ANSWER, WORKING, " ")
    with world.as_("inspector"):
        made = deadline_for_rule(RECHECK, date(2026, 11, 26))
        assert deadline_for_rule(EXTENSION_ANSWER, date(2026, 11, 25)).unit == NATURAL
    assert (made.due, made.unit) == (date(2026, 12, 10), WORKING)
    assert "按本市确认的工作日（法制机构2026年答复）" in made.rule
    with world.as_("inspector_x"):
        assert deadline_for_rule(RECHECK, date(2026, 11, 26)).unit == NATURAL


def test_the_portals_own_days_are_of_years_the_library_lacks_and_complete_none_of_them():
    """Once the library knows a year, its lines here are to be taken out."""
    assert {day.year for day in national()}.isdisjoint(PUBLISHED)
    assert not any(one.whole_year for one in national().values())
    assert all(one.source for one in national().values())


# what was stored before


def test_stored_deadlines_stay_as_they_are_and_those_that_would_differ_are_listed(world):
    with world.as_("inspector"):
        order = notices.deadline_for(length=40, unit=WORKING)
    hazard = stories.recorded(world)
    with world.as_("inspector"):
        notices.issue_notice([notices.Order(hazard.pk, order, "整改")], world.people["inspector2"])
        assert different() == []
    entered(world, "2027-01-04至2027-01-05 放假 雪灾", "江州市停工通知")
    with world.as_("inspector"):
        [found] = different()
        assert Hazard.objects.get(pk=hazard.pk).deadline == order.due == found.stored
    assert found.now.due > order.due
    assert found.address == f"/hazards/{hazard.pk}/"
    assert "江州市停工通知" in found.now.explanation
    for login in ("north", "office_x"):
        with world.as_(login):
            assert different() == []


def test_a_closed_hazards_deadline_is_not_looked_at_again(world):
    hazard = stories.closed(world, days=20)
    with world.as_("office"):
        Hazard.objects.filter(pk=hazard.pk).update(
            deadline_rule={"start": "2026-11-26", "length": 1, "unit": NATURAL, "due": "2026-12-30"}
        )
        assert different() == []
        Hazard.objects.filter(pk=hazard.pk).update(status="rectifying")
        assert len(different()) == 1


def test_a_registration_and_a_recheck_are_listed_too(world):
    hazard = stories.submitted(world, days=20)
    entered(world, f"{hazard.recheck_by} 放假", "通知")
    with world.as_("office"):
        assert [one.title for one in different()] == ["复查期限"]
    assert ResponsiblePerson._meta.get_field("register_rule")


def test_the_commands_print_the_day_and_the_sentence(world, capsys):
    call_command("deadline", "2026-09-28", 10, "工作日")
    assert capsys.readouterr().out == "2026-10-16\n自2026-09-28起10个工作日（当日不计入），遇国庆节调休，至2026-10-16\n"
    entered(world, "2026-12-01 放假", "江州市台风停工通知")
    call_command("deadline", "2026-11-30", 1, "工作日", "--json")
    assert json.loads(capsys.readouterr().out)["due"] == "2026-12-01"
    call_command("deadline", "2026-11-30", 1, "工作日", "--tenant", CITY, "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["due"], told["provisional"]) == ("2026-12-02", False)
    call_command("deadline", "2027-11-30", 1, "自然日")
    assert "2027年放假安排尚未公布" in capsys.readouterr().out
    for words in (("昨天", 1, "自然日"), ("2026-11-30", 0, "自然日"), ("2026-11-30", 1, "周")):
        with pytest.raises(CommandError):
            call_command("deadline", *words)


def test_the_review_command_names_the_cities_and_what_would_differ(world, capsys):
    hazard = stories.submitted(world, days=20)
    entered(world, f"{hazard.recheck_by} 放假", "通知")
    call_command("review_deadlines")
    said = capsys.readouterr().out
    assert "江州市：1项" in said
    assert f"原为{hazard.recheck_by}" in said
    assert "澄川市：没有要核对的期限" in said


# the pages


def test_the_page_takes_an_arrangement_and_leads_to_what_to_check(world):
    client = world.client("office")
    answer = client.post("/calendar/enter/", {"days": SPRING, "source": NOTICE, "whole_year": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/calendar/review/")
    page = client.get("/calendar/?year=2027").content.decode()
    assert "2027-02-20" in page
    assert "全年安排" in page
    assert page.count("撤销</button>") == 8
    assert "撤销</button>" not in world.client("inspector").get("/calendar/").content.decode()
    assert client.get("/calendar/?year=x").status_code == 200


def test_a_refused_arrangement_comes_back_as_it_was_typed(world):
    answer = world.client("office").post("/calendar/enter/", {"days": "明天 放假", "source": NOTICE})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "明天 放假" in page
    assert NOTICE in page
    assert "读不懂" in page


def test_counting_is_confirmed_on_the_page_and_shown_with_its_source(world):
    client = world.client("office")
    client.post("/calendar/counting/", {"code": RECHECK, "unit": WORKING, "source": "法制机构答复"})
    assert "法制机构答复" in client.get("/calendar/").content.decode()
    assert client.post("/calendar/counting/", {"code": "3", "unit": WORKING, "source": "x"}).status_code == 400


def test_a_provisional_deadline_says_so_where_it_is_shown(world):
    hazard = stories.issued(world, days=10)
    with tenant_scope(world.tenants[CITY], CITY):
        rule = make_deadline(date(2026, 11, 26), 90, NATURAL, "令15号第17条")
        Hazard.objects.filter(pk=hazard.pk).update(deadline=rule.due, deadline_rule=rule.as_json())
    page = world.client("officer").get(f"/hazards/{hazard.pk}/").content.decode()
    assert "2027年放假安排尚未公布" in page
    assert "放假安排未公布，暂定" in page
    preview = world.client("inspector").get("/notices/deadline/?prefix=h1&h1-length=90&h1-unit=自然日")
    assert "2027年放假安排尚未公布" in preview.content.decode()


def test_the_pages_ask_little(world, django_assert_max_num_queries):
    entered(world)
    client = world.client("office")
    client.get("/calendar/")
    with django_assert_max_num_queries(14):
        client.get("/calendar/")
    with django_assert_max_num_queries(16):
        client.get("/calendar/review/")


# the API


def test_over_the_api_the_calendar_is_read_entered_and_taken_back_by_the_same_rules(world):
    office, inspector = world.client("office"), world.client("inspector")
    sent = {"days": SPRING, "source": NOTICE, "whole_year": True}
    made = office.post("/api/v1/calendar-days/", sent, content_type="application/json")
    assert made.status_code == 201
    listed = inspector.get("/api/v1/calendar-days/?year=2027").json()["results"]
    assert {one["id"] for one in listed} == {one["id"] for one in made.json()}
    assert all(one["source"] == NOTICE for one in listed)
    again = office.post("/api/v1/calendar-days/", sent, content_type="application/json")
    assert (again.status_code, again.json()["errors"][0]["field"]) == (400, "days")
    assert inspector.post("/api/v1/calendar-days/", sent, content_type="application/json").status_code == 403
    first = f"/api/v1/calendar-days/{listed[0]['id']}/withdraw/"
    assert inspector.post(first).status_code == 403
    assert office.post(first).json()["withdrawn_by"] == "office君"


def test_over_the_api_a_deadline_is_counted_with_the_citys_days_and_explained(world):
    asked = {"start": "2026-09-28", "length": 10, "unit": WORKING}
    at = "/api/v1/calendar-days/deadline/"
    told = world.client("inspector").get(at, asked).json()
    assert (told["due"], told["provisional"]) == ("2026-10-16", False)
    assert "2026-10-16" in told["explanation"]
    with world.as_("office"):
        enter_days("2026-10-16 放假", "停工通知")
    assert world.client("inspector").get(at, asked).json()["due"] == "2026-10-19"
    told = world.client("inspector").get(at, asked | {"start": "2027-01-28"}).json()
    assert told["provisional"]
    assert "2027年放假安排尚未公布" in told["explanation"]
    for wrong in ({"length": 0}, {"unit": "星期"}, {"start": "2026-02-30"}):
        assert world.client("inspector").get(at, asked | wrong).status_code == 400
    assert world.client("officer").get(at, asked).status_code == 403


def test_over_the_api_counting_is_read_and_confirmed(world):
    client = world.client("office")
    sent = {"code": RECHECK, "unit": WORKING, "source": "法制机构答复"}
    assert client.post("/api/v1/counting-rules/", sent, content_type="application/json").status_code == 201
    told = {one["code"]: one for one in world.client("inspector").get("/api/v1/counting-rules/").json()}
    assert (told[RECHECK]["unit"], told[RECHECK]["source"]) == (WORKING, "法制机构答复")
    assert (
        client.post("/api/v1/counting-rules/", sent | {"code": "3"}, content_type="application/json").status_code == 400
    )
