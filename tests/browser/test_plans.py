"""The plan, a draw, a themed action and a checklist template, on a phone and at a desk: empty, full, refused, and with long words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inspections.actions import checklists, draws, plans, themed
from inspections.models import PlannedVisit
from inspections.scope import Scope
from portal.tenancy.models import Organisation
from tests.inspections import walks

LONG = "储罐区及其配套装卸设施防泄漏"
LINE = {
    "text": LONG * 12,
    "basis": LONG * 8,
    "suggested_level": "major",
    "subcategory": "仓库与储罐区",
    "criterion": LONG * 4,
}


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_office_sees_it_empty_and_makes_a_plan_and_a_checklist(somebody, screen):
    with somebody("office", screen) as office:
        page = office.page
        for name in ("plan", "draws", "actions", "checklists", "frequency", "coverage", "draws/new", "actions/new"):
            office.go(f"/visits/{name}/")
            office.looks_right(f"empty-{name.replace('/', '-')}")
        office.go("/visits/plan/year/")
        office.looks_right("plan-year")
        page.click("main button:has-text('按此生成')")
        page.wait_for_selector("text=年计划：新增")
        office.looks_right("plan-made")
        page.click("#list tbody a")
        office.looks_right("planned")
        page.click("summary:has-text('改期')")
        page.fill("[name=move-month]", f"{timezone.localdate():%Y-%m}")
        page.fill("[name=move-reason]", LONG * 20)
        page.click("main details button:has-text('改期')")
        page.wait_for_selector(".invalid-feedback, [data-error-summary]")
        office.faults.clear()  # the browser reports the 400 itself
        office.looks_right("planned-refused")
        office.go("/visits/checklists/new/")
        page.fill("[name=subject]", LONG * 2)
        page.fill("[name=reason]", LONG * 10)
        page.fill("[name=own-0-text]", LONG * 12)
        page.click("main button:has-text('保存为')")
        page.wait_for_selector("[data-error-summary]")
        office.faults.clear()
        office.looks_right("checklist-refused")
        page.fill("[name=own-0-basis]", LONG * 8)
        page.click("main button:has-text('保存为')")
        page.wait_for_selector("text=已保存为新版本")
        office.looks_right("checklist")
        page.click("a:has-text('制定新版本')")
        office.looks_right("checklist-next")


@pytest.mark.parametrize("screen", ["phone", "desk"])
@pytest.mark.parametrize("login", ["inspector", "leader", "department"])
def test_who_carries_it_out_sees_it_filled(committed_world, somebody, screen, login):
    today = timezone.localdate()
    with committed_world.as_("office"):
        plans.generate(today.year)
        template = checklists.make_version(subject=LONG * 2, codes=[walks.FIRST], own=[LINE], reason=LONG * 10)
        action = themed.prepare(
            title=LONG * 5,
            themes=["leak", "fire"],
            starts=today,
            ends=today + timedelta(days=60),
            scope=Scope.of("sector=hazchem"),
            template=template.pk,
        )
        themed.start(action.pk)
        planned = PlannedVisit.objects.filter(enterprise_id=committed_world.enterprises["a"]).order_by("month").first()
    with committed_world.as_("leader"):
        bureau = Organisation.objects.get(name="江南区应急管理局")
        pool = planned.enterprise.__class__.objects.all()
        drawn = draws.publish(pool, bureau, title=LONG * 5, month=today, size=1)
        draws.draw(drawn.pk, "双色球第2026138期 03 07 11")
        code = draws.announce(drawn.pk).verify_code
    with committed_world.as_("department"):
        plans.add_planned(planned.enterprise, planned.month)
    with somebody(login, screen) as person:
        for path in (
            "plan/",
            f"plan/{planned.pk}/",
            "actions/",
            f"actions/{action.pk}/",
            "actions/plants/",
            "checklists/",
            f"checklists/{template.pk}/",
            "coverage/",
            "due/",
            "frequency/",
            f"new/?enterprise={planned.enterprise_id}&action={action.pk}",
            f"new/?enterprise={planned.enterprise_id}",
        ):
            person.go(f"/visits/{path}")
            person.looks_right(f"{login}-{path.partition('?')[0].replace('/', '-')}")
        if login != "department":
            person.go(f"/visits/draws/{drawn.pk}/")
            person.looks_right(f"{login}-draw")
    if login == "leader":
        with somebody(None, screen) as anybody:
            anybody.go(f"/draws/{code}/")
            anybody.looks_right("public-draw")
