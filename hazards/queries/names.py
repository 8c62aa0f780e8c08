"""How much is open in whose name: HazardQuerySet.in_name_of and NoticeQuerySet.in_name_of for many people at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from hazards import rules
from hazards.models import SERVED

OWNERS = """
    CROSS JOIN LATERAL (
        SELECT {record}.keeper_id AS person_id WHERE {record}.keeper_id IS NOT NULL
        UNION
        SELECT (signer->>'person_id')::bigint FROM jsonb_array_elements(n.signers) AS signer
         WHERE {record}.keeper_id IS NULL AND {signed}
        {found}
    ) AS owner"""
FOUND = "UNION SELECT h.found_by_id WHERE h.keeper_id IS NULL AND h.status = %(recorded)s"

HAZARDS = f"""
    SELECT owner.person_id, h.district_id, n.organisation_id, h.keeper_id IS NOT NULL, h.status, count(*)::int
      FROM hazards_hazard h LEFT JOIN hazards_notice n ON n.id = h.notice_id
      {OWNERS.format(record="h", signed="h.handler_id IS NULL AND h.status <> %(recorded)s", found=FOUND)}
     WHERE h.status = ANY (%(open)s) AND owner.person_id = ANY (%(people)s)
     GROUP BY 1, 2, 3, 4, 5"""  # noqa: S608 - constants alone

NOTICES = f"""
    SELECT owner.person_id, n.district_id, n.organisation_id, n.keeper_id IS NOT NULL, '', count(*)::int
      FROM hazards_notice n {OWNERS.format(record="n", signed="true", found="")}
     WHERE n.kind = ANY (%(served)s) AND n.acknowledged_at IS NULL AND n.refusal = ''
       AND owner.person_id = ANY (%(people)s)
     GROUP BY 1, 2, 3, 4, 5"""  # noqa: S608 - constants alone


@dataclass(frozen=True)
class Named:
    """So many hazards in one state, or notices (no state), in one person's name in one place."""

    person_id: int
    district_id: int
    organisation_id: int | None
    """Which body issued their notice; None before there is one."""
    kept: bool
    """Taken over from somebody else."""
    status: str
    count: int


def open_in_names(people: Iterable[int]) -> list[Named]:
    """Hazards that are open and notices that are not served, in one statement."""
    words = {"recorded": rules.RECORDED, "open": list(rules.OPEN), "served": [str(kind) for kind in SERVED]}
    with connection.cursor() as cursor:
        cursor.execute(f"{HAZARDS} UNION ALL {NOTICES}", words | {"people": list(people)})
        return [Named(*row) for row in cursor.fetchall()]
