"""What is timed: each page or call as a person meets it, and hand-written SQL that fetches the same rows."""

import json
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from campaign.actions.screens import address_of
from campaign.models import Screen
from portal.tenancy.scope import tenant_scope
from tools import PYTHON, ROOT
from tools.bench.desk_cases import desk_cases
from tools.bench.ledger_cases import ledger_cases
from tools.bench.load import Ask
from tools.bench.report_case import report_cases
from tools.bench.seed import LEDGER_CITY

HAZARD_COLUMNS = "h.id, h.description, h.level, h.status, h.deadline, h.late, h.found_on, h.submitted_on, h.round, e.id, e.name, d.name"
OPEN = "('recorded', 'rectifying', 'submitted', 'confirming')"
OVERDUE = "(h.status = 'rectifying' OR h.late) AND h.status IN ('rectifying', 'submitted', 'confirming') AND h.deadline < %(today)s"


@dataclass(frozen=True)
class Case:
    name: str
    sql: list[str]
    values: dict
    ask: Callable[[int], Ask]
    expect: int = 200
    notes: dict = field(default_factory=dict)
    requests: int | None = None
    """Fewer than the others where one takes a second."""


def fetch(database, sql: str, **values):
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def cases(database, cookie_of) -> list[Case]:
    ((tenant, district, login_number),) = fetch(
        database,
        "SELECT t.id, min(d.id), t.id FROM tenancy_tenant t JOIN tenancy_district d ON d.tenant_id = t.id"
        " GROUP BY t.id ORDER BY t.id LIMIT 1",
    )
    office = {"Cookie": cookie_of(f"office{login_number}")}
    inspector = {"Cookie": cookie_of(f"i{district}-1")}
    hazards = [
        row[0]
        for row in fetch(
            database,
            "SELECT id FROM hazards_hazard WHERE tenant_id = %(t)s AND district_id = %(d)s AND id %% 20 = 0 LIMIT 400",
            t=tenant,
            d=district,
        )
    ]
    values = {"tenant": tenant, "district": district, "today": date.today(), "hazard": hazards[0]}

    def get(path: str, headers: dict) -> Callable[[int], Ask]:
        return lambda number: Ask(path, headers=headers)

    listed = (
        f"SELECT {HAZARD_COLUMNS} FROM hazards_hazard h JOIN enterprises_enterprise e ON e.id = h.enterprise_id"
        " JOIN tenancy_district d ON d.id = h.district_id WHERE h.tenant_id = %(tenant)s"
    )
    return [
        Case(
            "hazard list, open, one district",
            [f"{listed} AND h.district_id = %(district)s AND h.status IN {OPEN} ORDER BY h.deadline, h.id LIMIT 26"],
            values,
            get("/hazards/?situation=open", inspector),
        ),
        Case(
            "hazard list, overdue, one district",
            [f"{listed} AND h.district_id = %(district)s AND {OVERDUE} ORDER BY h.deadline, h.id LIMIT 26"],
            values,
            get("/hazards/?situation=overdue", inspector),
        ),
        Case(
            "enterprise list",
            [
                "SELECT e.*, d.name FROM enterprises_enterprise e JOIN tenancy_district d ON d.id = e.district_id"
                " WHERE e.tenant_id = %(tenant)s ORDER BY e.name LIMIT 26"
            ],
            values,
            get("/enterprises/", office),
        ),
        Case(
            "hazard page",
            [
                "SELECT h.*, e.*, n.*, d.* FROM hazards_hazard h JOIN enterprises_enterprise e ON e.id = h.enterprise_id"
                " JOIN hazards_notice n ON n.id = h.notice_id JOIN tenancy_district d ON d.id = h.district_id WHERE h.id = %(hazard)s",
                "SELECT * FROM hazards_hazardstep WHERE tenant_id = %(tenant)s AND hazard_id = %(hazard)s ORDER BY id",
                "SELECT * FROM hazards_evidence WHERE tenant_id = %(tenant)s AND hazard_id = %(hazard)s ORDER BY id",
            ],
            values,
            lambda number: Ask(f"/hazards/{hazards[number % len(hazards)]}/", headers=inspector),
        ),
        Case(
            "dashboard, whole city",
            [
                "SELECT district_id, status, level, late, period, sum(n) FROM hazards_tally WHERE tenant_id = %(tenant)s"
                " AND family = 'deadline' GROUP BY 1, 2, 3, 4, 5",
                "SELECT district_id, period, sum(n) FROM hazards_tally WHERE tenant_id = %(tenant)s AND family = 'found' GROUP BY 1, 2",
                "SELECT district_id, grade, count(*), count(*) FILTER (WHERE key_clause <> '') FROM enterprises_enterprise"
                " WHERE tenant_id = %(tenant)s GROUP BY 1, 2",
                "SELECT e.district_id, e.grade, count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM inspections_visit v WHERE"
                " v.tenant_id = e.tenant_id AND v.enterprise_id = e.id AND v.state = 'finished' AND v.visited_on > %(today)s - 90))"
                " FROM enterprises_enterprise e WHERE e.tenant_id = %(tenant)s GROUP BY 1, 2",
                "SELECT family, district_id, facet, period, sum(n) FROM hazards_tally WHERE tenant_id = %(tenant)s"
                " AND family IN ('type', 'source', 'extended', 'month', 'closed') GROUP BY 1, 2, 3, 4",
                f"{listed} AND {OVERDUE} ORDER BY h.deadline, h.id LIMIT 10",
            ],
            values,
            get("/dashboard/", office),
        ),
        Case(
            "dashboard, repeats",
            [
                "SELECT count(*) FROM hazards_hazard h WHERE tenant_id = %(tenant)s AND status IN ('recorded', 'rectifying',"
                " 'submitted', 'confirming') AND item_code <> '' AND EXISTS (SELECT FROM hazards_hazard b WHERE b.tenant_id ="
                " h.tenant_id AND b.enterprise_id = h.enterprise_id AND b.item_code = h.item_code AND b.id <> h.id AND"
                " b.closed_on BETWEEN (h.found_on - interval '12 months')::date AND h.found_on)",
            ],
            values,
            get("/dashboard/repeated/", office),
        ),
        Case(
            "dashboard, map of overdue",
            [
                "SELECT e.id, e.longitude, e.latitude, e.coordinates_in, e.grade FROM enterprises_enterprise e WHERE tenant_id ="
                f" %(tenant)s AND longitude IS NOT NULL AND id IN (SELECT enterprise_id FROM hazards_hazard h WHERE"
                f" h.tenant_id = %(tenant)s AND {OVERDUE})",
                "SELECT geojson FROM enterprises_citymap WHERE tenant_id = %(tenant)s ORDER BY id DESC LIMIT 1",
            ],
            values,
            get("/dashboard/panels/map/?dots=overdue", office),
        ),
        Case(
            "dashboard, hazards by grade",
            [
                "SELECT h.district_id, e.grade, count(*), count(*) FILTER (WHERE h.status IN ('recorded', 'rectifying', 'submitted',"
                f" 'confirming')), count(*) FILTER (WHERE {OVERDUE}), count(*) FILTER (WHERE h.status = 'closed'),"
                " count(*) FILTER (WHERE h.status = 'closed' AND NOT h.late) FROM hazards_hazard h JOIN enterprises_enterprise e"
                " ON e.id = h.enterprise_id WHERE h.tenant_id = %(tenant)s GROUP BY 1, 2",
            ],
            values,
            get("/dashboard/panels/by-grade/", office),
        ),
        Case(
            "dashboard, trend",
            [
                "SELECT period, sum(n) FILTER (WHERE family = 'found'), sum(n) FILTER (WHERE status = 'closed'), sum(n) FILTER"
                " (WHERE status = 'closed' AND NOT late) FROM hazards_tally WHERE tenant_id = %(tenant)s AND family IN"
                " ('found', 'deadline') AND period > %(today)s::date - 400 GROUP BY 1",
            ],
            values,
            get("/dashboard/panels/trend/", office),
        ),
        Case(
            "drill-down to a grade's overdue",
            [
                f"{listed} AND {OVERDUE} AND e.grade = 'D' AND h.district_id = %(district)s ORDER BY h.deadline, h.id LIMIT 26"
            ],
            values,
            get(f"/hazards/?situation=overdue&grade=D&district={district}", office),
        ),
        Case(
            "API: dashboard",
            [
                "SELECT district_id, status, level, late, period, sum(n) FROM hazards_tally WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3, 4, 5"
            ],
            values,
            get("/api/v1/dashboard/", office),
        ),
        Case(
            "drill-down to a kind of accident",
            [f"{listed} AND NOT h.status = 'void' AND h.accident_type = 'fire' ORDER BY h.deadline, h.id LIMIT 26"],
            values,
            get("/hazards/?situation=standing&accident_type=fire", office),
        ),
        wall_case(database, values),
        Case(
            "API: 100 hazards",
            [f"{listed} ORDER BY h.id DESC LIMIT 101"],
            values,
            get("/api/v1/hazards/?page_size=100", office),
        ),
        *desk_cases(lambda sql: fetch(database, sql), cookie_of, Case, values),
        *map_cases(database, cookie_of),
        *report_cases(cookie_of, Case, values),
        visit_case(database, values, cookie_of(f"i{district}-1")),
        *ledger_cases(lambda sql: fetch(database, sql), cookie_of, Case, date.today()),
    ]


def wall_case(database, values) -> Case:
    """What two hundred screens ask for every half minute."""
    with tenant_scope(values["tenant"]):
        screen, _ = Screen.objects.get_or_create(name="压测", defaults={"until": date.today(), "by_name": "压测"})
    wall = f"/wall/{address_of(screen)}/"
    return Case(
        "wall screen",
        ["SELECT district_id, sum(n) FROM hazards_tally WHERE tenant_id = %(tenant)s GROUP BY 1"],
        values,
        lambda number: Ask(wall, headers={"HX-Request": "true"}),
    )


def map_cases(database, cookie_of) -> list[Case]:
    """The map of a province: 100,000 enterprises, a third of them each in WGS-84, GCJ-02 and BD-09."""
    ((tenant,),) = fetch(database, "SELECT id FROM tenancy_tenant WHERE name = %(name)s", name=LEDGER_CITY)
    office = {"Cookie": cookie_of(f"office{tenant}"), "Accept-Encoding": "gzip"}
    points = (
        "SELECT id, longitude::float8, latitude::float8, coordinates_in, grade, key_clause, suspended_since"
        " FROM enterprises_enterprise WHERE tenant_id = %(tenant)s AND longitude IS NOT NULL AND latitude IS NOT NULL"
    )
    counted = (
        "SELECT district_id, grade, count(*), count(*) FILTER (WHERE longitude IS NULL) FROM enterprises_enterprise"
        " WHERE tenant_id = %(tenant)s GROUP BY 1, 2"
    )
    return [
        Case(name, [sql], {"tenant": tenant}, lambda number, path=path: Ask(path, headers=office), requests=requests)
        for name, sql, path, requests in (
            ("map page, 100,000 enterprises", counted, "/enterprises/map/", None),
            ("map points, 100,000, gzip", points, "/api/v1/enterprise-points/", 10),
            ("map points, grade D", f"{points} AND grade = 'D'", "/api/v1/enterprise-points/?grade=D", 20),
            ("list, outside the boundaries", points, "/enterprises/?located=outside", 10),
        )
    ]


def visit_case(database, values: dict, cookie: str) -> Case:
    """A visit with three hazards in one call, each time with a key of its own."""
    ((enterprise, sector),) = fetch(
        database,
        "SELECT id, sector FROM enterprises_enterprise WHERE tenant_id = %(tenant)s AND district_id = %(district)s LIMIT 1",
        **values,
    )
    people = [
        row[0]
        for row in fetch(
            database,
            "SELECT person_id FROM tenancy_posting WHERE district_id = %(district)s AND role = 'inspector' ORDER BY id",
            **values,
        )
    ]
    ((edition,),) = fetch(database, "SELECT max(id) FROM inspections_checklistedition")
    token = "b" * 32
    headers = {
        "Cookie": f"{cookie}; csrftoken={token}",
        "X-CSRFToken": token,
        "Content-Type": "application/json",
        "Referer": "http://127.0.0.1/",
    }

    def ask(number: int) -> Ask:
        body = {
            "key": str(uuid.uuid4()),
            "enterprise": enterprise,
            "second": people[1],
            "subject": "routine",
            "met_with": "测",
            "summary": "测",
            "hazards": [
                {
                    "description": f"测试隐患{n}：安全阀前截止阀未铅封",
                    "level": "general",
                    "basis": "《安全生产法》第36条",
                }
                for n in range(3)
            ],
        }
        return Ask("/api/v1/visits/", "POST", json.dumps(body).encode(), headers)

    owned = "tenant_id, enterprise_id, district_id, sector"
    bare = values | {
        "enterprise": enterprise,
        "sector": sector,
        "lead": people[0],
        "second": people[1],
        "edition": edition,
    }
    mine = "%(tenant)s, %(enterprise)s, %(district)s, %(sector)s"
    hazard = (
        f"INSERT INTO hazards_hazard ({owned}, key, source_kind, item_code, description, basis, requirement, level, accident_type,"
        f" place, status, found_on, deadline_rule, round, late, revision, created_at) SELECT {mine}, gen_random_uuid(), 'visit', '',"
        " '测', '', '', 'general', 'other', '', 'recorded', %(today)s, '{}', 0, false, 1, now() FROM generate_series(1, 3)"
    )
    return Case(
        "create a visit with 3 hazards",
        [
            f"INSERT INTO inspections_visit ({owned}, key, subject, visited_on, started_at, finished_at, state, lead_id, second_id,"
            f" edition_id, categories, met_with, summary) VALUES ({mine}, gen_random_uuid(), 'routine', %(today)s, now(), now(),"
            " 'finished', %(lead)s, %(second)s, %(edition)s, '{}', '', '')",
            hazard,
            "COMMIT",
        ],
        bare,
        ask,
        expect=201,
    )


def import_case(home: Path) -> None:
    """20,000 enterprises with 60,000 holdings, through the command, into a city of their own."""
    from portal.tenancy.actions import create_tenant
    from tools.bench.ledger_workbook import write

    path = home / "ledger-20000.xlsx"
    write(path, 20_000, 3)
    name = f"导入测试{uuid.uuid4().hex[:6]}市"
    create_tenant(name, ["东港区", "西岭区"])
    for what in ("import of 20,000 enterprises", "the same file again"):
        began = time.perf_counter()
        subprocess.run(
            [PYTHON, "manage.py", "import_ledger", str(path), "--tenant", name],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        print(f"{what:<34}{time.perf_counter() - began:9.1f} s")
