"""An inspector's day, the district's people and a handover, and the pages about assessments, at both widths."""

import pytest

from inspections.models_assessments import Expert
from tests import stories
from tests.inspections import teams, walks


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_the_day_the_team_and_a_handover_look_right(committed_world, somebody, screen):
    world = committed_world
    walks.finished(world)
    walks.walked(world)
    long = "储罐区" * 40 + "T-103根部阀法兰处渗漏"
    stories.submitted(world, description=long, place="储罐区" * 12)
    stories.recorded(world, description=long)
    person = world.people["inspector"]
    with somebody("inspector", screen) as inspector:
        inspector.go("/today/")
        inspector.looks_right("day")
    with somebody("leader", screen) as leader:
        for path, name in (
            ("/today/", "day-leader"),
            ("/team/", "team"),
            (f"/team/people/{person}/", "team-person"),
            (f"/team/people/{person}/training/", "training"),
            (f"/team/people/{person}/commend/", "commend"),
            ("/team/commendations/", "commendations"),
            (f"/handover/{person}/", "handover"),
        ):
            leader.go(path)
            leader.looks_right(name)
        leader.page.fill("[name=reason]", "调离")
        for kind in ("visits", "recorded", "rechecks"):
            leader.page.select_option(f"[name=to-{kind}]", label="leader君")
        leader.page.click("text=确认交接")
        leader.page.wait_for_selector("text=没有需要交接的事项")
        leader.looks_right("handover-done")


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_assessments_look_right_to_everybody_who_may_see_them(committed_world, somebody, screen):
    world = committed_world
    report = teams.reported(world, login="expert", problems=("CZ-02", "GZ-01"))
    now = teams.opened(world, "a", team=[teams.pooled(world, name="甲君"), teams.pooled(world, name="乙君")])
    pages = {
        "office": (
            "/assessments/",
            f"/assessments/{report.assessment_id}/",
            f"/assessments/{now.pk}/",
            f"/assessments/{now.pk}/term/",
            f"/assessments/new/?enterprise={world.enterprises['a']}",
            "/assessments/coverage/",
            "/assessments/problems/",
            "/experts/",
        ),
        "inspector": (f"/assessments/{report.assessment_id}/take/", "/assessments/coverage/"),
        "expert": ("/assessments/", f"/assessments/{report.assessment_id}/", "/experts/own/"),
        "officer": (f"/assessments/reports/{report.pk}/", f"/enterprises/{world.enterprises['a']}/"),
        "auditor": ("/experts/", f"/assessments/{report.assessment_id}/"),
    }
    for login, paths in pages.items():
        with somebody(login, screen) as person:
            for number, path in enumerate(paths):
                person.go(path)
                person.looks_right(f"assessments-{login}-{number}")
    with world.as_("office"):
        own = Expert.objects.get(person_id=world.people["expert"])
    working = teams.opened(world, "b", team=[own, teams.pooled(world, name="丙君")])
    with somebody("expert", screen) as expert:
        page, sheet = expert.page, f"/assessments/{working.pk}/sheets/rules/"
        for path in (f"/assessments/{working.pk}/", sheet, f"/assessments/{working.pk}/sheets/other/"):
            expert.go(path)
            expert.looks_right(f"assessments-working-{path.strip('/').split('/')[-1]}")
        expert.go(sheet)
        # What is written under one item outlives the saving of another.
        page.locator("#item-GZ-03 summary").click()
        page.fill("#words-GZ-03", "制度没有写明谁审批。" * 30)
        page.fill("#place-GZ-03", "罐区" * 30)
        page.check("#item-GZ-02 input[value=ok]")
        page.locator("#item-GZ-02 button").first.click()
        page.wait_for_selector("#item-GZ-02 >> text=expert君")
        assert page.input_value("#words-GZ-03") == "制度没有写明谁审批。" * 30
        assert page.locator("#words-GZ-03").is_visible()
        assert page.input_value("#place-GZ-03") == "罐区" * 30
        expert.looks_right("assessments-working-long")
        # Refused: a problem needs its words, and everything else stays; and a report all that is missing, said where it is done.
        expert.go(f"/assessments/{working.pk}/sheets/other/")
        page.fill("[name=words]", "  ")
        page.fill("[name=place]", "罐区" * 30)
        page.select_option("[name=level]", index=1)
        page.click("main form button.btn-primary")
        page.wait_for_selector("[data-error-summary] >> text=请填写这一项")
        assert page.input_value("[name=place]") == "罐区" * 30
        expert.faults = [fault for fault in expert.faults if "400 (Bad Request)" not in fault]
        expert.looks_right("assessments-working-refused")
        expert.go(f"/assessments/{working.pk}/")
        page.click("button:has-text('出具报告')")
        page.wait_for_selector("text=还不能出具报告")
        assert page.url.endswith(f"/assessments/{working.pk}/")
    with somebody("inspector", screen) as inspector:
        inspector.go(f"/assessments/{report.assessment_id}/take/")
        # What is neither taken nor declined comes back, with everything typed.
        inspector.page.locator("[name$=-take]").first.uncheck()
        inspector.page.locator("[name=second]").select_option(index=1)
        inspector.page.click("main form button.btn-primary")
        inspector.page.wait_for_selector("text=一个问题也不能遗漏")
        inspector.faults = [fault for fault in inspector.faults if "400 (Bad Request)" not in fault]
        inspector.looks_right("assessments-take-refused")
