"""Two cities in bulk SQL, the larger of 20 districts, 5,000 enterprises, 100,000 visits, 250,000 notices and 1,000,000 hazards;
and a third with a ledger of 100,000 enterprises alone. Invented throughout."""

import json
from dataclasses import dataclass
from datetime import date
from math import sin

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile

from enterprises.actions.city_map import draw_map
from enterprises.actions.history import remember
from enterprises.models import Enterprise
from hazards.actions.tally import fold_tally
from portal.tenancy.actions import add_person, create_tenant, open_account, post
from portal.tenancy.models import Organisation
from portal.tenancy.scope import tenant_scope

DISTRICTS = ["东城区", "西城区", "南城区", "北城区", "临江县", "望山县", "清河县", "新桥县", "港口区", "化工园区"]
MORE_DISTRICTS = ["云岭县", "安渡县", "白沙区", "柳泉区", "石湾县", "平桥区", "青岚县", "河口区", "松原县", "高新区"]


@dataclass(frozen=True)
class City:
    name: str
    districts: list[str]
    enterprises: int
    hazards: int


CITIES = (
    City("甲测市", DISTRICTS + MORE_DISTRICTS, 5000, 1_000_000),
    City("乙测市", DISTRICTS, 500, 100_000),
)

ENTERPRISES = """
INSERT INTO enterprises_enterprise (tenant_id, code, name, district_id, sector, kind, address, licence_no, grade, principal,
    principal_phone, safety_officer, safety_officer_phone, remark, has_key_chemical, has_key_process, major_level, key_clause,
    key_reason, longitude, latitude, coordinates_in, judged, near_key, revision, created_at, updated_at, employees, licence_until)
SELECT %(tenant)s, lpad(i::text, 18, '0'), '测试化工' || i || '有限公司',
       (SELECT id FROM tenancy_district WHERE tenant_id = %(tenant)s ORDER BY id OFFSET i %% %(districts)s LIMIT 1),
       (ARRAY['hazchem','chemical','pharma'])[1 + i %% 3], (ARRAY['production','storage','use','trade'])[1 + i %% 4],
       '化工路' || i || '号', '', (ARRAY['A','B','B','C','C','D'])[1 + i %% 6], '', '', '', '', '', i %% 3 = 0, i %% 5 = 0,
       CASE WHEN i %% 7 = 0 THEN 1 + i %% 4 END, CASE WHEN i %% 3 = 0 THEN '1' ELSE '' END, '', 118 + (i::bigint * 7919 %% 100003) / 50000.0, 25 + (i::bigint * 104729 %% 100019) / 66666.0,
       (ARRAY['wgs84', 'gcj02', 'bd09'])[1 + i / 7 %% 3], '', CASE WHEN i %% 9 = 1 THEN '未评定风险等级：测' ELSE '' END, 1, now(), now(), i %% 400,
       %(today)s::date - 60 + i %% 1500
  FROM generate_series(1, %(enterprises)s) i"""

VISITS = """
INSERT INTO inspections_visit (tenant_id, enterprise_id, district_id, sector, key, subject, organisation_id, visited_on,
    started_at, finished_at, state, lead_id, second_id, edition_id, categories, met_with, summary)
SELECT e.tenant_id, e.id, e.district_id, e.sector, gen_random_uuid(), 'routine', o.id,
       %(today)s::date - (random() * 700)::int, now(), now(), 'finished', p.lead, p.second,
       (SELECT max(id) FROM inspections_checklistedition), '{}', '', ''
  FROM enterprises_enterprise e
  JOIN tenancy_organisation o ON o.district_id = e.district_id AND o.tenant_id = e.tenant_id
  JOIN (SELECT district_id, min(person_id) AS lead, max(person_id) AS second FROM tenancy_posting
         WHERE role = 'inspector' GROUP BY 1) p ON p.district_id = e.district_id
  CROSS JOIN generate_series(1, 20) WHERE e.tenant_id = %(tenant)s"""

NOTICES = """
INSERT INTO hazards_notice (tenant_id, enterprise_id, district_id, sector, kind, number, organisation_id, issued_on, signers,
    content, photo_ids, digest, verify_code, acknowledged_at, acknowledged_by, refusal, created_at)
SELECT e.tenant_id, e.id, e.district_id, e.sector, 'rectification_order', '（测）应急责改〔2026〕' || n.i || '号', o.id,
       %(today)s::date - (random() * 700)::int, '[]', '{"items": []}', '{}', md5(n.i::text) || md5(n.i::text),
       md5(e.tenant_id || '-' || n.i), now(), '测', '', now()
  FROM generate_series(1, %(hazards)s / 4) AS n(i)
  JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM enterprises_enterprise WHERE tenant_id = %(tenant)s) e
    ON e.place = 1 + n.i %% %(enterprises)s
  JOIN tenancy_organisation o ON o.district_id = e.district_id AND o.tenant_id = e.tenant_id"""

# About one in twenty is open, a third of those overdue, as in a district that keeps up.
HAZARDS = """
INSERT INTO hazards_hazard (tenant_id, enterprise_id, district_id, sector, key, source_kind, item_code, description, basis,
    requirement, level, accident_type, place, status, found_on, notice_id, deadline, deadline_rule, round, submitted_on, late,
    closed_on, revision, created_at)
SELECT tenant_id, enterprise_id, district_id, sector, gen_random_uuid(), 'visit', 'CK01-001', '测试隐患：法兰渗漏未及时处理 ' || place,
       '《安全生产法》第36条', '立即整改', level, (ARRAY['fire','explosion','leak','poisoning','other'])[1 + (id + place) %% 5], '',
       status, issued_on, id, deadline, '{"explanation": "测"}', 1,
       CASE WHEN status IN ('submitted', 'closed') THEN deadline - 3 + (CASE WHEN late THEN 8 ELSE 0 END) END,
       late AND status IN ('submitted', 'closed'), CASE WHEN status = 'closed' THEN deadline END, 1, now()
  FROM (SELECT n.*, k.k AS place, n.issued_on + (CASE WHEN n.id %% 9 = 0 THEN 30 ELSE 15 END) AS deadline,
               CASE WHEN n.id %% 9 = 0 THEN 'major' ELSE 'general' END AS level, random() < 0.1 AS late,
               CASE WHEN n.issued_on + 20 > %(today)s::date THEN (ARRAY['rectifying','rectifying','submitted'])[1 + (n.id + k.k) %% 3]
                    WHEN random() < 0.02 THEN 'rectifying' WHEN random() < 0.01 THEN 'submitted' ELSE 'closed' END AS status
          FROM hazards_notice n CROSS JOIN generate_series(1, 4) AS k(k) WHERE n.tenant_id = %(tenant)s) h"""

STEPS = """
INSERT INTO hazards_hazardstep (tenant_id, enterprise_id, district_id, sector, hazard_id, verb, round, note, by_name, by_unit, at)
SELECT tenant_id, enterprise_id, district_id, sector, id, verb, 1, '', '测', '', now()
  FROM hazards_hazard CROSS JOIN (VALUES ('record'), ('issue'), ('submit'), ('accept')) AS v(verb)
 WHERE tenant_id = %(tenant)s AND id %% 20 = 0"""

# A province-sized ledger: what the facets, the units and the export are timed on.
LEDGER_CITY, LEDGER_SIZE = "丙测市", 100_000

UNITS = """
INSERT INTO enterprises_unit (tenant_id, enterprise_id, district_id, sector, name, kind, boundary, judged, level, s, r, revision)
SELECT tenant_id, id, district_id, sector, '罐区', 'tanks', '', CASE WHEN major_level IS NULL THEN 'not_major' ELSE 'major' END,
       major_level, CASE WHEN major_level IS NULL THEN 0.4 ELSE 3.6 END, CASE WHEN major_level IS NOT NULL THEN 12 END, 1
  FROM enterprises_enterprise WHERE tenant_id = %(tenant)s AND id %% 3 = 0"""

HOLDINGS = """
INSERT INTO enterprises_holding (tenant_id, enterprise_id, district_id, sector, unit_id, substance, quantity_t, state, cas, mixture,
    symbols, beta_symbol, key_chemical_seq)
SELECT e.tenant_id, e.id, e.district_id, e.sector, u.id, s.name, 10 + e.id %% 90, '', '', '', '{}', '',
       CASE WHEN s.name = '氨' THEN 2 END
  FROM enterprises_enterprise e LEFT JOIN enterprises_unit u ON u.tenant_id = e.tenant_id AND u.enterprise_id = e.id
 CROSS JOIN (VALUES ('氨'), ('甲醇'), ('苯')) AS s(name) WHERE e.tenant_id = %(tenant)s"""

PROCESSES = """
INSERT INTO enterprises_processinuse (tenant_id, enterprise_id, district_id, sector, name, key_process_seq)
SELECT tenant_id, id, district_id, sector, '重点工艺' || id %% 18, 1 + id %% 18
  FROM enterprises_enterprise WHERE tenant_id = %(tenant)s AND has_key_process"""

LISTED = """
INSERT INTO enterprises_transformation (tenant_id, enterprise_id, district_id, sector, list, target, measure, due_on, state,
    by_name, made_at, revision)
SELECT tenant_id, id, district_id, sector, CASE WHEN id %% 2 = 0 THEN 'upgrade' ELSE 'phase_out' END, '测', '测',
       %(today)s::date - 30 + (id %% 400)::int, 'under_way', '测', now(), 1
  FROM enterprises_enterprise WHERE tenant_id = %(tenant)s AND id %% 50 < 2"""

CREDENTIALS = """
INSERT INTO enterprises_credential (tenant_id, enterprise_id, district_id, sector, kind, title, holder, number, issuer, valid_until,
    note, by_name)
SELECT tenant_id, id, district_id, sector, 'special', '焊接与热切割作业', '测', 'T' || id, '', %(today)s::date - 100 + (id %% 1500)::int, '', '测'
  FROM enterprises_enterprise WHERE tenant_id = %(tenant)s"""

ONE_VISIT_EACH = VISITS.replace("generate_series(1, 20)", "generate_series(1, 1)")

KEY_CHANGES = """
INSERT INTO enterprises_keychange (tenant_id, enterprise_id, district_id, sector, "on", before, after, reason_before, reason_after,
    source, by_name)
SELECT tenant_id, id, district_id, sector, %(today)s::date - (id %% 700)::int, '', '1', '', '测', '测', '测'
  FROM enterprises_enterprise WHERE tenant_id = %(tenant)s AND key_clause <> '' """

SHEETS = """
INSERT INTO enterprises_diagnosissheet (tenant_id, enterprise_id, district_id, sector, edition, answers, result, total, grade, state,
    by_name, made_at, finished_on, revision)
SELECT tenant_id, id, district_id, sector, '测', '{}', '{}', 80, 'B', 'final', '测', now(), %(today)s::date - (id %% 1500)::int, 1
  FROM enterprises_enterprise WHERE tenant_id = %(tenant)s AND id %% 3 < 2"""

BULK = (ENTERPRISES, VISITS, NOTICES, HAZARDS, STEPS)


def seed(owner, today: date) -> None:
    """Fill an empty, migrated database. `owner` is a psycopg2 connection of the tables' owner; bulk rows are written
    behind the wall, as portal_city, so keys, policies and triggers are all at work."""
    for city in CITIES:
        tenant = create_tenant(city.name, city.districts)
        people(tenant.pk, city.name)
        with owner.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', 'portal_city', true), set_config('portal.tenant', %s, true), setseed(0.42)",
                [str(tenant.pk)],
            )
            values = {
                "tenant": tenant.pk,
                "districts": len(city.districts),
                "enterprises": city.enterprises,
                "hazards": city.hazards,
                "today": today,
            }
            for statement in BULK:
                cursor.execute(statement, values)
        owner.commit()
        officer(tenant.pk, city.name)
        with tenant_scope(tenant.pk, city.name):
            fold_tally()  # as it stands after any night
    ledger(owner, today)
    owner.autocommit = True
    with owner.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def ledger(owner, today: date) -> None:
    tenant = create_tenant(LEDGER_CITY, DISTRICTS)
    people(tenant.pk, LEDGER_CITY)
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', 'portal_city', true), set_config('portal.tenant', %s, true)", [str(tenant.pk)]
        )
        values = {"tenant": tenant.pk, "districts": len(DISTRICTS), "enterprises": LEDGER_SIZE, "today": today}
        for statement in (
            *(ENTERPRISES, UNITS, HOLDINGS, PROCESSES, LISTED, CREDENTIALS),
            *(ONE_VISIT_EACH, KEY_CHANGES, SHEETS),
        ):
            cursor.execute(statement, values)
    owner.commit()
    with tenant_scope(tenant.pk, LEDGER_CITY):
        remember(Enterprise.objects.values_list("pk", flat=True), "测")
    with tenant_scope(tenant.pk, LEDGER_CITY, role="office"):
        draw_map(ContentFile(boundaries(), name="boundaries.geojson"), "gcj02")


def boundaries() -> bytes:
    """Ten districts of 2,000 positions each, side by side over most of the plants."""
    features = []
    for number, name in enumerate(DISTRICTS):
        x, y = 118.05 + number % 5 * 0.38, 25.05 + number // 5 * 0.7
        edge = [n / 500 for n in range(500)]
        ring = [(x + 0.38 * n, y + 0.01 * sin(40 * n)) for n in edge] + [(x + 0.38, y + 0.7 * n) for n in edge]
        ring += [(x + 0.38 * (1 - n), y + 0.7 + 0.01 * sin(40 * (1 - n))) for n in edge] + [
            (x, y + 0.7 * (1 - n)) for n in edge
        ]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"name": name}, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def people(tenant_id: int, city: str) -> None:
    hashed = make_password("Bench-2026-pass!")
    with tenant_scope(tenant_id, city, scope="sysadmin"):
        for unit in Organisation.objects.select_related("district"):
            if unit.kind == "office":
                open_account(posted(unit, "office", 1), f"office{tenant_id}", hashed=hashed, must_change=False)
            elif unit.kind == "bureau":
                for number in (1, 2):
                    person = posted(unit, "inspector", number)
                    open_account(person, f"i{unit.district_id}-{number}", hashed=hashed, must_change=False)


def officer(tenant_id: int, city: str) -> None:
    """Of the first plant: `officer<tenant>`."""
    with tenant_scope(tenant_id, city):
        plant = Enterprise.objects.order_by("id").values_list("pk", flat=True)[0]
    with tenant_scope(tenant_id, city, scope="sysadmin"):
        person = add_person("测安全员")
        post(person, "officer", enterprise_id=plant, starts=date(2026, 1, 1))
        open_account(person, f"officer{tenant_id}", hashed=make_password("Bench-2026-pass!"), must_change=False)


def posted(unit: Organisation, role: str, number: int):
    person = add_person(f"{unit.short_name}{number}", certificate_no=f"测{unit.pk}{number}")
    post(person, role, organisation=unit, starts=date(2026, 1, 1))
    return person
