"""检查覆盖率: visited at least as often as the grade asks, of those due."""

import io
from datetime import date, timedelta
from uuid import uuid4

import openpyxl
import pytest
from django.utils import timezone

from enterprises.models import Enterprise
from inspections import queries, rules
from inspections.actions import visits
from inspections.actions.frequency import set_frequency
from inspections.models import FrequencySetting
from inspections.queries.coverage_table import coverage_table
from portal.refusals import BadInput
from tests.inspections import walks
from tests.stories import INSPECTORS, person_id, supervised

NOVEMBER = date(2026, 11, 23)


def visited(world, enterprise: str, day: date) -> None:
    lead, second = INSPECTORS[enterprise]
    second_id = person_id(world, second)
    with world.as_(lead):
        visits.record_visit(
            Enterprise.objects.get(pk=world.enterprises[enterprise]),
            key=uuid4(),
            second_id=second_id,
            visited_on=day,
            answers=[{"code": walks.FIRST, "verdict": "ok"}],
        )


def lacking(world, on: date) -> set[str]:
    with world.as_("office"):
        return set(queries.lacking(on).values_list("grade", flat=True))


@pytest.mark.parametrize(
    ("day", "months", "first", "name"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 1), "11月"),
        (date(2026, 12, 31), 2, date(2026, 11, 1), "11—12月"),
        (date(2026, 11, 1), 3, date(2026, 10, 1), "10—12月"),
        (date(2026, 6, 30), 6, date(2026, 1, 1), "1—6月"),
        (date(2026, 7, 1), 6, date(2026, 7, 1), "7—12月"),
        (date(2026, 7, 1), 12, date(2026, 1, 1), "2026年"),
    ],
)
def test_a_period_is_the_calendars(day, months, first, name):
    assert rules.period_start(day, months) == first
    assert rules.period_name(day, months) == name


def test_a_frequency_that_does_not_divide_a_year_is_an_error():
    assert rules.frequency({"A": 1})["A"] == 12
    with pytest.raises(ValueError, match="A级"):
        rules.frequency({"A": 5})


def test_each_grade_has_its_own_period(world, on_day):
    with on_day(date(2026, 12, 2)):
        assert lacking(world, date(2026, 12, 2)) == {"B", "C", "D"}
        for enterprise, day in (("a", date(2026, 11, 1)), ("b", date(2026, 10, 1)), ("c", date(2026, 11, 30))):
            visited(world, enterprise, day)
        assert lacking(world, date(2026, 11, 30)) == set()
        assert lacking(world, date(2026, 12, 2)) == {"D"}, "December's monthly visit is still to come"
    assert lacking(world, date(2027, 1, 1)) == {"B", "C", "D"}


def test_coverage_counts_due_and_visited_by_district_and_grade(world, on_day):
    with on_day(NOVEMBER):
        for _ in range(2):
            visited(world, "a", NOVEMBER)
        with world.as_("office"):
            rows = {(row.district_id, row.grade): (row.due, row.visited) for row in queries.coverage(NOVEMBER)}
            places = dict(Enterprise.objects.values_list("grade", "district_id"))
    assert rows == {(places["C"], "C"): (1, 1), (places["B"], "B"): (1, 0), (places["D"], "D"): (1, 0)}


def test_a_district_sees_its_own_coverage(world):
    with world.as_("north"):
        assert [row.grade for row in queries.coverage(NOVEMBER)] == ["D"]


def test_a_visit_under_way_or_abandoned_covers_nothing(world, on_day):
    with on_day(NOVEMBER):
        walks.walked(world)
        visit = walks.walked(world)
        with world.as_("inspector"):
            visits.abandon_visit(visit.pk, "重复")
        assert "C" in lacking(world, NOVEMBER)


def test_an_enterprise_without_grade_is_not_due(world):
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(grade="")
    assert lacking(world, NOVEMBER) == {"B", "D"}


def test_a_suspended_enterprise_is_due_every_month(world, on_day):
    with on_day(NOVEMBER):
        visited(world, "b", date(2026, 10, 20))
        assert "B" not in lacking(world, NOVEMBER)
        with world.as_("office"):
            Enterprise.objects.filter(pk=world.enterprises["b"]).update(suspended_since=date(2026, 11, 1))
        assert "B" in lacking(world, NOVEMBER)


def test_a_city_may_set_its_own_frequency_from_a_day_on(world, on_day):
    with on_day(NOVEMBER):
        visited(world, "b", date(2026, 10, 20))
        with world.as_("office"):
            set_frequency(grade="B", visits_a_year=12, from_day=date(2026, 11, 25), reason="市安委〔2026〕9号")
        assert "B" not in lacking(world, NOVEMBER)
        assert "B" in lacking(world, date(2026, 11, 25))
    with on_day(date(2026, 11, 25)), world.as_("office"):
        assert "B级每月" in queries.coverage_means()


@pytest.mark.parametrize(
    "wrong",
    [
        {"visits_a_year": 5},
        {"grade": "E"},
        {"from_day": date(2026, 11, 22)},
        {"reason": " "},
    ],
)
def test_a_frequency_is_set_with_a_reason_for_days_to_come_and_divides_a_year(world, on_day, wrong):
    told = {"grade": "B", "visits_a_year": 12, "from_day": NOVEMBER, "reason": "市安委〔2026〕9号"}
    with on_day(NOVEMBER), world.as_("office"):
        with pytest.raises(BadInput) as refused:
            set_frequency(**told | wrong)
        assert refused.value.field == next(iter(wrong))
        set_frequency(**told)


def test_of_two_settings_of_one_day_the_later_one_stands(world, on_day):
    with on_day(NOVEMBER), world.as_("office"):
        for times in (12, 2):
            set_frequency(grade="B", visits_a_year=times, from_day=NOVEMBER, reason="更正")
        assert queries.city_frequency(NOVEMBER)["B"] == 6


@pytest.mark.parametrize("login", ["inspector", "leader", "department"])
def test_who_is_not_the_office_reads_the_frequency_and_does_not_set_it(world, login):
    client = world.client(login)
    page = client.get("/visits/frequency/").content.decode()
    assert "每两个月一次" in page
    assert "设定频次" not in page
    told = {"grade": "B", "visits_a_year": "12", "from_day": timezone.localdate(), "reason": "试"}
    assert client.post("/visits/frequency/", told).status_code == 403
    with world.as_("office"):
        assert not FrequencySetting.objects.exists()


def test_the_office_sets_the_frequency_on_its_page_and_loses_nothing_typed(world):
    client, told = world.client("office"), {"grade": "B", "visits_a_year": "12", "reason": "市安委〔2026〕9号"}
    answer = client.post("/visits/frequency/", told | {"from_day": "2026-01-01"})
    assert answer.status_code == 400
    assert "市安委〔2026〕9号" in answer.content.decode()
    assert client.post("/visits/frequency/", told | {"from_day": timezone.localdate()}).status_code == 302
    assert "市安委〔2026〕9号" in client.get("/visits/frequency/").content.decode()


def test_a_plant_with_a_supervised_hazard_is_due_every_month(world, on_day):
    with on_day(NOVEMBER):
        visited(world, "b", date(2026, 10, 20))
        assert "B" not in lacking(world, NOVEMBER)
        supervised(world, "b", "office")
        assert "B" in lacking(world, NOVEMBER)


def test_the_ledgers_list_finds_those_without_a_visit_since_a_day_on_page_api_and_export(world):
    walks.finished(world, "a")
    walks.walked(world, "b")  # not finished is not visited
    client = world.client("inspector")
    today = timezone.localdate()
    for day, names in (
        (today, {"江州乙医药有限公司"}),
        (today + timedelta(days=1), {"江州甲化工有限公司", "江州乙医药有限公司"}),
    ):
        answer = client.get(f"/api/v1/enterprises/?not_visited_since={day}").json()
        assert {one["name"] for one in answer["results"]} == names
        page = client.get(f"/enterprises/?not_visited_since={day}").content.decode()
        assert {name for name in ("江州甲化工有限公司", "江州乙医药有限公司") if name in page} == names
        rows = openpyxl.load_workbook(
            io.BytesIO(client.get(f"/enterprises/?not_visited_since={day}&export=xlsx").content)
        ).worksheets[0]
        assert {row[0].value for row in rows.iter_rows(min_row=2)} == names


def test_the_table_shows_each_district_and_grade_and_opens_to_the_same_enterprises(world, on_day):
    with on_day(NOVEMBER):
        visited(world, "a", NOVEMBER)
        client = world.client("office")
        assert len(walks.statements(client, "/visits/coverage/")) <= 12
        page = client.get("/visits/coverage/").content.decode()
        with world.as_("office"):
            rows = coverage_table(NOVEMBER)
        assert [(row.name, [(cell.visited, cell.due) for cell in row.cells]) for row in rows] == [
            ("江南区", [(0, 0), (1, 1), (0, 1), (0, 0), (1, 2)]),
            ("江北区", [(0, 1), (0, 0), (0, 0), (0, 0), (0, 1)]),
            ("合计", [(0, 1), (1, 1), (0, 1), (0, 0), (1, 3)]),
        ]
        assert "B级每季度" in page
        for cell in (cell for row in rows for cell in row.cells if cell.due):
            for word, number in (("", cell.due), ("1", cell.visited), ("0", cell.lacking)):
                assert f"{cell.query}{word}".replace("&", "&amp;") in page or number == 0
                listed = client.get(f"/visits/due/{cell.query}{word}").content.decode()
                assert f"共 <strong>{number}</strong> 条" in listed
        told = client.get("/api/v1/visit-coverage/").json()
    assert sum(row["due"] for row in told["rows"]) == 3
    assert "B级每季度" in told["definition"]


def test_without_a_setting_of_the_city_each_grade_has_the_handbooks_frequency():
    """Months between visits (handbook §7): D monthly, C every two months, B quarterly, A half-yearly; pressed ones monthly."""
    assert rules.frequency() == {"D": 1, "C": 2, "B": 3, "A": 6, rules.PRESSED: 1}
