"""manage.py demo_city: 江州市 from its sample ledger with ten weeks of history, and 澄川市 beside it. Once; then nothing."""

from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

import enterprises
from accountability.actions.leads import compute
from campaign.actions.screens import make_screen
from campaign.demo import city_map
from campaign.demo.people import (
    CITY,
    DISTRICTS,
    EXPERT,
    OFFICER,
    OTHER_CITY,
    OTHER_OFFICER,
    OTHER_STAFF,
    PASSWORD,
    STAFF,
    Someone,
)  # fmt: skip
from campaign.demo.people_in_charge import certify, put_in_charge
from campaign.demo.units import divide
from campaign.models import Phase
from enterprises.actions.city_map import draw_map
from enterprises.models import Coordinates, Enterprise
from portal.tenancy.actions import add_person, create_tenant, open_account, post
from portal.tenancy.models import Organisation, Tenant
from portal.tenancy.queries import all_tenants
from portal.tenancy.scope import enter, tenant_scope

LEDGER = Path(enterprises.__file__).parent / "ledger/samples/江州市企业台账.xlsx"
POSTED_SINCE = date(2026, 1, 1)
VISITED = 80
PHASES = [
    ("动员部署", "制定实施方案，建立台账，明确时间表、路线图、责任人", date(2026, 3, 1), date(2026, 4, 30)),
    ("全面排查", "专家评估全部两重点一重大企业，问题立即下达整改通知书", date(2026, 5, 1), date(2026, 12, 31)),
    ("集中整治", "重大隐患挂牌督办，严重隐患且整改不力的停产停业整顿", date(2027, 1, 1), date(2027, 10, 31)),
    ("巩固提升", "总结评估，年度考核，提升一批、淘汰一批，健全长效机制", date(2027, 11, 1), date(2028, 2, 29)),
]


class Command(BaseCommand):
    help = "Fill an empty installation with the demo."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("demo_city makes accounts with a public password; it runs with PORTAL_DEMO=1 only.")
        names = {tenant.name for tenant in all_tenants()}
        if CITY not in names:
            self.say("演示城市江州市：导入台账")
            with transaction.atomic():
                self.first_city()
        if OTHER_CITY not in names:
            with transaction.atomic():
                self.second_city()

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def first_city(self) -> None:
        from campaign.demo import ledger_life
        from campaign.demo.commendations import commend_and_censure
        from campaign.demo.desk import draw_again, fill_desk, leave_to_do
        from campaign.demo.documents import file_documents
        from campaign.demo.duplicates import report_again
        from campaign.demo.experts import NEWCOMERS, assess
        from campaign.demo.history import DAYS, History, at, cast
        from campaign.demo.measures import take_measures
        from campaign.demo.plans import plan_visits
        from campaign.demo.registers import FOUND, bring_in
        from campaign.demo.reports import report_on_the_weeks
        from campaign.demo.scores import score_the_year
        from campaign.demo.selfchecks import share
        from campaign.demo.tasks import run_the_campaign
        from campaign.demo.team import keep_team
        from campaign.demo.transformation import fill_lists

        tenant = create_tenant(CITY, DISTRICTS[CITY])
        began = timezone.localdate() - timedelta(days=DAYS + 10)
        with at(began, 9):
            call_command("import_ledger", str(LEDGER), tenant=CITY, stdout=self.stdout)
        hashed = make_password(PASSWORD)
        with tenant_scope(tenant.pk, CITY):
            Phase.objects.bulk_create(Phase(name=n, goal=g, starts=s, ends=e) for n, g, s, e in PHASES)
            plants = list(Enterprise.objects.select_related("district").order_by("-key_clause", "id"))
        # Every district has its share, worst grades first, as the plan asks.
        chosen = sorted(plants, key=lambda plant: (plant.grade or "0", plant.pk), reverse=True)[:VISITED]
        tried = next(plant for plant in chosen if plant.district.name == "江南区" and plant.key_clause)
        with tenant_scope(tenant.pk, CITY, scope="sysadmin"):
            settle_in(STAFF, hashed)
            for number, plant in enumerate(chosen):
                login = OFFICER if plant is tried else f"officer{number:03d}"
                officer = Someone(
                    login, plant.safety_officer or f"安全员{number}", "officer", more={"enterprise_id": plant.pk}
                )
                settle_in([officer], hashed, phone=plant.safety_officer_phone)
            settle_in([Someone(EXPERT, "严谨之", "expert", more={"enterprise_id": tried.pk})], hashed)
            for name, *_ in NEWCOMERS:
                add_person(name)
        self.say(f"演示城市江州市：{len(plants)}家企业，{len(chosen)}家的检查与整改历史")
        with tenant_scope(tenant.pk, CITY):
            players = cast(CITY)
            history = History(*players)
        with enter(history.office):
            draw_map(city_map.upload(), Coordinates.WGS84)
        history.live(chosen, timezone.localdate())
        fill_desk(history, tried, timezone.localdate())
        leave_to_do(history, tried, timezone.localdate())
        draw_again(history, timezone.localdate())
        first = [tried, *(plant for plant in chosen if plant is not tried)]
        with at(began + timedelta(days=3), 9), tenant_scope(tenant.pk, CITY):
            units = divide(first)
        put_in_charge(units, history.officers, timezone.localdate())
        certify(first[:30], history.officers, timezone.localdate())
        self.say(f"演示城市{CITY}：诊断分级、分级建议和信息变更申请")
        pairs, officers, leaders, office = players
        ledger_life.live(pairs, officers, office, chosen, timezone.localdate())
        take_measures(pairs, officers, office)
        with tenant_scope(tenant.pk, CITY):
            report_again(plants[40:43])
        fill_lists(history.office, [tried, *plants[:20:2]], timezone.localdate())
        self.say(f"演示城市{CITY}：检查计划、双随机和专项行动")
        plan_visits(leaders[tried.district_id], office, pairs[tried.district_id])
        self.say(f"演示城市{CITY}：企业自查和举一反三")
        file_documents(pairs, leaders, office, tried, timezone.localdate())
        share(pairs, officers, leaders, office, first, timezone.localdate())
        self.say(f"演示城市{CITY}：专家库和专家评估")
        assess(office, pairs, first, timezone.localdate())
        keep_team(office, leaders[tried.district_id], timezone.localdate())
        with tenant_scope(tenant.pk, CITY):
            compute()
        bring_in(history, plants[60 : 60 + 2 * len(FOUND)], timezone.localdate())
        score_the_year(history, tried, timezone.localdate())
        with enter(history.office):
            make_screen("市应急管理局一楼大厅", timezone.localdate() + timedelta(days=365))
        self.say(f"演示城市{CITY}：任务、目标和领导小组")
        run_the_campaign(office, timezone.localdate())
        self.say(f"演示城市{CITY}：表彰、通报批评、约谈和问责")
        chief = leaders[tried.district_id]
        commend_and_censure(office, chief, tried, timezone.localdate())
        self.say(f"演示城市{CITY}：周报、月报、季报")
        report_on_the_weeks(history, tried, timezone.localdate())

    def second_city(self) -> None:
        from campaign.demo.history import History, cast

        tenant = create_tenant(OTHER_CITY, DISTRICTS[OTHER_CITY])
        hashed = make_password(PASSWORD)
        plants = [self.plant(tenant, number) for number in range(6)]
        with tenant_scope(tenant.pk, OTHER_CITY, scope="sysadmin"):
            settle_in(OTHER_STAFF, hashed)
            settle_in([Someone(OTHER_OFFICER, "温如玉", "officer", more={"enterprise_id": plants[0].pk})], hashed)
        with tenant_scope(tenant.pk, OTHER_CITY):
            players = cast(OTHER_CITY)
            history = History(*players)
        history.live(plants, timezone.localdate())
        self.say(f"演示城市{OTHER_CITY}：{len(plants)}家企业")

    def plant(self, tenant: Tenant, number: int) -> Enterprise:
        from portal.tenancy.models import District

        with tenant_scope(tenant.pk, tenant.name):
            return Enterprise.objects.create(
                code=f"9199010{number}MA0DEMO{number}XX"[:17] + "0",
                name=f"澄川{'启承转合新源'[number]}化有限公司",
                district=District.objects.get(name="澄东区"),
                sector="hazchem",
                kind="production",
                grade="BCDBCD"[number],
                safety_officer="温如玉",
            )


def settle_in(people: list[Someone], hashed: str, *, phone: str = "") -> None:
    units = {unit.name: unit for unit in Organisation.objects.select_related("district")}
    for number, someone in enumerate(people):
        certified = someone.role in ("inspector", "office", "department")
        person = add_person(
            someone.name,
            phone=phone,
            email=f"{someone.login}@demo.invalid",
            certificate_no=f"闽E{1000 + number}{someone.login[-1]}" if certified else "",
        )
        post(person, someone.role, organisation=units.get(someone.unit), starts=POSTED_SINCE, **someone.more)
        open_account(person, someone.login, hashed=hashed, must_change=False)
