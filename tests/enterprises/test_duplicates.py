"""疑似重复: found by a search in the background, told apart for good, and seen at once on a new entry's page."""

import threading
import time

import pytest
from django.db import connections, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from enterprises.actions import duplicates as verbs
from enterprises.models import DuplicateSearch, Enterprise, NotTheSame, PossibleDuplicate
from enterprises.queries.duplicates import alike, pairs
from enterprises.tasks import run_duplicate_search
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, NotAllowed, Refused
from tests.enterprises.test_pages import questions


def second_entry(world, key="a", login="office", **more) -> Enterprise:
    """Another entry of the same plant, as a district's second sheet would bring it."""
    with world.as_(login):
        plant = Enterprise.objects.get(pk=world.enterprises[key])
        name = plant.name.replace("江州", "江州市").replace("有限公司", "有限责任公司")
        told = {"code": f"R{plant.pk:017d}", "name": name, "district": plant.district, "sector": plant.sector}
        return Enterprise.objects.create(**told | {"kind": plant.kind, "address": plant.address} | more)


def searched(world, login="office") -> list:
    with world.as_(login):
        verbs.run_search(DuplicateSearch.objects.create(by_name="测").pk)
        return [(pair.first_id, pair.second_id, pair.score, pair.reasons) for pair in pairs()]


def test_a_search_proposes_pairs_of_its_own_city_and_does_nothing_else(world):
    twin = second_entry(world)
    second_entry(world, "x", "office_x")
    with world.as_("office"):
        before = list(Enterprise.everyone.order_by("pk").values_list("pk", "revision", "merged_into"))
    found = searched(world)
    assert found == [(world.enterprises["a"], twin.pk, 100, ["名称相同（不计地名和公司类型）", "地址相同"])]
    with world.as_("office"):
        assert list(Enterprise.everyone.order_by("pk").values_list("pk", "revision", "merged_into")) == before
        last = DuplicateSearch.objects.first()
        assert (last.compared, last.found, last.finished_at is not None) == (4, 1, True)
    with world.as_("office_x"):
        assert not PossibleDuplicate.objects.exists()


def test_searching_again_replaces_what_was_proposed(world):
    twin = second_entry(world)
    assert len(searched(world)) == 1
    with world.as_("office"):
        Enterprise.objects.filter(pk=twin.pk).update(name="江州远洋运输有限公司", address="")
    assert searched(world) == []


def test_what_somebody_told_apart_is_never_proposed_again(world):
    twin = second_entry(world)
    searched(world)
    with world.as_("office"):
        with pytest.raises(BadInput, match="为什么"):
            verbs.tell_apart(twin.pk, world.enterprises["a"], "  ")
        verbs.tell_apart(twin.pk, world.enterprises["a"], "经核对为母子公司")
        assert NotTheSame.objects.get().first_id == world.enterprises["a"]
        assert not pairs().exists()
        assert alike(Enterprise.objects.get(pk=twin.pk)) == []
        assert alike(Enterprise.objects.get(pk=world.enterprises["a"])) == []
        with pytest.raises(Refused, match="已经核对过"):
            verbs.tell_apart(world.enterprises["a"], twin.pk, "又一次")
    assert searched(world) == []
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="duplicates.tell_apart").count() == 1


def test_a_new_entry_says_at_once_what_it_resembles_to_those_who_may_merge(world):
    twin = second_entry(world)
    page = world.client("office").get(f"/enterprises/{twin.pk}/").content.decode()
    assert "可能与“江州甲化工有限公司”" in page
    assert f"/enterprises/{world.enterprises['a']}/merge/{twin.pk}/" in page
    for login in ("inspector", "auditor", "department"):
        assert "可能与" not in world.client(login).get(f"/enterprises/{twin.pk}/").content.decode()


def test_the_page_searches_shows_pairs_and_is_the_offices_alone(world, monkeypatch):
    monkeypatch.setattr(run_duplicate_search, "apply_async", broker_away)
    twin = second_entry(world)
    office = world.client("office")
    assert "还没有查找过" in office.get("/enterprises/duplicates/").content.decode()
    # A test's own transaction never commits; what would happen then is done here.
    with world.as_("office"):
        made = verbs.start_search()
        verbs.hand_over(world.tenants["江州市"], made.pk)
    page = office.get("/enterprises/duplicates/").content.decode()
    assert f"/enterprises/{twin.pk}/merge/{world.enterprises['a']}/" in page
    assert "名称相同（不计地名和公司类型），地址相同" in page
    assert "疑似重复</a>" in page
    told = office.get("/api/v1/duplicates/").json()["results"]
    assert [(one["first"], one["second"]) for one in told] == [(world.enterprises["a"], twin.pk)]
    for login in ("inspector", "leader", "officer", "department", "auditor"):
        client = world.client(login)
        assert client.get("/enterprises/duplicates/").status_code == 403
        assert client.post("/enterprises/duplicates/search/").status_code == 403
        assert client.get(f"/enterprises/{twin.pk}/merge/{world.enterprises['a']}/").status_code == 403
        assert "疑似重复</a>" not in client.get("/enterprises/").content.decode()
        with world.as_(login), pytest.raises(NotAllowed):
            verbs.start_search()


def broker_away(**more):
    raise OperationalError


def test_one_search_at_a_time_unless_it_got_stuck(world, on_day):
    with world.as_("office"):
        verbs.start_search()
        with pytest.raises(Refused, match="正在查找"):
            verbs.start_search()
        DuplicateSearch.objects.update(started_at=timezone.now() - verbs.STUCK_AFTER)
        verbs.start_search()
    assert world.client("office").post("/enterprises/duplicates/search/").status_code == 302


def test_a_pair_is_told_apart_on_its_page_and_over_the_api(world):
    twin = second_entry(world)
    searched(world)
    office, plant = world.client("office"), world.enterprises["a"]
    address = f"/enterprises/{twin.pk}/distinct/{plant}/"
    empty = office.post(address, {"distinct-reason": ""})
    assert empty.status_code == 400
    assert "不是同一家" in empty.content.decode()
    assert office.post(address, {"distinct-reason": "母子公司"}).status_code == 302
    again = office.post(address, {"distinct-reason": "再写一次"})
    assert again.status_code == 409
    assert "再写一次" in again.content.decode()
    told = {"first": plant, "second": world.enterprises["b"], "reason": "两家"}
    assert office.post("/api/v1/duplicates/distinct/", told, "application/json").status_code == 201
    foreign = office.post("/api/v1/duplicates/distinct/", told | {"second": world.enterprises["x"]}, "application/json")
    assert foreign.status_code == 404


def test_a_task_finds_without_being_told_the_citys_name(committed_world):
    world = committed_world
    twin = second_entry(world)
    with world.as_("office"):
        made = verbs.start_search()
    run_duplicate_search(tenant_id=world.tenants["江州市"], search_id=made.pk)
    with world.as_("office"):
        assert [(one.first_id, one.second_id) for one in pairs()] == [(world.enterprises["a"], twin.pk)]


def test_two_workers_on_one_search_do_its_work_once(committed_world, monkeypatch):
    world = committed_world
    second_entry(world)
    with world.as_("office"):
        made = DuplicateSearch.objects.create(by_name="测")
    faults, done, search = [], [], verbs.search

    def slowly(entries):
        done.append(len(entries))
        time.sleep(0.5)
        return search(entries)

    monkeypatch.setattr(verbs, "search", slowly)

    def work():
        try:
            run_duplicate_search(tenant_id=world.tenants["江州市"], search_id=made.pk)
        except Exception as fault:  # noqa: BLE001 - reported below
            faults.append(fault)
        finally:
            connections["default"].close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (faults, done) == ([], [4])
    with world.as_("office"):
        assert PossibleDuplicate.objects.count() == 1


def test_the_pages_ask_few_questions(world):
    twin = second_entry(world)
    searched(world)
    office = world.client("office")
    assert len(questions(office, "/enterprises/duplicates/")) <= 12
    # One a kind of record that would go along, and one for each question that must be settled first.
    assert len(questions(office, f"/enterprises/{twin.pk}/merge/{world.enterprises['a']}/")) <= 27


def test_nobody_takes_back_that_two_were_told_apart(world):
    twin = second_entry(world)
    from django.db import ProgrammingError

    with world.as_("office"):
        verbs.tell_apart(twin.pk, world.enterprises["a"], "母子公司")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            NotTheSame.objects.all().delete()
