"""到期提醒: who is told that a licence or certificate runs out, at 90, 60, 30 and 7 days, on the day, and every 30 days after.

What is to be said is worked out from what has been said: of each certificate the newest step whose day has come, to
everybody who should hear and has not heard it. So a run that is missed only delays, a second run says nothing again,
and a validity that was renewed (another `due`) starts anew. The message and its rows in the ledger of reminders are
written together; what somebody could not be told today, because they had today's digest, is still unsaid tomorrow.
"""

import json
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Credential
from enterprises.rules.expiry import last_due, newest_step
from portal.messages.actions import Draft, Heard, tell_digests
from portal.messages.circles import CIRCLES, HEARD_BY
from portal.messages.models import Channel
from portal.permissions import demand
from portal.tenancy.scope import current_tenant_id

SUBJECT = "credential"
LINES = 10
LINE = "e.name || '：' || f.title || CASE WHEN f.holder <> '' THEN '（' || f.holder || '）' ELSE '' END"

UNSAID = f"""
    WITH ladder AS (
        SELECT * FROM unnest(%(dues)s::date[], %(steps)s::int[]) AS l (due, step)
    ),
    {CIRCLES},
    item AS (
        SELECT f.id, f.enterprise_id, f.district_id, f.due, l.step, %(as_of)s - f.due AS late, {LINE} AS line
          FROM enterprises_credential f JOIN ladder l ON l.due = f.due
          JOIN enterprises_enterprise e ON e.id = f.enterprise_id AND e.merged_into_id IS NULL
         WHERE f.ended_on IS NULL AND f.renewed_on IS NULL
    ),
    heard AS (
        SELECT DISTINCT f.id, c.person_id
          FROM item f CROSS JOIN (VALUES ('enterprise')) AS t (name)
    {HEARD_BY}
    )
    SELECT h.person_id, p.email <> '', p.phone <> '',
           array_agg(i.id ORDER BY i.id), array_agg(i.step ORDER BY i.id),
           count(*) FILTER (WHERE i.late > 0), count(*) FILTER (WHERE i.late BETWEEN -30 AND 0), count(*),
           to_jsonb((array_agg(jsonb_build_array(i.late, i.line) ORDER BY i.late DESC, i.line))[1:%(lines)s])::text
      FROM heard h JOIN item i USING (id) JOIN tenancy_person p ON p.id = h.person_id
     WHERE NOT EXISTS (
               SELECT FROM messaging_reminder r
                WHERE r.subject_kind = '{SUBJECT}' AND r.subject_id = i.id AND r.person_id = h.person_id
                  AND r.subject_round = to_char(i.due, 'YYYY-MM-DD') AND r.step = i.step)
     GROUP BY 1, 2, 3"""  # noqa: S608 - constants alone

SAID = f"""
    INSERT INTO messaging_reminder
           (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel, line, link, due_on, sent_at, message_id)
    SELECT %(tenant)s, '{SUBJECT}', f.id, to_char(f.due, 'YYYY-MM-DD'), s.step, s.person, s.channel, left({LINE}, 300),
           %(page)s || f.enterprise_id || '/people/', f.due + s.step, %(now)s, s.message
      FROM unnest(%(ids)s::bigint[], %(steps)s::int[], %(people)s::bigint[], %(channels)s::text[], %(messages)s::bigint[])
        AS s (id, step, person, channel, message)
      JOIN enterprises_credential f ON f.id = s.id JOIN enterprises_enterprise e ON e.id = f.enterprise_id
        ON CONFLICT DO NOTHING"""  # noqa: S608 - constants alone


@dataclass
class Sent:
    """What one run sent: digests a channel, and how many certificates they speak of."""

    digests: dict[str, int] = field(default_factory=dict)
    told: int = 0


@dataclass(frozen=True)
class Digest:
    """What one person is told on one day: only what they have not been told yet."""

    expired: int
    soon: int
    total: int
    worst: list[tuple[int, str]]
    """(days past the due date, what and whose)."""

    @property
    def title(self) -> str:
        parts = [
            (self.expired, "已过期{}项"),
            (self.soon, "30天内到期{}项"),
            (self.total - self.expired - self.soon, "90天内到期{}项"),
        ]
        return "证照到期提醒：" + "，".join(text.format(n) for n, text in parts if n)

    @property
    def body(self) -> str:
        lines = [f"· {when(late)}　{line}" for late, line in self.worst]
        if self.total > len(lines):
            lines.append(f"其余{self.total - len(lines)}项请打开列表查看。")
        return "\n".join(lines)

    @property
    def link(self) -> str:
        return reverse("expiring") + ("?within=expired" if self.expired == self.total else "")


def when(late: int) -> str:
    if late > 0:
        return f"已过期{late}天"
    return "今天到期" if late == 0 else f"还有{-late}天到期"


def remind(as_of: date | None = None) -> Sent:
    """One digest a person and day by each of the city's channels. City scope only."""
    demand("responsible.remind")
    as_of = as_of or timezone.localdate()
    sent = Sent()
    ladder = ladder_of(as_of)
    if not ladder:
        return sent
    key = f"expiring:{as_of}"
    with connection.cursor() as cursor:
        dues, steps = zip(*ladder, strict=True)
        cursor.execute(UNSAID, {"dues": list(dues), "steps": list(steps), "as_of": as_of, "lines": LINES})
        heard, unsaid = [], {}
        for person, has_email, has_phone, ids, of_steps, expired, soon, total, worst in cursor.fetchall():
            digest = Digest(expired, soon, total, json.loads(worst))
            draft = Draft(person, Channel.IN_APP, digest.title, digest.body, digest.link, urgent=expired > 0)
            heard.append(Heard(draft, has_email, has_phone))
            unsaid[person] = (ids, of_steps)
        # Whoever has had today's digest (another run may have been quicker) is told the rest in tomorrow's.
        posted = tell_digests(key, heard)
        rows = [
            (number, step, person, channel, message)
            for (person, channel), message in posted.items()
            for number, step in zip(*unsaid[person], strict=True)
        ]
        if rows:
            columns = dict(
                zip(("ids", "steps", "people", "channels", "messages"), map(list, zip(*rows, strict=True)), strict=True)
            )
            page = reverse("enterprise_list")
            cursor.execute(SAID, {"tenant": current_tenant_id(), "now": timezone.now(), "page": page, **columns})
    for _, channel in posted:
        sent.digests[channel] = sent.digests.get(channel, 0) + 1
    sent.told = len({number for number, *_ in rows})
    return sent


def ladder_of(as_of: date) -> list[tuple[date, int]]:
    """Every due date that is spoken of by `as_of`, with its newest step."""
    dues = Credential.objects.in_force().filter(due__lte=last_due(as_of)).order_by("due").values_list("due", flat=True)
    return [(due, step) for due in dues.distinct() if (step := newest_step(due, as_of)) is not None]
