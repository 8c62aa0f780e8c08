"""双随机: published before the seed is known, repeatable by anybody, fair to every member of both pools."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.models import Enterprise
from inspections.actions import draws
from inspections.models import Draw, PlannedVisit
from inspections.queries.draws import export_of_draw
from inspections.rules_draw import double_draw, pool_text
from portal.permissions import may
from portal.refusals import BadInput, NotAllowed, Refused
from portal.sm3 import sm3
from portal.tenancy.models import Posting
from portal.tenancy.scope import tenant_scope
from tests.inspections import walks
from tests.stories import person_id
from tools import redraw

ROOT = Path(__file__).resolve().parents[2]
TODAY, DECEMBER = date(2026, 11, 23), date(2026, 12, 1)
SEED = "双色球第2026138期 03 07 11 19 22 30"
numbers = st.sets(st.integers(1, 10**6), min_size=1, max_size=12)
people = st.sets(st.integers(1, 10**6), min_size=2, max_size=6)


@pytest.fixture
def in_november(on_day):
    with on_day(TODAY):
        yield


# --- the rule ------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=12), numbers, people, st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_whatever_the_order(seed, plants, persons, chance):
    size = chance.randint(1, len(plants))
    first = double_draw(seed, sorted(plants), sorted(persons), size)
    mixed, others = list(plants), list(persons)
    chance.shuffle(mixed)
    chance.shuffle(others)
    assert double_draw(seed, mixed, others, size) == first
    assert len({plant for plant, _ in first}) == size
    assert all(len(set(pair)) == 2 for _, pair in first)


@given(numbers, people)
def test_every_member_of_both_pools_can_be_drawn(plants, persons):
    plants_left, persons_left = set(plants), set(persons)
    for n in range(1000):
        for plant, pair in double_draw(f"第{n}期", plants, persons, 1):
            plants_left.discard(plant)
            persons_left.difference_update(pair)
        if not plants_left and not persons_left:
            return
    raise AssertionError((plants_left, persons_left))


@given(st.text(min_size=1, max_size=12), numbers, people, st.randoms(use_true_random=False))
def test_whoever_must_avoid_a_plant_is_never_sent_there(seed, plants, persons, chance):
    extra = max(persons) + 1
    persons = persons | {extra}
    barred = {(chance.choice(sorted(persons)), plant) for plant in plants}
    for plant, pair in double_draw(seed, plants, persons, len(plants), barred):
        assert not {(person, plant) for person in pair} & barred


def test_one_plants_pair_does_not_hang_on_the_other_plants():
    alone = dict(double_draw(SEED, [5], [1, 2, 3, 4], 1))
    among = dict(double_draw(SEED, range(1, 9), [1, 2, 3, 4], 8))
    assert alone[5] == among[5]


# --- publishing and drawing ----------------------------------------------------------------------------------------


def published(world, by: str = "leader", **more) -> Draw:
    told = {"title": "四季度双随机", "month": DECEMBER, "size": 1} | more
    with world.as_(by):
        return draws.publish(Enterprise.objects.all(), None, **told)


def test_a_district_draws_its_plants_and_its_people_and_plans_the_visits(world, in_november):
    made = published(world, size=2, avoid="leader君 出差")
    assert {one["id"] for one in made.plants} == {world.enterprises["a"], world.enterprises["b"]}
    assert {one["name"] for one in made.people} == {"inspector君", "inspector2君", "leader君"}
    with world.as_("leader"):
        done = draws.draw(made.pk, SEED)
        planned = list(PlannedVisit.objects.filter(draw=done))
    pair = {person_id(world, "inspector"), person_id(world, "inspector2")}
    assert {one.enterprise_id for one in planned} == {world.enterprises["a"], world.enterprises["b"]}
    assert all({one.first_id, one.second_id} == pair and one.month == DECEMBER for one in planned)


def test_the_export_repeats_the_draw_without_the_portal_and_a_change_is_found(world, in_november, tmp_path):
    with world.as_("office"):
        code = Enterprise.objects.get(pk=world.enterprises["a"]).code
    made = published(world, size=2, avoid=f"inspector君 {code} 亲属在该厂任职")
    with world.as_("leader"):
        told = export_of_draw(draws.draw(made.pk, SEED))
    file = tmp_path / "draw.json"

    def checked(told: dict) -> tuple[int, str]:
        file.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        # -S: nothing but the standard library.
        done = subprocess.run([sys.executable, "-S", ROOT / "tools/redraw.py", file], capture_output=True, text=True)
        return done.returncode, done.stdout

    status, out = checked(told)
    assert status == 0
    assert "江州甲化工有限公司" in out
    assert "inspector君" not in next(line for line in out.splitlines() if line.startswith("江州甲"))
    assert (
        checked(told | {"seed": "另一个种子"})[0] == 1 or redraw.result(told | {"seed": "另一个种子"}) == told["result"]
    )
    assert checked(told | {"people": told["people"][1:]})[0] == 1
    assert checked(told | {"avoided": []})[0] == 1
    assert checked(told | {"result": told["result"][:1]})[0] == 1


def test_the_published_text_has_the_digest_that_is_shown(world, in_november):
    made = published(world, avoid="leader君 出差")
    client = world.client("leader")
    text = client.get(f"/visits/draws/{made.pk}/pool/").content
    assert sm3(text) == made.digest
    assert made.digest in client.get(f"/visits/draws/{made.pk}/").content.decode()
    assert text.decode() == pool_text(made.plants, made.people, made.avoided, made.size)


def test_a_draw_is_made_once(world, in_november):
    made = published(world)
    with world.as_("leader"):
        first = draws.draw(made.pk, SEED).result
        with pytest.raises(Refused):
            draws.draw(made.pk, "双色球第2026139期")
        assert Draw.objects.get(pk=made.pk).result == first
        assert PlannedVisit.objects.count() == 1


def test_the_pool_is_as_it_was_published_whatever_happens_meanwhile(world, in_november):
    made = published(world, size=2)
    with world.as_("office"):
        Enterprise.objects.filter(pk=world.enterprises["b"]).update(name="江州乙新名有限公司")
    with tenant_scope(world.tenants["江州市"], scope="sysadmin"):
        Posting.objects.filter(person_id__in=[person_id(world, n) for n in ("leader", "inspector2")]).update(
            ends=date(2026, 11, 22)
        )
    with world.as_("office"):
        draws.draw(made.pk, SEED)
        planned = list(PlannedVisit.objects.filter(draw=made))
        told = export_of_draw(Draw.objects.get(pk=made.pk))
    assert redraw.faults(told) == []
    assert len(planned) == 2
    assert all(one.first_id is None for one in planned), "whoever left is not sent"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"size": 0}, "size"),
        ({"size": 3}, "size"),
        ({"month": date(2026, 10, 1)}, "month"),
        ({"avoid": "north君 出差"}, "avoid"),
        ({"avoid": "leader君"}, "avoid"),
        ({"avoid": "leader君 出差\ninspector君 病假"}, "avoid"),
    ],
)
def test_a_pool_that_cannot_be_drawn_from_is_not_published(world, in_november, wrong, field):
    with pytest.raises(BadInput) as refused:
        published(world, **wrong)
    assert refused.value.field == field


def test_a_seed_too_short_to_be_looked_up_is_refused(world, in_november):
    made = published(world)
    with world.as_("leader"), pytest.raises(BadInput):
        draws.draw(made.pk, " 12345 ")


@pytest.mark.parametrize("login", ["inspector", "department", "auditor", "officer"])
def test_only_the_office_and_a_districts_leader_draw(world, in_november, login):
    with pytest.raises(NotAllowed):
        published(world, by=login)


def test_a_district_draws_for_itself_and_the_office_for_any_body(world, in_november):
    with world.as_("office"):
        assert may("draws.draw")
        bureau = Draw.organisation.field.related_model.objects.get(name="江北区应急管理局")
        made = draws.publish(Enterprise.objects.all(), bureau, title="江北", month=DECEMBER, size=1)
    assert [one["id"] for one in made.plants] == [world.enterprises["c"]], "a bureau goes to its own district's plants"
    with world.as_("leader"), pytest.raises(BadInput):
        draws.publish(Enterprise.objects.all(), bureau, title="江北", month=DECEMBER, size=1)


# --- pages ---------------------------------------------------------------------------------------------------------


def test_the_whole_way_on_pages(world, in_november):
    client = world.client("leader")
    told = {"title": "四季度双随机", "month": "2026-12", "size": "1", "avoid": "", "grade": "C"}
    page = client.post("/visits/draws/new/", told | {"count": "1"}).content.decode()
    assert "符合条件的企业 <strong>1</strong> 家" in page
    made = client.post("/visits/draws/new/", told | {"organisation": body(world)})
    assert made.status_code == 302
    address = made["Location"]
    assert client.post(address, {"seed": "123"}).status_code == 400
    assert client.post(address, {"seed": SEED}).status_code == 302
    assert len(walks.statements(client, address)) <= 12
    page = client.get(address).content.decode()
    assert "江州甲化工有限公司" in page
    assert "风险等级 C级（橙色）" in page
    told = client.get(f"{address}export/").json()
    assert redraw.faults(told) == []
    assert world.client("inspector").get(address).status_code == 200
    assert world.client("north").get(address).status_code == 404


def body(world) -> int:
    with world.as_("leader") as me:
        return me.organisation_id


def test_a_refused_pool_shows_everything_typed_again(world, in_november):
    told = {"title": "四季度双随机", "month": "2026-12", "size": "9", "avoid": "leader君 出差", "grade": "C"}
    answer = world.client("leader").post("/visits/draws/new/", told | {"organisation": body(world)})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "leader君 出差" in page
    assert 'value="C" selected' in page


def test_it_goes_over_the_api_as_well(world, in_november):
    client, json_ = world.client("leader"), {"content_type": "application/json"}
    told = {"title": "四季度双随机", "month": "2026-12-01", "size": 1, "scope": "grade=C"}
    made = client.post("/api/v1/draws/", told, **json_)
    assert made.status_code == 201
    assert len(made.json()["plants"]) == 1
    done = client.post(f"/api/v1/draws/{made.json()['id']}/draw/", {"seed": SEED}, **json_).json()
    assert redraw.faults(done) == []
    assert client.post(f"/api/v1/draws/{made.json()['id']}/draw/", {"seed": SEED}, **json_).status_code == 409
    assert client.post("/api/v1/draws/", told | {"scope": "grade=Q"}, **json_).status_code == 400
