"""工作报告: made by themselves, frozen with their records, worded and issued by the office, and what differs later."""

import io
import json
import threading
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from campaign import report_figures as figures
from campaign import rules_reports as rules
from campaign.actions import reports as verbs
from campaign.models import ReportFigure, ReportRecords, ReportText, WorkReport
from campaign.queries import dashboard
from campaign.queries_reports import behind, differences, report_or_404, table
from enterprises.models import Enterprise, GradeDecision
from hazards import rules as hazard_rules
from hazards.actions import moves, notices
from hazards.models import Hazard
from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.permissions import may
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import District
from portal.tenancy.scope import tenant_scope
from tests.campaign.tasks import handed
from tests.documents.reading import text as text_of
from tests.inspections import walks
from tests.races import race
from tests.reminders.rows import lay
from tests.stories import closed, extended, recorded, supervised, suspended

CITY = "江州市"
TODAY = date(2026, 11, 2)  # a Monday: the week from 26 October and all of October are over
WEEK = rules.period_of("week", date(2026, 10, 28))
MONTH = rules.period_of("month", date(2026, 10, 28))


@pytest.fixture(autouse=True)
def the_monday_after(on_day):
    with on_day(TODAY):
        yield


def made(world, period=WEEK, city: str = CITY) -> WorkReport:
    """As the task makes it, in one transaction because a test has no other."""
    with tenant_scope(world.tenants[city], city):
        return verbs.keep(period, figures.read(period.since, period.until, timezone.now()))


def value(world, report, key: str, place: str | None = None, login: str = "office") -> int:
    with world.as_(login):
        own = table(report)
        row = own.total if place is None else next(row for row in own.rows if row.name == place)
        return row.values[key]


def in_the_ledger_since(world, day: date) -> None:
    """The world's plants are as old as the run; here they were there before the period."""
    with world.as_("office"):
        Enterprise.objects.update(created_at=datetime(day.year, day.month, day.day, tzinfo=UTC))


def a_lived_week(world, on_day) -> None:
    """Something of every kind, in both districts, done on days of the week."""
    in_the_ledger_since(world, date(2026, 1, 5))
    with on_day(date(2026, 10, 27)):
        lay(world, "a", days=-3, n=2)  # overdue
        lay(world, "a", days=20, level="major")
        lay(world, "c", days=-2, status=hazard_rules.SUBMITTED, submitted_after=-4)  # in time, awaiting
        lay(world, "c", days=1, status=hazard_rules.CLOSED, submitted_after=0, n=3)
        lay(world, "c", days=-5, status=hazard_rules.CLOSED, submitted_after=-1)  # late
        extended(world, "a")
        supervised(world, "a")
        suspended(world, "c")
        walks.finished(world, "a")
        handed(world, due=date(2026, 10, 30))
    with on_day(date(2026, 10, 10)):
        lay(world, "b", days=60, n=2)  # of the month, not of the week


def test_every_number_is_the_count_of_its_frozen_records_and_the_districts_add_up_to_the_city(world, on_day):
    a_lived_week(world, on_day)
    report = made(world)
    with world.as_("office"):
        rows = list(ReportFigure.objects.filter(report=report))
        own = table(report)
        assert {row.key for row in rows} == {one.key for one in figures.FIGURES}
        for row in rows:
            assert row.value == len(set(row.records)), row.key
        for one in figures.FIGURES:
            assert own.total.values[one.key] == sum(row.values[one.key] for row in own.rows), one.key
        kept = {row.kind: len(row.records) for row in ReportRecords.objects.filter(report=report, place__name="江南区")}
        assert kept["hazard"] == len(
            {
                pk
                for row in rows
                if row.place and row.place.name == "江南区" and figures.BY_KEY[row.key].kind == "hazard"
                for pk in row.records
            }
        )
    values = own.total.values
    assert (values["found"], values["found_major"], values["found_general"]) == (11, 3, 8)
    assert values["found"] == sum(
        values[f"found_{kind}"] for kind in ("fire", "explosion", "leak", "poisoning", "other")
    )
    assert (values["closed"], values["closed_on_time"]) == (4, 3)
    assert (values["visits"], values["visited"]) == (1, 1)
    assert (values["extended"], values["supervised"], values["supervised_now"]) == (1, 1, 1)
    assert (values["suspended"], values["suspended_now"]) == (1, 1)
    assert (values["overdue"], values["awaiting"]) == (2, 1)
    assert values["enterprises"] == 3 == sum(values[f"grade_{one}"] for one in ("A", "B", "C", "D", "none"))
    assert values["late_tasks"] == 1
    assert own.total.oldest == date(2026, 10, 10)


def test_on_the_last_day_the_stocks_are_the_dashboards_own_figures(world, on_day):
    a_lived_week(world, on_day)
    with on_day(WEEK.until):
        report = made(world)
        with world.as_("office"):
            board, own = dashboard(WEEK.until).total, table(report).total.values
    assert (own["open"], own["open_major"]) == (board.hazards.open, board.hazards.major_open)
    assert (own["overdue"], own["awaiting"]) == (board.hazards.overdue, board.hazards.awaiting)
    assert (own["enterprises"], own["key"], own["two_keys"]) == (board.enterprises, board.key, board.two_keys)
    assert (own["due"], own["covered"]) == (board.due, board.visited)
    assert (own["to_assess"], own["assessed"]) == (board.to_assess, board.assessed)


def test_what_was_closed_after_the_last_day_was_open_on_it(world, on_day):
    with on_day(date(2026, 10, 27)):
        lay(world, "a", days=2, status=hazard_rules.CLOSED, submitted_after=6)  # closed on 2 November
        lay(world, "a", days=30, found_on=TODAY)  # found after it
    report = made(world)
    assert (value(world, report, "open"), value(world, report, "overdue"), value(world, report, "closed")) == (1, 1, 0)


def test_a_figure_that_does_not_count_its_records_cannot_be_kept(world):
    report = made(world)
    with world.as_("office"), pytest.raises(IntegrityError, match="a_figure_counts_its_records"), transaction.atomic():
        ReportFigure.objects.create(report=report, key="extra", value=2, records=[1])


def test_nobody_may_change_a_frozen_number(world):
    report = made(world)
    for change in ({"value": 3}, {"records": [1]}, {"key": "x"}):
        with world.as_("office"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            ReportFigure.objects.filter(report=report).update(**change)
    with world.as_("office"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ReportRecords.objects.filter(report=report).delete()


# --- made by themselves -------------------------------------------------------------------------------------------------


def test_each_night_makes_what_is_missing_once_and_says_what_came_late(committed_world, on_day):
    world = committed_world
    tenant = world.tenants[CITY]
    first = verbs.make_missing(tenant, CITY)
    assert [str(one) for one in first.reports] == ["2026年第44周周报", "2026年10月月报", "2026年第3季度季报"]
    assert [str(one) for one in first.late] == ["2026年10月月报", "2026年第3季度季报"]
    assert verbs.make_missing(tenant, CITY).reports == []
    # Beat stands still for two weeks, then the command catches up.
    out = io.StringIO()
    with on_day(date(2026, 11, 18)):
        call_command("make_reports", tenant=CITY, json=True, stdout=out)
        told = {one["report"]: one["days_late"] for one in json.loads(out.getvalue())}
        assert told == {"2026年第45周周报": 9, "2026年第46周周报": 2}
        with world.as_("office"):
            titles = set(Message.objects.filter(person_id=world.people["office"]).values_list("title", flat=True))
    assert {"2026年第44周周报已生成", "2026年第45周周报已生成，比应生成日期晚9天"} <= titles
    # What is withdrawn is counted again by the next round.
    with world.as_("office"):
        verbs.withdraw(first.reports[0].pk, "漏录一次检查")
    again = verbs.make_missing(tenant, CITY).reports
    assert [(str(one), one.state) for one in again] == [("2026年第44周周报（第2版）", "draft")]


def test_what_is_counted_in_the_night_is_told_in_the_morning_and_once(committed_world):
    world, tenant = committed_world, committed_world.tenants[CITY]

    def told() -> int:
        with world.as_("office"):
            return Message.objects.filter(
                key__endswith=":made", person_id=world.people["office"], channel="in_app"
            ).count()

    with time_machine.travel("2026-11-02T00:40:00+08:00"):
        assert len(verbs.make_missing(tenant, CITY).reports) == 3
        assert told() == 0
    for moment in ("2026-11-02T08:10:00+08:00", "2026-11-02T09:10:00+08:00"):
        with time_machine.travel(moment):
            verbs.make_missing(tenant, CITY)
        assert told() == 3


def test_two_runs_at_once_make_one_report(committed_world, monkeypatch):
    world, tenant = committed_world, committed_world.tenants[CITY]
    read = verbs.read_in_snapshot

    def slower(tenant_id, period):
        reading = read(tenant_id, period)
        monkeypatch.setattr(verbs, "read_in_snapshot", read)
        verbs.make_missing(tenant_id, CITY)  # the other run, quicker by all of this
        return reading

    monkeypatch.setattr(verbs, "read_in_snapshot", slower)
    assert [one.kind for one in verbs.make_missing(tenant, CITY).reports] == []
    with world.as_("office"):
        assert WorkReport.objects.count() == 3


def test_what_is_written_while_it_is_counted_changes_nothing_in_it(committed_world):
    world = committed_world
    lay(world, "a", days=-3, n=2, found_on=date(2026, 10, 28))
    done = []

    def meanwhile():
        with world.as_("office"):
            Hazard.objects.update(found_on=date(2026, 11, 1), deadline=date(2026, 12, 1), level="major")
        lay(world, "c", found_on=date(2026, 10, 28))
        connections.close_all()

    def count(execute, sql, *rest):
        if "hazards_hazard" in sql and not done:
            done.append(sql)
            other = threading.Thread(target=meanwhile)
            other.start()
            other.join()
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        reading = verbs.read_in_snapshot(world.tenants[CITY], WEEK)
    assert done
    assert (reading.total("found"), reading.total("found_major"), reading.total("overdue")) == (2, 0, 2)


# --- words, issuing, withdrawing ----------------------------------------------------------------------------------------


def text(world, report, section: str = "problems", place: str | None = None) -> ReportText:
    with world.as_("office"):
        return ReportText.objects.get(report=report, section=section, place__name=place) if place else (
            ReportText.objects.get(report=report, section=section, place=None)
        )  # fmt: skip


def test_the_words_are_made_from_the_figures_and_edited_by_the_office_alone(world, on_day):
    a_lived_week(world, on_day)
    report = made(world)
    assert "发现隐患11条" in text(world, report, "overview").text
    assert "逾期未销号隐患2条，其中重大0条，江南区最多" in text(world, report).text
    assert "江北区开展检查0次" in text(world, report, "overview", "江北区").text
    section = text(world, report).pk
    for login in ("inspector", "leader", "auditor"):
        with world.as_(login), pytest.raises(NotAllowed):
            verbs.edit(section, "改")
    with world.as_("office"):
        changed = verbs.edit(section, "重点是储罐区。", revision=1)
        assert (changed.text, changed.by_name, changed.revision) == ("重点是储罐区。", "office君", 2)
        with pytest.raises(Refused, match="刚刚被别人修改过"):
            verbs.edit(changed.pk, "我的话", revision=1)
        with pytest.raises(BadInput):
            verbs.edit(changed.pk, "  ")
    with world.as_("auditor"):
        last = AuditRecord.objects.filter(action="reports.edit").order_by("-seq").first()
        assert last.changes["text"][1] == "重点是储罐区。"


def test_two_who_change_a_section_at_once_do_not_overwrite_each_other(committed_world):
    world = committed_world
    section = text(world, made(world))
    edits = [lambda words=words: verbs.edit(section.pk, words, revision=1) for words in ("甲", "乙")]
    met = race(world, ("office", edits[0]), ("office2", edits[1]))
    assert sorted(type(one).__name__ for one in met) == ["NoneType", "Refused"]


def test_a_district_sees_nothing_of_a_draft_and_its_own_alone_of_what_is_issued(world, on_day):
    a_lived_week(world, on_day)
    report = made(world)
    with world.as_("inspector"):
        assert not ReportFigure.objects.exists()
        assert not ReportText.objects.exists()
        assert not ReportRecords.objects.exists()
        with pytest.raises(Http404):
            report_or_404(report.pk)
    with world.as_("office"):
        report = verbs.issue(report.pk, revision=1)
        assert len(report.digest) == 64
    with world.as_("inspector"):
        assert {row.name for row in table(report_or_404(report.pk)).rows} == {"江南区"}
        assert set(ReportText.objects.values_list("place__name", flat=True)) == {"江南区"}
        assert set(ReportRecords.objects.values_list("place__name", flat=True)) == {"江南区"}
        assert differences(report).found == []
        assert Message.objects.filter(key=f"report:{report.pk}:issued").exists()
        north = District.objects.get(name="江北区").pk
        assert behind(report, "found", str(north)).total == 0
    for login in ("department", "officer", "expert", "sysadmin"):
        with world.as_(login):
            assert not may("reports.view")
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                ReportFigure.objects.exists()
    with world.as_("auditor"):
        assert {row.name for row in table(report).rows} == {"江南区", "江北区"}


def test_issued_it_is_sealed_and_can_only_be_withdrawn_with_a_reason(world, on_day):
    report = made(world)
    section = text(world, report)
    with world.as_("office"):
        verbs.edit(section.pk, "人写的话")
        verbs.issue(report.pk)
        with pytest.raises(IllegalMove):
            verbs.edit(section.pk, "再改")
        with pytest.raises(IllegalMove):
            verbs.issue(report.pk)
        with pytest.raises(BadInput):
            verbs.withdraw(report.pk, " ")
        gone = verbs.withdraw(report.pk, "漏录检查")
        assert (gone.state, gone.withdrawn_because) == ("withdrawn", "漏录检查")
    second = made(world)
    assert (second.edition, second.state) == (2, "draft")
    assert (text(world, second).text, text(world, second).carried) == ("人写的话", True)
    assert not text(world, second, "overview").carried
    with world.as_("office"), pytest.raises(Refused, match="沿用上一版"):
        verbs.issue(second.pk)
    carried = text(world, second).pk
    with world.as_("office"):
        verbs.edit(carried, "核对过了")
        assert verbs.issue(second.pk).state == "issued"
    with pytest.raises(IntegrityError, match="one_standing_report_a_period"), transaction.atomic():
        made(world)


def test_a_period_that_is_not_over_cannot_be_issued(world, on_day):
    with on_day(WEEK.until):
        report = made(world)
        with world.as_("office"), pytest.raises(Refused, match="才结束"):
            verbs.issue(report.pk)


@pytest.mark.parametrize("state", list(rules.STATES))
@pytest.mark.parametrize("verb", list(rules.VERBS))
def test_every_cell_of_the_table(world, state, verb):
    report = made(world)
    section = text(world, report)
    with world.as_("office"):
        if state == rules.ISSUED:
            verbs.issue(report.pk)
        if state == rules.WITHDRAWN:
            verbs.withdraw(report.pk, "重做")
        run = {
            "edit": lambda: verbs.edit(section.pk, "新的话"),
            "issue": lambda: verbs.issue(report.pk),
            "withdraw": lambda: verbs.withdraw(report.pk, "理由"),
        }[verb]
        if (state, verb) in rules.TRANSITIONS:
            run()
            report.refresh_from_db()
            assert report.state == rules.TRANSITIONS[state, verb]
        else:
            with pytest.raises(IllegalMove):
                run()


# --- what differs later -------------------------------------------------------------------------------------------------


def found_differences(world, report, key: str, login: str = "office"):
    with world.as_(login):
        return differences(report, key).found


def test_counted_again_with_nothing_changed_there_is_no_difference(world, on_day):
    a_lived_week(world, on_day)
    report = made(world)
    with on_day(date(2026, 12, 1)), world.as_("office"):
        told = differences(report)
        assert told.found == []
        assert told.counted == len(figures.FIGURES) - 1
    # What happens afterwards, in its time, does not touch the week either.
    with on_day(date(2026, 11, 20)):
        closed(world, "a")
        with world.as_("office"):
            assert [one.figure.key for one in differences(report).found] == []


def test_a_later_difference_is_told_row_by_row_with_its_reason(world, on_day):
    with on_day(date(2026, 10, 27)):
        kept = recorded(world, "a")
        reopened = closed(world, "a")
        lay(world, "c")
    report = made(world)
    with on_day(date(2026, 11, 5)):
        with world.as_("leader"):
            moves.void(kept.pk, "与另一条重复")
        with world.as_("office"):
            moves.reopen(reopened.pk, "渗漏复发", notices.deadline_for(due=date(2026, 12, 1)))
        late = recorded(world, "c")
        with world.as_("office"):
            Hazard.objects.filter(pk=late.pk).update(found_on=date(2026, 10, 29))
        (found,) = found_differences(world, report, "found")
        assert (found.place, found.then, found.now, found.added) == ("江北区", 1, 2, [late.pk])
        assert found.changes[0].why.startswith("取数后补录（2026-11-05")
        assert "发现日期2026-10-29" in found.changes[0].why
        assert found.changes[0].then == "—"
        (gone,) = found_differences(world, report, "closed")
        assert gone.removed == [reopened.pk]
        assert "重新整改（2026-11-05，office君）：渗漏复发" in gone.changes[0].why
        assert "已销号" in gone.changes[0].then
        assert "整改中" in gone.changes[0].now
        void = next(one for one in found_differences(world, report, "open") if one.removed)
        assert void.removed == [kept.pk]
        (why,) = [one.why for one in void.changes if not one.added]
        assert "作废（2026-11-05，leader君）：与另一条重复" in why
        # Its own district reads the same of its own, and nothing of the other's.
        with world.as_("office"):
            verbs.issue(report.pk)
        assert [one.place for one in found_differences(world, report, "found", "north")] == ["江北区"]
        assert found_differences(world, report, "found", "inspector") == []


def test_where_nothing_is_on_the_record_it_says_so(world, on_day):
    with on_day(date(2026, 10, 27)):
        (hazard,) = lay(world, "a", days=60)
    report = made(world)
    with world.as_("office"):
        Hazard.objects.filter(pk=hazard.pk).update(level="major")
    (added,) = found_differences(world, report, "found_major")
    assert added.changes[0].why == "原因未记录"
    assert "一般" in added.changes[0].then


def test_a_plant_graded_anew_is_explained_by_the_decision(world):
    in_the_ledger_since(world, date(2026, 1, 5))
    report = made(world)
    with world.as_("office"):
        plant = Enterprise.objects.get(pk=world.enterprises["a"])
        GradeDecision.objects.create(
            enterprise=plant, grade="D", previous="C", decided_on=TODAY, source="专家评估", by_name="office君"
        )
        Enterprise.objects.filter(pk=plant.pk).update(grade="D")
        district = District.objects.get(name="江北区")
    (one,) = found_differences(world, report, "grade_D")
    assert one.changes[0].why == "风险等级由C改为D（2026-11-02，专家评估）"
    with world.as_("office"):
        Enterprise.objects.filter(pk=plant.pk).update(district=district)
    moved = next(one for one in found_differences(world, report, "enterprises") if one.removed)
    assert moved.changes[0].why.startswith("现在计入江北区")


# --- pages, workbook, print ---------------------------------------------------------------------------------------------


def test_the_page_opens_every_number_to_its_records_and_asks_little(world, on_day):
    a_lived_week(world, on_day)
    made(world, rules.before(WEEK))
    report = made(world)
    client = world.client("office")
    client.get(f"/reports/{report.pk}/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/reports/{report.pk}/")
    assert page.status_code == 200
    assert len(asked) <= 24, [one["sql"][:90] for one in asked]
    body = page.content.decode()
    assert f'<a href="/reports/{report.pk}/records/found/">11</a>' in body
    assert "最早发现于 2026-10-10" in body
    opened = client.get(f"/reports/{report.pk}/records/found/").content.decode()
    assert "共 <strong>11</strong> 条" in opened
    assert opened.count("lead-cell") == 11
    for key in figures.BY_KEY:
        assert client.get(f"/reports/{report.pk}/records/{key}/").status_code == 200, key
    assert client.get(f"/reports/{report.pk}/records/nonsense/").status_code == 404
    assert client.get(f"/reports/{report.pk}/records/found/?place=9999").status_code == 404
    assert client.get(f"/reports/{report.pk}/differences/").status_code == 200
    sheet = load_workbook(io.BytesIO(client.get(f"/reports/{report.pk}/records/found/?export=xlsx").content))["记录"]
    assert sheet.max_row == 12


def test_the_workbook_is_the_offices_form_its_sums_hold_and_no_text_is_a_formula(world, on_day):
    a_lived_week(world, on_day)
    report = made(world)
    section = text(world, report).pk
    with world.as_("office"):
        verbs.edit(section, "=HYPERLINK(1)")
    book = load_workbook(io.BytesIO(world.client("office").get(f"/reports/{report.pk}/xlsx/").content))
    assert book.sheetnames == ["检查和隐患", "督办和期末", "企业和覆盖", "文字", "指标说明"]
    total = value(world, report, "found")
    for sheet in book.worksheets[:3]:
        assert sheet["A1"].value.startswith("化工医药和危险化学品专项整治2026年第44周周报（草稿）")
        assert "填报单位：" in sheet["A2"].value
        assert "取数时刻：" in sheet["A2"].value
        assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("B5", "landscape", 9)
        assert "填报人：" in sheet.cell(sheet.max_row, 1).value
        rows = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=5, max_row=sheet.max_row - 2)]
        assert rows[-1][0] == "合计"
        assert sheet.merged_cells
        for column in range(1, len(rows[0])):
            parts = [row[column] for row in rows]
            if all(isinstance(one, int) for one in parts):
                assert sum(parts[:-1]) == parts[-1]
    heads = [cell.value for cell in book["检查和隐患"][4]]
    assert book["检查和隐患"].cell(5 + 2, heads.index("合计") + 1).value == total
    typed = next(cell for line in book["文字"].iter_rows() for cell in line if cell.value == "=HYPERLINK(1)")
    assert (typed.data_type, typed.quotePrefix) == ("s", True)


def test_the_print_says_what_it_is_and_a_draft_says_draft(world, on_day):
    a_lived_week(world, on_day)
    report = made(world)
    draft = text_of(world.client("office").get(f"/reports/{report.pk}/pdf/").content)
    assert "草稿" in draft
    assert "分区县情况" in draft
    assert "江北区" in draft
    with world.as_("office"):
        verbs.issue(report.pk)
    own = text_of(world.client("inspector").get(f"/reports/{report.pk}/pdf/").content)
    assert "草稿" not in own
    assert "江北区" not in own
    assert "2026年第44周周报（江南区）" in own


def test_what_was_typed_is_kept_where_the_page_was_stale(world):
    report = made(world)
    section = text(world, report)
    client = world.client("office")
    with world.as_("office2"):
        verbs.edit(section.pk, "先到的话")
    page = client.post(f"/reports/texts/{section.pk}/", {"text": "后到的话", "revision": "1"})
    assert page.status_code == 409
    body = page.content.decode()
    assert "先到的话" in body
    assert "后到的话" in body
    assert client.post(f"/reports/texts/{section.pk}/", {"text": "", "revision": "2"}).status_code == 400
    done = client.post(f"/reports/texts/{section.pk}/", {"text": "合并的话", "revision": "2"})
    assert done.status_code == 302
    assert text(world, report).text == "合并的话"


def test_the_api_reads_and_does_the_same(world, on_day):
    a_lived_week(world, on_day)
    report = made(world)
    client = world.client("office")
    base = f"/api/v1/work-reports/{report.pk}/"
    assert [one["state"] for one in client.get("/api/v1/work-reports/?kind=week").json()["results"]] == ["draft"]
    told = client.get(base).json()
    assert len(told["texts"]) == 12
    rows = client.get(base + "figures/").json()["rows"]
    assert [row["name"] for row in rows] == ["江南区", "江北区", "合计"]
    assert rows[-1]["values"]["found"] == 11
    assert len(client.get(base + "records/found/").json()["ids"]) == 11
    assert client.get(base + "differences/").json() == []
    address = f"/api/v1/work-report-texts/{told['texts'][0]['id']}/"
    stale = client.put(address, {"text": "新", "revision": 7}, content_type="application/json")
    assert stale.status_code == 409
    assert client.put(address, {"text": "新"}, content_type="application/json").json()["text"] == "新"
    assert world.client("inspector").get(base).status_code == 404
    assert client.post(base + "issue/", {}, content_type="application/json").json()["state"] == "issued"
    assert len(world.client("inspector").get(base).json()["texts"]) == 4
    assert client.post(base + "withdraw/", {}, content_type="application/json").status_code == 400
