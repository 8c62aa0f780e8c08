"""历次版本: all the facts of an enterprise as they stand after a change, and when it became key or ceased to be.

Written by one statement from the tables themselves, so that what is kept is what the ledger says and a ledger of thousands costs
little more than one. Every verb that changes a fact ends with `remember`; the enterprise's row is locked by then, so versions come
in the order of the changes.
"""

from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from portal.tenancy.scope import who

# Numbers as text: JSON's are binary floats in most readers. Columns by their names, values as stored.
FACTS = """
    SELECT e.tenant_id, e.id, e.district_id, e.sector, e.revision, e.key_clause, e.key_reason, jsonb_build_object(
        'code', e.code, 'name', e.name, 'district', d.name, 'sector', e.sector, 'kind', e.kind, 'address', e.address,
        'longitude', e.longitude::text, 'latitude', e.latitude::text, 'coordinates_in', e.coordinates_in,
        'population_500m', e.population_500m, 'licence_no', e.licence_no, 'licence_until', e.licence_until,
        'major_level', e.major_level, 'judged', e.judged, 'judged_level', e.judged_level, 'grade', e.grade,
        'employees', e.employees, 'principal', e.principal, 'principal_phone', e.principal_phone,
        'safety_officer', e.safety_officer, 'safety_officer_phone', e.safety_officer_phone, 'remark', e.remark,
        'key_clause', e.key_clause, 'key_reason', e.key_reason, 'suspended_since', e.suspended_since,
        'suspended_parts', nullif(e.suspended_parts, ''),
        'merged_into', e.merged_into_id,
        'chemicals', coalesce((
            SELECT jsonb_agg(jsonb_build_object('name', h.substance, 'quantity_t', trim_scale(h.quantity_t)::text,
                                                'key', h.key_chemical_seq) ORDER BY h.id)
              FROM enterprises_holding h WHERE h.enterprise_id = e.id AND h.unit_id IS NULL), '[]'),
        'processes', coalesce((
            SELECT jsonb_agg(jsonb_build_object('name', p.name, 'key', p.key_process_seq) ORDER BY p.id)
              FROM enterprises_processinuse p WHERE p.enterprise_id = e.id AND p.unit_id IS NULL), '[]'),
        'units', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'name', u.name, 'kind', u.kind, 'boundary', u.boundary, 'declared_level', u.declared_level,
                'closed_on', u.closed_on, 'judged', u.judged, 'level', u.level,
                's', trim_scale(u.s)::text, 'r', trim_scale(u.r)::text,
                'holdings', coalesce((
                    SELECT jsonb_agg(jsonb_build_object(
                        'name', h.substance, 'quantity_t', trim_scale(h.quantity_t)::text, 'state', h.state, 'cas', h.cas,
                        'mixture', h.mixture, 'table1_seq', h.table1_seq, 'symbols', to_jsonb(h.symbols),
                        'beta_symbol', h.beta_symbol, 'key', h.key_chemical_seq) ORDER BY h.id)
                      FROM enterprises_holding h WHERE h.enterprise_id = e.id AND h.unit_id = u.id), '[]'),
                'processes', coalesce((
                    SELECT jsonb_agg(jsonb_build_object('name', p.name, 'key', p.key_process_seq) ORDER BY p.id)
                      FROM enterprises_processinuse p WHERE p.enterprise_id = e.id AND p.unit_id = u.id), '[]')
            ) ORDER BY u.id) FROM enterprises_unit u WHERE u.enterprise_id = e.id), '[]')
    ) AS facts
      FROM enterprises_enterprise e JOIN tenancy_district d ON d.id = e.district_id
     WHERE e.id = ANY (%(ids)s)"""

# Read once and first: looked up row by row, the versions this very statement adds would be walked over again and again.
LAST = """
    last AS MATERIALIZED (SELECT DISTINCT ON (v.enterprise_id) v.enterprise_id, v.facts FROM enterprises_enterpriseversion v
                           WHERE v.enterprise_id = ANY (%(ids)s) ORDER BY v.enterprise_id, v.id DESC)"""

# An entry that is older than its first version (no version, not new) says nothing of what it was before.
KEEP_KEY_CHANGE = f"""
    WITH s AS ({FACTS}), {LAST}
    INSERT INTO enterprises_keychange (tenant_id, enterprise_id, district_id, sector, "on", before, after, reason_before,
                                       reason_after, source, by_name)
    SELECT s.tenant_id, s.id, s.district_id, s.sector, %(today)s, coalesce(last.facts->>'key_clause', ''), s.key_clause,
           coalesce(last.facts->>'key_reason', ''), s.key_reason, %(source)s, %(by)s
      FROM s LEFT JOIN last ON last.enterprise_id = s.id
     WHERE (last.enterprise_id IS NOT NULL OR s.revision = 1) AND s.key_clause <> coalesce(last.facts->>'key_clause', '')"""  # noqa: S608

KEEP_VERSION = f"""
    WITH s AS ({FACTS}), {LAST}
    INSERT INTO enterprises_enterpriseversion (tenant_id, enterprise_id, district_id, sector, revision, at, facts, source, by_name)
    SELECT s.tenant_id, s.id, s.district_id, s.sector, s.revision, %(now)s, s.facts, %(source)s, %(by)s
      FROM s LEFT JOIN last ON last.enterprise_id = s.id
     WHERE s.facts IS DISTINCT FROM last.facts"""  # noqa: S608


def remember(enterprise_ids: Iterable[int], source: str) -> None:
    """Keep a version of each whose facts differ from its last one, and a change of its key clause. `source`: why, ≤ 120."""
    kept = values(enterprise_ids, source)
    with connection.cursor() as cursor:
        cursor.execute(KEEP_KEY_CHANGE, kept)
        cursor.execute(KEEP_VERSION, kept)


def remember_small_things(enterprise_id: int, source: str) -> None:
    """The same where nothing changed that could make an enterprise key (a telephone number)."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_VERSION, values([enterprise_id], source))


def values(enterprise_ids: Iterable[int], source: str) -> dict:
    return {
        "ids": list(enterprise_ids),
        "source": source[:120],
        "by": who().person_name,
        "today": timezone.localdate(),
        "now": timezone.now(),
    }
