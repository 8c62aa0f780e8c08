"""举一反三: sent to exactly those who were previewed, telling nobody where it came from, answered once and amended until its date."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.utils import timezone

from enterprises.actions import merging, units
from enterprises.models import Enterprise
from hazards.actions import broadcasts as verbs
from hazards.actions import selfchecks
from hazards.models import Broadcast, BroadcastAddress, BroadcastAnswer, Hazard, SelfCheck, SelfCheckPhoto
from hazards.queries.broadcasts import Reach, broadcast_file, preview, reached
from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.actions import end_posting
from portal.tenancy.models import Posting
from portal.tenancy.scope import tenant_scope
from tests.enterprises.test_pages import questions
from tests.files.test_tus import begin
from tests.files.test_tus import sent as tus
from tests.reminders.test_selfchecks import told
from tests.stories import OFFICERS, issued, photo, voided

ALL = Reach(sectors=("hazchem", "pharma"))
CITY = "江州市"


def soon(days: int = 10) -> date:
    return timezone.localdate() + timedelta(days=days)


def lesson(**more) -> dict:
    return {
        "title": "联锁旁路",
        "what": "某企业联锁被旁路而未办手续。请对照核查。",
        "questions": ["有没有旁路的联锁？", "旁路有没有审批？"],
        "basis": "《安全生产法》第36条",
        "answer_by": soon(),
    } | more


def sent(world, by: str = "office", reach: Reach = ALL, **more) -> Broadcast:
    with world.as_(by):
        return verbs.send(lesson(**more), reach)


def address_of(world, broadcast: Broadcast, key: str = "a") -> BroadcastAddress:
    with world.as_("office"):
        return BroadcastAddress.objects.get(broadcast=broadcast, enterprise=world.enterprises[key])


def none(words: str = "逐个核查，没有") -> dict:
    return {"verdict": "none", "words": words}


def found(**more) -> dict:
    arrangements = {"place": "氧化车间", "measures": "恢复投用", "planned_on": soon(5), "level": "major"}
    return {"verdict": "found", "words": "R-101联锁旁路", **arrangements} | more


def answered(world, broadcast: Broadcast, key: str = "a", *items) -> BroadcastAddress:
    with world.as_(OFFICERS[key]):
        return verbs.answer(BroadcastAddress.objects.get(broadcast=broadcast).pk, items or (none(), none()))


def holding(world, key: str, substance: str, unit: str = "储罐区") -> None:
    with world.as_("office"):
        made = units.add_unit(world.enterprises[key], name=unit, kind="tanks")
        units.put_holding(made.pk, {"substance": substance, "quantity_t": Decimal(5)})


def keys_of(world, found) -> str:
    names = {pk: key for key, pk in world.enterprises.items()}
    return "".join(sorted(names[one.pk] for one in found))


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (Reach(), ""),
        (Reach(chemicals=("液氯",)), "ac"),  # the same entry of the 74 as 氯, by its alias
        (Reach(chemicals=("某中间体",)), "b"),
        (Reach(equipment="球罐"), "c"),
        (Reach(processes=(5,)), "b"),
        (Reach(chemicals=("液氯",), processes=(5,)), "abc"),
        (Reach(chemicals=("液氯", "某中间体"), sectors=("pharma",)), "b"),
        (Reach(sectors=("hazchem",)), "ac"),
        (Reach(chemicals=("没有的东西",)), ""),
    ],
)
def test_a_reach_is_any_of_the_features_within_the_sectors(world, reach, expected):
    holding(world, "a", "氯")
    holding(world, "c", "液氯", unit="球罐区")
    holding(world, "b", "某中间体")
    with world.as_("office"):
        name = dict(process_names())[5]
        units.put_process(units.add_unit(world.enterprises["b"], name="合成", kind="production").pk, name)
        assert keys_of(world, reached(reach)) == expected


def process_names():
    from enterprises.ledger.catalog import key_processes

    return key_processes()


def test_a_district_reaches_its_own_enterprises_alone(world):
    broadcast = sent(world, "leader")
    with world.as_("office"):
        assert keys_of(world, Enterprise.objects.filter(broadcastaddresss__broadcast=broadcast)) == "ab"
    with world.as_("office"):
        assert keys_of(world, preview(ALL).enterprises) == "abc"


@pytest.mark.parametrize("login", ["inspector", "department", "officer", "auditor", "expert"])
def test_only_the_office_and_a_districts_leader_send(world, login):
    with world.as_(login), pytest.raises(NotAllowed):
        verbs.send(lesson(), ALL)


def test_whom_it_was_sent_to_is_frozen_and_told_once(world):
    broadcast = sent(world)
    holding(world, "a", "液氯")
    for key in "abc":
        with world.as_(OFFICERS[key]) as officer:
            own = BroadcastAddress.objects.get(broadcast=broadcast)
            assert (own.title, own.questions, own.answer_by) == (
                broadcast.title,
                broadcast.questions,
                broadcast.answer_by,
            )
            mine = Message.objects.filter(key=f"broadcast:{broadcast.pk}:sent", person_id=officer.person_id)
            assert mine.filter(channel="in_app").count() == 1


def test_a_list_that_changed_since_its_preview_is_not_sent_to_unseen(world):
    reach = Reach(chemicals=("液氯",))
    holding(world, "a", "液氯")
    with world.as_("office"):
        seen = preview(reach).digest
    holding(world, "c", "液氯")
    with world.as_("office"):
        with pytest.raises(Refused, match="有变动"):
            verbs.send(lesson(), reach, expected=seen)
        assert Broadcast.objects.count() == 0
        assert verbs.send(lesson(), reach, expected=preview(reach).digest).pk


def test_the_same_sending_twice_is_one(world):
    with world.as_("office"):
        key = "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c010"
        first, second = (verbs.send(lesson(), ALL, key=key) for _ in range(2))
        assert first.pk == second.pk
        assert BroadcastAddress.objects.count() == 3


@pytest.mark.parametrize(("first", "then"), [("office", "leader"), ("leader", "office")])
def test_a_key_that_stands_on_anothers_sending_is_refused_and_nothing_is_sent(world, first, then):
    key = "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c012"
    with world.as_(first):
        verbs.send(lesson(title="另一件事"), ALL, key=key)
    client = world.client(then)
    body = lesson(answer_by=str(soon()), sectors=["hazchem"], key=key)
    over_the_api = client.post("/api/v1/broadcasts/", body, "application/json")
    assert (over_the_api.status_code, over_the_api.json()["code"]) == (409, "key_taken")
    looked = client.post("/broadcasts/new/", typed(preview="1", key=key)).content.decode()
    expected = re.search(r'name="expected" value="(\w+)"', looked)[1]
    page = client.post("/broadcasts/new/", typed(key=key, expected=expected))
    assert page.status_code == 409
    assert "编号已被别的记录使用" in page.content.decode()
    assert "联锁旁路" in page.content.decode()
    # Sent again as it stands, it has a key of its own.
    again = re.search(r'name="key" value="([\w-]+)"', page.content.decode())[1]
    assert client.post("/broadcasts/new/", typed(key=again, expected=expected)).status_code == 302
    with world.as_("office"):
        assert sorted(Broadcast.objects.values_list("title", flat=True)) == ["另一件事", "联锁旁路"]


def test_no_other_enterprise_learns_where_it_came_from(world):
    hazard = issued(world, "a", description="R-101联锁旁路而未审批", place="氧化车间西侧")
    with world.as_("office"):
        broadcast = verbs.send(lesson(), ALL, hazard_id=hazard.pk)
    address = address_of(world, broadcast, "b")
    client = world.client("officer_b")
    with world.as_("office"):
        plant = Enterprise.objects.get(pk=world.enterprises["a"])
    for path in (
        "/broadcasts/answers/",
        f"/broadcasts/answers/{address.pk}/",
        f"/broadcasts/answers/{address.pk}/answer/",
        f"/api/v1/broadcast-answers/{address.pk}/",
        f"/api/v1/broadcast-answers/?broadcast={broadcast.pk}",
        "/messages/",
    ):
        answer = client.get(path)
        page = answer.content.decode()
        assert answer.status_code == 200, path
        for word in (plant.name, plant.code, "氧化车间", "R-101", f"/hazards/{hazard.pk}/"):
            assert word not in page, (path, word)
    for path in (f"/broadcasts/{broadcast.pk}/", f"/api/v1/broadcasts/{broadcast.pk}/"):
        assert client.get(path).status_code == 403
    with world.as_("officer_b"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        list(Broadcast.objects.all())


@pytest.mark.parametrize("field", ["title", "what", "questions", "basis"])
def test_a_text_that_names_the_plant_it_came_from_is_not_sent(world, field):
    hazard = issued(world, "a")
    name = hazard.enterprise.name
    wrong = {field: [f"{name}的联锁？"] if field == "questions" else f"{name}联锁旁路"}
    with world.as_("office"), pytest.raises(BadInput, match="来源企业的名称") as refused:
        verbs.send(lesson(**wrong), ALL, hazard_id=hazard.pk)
    assert refused.value.field == field


def test_a_void_hazard_teaches_nothing_and_a_foreign_one_is_not_there(world):
    void, foreign = voided(world), issued(world, "c")
    with world.as_("office"), pytest.raises(IllegalMove, match="已作废"):
        verbs.send(lesson(), ALL, hazard_id=void.pk)
    with world.as_("leader"), pytest.raises(Http404):
        verbs.send(lesson(), ALL, hazard_id=foreign.pk)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"what": ""}, "what"),
        ({"questions": []}, "questions"),
        ({"questions": ["一？"] * 21}, "questions"),
        ({"answer_by": soon(0)}, "answer_by"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_field(world, wrong, field):
    with world.as_("office"), pytest.raises(BadInput) as refused:
        verbs.send(lesson(**wrong), ALL)
    assert refused.value.field == field


def test_the_date_is_kept_with_what_it_rests_on(world):
    broadcast = sent(world)
    assert broadcast.deadline_rule["due"] == soon().isoformat()
    assert "由下发单位确定" in broadcast.deadline_rule["rule"]


def test_a_yes_is_listed_as_a_self_check_in_the_same_act_with_its_picture(world):
    broadcast = sent(world)
    address = answered(world, broadcast, "a", none(), found(photo=photo(71)))
    with world.as_("officer"):
        check = SelfCheck.objects.get()
        assert (check.address_id, check.question, check.level, check.state) == (address.pk, 2, "major", "found")
        assert SelfCheckPhoto.objects.get(self_check=check).phase == "found"
    assert [item["selfcheck"] for item in address.items] == [None, check.pk]
    with world.as_("office"):
        assert Hazard.objects.count() == 0
    page = world.client("officer").get(f"/selfchecks/{check.pk}/").content.decode()
    assert f"/broadcasts/answers/{address.pk}/" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"words": ""}, "q1-words"),
        ({"place": ""}, "q1-place"),
        ({"planned_on": None}, "q1-planned_on"),
        ({"verdict": ""}, "q1-verdict"),
    ],
)
def test_half_an_answer_leaves_nothing_behind(world, wrong, field):
    broadcast = sent(world)
    with world.as_("officer"):
        with pytest.raises(BadInput) as refused:
            verbs.answer(BroadcastAddress.objects.get().pk, [found(**wrong), found()])
        assert refused.value.field == field
        assert (SelfCheck.objects.count(), BroadcastAnswer.objects.count()) == (0, 0)
    assert address_of(world, broadcast).answered_on is None


def test_an_answer_is_amended_until_its_date_and_what_it_was_stays(world, on_day):
    broadcast = sent(world)
    address = answered(world, broadcast, "a", none("先答"), found())
    answered(world, broadcast, "a", found(), found(words="仍旁路"))
    with world.as_("officer"):
        assert [one.items[0]["words"] for one in BroadcastAnswer.objects.filter(address=address)] == [
            "先答",
            "R-101联锁旁路",
        ]
        assert SelfCheck.objects.count() == 2  # the second question's stands and is not made again
    with on_day(soon(10)):
        answered(world, broadcast, "a", none(), none())
    with on_day(soon(11)), world.as_("officer"), pytest.raises(IllegalMove, match="期限已过"):
        verbs.answer(address.pk, [none(), none()])


def test_a_first_answer_after_the_date_is_taken_and_counted_late(world, on_day):
    broadcast = sent(world)
    with on_day(soon(13)):
        answered(world, broadcast)
        with world.as_("office"):
            total = broadcast_file(broadcast.pk).total
    assert (total.asked, total.answered, total.late, total.unanswered, total.overdue) == (3, 1, 1, 2, 2)


def test_a_self_check_taken_back_is_listed_again_when_the_answer_is_still_yes(world):
    broadcast = sent(world)
    answered(world, broadcast, "a", none(), found())
    with world.as_("officer"):
        selfchecks.cancel(SelfCheck.objects.get().pk, "误报")
    answered(world, broadcast, "a", none(), found())
    with world.as_("officer"):
        assert SelfCheck.objects.exclude(state="cancelled").count() == 1


def test_two_officers_of_one_plant_do_not_overwrite_each_other(world):
    broadcast = sent(world)
    before = address_of(world, broadcast)
    answered(world, broadcast)
    with world.as_("officer"), pytest.raises(Refused, match="刚刚被"):
        verbs.answer(before.pk, [none(), none()], revision=before.revision)


def test_nobody_answers_for_another(world):
    broadcast = sent(world)
    address = address_of(world, broadcast, "b")
    with world.as_("officer"), pytest.raises(Http404):
        verbs.answer(address.pk, [none(), none()])
    with world.as_("inspector"), pytest.raises(NotAllowed):
        verbs.answer(address.pk, [none(), none()])


def test_counts_are_of_each_district_and_question_among_those_one_sees(world):
    broadcast = sent(world)
    answered(world, broadcast, "a", found(), none())
    answered(world, broadcast, "c", found(), found())
    with world.as_("office"):
        file = broadcast_file(broadcast.pk)
        assert {one.name: (one.asked, one.answered, one.found) for one in file.districts} == {
            "江南区": (2, 1, [1, 0]),
            "江北区": (1, 1, [1, 1]),
        }
        assert [n for _, _, n in file.questions] == [2, 1]
    with world.as_("inspector"):
        file = broadcast_file(broadcast.pk)
        assert [(one.name, one.asked) for one in file.districts] == [("江南区", 2)]
        assert file.total.found == [1, 0]


def test_a_district_learns_neither_where_the_offices_broadcast_came_from_nor_how_many_others_have_it(world):
    hazard = issued(world, "c")
    with world.as_("office"):
        broadcast = verbs.send(lesson(), ALL, hazard_id=hazard.pk)
    page = world.client("inspector").get(f"/broadcasts/{broadcast.pk}/").content.decode()
    assert f"/hazards/{hazard.pk}/" not in page
    assert "，3 家" not in page
    told = world.client("inspector").get(f"/api/v1/broadcasts/{broadcast.pk}/").json()
    assert (told["hazard"], told["asked"]) == (None, 2)
    assert "enterprises" not in told["reaches"][0]
    assert world.client("office").get(f"/api/v1/broadcasts/{broadcast.pk}/").json()["hazard"] == hazard.pk


def test_a_broadcast_of_another_district_is_not_there(world):
    broadcast = sent(world, "leader")
    with world.as_("north"):
        assert Broadcast.objects.seen().count() == 0
        with pytest.raises(Http404):
            broadcast_file(broadcast.pk)


def test_more_are_added_to_it_but_none_twice(world):
    holding(world, "a", "液氯")
    broadcast = sent(world, reach=Reach(chemicals=("液氯",)))
    with world.as_("office"):
        verbs.add_addressees(broadcast.pk, ALL)
        assert BroadcastAddress.objects.filter(broadcast=broadcast).count() == 3
        assert [one["enterprises"] for one in Broadcast.objects.get(pk=broadcast.pk).reaches] == [1, 2]
        with pytest.raises(BadInput, match="没有符合"):
            verbs.add_addressees(broadcast.pk, ALL)


def test_only_its_sender_adds_and_presses(world):
    broadcast = sent(world)
    with world.as_("leader"):
        for act in (lambda: verbs.press(broadcast.pk), lambda: verbs.add_addressees(broadcast.pk, ALL)):
            with pytest.raises(Refused, match="由江州市专项整治领导小组办公室下发"):
                act()


def test_pressing_reaches_those_who_have_not_answered_once_a_day(world):
    broadcast = sent(world)
    answered(world, broadcast, "a")
    with world.as_("office"):
        assert verbs.press(broadcast.pk) == 2
        with pytest.raises(Refused, match="今天已经催办过"):
            verbs.press(broadcast.pk)
    heard = {}
    for key in "abc":
        with world.as_(OFFICERS[key]):
            heard[key] = Message.objects.filter(key__contains=":pressed:", channel="in_app").count()
    assert heard == {"a": 0, "b": 1, "c": 1}


def test_what_both_were_asked_the_kept_one_answers(world):
    broadcast = sent(world)
    with world.as_("office"):
        merging.merge(world.enterprises["b"], world.enterprises["a"], reason="更名", officers="end")
        file = broadcast_file(broadcast.pk)
        assert (file.total.asked, file.total.unanswered) == (3, 2)


def test_each_act_is_in_the_trail_once(world):
    broadcast = sent(world)
    answered(world, broadcast)
    answered(world, broadcast)
    with world.as_("office"):
        verbs.press(broadcast.pk)
    with world.as_("auditor"):
        acts = list(AuditRecord.objects.filter(action__startswith="broadcasts.").values_list("action", flat=True))
    assert sorted(acts) == ["broadcasts.amend", "broadcasts.answer", "broadcasts.press", "broadcasts.send"]


def test_officers_hear_on_the_ladder_and_the_district_from_the_first_day_after(world, on_day):
    start = date(2026, 9, 1)
    with on_day(start):
        sent(world, "leader", Reach(sectors=("pharma",)), answer_by=start + timedelta(days=10))
        heard = {day: told(world, start + timedelta(days=day)) for day in range(26)}
    both = lambda step: {who: [("broadcast", step)] for who in ("officer_b", "inspector", "inspector2")}  # noqa: E731
    assert {day: people for day, people in heard.items() if people} == {
        7: {"officer_b": [("broadcast", -3)]},
        10: {"officer_b": [("broadcast", 0)]},
        **{10 + step: both(step) for step in (1, 3, 7, 14)},
    }


def test_what_is_answered_is_silent(world, on_day):
    start = date(2026, 9, 1)
    with on_day(start):
        broadcast = sent(world, reach=Reach(sectors=("pharma",)), answer_by=start + timedelta(days=4))
        answered(world, broadcast, "b")
        assert told(world, start + timedelta(days=8)) == {}


def test_enterprises_without_an_officer_are_counted_and_their_district_hears(world):
    with tenant_scope(world.tenants[CITY], CITY, scope="sysadmin"):
        end_posting(Posting.objects.get(person__name="officer_b君"), timezone.localdate() - timedelta(days=1))
    broadcast = sent(world)
    with world.as_("office"):
        assert broadcast_file(broadcast.pk).without_officer == 1


def typed(**more) -> dict:
    return (
        lesson()
        | {"questions": "1. 有没有旁路的联锁？\n\n2、旁路有没有审批？", "answer_by": str(soon()), "sectors": ["pharma"]}
        | {"key": "7b0f6b0e-7a3c-4f9c-9d35-9d7a37e0c011"}
        | more
    )


def test_on_the_page_it_is_previewed_before_it_is_sent(world):
    client = world.client("office")
    refused = client.post("/broadcasts/new/", typed())
    assert refused.status_code == 400
    assert "请先预览" in refused.content.decode()
    looked = client.post("/broadcasts/new/", typed(preview="1"))
    page = looked.content.decode()
    assert looked.status_code == 200
    assert "预览：1 家企业" in page
    assert "江州乙医药有限公司" in page
    assert "江州甲化工" not in page
    digest = page.partition('name="expected" value="')[2].partition('"')[0]
    done = client.post("/broadcasts/new/", typed(expected=digest))
    assert done.status_code == 302, done.content.decode()
    with world.as_("office"):
        assert Broadcast.objects.get().questions == ["有没有旁路的联锁？", "旁路有没有审批？"]
    assert "催办未答复的 1 家" in client.get(done.url).content.decode()


def test_on_the_page_what_was_typed_stays(world):
    answer = world.client("office").post("/broadcasts/new/", typed(answer_by=str(soon(-1)), expected="x"))
    assert answer.status_code in (400, 409)
    assert "某企业联锁被旁路而未办手续" in answer.content.decode()


def test_an_officer_answers_on_the_page_and_nothing_typed_is_lost(world):
    broadcast = sent(world)
    address = address_of(world, broadcast)
    client = world.client("officer")
    path = f"/broadcasts/answers/{address.pk}/answer/"
    half = {
        "q1-verdict": "found",
        "q1-words": "R-102旁路",
        "q1-level": "general",
        "q2-verdict": "na",
        "q2-level": "general",
        "revision": 1,
    }
    refused = client.post(path, half)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "请填写部位" in page
    assert "第1题 部位" in page  # said above the form as well
    assert "R-102旁路" in page
    key = tus(client, photo(72).read())
    more = {"q1-place": "氧化车间", "q1-measures": "恢复", "q1-planned_on": str(soon(3)), "q1-upload": str(key)}
    done = client.post(path, half | more)
    assert done.status_code == 302, done.content.decode()
    page = client.get(done.url).content.decode()
    assert "/selfchecks/" in page
    assert "/photos/" in page
    for login, status in {"inspector": 200, "north": 404, "officer_b": 404}.items():
        assert world.client(login).get(done.url).status_code == status


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abc"),
        ("state=unanswered", "b"),
        ("state=answered", "ac"),
        ("state=overdue", ""),
        ("found=1", "c"),
        ("found=2", ""),
        ("q=乙医药", "b"),
    ],
)
def test_page_and_api_filter_alike(world, query, expected):
    broadcast = sent(world)
    answered(world, broadcast, "a")
    answered(world, broadcast, "c", found(), none())
    office = world.client("office")
    wanted = {address_of(world, broadcast, key).pk for key in expected}
    told = office.get(f"/api/v1/broadcast-answers/?{query}").json()["results"]
    assert {one["id"] for one in told} == wanted
    page = office.get(f"/broadcasts/answers/?{query}").content.decode()
    everyone = {address_of(world, broadcast, key).pk for key in "abc"}
    assert {pk for pk in everyone if f'"/broadcasts/answers/{pk}/"' in page} == wanted


def test_the_export_holds_every_answer_in_words(world):
    broadcast = sent(world)
    answered(world, broadcast, "a", none("逐个看过"), none())
    answer = world.client("office").get(f"/broadcasts/answers/?broadcast={broadcast.pk}&state=answered&export=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 2
    assert "逐个看过" in rows[1][-1]


def test_over_the_api_it_is_previewed_sent_followed_and_answered(world):
    office, officer = world.client("office"), world.client("officer")
    reach = {"sectors": ["hazchem"]}
    to = office.post("/api/v1/broadcasts/preview/", reach, content_type="application/json").json()
    assert to["count"] == 2
    body = lesson(answer_by=str(soon())) | reach | {"expected": to["digest"]}
    made = office.post("/api/v1/broadcasts/", body, content_type="application/json")
    assert made.status_code == 201, made.content.decode()
    number = made.json()["id"]
    own = officer.get(f"/api/v1/broadcast-answers/?broadcast={number}").json()["results"][0]["id"]
    items = [none(), found(planned_on=str(soon(3)))]
    done = officer.post(f"/api/v1/broadcast-answers/{own}/answer/", {"items": items}, content_type="application/json")
    assert done.status_code == 200, done.content.decode()
    assert office.get(f"/api/v1/broadcasts/{number}/counts/").json()["total"]["found"] == [0, 1]
    assert office.get(f"/api/v1/broadcasts/{number}/").json()["answered"] == 1


def test_pages_ask_at_most_twelve_questions(world):
    broadcast = sent(world)
    address = answered(world, broadcast, "a", found(), none())
    office, officer = world.client("office"), world.client("officer")
    for client, path in (
        (office, "/broadcasts/"),
        (office, f"/broadcasts/{broadcast.pk}/"),
        (office, "/broadcasts/answers/"),
        (office, f"/broadcasts/answers/{address.pk}/"),
        (officer, "/broadcasts/answers/"),
        (officer, f"/broadcasts/answers/{address.pk}/"),
        (officer, f"/broadcasts/answers/{address.pk}/answer/"),
    ):
        asked = questions(client, path)
        assert len(asked) <= 12, (path, asked)


def test_over_the_api_a_picture_goes_with_an_answer_and_is_read_back(world):
    broadcast = sent(world)
    address = f"/api/v1/broadcast-answers/{address_of(world, broadcast).pk}/"
    officer, picture = world.client("officer"), photo(73).read()
    key = str(tus(officer, picture, name="答复.jpg"))
    arranged = {"place": "氧化车间", "measures": "恢复投用", "planned_on": str(soon(5))}
    items = [{"verdict": "found", "words": "R-101旁路", "upload": key} | arranged, {"verdict": "none", "words": "没有"}]
    first = officer.post(f"{address}answer/", {"items": items}, "application/json")
    assert first.status_code == 200, first.content
    photos = [item["photo_url"] for item in first.json()["answers"][0]["items"]]
    assert photos[1] is None
    assert officer.get(photos[0]).status_code == 200
    assert world.client("inspector").get(photos[0]).status_code == 200
    assert world.client("officer_b").get(photos[0]).status_code == 404
    with world.as_("officer"):
        assert SelfCheckPhoto.objects.count() == 1
    # The same answer again, for the first reply was lost on its way: the picture is there.
    again = officer.post(f"{address}answer/", {"items": items}, "application/json")
    assert again.status_code == 200
    with world.as_("officer"):
        assert SelfCheck.objects.count() == 1
    # For another question it would be another picture; and nobody hands on what another person has sent.
    moved = [items[1], items[0]]
    assert officer.post(f"{address}answer/", {"items": moved}, "application/json").status_code == 400
    theirs = str(tus(world.client("officer_b"), picture, name="乙.jpg"))
    stolen = [items[0] | {"upload": theirs}, items[1]]
    assert officer.post(f"{address}answer/", {"items": stolen}, "application/json").status_code == 404
    half = str(uuid4())
    begin(officer, len(picture), key=half)
    assert (
        officer.post(
            f"{address}answer/", {"items": [items[0] | {"upload": half}, items[1]]}, "application/json"
        ).status_code
        == 409
    )
