"""The office's campaign in a browser: phases with their tasks over time, and a year's scores beside the year before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accountability.actions import scores
from accountability.models import YearScore
from campaign.actions import phases
from enterprises.actions.city_map import draw_map
from enterprises.models import Enterprise
from tests.campaign.tasks import done, under_way
from tests.reminders.rows import lay
from tests.security.objects import boundaries
from tests.stories import closed, issued

FINAL = {"state": "final", "final_at": "2026-01-20T08:00:00+08:00", "digest": "0" * 64}


def score(world, year: int) -> YearScore:
    with world.as_("office"):
        made = scores.open_year(year, "enterprise")
        scores.keep(made.pk, scores.read("enterprise", made.template.body, made.since, made.until))
        return made


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_phases_the_map_and_two_years_side_by_side_look_right(committed_world, somebody, screen):
    world, today = committed_world, timezone.localdate()
    task = under_way(world, milestones=[(today + timedelta(days=9), "完成一半工作量")])
    done(world, title="重大危险源在线监测联网" * 5)
    for enterprise in "abc":
        lay(world, enterprise, days=-12, n=3)
    issued(world, "a")
    closed(world, "b")
    with world.as_("office"):
        phases.start(task.phase_id, "按方案启动")
        told = {"name": "全面排查" * 8, "goal": "两重点一重大企业逐家评估" * 12, "starts": today - timedelta(days=90)}
        phases.plan(told | {"ends": today - timedelta(days=1)})
        draw_map(boundaries("江州", "江南区"), "wgs84")
        Enterprise.objects.filter(pk=world.enterprises["a"]).update(longitude="119.5", latitude="25.5")
    before, now = score(world, 2025), score(world, 2026)
    with world.as_("office"):
        YearScore.objects.filter(pk=before.pk).update(**FINAL)
        own = now.scores.get(subject_id=world.enterprises["a"]).pk
    with somebody("office", screen) as office:
        for path, name in (
            ("/tasks/phases/", "phases"),
            (f"/tasks/phases/{task.phase_id}/", "phase"),
            (f"/tasks/phases/{task.phase_id}/change/", "phase-change"),
            ("/tasks/gantt/?state=", "gantt-phases"),
            (f"/tasks/{task.pk}/office/reassign/", "task-reassign"),
            ("/dashboard/panels/map/?dots=overdue", "panel-map"),
            ("/dashboard/panels/trend/", "panel-trend"),
            ("/dashboard/panels/levels/", "panel-levels"),
            (f"/scores/{now.pk}/compare/", "score-compare"),
            (f"/scores/of/{own}/compare/", "score-of-compare"),
            (f"/scores/{before.pk}/compare/", "score-compare-none"),
        ):
            office.go(path)
            office.looks_right(name)
