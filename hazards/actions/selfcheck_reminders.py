"""自查提醒: officers hear of the dates they set themselves and of broadcasts (举一反三) to be answered: 3 days before, on the day,
1 and 3 days after, then weekly. Of an unanswered broadcast the district hears too, from the first day after.

As with certificates (enterprises/actions/expiry.py), what is to be said is worked out from what has been said: a run that
is missed only delays, a second run says nothing again, and another date starts anew. Where an enterprise has no officer
posted, the district hears in its place (portal/messages/circles.py).
"""

import json
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hazards.models import BroadcastAddress, SelfCheck
from hazards.rules_selfcheck import newest_step
from portal.messages.actions import Draft, Heard, tell_digests
from portal.messages.circles import CIRCLES, HEARD_BY
from portal.messages.models import Channel
from portal.permissions import demand
from portal.tenancy.scope import current_tenant_id

LINES = 10

# kind, number, date, the day it became known, the circles that hear of it at the step, what is said, where it leads
ITEMS = """
        SELECT 'selfcheck' AS kind, s.id, s.enterprise_id, s.district_id, l.due, l.step,
               ARRAY['enterprise'] AS told, e.name || '：' || left(s.description, 80) AS line, %(checks)s || s.id || '/' AS link
          FROM hazards_selfcheck s JOIN ladder l ON l.due = s.planned_on
          JOIN enterprises_enterprise e ON e.id = s.enterprise_id
         WHERE s.state = 'found' AND l.due + l.step > (s.made_at AT TIME ZONE 'Asia/Shanghai')::date
        UNION ALL
        SELECT 'broadcast', a.id, a.enterprise_id, a.district_id, l.due, l.step,
               CASE WHEN l.step > 0 THEN ARRAY['enterprise', 'district'] ELSE ARRAY['enterprise'] END,
               e.name || '：举一反三“' || left(a.title, 80) || '”未答复', %(addresses)s || a.id || '/'
          FROM hazards_broadcastaddress a JOIN ladder l ON l.due = a.answer_by
          JOIN enterprises_enterprise e ON e.id = a.enterprise_id AND e.merged_into_id IS NULL
         WHERE a.answered_on IS NULL AND l.due + l.step > (a.sent_at AT TIME ZONE 'Asia/Shanghai')::date"""

LADDER = "ladder AS (SELECT * FROM unnest(%(dues)s::date[], %(steps)s::int[]) AS l (due, step))"

UNSAID = f"""
    WITH {LADDER}, {CIRCLES}, item AS ({ITEMS}),
    heard AS (
        SELECT DISTINCT f.kind, f.id, c.person_id
          FROM item f CROSS JOIN unnest(f.told) AS t (name)
    {HEARD_BY}
    )
    SELECT h.person_id, p.email <> '', p.phone <> '',
           array_agg(i.kind ORDER BY i.kind, i.id), array_agg(i.id ORDER BY i.kind, i.id),
           jsonb_build_object(
               'checks', count(*) FILTER (WHERE i.kind = 'selfcheck'),
               'checks_late', count(*) FILTER (WHERE i.kind = 'selfcheck' AND i.due < %(as_of)s),
               'answers', count(*) FILTER (WHERE i.kind = 'broadcast'),
               'answers_late', count(*) FILTER (WHERE i.kind = 'broadcast' AND i.due < %(as_of)s))::text,
           to_jsonb((array_agg(jsonb_build_array(i.kind, %(as_of)s - i.due, i.line)
                               ORDER BY i.due, i.line))[1:%(lines)s])::text
      FROM heard h JOIN item i USING (kind, id) JOIN tenancy_person p ON p.id = h.person_id
     WHERE NOT EXISTS (
               SELECT FROM messaging_reminder r
                WHERE r.subject_kind = i.kind AND r.subject_id = i.id AND r.person_id = h.person_id
                  AND r.subject_round = to_char(i.due, 'YYYY-MM-DD') AND r.step = i.step)
     GROUP BY 1, 2, 3"""  # noqa: S608 - constants alone

SAID = f"""
    WITH {LADDER}, item AS ({ITEMS})
    INSERT INTO messaging_reminder
           (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel, line, link, due_on, sent_at, message_id)
    SELECT %(tenant)s, i.kind, i.id, to_char(i.due, 'YYYY-MM-DD'), i.step, s.person, s.channel, left(i.line, 300), i.link,
           i.due + i.step, %(now)s, s.message
      FROM unnest(%(kinds)s::text[], %(ids)s::bigint[], %(people)s::bigint[], %(channels)s::text[], %(messages)s::bigint[])
        AS s (kind, id, person, channel, message)
      JOIN item i USING (kind, id)
        ON CONFLICT DO NOTHING"""  # noqa: S608 - constants alone


@dataclass
class Sent:
    """What one run sent: digests a channel, and of how many items they speak."""

    digests: dict[str, int] = field(default_factory=dict)
    told: int = 0


@dataclass(frozen=True)
class Digest:
    """What one person is told on one day: only what they have not been told yet."""

    checks: int
    checks_late: int
    answers: int
    answers_late: int
    worst: list[tuple[str, int, str]]
    """(kind, days past the date, what and whose)."""

    @property
    def total(self) -> int:
        return self.checks + self.answers

    @property
    def title(self) -> str:
        parts = [
            (self.answers_late, "举一反三逾期未答复{}条"),
            (self.answers - self.answers_late, "举一反三待答复{}条"),
            (self.checks_late, "自查整改逾自定期限{}条"),
            (self.checks - self.checks_late, "自查整改即将到期{}条"),
        ]
        return "自查提醒：" + "，".join(text.format(n) for n, text in parts if n)

    @property
    def body(self) -> str:
        lines = [f"· {when(late)}　{line}" for _, late, line in self.worst]
        if self.total > len(lines):
            lines.append(f"其余{self.total - len(lines)}条请打开列表查看。")
        return "\n".join(lines)

    @property
    def link(self) -> str:
        """Where most of it waits; the other list is in the menu."""
        return (
            reverse("address_list") + "?state=unanswered"
            if self.answers
            else reverse("selfcheck_list") + "?situation=found"
        )


def when(late: int) -> str:
    if late > 0:
        return f"已过期{late}天"
    return "今天到期" if late == 0 else f"还有{-late}天到期"


def remind(as_of: date | None = None) -> Sent:
    """One digest a person and day by each of the city's channels. City scope only."""
    demand("selfchecks.remind")
    as_of = as_of or timezone.localdate()
    ladder, sent = ladder_of(as_of), Sent()
    if not ladder:
        return sent
    dues, steps = (list(column) for column in zip(*ladder, strict=True))
    told = {"dues": dues, "steps": steps, "as_of": as_of, "lines": LINES, "checks": reverse("selfcheck_list")}
    told |= {"addresses": reverse("address_list")}
    with connection.cursor() as cursor:
        cursor.execute(UNSAID, told)
        heard, unsaid = [], {}
        for person, has_email, has_phone, kinds, ids, counts, worst in cursor.fetchall():
            digest = Digest(**json.loads(counts), worst=json.loads(worst))
            urgent = any(late > 0 for _, late, _ in digest.worst)
            draft = Draft(person, Channel.IN_APP, digest.title, digest.body, digest.link, urgent)
            heard.append(Heard(draft, has_email, has_phone))
            unsaid[person] = list(zip(kinds, ids, strict=True))
        # Whoever has had today's digest (another run may have been quicker) is told the rest in tomorrow's.
        posted = tell_digests(f"selfchecks:{as_of}", heard)
        rows = [
            (kind, number, person, channel, message)
            for (person, channel), message in posted.items()
            for kind, number in unsaid[person]
        ]
        if rows:
            names = ("kinds", "ids", "people", "channels", "messages")
            columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
            cursor.execute(SAID, told | {"tenant": current_tenant_id(), "now": timezone.now()} | columns)
    for _, channel in posted:
        sent.digests[channel] = sent.digests.get(channel, 0) + 1
    sent.told = len({row[:2] for row in rows})
    return sent


def ladder_of(as_of: date) -> list[tuple[date, int]]:
    """Every date that is spoken of by `as_of`, with its newest step."""
    dues = set(SelfCheck.objects.open().values_list("planned_on", flat=True).distinct())
    dues |= set(BroadcastAddress.objects.unanswered().values_list("answer_by", flat=True).distinct())
    return [(due, step) for due in sorted(dues) if (step := newest_step((as_of - due).days)) is not None]
