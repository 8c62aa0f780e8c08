"""Every cell of state × verb × role through the page and through the API: done, refused with 403, or 409 and nothing changed."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from hazards import rules
from hazards.actions import corrections, notices
from hazards.models import Evidence, Extension, Hazard, HazardStep, Notice, RectificationPlan, Supervision, Suspension
from portal.audit.models import AuditRecord
from portal.permissions import may
from portal.tenancy.models import Organisation
from tests import stories

LOGINS = ("office", "department", "inspector", "leader", "expert", "officer", "auditor", "sysadmin", "secadmin")
WAYS = {
    **stories.IN_STATE,
    "recorded, major": lambda world: stories.recorded(world, level="major"),
    "asked": stories.asked,
    "extended": stories.extended,
    "asked again": lambda world: again(world),
    "supervised": stories.supervised,
    "handed to the department": lambda world: handed_over(world),
}


def again(world) -> Hazard:
    from hazards.actions import extensions

    hazard = stories.extended(world)
    with world.as_("officer"):
        extensions.ask(hazard.pk, hazard.deadline + timedelta(days=9), "设备仍未到货")
    return stories.fresh(world, hazard)


def handed_over(world) -> Hazard:
    from hazards.actions import transfers

    hazard = stories.submitted(world)
    with world.as_("office"):
        transfers.transfer(hazard.pk, department(), "行业主管部门办理更合适")
    return stories.fresh(world, hazard)


def department() -> int:
    return Organisation.objects.get(name="江州市应急管理局").pk


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


# Who signs with whom; a department of one has nobody of its own to choose on the page.
SECOND = {"office": "office2", "inspector": "inspector2", "leader": "inspector2"}
SIGNED_BY_TWO = ("issue", "accept", "suspend")


def doors(hazard: Hazard, world, unit: int, second: int) -> dict[str, list[tuple[str, str, str, dict]]]:
    """Verb → its ways in: (page or API, the permission asked at the door, address, body)."""
    pk, revision = hazard.pk, str(hazard.revision)
    why = {"note": "见说明", "revision": revision}
    order = {
        "reach": "part",
        "part": "一车间",
        "reason": "无法保证安全",
        "basis": "安全生产法第六十五条",
        "measures": "停止运行",
        "second": second,
        "revision": revision,
    }
    row = {"requirement": "整改", "length": 10, "unit": "自然日"}
    plan = stories.PLAN | {"ends_on": day(1), "revision": revision}
    leader = world.people["leader"]

    def page(name: str, action: str, body: dict, query: str = "") -> tuple[str, str, str, dict]:
        return "page", action, reverse(name, args=[pk]) + query, body

    def api(name: str, action: str, body: dict) -> tuple[str, str, str, dict]:
        return "api", action, f"/api/v1/hazards/{pk}/{name}/", body

    def prefixed(verb: str, **more) -> dict:
        return {f"{verb}-{name}": value for name, value in (why | more).items()}

    confirming = hazard.status == rules.CONFIRMING
    return {
        "issue": [
            (
                "page",
                "hazards.issue",
                f"{reverse('notice_issue')}?enterprise={hazard.enterprise_id}",
                {"second": second, "hazard": pk} | {f"h{pk}-{name}": value for name, value in row.items()},
            ),
            ("api", "hazards.issue", "/api/v1/notices/", {"second": second, "orders": [row | {"hazard": pk}]}),
        ],
        "plan": [page("hazard_plan", "hazards.plan", plan), api("plan", "hazards.plan", plan)],
        "submit": [
            page("hazard_submit", "hazards.submit", why, "?step=3"),
            api("submit", "hazards.submit", why),
        ],
        "accept": [
            page("hazard_recheck", "hazards.recheck", why | {"second": second, "verdict": "accept"}),
            api("accept", "hazards.recheck", why | {"second": second}),
        ],
        "return": [
            page("hazard_confirm", "hazards.confirm", prefixed("confirm") | {"verdict": "return"})
            if confirming
            else page("hazard_recheck", "hazards.recheck", why | {"verdict": "return"}),
            api("return", "hazards.recheck", why),
        ],
        "confirm": [
            page("hazard_confirm", "hazards.confirm", prefixed("confirm")),
            api("confirm", "hazards.confirm", why),
        ],
        "reopen": [
            page("hazard_reopen", "hazards.reopen", prefixed("reopen", deadline=day(9))),
            api("reopen", "hazards.reopen", why | {"deadline": day(9)}),
        ],
        "void": [page("hazard_void", "hazards.void", prefixed("void")), api("void", "hazards.void", why)],
        "ask": [
            page("hazard_ask", "hazards.ask", {"reason": "到货晚", "wanted": day(40), "revision": revision}),
            api("ask", "hazards.ask", why | {"wanted": day(40)}),
        ],
        "withdraw": [page("hazard_withdraw", "hazards.ask", why), api("withdraw", "hazards.ask", why)],
        "grant": [
            page("hazard_answer", "hazards.extend", {"reason": "属实", "until": day(45), "revision": revision}),
            api("grant", "hazards.extend", why | {"until": day(45)}),
        ],
        "refuse": [
            page("hazard_answer", "hazards.extend", {"reason": "不属实", "verdict": "refuse", "revision": revision}),
            api("refuse", "hazards.extend", why),
        ],
        "correct": [
            page("hazard_correct", "hazards.correct", {"reason": "日期写错", "until": day(6), "revision": revision}),
            api("correct", "hazards.correct", why | {"until": day(6)}),
        ],
        "supervise": [
            page(
                "hazard_supervise",
                "hazards.supervise",
                {"leader": leader, "requirement": "每周报告", "revision": revision},
            ),
            api("supervise", "hazards.supervise", why | {"leader": leader}),
        ],
        "unsupervise": [
            page("hazard_unsupervise", "hazards.supervise", why),
            api("unsupervise", "hazards.supervise", why),
        ],
        "suspend": [
            page("hazard_suspend", "suspensions.order", order),
            api("suspend", "suspensions.order", order),
        ],
        "transfer": [
            page("hazard_transfer", "hazards.transfer", why | {"organisation": unit}),
            api("transfer", "hazards.transfer", why | {"organisation": unit}),
        ],
    }


def everything(world, hazard: Hazard) -> list:
    with world.as_("office"):
        kept = [Hazard.objects.filter(pk=hazard.pk).values().get()]
        for model in (HazardStep, Notice, Extension, RectificationPlan, Supervision, Suspension):
            kept.append(model.objects.count())
    with world.as_("auditor"):
        return [*kept, AuditRecord.objects.filter(object_kind="hazards.hazard").count()]


def prepared(world, way: str) -> tuple[Hazard, int]:
    """With a photo of after and a plan, so that nothing but the cell itself can stand in the way."""
    hazard = WAYS[way](world)
    if hazard.status == rules.RECTIFYING:
        with world.as_("officer"):
            from hazards.actions.evidence import add_evidence

            add_evidence(stories.photo(77), enterprise=hazard.enterprise, phase=Evidence.Phase.AFTER, hazard=hazard)
    with world.as_("office"):
        # Already with the department: handed on to the office.
        unit = Organisation.objects.get(kind="office").pk if hazard.handler_id else department()
    return stories.fresh(world, hazard), unit


@pytest.mark.parametrize("way", WAYS)
def test_every_verb_by_every_role_does_what_its_cell_says_or_nothing(world, way):
    hazard, unit = prepared(world, way)
    before = everything(world, hazard)
    reached, faults = set(), []
    for login in LOGINS:
        person, client = world.who(login), world.client(login)
        second = world.people[SECOND.get(login, "inspector2")]
        for verb, ways_in in doors(hazard, world, unit, second).items():
            move = rules.move_for(hazard.status, verb, *hazard.facts)
            lacks_plan = verb == "submit" and hazard.level == "major"
            for kind, door, address, body in ways_in:
                more = {"content_type": "application/json"} if kind == "api" else {}
                with transaction.atomic():
                    answer = client.post(address, body, **more)
                    after = everything(world, hazard)
                    transaction.set_rollback(True)
                if not may(door, None, person):
                    expected = {403}
                elif (
                    login not in SECOND and kind == "page" and verb in SIGNED_BY_TWO and hazard.status != rules.RECORDED
                ):
                    expected = {400, 409}
                elif login not in SECOND and kind == "page" and verb in SIGNED_BY_TWO:
                    expected = {400}
                elif move is None:
                    expected = {409}
                elif not may(move.action, hazard, person):
                    expected = {403}
                elif lacks_plan:
                    expected = {409}
                else:
                    expected = {200, 201, 302}
                where = f"{way}: {verb} by {login} over the {kind}"
                if answer.status_code not in expected or (
                    kind == "page" and expected == {200, 201, 302} and answer.status_code != 302
                ):
                    faults.append(f"{where}: {answer.status_code} instead of {sorted(expected)}")
                elif answer.status_code >= 400 and after != before:
                    faults.append(f"{where}: refused, and something changed")
                elif (
                    answer.status_code == 409
                    and not lacks_plan
                    and "现为" not in answer.content.decode()
                    and verb != "issue"
                ):
                    faults.append(f"{where}: does not say how things are")
                elif answer.status_code < 400:
                    reached.add(verb)
                    if after == before or after[0]["status"] != move.to or after[-1] == before[-1]:
                        faults.append(f"{where}: nothing changed, or not as the table says, or no trail")
    assert faults == []
    possible = {verb for verb, _ in rules.verbs_from(hazard.status, *hazard.facts)} - {"lapse", "resume"}
    possible -= {"submit"} if hazard.level == "major" else set()
    assert reached == possible, "every cell of the table can be reached by somebody"


def test_all_states_and_all_facts_are_walked(world):
    seen = {(hazard.status, *hazard.facts) for hazard in (WAYS[way](world) for way in WAYS)}
    assert {state for state, *_ in seen} == set(rules.STATES)
    assert {fact for _, *facts in seen for fact in facts} == {fact for pair in rules.FACTS for fact in pair}


def test_every_verb_has_a_way_in(world):
    hazard = stories.recorded(world)
    assert set(doors(hazard, world, 1, 1)) | {"lapse", "resume"} == set(rules.VERBS)


SUSPENDING = ("office", "department", "inspector", "leader")


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("state", [*rules.STATES, "none"])
def test_a_suspension_is_lifted_by_those_who_may_and_only_when_its_hazard_is_done_with(world, login, state):
    if state == "none":
        suspension, possible = stories.suspended(world), True
    else:
        hazard = stories.recorded(world, level="major" if state == "confirming" else "general")
        suspension = stories.suspended(world, hazard=hazard)
        with world.as_("office"):
            Hazard.objects.filter(pk=hazard.pk).update(
                status=state,
                submitted_on=date(2026, 1, 2) if state in ("submitted", "confirming", "closed") else None,
                **(
                    {}
                    if state in ("recorded", "void")
                    else {"deadline": date(2026, 1, 3), "notice": suspension.notice_id}
                ),
            )
        possible = state in ("closed", "void")
    for address, body, more in (
        (reverse("suspension_lift", args=[suspension.pk]), {"note": "已排除"}, {}),
        (f"/api/v1/suspensions/{suspension.pk}/lift/", {"note": "已排除"}, {"content_type": "application/json"}),
    ):
        with transaction.atomic():
            answer = world.client(login).post(address, body, **more)
            with world.as_("office"):
                lifted = Suspension.objects.get(pk=suspension.pk).lifted_on
            transaction.set_rollback(True)
        allowed = may("suspensions.lift", suspension, world.who(login))
        done = allowed and possible
        assert answer.status_code in ((200, 302) if done else (409,) if allowed else (403,)), answer.content.decode()[
            :300
        ]
        assert (lifted is not None) == done


def to_sign(world, how: str) -> Notice:
    if how == "an opinion":
        hazard = stories.closed(world)
        with world.as_("office"):
            return Notice.objects.get(about=hazard.notice)
    notice = stories.issued(world, acknowledged=False).notice
    if how == "signed":
        with world.as_("officer"):
            notices.acknowledge(notice.pk, "方安")
    elif how == "refused":
        with world.as_("inspector"):
            notices.note_refusal(notice.pk, "负责人不肯签字，见证人门卫李某")
    elif how == "corrected":
        with world.as_("inspector"):
            corrections.correct(notice.pk, {"items.0.basis": "第36条"}, "条款写错", world.people["inspector2"])
    with world.as_("office"):
        return Notice.objects.get(pk=notice.pk)


# How a document stands → which of (sign, note that they would not) can still be done.
SIGNING = {
    "fresh": (True, True),
    "signed": (False, False),
    "refused": (True, False),
    "corrected": (False, False),
    "an opinion": (False, False),
}


@pytest.mark.parametrize("how", SIGNING)
def test_a_document_is_signed_for_by_its_enterprise_alone_and_only_where_there_is_something_to_sign(world, how):
    notice, faults = to_sign(world, how), []
    for login in LOGINS:
        for possible, action, verb, field in zip(
            SIGNING[how],
            ("hazards.acknowledge", "hazards.issue"),
            ("acknowledge", "refusal"),
            ("signed_by", "refusal"),
            strict=True,
        ):
            for address, more in (
                (reverse(f"notice_{verb}", args=[notice.pk]), {}),
                (f"/api/v1/notices/{notice.pk}/{verb}/", {"content_type": "application/json"}),
            ):
                with transaction.atomic():
                    answer = world.client(login).post(address, {field: "方安，见证人李某"}, **more)
                    with world.as_("office"):
                        now = Notice.objects.get(pk=notice.pk)
                    transaction.set_rollback(True)
                changed = (now.acknowledged_at, now.refusal) != (notice.acknowledged_at, notice.refusal)
                allowed = may(action, None, world.who(login))
                expected = {403} if not allowed else {200, 302} if possible else {409}
                if answer.status_code not in expected or changed != (allowed and possible):
                    faults.append(f"{how}: {verb} by {login} at {address}: {answer.status_code}, changed: {changed}")
    assert faults == []
