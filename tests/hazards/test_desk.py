"""The review desks: who meets which hazard in what order, one decision after another, and what happens when two are at it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hazards.actions import moves, supervision
from hazards.actions.templates import LONGEST, MOST, write_templates
from hazards.models import Hazard, ReasonTemplate
from hazards.queries.desk import queue_of, reasons, seen, waiting
from portal.audit.models import AuditRecord
from portal.permissions import may
from portal.refusals import BadInput, NotAllowed, Refused
from tests.stories import closed, confirming, fresh, hand_in, issued, submitted


def handed_in(world, hazard: Hazard, days_ago: int) -> Hazard:
    with world.as_("office"):
        Hazard.objects.filter(pk=hazard.pk).update(submitted_on=timezone.localdate() - timedelta(days=days_ago))
    return hazard


@pytest.fixture
def three(world) -> list[Hazard]:
    """Waiting since 1, 12 and 5 days; the second is past its limit."""
    made = [submitted(world, description=f"第{n}条渗漏") for n in (1, 2, 3)]
    return [handed_in(world, hazard, days) for hazard, days in zip(made, (1, 12, 5), strict=True)]


def page(client, path: str, status: int = 200) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def decide(world, client, hazard: Hazard, verdict: str, desk: str = "/desk/", query: str = "", **typed):
    data = {"verdict": verdict, "revision": fresh(world, hazard).revision, "second": world.people["inspector2"]}
    return client.post(f"{desk}{hazard.pk}/{query}", data | {"note": ""} | typed)


def at(answer) -> str:
    return answer["Location"].split("at=")[-1]


def test_what_was_handed_in_first_and_is_past_its_limit_is_on_top(world, three):
    first, late, middle = three
    with world.as_("inspector"):
        assert queue_of(waiting("submitted")).keys == [late.pk, middle.pk, first.pk]
    shown = page(world.client("inspector"), "/desk/")
    assert f"隐患 {late.pk} " in shown
    assert "逾期 2 天" in shown
    assert "共 <strong>3</strong> 条" in shown


def test_only_what_waits_for_a_recheck_is_on_the_desk(world, three):
    issued(world), closed(world), confirming(world)
    with world.as_("inspector"):
        assert set(queue_of(waiting("submitted")).keys) == {hazard.pk for hazard in three}


def test_what_the_enterprise_said_is_there_whatever_was_done_to_the_hazard_since(world):
    hazard = submitted(world, level="major")
    with world.as_("office"):
        supervision.supervise(hazard.pk, supervision.leaders(hazard)[0].pk, "每周报告")
    for path in (f"/desk/?at={hazard.pk}", f"/hazards/{hazard.pk}/recheck/"):
        assert "已更换垫片并紧固，责任人方安。" in page(world.client("inspector"), path).split("办理记录")[0]


def test_a_decision_leads_to_the_next_one(world, three):
    first, late, middle = three
    client = world.client("inspector")
    answer = decide(world, client, late, "accept", note="经现场复查，隐患已整改到位。")
    assert (answer.status_code, at(answer)) == (302, str(middle.pk))
    assert fresh(world, late).status == "closed"
    shown = page(client, answer["Location"])
    assert f"隐患 {late.pk} 已销号" in shown
    assert f"隐患 {middle.pk} " in shown
    answer = decide(world, client, middle, "return", note="照片模糊")
    assert at(answer) == str(first.pk)
    assert fresh(world, middle).status == "rectifying"
    decide(world, client, first, "accept")
    assert "没有待复查的隐患" in page(client, "/desk/?level=")


def test_the_filter_stays_in_the_address_and_narrows_the_queue(world, three):
    major = submitted(world, level="major")
    client = world.client("inspector")
    assert f"隐患 {major.pk} " in page(client, "/desk/?level=major")
    answer = decide(world, client, major, "accept", query="?level=major")
    assert answer["Location"] == "/desk/?level=major"
    assert "没有符合条件的隐患" in page(client, answer["Location"])


def test_what_i_signed_can_be_had_alone(world, three):
    with world.as_("leader"):
        assert len(queue_of(waiting("submitted")).keys) == 3
    assert "没有符合条件的隐患" in page(world.client("leader"), "/desk/?mine=1")
    assert "共 <strong>3</strong> 条" in page(world.client("inspector"), "/desk/?mine=1")


def test_a_district_sees_its_own_and_the_office_all(world, three):
    north = submitted(world, "c")
    with world.as_("north"):
        assert queue_of(waiting("submitted")).keys == [north.pk]
    with world.as_("office"):
        assert len(queue_of(waiting("submitted")).keys) == 4
    assert world.client("north").get(f"/desk/?at={three[0].pk}").content.decode().count(three[0].description) == 0


def test_the_second_signer_of_the_last_decision_stays_chosen(world, three):
    first, late, middle = three
    client = world.client("inspector")
    leader = world.people["leader"]
    assert f'<option value="{leader}" selected>' not in page(client, f"/desk/?at={late.pk}")
    decide(world, client, late, "accept", second=leader)
    assert f'<option value="{leader}" selected>' in page(client, f"/desk/?at={middle.pk}")


def test_later_puts_one_at_the_end_for_this_session_and_changes_nothing(world, three):
    first, late, middle = three
    client = world.client("inspector")
    answer = decide(world, client, late, "later")
    assert at(answer) == str(middle.pk)
    assert fresh(world, late).status == "submitted"
    assert f"隐患 {middle.pk} " in page(client, "/desk/?level=")
    assert at(decide(world, client, first, "later")) == str(late.pk)
    assert f"隐患 {late.pk} " in page(world.client("inspector2"), "/desk/")


def test_the_desk_opens_again_where_it_was_left(world, three):
    first, late, middle = three
    client = world.client("inspector")
    page(client, f"/desk/?level=general&at={first.pk}")
    again = client.get("/desk/")
    assert again["Location"] == f"/desk/?level=general&at={first.pk}"
    assert f"隐患 {first.pk} " in page(client, "/desk/")


def test_the_second_of_two_is_told_and_goes_on_with_what_was_typed(world, three):
    first, late, middle = three
    seen_revision = fresh(world, late).revision
    with world.as_("inspector2"):
        moves.send_back(late.pk, "照片模糊")
    answer = decide(world, world.client("inspector"), late, "accept", note="现场核对无误", revision=seen_revision)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "inspector2君已“退回”" in shown
    assert f"隐患 {middle.pk} " in shown
    assert "现场核对无误" in shown
    # What was said of one hazard must not be sent in for the next.
    assert shown.index("现场核对无误") < shown.index('id="decision"')
    assert "现场核对无误" not in shown[shown.index('id="decision"') :]


def test_a_hazard_that_came_back_meanwhile_is_shown_anew_with_what_was_typed(world, three):
    late = three[1]
    seen_revision = fresh(world, late).revision
    with world.as_("inspector2"):
        moves.send_back(late.pk, "照片模糊")
    hand_in(world, late, shade=33)
    client = world.client("inspector")
    answer = decide(world, client, late, "accept", note="现场核对无误", revision=seen_revision)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "现场核对无误" in shown[shown.index('id="decision"') :]
    assert f'name="revision" value="{fresh(world, late).revision}"' in shown
    assert fresh(world, late).status == "submitted"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"verdict": "return", "note": "  "}, "退回须写明理由"),
        ({"verdict": "accept", "second": ""}, "两名不同的执法人员"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(world, three, typed, told):
    late = three[1]
    answer = decide(world, world.client("inspector"), late, **({"note": "已核对"} | typed))
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert told in shown
    assert f"隐患 {late.pk} " in shown
    assert fresh(world, late).status == "submitted"


def test_a_part_of_the_page_answers_htmx_when_something_is_wrong(world, three):
    late = three[1]
    answer = world.client("inspector").post(
        f"/desk/{late.pk}/?level=general",
        {"verdict": "return", "note": "", "revision": fresh(world, late).revision},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 400
    assert answer.content.decode().lstrip().startswith('<div id="desk"')
    assert answer["HX-Push-Url"] == f"/desk/?level=general&at={late.pk}"


def test_a_template_lands_in_the_note_without_script_too(world, three):
    shown = page(world.client("inspector"), f"/desk/?at={three[0].pk}&reason=2")
    with world.as_("inspector"):
        assert f"{reasons()[1].text}</textarea>" in shown


# the second person


@pytest.fixture
def major(world) -> Hazard:
    """Rechecked by `inspector`."""
    return confirming(world)


@pytest.mark.parametrize(
    ("login", "status"),
    [("office", 200), ("leader", 200), ("inspector", 403), ("inspector2", 403), ("department", 403), ("officer", 403)],
)
def test_the_second_persons_desk_is_the_offices_and_the_leaders(world, major, login, status):
    answer = world.client(login).get("/desk/confirm/", follow=True)
    assert answer.status_code == status
    if status == 200:
        shown = answer.content.decode()
        assert f"隐患 {major.pk} " in shown
        assert "inspector君" in shown


def test_the_desk_shows_exactly_what_the_permission_table_lets_one_confirm(world, major):
    with world.as_("leader") as leader:
        Hazard.objects.filter(pk=major.pk).update(rechecked_by_id=leader.person_id)
    other = confirming(world)
    for login in ("leader", "office"):
        with world.as_(login):
            allowed = {
                hazard.pk for hazard in Hazard.objects.filter(status="confirming") if may("hazards.confirm", hazard)
            }
            assert set(queue_of(waiting("confirming")).keys) == allowed
    with world.as_("leader"):
        assert queue_of(waiting("confirming")).keys == [other.pk]
    answer = decide(world, world.client("leader"), major, "accept", "/desk/confirm/")
    assert answer.status_code == 403
    assert fresh(world, major).status == "confirming"


def test_the_second_person_confirms_or_returns(world, major):
    other = confirming(world)
    client = world.client("leader")
    answer = decide(world, client, major, "accept", "/desk/confirm/", note="同意销号")
    assert at(answer) == str(other.pk)
    assert fresh(world, major).status == "closed"
    answer = decide(world, client, other, "return", "/desk/confirm/", note="照片看不清")
    assert fresh(world, other).status == "rectifying"
    assert "没有待您审核的重大隐患" in page(client, answer["Location"])


# the sentences


def test_a_city_starts_with_the_houses_sentences_and_writes_its_own(world, three):
    client = world.client("leader")
    with world.as_("leader"):
        assert len(reasons()) >= 6
        before = seen(reasons())
    answer = client.post(
        "/desk/templates/", {"return": "照片不清\n\n照片不清\n 未说明责任人 ", "accept": "同意", "before": before}
    )
    assert answer.status_code == 302
    with world.as_("inspector"):
        assert [(row.kind, row.text) for row in reasons()] == [
            ("return", "照片不清"),
            ("return", "未说明责任人"),
            ("accept", "同意"),
        ]
    assert "照片不清" in page(world.client("inspector"), "/desk/")
    with world.as_("office_x"):
        assert "照片不清" not in {row.text for row in reasons()}
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="templates.write").count() == 1


def test_a_sentence_struck_off_is_kept_and_comes_back_in_its_place(world):
    with world.as_("office"):
        write_templates({"return": "甲\n乙"})
        write_templates({"return": "丙\n甲"})
        assert [row.text for row in reasons()] == ["丙", "甲"]
        assert ReasonTemplate.objects.filter(text="乙", active=False).count() == 1
        write_templates({"return": ""})
        assert reasons() == []


def test_two_who_write_the_sentences_at_once_do_not_undo_each_other(world):
    with world.as_("office"):
        before = seen(reasons())
        write_templates({"return": "甲"}, before)
        with pytest.raises(Refused, match="他人修改"):
            write_templates({"return": "乙"}, before)
        assert [row.text for row in reasons()] == ["甲"]
    answer = world.client("office").post("/desk/templates/", {"return": "乙", "accept": "", "before": before})
    assert answer.status_code == 409
    assert "乙</textarea>" in answer.content.decode()


@pytest.mark.parametrize("text", ["字" * (LONGEST + 1), "\n".join(f"第{n}条" for n in range(MOST + 1))])
def test_too_much_is_refused_with_its_measure(world, text):
    with world.as_("office"), pytest.raises(BadInput):
        write_templates({"return": text})


def test_an_inspector_who_does_not_lead_writes_no_sentences(world):
    with world.as_("inspector"), pytest.raises(NotAllowed):
        write_templates({"return": "甲"})
    assert world.client("inspector").get("/desk/templates/").status_code == 403


# how much it asks


def many(world, number: int) -> None:
    """Copies of one that waits, and of everything that can be told of it."""
    first = submitted(world)
    with world.as_("inspector"):
        Hazard.objects.bulk_create(
            Hazard(
                enterprise_id=first.enterprise_id,
                district_id=first.district_id,
                sector=first.sector,
                description=f"第{n}条",
                status="submitted",
                found_on=first.found_on,
                notice_id=first.notice_id,
                deadline=first.deadline,
                round=1,
                submitted_on=first.submitted_on,
            )
            for n in range(number)
        )


@pytest.mark.parametrize("login", ["inspector", "office"])
def test_the_desk_asks_at_most_twelve_questions_however_many_wait(world, login):
    many(world, 1_200)
    client = world.client(login)
    assert "共 <strong>1000+</strong> 条" in page(client, "/desk/?level=")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/desk/?level=").status_code == 200
    statements = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))][:-1]
    assert len(statements) <= 12, "\n".join(statements)


@pytest.mark.parametrize(("login", "index"), [("inspector", "by_district"), ("office", "by_tenant")])
def test_the_queue_is_read_off_an_index_in_order(world, login, index):
    many(world, 3_000)
    with world.as_(login):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = waiting("submitted").values_list("pk")[:1001].explain()
    assert f"hazard_awaiting_{index}" in plan, plan
    assert "Sort" not in plan, plan


def test_over_the_api_the_sentences_are_read_and_written_as_on_the_page(world):
    office = world.client("office")
    address = "/api/v1/reason-templates/"
    now = office.get(address).json()
    assert now["return"]
    assert now["accept"]
    told = {"return": ["照片不清", "照片不清", "未说明\n责任人"], "accept": ["同意"], "before": now["seen"]}
    written = office.post(address, told, "application/json")
    assert written.status_code == 200
    assert (written.json()["return"], written.json()["accept"]) == (["照片不清", "未说明 责任人"], ["同意"])
    # What somebody else has changed meanwhile is not written over.
    assert office.post(address, told, "application/json").status_code == 409
    assert office.post(address, {"return": ["长" * (LONGEST + 1)]}, "application/json").status_code == 400
    assert office.post(address, {"return": ["甲"] * (MOST + 1)}, "application/json").status_code == 400
    assert world.client("leader").get(address).status_code == 200
    for login in ("inspector", "department", "officer", "auditor"):
        assert world.client(login).get(address).status_code == 403
        assert world.client(login).post(address, told, "application/json").status_code == 403
