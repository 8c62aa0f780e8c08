"""双随机公示: anybody repeats a draw from what is published without login, and nothing else of it is told."""

import json
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.urls import reverse
from redis.exceptions import RedisError

from inspections.actions import draws
from inspections.models import Draw
from inspections.models_draws import DrawNotice
from inspections.views import draw_notices
from portal import limits
from portal.audit.models import AuditRecord
from portal.refusals import NotAllowed, Refused
from portal.sm3 import sm3
from portal.tenancy.scope import public_scope
from tests.inspections.test_draws import SEED, TODAY, published


@pytest.fixture(autouse=True)
def in_november(on_day):
    cache.clear()
    with on_day(TODAY):
        yield


@pytest.fixture
def made(world) -> Draw:
    """Both plants of 江南区; one inspector stays at home for a reason that is nobody's business."""
    return published(world, size=2, avoid="leader君 家中有病人", scope_words="风险等级 C级（橙色）")


def notice_of(world, draw) -> DrawNotice:
    with world.as_("leader"):
        return DrawNotice.objects.get(draw=draw)


def drawn(world, draw) -> DrawNotice:
    with world.as_("leader"):
        draws.draw(draw.pk, SEED)
        return draws.announce(draw.pk)


def asked(world, notice, name: str = "", **more):
    arguments = [notice.verify_code, *filter(None, [name])]
    return world.client().get(reverse("draw_notice_file" if name else "draw_notice", args=arguments), more)


def test_whoever_has_the_address_repeats_the_draw_with_what_lies_there(world, made, tmp_path):
    notice = drawn(world, made)
    for name in ("draw.json", "redraw.py"):
        answer = asked(world, notice, name)
        assert answer["Content-Disposition"].startswith("attachment")
        (tmp_path / name).write_bytes(answer.content)

    def repeated():
        command = [sys.executable, "-S", tmp_path / "redraw.py", tmp_path / "draw.json"]
        return subprocess.run(command, capture_output=True, text=True)

    done = repeated()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "名单、摘要、结果都一致。" in done.stdout
    page = asked(world, notice).content.decode()
    for line in done.stdout.splitlines()[:-1]:
        plant, *pair = line.split("\t")
        assert plant in page
        assert "、".join(pair) in page
    assert sm3(asked(world, notice, "pool.txt").content) == made.digest
    assert made.digest in page
    assert SEED in page
    told = json.loads((tmp_path / "draw.json").read_text("utf-8"))
    (tmp_path / "draw.json").write_text(json.dumps(told | {"people": told["people"][1:]}), "utf-8")
    assert repeated().returncode == 1, "a pool that was changed is found out"


def test_nothing_is_told_but_what_is_published(world, made):
    notice = drawn(world, made)
    pages = [asked(world, notice).content.decode()]
    pages += [asked(world, notice, name).content.decode() for name in ("pool.txt", "draw.json")]
    for page in pages:
        assert "江州甲化工有限公司" in page
        assert "inspector君" in page
        for hidden in ("家中有病人", "风险等级", "C级", "1390", "计划检查"):
            assert hidden not in page
    assert set(json.loads(pages[2])) == {
        "title", "size", "seed", "digest", "plants", "people", "avoided", "result",
    }  # fmt: skip
    with public_scope(notice.verify_code):
        assert list(DrawNotice.objects.values_list("pk", flat=True)) == [notice.pk]
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Draw.objects.first()


def test_no_plant_is_warned_before_the_result_is_announced(world, made):
    notice = notice_of(world, made)
    assert "结果还没有公示" in asked(world, notice).content.decode()
    with world.as_("leader"):
        with pytest.raises(Refused, match="还没有抽取"):
            draws.announce(made.pk)
        draws.draw(made.pk, SEED)
    page = asked(world, notice)
    assert SEED not in page.content.decode()
    assert "抽中" not in page.content.decode().replace("被抽中", "").replace("抽中的", "")
    early = asked(world, notice, "draw.json")
    assert early.status_code == 404
    assert "结果还没有公示" in early.content.decode()
    assert asked(world, notice, "pool.txt").status_code == 200


def test_the_result_is_announced_once_by_whoever_may_draw_and_it_is_on_record(world, made):
    with world.as_("leader"):
        draws.draw(made.pk, SEED)
    page = f"/visits/draws/{made.pk}/"
    address = reverse("draw_notice", args=[notice_of(world, made).verify_code])
    assert "公示种子和结果" not in world.client("inspector").get(page).content.decode()
    for login in ("inspector", "auditor"):
        with world.as_(login), pytest.raises(NotAllowed):
            draws.announce(made.pk)
    shown = world.client("leader").get(page).content.decode()
    assert address in shown
    assert "公示种子和结果" in shown
    assert world.client("leader").post(f"{page}announce/").status_code == 302
    assert world.client("leader").post(f"{page}announce/").status_code == 409
    assert "公示种子和结果" not in world.client("leader").get(page).content.decode()
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="draws.announce", object_id=made.pk).count() == 1


def test_it_goes_over_the_api_as_well(world, made):
    client, address = world.client("leader"), f"/api/v1/draws/{made.pk}/"
    assert client.post(f"{address}announce/").status_code == 409
    with world.as_("leader"):
        draws.draw(made.pk, SEED)
    told = client.post(f"{address}announce/").json()
    assert told["reasons"] == ["家中有病人"]
    assert told["notice_url"].endswith(reverse("draw_notice", args=[notice_of(world, made).verify_code]))


def test_a_draw_from_before_there_were_such_pages_has_none(world, made):
    old = [one | {"reason": "家中有病人"} for one in made.avoided]
    with world.as_("leader"):
        kept = Draw.objects.create(
            district_id=made.district_id, organisation_id=made.organisation_id, title="旧的", month=made.month, size=1,
            plants=made.plants, people=made.people, avoided=old, digest="0" * 64, by_name="x",
        )  # fmt: skip
        draws.draw(kept.pk, SEED)
        with pytest.raises(Refused, match="没有公示网页"):
            draws.announce(kept.pk)
    page = world.client("leader").get(f"/visits/draws/{kept.pk}/").content.decode()
    assert "家中有病人" in page
    assert "没有公示网页" in page


def test_what_was_published_stays(world, made):
    notice = drawn(world, made)
    with world.as_("office"):
        for change in ({"plants": []}, {"people": []}, {"avoided": []}, {"digest": "0"}):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                DrawNotice.objects.filter(pk=notice.pk).update(**change)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            DrawNotice.objects.filter(pk=notice.pk).delete()


def test_a_plant_is_looked_for_in_a_long_pool(world, made, monkeypatch):
    monkeypatch.setattr("inspections.queries.draws.PUBLIC_LISTED", 1)
    notice = notice_of(world, made)
    assert "还有 1 家没有列出" in asked(world, notice).content.decode()
    found = asked(world, notice, q="江州乙").content.decode()
    assert "江州乙医药有限公司" in found
    assert "江州甲化工有限公司" not in found
    nothing = asked(world, notice, q="<b>没有</b>").content.decode()
    assert "名单里没有“&lt;b&gt;没有&lt;/b&gt;”" in nothing


def test_an_address_that_is_wrong_or_asked_too_often_tells_nothing(world, made, monkeypatch):
    notice = notice_of(world, made)
    client = world.client()
    for address in ("/draws/nobody/", "/draws/nobody/pool.txt", f"/draws/{notice.verify_code[:-1]}/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store"), address
        assert "没有这次双随机公示" in answer.content.decode()
    assert client.get(f"/draws/{notice.verify_code}/passwd").status_code == 404
    assert client.post(f"/draws/{notice.verify_code}/").status_code == 405
    monkeypatch.setattr(draw_notices, "MOST_READS", 2)
    address = reverse("draw_notice", args=[notice.verify_code])
    told = [client.get(address, REMOTE_ADDR="10.9.8.7") for _ in range(3)]
    assert [one.status_code for one in told] == [200, 200, 429]
    assert "操作过于频繁，请10分钟后再试" in told[2].content.decode()
    assert client.get(address, REMOTE_ADDR="10.9.8.8").status_code == 200

    def nobody_counts(*_, **__):
        raise RedisError

    monkeypatch.setattr(limits, "count", nobody_counts)
    assert client.get(address, REMOTE_ADDR="10.9.8.7").status_code == 200
