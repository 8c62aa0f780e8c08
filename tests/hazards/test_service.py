"""送达回执: how, to whom and when; refused before a witness; and no deadline moves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hazards.actions import service
from hazards.models import Hazard, Notice
from portal.files import store
from portal.refusals import BadInput, NotAllowed, Refused
from tests import stories
from tests.documents import reading

DIRECT = {"manner": "direct", "place": "公司门卫室", "signed_by": "方安"}
LEFT = {"manner": "left", "place": "公司门卫室", "refusal": "门卫拒收，文书留置", "witness": "村委会刘堃"}


@pytest.fixture
def hazard(world):
    return stories.issued(world, acknowledged=False)


def serve(world, notice_id, by="inspector", second="inspector2", **told) -> Notice:
    with world.as_(by):
        told.setdefault("served_at", timezone.now())
        return service.serve(notice_id, second_id=world.people[second], **told)


def printed(world, receipt) -> str:
    with world.as_("office"):
        return reading.text(store.open_kept(receipt.content["pdf"]))


def test_a_receipt_says_what_was_served_how_to_whom_and_when(world, hazard):
    receipt = serve(world, hazard.notice_id, **DIRECT)
    assert receipt.number == f"（江南）应急回〔{timezone.localdate().year}〕1号"
    text = printed(world, receipt)
    for word in ("受送达人：江州甲化工有限公司", "《责令限期整改指令书》", "送达方式：直接送达", "公司门卫室", "方安"):
        assert word in text
    assert f"文号：{hazard.notice.number}" in text
    assert text.count("证号：") == 2


def test_who_will_not_sign_is_served_by_leaving_it_before_a_witness(world, hazard):
    receipt = serve(world, hazard.notice_id, **LEFT)
    assert "收件人拒绝签收，情况如下：门卫拒收，文书留置。见证人：村委会刘堃。" in printed(world, receipt)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (DIRECT | {"signed_by": " "}, "signed_by"),
        (DIRECT | {"refusal": "拒收"}, "signed_by"),
        (DIRECT | {"place": " "}, "place"),
        (DIRECT | {"manner": "pigeon"}, "manner"),
        (LEFT | {"witness": ""}, "witness"),
        (LEFT | {"refusal": ""}, "refusal"),
        ({"manner": "post", "place": "公司"}, "note"),
        ({"manner": "electronic", "place": "邮箱"}, "note"),
    ],
)
def test_what_its_manner_asks_for_is_named(world, hazard, told, field):
    with pytest.raises(BadInput) as refusal:
        serve(world, hazard.notice_id, **told)
    assert refusal.value.field == field


def test_nothing_is_served_before_it_was_issued_or_after_now(world, hazard):
    for moment, sentence in (
        (timezone.now() + timedelta(minutes=5), "晚于现在"),
        (timezone.now() - timedelta(days=1), "早于文书日期"),
    ):
        with pytest.raises(BadInput, match=sentence):
            serve(world, hazard.notice_id, **DIRECT, served_at=moment)


def test_two_serve_it_and_both_are_of_the_body_that_issued_it(world, hazard):
    with pytest.raises(BadInput, match="两名"):
        serve(world, hazard.notice_id, second="inspector", **DIRECT)
    for login in ("office", "department"):
        with pytest.raises(NotAllowed, match="制发机关"):
            serve(world, hazard.notice_id, by=login, **DIRECT)


def test_a_document_has_one_receipt(world, hazard):
    first = serve(world, hazard.notice_id, **DIRECT)
    with pytest.raises(Refused, match=first.number):
        serve(world, hazard.notice_id, **DIRECT)
    with pytest.raises(Refused, match="不需要送达回执"):
        serve(world, first.pk, **DIRECT)


def test_the_served_day_moves_no_deadline_and_signs_for_nobody(world, hazard):
    before = hazard.deadline
    serve(world, hazard.notice_id, **DIRECT)
    with world.as_("office"):
        now = Hazard.objects.select_related("notice").get(pk=hazard.pk)
        assert (now.deadline, now.revision) == (before, hazard.revision)
        assert now.notice.acknowledged_at is None


def test_the_page_offers_it_once_to_those_who_may(world, hazard):
    address, client = f"/notices/{hazard.notice_id}/", world.client("inspector")
    assert "制作送达回执" in client.get(address).content.decode()
    for login in ("office", "officer", "auditor"):
        assert "制作送达回执" not in world.client(login).get(address).content.decode()
    now = timezone.localtime()
    told = LEFT | {"served_at": now.strftime("%Y-%m-%dT%H:%M"), "second": str(world.people["inspector2"])}
    refused = client.post(f"{address}serve/", told | {"witness": ""})
    assert refused.status_code == 400
    assert "门卫拒收，文书留置" in refused.content.decode()
    done = client.post(f"{address}serve/", told, follow=True)
    assert f"{address}serve/" not in done.content.decode()
    with world.as_("officer"):
        receipt = Notice.objects.get(kind=Notice.Kind.RECEIPT)
    seen = world.client("officer").get(f"/notices/{receipt.pk}/").content.decode()
    assert "留置送达" in seen
    assert "村委会刘堃" in seen


def test_the_api_serves_by_the_same_rule(world, hazard):
    client, address = world.client("inspector"), f"/api/v1/notices/{hazard.notice_id}/serve/"
    body = DIRECT | {"served_at": timezone.now().isoformat(), "second": world.people["inspector2"]}
    assert client.post(address, body | {"signed_by": ""}, content_type="application/json").status_code == 400
    made = client.post(address, body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["about"] == hazard.notice_id


def test_a_recheck_that_found_it_wanting_is_put_in_an_opinion(world):
    hazard = stories.submitted(world)
    address = f"/hazards/{hazard.pk}/recheck/"
    told = {"note": "垫片未更换", "revision": str(hazard.revision), "verdict": "return_opinion"}
    refused = world.client("inspector").post(address, told)
    assert refused.status_code == 400
    assert "第二名" in refused.content.decode()
    assert stories.fresh(world, hazard).status == "submitted"
    done = world.client("inspector").post(address, told | {"second": str(world.people["inspector2"])}, follow=True)
    assert "并制发整改复查意见书" in done.content.decode()
    assert stories.fresh(world, hazard).status == "rectifying"
    with world.as_("office"):
        opinion = Notice.objects.get(kind=Notice.Kind.RECHECK)
    text = printed(world, opinion)
    assert "未按要求完成整改" in text
    assert "经复查，上述隐患未整改到位：垫片未更换。" in text
    assert "审核后予以销号" not in text
