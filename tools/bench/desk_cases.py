"""The review desk with everything that waits in a city or a district, and the officer's first page."""

from tools.bench.load import Ask

QUEUE = "SELECT id FROM hazards_hazard WHERE tenant_id = %(tenant)s AND {} ORDER BY submitted_on, id LIMIT 1001"
FILE = [
    "SELECT h.*, e.*, n.*, d.* FROM hazards_hazard h JOIN enterprises_enterprise e ON e.id = h.enterprise_id"
    " JOIN hazards_notice n ON n.id = h.notice_id JOIN tenancy_district d ON d.id = h.district_id WHERE h.id = %(hazard)s",
    "SELECT * FROM hazards_hazardstep WHERE tenant_id = %(tenant)s AND hazard_id = %(hazard)s ORDER BY id",
    "SELECT * FROM hazards_evidence WHERE tenant_id = %(tenant)s AND hazard_id = %(hazard)s ORDER BY id",
]


def desk_cases(fetch, cookie_of, case, values: dict) -> list:
    """`values` name the tenant and its first district; the plant is the one whose officer the seed made."""
    tenant, district = values["tenant"], values["district"]
    ((hazard,),) = fetch(
        f"SELECT id FROM hazards_hazard WHERE tenant_id = {tenant} AND status = 'submitted' ORDER BY submitted_on, id LIMIT 1"
    )
    ((plant,),) = fetch(f"SELECT min(id) FROM enterprises_enterprise WHERE tenant_id = {tenant}")
    values = values | {"hazard": hazard, "plant": plant}

    def get(path: str, login: str):
        headers = {"Cookie": cookie_of(login)}
        return lambda number: Ask(path, headers=headers)

    here = "status = 'submitted'"
    return [
        case(
            "review desk, whole city",
            [QUEUE.format(here), *FILE],
            values,
            get(f"/desk/?at={hazard}", f"office{tenant}"),
        ),
        case(
            "review desk, one district",
            [QUEUE.format(f"district_id = %(district)s AND {here}"), *FILE],
            values,
            get("/desk/?level=", f"i{district}-1"),
        ),
        case(
            "second person's desk",
            [QUEUE.format("status = 'confirming'")],
            values,
            get("/desk/confirm/?level=", f"office{tenant}"),
        ),
        case(
            "the officer's first page",
            [
                "SELECT h.*, n.number, n.acknowledged_at FROM hazards_hazard h LEFT JOIN hazards_notice n ON n.id = h.notice_id"
                " WHERE h.tenant_id = %(tenant)s AND h.enterprise_id = %(plant)s"
                " AND h.status IN ('recorded', 'rectifying', 'submitted', 'confirming') ORDER BY h.deadline, h.id LIMIT 240"
            ],
            values,
            get("/todo/", f"officer{tenant}"),
        ),
    ]
