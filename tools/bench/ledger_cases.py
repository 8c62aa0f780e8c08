"""The ledger's lists and facets with 100,000 enterprises: the page, and hand-written SQL that fetches the same rows."""

from datetime import timedelta
from urllib.parse import quote

from tools.bench.load import Ask

ROWS = (
    "SELECT e.*, d.name FROM enterprises_enterprise e JOIN tenancy_district d ON d.id = e.district_id"
    " WHERE e.tenant_id = %(tenant)s AND e.merged_into_id IS NULL AND {where} ORDER BY {order} LIMIT 26"
)
HOLDS = "EXISTS (SELECT FROM enterprises_holding h WHERE h.tenant_id = e.tenant_id AND h.enterprise_id = e.id AND {})"
RUNS = (
    "EXISTS (SELECT FROM enterprises_processinuse p WHERE p.tenant_id = e.tenant_id AND p.enterprise_id = e.id"
    " AND p.key_process_seq = 3)"
)
LISTED = (
    "EXISTS (SELECT FROM enterprises_transformation t WHERE t.tenant_id = e.tenant_id AND t.enterprise_id = e.id"
    " AND t.list = 'phase_out' AND t.state IN ('planned', 'under_way'))"
)
VISITED = (
    "NOT EXISTS (SELECT FROM inspections_visit v WHERE v.tenant_id = e.tenant_id AND v.enterprise_id = e.id"
    " AND v.state = 'finished' AND v.visited_on >= %(since)s)"
)
DIAGNOSED = (
    "NOT EXISTS (SELECT FROM enterprises_diagnosissheet s WHERE s.tenant_id = e.tenant_id AND s.enterprise_id = e.id"
    " AND s.finished_on > %(today)s - interval '3 years')"
)

# name, condition, order, address
FACETS = [
    ("all", "true", "e.name", ""),
    ("page 300", "true", "e.name", "page=300"),
    ("name or code", "(e.name ILIKE '%%化工777%%' OR e.code ILIKE '化工777%%')", "e.name", "q=化工777"),
    ("name that fits all", "(e.name ILIKE '%%化工%%' OR e.code ILIKE '化工%%')", "e.name", "q=化工"),
    ("district", "e.district_id = %(district)s", "e.name", "district={district}"),
    ("sector, kind", "e.sector = 'pharma' AND e.kind = 'storage'", "e.name", "sector=pharma&kind=storage"),
    ("grade D", "e.grade = 'D'", "e.name", "grade=D"),
    ("by grade", "true", "e.grade DESC", "sort=grade"),
    ("key, district", "e.key_clause <> '' AND e.district_id = %(district)s", "e.name", "key=1&district={district}"),
    ("process", RUNS, "e.name", "process=3"),
    ("chemical", HOLDS.format("h.key_chemical_seq = 2"), "e.name", "chemical=液氨"),
    ("chemical nobody has", HOLDS.format("h.substance = '无此物'"), "e.name", "chemical=无此物"),
    ("major level 1", "least(e.major_level, e.judged_level) = 1", "e.name", "level=1"),
    (
        "licence expires in 30 days",
        "e.licence_until BETWEEN %(today)s AND %(today)s + 30",
        "e.licence_until",
        "expiring=30&sort=licence",
    ),
    ("suspended (nobody)", "e.suspended_since IS NOT NULL", "e.name", "suspended=1"),
    ("on the phase-out list", LISTED, "e.name", "listed=phase_out"),
    ("not visited since", VISITED, "e.name", "not_visited_since={since}"),
    ("never diagnosed", DIAGNOSED, "e.name", "diagnosed=due"),
    ("five at once", f"e.grade = 'C' AND e.sector = 'hazchem' AND e.key_clause <> '' AND {LISTED} AND {VISITED}", "e.name",
     "grade=C&sector=hazchem&key=1&listed=phase_out&not_visited_since={since}"),
]  # fmt: skip

UNITS = (
    "SELECT u.*, e.*, d.name FROM enterprises_unit u JOIN enterprises_enterprise e ON e.id = u.enterprise_id"
    " JOIN tenancy_district d ON d.id = u.district_id WHERE u.tenant_id = %(tenant)s AND {} ORDER BY u.r DESC NULLS FIRST LIMIT 26"
)


def ledger_cases(fetch, cookie_of, case, today) -> list:
    ((tenant, district),) = fetch(
        "SELECT t.id, min(d.id) FROM tenancy_tenant t JOIN tenancy_district d ON d.tenant_id = t.id"
        " GROUP BY t.id ORDER BY t.id DESC LIMIT 1"
    )
    ((plant, unit),) = fetch(
        f"SELECT enterprise_id, min(id) FROM enterprises_unit WHERE tenant_id = {tenant} GROUP BY 1 ORDER BY 1 LIMIT 1"
    )
    office = {"Cookie": cookie_of(f"office{tenant}")}
    since = today - timedelta(days=180)
    values = {"tenant": tenant, "district": district, "today": today, "since": since, "plant": plant, "unit": unit}

    def get(path: str):
        return lambda number: Ask(quote(path.format(**values), safe="/?=&"), headers=office)

    made = [
        case(f"ledger: {name}", [ROWS.format(where=where, order=order)], values, get(f"/enterprises/?{query}"))
        for name, where, order, query in FACETS
    ]
    return [
        *made,
        case("ledger: key enterprises", [ROWS.format(where="e.key_clause <> ''", order="e.name")], values,
             get("/enterprises/key/")),
        case("ledger: one fact away", [ROWS.format(where="e.near_key <> ''", order="e.name")], values,
             get("/enterprises/key/near/")),
        case("ledger: key changes", [
            "SELECT k.*, e.name FROM enterprises_keychange k JOIN enterprises_enterprise e ON e.id = k.enterprise_id"
            ' WHERE k.tenant_id = %(tenant)s ORDER BY k."on" DESC, k.id DESC LIMIT 26'], values,
            get("/enterprises/key/changes/")),
        case("ledger: units, major", [UNITS.format("u.judged = 'major'")], values, get("/units/?judged=major")),
        case("ledger: a unit", [
            "SELECT * FROM enterprises_unit WHERE id = %(unit)s",
            "SELECT * FROM enterprises_holding WHERE tenant_id = %(tenant)s AND unit_id = %(unit)s",
            "SELECT * FROM enterprises_judgement WHERE tenant_id = %(tenant)s AND unit_id = %(unit)s ORDER BY id DESC LIMIT 20"],
            values, get("/units/{unit}/")),
        case("ledger: an enterprise", [
            "SELECT * FROM enterprises_enterprise WHERE id = %(plant)s",
            "SELECT * FROM enterprises_holding WHERE tenant_id = %(tenant)s AND enterprise_id = %(plant)s",
            "SELECT * FROM enterprises_gradedecision WHERE tenant_id = %(tenant)s AND enterprise_id = %(plant)s"],
            values, get("/enterprises/{plant}/")),
        case("ledger: its history", [
            "SELECT * FROM enterprises_enterpriseversion WHERE tenant_id = %(tenant)s AND enterprise_id = %(plant)s"
            " ORDER BY id DESC LIMIT 21"], values, get("/enterprises/{plant}/history/")),
        case("ledger: API of 100", [ROWS.format(where="true", order="e.id DESC").replace("LIMIT 26", "LIMIT 101")], values,
             get("/api/v1/enterprises/?page_size=100")),
    ]  # fmt: skip
