"""Ten weeks of the demo city's life, lived day by day through the same verbs people use.

The clock is set to each day in turn, so numbers, deadlines, lateness and the audit trail come out as they would have.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from campaign.demo.findings import FINDINGS, REQUIREMENTS, RETURNS
from campaign.demo.pictures import picture
from enterprises.models import Enterprise
from hazards.actions import moves, notices, supervision
from hazards.actions.evidence import add_evidence
from hazards.models import Hazard, Level
from inspections.actions.answers import add_extra, add_photo, answer
from inspections.actions.visits import finish_visit, start_visit
from inspections.models import ChecklistItem
from portal.legaldays import SHANGHAI, next_working_day
from portal.tenancy.login import who_in
from portal.tenancy.models import Person, Posting
from portal.tenancy.scope import Who, enter

DAYS = 70
PLAN = {
    "responsible": "生产副总",
    "duty": "设备部负责采购和安装，安全部负责验收",
    "measures": "更换失效部件，恢复联锁，组织全员再培训",
    "funds": "12万元，安全生产费用列支",
    "contingency": "整改期间降负荷运行，专人每两小时巡检一次，备好应急器材",
}


@dataclass
class Pair:
    """Two inspectors of one district."""

    lead: Who
    second: Person


@contextmanager
def at(day: date, hour: int, minute: int = 0) -> Iterator[None]:
    moment = datetime.combine(day, time(hour, minute), SHANGHAI)
    with time_machine.travel(moment, tick=True):
        yield


def photo(seed: int, *, mended: bool, day: date) -> SimpleUploadedFile:
    taken = datetime.combine(day, time(10, seed % 60), SHANGHAI)
    name = f"IMG_{day:%Y%m%d}_{seed:04d}.jpg"
    return SimpleUploadedFile(name, picture(seed, mended=mended, taken_at=taken), content_type="image/jpeg")


class History:
    """What happens to the city, drawn from a fixed seed so that every demo is the same."""

    def __init__(self, pairs: dict[int, Pair], officers: dict[int, Who], leaders: dict[int, Who], office: Who):
        self.pairs, self.officers, self.leaders, self.office = pairs, officers, leaders, office
        self.chance = random.Random(2026)  # noqa: S311 - scenery
        self.seed = 0
        self.categories = sorted(set(ChecklistItem.objects.values_list("category", flat=True)))

    def key(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def live(self, plants: list[Enterprise], until: date) -> None:
        """Visit the plants over the days before `until`; each visit's hazards go their own way from there."""
        start = until - timedelta(days=DAYS)
        for plant in plants:
            day = next_working_day(start + timedelta(days=self.chance.randrange(DAYS)))
            if day < until:
                self.visit(plant, day, until)

    def visit(self, plant: Enterprise, day: date, until: date) -> None:
        pair = self.pairs[plant.district_id]
        found = self.chance.choices([0, 1, 2, 3, 4], [2, 3, 4, 2, 1])[0]
        with at(day, 9, 10), enter(pair.lead):
            visit = start_visit(plant, pair.second.pk, "routine", self.chance.sample(self.categories, 3), self.key())
            for item in self.chance.sample(list(visit.edition.items.filter(category__in=visit.categories)), 8):
                answer(visit.pk, item.code, "ok")
            for text, level, kind, place, _ in self.chance.sample(FINDINGS, found):
                self.seed += 1
                finding = add_extra(
                    visit.pk,
                    description=text, level=level, accident_type=kind, place=place, basis=basis_of(kind), key=self.key(),
                )  # fmt: skip
                if self.seed % 3 == 0:
                    add_photo(visit.pk, finding.code, photo(self.seed, mended=False, day=day))
        with at(day, 11, 40), enter(pair.lead):
            finish_visit(
                visit.pk,
                second_id=pair.second.pk,
                met_with=plant.safety_officer or "值班负责人",
                summary="按计划开展检查，情况已当场通报企业。",
            )
            hazards = list(Hazard.objects.filter(source_kind="visit", source_id=visit.pk))
        # The last days' finds are still waiting for their notice.
        if hazards and (until - day).days > 2:
            self.order(plant, pair, hazards, day, until)

    def order(self, plant, pair: Pair, hazards: list[Hazard], day: date, until: date) -> None:
        with at(day, 15, 20), enter(pair.lead):
            orders = [
                notices.Order(
                    hazard.pk,
                    notices.deadline_for(length=30 if hazard.level == Level.MAJOR else self.chance.choice([7, 10, 15])),
                    REQUIREMENTS,
                )
                for hazard in hazards
            ]
            notice = notices.issue_notice(orders, pair.second.pk)
        officer = self.officers.get(plant.pk)
        if officer is None or day + timedelta(days=1) >= until:
            return
        with at(day + timedelta(days=1), 8, 30), enter(officer):
            notices.acknowledge(notice.pk, officer.person_name)
        for hazard, order in zip(hazards, orders, strict=True):
            self.rectify(plant, pair, officer, hazard.pk, day, order.deadline.due, until)

    def rectify(self, plant, pair, officer, hazard_id: int, day: date, due: date, until: date) -> None:
        handed_in = due + timedelta(days=self.chance.choices([-4, -2, -1, 0, 3, 9], [4, 5, 4, 2, 1, 1])[0])
        handed_in = max(handed_in, day + timedelta(days=2))
        if handed_in >= until or self.chance.random() < 0.12:
            return
        self.hand_in(plant, officer, hazard_id, handed_in)
        rechecked = next_working_day(handed_in + timedelta(days=self.chance.randint(1, 4)))
        if rechecked >= until:
            return
        if self.chance.random() < 0.15:
            with at(rechecked, 10), enter(pair.lead):
                moves.send_back(hazard_id, self.chance.choice(RETURNS))
            again = rechecked + timedelta(days=2)
            if again >= until:
                return
            self.hand_in(plant, officer, hazard_id, again)
            rechecked = next_working_day(again + timedelta(days=2))
            if rechecked >= until:
                return
        with at(rechecked, 14), enter(pair.lead):
            hazard = moves.accept(hazard_id, pair.second.pk, "经现场复查，隐患已整改到位。")
        confirmed = next_working_day(rechecked + timedelta(days=1))
        if hazard.status == "confirming" and confirmed < until and self.chance.random() < 0.7:
            with at(confirmed, 9), enter(self.leaders.get(plant.district_id, self.office)):
                moves.confirm(hazard_id, "同意销号。")

    def hand_in(self, plant, officer, hazard_id: int, day: date) -> None:
        with at(day, 16), enter(officer):
            hazard = Hazard.objects.get(pk=hazard_id)
            fixed = next((fix for text, _, _, _, fix in FINDINGS if text == hazard.description), "已按要求整改")
            for mended in (False, True):
                self.seed += 1
                add_evidence(
                    photo(hazard_id, mended=mended, day=day),
                    enterprise=plant,
                    phase="after" if mended else "before",
                    hazard=hazard,
                )
            if hazard.level == Level.MAJOR and not hazard.rectification_plans.exists():
                supervision.file_plan(hazard_id, PLAN, hazard.deadline)
            moves.submit(hazard_id, f"{fixed}。责任人：{officer.person_name}。")


def basis_of(kind: str) -> str:
    return {
        "fire": "《中华人民共和国消防法》第16条；《安全生产法》第41条",
        "explosion": "《安全生产法》第36条；GB 30871-2022",
        "leak": "《危险化学品安全法》第28条；《安全生产法》第36条",
        "poisoning": "《安全生产法》第36条；GB/T 50493-2019",
        "other": "《安全生产法》第21、22条",
    }[kind]


def acting(posting: Posting, tenant_name: str) -> Who:
    """The person of a posting, as their login would act."""
    row = {
        "id": posting.pk, "role": posting.role, "tenant_id": posting.tenant_id, "person_id": posting.person_id,
        "organisation_id": posting.organisation_id, "district_id": posting.district_id,
        "enterprise_id": posting.enterprise_id, "sectors": posting.sectors, "leads": posting.leads,
        "organisation_name": posting.organisation.name if posting.organisation else "",
    }  # fmt: skip
    return who_in(row, tenant_name, posting.person.name, [row])


def cast(tenant_name: str) -> tuple[dict[int, Pair], dict[int, Who], dict[int, Who], Who]:
    """Who acts in the demo, read from the current postings (inside a city scope)."""
    pairs, officers, leaders, office = {}, {}, {}, None
    by_district: dict[int, list[tuple[Who, Person]]] = {}
    for posting in Posting.objects.current().select_related("person", "organisation").order_by("id"):
        who = acting(posting, tenant_name)
        if posting.role == "inspector" and posting.leads:
            leaders[posting.district_id] = who
        elif posting.role == "inspector":
            by_district.setdefault(posting.district_id, []).append((who, posting.person))
        elif posting.role == "officer":
            officers[posting.enterprise_id] = who
        elif posting.role == "office" and office is None:
            office = who
    for district, people in by_district.items():
        if len(people) > 1:
            pairs[district] = Pair(people[0][0], people[1][1])
    return pairs, officers, leaders, office
