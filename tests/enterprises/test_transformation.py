"""提升一批、淘汰一批: put on a list once, moved by the table alone, finished with evidence, everything on record."""

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError
from django.db import transaction as database
from django.http import Http404
from django.utils import timezone

from enterprises.actions import transformation as verbs
from enterprises.models import Transformation, TransformationStep
from enterprises.rules import transformation as rules
from portal.audit.models import AuditRecord
from portal.files import store
from portal.refusals import BadInput, IllegalMove, NotAllowed, Refused
from tests.files import samples

PLAN = {"list": "upgrade", "target": "全流程自动化改造", "measure": "增设安全仪表系统，责任人方安"}
STATES = Transformation.State.values


def soon(days: int = 30) -> date:
    return timezone.localdate() + timedelta(days=days)


def put(world, login="inspector", key="a", **more) -> Transformation:
    with world.as_(login):
        return verbs.put_on_list(world.enterprises[key], **PLAN | {"due_on": soon()} | more)


def in_state(world, state: str) -> Transformation:
    entry = put(world)
    with world.as_("inspector"):
        if state == rules.UNDER_WAY:
            verbs.progress(entry.pk, "已签订设计合同")
        elif state == rules.DONE:
            verbs.finish(entry.pk, "已通过验收", samples.upload(samples.picture()))
        elif state == rules.DROPPED:
            verbs.drop(entry.pk, "企业已转产")
    return fresh(world, entry)


def fresh(world, entry) -> Transformation:
    with world.as_("office"):
        return Transformation.objects.select_related("enterprise").get(pk=entry.pk)


DO = {
    "change": lambda pk: verbs.change(pk, {**PLAN, "due_on": soon(60)}, "设备交货推迟"),
    "progress": lambda pk: verbs.progress(pk, "设备已到货"),
    "finish": lambda pk: verbs.finish(pk, "已通过验收", samples.upload(samples.picture(colour=(9, 9, 9)))),
    "drop": lambda pk: verbs.drop(pk, "企业已转产"),
    "reopen": lambda pk: verbs.reopen(pk, "验收后又停用", soon(90)),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", rules.VERBS)
def test_the_table_alone_says_where_a_verb_leads(world, state, verb):
    entry = in_state(world, state)
    with world.as_("inspector"):
        steps = TransformationStep.objects.filter(transformation=entry).count()
        if to := rules.TRANSITIONS.get((state, verb)):
            assert DO[verb](entry.pk).state == to
            steps += 1
        else:
            with pytest.raises(IllegalMove, match="现为"):
                DO[verb](entry.pk)
        assert TransformationStep.objects.filter(transformation=entry).count() == steps
    assert fresh(world, entry).state == (to or state)


def test_every_verb_has_a_cell_and_every_state_can_be_left():
    assert {verb for _, verb in rules.TRANSITIONS} == set(rules.VERBS)
    assert {state for state, _ in rules.TRANSITIONS} == set(STATES)


def test_what_stands_on_a_list_is_not_put_on_it_again_until_it_is_over(world):
    entry = put(world)
    with world.as_("office"):
        with pytest.raises(Refused, match="已在提升名单上") as refused:
            verbs.put_on_list(world.enterprises["a"], **PLAN, due_on=soon())
        assert refused.value.field == "list"
        verbs.put_on_list(world.enterprises["a"], **PLAN | {"list": "phase_out"}, due_on=soon())
        verbs.drop(entry.pk, "企业已转产")
        again = verbs.put_on_list(world.enterprises["a"], **PLAN, due_on=soon())
        with pytest.raises(Refused, match="已在提升名单上"):
            verbs.reopen(entry.pk, "还是要做", soon())
        assert Transformation.objects.get(pk=entry.pk).state == "dropped"
        assert again.state == "planned"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"due_on": soon(-1)}, "due_on"),
        ({"due_on": None}, "due_on"),
        ({"due_on": soon(), "target": " "}, "target"),
        ({"due_on": soon(), "measure": ""}, "measure"),
    ],
)
def test_an_entry_needs_a_target_a_measure_and_a_date_that_is_not_past(world, told, field):
    with world.as_("office"), pytest.raises(BadInput) as refused:
        verbs.put_on_list(world.enterprises["a"], **PLAN | told)
    assert refused.value.field == field
    with world.as_("office"):
        assert not Transformation.objects.exists()
        assert not TransformationStep.objects.exists()


def test_today_is_not_past(world):
    assert put(world, due_on=timezone.localdate()).state == "planned"


def test_finishing_needs_evidence_of_this_time(world):
    entry = put(world)
    with world.as_("inspector"):
        with pytest.raises(BadInput, match="佐证材料") as refused:
            verbs.finish(entry.pk, "已完成")
        assert refused.value.field == "file"
        verbs.progress(entry.pk, "设备已到货", samples.upload(samples.PDF, "到货单.pdf"))
        assert verbs.finish(entry.pk, "已通过验收").finished_on == timezone.localdate()
        assert verbs.reopen(entry.pk, "验收后又停用", soon()).finished_on is None
        with pytest.raises(BadInput, match="佐证材料"):
            verbs.finish(entry.pk, "恢复使用")
        verbs.finish(entry.pk, "恢复使用", samples.upload(samples.picture()))


def test_a_file_sent_with_the_finish_is_kept_as_received(world):
    content = samples.photo_with_exif()
    entry = put(world)
    with world.as_("inspector"):
        verbs.finish(entry.pk, "已通过验收", samples.upload(content, "..\\验收\u202e.jpg"))
        step = TransformationStep.objects.get(verb="finish")
        assert store.open_kept(step.digest) == content
        assert (step.content_type, step.filename) == ("image/jpeg", "验收.jpg")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04 workbook", "进度.xlsx"),
        (b"PK\x03\x04 letter", "说明.docx"),
        (samples.SVG, "图.svg"),
        (b"", "空.jpg"),
    ],
)
def test_what_is_no_picture_or_pdf_is_refused_and_nothing_is_written(world, content, name):
    entry = put(world)
    with world.as_("inspector"):
        with pytest.raises(BadInput):
            verbs.progress(entry.pk, "设备已到货", samples.upload(content, name))
        assert Transformation.objects.get(pk=entry.pk).state == "planned"
        assert list(TransformationStep.objects.values_list("verb", flat=True)) == ["put"]
    with world.as_("auditor"):
        assert not AuditRecord.objects.filter(action="transformation.progress").exists()


def test_a_completion_in_the_future_is_refused(world):
    entry = put(world)
    with world.as_("inspector"), pytest.raises(BadInput, match="不能晚于今天"):
        verbs.finish(entry.pk, "将完成", samples.upload(samples.picture()), finished_on=soon(1))


def test_what_a_change_replaced_stays_on_record_with_its_reason(world):
    entry = put(world)
    with world.as_("office"):
        with pytest.raises(BadInput, match="为什么"):
            verbs.change(entry.pk, PLAN | {"due_on": soon(60)}, "  ")
        with pytest.raises(BadInput, match="没有改动"):
            verbs.change(entry.pk, PLAN | {"due_on": soon()}, "没有什么")
        verbs.change(entry.pk, PLAN | {"due_on": soon(60), "target": "关键工序自动化"}, "设备交货推迟")
        step = TransformationStep.objects.get(verb="change")
    assert step.changes == {
        "target": ["全流程自动化改造", "关键工序自动化"],
        "due_on": [soon().isoformat(), soon(60).isoformat()],
    }
    assert (step.note, step.by_name) == ("设备交货推迟", "office君")
    with world.as_("auditor"):
        kept = AuditRecord.objects.get(action="transformation.change").changes
    assert kept["fields"]["due_on"] == [soon().isoformat(), soon(60).isoformat()]


def test_a_late_entry_is_reworded_without_a_new_date_and_never_dated_back(world, on_day):
    entry = put(world)
    with on_day(soon(40)), world.as_("office"):
        told = {"target": "关键工序自动化", "measure": PLAN["measure"]}
        verbs.change(entry.pk, told | {"due_on": entry.due_on}, "目标不清")
        with pytest.raises(BadInput, match="不能早于今天"):
            verbs.change(entry.pk, told | {"due_on": entry.due_on + timedelta(days=1)}, "再宽一天")


@pytest.mark.parametrize("verb", ["progress", "drop", "change", "reopen", "finish"])
def test_no_verb_goes_without_its_sentence(world, verb):
    entry = in_state(world, rules.DONE if verb == "reopen" else rules.UNDER_WAY)
    told = {"change": (PLAN | {"due_on": soon(60)}, ""), "reopen": ("", soon(60))}.get(verb, ("",))
    with world.as_("office"), pytest.raises(BadInput) as refused:
        getattr(verbs, verb)(entry.pk, *told)
    assert refused.value.field == "note"


def test_what_is_reopened_gets_a_date_to_come(world, on_day):
    entry = in_state(world, rules.DROPPED)
    with on_day(soon(40)), world.as_("office"), pytest.raises(BadInput, match="不能早于今天"):
        verbs.reopen(entry.pk, "还是要做", entry.due_on)


def test_late_is_open_and_before_today_and_counted_in_days(world, on_day):
    entry, other, done = put(world), put(world, key="b"), put(world, login="office", key="c")
    with world.as_("office"):
        verbs.drop(other.pk, "企业已转产")
    with on_day(soon(30)), world.as_("office"):
        assert not Transformation.objects.late().exists()
    with on_day(soon(33)), world.as_("office"):
        verbs.finish(done.pk, "已关停", samples.upload(samples.PDF, "关停.pdf"))
        assert [(late.pk, late.late_days()) for late in Transformation.objects.late()] == [(entry.pk, 3)]
        assert Transformation.objects.get(pk=done.pk).late_days() == 3
        assert Transformation.objects.get(pk=other.pk).late_days() == 0


def test_who_looks_at_an_old_page_is_told(world):
    entry = put(world)
    with world.as_("office"):
        verbs.progress(entry.pk, "已签订设计合同", revision=1)
        with pytest.raises(Refused, match="刚刚被他人办理"):
            verbs.drop(entry.pk, "企业已转产", revision=1)


def test_who_may_not_is_refused_and_what_is_elsewhere_is_not_there(world):
    entry, north = put(world), put(world, login="office", key="c")
    for login in ("officer", "department", "auditor", "expert"):
        with world.as_(login), pytest.raises(NotAllowed):
            verbs.progress(entry.pk, "已动工")
        with world.as_(login), pytest.raises(NotAllowed):
            verbs.put_on_list(world.enterprises["a"], **PLAN, due_on=soon())
    for login, pk in (("inspector", north.pk), ("office_x", entry.pk)):
        with world.as_(login), pytest.raises(Http404):
            verbs.progress(pk, "已动工")
    with world.as_("inspector"), pytest.raises(Http404):
        verbs.put_on_list(world.enterprises["c"], **PLAN, due_on=soon())


def test_nobody_changes_a_step_once_recorded(world):
    put(world)
    with world.as_("office"), pytest.raises(ProgrammingError, match="permission denied"), database.atomic():
        TransformationStep.objects.update(note="从未列入")


def test_every_verb_leaves_one_record_on_the_trail(world):
    entry = put(world)
    with world.as_("inspector"):
        for verb in ("change", "progress", "finish", "reopen", "drop"):
            DO[verb](entry.pk)
    with world.as_("auditor"):
        acts = AuditRecord.objects.filter(object_kind="enterprises.transformation", object_id=entry.pk)
        assert list(acts.order_by("seq").values_list("action", flat=True)) == [
            f"transformation.{verb}" for verb in ("put", "change", "progress", "finish", "reopen", "drop")
        ]


def test_an_entry_moves_along_with_its_enterprise(world):
    from enterprises.actions.facts import edit_facts

    entry = put(world)
    with world.as_("office"):
        edit_facts(world.enterprises["a"], {"district": "江北区"})
    with world.as_("north"):
        assert Transformation.objects.get(pk=entry.pk).steps.count() == 1
    with world.as_("inspector"):
        assert not TransformationStep.objects.exists()
