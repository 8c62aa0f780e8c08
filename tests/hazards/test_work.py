"""The officer's first page: what must I fix, and by when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hazards.actions import corrections, moves
from hazards.actions.notices import deadline_for
from hazards.models import Hazard
from hazards.queries.work import own_work
from tests import stories
from tests.stories import closed, confirming, hand_in, issued, recorded, submitted


def due_in(world, hazard: Hazard, days: int) -> Hazard:
    with world.as_("office"):
        Hazard.objects.filter(pk=hazard.pk).update(deadline=timezone.localdate() + timedelta(days=days))
    return hazard


def shown(world, login: str = "officer") -> str:
    answer = world.client(login).get("/", follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_most_urgent_is_first_and_says_how_many_days_are_left(world):
    today, late, later = (due_in(world, issued(world), days) for days in (0, -5, 3))
    with world.as_("officer"):
        assert [task.hazard.pk for task in own_work().tasks] == [late.pk, today.pk, later.pk]
    page = shown(world)
    for words in ("逾期 <b>5</b> 天", "<b>今天到期</b>", "还剩 <b>3</b> 天", "其中 1 项已逾期"):
        assert words in page
    assert page.index(f"/hazards/{late.pk}/submit/") < page.index(f"/hazards/{later.pk}/submit/")


def test_a_notice_is_signed_for_before_anything_is_handed_in(world):
    hazard = issued(world, acknowledged=False)
    page = shown(world)
    assert "先签收 1 份文书" in page
    assert "去签收" in page
    assert f"/hazards/{hazard.pk}/submit/" not in page


def test_an_order_that_was_corrected_before_it_was_signed_is_signed_for_in_its_new_text_alone(world):
    old = issued(world, acknowledged=False).notice
    with world.as_("inspector"):
        new = corrections.correct(old.pk, {"items.0.basis": "第36条"}, "条款写错", world.people["inspector2"])
    page = shown(world)
    assert "先签收 1 份文书" in page
    assert f"/notices/{new.pk}/" in page
    assert f"/notices/{old.pk}/" not in page


def test_what_was_sent_back_shows_the_newest_reason(world):
    hazard = submitted(world)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "照片模糊甲")
    hand_in(world, hazard, shade=44)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "缺验收记录乙")
    assert "缺验收记录乙" in world.client("officer").get(f"/hazards/{hazard.pk}/submit/").content.decode()
    page = shown(world)
    assert "缺验收记录乙" in page
    assert "照片模糊甲" not in page
    assert "重新提交" in page
    reopened = closed(world)
    with world.as_("office"):
        moves.reopen(reopened.pk, "复发丙", deadline_for(due=timezone.localdate() + timedelta(days=9)))
    assert "要求重新整改：</strong>复发丙" in shown(world)


def test_a_step_that_is_over_points_at_the_record_and_one_out_of_sight_at_nothing(world):
    hazard = submitted(world)
    over = world.client("officer").get(f"/hazards/{hazard.pk}/submit/")
    assert over.status_code == 409
    assert f'href="/hazards/{hazard.pk}/">打开这条记录' in over.content.decode()
    unseen = world.client("officer_b").get(f"/hazards/{hazard.pk}/submit/")
    assert unseen.status_code == 404
    assert "打开这条记录" not in unseen.content.decode()


def test_what_waits_for_somebody_else_is_folded_and_what_is_closed_is_gone(world):
    handed_in, second, waits, gone = submitted(world), confirming(world), recorded(world), closed(world)
    page = shown(world)
    assert "现在没有要整改的隐患" in page
    assert "已提交，等复查（2 项）" in page
    assert "等待下达文书（1 项）" in page
    for hazard in (handed_in, second, waits):
        assert f"/hazards/{hazard.pk}/" in page
    assert f"/hazards/{gone.pk}/" not in page


def test_an_officer_reads_of_no_other_plant(world):
    other = issued(world, "b", description="乙厂的隐患")
    page = shown(world)
    assert "乙厂的隐患" not in page
    assert f"/hazards/{other.pk}/" not in page
    assert "乙厂的隐患" in shown(world, "officer_b")


@pytest.mark.parametrize("login", ["office", "inspector", "expert", "auditor"])
def test_the_page_is_the_officers_alone(world, login):
    assert world.client(login).get("/todo/").status_code == 403


def test_the_page_asks_at_most_eight_questions(world):
    for _ in range(3):
        issued(world)
    issued(world, acknowledged=False)
    hazard = submitted(world)
    with world.as_("inspector"):
        moves.send_back(hazard.pk, "照片模糊")
    client = world.client("officer")
    client.get("/todo/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/todo/").status_code == 200
    statements = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))][:-1]
    assert len(statements) <= 8, "\n".join(statements)


def test_the_size_of_letters_is_kept_for_everybody_and_nothing_else_is(world):
    client = world.client("officer")
    assert 'data-text="standard"' in client.get("/todo/").content.decode()
    answer = client.post("/text-size/", {"size": "largest", "next": "/todo/?a=1"})
    assert answer["Location"] == "/todo/?a=1"
    assert 'data-text="largest"' in client.get("/todo/").content.decode()
    assert client.post("/text-size/", {"size": "huge", "next": "//evil.example/"})["Location"] == "/"
    assert 'data-text="largest"' in client.get("/todo/").content.decode()
    client.logout()
    client.cookies["text_size"] = "large"
    assert 'data-text="large"' in client.get("/login/").content.decode()


def test_a_major_hazard_asks_for_its_plan_first_and_who_cannot_keep_the_date_finds_the_way(world):
    major, asked = stories.issued(world, level="major"), stories.asked(world)
    page = world.client("officer").get("/todo/").content.decode()
    assert f'href="/hazards/{major.pk}/plan/"' in page
    assert f'href="/hazards/{major.pk}/submit/"' not in page
    assert f'href="/hazards/{major.pk}/extension/ask/"' in page
    assert f'href="/hazards/{asked.pk}/extension/ask/"' not in page, "it waits for its answer"
    assert "延期申请待答复" in page
    stories.file_plan(world, major)
    assert f'href="/hazards/{major.pk}/submit/"' in world.client("officer").get("/todo/").content.decode()


def test_a_suspension_stands_on_top_and_its_decision_is_to_be_signed_for(world):
    one = stories.suspended(world)
    page = world.client("officer").get("/todo/").content.decode()
    assert "停产停业中" in page
    assert one.notice.number in page
