"""What a device without signal brings home is what would have been recorded at the desk, once, and nothing is lost of it."""

import json
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.actions import moves
from hazards.actions.evidence import add_evidence
from hazards.models import Evidence, Hazard, Notice
from inspections.models import ChecklistEdition, Visit
from inspections.models_field import FieldFile, FieldRecord
from inspections.outing import bring_home
from portal.audit.models import AuditRecord
from portal.documents.models import ReservedNumber
from portal.files import scrub, store
from portal.refusals import BadInput, Refused
from portal.sm3 import sm3
from portal.tenancy.scope import platform_scope
from portal.uploads import actions as uploads
from tests import stories
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
        assert (brought[0].fault, brought[0].pictures) == ("", 1)
    assert device.send(record).status_code == 201, "and the device finds it received"
    visit = rows(world, Visit, key=record["key"])[0]
    assert visit.lead_id == world.people["inspector"]
    assert rows(world, FieldRecord, visit=visit)[0].brought_by == "office君"
    assert len(rows(world, Evidence, visit_id=visit.pk)) == 1
    with world.as_("auditor"):
        finish = AuditRecord.objects.get(action="visits.finish", object_id=visit.pk)
    assert (finish.account_id, finish.person_id) == (world.accounts["office"], world.people["inspector"])


def test_another_unit_brings_in_nothing(world, device):
    record = device.record()
    with world.as_("north"):
        brought = bring_home(exported(world, device, record))
    assert "另一单位" in brought[0].fault
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


def test_signatures_are_among_the_files_that_are_looked_after(world, device):
    sent(device, number=device.numbers(1)[0]["id"])
    with world.as_("office"):
        record = FieldRecord.objects.latest("id")
        assert {one["digest"] for one in record.signatures} <= {digest for digest, _ in scrub.names()}
        store.path_of(record.signatures[0]["digest"]).unlink()
        assert any("检查签名" in line for line in scrub.check().damaged)
