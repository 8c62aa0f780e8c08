"""Tasks made by the real people through the real verbs."""

from datetime import date, timedelta

from django.utils import timezone

from campaign.actions import goals, tasks
from campaign.models import Phase, Task
from portal.tenancy.models import Organisation

UNITS = {"department": "江州市应急管理局", "south": "江南区应急管理局", "north": "江北区应急管理局"}


def unit(name: str) -> int:
    """Inside a scope."""
    return Organisation.objects.get(name=UNITS.get(name, name)).pk


def phase() -> int:
    day = date(2026, 1, 1)
    return Phase.objects.get_or_create(name="全面排查", defaults={"starts": day, "ends": date(2027, 12, 31)})[0].pk


def facts(to: str = "south", assisting: tuple[str, ...] = (), **more) -> dict:
    """Inside the office's scope."""
    today = timezone.localdate()
    return {
        "title": "完成两重点一重大企业风险评估",
        "what": "逐家评估，形成报告",
        "phase": phase(),
        "clause": "4.1.1",
        "unit": unit(to),
        "assisting": [unit(one) for one in assisting],
        "responsible": "顾某",
        "starts": today,
        "due": today + timedelta(days=30),
    } | more


def planned(world, to: str = "south", assisting=(), *, office: str = "office", milestones=(), **more) -> Task:
    with world.as_(office):
        return tasks.plan(facts(to, assisting, **more), milestones)


def handed(world, to: str = "south", assisting=(), *, office: str = "office", **more) -> Task:
    task = planned(world, to, assisting, office=office, **more)
    with world.as_(office):
        return tasks.hand(task.pk)


def under_way(world, to: str = "south", assisting=(), *, by: str = "inspector", **more) -> Task:
    task = handed(world, to, assisting, **more)
    with world.as_(by):
        return tasks.acknowledge(task.pk)


def done(world, *, by: str = "inspector", **more) -> Task:
    task = under_way(world, by=by, **more)
    with world.as_(by):
        tasks.finish(task.pk, "全部评估完成")
        return Task.objects.get(pk=task.pk)


def goal(world, office: str = "office", **more):
    with world.as_(office):
        told = {
            "name": "按期整改率",
            "direction": "at_least",
            "target": 95,
            "measured_in": "%",
            "figure": "on_time_rate",
        }
        return goals.set_goal(told | {"due": date(2027, 12, 31), "note": ""} | more)
