"""更正: a new document that names the old one; the old one stays as it was."""

import pytest
from django.db import transaction
from django.http import Http404

from hazards.actions import corrections, moves, notices
from hazards.models import Hazard, HazardStep, Notice
from portal.audit.models import AuditRecord
from portal.files import store
from portal.messages.models import Message
from portal.refusals import BadInput, NotAllowed, Refused
from tests import stories
from tests.documents import reading

WRONG = {"items.0.basis": "《安全生产法》第36条第1款"}


def correct(world, notice, texts=WRONG, reason="条款写错", by="inspector", second="inspector2"):
    with world.as_(by):
        return corrections.correct(notice.pk, texts, reason, world.people[second])


def order_of(world, **more) -> Notice:
    hazard = stories.issued(world, **more)
    with world.as_("office"):
        return Notice.objects.get(pk=hazard.notice_id)


def test_a_correction_is_a_new_document_with_the_next_number_that_names_the_old_one(world):
    old = order_of(world)
    new = correct(world, old)
    assert new.number == old.number.replace("1号", "2号")
    with world.as_("office"):
        text = reading.text(store.open_kept(new.content["pdf"]))
    assert f"本文书更正并替代{old.number}，更正理由：条款写错。" in text
    assert "《安全生产法》第36条第1款" in text
    assert new.verify_code != old.verify_code


def test_the_old_document_stays_as_it_was_and_says_since_when_it_is_replaced(world):
    old = order_of(world)
    new = correct(world, old)
    with world.as_("office"):
        now = Notice.objects.get(pk=old.pk)
        assert (now.content, now.digest, now.number) == (old.content, old.digest, old.number)
        assert now.superseded_on == new.issued_on
        assert list(now.corrections.all()) == [new]


def test_its_open_hazards_stand_under_the_new_order_in_its_words_with_their_deadline(world):
    hazard = stories.extended(world)
    before = hazard.deadline
    with world.as_("office"):
        old = hazard.notice
    new = correct(world, old, WRONG | {"items.0.description": "法兰渗漏"})
    with world.as_("office"):
        now = Hazard.objects.get(pk=hazard.pk)
        assert (now.notice_id, now.description, now.basis) == (new.pk, "法兰渗漏", WRONG["items.0.basis"])
        assert now.deadline == before
        assert new.content["items"][0]["deadline"] == before.isoformat()
        assert HazardStep.objects.filter(hazard=now, verb="corrected", note__contains=new.number).exists()


def test_the_enterprise_signs_anew_before_it_hands_in(world):
    hazard = stories.issued(world)
    new = correct(world, hazard.notice)
    with world.as_("officer"), pytest.raises(Refused, match="签收"), transaction.atomic():
        moves.submit(hazard.pk, "已更换")
    with world.as_("officer"):
        told = Message.objects.filter(title__contains="已更正为").values_list("person_id", flat=True)
        assert set(told) == {world.people["officer"]}
        notices.acknowledge(new.pk, "方安")
    stories.hand_in(world, hazard)
    assert stories.fresh(world, hazard).status == "submitted"


def test_a_closed_hazard_stays_under_the_document_it_was_closed_under(world):
    hazard = stories.closed(world)
    correct(world, hazard.notice)
    with world.as_("office"):
        now = Hazard.objects.get(pk=hazard.pk)
        assert now.notice_id == hazard.notice_id
        assert now.basis == hazard.basis


def test_it_is_corrected_once_and_then_the_correction_is(world):
    old = order_of(world)
    new = correct(world, old)
    with pytest.raises(Refused, match="已于.*更正"):
        correct(world, old)
    again = correct(world, new, {"items.0.basis": "《安全生产法》第41条"}, "又写错")
    assert again.content["replaces"] == new.number


def test_only_the_body_that_issued_it_corrects_it(world):
    old = order_of(world)
    for login in ("office", "department"):
        with pytest.raises(NotAllowed, match="制发机关"):
            correct(world, old, by=login, second="inspector")
    for login in ("officer", "auditor"):
        with pytest.raises(NotAllowed):
            correct(world, old, by=login)
    with pytest.raises(Http404):
        correct(world, old, by="north", second="north2")


@pytest.mark.parametrize(
    ("texts", "reason", "sentence"),
    [
        ({}, "条款写错", "没有改动"),
        (WRONG, "  ", "更正理由"),
        ({"items.0.description": " "}, "错字", "不能为空"),
        ({"items.0.deadline": "2030-01-01"}, "改期", "不能在更正中修改"),
        ({"items.7.basis": "无"}, "错字", "不能在更正中修改"),
        ({"number": "9号"}, "错字", "不能在更正中修改"),
    ],
)
def test_what_is_missing_or_not_to_be_corrected_is_refused_and_takes_no_number(world, texts, reason, sentence):
    old = order_of(world)
    with pytest.raises(BadInput, match=sentence):
        correct(world, old, texts, reason)
    with world.as_("office"):
        assert Notice.objects.count() == 1
    assert correct(world, old).number.endswith("2号")


def test_one_person_alone_corrects_nothing(world):
    with pytest.raises(BadInput, match="两名"):
        correct(world, order_of(world), second="inspector")


def test_a_decision_of_measures_is_corrected_and_its_suspension_goes_by_the_new_one(world):
    one = stories.suspended(world)
    new = correct(world, one.notice, {"measures": "立即停止全厂生产，撤出人员"}, "漏写范围")
    with world.as_("office"):
        one.refresh_from_db()
        assert one.notice_id == new.pk
        assert one.measures == "立即停止全厂生产，撤出人员"


def test_an_opinion_keeps_its_photos_and_the_order_it_is_about(world):
    hazard = stories.closed(world)
    with world.as_("office"):
        old = Notice.objects.get(kind=Notice.Kind.RECHECK)
    new = correct(world, old, {"items.0.result": "已更换垫片"}, "写漏")
    assert (new.about_id, new.photo_ids) == (hazard.notice_id, old.photo_ids)
    assert new.content["photos"] == old.content["photos"]


def test_it_is_on_the_record_who_corrected_what(world):
    new = correct(world, order_of(world))
    with world.as_("auditor"):
        noted = AuditRecord.objects.get(action="notices.correct")
        assert (noted.object_id, noted.person_name, noted.changes["changed"]) == (
            new.pk,
            "inspector君",
            ["items.0.basis"],
        )


def test_the_page_shows_the_text_as_printed_and_a_refusal_keeps_what_was_typed(world):
    old = order_of(world)
    client, address = world.client("inspector"), f"/notices/{old.pk}/correct/"
    assert "阀门法兰渗漏，未及时消除" in client.get(address).content.decode()
    typed = {
        "items.0.description": "改过的描述",
        "items.0.place": "",
        "items.0.basis": old.content["items"][0]["basis"],
        "items.0.requirement": old.content["items"][0]["requirement"],
        "second": str(world.people["inspector2"]),
    }
    refused = client.post(address, typed | {"reason": ""})
    assert refused.status_code == 400
    assert "改过的描述" in refused.content.decode()
    done = client.post(address, typed | {"reason": "错字"}, follow=True)
    assert "更正理由：错字" in done.content.decode()
    assert "以 <a" in client.get(f"/notices/{old.pk}/").content.decode()
    assert client.get(address).status_code == 409
    assert world.client("department").get(address).status_code == 403


def test_the_api_corrects_by_the_same_rule(world):
    old = order_of(world)
    client = world.client("inspector")
    body = {"texts": WRONG, "reason": "条款写错", "second": world.people["inspector2"]}
    made = client.post(f"/api/v1/notices/{old.pk}/correct/", body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["replaces"] == old.pk
    again = client.post(f"/api/v1/notices/{old.pk}/correct/", body, content_type="application/json")
    assert again.status_code == 409
    assert client.get(f"/api/v1/notices/{old.pk}/pdf/").content.startswith(b"%PDF")


def test_the_hazards_page_lists_every_document_about_it(world):
    hazard = stories.closed(world)
    with world.as_("office"):
        order, opinion = Notice.objects.order_by("pk")
    new = correct(world, order)
    page = world.client("inspector").get(f"/hazards/{hazard.pk}/").content.decode()
    for number in (order.number, opinion.number, new.number):
        assert number in page
    other = stories.issued(world)
    assert opinion.number not in world.client("inspector").get(f"/hazards/{other.pk}/").content.decode()
    assert opinion.number not in world.client("expert").get(f"/hazards/{hazard.pk}/").content.decode()
