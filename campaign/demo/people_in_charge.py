"""Invented responsible persons and certificates of the demo city, entered by the plants' own safety officers.

Some are missing, some expired, some due soon, one was replaced: what the pages are for.
"""

from datetime import date, timedelta

from enterprises.actions import credentials, people
from enterprises.models import Enterprise, Unit
from portal.tenancy.scope import Who, enter

NAMES = [
    "高长河",
    "邓一鸣",
    "范建国",
    "彭晓东",
    "曾庆丰",
    "萧国华",
    "田海波",
    "董文斌",
    "袁立功",
    "潘志远",
    "于洪涛",
    "蒋新民",
    "余天佑",
    "杜振华",
    "魏光明",
    "夏雨生",
    "钟南山",
    "任重远",
]
POSTS = {"principal": "总经理", "technical": "生产副总经理", "operational": "车间主任"}
SPECIAL = [
    "低压电工作业",
    "熔化焊接与热切割作业",
    "化工自动化控制仪表作业",
    "登高架设作业",
    "氯化工艺作业",
    "聚合工艺作业",
]
LICENCES = ["危险化学品登记证", "排污许可证", "安全生产许可证"]
# Days from today on which a certificate falls due: expired, within 30, 60 and 90 days, and later.
DUE = [-41, -9, 0, 5, 18, 29, 44, 58, 73, 88, 160, 240, 365, 500, 700, 900]


class Names:
    """The same names in the same order in every demo."""

    def __init__(self):
        self.given = 0

    def next(self) -> str:
        self.given += 1
        return NAMES[self.given * 7 % len(NAMES)]


def put_in_charge(units: list[Unit], officers: dict[int, Who], today: date) -> None:
    """Every second installation complete; the others lack one, have a late registration, or saw a change."""
    names = Names()
    majors = [unit for unit in units if unit.is_major and unit.enterprise_id in officers]
    for place, unit in enumerate(majors):
        with enter(officers[unit.enterprise_id]):
            for duty, post in POSTS.items():
                if (place % 4 == 1 and duty == "operational") or (place % 6 == 5 and duty != "principal"):
                    continue
                starts = today - timedelta(days=200 + 13 * place)
                name = unit.enterprise.principal if duty == "principal" else ""
                # An installation whose change is a week old and not yet registered.
                late = place % 4 == 3 and duty == "technical"
                made = people.appoint(
                    unit.pk, duty, name=name or names.next(), post=post, phone=f"138000{place:02d}0{len(post):02d}",
                    starts=today - timedelta(days=12) if late else starts,
                    registered_on=None if late else starts + timedelta(days=2),
                )  # fmt: skip
                if place == 2 and duty == "operational":
                    people.appoint(
                        unit.pk, duty, name=names.next(), post="罐区主任", phone="13800000288",
                        starts=today - timedelta(days=1), replaces=made.pk,
                    )  # fmt: skip


def certify(plants: list[Enterprise], officers: dict[int, Who], today: date) -> None:
    """A licence, the principal's and the officer's certificate and two or three operators' for each plant."""
    names = Names()
    count = 0

    def due() -> date:
        nonlocal count
        count += 1
        return today + timedelta(days=DUE[count * 5 % len(DUE)])

    for place, plant in enumerate(plants):
        if plant.pk not in officers:
            continue
        told = [
            {"kind": "licence", "title": LICENCES[place % len(LICENCES)], "number": f"证〔2026〕{1000 + place}"},
            {"kind": "principal", "title": "主要负责人安全生产知识和管理能力考核合格证", "holder": plant.principal, "number": f"Z{place:04d}"},
            {"kind": "safety", "title": "安全生产管理人员安全生产知识和管理能力考核合格证", "holder": plant.safety_officer, "number": f"A{place:04d}"},
            *({"kind": "special", "title": SPECIAL[(place + n) % len(SPECIAL)], "holder": names.next(), "number": f"T{place:04d}{n}"} for n in range(2 + place % 2)),
        ]  # fmt: skip
        with enter(officers[plant.pk]):
            for one in told:
                if one["kind"] != "licence" and not one["holder"]:
                    continue
                day = due()
                if one["kind"] == "special":
                    one |= {"valid_until": day + timedelta(days=1096), "review_due": day}
                made = credentials.add_credential(plant.pk, {"valid_until": day} | one)
                if place % 9 == 4 and one["kind"] == "safety":
                    credentials.renew_credential(made.pk, {"valid_until": day + timedelta(days=1095)})
