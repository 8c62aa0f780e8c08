"""100,000 overdue hazards of one city, planned, told to their people and digested, in a city of its own."""

import time
import uuid
from datetime import date

from django.db import connection
from django.db.models import Count

from hazards.actions.reminders import follow_numbers, mend, remind
from hazards.models import Hazard, ReminderPlan
from portal.messages.models import Message, Reminder
from portal.tenancy.actions import create_tenant
from portal.tenancy.scope import tenant_scope
from tools.bench.seed import DISTRICTS, ENTERPRISES, people

PLANTS, HAZARDS = 1_000, 100_000

# One officer a plant; everybody has an address, so that a reminder goes out by two channels.
OFFICERS = """
    WITH made AS (
        INSERT INTO tenancy_person (tenant_id, name, phone, email, certificate_no)
        SELECT tenant_id, '安全员' || id, '', 'officer' || id || '@example.invalid', ''
          FROM enterprises_enterprise WHERE tenant_id = %(tenant)s RETURNING id, tenant_id, name
    )
    INSERT INTO tenancy_posting (tenant_id, person_id, role, enterprise_id, sectors, leads, starts)
    SELECT tenant_id, id, 'officer', substr(name, 4)::bigint, '{}', false, %(today)s::date - 100 FROM made"""

NOTICES = """
    INSERT INTO hazards_notice (tenant_id, enterprise_id, district_id, sector, kind, number, organisation_id, issued_on, signers,
        content, photo_ids, digest, verify_code, acknowledged_by, refusal, created_at)
    SELECT e.tenant_id, e.id, e.district_id, e.sector, 'rectification_order', '（测）' || e.id || '号', o.id, %(today)s::date - 60,
           '[]', '{}', '{}', '', md5(e.tenant_id || '-' || e.id), '', '', now()
      FROM enterprises_enterprise e JOIN tenancy_organisation o ON o.tenant_id = e.tenant_id AND o.district_id = e.district_id
     WHERE e.tenant_id = %(tenant)s"""

OVERDUE = """
    INSERT INTO hazards_hazard (tenant_id, enterprise_id, district_id, sector, key, source_kind, item_code, description, basis,
        requirement, level, accident_type, place, status, found_on, notice_id, deadline, deadline_rule, round, late, revision, created_at)
    SELECT n.tenant_id, n.enterprise_id, n.district_id, n.sector, gen_random_uuid(), 'visit', '', '测试隐患' || i, '', '', 'general',
           'other', '', 'rectifying', %(today)s::date - 60, n.id, %(today)s::date - 1 - i %% 45, '{}', 1, false, 1, now()
      FROM hazards_notice n CROSS JOIN generate_series(1, %(each)s) AS i WHERE n.tenant_id = %(tenant)s"""


def reminder_case() -> None:
    """What a morning after the portal was down costs at its worst: nothing planned, nothing told, everything overdue."""
    name, today = f"提醒测试{uuid.uuid4().hex[:6]}市", date.today()
    tenant = create_tenant(name, DISTRICTS)
    people(tenant.pk, name)
    values = {
        "tenant": tenant.pk,
        "districts": len(DISTRICTS),
        "enterprises": PLANTS,
        "today": today,
        "each": HAZARDS // PLANTS,
    }
    with tenant_scope(tenant.pk, name), connection.cursor() as cursor:
        cursor.execute(ENTERPRISES, values)
        for statement in (OFFICERS, NOTICES, OVERDUE):
            cursor.execute(statement, values)
        cursor.execute("UPDATE tenancy_person SET email = 'p' || id || '@example.invalid' WHERE email = ''")
    timed = {}
    for what, act in (("planned", mend), ("told to people in their digests", remind)):
        began = time.perf_counter()
        with tenant_scope(tenant.pk, name):
            act(today)
        timed[what] = time.perf_counter() - began
    with tenant_scope(tenant.pk, name):
        began = time.perf_counter()
        assert (mend(today), remind(today).digests) == (0, {})
        timed["a second run, nothing to do"] = time.perf_counter() - began
        began = time.perf_counter()
        follow_numbers([Hazard.objects.values_list("pk", flat=True)[0]], today)
        timed["one hazard followed by its verb"] = time.perf_counter() - began
        rows, digests = Reminder.objects.count(), Message.objects.count()
        assert ReminderPlan.objects.exclude(told_at=None).count() == HAZARDS
        assert not Reminder.objects.filter(message=None).exists()
        doubled = Message.objects.values("person", "channel", "key").annotate(n=Count("pk")).filter(n__gt=1)
        assert not doubled.exists()
    print(f"{HAZARDS:,} overdue hazards: {rows:,} reminders in {digests:,} digests")
    for what, seconds in timed.items():
        print(f"  {what:<34}{seconds:9.2f} s")
    print(f"  {'all of it':<34}{sum(list(timed.values())[:2]):9.2f} s")
