"""抽查复核: closed hazards drawn by lot, frozen, and looked at again by somebody else."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hazards.actions.sample import draw, look_again
from hazards.models import Hazard, Sample, SampleItem
from hazards.rules_sample import drawn
from portal.audit.models import AuditRecord
from portal.messages.models import Message
from portal.refusals import BadInput, NotAllowed, Refused
from tests.stories import closed, fresh, issued, submitted

SEED = "2026年第138期"


@pytest.fixture
def pool(world) -> list[int]:
    """Six closed in 江南区, two in 江北区; and what must not be drawn."""
    made = [closed(world, key).pk for key in "aaabbbcc"]
    issued(world), submitted(world), closed(world, "x")
    return made


def today():
    return timezone.localdate()


def drawn_by(world, login="office", **more) -> Sample:
    with world.as_(login):
        return draw(**{"starts": today(), "ends": today(), "seed": SEED, "number": 4} | more)


def hazards_of(world, sample: Sample, login="office") -> list[int]:
    with world.as_(login):
        return list(SampleItem.objects.filter(sample_id=sample.pk).order_by("id").values_list("hazard_id", flat=True))


def test_the_office_draws_from_what_the_city_closed_as_the_rule_says(world, pool):
    sample = drawn_by(world)
    assert (sample.pool_size, sample.size) == (8, 4)
    assert sorted(sample.pool["全部"]) == sorted(pool)
    assert hazards_of(world, sample) == drawn(SEED, pool, 4)
    with world.as_("auditor"):
        (note,) = AuditRecord.objects.filter(action="samples.draw")
        assert note.changes["drawn"] == drawn(SEED, pool, 4)


def test_a_districts_leader_draws_from_the_district_alone(world, pool):
    sample = drawn_by(world, "leader", number=None, percent=50)
    assert sorted(sample.pool["全部"]) == sorted(pool[:6])
    assert hazards_of(world, sample) == drawn(SEED, pool[:6], 3)
    with world.as_("north"):
        assert not Sample.objects.exists()
        assert not SampleItem.objects.exists()


def test_by_district_every_district_gives_its_share(world, pool):
    sample = drawn_by(world, by_district=True)
    assert sample.shares == {"江南区": 3, "江北区": 1}
    assert set(hazards_of(world, sample)) == {*drawn(SEED, pool[:6], 3), *drawn(SEED, pool[6:], 1)}
    # A district meets what was drawn in it, though the draw is the city's.
    assert hazards_of(world, sample, "north") == drawn(SEED, pool[6:], 1)


def test_the_sample_stays_as_it_was_drawn(world, pool):
    sample = drawn_by(world)
    before = hazards_of(world, sample)
    closed(world)
    with world.as_("office"):
        assert Sample.objects.get(pk=sample.pk).pool["全部"] == sorted(pool)
    assert hazards_of(world, sample) == before
    with pytest.raises(Refused, match="已经抽过一次"):
        drawn_by(world, number=2)
    assert drawn_by(world, seed="2026年第139期").pk != sample.pk


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"seed": "12345"}, "种子"),
        ({"number": 9}, "有8条"),
        ({"number": None}, "二者填一个"),
        ({"percent": 10}, "二者填一个"),
        ({"number": None, "percent": 0}, "百分比"),
        ({"number": 1, "by_district": True}, "每个至少抽1条"),
        ({"starts": "later"}, "不能晚于"),
        ({"ends": "later"}, "还没有过完"),
        ({"starts": "before", "ends": "before"}, "没有销号的隐患"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_to_do(world, pool, more, told):
    days = {"later": today() + timedelta(days=1), "before": today() - timedelta(days=9)}
    with pytest.raises(BadInput, match=told):
        drawn_by(world, **{name: days.get(value, value) for name, value in more.items()})


@pytest.mark.parametrize("login", ["inspector", "department", "officer", "auditor", "expert"])
def test_nobody_else_draws(world, pool, login):
    with pytest.raises(NotAllowed):
        drawn_by(world, login)
    assert world.client(login).get("/samples/new/").status_code == 403


def first_item(world, login="office") -> SampleItem:
    with world.as_(login):
        return SampleItem.objects.select_related("hazard").order_by("id").first()


def test_the_one_who_accepted_it_does_not_look_at_it_again(world, pool):
    drawn_by(world, "leader")
    item = first_item(world, "leader")
    with world.as_("inspector"), pytest.raises(NotAllowed, match="复查人不能复核自己"):
        look_again(item.pk, "true", "到现场看过")
    page = world.client("inspector").get(f"/samples/items/{item.pk}/").content.decode()
    assert "记录复核结果" not in page
    assert "复查人以外" in page
    with world.as_("inspector2"):
        look_again(item.pk, "true", "到现场看过，垫片已更换")


def test_an_auditor_reads_what_was_drawn_and_says_nothing_of_it(world, pool):
    drawn_by(world)
    client, item = world.client("auditor"), first_item(world)
    assert "记录复核结果" not in client.get(f"/samples/items/{item.pk}/").content.decode()
    assert client.post(f"/samples/items/{item.pk}/", {"result": "true", "note": "看过"}).status_code == 403
    assert first_item(world).result == ""


def test_a_result_is_given_once_in_words_and_the_office_is_told_of_an_untrue_one(world, pool):
    drawn_by(world, "leader")
    item = first_item(world, "leader")
    with world.as_("leader"):
        for result, note in (("untrue", " "), ("maybe", "看过"), ("", "看过")):
            with pytest.raises(BadInput):
                look_again(item.pk, result, note)
        done = look_again(item.pk, "untrue", "阀门仍在渗漏")
        assert (done.looked_by_name, done.looked_at is not None) == ("leader君", True)
        with pytest.raises(Refused, match="不能再改"):
            look_again(item.pk, "true", "改口")
    with world.as_("office"):
        told = Message.objects.filter(title__contains="抽查不属实", person_id=world.people["office"])
        assert told.filter(link=f"/samples/items/{item.pk}/").exists()
    # Nothing is reopened by it: that is the office's own verb.
    assert fresh(world, item.hazard).status == "closed"
    page = world.client("office").get(f"/samples/items/{item.pk}/").content.decode()
    assert "办理“重新整改”" in page
    assert f"/hazards/{item.hazard_id}/" in page
    assert "办理“重新整改”" not in world.client("leader").get(f"/samples/items/{item.pk}/").content.decode()


def test_progress_is_counted_by_stratum_and_the_pool_can_be_had(world, pool):
    sample = drawn_by(world, by_district=True)
    item = first_item(world)
    with world.as_("leader"):
        look_again(item.pk, "untrue", "阀门仍在渗漏")
    client = world.client("office")
    assert "不属实" in client.get("/samples/").content.decode()
    page = client.get(f"/samples/{sample.pk}/").content.decode()
    assert SEED in page
    assert sample.digest in page
    text = client.get(f"/samples/{sample.pk}/pool/").content.decode()
    assert len(text.splitlines()) == 8
    assert f"江北区\t{pool[-1]}" in text


def test_the_drawn_are_listed_filtered_and_exported(world, pool):
    sample = drawn_by(world)
    client = world.client("office")
    item = first_item(world)
    with world.as_("office"):
        look_again(item.pk, "true", "到现场看过")
    assert client.get("/samples/items/?result=open").content.decode().count("/samples/items/") >= 3
    answer = client.get(f"/samples/items/?sample={sample.pk}&export=xlsx")
    rows = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert rows.max_row == 1 + 4
    assert "到现场看过" in {cell.value for row in rows.iter_rows() for cell in row}


def test_the_enterprise_hears_nothing_of_a_draw(world, pool):
    sample = drawn_by(world)
    item = first_item(world)
    client = world.client("officer")
    for path in ("/samples/", f"/samples/{sample.pk}/", "/samples/items/", f"/samples/items/{item.pk}/"):
        assert client.get(path).status_code == 403


def test_what_was_typed_stays_when_a_draw_is_refused(world, pool):
    answer = world.client("office").post(
        "/samples/new/", {"starts": today(), "ends": today(), "number": "99", "seed": SEED}
    )
    assert answer.status_code == 400
    assert f'value="{SEED}"' in answer.content.decode()
    assert 'value="99"' in answer.content.decode()
    made = world.client("office").post(
        "/samples/new/", {"starts": today(), "ends": today(), "percent": "12.5", "seed": SEED}
    )
    assert made.status_code == 302
    with world.as_("office"):
        assert Sample.objects.get().size == 1


@pytest.mark.parametrize("path", ["/samples/", "/samples/{sample}/", "/samples/items/", "/samples/items/{item}/"])
def test_the_pages_of_samples_ask_at_most_twelve_questions(world, pool, path):
    sample = drawn_by(world)
    path = path.format(sample=sample.pk, item=first_item(world).pk)
    client = world.client("office")
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    statements = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))][:-1]
    assert len(statements) <= 12, "\n".join(statements)


def test_a_drawn_hazard_that_is_reopened_stays_in_the_sample(world, pool):
    from hazards.actions import moves
    from hazards.actions.notices import deadline_for

    sample = drawn_by(world)
    item = first_item(world)
    with world.as_("office"):
        moves.reopen(item.hazard_id, "抽查不属实", deadline_for(due=today() + timedelta(days=9)))
        assert Hazard.objects.get(pk=item.hazard_id).status == "rectifying"
    assert item.hazard_id in hazards_of(world, sample)
    assert world.client("office").get("/samples/items/").status_code == 200


def test_over_the_api_a_sample_is_drawn_read_and_answered_by_the_same_rules(world, pool):
    office = world.client("office")
    asked = {"starts": str(today()), "ends": str(today()), "seed": SEED, "number": 4}
    made = office.post("/api/v1/samples/", asked, "application/json")
    assert made.status_code == 201
    sample = made.json()
    assert sample["drawn"] == drawn(SEED, pool, 4)
    assert [row["drawn"] for row in sample["rows"]] == [4]
    assert office.get(sample["pool_url"]).status_code == 200
    twice = office.post("/api/v1/samples/", asked, "application/json")
    assert (twice.status_code, twice.json()["errors"][0]["field"]) == (409, "seed")
    both = office.post("/api/v1/samples/", asked | {"percent": "10.5"}, "application/json")
    assert (both.status_code, both.json()["errors"][0]["field"]) == (400, "number")
    for login in ("inspector", "department", "officer", "auditor"):
        assert world.client(login).post("/api/v1/samples/", asked, "application/json").status_code == 403
    assert world.client("department").get("/api/v1/samples/").status_code == 403
    assert [one["id"] for one in world.client("auditor").get("/api/v1/samples/").json()["results"]] == [sample["id"]]
    items = office.get("/api/v1/sample-items/", {"sample": sample["id"]}).json()["results"]
    # Of 江南区, which the inspector sees: which of the eight come first hangs on their numbers.
    item = next(one for one in items if one["hazard"] in pool[:6])
    address = f"/api/v1/sample-items/{item['id']}/look/"
    told = {"result": "untrue", "note": "阀门没有更换"}
    # Whoever rechecked it is not asked again.
    assert world.client("inspector").post(address, told, "application/json").status_code == 403
    assert world.client("auditor").post(address, told, "application/json").status_code == 403
    assert office.post(address, {"result": "untrue", "note": ""}, "application/json").status_code == 400
    looked = office.post(address, told, "application/json")
    assert (looked.status_code, looked.json()["result"]) == (200, "untrue")
    assert office.post(address, told, "application/json").status_code == 409
    assert office.get(f"/api/v1/samples/{sample['id']}/").json()["untrue"] == 1
    assert world.client("officer").get("/api/v1/sample-items/").status_code == 403
