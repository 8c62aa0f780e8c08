"""Numbers of other people's records in filters and bodies: the answer is that for a number nobody has, and nothing changes."""

import itertools
import re
import uuid
from datetime import timedelta

import django_filters as filters
import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Credential, Enterprise, NotTheSame, ResponsiblePerson, Transformation
from hazards.models import Broadcast, Evidence, Hazard, Notice, SelfCheck
from inspections.models import PlannedVisit, ThemedAction, Visit
from inspections.models_schemes import VisitScheme
from portal.files import scrub
from portal.tenancy.scope import tenant_scope
from portal.tenancy.wall import Reference
from tests.inspections.outings import Device
from tests.inspections.walks import FIRST
from tests.security.addresses import NOWHERE
from tests.security.objects import CANARY
from tests.security.test_url_walk import face, leaks
from tests.stories import photo
from tests.world import World

# Every parameter of every list that names a record, and where a test asks it with foreign numbers.
NAMING = {
    *("enterprise", "district", "hazard", "visit", "object", "unit", "broadcast", "found_by", "handler", "sample"),
    *("action", "person", "year_score", "phase", "assisting", "department"),
}
LISTS = (
    "enterprise_map",
    "hazard_list",
    "desk",
    "sample_items",
    "notice_list",
    "suspension_list",
    "selfcheck_list",
    "lead_list",
    "address_list",
    "enterprise_list",
    "visit_list",
    "visit_due",
    "commendation_list",
    "assessment_list",
    "problem_list",
    "assessment_coverage",
    "planned_list",
    "draw_list",
    "target_list",
    "scheme_list",
    "number_list",
    "responsible_list",
    "expiring",
    "transformations",
    "duplicates",
    "calendar",
    "plan_list",
    "reminder_list",
)
API_LISTS = (
    "api-point-list",
    "api-hazard-list",
    "api-notice-list",
    "api-suspension-list",
    "api-sample-item-list",
    "api-selfcheck-list",
    "api-lead-list",
    "api-address-list",
    "api-enterprise-list",
    "api-visit-list",
    "api-due-list",
    "api-assessed-list",
    "api-assessment-list",
    "api-training-list",
    "api-commendation-list",
    "api-planned-list",
    "api-draw-list",
    "api-target-list",
    "api-scheme-list",
    "api-evidence-list",
    "api-responsible-list",
    "api-credential-list",
    "api-transformation-list",
    "api-duplicate-list",
    "api-plan-list",
    "api-reminder-list",
)


@pytest.fixture
def world(records):
    return World.read()


def every_filterset(of=filters.FilterSet):
    for kind in of.__subclasses__():
        yield kind
        yield from every_filterset(kind)


def test_every_filter_that_names_a_record_is_asked_with_foreign_numbers():
    ours = [kind for kind in every_filterset() if not kind.__module__.startswith(("django_filters", "rest_framework"))]
    assert len(ours) >= 6
    # What all cities share has no foreign numbers.
    walled = [kind for kind in ours if not isinstance(kind._meta.model.wall, Reference)]
    naming = {
        name
        for kind in walled
        for name, one in kind.base_filters.items()
        if isinstance(one, filters.ModelChoiceFilter | filters.NumberFilter)
    }
    assert naming == NAMING


@pytest.mark.parametrize("login", ["office", "inspector", "auditor", "office_x", "officer"])
def test_another_citys_district_filters_like_one_that_is_not_there(world, records, login):
    client = world.client(login)
    foreign = records["a" if login.endswith("_x") else "x"].console["district"]
    for name in (*LISTS, *API_LISTS):
        asked, missing = (client.get(reverse(name), {"district": number, "all": "1"}) for number in (foreign, NOWHERE))
        assert face(asked, asked.content, foreign, NOWHERE) == face(missing, missing.content, foreign, NOWHERE), name
        assert leaks(login, asked.content) == [], name


@pytest.mark.parametrize(
    "word",
    [
        "ordering",
        "sort",
        "page",
        "page_size",
        "cursor",
        "size",
        "fields",
        "expand",
        "tenant",
        "tenant_id",
        "enterprise__tenant",
        "enterprise_id",
    ],
)
def test_a_parameter_nobody_declared_opens_nothing(world, records, word):
    client = world.client("inspector")
    for name, value in itertools.product(
        (*LISTS, *API_LISTS), (records["x"].enterprise, "-enterprise__tenant__name", "9" * 30)
    ):
        answer = client.get(reverse(name), {word: value})
        assert answer.status_code < 500, (name, word, value)
        assert leaks("inspector", answer.content) == [], (name, word, value)


def due() -> str:
    return (timezone.localdate() + timedelta(days=10)).isoformat()


def visit_over_the_api(own, number, **changed):
    body = {
        "key": str(uuid.uuid4()),
        "enterprise": own.enterprise,
        "second": None,
        "answers": [{"code": FIRST, "verdict": "ok"}],
    }
    return "api-visit-list", {}, body | changed


def plan_over_the_api(own, world, **changed):
    body = {
        "enterprise": own.enterprise, "planned_from": due(), "contents": "查联锁", "manner": "现场检查",
        "lead": world.people["inspector"], "lead_task": "现场", "second": world.people["inspector2"], "second_task": "资料",
        "drafting": "年度计划", "reviewer": world.people["inspector2"], "approver": world.people["leader"],
    }  # fmt: skip
    return "api-scheme-list", {}, body | changed


# (who, what is asked with a number in it, which number of the other's records)
BODIES = {
    "a visit at a plant": (
        "inspector",
        lambda own, n, w: visit_over_the_api(own, n, enterprise=n, second=w.people["inspector2"]),
        lambda o: o.enterprise,
    ),
    "a visit's second inspector": (
        "inspector",
        lambda own, n, w: visit_over_the_api(own, n, second=n),
        lambda o: o.console["person"],
    ),
    "a planned visit at a plant": (
        "office",
        lambda own, n, w: ("api-planned-list", {}, {"enterprise": n, "month": due()}),
        lambda o: o.enterprise,
    ),
    "a visit begun from a plan": (
        "inspector",
        lambda own, n, w: (
            "visit_start",
            {},
            {
                "planned": n,
                "enterprise": own.enterprise,
                "key": str(uuid.uuid4()),
                "subject": "routine",
                "categories": ["1.安全基础管理"],
            },
        ),
        lambda o: o.planned,
    ),
    "a visit by a template": (
        "inspector",
        lambda own, n, w: visit_over_the_api(own, n, second=w.people["inspector2"], template=n),
        lambda o: o.template,
    ),
    "a visit begun on a page by a template": (
        "inspector",
        lambda own, n, w: (
            "visit_start",
            {},
            # The page comes back with the key on it: one without digits, which no number hides.
            {"enterprise": own.enterprise, "key": str(uuid.UUID("a" * 32)), "subject": "routine", "template": n},
        ),
        lambda o: o.template,
    ),
    "an action by a template": (
        "office",
        lambda own, n, w: (
            "api-action-list",
            {},
            {"title": "泄漏专项", "themes": ["leak"], "starts": due(), "ends": due(), "template": n},
        ),
        lambda o: o.template,
    ),
    "an outing's plant": (
        "inspector",
        lambda own, n, w: ("api-field-visits", {}, Device(w).record(enterprise=n)),
        lambda o: o.enterprise,
    ),
    "an outing's second inspector": (
        "inspector",
        lambda own, n, w: ("api-field-visits", {}, Device(w).record(second=n)),
        lambda o: o.console["person"],
    ),
    "an outing's look at a hazard": (
        "inspector",
        lambda own, n, w: (
            "api-field-visits",
            {},
            Device(w).record(rechecks=[{"hazard": n, "revision": 3, "verdict": "return", "note": "仍渗漏"}]),
        ),
        lambda o: o.hazards["submitted"],
    ),
    "an outing's reserved number": (
        "inspector",
        lambda own, n, w: ("api-field-visits", {}, Device(w).record(number=n)),
        lambda o: o.number,
    ),
    "a notice over a hazard": (
        "inspector",
        lambda own, n, w: (
            "api-notice-list",
            {},
            {"second": w.people["inspector2"], "orders": [{"hazard": n, "requirement": "整改", "due": due()}]},
        ),
        lambda o: o.hazards["recorded"],
    ),
    "a notice over one's own hazard and a foreign one": (
        "inspector",
        lambda own, n, w: (
            "api-notice-list",
            {},
            {
                "second": w.people["inspector2"],
                "orders": [
                    {"hazard": number, "requirement": "整改", "due": due()} for number in (own.hazards["recorded"], n)
                ],
            },
        ),
        lambda o: o.hazards["recorded"],
    ),
    "a notice's second inspector": (
        "inspector",
        lambda own, n, w: (
            "api-notice-list",
            {},
            {"second": n, "orders": [{"hazard": own.hazards["recorded"], "requirement": "整改", "due": due()}]},
        ),
        lambda o: o.console["person"],
    ),
    "a correction's second inspector": (
        "inspector",
        lambda own, n, w: (
            "api-notice-correct",
            {"pk": own.notice},
            {"texts": {"items.0.basis": "第41条"}, "reason": "写错", "second": n},
        ),
        lambda o: o.console["person"],
    ),
    "a receipt's second server": (
        "inspector",
        lambda own, n, w: (
            "api-notice-serve",
            {"pk": own.notice},
            {
                "manner": "direct",
                "served_at": timezone.now().isoformat(),
                "place": "门卫室",
                "signed_by": "方安",
                "second": n,
            },
        ),
        lambda o: o.console["person"],
    ),
    "a plan's second inspector": (
        "inspector",
        lambda own, n, w: plan_over_the_api(own, w, second=n),
        lambda o: o.console["person"],
    ),
    "a plan's plant": ("inspector", lambda own, n, w: plan_over_the_api(own, w, enterprise=n), lambda o: o.enterprise),
    "a recheck's second inspector": (
        "inspector",
        lambda own, n, w: ("api-hazard-accept", {"pk": own.hazards["submitted"]}, {"second": n}),
        lambda o: o.console["person"],
    ),
    "evidence of a hazard": (
        "officer",
        lambda own, n, w: ("api-evidence-list", {}, {"hazard": n, "phase": "after", "file": photo(77)}),
        lambda o: o.hazards["rectifying"],
    ),
    "an entry on a list": (
        "inspector",
        lambda own, n, w: (
            "api-transformation-list",
            {},
            {"enterprise": n, "list": "phase_out", "target": "关闭", "measure": "拆除", "due_on": due()},
        ),
        lambda o: o.enterprise,
    ),
    "a merger": (
        "office",
        lambda own, n, w: ("api-merger-list", {}, {"gone": n, "kept": own.enterprise, "reason": "更名"}),
        lambda o: o.twin,
    ),
    "a merger on a page": (
        "office",
        lambda own, n, w: ("merge", {"gone": n, "kept": own.enterprise}, {"reason": "更名"}),
        lambda o: o.twin,
    ),
    "a broadcast's source": (
        "office",
        lambda own, n, w: (
            "api-broadcast-list",
            {},
            {
                "title": "旁路联锁",
                "what": "请核查",
                "questions": ["有没有旁路"],
                "answer_by": due(),
                "chemicals": [f"物质{CANARY['a']}"],
                "hazard": n,
            },
        ),
        lambda o: o.hazards["rectifying"],
    ),
    "two told apart": (
        "office",
        lambda own, n, w: ("api-duplicate-distinct", {}, {"first": own.enterprise, "second": n, "reason": "两家"}),
        lambda o: o.twin,
    ),
    "a photo moved aside": (
        "inspector",
        lambda own, n, w: ("visit_photo_aside", {"pk": own.walking, "evidence": n}, {}),
        lambda o: o.visit_photo,
    ),
    "a visit begun on a page": (
        "inspector",
        lambda own, n, w: (
            "visit_start",
            {},
            {"enterprise": n, "key": str(uuid.uuid4()), "subject": "routine", "categories": []},
        ),
        lambda o: o.enterprise,
    ),
    "a visit finished on a page": (
        "inspector",
        lambda own, n, w: ("visit_finish", {"pk": own.walking}, {"second": n, "met_with": "方安", "summary": ""}),
        lambda o: o.console["person"],
    ),
    "a recheck on a page": (
        "inspector",
        lambda own, n, w: (
            "hazard_recheck",
            {"pk": own.hazards["submitted"]},
            {"second": n, "verdict": "accept", "note": "", "revision": "3"},
        ),
        lambda o: o.console["person"],
    ),
    "a recheck at the desk": (
        "inspector",
        lambda own, n, w: (
            "desk_decide",
            {"pk": own.hazards["submitted"]},
            {"second": n, "verdict": "accept", "note": "", "revision": "3"},
        ),
        lambda o: o.console["person"],
    ),
    "a responsible person of a unit": (
        "officer",
        lambda own, n, w: (
            "api-responsible-list",
            {},
            {
                "unit": n,
                "duty": "operational",
                "name": "赵堃",
                "post": "主任",
                "phone": "13800000001",
                "starts": "2026-09-01",
            },
        ),
        lambda o: o.unit,
    ),
    "a certificate of a plant": (
        "officer",
        lambda own, n, w: (
            "api-credential-list",
            {},
            {"enterprise": n, "kind": "licence", "title": "排污许可证", "number": "P1"},
        ),
        lambda o: o.enterprise,
    ),
    "an account for a person": (
        "sysadmin",
        lambda own, n, w: ("admin:tenancy_account_add", {}, {"person": n, "username": "neu"}),
        lambda o: o.console["person"],
    ),
    "a posting of a person": (
        "sysadmin",
        lambda own, n, w: ("admin:tenancy_posting_add", {}, {"person": n, "role": "office", "starts": "2026-01-01"}),
        lambda o: o.console["person"],
    ),
    "a posting in a unit": (
        "sysadmin",
        lambda own, n, w: (
            "admin:tenancy_posting_add",
            {},
            {"person": w.people["officer"], "role": "office", "organisation": n, "starts": "2026-01-01"},
        ),
        lambda o: o.console["organisation"],
    ),
    "a posting at a plant": (
        "sysadmin",
        lambda own, n, w: (
            "admin:tenancy_posting_add",
            {},
            {"person": w.people["office"], "role": "officer", "enterprise_id": n, "starts": "2026-01-01"},
        ),
        lambda o: o.enterprise,
    ),
    "a unit's district": (
        "sysadmin",
        lambda own, n, w: (
            "admin:tenancy_organisation_add",
            {},
            {"name": "新局", "short_name": "新", "kind": "bureau", "district": n},
        ),
        lambda o: o.console["district"],
    ),
}
FOREIGN = {"inspector": "cx", "officer": "bcx", "sysadmin": "x", "office": "x"}
# A second inspector may come from any district of the city.
CITY_WIDE = {
    "a visit's second inspector",
    "a notice's second inspector",
    "a recheck's second inspector",
    "a correction's second inspector",
    "a receipt's second server",
    "a plan's second inspector",
    "a visit finished on a page",
    "a recheck on a page",
    "a recheck at the desk",
    "a visit by a template",
    "a visit begun on a page by a template",
    "an action by a template",
}


def count_everything(world) -> list:
    counts = []
    for login in ("office", "office_x"):
        with world.as_(login):
            kinds = (
                Visit,
                PlannedVisit,
                Hazard,
                Notice,
                Evidence,
                ResponsiblePerson,
                Credential,
                Transformation,
                Enterprise,
                NotTheSame,
                Broadcast,
                SelfCheck,
                ThemedAction,
                VisitScheme,
            )
            counts += [model.objects.count() for model in kinds]
            counts += sorted(Hazard.objects.values_list("pk", "status", "revision"))
            counts += sorted(Visit.objects.values_list("pk", "state", "second_id"))
    return counts


@pytest.mark.parametrize("what", BODIES)
def test_a_foreign_number_in_a_body_is_refused_like_one_that_is_not_there(world, records, what):
    login, ask, number_of = BODIES[what]
    client = world.client(login)
    before = count_everything(world)

    def answered(number):
        name, arguments, body = ask(records["a"], number, world)
        more = {"content_type": "application/json"} if name.startswith("api-") and "file" not in body else {}
        with transaction.atomic():
            response = client.post(reverse(name, kwargs=arguments), body, **more)
            after = count_everything(world)
            transaction.set_rollback(True)
        return response, after

    missing, unchanged = answered(NOWHERE)
    assert 400 <= missing.status_code < 500 or login == "sysadmin"
    assert unchanged == before
    for owner in "x" if what in CITY_WIDE else FOREIGN[login]:
        number = number_of(records[owner])
        response, after = answered(number)
        assert after == before, owner
        hidden = (number, NOWHERE)
        key = r"[0-9a-f]{8}-[0-9a-f-]{27}"
        assert strip(key, face(response, response.content, *hidden)) == strip(
            key, face(missing, missing.content, *hidden)
        ), owner
        assert leaks(login, response.content) == []


def strip(pattern: str, seen: tuple) -> tuple:

    return (*seen[:3], re.sub(pattern, "", seen[3]))


def test_the_same_bodies_with_ones_own_numbers_do_something(world, records):
    """The positive control: what is refused above for its number is accepted with a right one."""
    before = count_everything(world)
    for what, (login, ask, number_of) in BODIES.items():
        if login == "sysadmin":
            continue
        own = records["a"]
        number = (
            world.people["inspector2"]
            if "second" in what or "finished" in what or "recheck" in what
            else number_of(own)
        )
        name, arguments, body = ask(own, number, world)
        if what == "a notice over one's own hazard and a foreign one":
            continue
        if what == "evidence of a hazard":
            body["hazard"] = own.hazards["rectifying"]
        more = {"content_type": "application/json"} if name.startswith("api-") and "file" not in body else {}
        if what == "a visit begun on a page":
            body |= {"second": world.people["inspector2"], "categories": ["1.安全基础管理"]}
        with transaction.atomic():
            response = world.client(login).post(reverse(name, kwargs=arguments), body, **more)
            after = count_everything(world)
            transaction.set_rollback(True)
        assert response.status_code in (200, 201, 302), (what, response.status_code, response.content.decode()[:300])
        assert after != before or what == "a photo moved aside", what


def test_no_file_of_everybodys_records_is_one_that_a_sweep_would_take_for_nobodys(world, first_files):
    named = set()
    for city, pk in world.tenants.items():
        with tenant_scope(pk, city):
            named |= {digest for digest, _ in scrub.names()}
    assert len(first_files) > 20
    assert first_files <= named
