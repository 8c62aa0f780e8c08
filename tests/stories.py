"""Short ways to a hazard in any state, each through the real verbs as the real people."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from enterprises.models import Enterprise
from hazards.actions import extensions, moves, notices, supervision, suspensions
from hazards.actions.evidence import add_evidence
from hazards.models import Hazard, Notice, Suspension

INSPECTORS = {
    "a": ("inspector", "inspector2"),
    "b": ("inspector", "inspector2"),
    "c": ("north", "north2"),
    "x": ("inspector_x", "inspector_x2"),
}
OFFICERS = {"a": "officer", "b": "officer_b", "c": "officer_c", "x": "officer_x"}


def photo(shade: int = 120, name: str = "现场.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (shade % 256, 90, 60)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def person_id(world, login: str) -> int:
    return world.people[login]


def recorded(
    world,
    enterprise: str = "a",
    *,
    description: str = "阀门法兰渗漏，未及时消除",
    level: str = "general",
    by: str | None = None,
    **more,
) -> Hazard:
    with world.as_(by or INSPECTORS[enterprise][0]):
        return moves.record_hazard(
            Enterprise.objects.get(pk=world.enterprises[enterprise]),
            description=description,
            level=level,
            found_on=timezone.localdate(),
            basis="《安全生产法》第36条",
            **more,
        )


def issued(world, enterprise: str = "a", *, days: int = 10, acknowledged: bool = True, **more) -> Hazard:
    hazard = recorded(world, enterprise, **more)
    notice = order(world, [hazard], enterprise, days=days)
    if acknowledged:
        with world.as_(OFFICERS[enterprise]):
            notices.acknowledge(notice.pk, "方安")
    return fresh(world, hazard, enterprise)


def order(world, hazards: list[Hazard], enterprise: str = "a", *, days: int = 10) -> Notice:
    lead, second = INSPECTORS[enterprise]
    due = timezone.localdate() + timedelta(days=days)
    with world.as_(lead):
        return notices.issue_notice(
            [notices.Order(hazard.pk, notices.deadline_for(due=due), "立即整改") for hazard in hazards],
            person_id(world, second),
        )


def submitted(world, enterprise: str = "a", **more) -> Hazard:
    hazard = issued(world, enterprise, **more)
    hand_in(world, hazard, enterprise)
    return fresh(world, hazard, enterprise)


PLAN = {
    "responsible": "方安",
    "duty": "设备部，负责采购、安装和验收",
    "measures": "更换法兰垫片，增设泄漏报警",
    "funds": "3万元，安全生产费用列支",
    "contingency": "停用该管段，专人监护，备好堵漏器材",
}


def file_plan(world, hazard: Hazard, enterprise: str = "a") -> None:
    with world.as_(OFFICERS[enterprise]):
        supervision.file_plan(hazard.pk, PLAN, hazard.deadline)


def asked(world, enterprise: str = "a", *, days: int = 20, **more) -> Hazard:
    hazard = issued(world, enterprise, **more)
    with world.as_(OFFICERS[enterprise]):
        extensions.ask(hazard.pk, timezone.localdate() + timedelta(days=days), "垫片须定制，到货要两周")
    return fresh(world, hazard, enterprise)


def extended(world, enterprise: str = "a", *, by: str | None = None, **more) -> Hazard:
    hazard = asked(world, enterprise, **more)
    with world.as_(by or INSPECTORS[enterprise][0]):
        extensions.grant(hazard.pk, timezone.localdate() + timedelta(days=20), "定制件确需时间，已落实防范措施")
    return fresh(world, hazard, enterprise)


def supervised(world, enterprise: str = "a", office: str = "office") -> Hazard:
    hazard = issued(world, enterprise, level="major")
    with world.as_(office):
        leader = supervision.leaders(hazard)[0]
        supervision.supervise(hazard.pk, leader.pk, "每周报告进展")
    return fresh(world, hazard, enterprise)


def suspended(world, enterprise: str = "a", hazard: Hazard | None = None, reach: str = "whole") -> Suspension:
    lead, second = INSPECTORS[enterprise]
    order = suspensions.Order(
        reach=reach,
        part="" if reach == "whole" else "一车间",
        reason="联锁长期旁路，无法保证安全",
        measures="立即停止运行，撤出作业人员",
        basis="《安全生产法》第六十五条",
    )
    with world.as_(lead):
        return suspensions.suspend(
            world.enterprises[enterprise], order, person_id(world, second), hazard_id=hazard.pk if hazard else None
        )


def hand_in(world, hazard: Hazard, enterprise: str = "a", shade: int = 200) -> None:
    if hazard.level == "major":
        file_plan(world, hazard, enterprise)
    with world.as_(OFFICERS[enterprise]):
        add_evidence(photo(shade), enterprise=hazard.enterprise, phase="after", hazard=Hazard.objects.get(pk=hazard.pk))
        moves.submit(hazard.pk, "已更换垫片并紧固，责任人方安。")


def confirming(world, enterprise: str = "a") -> Hazard:
    hazard = submitted(world, enterprise, level="major")
    accept(world, hazard, enterprise)
    return fresh(world, hazard, enterprise)


def closed(world, enterprise: str = "a", **more) -> Hazard:
    hazard = submitted(world, enterprise, **more)
    accept(world, hazard, enterprise)
    return fresh(world, hazard, enterprise)


def accept(world, hazard: Hazard, enterprise: str = "a") -> None:
    lead, second = INSPECTORS[enterprise]
    with world.as_(lead):
        moves.accept(hazard.pk, person_id(world, second))


def voided(world, enterprise: str = "a") -> Hazard:
    hazard = recorded(world, enterprise)
    with world.as_("leader" if enterprise in "ab" else "office"):
        moves.void(hazard.pk, "重复录入")
    return fresh(world, hazard, enterprise)


IN_STATE = {
    "recorded": recorded,
    "rectifying": issued,
    "submitted": submitted,
    "confirming": confirming,
    "closed": closed,
    "void": voided,
}


def fresh(world, hazard: Hazard, enterprise: str = "a") -> Hazard:
    with world.as_(INSPECTORS[enterprise][0]):
        return Hazard.objects.select_related("enterprise", "notice").get(pk=hazard.pk)
