"""A visit as two inspectors live it."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.http import Http404
from django.utils import timezone

from enterprises.models import Enterprise
from hazards.models import Evidence, Hazard
from inspections.actions import answers, visits
from inspections.models import Answer, ChecklistEdition, ChecklistItem, Visit
from portal.audit.models import AuditRecord
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import platform_scope
from tests.files.samples import photo_with_exif, upload
from tests.inspections import walks
from tests.stories import person_id


def test_each_finding_becomes_a_hazard_with_its_photos_law_and_place(world):
    visit = walks.walked(world, findings=1)
    item = walks.item(world, walks.SECOND)
    with world.as_("inspector"):
        answers.answer(
            visit.pk, walks.SECOND, "not_ok", description="三车间无责任制考核记录", level="major", place="三车间"
        )
        photo = answers.add_photo(visit.pk, walks.SECOND, upload(photo_with_exif()))
        done = visits.finish_visit(visit.pk, second_id=None, met_with="方安", summary="检查了基础管理。")
        hazard = Hazard.objects.get(source_kind="visit", source_id=visit.pk)
        assert (hazard.description, hazard.level, hazard.place) == ("三车间无责任制考核记录", "major", "三车间")
        assert (hazard.status, hazard.item_code, hazard.found_on) == ("recorded", walks.SECOND, visit.visited_on)
        assert item.basis in hazard.basis
        assert item.criterion in hazard.basis, "a major hazard cites the criterion that makes it one"
        assert Evidence.objects.get(pk=photo.pk).hazard_id == hazard.pk
        assert Answer.objects.get(visit=visit, code=walks.SECOND).hazard_id == hazard.pk
    assert (done.state, done.met_with, done.second_id) == ("finished", "方安", person_id(world, "inspector2"))
    with world.as_("auditor"):
        trail = list(
            AuditRecord.objects.filter(object_kind="inspections.visit", object_id=visit.pk)
            .order_by("seq")
            .values_list("action", flat=True)
        )
    assert trail == ["visits.start", "visits.finding", "visits.finish"]


def test_a_tick_of_not_ok_takes_the_checklists_words_until_the_inspector_writes(world):
    visit, item = walks.started(world), walks.item(world, walks.SECOND)
    with world.as_("inspector"):
        made = answers.answer(visit.pk, walks.SECOND, "not_ok")
        assert item.text in made.description
        assert (made.level, made.basis, made.accident_type) == (item.suggested_level, item.basis, item.accident_type)
        answers.answer(visit.pk, walks.SECOND, "not_ok", description="", level="general")
        again = answers.answer(visit.pk, walks.SECOND, "not_ok", place="罐区")
    assert (again.description, again.level, again.place) == ("", "general", "罐区")


def test_a_finding_on_no_list_becomes_a_hazard_too(world):
    visit, key = walks.walked(world, findings=0), uuid4()
    with world.as_("inspector"):
        for _ in range(2):
            made = answers.add_extra(
                visit.pk, description="消防通道堆放桶装溶剂", level="general", place="北门", key=key
            )
        answers.add_photo(visit.pk, made.code, upload(photo_with_exif()))
        visits.finish_visit(visit.pk, second_id=None)
        hazard = Hazard.objects.get(source_id=visit.pk)
        assert (hazard.description, hazard.item_code, hazard.evidence.count()) == ("消防通道堆放桶装溶剂", "", 1)


def test_one_inspector_is_not_enough(world):
    visit = walks.started(world)
    with world.as_("inspector"):
        answers.answer(visit.pk, walks.FIRST, "ok")
        with pytest.raises(BadInput, match="第67条"):
            visits.finish_visit(visit.pk, second_id=None)
        assert Visit.objects.get(pk=visit.pk).state == "under_way"


def test_the_same_person_twice_is_not_two_inspectors(world):
    visit, myself = walks.started(world), person_id(world, "inspector")
    with world.as_("inspector"):
        answers.answer(visit.pk, walks.FIRST, "ok")
        with pytest.raises(BadInput, match="两名不同"):
            visits.finish_visit(visit.pk, second_id=myself)
    with pytest.raises(BadInput, match="两名不同"):
        walks.started(world, second="inspector")


def test_an_inspector_without_certificate_or_no_longer_posted_cannot_be_the_second(world):
    uncertified, gone = person_id(world, "inspector2"), person_id(world, "leader")
    with world.as_("office"):
        Person.objects.filter(pk=uncertified).update(certificate_no="")
        Posting.objects.filter(person_id=gone).update(ends=timezone.localdate() - timedelta(days=1))
    for second in ("inspector2", "leader", "officer"):
        with pytest.raises(BadInput, match="执法证号，或已不在任"):
            walks.started(world, second=second)


def test_a_lead_without_certificate_cannot_finish(world):
    visit, lead = walks.walked(world), person_id(world, "inspector")
    with world.as_("office"):
        Person.objects.filter(pk=lead).update(certificate_no="")
    with world.as_("inspector"), pytest.raises(BadInput, match="主办人员没有登记执法证号"):
        visits.finish_visit(visit.pk, second_id=None)


def test_a_visit_on_which_nothing_was_checked_cannot_be_finished(world):
    visit = walks.started(world, second="inspector2")
    with world.as_("inspector"), pytest.raises(BadInput, match="没有检查任何一项"):
        visits.finish_visit(visit.pk, second_id=None)


def test_a_finding_must_be_written_out_before_the_visit_is_finished(world):
    visit = walks.walked(world)
    with world.as_("inspector"):
        answers.answer(visit.pk, walks.SECOND, "not_ok", description="")
        with pytest.raises(BadInput, match="CK01-002：请写明"):
            visits.finish_visit(visit.pk, second_id=None)
        assert not Hazard.objects.filter(source_id=visit.pk).exists()


def test_both_inspectors_write_and_nobody_else(world):
    visit = walks.started(world, second="inspector2")
    with world.as_("inspector2"):
        answers.answer(visit.pk, walks.FIRST, "ok")
    for login in ("leader", "office", "department"):
        with world.as_(login), pytest.raises(NotAllowed, match="两名检查人员"):
            answers.answer(visit.pk, walks.FIRST, "not_ok")
    with world.as_("officer"), pytest.raises(NotAllowed):
        answers.answer(visit.pk, walks.FIRST, "na")
    for login in ("north", "inspector_x"):
        with world.as_(login), pytest.raises(Http404):
            answers.answer(visit.pk, walks.FIRST, "not_ok")


def test_a_finished_visit_is_read_only(world):
    visit = walks.finished(world)
    with world.as_("inspector"):
        for verb in (
            lambda: answers.answer(visit.pk, walks.FIRST, "not_ok"),
            lambda: answers.add_extra(visit.pk, description="x", level="general"),
            lambda: answers.add_photo(visit.pk, walks.SECOND, upload(photo_with_exif())),
            lambda: visits.abandon_visit(visit.pk, "x"),
        ):
            with pytest.raises(IllegalMove, match="只能查看"):
                verb()


def test_finishing_twice_is_finishing_once(world):
    visit = walks.finished(world)
    with world.as_("inspector"):
        assert visits.finish_visit(visit.pk, second_id=None).pk == visit.pk
        assert Hazard.objects.filter(source_id=visit.pk).count() == 1


def test_starting_twice_with_one_key_is_one_visit(world):
    key = uuid4()
    assert walks.started(world, key=key).pk == walks.started(world, key=key).pk
    with pytest.raises(Refused, match="编号已被使用"):
        walks.started(world, "b", key=key)
    with pytest.raises(Refused, match="编号已被使用"):
        walks.started(world, key=key, by="inspector2")


def test_two_taps_at_the_same_moment_are_one_visit(committed_world):
    world, key, made = committed_world, uuid4(), []

    def tap():
        try:
            made.append(walks.started(world, key=key).pk)
        finally:
            connections.close_all()

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for tap_ in taps:
        tap_.start()
    for tap_ in taps:
        tap_.join()
    assert len(made) == 4
    assert len(set(made)) == 1


def test_an_old_visit_reads_the_checklist_as_it_was_that_day(world):
    visit, old = walks.walked(world), walks.item(world, walks.SECOND)
    with platform_scope():
        newer = ChecklistEdition.objects.create(name="检查表", edition="newer")
        ChecklistItem.objects.create(
            edition=newer,
            seq=1,
            code=walks.SECOND,
            category="新类别",
            subcategory="x",
            text="新的要求",
            basis="新法",
            suggested_level="general",
            accident_type="other",
        )
    with world.as_("inspector"):
        with pytest.raises(BadInput, match="至少选择一类"):
            visits.start_visit(visit.enterprise, None, "routine", [walks.BASICS], uuid4())
        assert visits.start_visit(visit.enterprise, None, "routine", ["新类别"], uuid4()).edition_id == newer.pk
        answers.answer(visit.pk, walks.THIRD, "na")
        visits.finish_visit(visit.pk, second_id=None)
        assert Answer.objects.get(visit=visit, code=walks.SECOND).item.text == old.text
        assert old.basis in Hazard.objects.get(source_id=visit.pk).basis


def test_an_answer_to_an_item_outside_the_visits_list_is_not_there(world):
    visit = walks.started(world, categories=[walks.STORAGE])
    with world.as_("inspector"):
        for code in (walks.FIRST, "CK99-001", "X-unknown"):
            with pytest.raises(Http404):
                answers.answer(visit.pk, code, "not_ok")


def test_a_withdrawn_finding_raises_no_hazard_and_is_on_the_trail(world):
    visit = walks.walked(world)
    with world.as_("inspector"):
        answers.add_photo(visit.pk, walks.SECOND, upload(photo_with_exif()))
        answers.answer(visit.pk, walks.SECOND, "ok")
        visits.finish_visit(visit.pk, second_id=None)
        assert not Hazard.objects.filter(source_id=visit.pk).exists()
        assert Evidence.objects.get(visit_id=visit.pk).hazard_id is None
    with world.as_("auditor"):
        assert AuditRecord.objects.filter(action="visits.finding_withdrawn", object_id=visit.pk).count() == 1


def test_a_photo_taken_by_mistake_goes_with_no_hazard(world):
    visit = walks.walked(world)
    with world.as_("inspector"):
        wrong = answers.add_photo(visit.pk, walks.SECOND, upload(photo_with_exif()))
        answers.set_photo_aside(visit.pk, wrong.pk)
        visits.finish_visit(visit.pk, second_id=None)
        assert Evidence.objects.get(pk=wrong.pk).hazard_id is None


def test_an_abandoned_visit_stays_on_record_and_raises_nothing(world):
    visit = walks.walked(world)
    with world.as_("inspector"):
        with pytest.raises(BadInput, match="理由"):
            visits.abandon_visit(visit.pk, " ")
        assert visits.abandon_visit(visit.pk, "走错企业").state == "abandoned"
        assert not Hazard.objects.filter(source_id=visit.pk).exists()
        with pytest.raises(IllegalMove):
            visits.finish_visit(visit.pk, second_id=None)


def test_nonsense_is_refused_in_words(world):
    visit = walks.started(world)
    with world.as_("inspector"):
        for given in (
            {"verdict": "maybe"},
            {"verdict": "not_ok", "level": "huge"},
            {"verdict": "not_ok", "accident_type": "x"},
        ):
            with pytest.raises(BadInput, match="不能是"):
                answers.answer(visit.pk, walks.FIRST, **given)
        with pytest.raises(BadInput, match="晚于今天"):
            visits.start_visit(
                Enterprise.objects.get(pk=visit.enterprise_id),
                None,
                "routine",
                [walks.BASICS],
                uuid4(),
                visited_on=timezone.localdate() + timedelta(days=1),
            )


def test_finishing_at_the_same_moment_is_finishing_once(committed_world):
    world, done, faults = committed_world, [], []
    visit = walks.walked(world)

    def press(login):
        try:
            with world.as_(login):
                done.append(visits.finish_visit(visit.pk, second_id=None).pk)
        except Refused as refusal:
            faults.append(refusal)
        finally:
            connections.close_all()

    presses = [threading.Thread(target=press, args=(login,)) for login in ("inspector", "inspector2") * 2]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert (done, faults) == ([visit.pk] * 4, [])
    with world.as_("inspector"):
        assert Hazard.objects.filter(source_id=visit.pk).count() == 1
