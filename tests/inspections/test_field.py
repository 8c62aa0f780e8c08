"""What a device without signal brings home is what would have been recorded at the desk, once, and nothing is lost of it."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core import signing
from django.utils import timezone

from enterprises.models import Enterprise
from hazards import leads
from hazards.actions import corrections, moves, notices
from hazards.actions.evidence import add_evidence
from hazards.actions.scanning import scan_waiting
from hazards.models import Evidence, Hazard, Notice
from inspections.actions.records import make_record
from inspections.models import ActionTarget, ChecklistEdition, PlannedVisit, ThemedAction, Visit
from inspections.models_field import FieldFile, FieldRecord
from inspections.outing import bring_home
from inspections.queries.checklists import checklist, newest_edition
from portal.audit.models import AuditRecord
from portal.documents.models import ReservedNumber
from portal.files import clamd, scrub, store
from portal.refusals import BadInput, Refused
from portal.sm3 import sm3
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import platform_scope
from portal.uploads import actions as uploads
from tests import stories
from tests.documents import reading
from tests.files import samples
from tests.inspections import walks
from tests.inspections.outings import Device


@pytest.fixture
def device(world):
    return Device(world)


def sent(device, **more) -> dict:
    record = device.record(**more)
    answer = device.send(record)
    assert answer.status_code == 201, answer.content.decode()
    return record | {"answer": answer.json()}


def rows(world, model, login="inspector", **where):
    with world.as_(login):
        return list(model.objects.filter(**where).order_by("pk"))


def test_the_server_s_notice_carries_the_number_and_content_handed_over_in_the_plant(world, device):
    held = device.numbers()
    pack = device.pack()
    visit = sent(device, pack=pack, number=held[0]["id"])
    notice = rows(world, Notice, number=held[0]["text"])[0]
    assert visit["answer"]["notice"] == held[0]["text"]
    assert notice.content["verify_url"] == held[0]["verify_url"]
    assert [item["description"] for item in notice.content["items"]] == ["三车间无考核记录", "消防通道堆放桶装溶剂"]
    assert [item["requirement"] for item in notice.content["items"]] == ["立即整改", "清走桶装溶剂"]
    assert notice.content["addressee"] == pack["name"]
    assert notice.acknowledged_by == "enterprise名"
    assert {hazard.status for hazard in rows(world, Hazard, notice=notice)} == {"rectifying"}
    record = rows(world, FieldRecord, visit_id=visit["answer"]["visit"])[0]
    assert [one["part"] for one in record.signatures] == ["lead", "second", "enterprise"]
    assert device.client.get(visit["answer"]["notice_pdf"]).content.startswith(b"%PDF")
    page = device.client.get(visit["answer"]["url"]).content.decode()
    assert "三车间噪声大" in page
    assert device.client.get(f"/visits/{record.visit_id}/signatures/second/").headers["Content-Type"] == "image/jpeg"


def test_the_same_sent_twice_is_one_record_and_the_same_answer(world, device):
    visit = sent(device, number=device.numbers(1)[0]["id"])
    again = device.send({name: value for name, value in visit.items() if name != "answer"})
    assert (again.status_code, again.json()) == (201, visit["answer"])
    assert len(rows(world, Visit, key=visit["key"])) == 1
    assert len(rows(world, Hazard, source_id=visit["answer"]["visit"])) == 2
    assert len(rows(world, Notice, number=visit["answer"]["notice"])) == 1


def test_the_same_key_with_other_content_is_refused_and_changes_nothing(world, device):
    visit = sent(device)
    visit.pop("answer")
    answer = device.send(visit | {"summary": "另一段话"})
    assert (answer.status_code, answer.json()["code"]) == (409, "other_content")
    assert rows(world, Visit, key=visit["key"])[0].summary == "检查了基础管理。"


def test_the_answer_s_digest_is_that_of_the_bytes_sent(device):
    text = json.dumps(device.record(), ensure_ascii=False, indent=1)
    assert device.post("visits/", text).json()["sm3"] == sm3(text.encode())


def test_one_fault_takes_all_of_it_back_the_reserved_number_too(world, device):
    number = device.numbers(1)[0]["id"]
    record = device.record(number=number)
    record["notice"]["orders"][1]["due"] = timezone.localdate().isoformat()
    answer = device.send(record)
    assert answer.status_code == 400, answer.content.decode()
    assert not rows(world, Visit, key=record["key"])
    assert rows(world, ReservedNumber, pk=number)[0].state == "reserved"


def test_a_lone_inspector_brings_home_nothing(world, device):
    answer = device.send(device.record(second=world.people["inspector"]))
    assert answer.status_code == 400
    assert "两名不同" in answer.json()["message"]


def test_a_notice_on_the_spot_needs_the_signatures_or_the_refusal(device):
    number = device.numbers(1)[0]["id"]
    record = device.record(number=number)
    lacking = record | {"signatures": record["signatures"][:2]}
    assert "签收" in str(device.send(lacking).json()["errors"])
    refused = device.send(lacking | {"refused": "负责人不肯签字", "witness": "门卫李某"})
    assert refused.status_code == 201, refused.content.decode()


def test_a_refusal_is_noted_on_the_notice_with_its_witness(world, device):
    record = device.record(number=device.numbers(1)[0]["id"])
    record |= {"signatures": record["signatures"][:2], "refused": "负责人不肯签字", "witness": "门卫李某"}
    notice = rows(world, Notice, number=device.send(record).json()["notice"])[0]
    assert (notice.acknowledged_at, notice.refusal) == (None, "负责人不肯签字，见证人门卫李某")


def test_what_is_no_signature_is_refused(device):
    record = device.record(number=device.numbers(1)[0]["id"])
    for png in ("not base64!", "QUJD", ""):
        record["signatures"][0]["png"] = png
        assert device.send(record).status_code == 400


def test_numbers_are_reserved_once_however_often_the_device_asks(world, device):
    first, second = device.numbers(3), device.numbers(3)
    assert [one["id"] for one in first] == [one["id"] for one in second]
    assert first[0]["qr"].startswith("data:image/svg+xml")
    other = Device(world, login="inspector2").numbers(2)
    assert not {one["number"] for one in first} & {one["number"] for one in other}


def test_a_number_given_back_goes_out_again_and_the_series_has_no_hole(world, device):
    held = device.numbers(3)
    device.post("numbers/back/", {"device": device.key, "numbers": [one["id"] for one in held]})
    hazards = [stories.recorded(world) for _ in range(2)]
    issued = [stories.order(world, [hazard]) for hazard in hazards]
    assert [notice.number for notice in issued] == [one["text"] for one in held[:2]]
    again = Device(world).numbers(2)
    assert [one["number"] for one in again] == [held[2]["number"], held[2]["number"] + 1]
    assert again[0]["verify_url"] != held[2]["verify_url"], "an old QR code opens nothing"


def test_a_device_cannot_use_what_it_gave_back_or_another_s_number(world, device):
    returned = device.numbers(1)[0]["id"]
    device.post("numbers/back/", {"device": device.key, "numbers": [returned]})
    foreign = Device(world, login="inspector2").numbers(2)[1]["id"]
    for number in (returned, foreign, 987654):
        answer = device.send(device.record(number=number))
        assert answer.status_code == 409, (number, answer.content.decode())


def test_a_used_number_cannot_be_used_again_or_given_back(world, device):
    number = device.numbers(1)[0]["id"]
    sent(device, number=number)
    assert device.send(device.record(number=number)).status_code == 409
    device.post("numbers/back/", {"device": device.key, "numbers": [number]})
    assert rows(world, ReservedNumber, pk=number)[0].state == "used"


def test_a_lost_device_s_number_is_declared_void_with_a_reason_and_stands_in_the_register(world, device):
    held = device.numbers(2)
    assert device.client.post(f"/field/numbers/{held[0]['id']}/void/", {"reason": "x"}).status_code == 403
    leader = world.client("leader")
    assert leader.post(f"/field/numbers/{held[0]['id']}/void/", {"reason": ""}).status_code == 400
    assert leader.post(f"/field/numbers/{held[0]['id']}/void/", {"reason": "平板摔坏，未使用"}).status_code == 302
    page = leader.get("/field/numbers/").content.decode()
    assert held[0]["text"] in page
    assert "平板摔坏，未使用" in page
    assert world.client("north").post(f"/field/numbers/{held[1]['id']}/void/", {"reason": "x"}).status_code == 403
    assert held[0]["text"] not in world.client("north").get("/field/numbers/").content.decode()
    # A paper that turns up after all is the only one under that number, so it stands.
    assert sent(device, number=held[0]["id"])["answer"]["notice"] == held[0]["text"]


def test_whoever_scans_a_notice_that_is_still_on_its_way_is_told_so(device):
    held = device.numbers(1)[0]
    path = "/" + held["verify_url"].split("/", 3)[3]
    before = device.client.get(path)
    assert before.status_code == 200
    assert "文书还没有传回" in before.content.decode()
    sent(device, number=held["id"])
    assert "文书真实，未被改动" in device.client.get(path).content.decode()


def test_a_pack_carries_facts_open_hazards_pictures_and_what_changed_since(world, device):
    walks.finished(world)
    hazard = stories.submitted(world, description="法兰渗漏")
    pack = device.pack()
    assert pack["facts"]["企业名称"] == pack["name"]
    carried = next(one for one in pack["hazards"] if one["id"] == hazard.pk)
    assert (carried["revision"], carried["may_recheck"], len(carried["photos"])) == (hazard.revision, True, 1)
    assert "已更换垫片" in carried["note"]
    assert any("提交复查" in one["text"] for one in pack["changes"])
    assert device.client.get(carried["photos"][0]["url"]).headers["Content-Type"] == "image/jpeg"


def planned_for(world, enterprise: str, first: str, second: str, **more) -> PlannedVisit:
    today = timezone.localdate()
    with world.as_("leader"):
        plan = PlannedVisit(
            enterprise_id=world.enterprises[enterprise], month=today.replace(day=1), origin="hand",
            organisation_id=Posting.objects.get(person_id=world.people["inspector"]).organisation_id,
            first_id=world.people[first], second_id=world.people[second], by_name="x", **more,
        )  # fmt: skip
        plan.stand_with(Enterprise.objects.get(pk=plan.enterprise_id))
        plan.save()
    return plan


def test_todays_plants_come_first_with_their_day(world, device):
    stories.submitted(world)
    today, ahead = timezone.localdate(), timezone.localdate() + timedelta(days=1)
    planned_for(world, "b", "inspector2", "inspector", day=today)
    planned_for(world, "a", "leader", "inspector2", day=today)
    plants = device.get("plants/").json()
    assert [(one["id"], one["planned"]) for one in plants[:2]] == [
        (world.enterprises["b"], today.isoformat()),
        (world.enterprises["a"], ""),
    ], "one's own before those with more to recheck; another pair's plan is not one's own"
    with world.as_("leader"):
        PlannedVisit.objects.filter(enterprise_id=world.enterprises["b"]).update(day=ahead)
    assert {one["planned"] for one in device.get("plants/").json()} == {""}, "tomorrow's is not today's"


def test_the_device_takes_along_everybody_certified_of_its_unit_and_of_the_body_it_goes_with(world, device):
    unit = {world.people["inspector2"], world.people["leader"]}
    assert {one["id"] for one in device.get("me/").json()["seconds"]} == unit
    with world.as_("sysadmin"):
        template = Posting.objects.select_related("person").get(person_id=world.people["inspector2"])
        more = []
        for n in range(15):
            person = Person.objects.create(name=f"同事{n:02}", certificate_no=f"9{n:07}")
            post = {"role": "inspector", "district_id": template.district_id, "starts": template.starts}
            more.append(
                Posting.objects.create(person=person, organisation_id=template.organisation_id, **post).person_id
            )
        north = Posting.objects.get(person_id=world.people["north"]).organisation_id
    assert {one["id"] for one in device.get("me/").json()["seconds"]} == unit | set(more)
    planned_for(world, "a", "inspector", "north", joint_with_id=north)
    seconds = {one["id"]: one["unit"] for one in device.get("me/").json()["seconds"]}
    assert seconds[world.people["north"]] == "江北区应急管理局"
    assert seconds[world.people["inspector2"]] == ""


def test_a_recheck_in_the_plant_closes_or_returns_the_hazard(world, device):
    good, bad = stories.submitted(world, description="甲处"), stories.submitted(world, description="乙处")
    rechecks = [
        {"hazard": good.pk, "revision": good.revision, "verdict": "accept", "note": "已换新"},
        {"hazard": bad.pk, "revision": bad.revision, "verdict": "return", "note": "仍渗漏"},
    ]
    sent(device, rechecks=rechecks)
    assert [stories.fresh(world, one).status for one in (good, bad)] == ["closed", "rectifying"]


def test_a_hazard_that_changed_meanwhile_is_laid_beside_and_a_person_decides(world, device):
    hazard = stories.submitted(world)
    record = device.record(
        rechecks=[{"hazard": hazard.pk, "revision": hazard.revision, "verdict": "return", "note": "仍渗漏"}]
    )
    with world.as_("leader"):
        moves.send_back(hazard.pk, "照片不清")
    stories.hand_in(world, hazard)
    now = stories.fresh(world, hazard)
    answer = device.send(record)
    assert (answer.status_code, answer.json()["code"]) == (409, "changed")
    both = answer.json()["both"]
    assert [(one["kind"], one["id"], one["now"]["revision"]) for one in both] == [("hazard", hazard.pk, now.revision)]
    assert not rows(world, Visit, key=record["key"])
    kept = device.send(record | {"decided_hazards": {str(hazard.pk): now.revision}})
    assert kept.status_code == 201, kept.content.decode()
    assert stories.fresh(world, hazard).status == "rectifying"
    assert rows(world, FieldRecord, visit_id=kept.json()["visit"])[0].decided[0]["id"] == hazard.pk


def test_a_plant_renamed_meanwhile_is_shown_and_the_paper_stands_as_it_was_handed_over(world, device):
    pack = device.pack()
    record = device.record(pack, number=device.numbers(1)[0]["id"])
    with world.as_("office"):
        Enterprise.objects.filter(pk=device.enterprise).update(name="江州甲新材料有限公司")
    both = device.send(record).json()["both"]
    assert both[0]["differing"]["企业名称"] == [pack["name"], "江州甲新材料有限公司"]
    assert device.send(record | {"decided_facts": "0" * 64}).status_code == 409, "not what it is now"
    kept = device.send(record | {"decided_facts": both[0]["now"]})
    assert kept.status_code == 201, kept.content.decode()
    assert rows(world, Notice, number=kept.json()["notice"])[0].content["addressee"] == pack["name"]


def test_nobody_puts_a_name_of_their_own_on_a_paper(world, device):
    pack = device.pack()
    forged = signing.dumps({"tenant": 1, "enterprise": device.enterprise, "name": "假", "facts": "x"}, salt="other")
    for token in (forged, pack["token"][:-2] + "xx", Device(world, "b").pack()["token"]):
        assert device.send(device.record(pack | {"token": token})).status_code == 400


def test_the_checklist_that_was_taken_along_holds_though_a_newer_one_was_loaded(world, device):
    record = device.record()
    with platform_scope():
        ChecklistEdition.objects.create(name="新", edition="f" * 64)
    assert device.send(record).status_code == 201
    assert device.send(device.record(edition="0" * 64)).status_code == 400


def test_the_pack_says_which_lines_apply_to_the_plant_and_the_visit_keeps_what_was_gone_through(world, device):
    pack = device.pack()
    with world.as_("inspector"):
        plant = Enterprise.objects.get(pk=device.enterprise)
        fits = checklist(newest_edition()).judged_for(plant).fitting()
    assert pack["checklist"]["codes"] == fits.codes
    assert pack["checklist"]["because"] == fits.because
    assert fits.because
    shown = [code for code in fits.codes if code not in (walks.FIRST, walks.SECOND)][:3]
    visit = rows(world, Visit, pk=sent(device, pack=pack, shown=shown)["answer"]["visit"])[0]
    assert set(visit.codes) == {*shown, walks.FIRST, walks.SECOND}, (
        "what was gone through and left open, and what was answered"
    )
    assert visit.because
    assert set(visit.because.values()) <= set(fits.because.values())


def themed(world, **more) -> ThemedAction:
    with world.as_("office"):
        edition = newest_edition()
        action = ThemedAction.objects.create(
            title="防泄漏专项", themes=["leak"], starts=timezone.localdate(), ends=timezone.localdate(), edition=edition,
            codes=[walks.FIRST, walks.SECOND, "CK01-003"], state="running", started_at=timezone.now(), by_name="x",
        )  # fmt: skip
        target = ActionTarget(action=action, enterprise_id=world.enterprises["a"], joined_on=timezone.localdate())
        target.stand_with(Enterprise.objects.get(pk=target.enterprise_id))
        target.save()
    return action


def test_a_themed_action_goes_along_with_its_own_lines_and_the_visit_counts_for_it(world, device):
    action = themed(world)
    assert Device(world, "b").pack()["actions"] == []
    carried = device.pack()["actions"][0]
    assert [item["code"] for item in carried["items"]] == action.codes
    assert carried["items"][0]["basis"]
    # It ended while the device was away: the visit was made while it ran.
    with world.as_("office"):
        ThemedAction.objects.filter(pk=action.pk).update(state="ended", ended_on=timezone.localdate())
    visit = rows(world, Visit, pk=sent(device, action=action.pk)["answer"]["visit"])[0]
    assert (visit.action_id, visit.subject, sorted(visit.codes)) == (action.pk, "themed", sorted(action.codes))
    with world.as_("office"):
        day = timezone.localdate() - timedelta(days=1)
        ThemedAction.objects.filter(pk=action.pk).update(starts=day, ended_on=day)
    assert device.send(device.record(action=action.pk)).status_code == 409


def announced(content: bytes, code: str = walks.SECOND) -> dict:
    return {"key": str(uuid4()), "code": code, "sm3": sm3(content), "taken_at": timezone.now().isoformat()}


def uploaded(world, device, key: str, content: bytes, login="inspector"):
    with world.as_(login):
        uploads.begin(UUID(key), len(content), "现场.jpg")
        uploads.append(UUID(key), 0, content)
    return device.post("files/", {"key": key, "upload": key})


def test_pictures_follow_their_record_and_belong_to_the_finding_though_the_notice_is_out(world, device):
    content, loose = samples.photo_with_exif(), samples.picture(colour=(1, 2, 3))
    files = [announced(content), announced(loose, "")]
    visit = sent(device, number=device.numbers(1)[0]["id"], files=files)
    for file, bytes_ in zip(files, (content, loose), strict=True):
        for _ in range(2):
            answer = (
                uploaded(world, device, file["key"], bytes_)
                if _ == 0
                else device.post("files/", {"key": file["key"], "upload": file["key"]})
            )
            assert (answer.status_code, answer.json()["sm3"]) == (201, file["sm3"]), answer.content.decode()
    notice = rows(world, Notice, number=visit["answer"]["notice"])[0]
    assert [photo["digest"] for photo in notice.content["photos"]] == [sm3(content)]
    kept = rows(world, Evidence, visit_id=visit["answer"]["visit"])
    assert [(one.digest, bool(one.hazard_id), one.phase) for one in kept] == [
        (sm3(content), True, "found"),
        (sm3(loose), False, "found"),
    ]
    assert kept[0].exif["gps"]


def test_once_the_pictures_have_come_the_notice_has_its_annex_and_says_before_that_it_has_not(world, device):
    content, other = samples.photo_with_exif(), samples.picture(colour=(1, 2, 3))
    files = [announced(content), announced(other)]
    visit = sent(device, number=device.numbers(1)[0]["id"], files=files)
    notice = rows(world, Notice, number=visit["answer"]["notice"])[0]
    page, annex = f"/notices/{notice.pk}/", f"/notices/{notice.pk}/photos/"
    printed = device.client.get(f"/notices/{notice.pk}/pdf/").content
    uploaded(world, device, files[0]["key"], content)
    assert "还有 1 张没有从检查人员的设备传回" in device.client.get(page).content.decode()
    refused = device.client.get(annex)
    assert refused.status_code == 409
    assert "还有1张照片没有从检查人员的设备传回" in refused.content.decode()
    uploaded(world, device, files[1]["key"], other)
    assert annex in device.client.get(page).content.decode()
    officer = world.client("officer").get(annex)
    assert officer.headers["Content-Type"] == "application/pdf"
    text = reading.text(officer.content)
    for word in ("文书照片附件", notice.number, notice.digest, files[0]["sm3"], files[1]["sm3"], "第1项"):
        assert word in text, word
    assert len(reading.images(officer.content)) >= 2
    assert device.client.get(annex).content == officer.content, "the same each time"
    assert device.client.get(f"/notices/{notice.pk}/pdf/").content == printed, (
        "the notice itself stays as it was served"
    )
    assert rows(world, Notice, pk=notice.pk)[0].digest == notice.digest
    assert world.client("officer_b").get(annex).status_code == 404


def test_a_picture_without_a_place_is_held_against_the_place_its_device_noted(world, device):
    with world.as_("office"):
        Enterprise.objects.filter(pk=device.enterprise).update(longitude="119.3", latitude="26.0")
    here, away, inside = samples.picture(), samples.picture(colour=(90, 9, 200)), samples.photo_with_exif()
    files = [
        announced(here) | {"longitude": "119.300100", "latitude": "26.000100"},
        announced(away) | {"longitude": "119.500000", "latitude": "26.000000"},
        announced(inside) | {"longitude": "119.300100", "latitude": "26.000100"},
    ]
    sent(device, files=files)
    for file, content in zip(files, (here, away, inside), strict=True):
        uploaded(world, device, file["key"], content)
    told = {one.digest: one for one in rows(world, Evidence)}
    place = {leads.FAR, leads.FAR_BY_DEVICE}
    assert [place & set(told[sm3(one)].leads) for one in (here, away, inside)] == [
        set(), {leads.FAR_BY_DEVICE}, {leads.FAR},
    ]  # fmt: skip
    assert any("拍照设备记下的地点离企业较远" in word for word in told[sm3(away)].words)


def test_a_record_made_at_the_desk_before_the_pictures_came_says_so_and_has_its_annex_later(world, device):
    content, other = samples.picture(), samples.picture(colour=(1, 2, 3))
    files = [announced(content), announced(other)]
    visit = sent(device, files=files)["answer"]["visit"]
    assert "还有 2 张照片没有从检查人员的设备传回" in device.client.get(f"/visits/{visit}/record/").content.decode()
    issuing = device.client.get(f"/notices/new/?visit={visit}").content.decode()
    assert "还有 2 张照片没有从检查人员的设备传回" in issuing
    uploaded(world, device, files[0]["key"], content)
    now = timezone.now()
    with world.as_("inspector"):
        record = make_record(
            visit, place="罐区", situation="查了罐区", started_at=now - timedelta(minutes=2), ended_at=now
        )
    assert [photo["digest"] for photo in record.content["photos"]] == [sm3(content), sm3(other)]
    assert len(reading.images(device.client.get(f"/notices/{record.pk}/pdf/").content)) == 1
    annex = f"/api/v1/notices/{record.pk}/photos/"
    assert device.client.get(annex).status_code == 409
    with world.as_("inspector"):
        again = corrections.correct(record.pk, {"situation": "只查了罐区"}, "写错", device.second)
    assert [photo["digest"] for photo in again.content["photos"]] == [sm3(content), sm3(other)], "still awaited"
    uploaded(world, device, files[1]["key"], other)
    assert "没有从检查人员的设备传回" not in device.client.get(f"/visits/{visit}/record/").content.decode()
    for document in (record, again):
        sheet = device.client.get(f"/api/v1/notices/{document.pk}/photos/")
        assert sheet.headers["Content-Type"] == "application/pdf"
        text = reading.text(sheet.content)
        assert document.number in text
        assert sm3(other) in text
        assert sm3(content) not in text, "that one is in the document's own annex"
    assert world.client("officer_b").get(annex).status_code == 404


def test_a_picture_still_being_scanned_is_not_lost_to_the_notice(world, device, monkeypatch):
    monkeypatch.setattr(clamd, "configured", lambda: True)
    monkeypatch.setattr(clamd, "infected", lambda content: "")
    content = samples.picture()
    files = [announced(content)]
    sent(device, files=files)
    uploaded(world, device, files[0]["key"], content)
    with world.as_("inspector"):
        hazard = Hazard.objects.get(evidence__digest=sm3(content))
        order = notices.Order(hazard.pk, notices.deadline_for(length=9), "立即整改")
        notice = notices.issue_notice([order], device.second)
    assert [photo["digest"] for photo in notice.content["photos"]] == [sm3(content)]
    address = f"/notices/{notice.pk}/photos/"
    assert device.client.get(address).status_code == 409
    with world.as_("office"):
        scan_waiting()
    assert len(reading.images(device.client.get(address).content)) >= 1


def test_a_picture_that_never_comes_is_named_in_the_annex_after_a_week(world, device):
    content, lost = samples.picture(), samples.picture(colour=(1, 2, 3))
    files = [announced(content), announced(lost)]
    visit = sent(device, number=device.numbers(1)[0]["id"], files=files)
    uploaded(world, device, files[0]["key"], content)
    notice = rows(world, Notice, number=visit["answer"]["notice"])[0]
    address = f"/notices/{notice.pk}/photos/"
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        assert world.client("inspector").get(address).status_code == 409
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        printed = world.client("inspector").get(address)
        assert address in world.client("inspector").get(f"/notices/{notice.pk}/").content.decode()
    text = reading.text(printed.content)
    assert "尚未传回" in text
    assert files[1]["sm3"] in text
    assert len(reading.images(printed.content)) == 1


def test_a_correction_of_it_has_the_pictures_in_its_own_annex(world, device):
    content = samples.picture()
    files = [announced(content)]
    visit = sent(device, number=device.numbers(1)[0]["id"], files=files)
    uploaded(world, device, files[0]["key"], content)
    notice = rows(world, Notice, number=visit["answer"]["notice"])[0]
    with world.as_("inspector"):
        new = corrections.correct(notice.pk, {"items.0.description": "四车间无考核记录"}, "车间写错", device.second)
    assert [photo["digest"] for photo in new.content["photos"]] == [sm3(content)]
    assert "附件：现场照片（共1张）" in reading.text(device.client.get(f"/notices/{new.pk}/pdf/").content)


def test_a_notice_with_its_photos_inside_has_no_annex_apart(world, device):
    hazard = stories.issued(world)
    refused = device.client.get(f"/notices/{hazard.notice_id}/photos/")
    assert refused.status_code == 409
    assert "没有单独的照片附件" in refused.content.decode()


def test_only_what_was_announced_comes_after_the_notice(world, device):
    content, other = samples.picture(), samples.picture(colour=(9, 9, 9))
    files = [announced(content)]
    visit = sent(device, number=device.numbers(1)[0]["id"], files=files)
    assert uploaded(world, device, files[0]["key"], other).status_code == 400
    assert not rows(world, Evidence, visit_id=visit["answer"]["visit"])
    assert uploaded(world, device, str(uuid4()), content).status_code == 404
    hazard = rows(world, Hazard, source_id=visit["answer"]["visit"])[0]
    with world.as_("inspector"), pytest.raises(Refused, match="文书下达后"):
        add_evidence(samples.upload(content), enterprise=hazard.enterprise, phase="found", hazard=hazard)


def test_another_inspector_cannot_send_a_picture_for_it(world, device):
    content = samples.picture()
    files = [announced(content)]
    sent(device, files=files)
    other = Device(world, login="leader")
    assert uploaded(world, other, files[0]["key"], content, "leader").status_code == 404
    assert rows(world, FieldFile)[0].evidence_id is None


def spoken(content: bytes, code: str = "", seconds: int = 7) -> dict:
    return announced(content, code) | {"kind": "voice", "seconds": seconds}


def voice_address(world, visit: dict) -> str:
    number = visit["answer"]["visit"]
    return f"/visits/{number}/voices/{rows(world, FieldFile, visit_id=number)[0].pk}/"


@pytest.mark.parametrize("form", ["webm", "mp4", "ogg"])
def test_a_voice_note_follows_its_record_once_and_is_heard_on_the_visits_page(world, device, form):
    content = samples.sound(form)
    files = [spoken(content, walks.SECOND)]
    visit = sent(device, number=device.numbers(1)[0]["id"], files=files)
    number = visit["answer"]["visit"]
    assert rows(world, Notice, number=visit["answer"]["notice"])[0].content["photos"] == [], "it is printed nowhere"
    assert "还有 1 份照片、录音没有从设备传回" in device.client.get(f"/visits/{number}/").content.decode()
    address = voice_address(world, visit)
    assert device.client.get(address).status_code == 404
    assert uploaded(world, device, files[0]["key"], content).json()["sm3"] == sm3(content)
    again = device.post("files/", {"key": files[0]["key"], "upload": files[0]["key"]})
    assert (again.status_code, again.json()["sm3"]) == (201, sm3(content))
    assert address in device.client.get(f"/visits/{number}/").content.decode()
    heard = device.client.get(address)
    assert (heard.content, heard.headers["Content-Type"]) == (content, f"audio/{form}")
    assert heard.headers["X-Content-Type-Options"] == "nosniff"
    assert heard.headers["Content-Disposition"].startswith("attachment")
    assert not rows(world, Evidence, visit_id=number)
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="field.voice", object_id=number).count() == 1
    with world.as_("office"):
        assert sm3(content) in {digest for digest, _ in scrub.names()}
    [told] = device.client.get(f"/api/v1/visits/{number}/voices/").json()
    assert (told["sm3"], told["code"], told["content_type"]) == (sm3(content), walks.SECOND, f"audio/{form}")
    assert device.client.get(told["url"]).content == content
    assert world.client("officer").get(told["url"]).status_code in (403, 404)


def test_a_player_may_ask_for_a_part_of_it(world, device):
    content = samples.sound()
    files = [spoken(content)]
    address = voice_address(world, sent(device, files=files))
    uploaded(world, device, files[0]["key"], content)
    for asked, part in (("bytes=0-1", content[:2]), ("bytes=10-", content[10:]), ("bytes=-5", content[-5:])):
        answer = device.client.get(address, headers={"range": asked})
        assert (answer.status_code, answer.content) == (206, part), asked
    assert answer.headers["Content-Range"] == f"bytes {len(content) - 5}-{len(content) - 1}/{len(content)}"
    for nonsense in ("bytes=9-2", "bytes=99999-", "bytes=a-b", "bytes=-", "lines=1-2"):
        answer = device.client.get(address, headers={"range": nonsense})
        assert (answer.status_code, answer.content) == (200, content), nonsense


@pytest.mark.parametrize(
    "content",
    [
        samples.picture(),
        b"<!doctype html><script>alert(1)</script>",
        samples.sound(said=b"<script>alert(1)</script>"),
        samples.sound("webm", b"V_VP8"),
        samples.sound("mp4", b"hdlr" + b"\x00" * 8 + b"vide"),
        samples.sound("ogg", b"theora"),
        b"\x1a\x45\xdf\xa3webm",
        samples.sound(said=b"x" * (4 * 2**20)),
    ],
    ids=["picture", "page", "script inside", "film", "mp4 film", "ogg film", "no track", "too large"],
)
def test_what_is_no_sound_is_not_taken_in_as_one(world, device, content):
    files = [spoken(content)]
    sent(device, files=files)
    answer = uploaded(world, device, files[0]["key"], content)
    assert answer.status_code in (400, 413), answer.content.decode()
    assert not rows(world, FieldFile, key=files[0]["key"])[0].came


def test_a_sound_other_than_announced_is_refused_and_one_is_no_photo(world, device):
    content, other = samples.sound(), samples.sound(said=b"other")
    files = [spoken(content), announced(other)]
    sent(device, files=files)
    for file in files:
        assert uploaded(world, device, file["key"], other).status_code == 400
    assert not any(file.came for file in rows(world, FieldFile))


def test_a_voice_note_is_heard_by_who_reads_the_visit_alone(world, device):
    content = samples.sound()
    files = [spoken(content)]
    address = voice_address(world, sent(device, files=files))
    uploaded(world, device, files[0]["key"], content)
    answers = {
        login: world.client(login).get(address).status_code
        for login in ("inspector2", "office", "auditor", "north", "office_x", "officer", "expert", "sysadmin")
    }
    assert {login for login, status in answers.items() if status == 200} == {"inspector2", "office", "auditor"}, answers


def test_without_its_virus_scanner_the_portal_leaves_the_sound_on_the_device(world, device, settings):
    content = samples.sound()
    files = [spoken(content)]
    sent(device, files=files)
    settings.CLAMD = "127.0.0.1:9"
    answer = uploaded(world, device, files[0]["key"], content)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_scanned")
    settings.CLAMD = ""
    assert device.post("files/", {"key": files[0]["key"], "upload": files[0]["key"]}).status_code == 201


def test_only_the_page_for_the_field_asks_for_the_microphone(world):
    client = world.client("inspector")
    assert "microphone=(self)" in client.get("/field/").headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/visits/").headers["Permissions-Policy"]


def exported(world, device, record: dict, content: bytes = b"") -> bytes:
    import base64

    files = [
        {"key": one["key"], "name": "现场.jpg", "base64": base64.b64encode(content).decode()} for one in record["files"]
    ]
    body = json.dumps(record, ensure_ascii=False)
    told = {
        "kind": "field-visits",
        "person": world.people["inspector"],
        "name": "x",
        "visits": [{"name": "甲", "body": body, "files": files}],
    }
    return json.dumps(told).encode()


def test_the_office_brings_in_a_file_that_a_device_wrote_as_the_inspector_and_once(world, device):
    content = samples.picture()
    record = device.record(number=device.numbers(1)[0]["id"], files=[announced(content)])
    for login in ("office", "leader", "inspector"):
        with world.as_(login):
            brought = bring_home(exported(world, device, record, content))
        assert (brought.visits[0].fault, brought.visits[0].pictures) == ("", 1)
    assert device.send(record).status_code == 201, "and the device finds it received"
    visit = rows(world, Visit, key=record["key"])[0]
    assert visit.lead_id == world.people["inspector"]
    assert rows(world, FieldRecord, visit=visit)[0].brought_by == "office君"
    assert len(rows(world, Evidence, visit_id=visit.pk)) == 1
    with world.as_("auditor"):
        finish = AuditRecord.objects.get(action="visits.finish", object_id=visit.pk)
    assert (finish.account_id, finish.person_id) == (world.accounts["office"], world.people["inspector"])


def test_a_voice_note_is_carried_home_in_a_file_as_well(world, device):
    content = samples.sound()
    record = device.record(files=[spoken(content)])
    with world.as_("office"):
        brought = bring_home(exported(world, device, record, content))
    assert (brought.visits[0].fault, brought.visits[0].pictures) == ("", 1)
    assert rows(world, FieldFile)[0].content_type == "audio/webm"


def test_another_unit_brings_in_nothing(world, device):
    record = device.record()
    with world.as_("north"):
        brought = bring_home(exported(world, device, record))
    assert "另一单位" in brought.visits[0].fault
    assert not rows(world, Visit, key=record["key"])


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"kind": "field-visits"}', b'{"kind":"x","person":1,"visits":[]}', b"[" * 100000]
)
def test_what_is_no_such_file_is_said(world, content):
    with world.as_("inspector"), pytest.raises(BadInput, match="不是外出检查导出的文件"):
        bring_home(content)


def test_the_import_page_names_what_came_and_what_did_not(world, device):
    good, bad = device.record(), device.record(second=world.people["inspector"])
    client = world.client("inspector")
    for record, words in ((good, "已收到"), (bad, "两名不同")):
        page = client.post("/field/import/", {"file": samples.upload(exported(world, device, record), "x.json")})
        assert words in page.content.decode()
    assert client.post("/field/import/", {"file": samples.upload(b"{", "x.json")}).status_code == 400


def test_a_visit_that_is_not_finished_is_told_and_never_becomes_a_record(world, device):
    record = device.record()
    told = json.loads(exported(world, device, record))
    draft = {
        "name": "乙厂",
        "began_at": "2026-11-20T01:00:00Z",
        "visit": {
            "answers": {"CK01": {"verdict": "ok"}, "CK02": {"verdict": "not_ok"}},
            "extras": [{"description": "<b>泵房"}],
        },
        "files": [{"key": "x"}],
    }
    page = world.client("office").post(
        "/field/import/", {"file": samples.upload(json.dumps(told | {"drafts": [draft]}).encode(), "x.json")}
    )
    shown = page.content.decode()
    assert "已收到" in shown
    for words in ("没有完成的检查：平台没有收", "乙厂", "已填 3 项", "（还没有写情况）", "&lt;b&gt;泵房"):
        assert words in shown
    assert len(rows(world, Visit)) == 1
    for spoilt in ({"visit": []}, {"visit": {"answers": [], "extras": []}}, {"visit": {"answers": {}, "extras": [1]}}):
        with world.as_("office"), pytest.raises(BadInput, match="不是外出检查导出的文件"):
            bring_home(json.dumps(told | {"drafts": [draft | spoilt]}).encode())


def test_signatures_are_among_the_files_that_are_looked_after(world, device):
    sent(device, number=device.numbers(1)[0]["id"])
    with world.as_("office"):
        record = FieldRecord.objects.latest("id")
        assert {one["digest"] for one in record.signatures} <= {digest for digest, _ in scrub.names()}
        store.path_of(record.signatures[0]["digest"]).unlink()
        assert any("检查签名" in line for line in scrub.check().damaged)
