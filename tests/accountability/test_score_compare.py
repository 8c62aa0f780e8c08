"""A year's scores beside the year before, and the table the office files."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from openpyxl import load_workbook

from accountability import rules_compare
from accountability.actions import past_scores as past
from accountability.actions import scores as verbs
from accountability.models import PastScore, PastYear, Score, YearScore
from accountability.queries import score_compare as compare
from accountability.queries import scores as seen
from accountability.score_templates import AUTHORITY, DEFAULTS
from enterprises.models import Enterprise
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, NotAllowed, Refused
from tests.accountability.test_scores import reckoned
from tests.stories import closed, issued

AFTER = date(2027, 1, 8)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def after_the_year(on_day):
    with on_day(AFTER):
        yield


def year(world, number: int, kind: str = "enterprise", **state) -> YearScore:
    with world.as_("office"):
        made = verbs.open_year(number, kind)
        reckoned(YearScore.objects.select_related("template").get(pk=made.pk))
        if state:
            YearScore.objects.filter(pk=made.pk).update(**state)
        return YearScore.objects.select_related("template").get(pk=made.pk)


FINAL = {"state": "final", "final_at": "2026-01-20T08:00:00+08:00", "digest": "0" * 64}


@pytest.fixture
def both(world):
    """Two years of the enterprises: the first final, the second announced; a's rank and points are set apart by hand."""
    issued(world, "a")
    closed(world, "b")
    then = year(world, 2025)
    with world.as_("office"):
        one = Score.objects.get(year_score=then, subject_id=world.enterprises["a"])
        Score.objects.filter(pk=one.pk).update(rank=3, total=Decimal("70.00"), grade="合格")
        one.lines.filter(key="on_time").update(points=Decimal("21.50"))
        verbs.announce(then.pk)
        YearScore.objects.filter(pk=then.pk).update(**FINAL)
    now = year(world, 2026)
    with world.as_("office"):
        Score.objects.filter(year_score=now, subject_id=world.enterprises["a"]).update(
            rank=1, total=Decimal("88.50"), grade="良好"
        )
        verbs.announce(now.pk)
    return now, then


def test_a_subject_stands_beside_itself_a_year_before_with_rank_total_and_band(world, both):
    now, then = both
    with world.as_("office"):
        assert compare.year_before(now).pk == then.pk
        pairs = {one.now.subject_id: one for one in compare.compared(now.scores.all(), then)}
    one = pairs[world.enterprises["a"]]
    assert (one.places_up, one.points_up, one.band_changed) == (2, Decimal("18.50"), True)
    page = world.client("office").get(f"/scores/{now.pk}/compare/").content.decode()
    assert "升 2 位" in page
    assert "+18.50" in page
    assert "两年的考核办法相同" in page


def test_each_line_is_compared_and_says_where_the_template_differs(world, both):
    now, then = both
    with world.as_("office"):
        body = {**DEFAULTS["enterprise"], "bonus_cap": "3"}
        lines = [dict(line) for line in body["lines"] if line["key"] != "returned"]
        lines[1]["weight"] = "35"
        body["lines"] = [*lines, {**lines[0], "key": "new", "label": "新项目", "weight": "0"}]
        changed = verbs.make_template("enterprise", "改版", body, "提高按期整改分值")
        YearScore.objects.filter(pk=then.pk).update(template=changed)
        score = Score.objects.select_related("year_score__template").get(
            year_score=now, subject_id=world.enterprises["a"]
        )
        before = Score.objects.select_related("year_score__template").get(
            year_score=then, subject_id=world.enterprises["a"]
        )
        before.lines.filter(key="returned").delete()
        pairs = {one.label: one for one in compare.line_pairs(score, before)}
    on_time = pairs["隐患按期整改"]
    assert on_time.word == "计分办法有变"
    assert on_time.points_up == on_time.now.line.points - Decimal("21.50")
    assert (pairs["复查退回"].word, pairs["复查退回"].then) == ("今年新增", None)
    page = world.client("officer").get(f"/scores/of/{score.pk}/compare/").content.decode()
    assert "不能直接相比" in page
    assert "今年新增" in page


def test_the_differences_of_two_templates_are_told_in_sentences():
    then = AUTHORITY
    lines = [dict(line) for line in then["lines"] if line["key"] != "funds"]
    lines[0] = {**lines[0], "weight": "8"}
    now = {**then, "veto_ceiling": "50", "grades": [["优秀", "95"], ["其他", "0"]]}
    now["lines"] = [*lines, {**then["lines"][1], "key": "other", "label": "另一项"}]
    told = rules_compare.differences(now, then)
    assert [one for one in told if one.startswith("新增指标“另一项”")]
    assert [one for one in told if one.startswith("取消指标“专项资金执行”")]
    assert [one for one in told if "“企业台账完整”计分办法有变：去年满分5分" in one and "今年满分8分" in one]
    assert "一票否决封顶分去年59.99分，今年50分。" in told
    assert [one for one in told if one.startswith("等次划分去年为优秀90分起")]
    assert rules_compare.differences(then, then) == []


def test_without_a_final_year_before_the_page_says_so(world):
    issued(world, "a")
    year(world, 2025)
    now = year(world, 2026)
    client = world.client("office")
    assert "还没有定稿" in client.get(f"/scores/{now.pk}/compare/").content.decode()
    told = client.get(f"/api/v1/year-scores/{now.pk}/compare/").json()
    assert (told["before"], told["scores"]) == (None, [])
    assert "与上年比较" not in client.get(f"/scores/{now.pk}/").content.decode()


def test_everybody_compares_their_own_and_nobody_elses(world, both):
    now, _ = both
    officer = world.client("officer")
    told = officer.get(f"/api/v1/year-scores/{now.pk}/compare/").json()
    assert len(told["scores"]) == 1
    assert (told["scores"][0]["places_up"], told["scores"][0]["points_up"]) == (2, "18.50")
    detail = officer.get(f"/api/v1/scores/{told['scores'][0]['score']}/compare/").json()
    assert next(one for one in detail["lines"] if one["key"] == "on_time")["then"] == "21.50"
    with world.as_("office"):
        foreign = Score.objects.get(year_score=now, subject_id=world.enterprises["c"]).pk
    assert officer.get(f"/scores/of/{foreign}/compare/").status_code == 404
    assert officer.get(f"/api/v1/scores/{foreign}/compare/").status_code == 404


def test_the_comparison_asks_as_much_for_many_as_for_few(world, both, django_assert_max_num_queries):
    now, _ = both
    client = world.client("office")
    with django_assert_max_num_queries(16):
        client.get(f"/scores/{now.pk}/compare/")


def outside(
    world, results: str, basis: str = "市安委办〔2026〕3号考核通报", year: int = 2025, kind: str = "enterprise"
):
    with world.as_("office"):
        return past.enter_past(year, kind, past.typed(results), basis)


def names(world) -> dict[str, str]:
    with world.as_("office"):
        of = dict(Enterprise.objects.values_list("pk", "name"))
    return {key: of[world.enterprises[key]] for key in "abc"}


def test_a_year_scored_elsewhere_is_entered_and_stands_beside_this_one_marked_as_such(world):
    a, b, c = names(world).values()
    issued(world, "a")
    now = year(world, 2026)
    with world.as_("office"):
        verbs.announce(now.pk)
    office = world.client("office")
    assert "/scores/past/new/?year=2025&amp;kind=enterprise" in office.get(f"/scores/{now.pk}/").content.decode()
    typed = {"year": 2025, "subject_kind": "enterprise", "results": f"{a}\t70.5\t合格\n{b}，92分，优秀\n{c} 92 优秀"}
    refused = office.post("/scores/past/new/", typed | {"basis": ""})
    assert (refused.status_code, "92分" in refused.content.decode()) == (400, True)
    assert office.post("/scores/past/new/", typed | {"basis": "市安委办〔2026〕3号考核通报"}).status_code == 302
    with world.as_("office"):
        made = PastYear.objects.get()
        kept = {one.name: (one.total, one.grade, one.rank) for one in made.scores.all()}
    assert kept == {a: (Decimal("70.50"), "合格", 3), b: (Decimal(92), "优秀", 1), c: (Decimal(92), "优秀", 1)}
    page = office.get(f"/scores/{now.pk}/compare/").content.decode()
    assert ("系统外录入" in page, "市安委办〔2026〕3号" in page, "两年的考核办法相同" in page) == (True, True, False)
    told = office.get(f"/api/v1/year-scores/{now.pk}/compare/").json()
    assert (told["before"], told["past"], told["differences"]) == (None, made.pk, [])
    assert next(one for one in told["scores"] if one["name"] == a)["total_before"] == "70.50"
    officer = world.client("officer")
    with world.as_("officer"):
        own = Score.objects.get(year_score=now)
    assert "系统外录入" in officer.get(f"/scores/of/{own.pk}/").content.decode()
    detail = officer.get(f"/api/v1/scores/{own.pk}/compare/").json()
    assert (detail["total_before"], detail["lines"]) == ("70.50", [])
    assert "70.50" in officer.get(f"/scores/of/{own.pk}/compare/").content.decode()
    shown = officer.get(f"/scores/past/{made.pk}/").content.decode()
    assert (a in shown, b in shown) == (True, False)
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="scores.past").latest("id").changes["subjects"] == 3


def test_a_place_among_a_part_is_not_held_against_a_place_among_all(world):
    a, b, _ = names(world).values()
    now = year(world, 2026)
    for results, whole, words in (
        (f"{a} 70 合格\n{b} 80 良好", False, "名次不可比"),
        (" 70 合格\n".join([*names(world).values(), ""]), True, "名次不变"),
    ):
        made = outside(world, results)
        assert made.whole == whole
        page = world.client("office").get(f"/scores/{now.pk}/compare/").content.decode()
        assert (words in page, "不与今年比升降" in page) == (True, not whole)


def test_entered_anew_the_newest_stands_and_what_stood_before_stays(world):
    old = outside(world, "江南区 80 良好\n江北区 90 优秀", kind="district")
    new = outside(world, "江南区 95 优秀\n江北区 90 优秀", kind="district")
    with world.as_("office"):
        assert seen.past_years() == [new]
        assert old.scores.get(name="江南区").total == 80
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            new.scores.update(total=99)
    assert "现以" in world.client("office").get(f"/scores/past/{old.pk}/").content.decode()
    for login, own in (("inspector", ["江南区"]), ("north", ["江北区"]), ("officer", []), ("office_x", [])):
        with world.as_(login):
            assert list(PastScore.objects.filter(past=new.pk).values_list("name", flat=True)) == own, login


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"results": "江南区优秀"}, "第1行“江南区优秀”看不懂"),
        ({"results": "江南区 201 优秀"}, "不能超过200分"),
        ({"results": "江西区 90 优秀"}, "没有名为“江西区”的区县"),
        ({"results": "江南区 90 优秀\n江南区 80 良好"}, "填了两次"),
        ({"results": " "}, "至少一个"),
        ({"results": "江南区 90 优秀", "basis": " "}, "哪份文件"),
        ({"results": "江南区 90 优秀", "year": 2027}, "只能录入往年"),
    ],
)
def test_what_cannot_be_entered_is_refused_with_the_line(world, told, words):
    with pytest.raises(BadInput, match=words):
        outside(world, **{"kind": "district"} | told)


def test_a_year_scored_here_is_not_entered_over_and_only_the_office_enters(world):
    year(world, 2025, "district")
    with pytest.raises(Refused, match="已在门户建立"):
        outside(world, "江南区 90 优秀", kind="district")
    for login in ("inspector", "officer", "auditor"):
        with world.as_(login), pytest.raises(NotAllowed):
            past.enter_past(2024, "district", [("江南区", Decimal(90), "优秀")], "通报")


@pytest.mark.parametrize("kind", ["district", "department", "enterprise"])
def test_the_form_holds_ranking_every_lines_points_total_band_and_who_signs(world, kind):
    issued(world, "a")
    closed(world, "b")
    made = year(world, 2026, kind)
    with world.as_("office"):
        scores = list(made.scores.order_by("rank", "name", "id").prefetch_related("lines"))
    answer = world.client("office").get(f"/scores/{made.pk}/form/")
    assert answer["Content-Type"] == XLSX
    sheet = load_workbook(io.BytesIO(answer.content)).active
    body = made.template.body
    assert "江州市2026年度" in sheet["A1"].value
    titles = [cell.value for cell in sheet[4]]
    for line in body["lines"]:
        assert any(title and title.startswith(line["label"]) for title in titles), line["label"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=4 + len(scores))]
    assert [(row[0], row[1], Decimal(str(row[-2])), row[-1]) for row in rows] == [
        (one.rank, one.name, one.total, one.grade) for one in scores
    ]
    points = {line.key: line.points for line in scores[0].lines.all()}
    order = [line for kind in ("indicator", "bonus", "deduction") for line in body["lines"] if line["kind"] == kind]
    for position, line in enumerate(order, 2):
        assert Decimal(str(rows[0][position])) == points[line["key"]], line["label"]
    last = [row[0].value for row in sheet.iter_rows(min_row=5 + len(scores))]
    assert any("签字" in (text or "") for text in last)
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="scores.export").exists()
    assert world.client("officer").get(f"/scores/{made.pk}/form/").status_code == 403
    over_api = world.client("auditor").get(f"/api/v1/year-scores/{made.pk}/form/")
    assert over_api["Content-Type"] == XLSX


def test_a_name_that_looks_like_a_formula_stays_a_name(world):
    issued(world, "a")
    made = year(world, 2026)
    with world.as_("office"):
        made.scores.filter(rank=1).update(name="=HYPERLINK(1)")
    sheet = load_workbook(io.BytesIO(world.client("office").get(f"/scores/{made.pk}/form/").content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)
