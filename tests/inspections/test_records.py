"""现场检查记录: one button on a finished visit, once; both inspectors sign, the plant signs or its refusal is noted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hazards.actions import corrections
from hazards.models import Evidence, Hazard, Notice
from inspections.actions import answers, visits
from inspections.actions.records import make_record
from portal.audit.models import AuditRecord
from portal.files import store
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.documents import reading
from tests.inspections import walks
from tests.stories import photo


def told(**changes) -> dict:
    now = timezone.now()
    return {
        "place": "甲醇罐区",
        "situation": "查阅票证，查看罐区联锁",
        "started_at": now - timedelta(minutes=2),
        "ended_at": now - timedelta(minutes=1),
    } | changes


def record(world, visit, by="inspector", **changes) -> Notice:
    with world.as_(by):
        return make_record(visit.pk, **told(**changes))


def printed(world, notice) -> bytes:
    with world.as_("office"):
        return store.open_kept(notice.content["pdf"])


def test_the_record_of_a_visit_says_who_looked_at_what_when_and_what_was_found(world):
    visit = walks.finished(world)
    made = record(world, visit, met_with="钱喆（安全总监）")
    assert made.number == f"（江南）应急检记〔{timezone.localdate().year}〕1号"
    text = reading.text(printed(world, made))
    with world.as_("office"):
        [hazard] = Hazard.objects.filter(source_id=visit.pk)
    for word in ("江州甲化工有限公司", "甲醇罐区", "查阅票证，查看罐区联锁。", "钱喆（安全总监）", "共1项"):
        assert word in text
    assert "".join(hazard.description.split()) in text
    assert text.count("证号：") == 2
    assert "证件号码为" in text


def test_its_photos_are_in_the_annex_with_item_and_time_and_there_is_none_without(world):
    visit = walks.walked(world)
    with world.as_("inspector"):
        answers.add_photo(visit.pk, walks.SECOND, photo(30))
        visits.finish_visit(visit.pk, second_id=None)
        assert Evidence.objects.filter(visit_id=visit.pk).exclude(hazard=None).count() == 1
    pdf = printed(world, record(world, visit))
    assert len(reading.images(pdf)) == 1
    assert "附件：现场照片（共1张）照片1第1项发现时上传于" in reading.text(pdf)
    bare = printed(world, record(world, walks.finished(world)))
    assert reading.images(bare) == []
    assert "附件" not in reading.text(bare)


def test_a_visit_that_found_nothing_has_a_record_that_says_so(world):
    made = record(world, walks.finished(world, findings=0))
    assert "检查未发现安全生产问题。" in reading.text(printed(world, made))


def test_a_refusal_to_sign_is_printed(world):
    made = record(world, walks.finished(world), refusal="负责人拒绝签字，村委会人员见证")
    assert "拒绝签收，情况如下：负责人拒绝签字，村委会人员见证。" in reading.text(printed(world, made))


def test_only_one_of_its_two_inspectors_makes_it(world):
    visit = walks.finished(world)
    for login in ("leader", "office", "department"):
        with pytest.raises(NotAllowed):
            record(world, visit, by=login)
    record(world, visit, by="inspector2")


def test_a_visit_under_way_has_no_record(world):
    with pytest.raises(IllegalMove, match="完成后"):
        record(world, walks.walked(world))


def test_a_visit_has_one_record_and_what_is_wrong_in_it_is_corrected(world):
    visit = walks.finished(world)
    first = record(world, visit)
    with pytest.raises(Refused, match=first.number):
        record(world, visit)
    with world.as_("inspector"):
        second = world.people["inspector2"]
        new = corrections.correct(first.pk, {"situation": "只查看罐区联锁"}, "写错", second)
    assert new.visit_id == visit.pk
    with pytest.raises(Refused, match=new.number):
        record(world, visit)


def test_the_database_too_keeps_one_record_a_visit(world):
    first = record(world, walks.finished(world))
    with world.as_("inspector"), pytest.raises(IntegrityError, match="one_record_a_visit"), transaction.atomic():
        copy = Notice.objects.select_related("enterprise").get(pk=first.pk)
        copy.pk, copy.number, copy.verify_code = None, "另一号", "another"
        copy.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"situation": " "}, "situation"),
        ({"ended_at": timezone.now() + timedelta(hours=1)}, "ended_at"),
        ({"started_at": timezone.now() - timedelta(days=2)}, "started_at"),
        ({"started_at": timezone.now(), "ended_at": timezone.now() - timedelta(minutes=5)}, "ended_at"),
    ],
)
def test_what_is_missing_or_cannot_be_is_named(world, change, field):
    with pytest.raises(BadInput) as refusal:
        record(world, walks.finished(world), **change)
    assert refusal.value.field == field


def test_the_button_is_there_for_its_inspectors_until_the_record_is_made(world):
    visit = walks.finished(world)
    address, client = f"/visits/{visit.pk}/", world.client("inspector")
    assert "制作现场检查记录" in client.get(address).content.decode()
    assert "制作现场检查记录" not in world.client("leader").get(address).content.decode()
    form = client.get(f"{address}record/")
    assert form.context["form"].initial["situation"].startswith("按检查表检查")
    initial = {name: value or "" for name, value in form.context["form"].initial.items()}
    refused = client.post(f"{address}record/", initial | {"situation": "", "place": "甲醇罐区之内"})
    assert refused.status_code == 400
    assert "甲醇罐区之内" in refused.content.decode()
    began = (timezone.localtime() - timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M")
    ended = (timezone.localtime() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    done = client.post(f"{address}record/", initial | {"started_at": began, "ended_at": ended}, follow=True)
    assert "应急检记" in done.content.decode()
    page = client.get(address).content.decode()
    assert "应急检记" in page
    assert "制作现场检查记录" not in page
    with world.as_("auditor"):
        assert AuditRecord.objects.get(action="visits.record").object_id == visit.pk


def test_the_api_makes_it_by_the_same_rule(world):
    visit = walks.finished(world)
    body = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told().items()}
    client, address = world.client("inspector"), f"/api/v1/visits/{visit.pk}/record/"
    made = client.post(address, body, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["visit_id"] == visit.pk
    assert client.post(address, body, content_type="application/json").status_code == 409
