"""1,000 notices issued, numbered, printed, kept and audited, by two processes as two workers would."""

import os
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context

from django.db import connection

from portal.tenancy.actions import create_tenant
from portal.tenancy.scope import tenant_scope
from tools.bench.document_worker import issue_all
from tools.bench.seed import DISTRICTS, ENTERPRISES, people

NOTICES, WORKERS = 1_000, 2

RECORDED = """
    INSERT INTO hazards_hazard (tenant_id, enterprise_id, district_id, sector, key, source_kind, item_code, description, basis,
        requirement, level, accident_type, place, status, found_on, deadline_rule, round, late, revision, created_at)
    SELECT e.tenant_id, e.id, e.district_id, e.sector, gen_random_uuid(), 'visit', '',
           '第' || i || '处：甲醇储罐区V-101储罐高高液位联锁处于旁路状态，未办理联锁变更审批手续，现场无补偿措施',
           '《中华人民共和国安全生产法》第三十六条', '', 'general', 'leak', '甲醇罐区', 'recorded', %(today)s::date, '{}', 0, false, 1, now()
      FROM enterprises_enterprise e CROSS JOIN generate_series(1, 3) AS i WHERE e.tenant_id = %(tenant)s"""


def document_case() -> None:
    name, today = f"文书测试{uuid.uuid4().hex[:6]}市", date.today()
    tenant = create_tenant(name, DISTRICTS)
    people(tenant.pk, name)
    values = {"tenant": tenant.pk, "districts": len(DISTRICTS), "enterprises": NOTICES, "today": today}
    with tenant_scope(tenant.pk, name), connection.cursor() as cursor:
        cursor.execute(ENTERPRISES, values)
        cursor.execute(RECORDED, values)
        cursor.execute("UPDATE tenancy_person SET certificate_no = 'T' || id WHERE certificate_no = ''")
        cursor.execute("SELECT id FROM tenancy_district WHERE tenant_id = %s ORDER BY id", [tenant.pk])
        districts = [row[0] for row in cursor.fetchall()]
    connection.close()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    began = time.perf_counter()
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(issue_all, tenant.pk, name, districts[n::WORKERS]) for n in range(WORKERS)]
        results = [share.result() for share in shares]
    wall = time.perf_counter() - began
    issued, busy = (sum(column) for column in zip(*results, strict=True))
    assert issued == NOTICES, issued
    what = f"{NOTICES:,} notices of 3 items as PDF/A, {WORKERS} processes"
    print(f"{what:<34}{wall:9.1f} s   {1000 * busy / NOTICES:.1f} ms of a processor each")
