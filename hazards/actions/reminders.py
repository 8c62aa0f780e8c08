"""The reminder ledger: who is told what about which deadline, once (handbook §5).

`fill` writes a row for each hazard, deadline, step, person and channel that has fallen due; `send` turns what is due
and not sent into one digest a person, day and channel. Both are a handful of statements however many hazards are open.

Three decisions:
- After downtime only the newest step of each hazard is written. Circles only widen from step to step, so it reaches
  everybody the overtaken steps would have reached, once instead of five times. The ladder has no last step.
- A step whose day had come when the notice was issued is not written: the notice itself was the news.
- Where an enterprise has no safety officer posted, the district is told in its place from the first step on
  (portal/messages/circles.py): no deadline passes unheard.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hazards import rules
from portal.messages.actions import Draft, post_digests
from portal.messages.circles import CIRCLES, HEARD_BY
from portal.permissions import demand

# 令15号第17条: recheck within 10 days of the application. Inspectors hear of it shortly before.
RECHECK_DAYS = 10
FIRST_RECHECK_STEP = -3
LINES = 10

# What is waiting for somebody: `due` is the day it should be done by, `first` the circles told from the first step on;
# the others join as rules.copied_to says. Handed in on time, the enterprise's part is done: only the recheck waits.
WORK = """
    work AS (
        SELECT 'hazard' AS kind, h.id, h.enterprise_id, h.district_id, h.description,
               h.deadline AS due, h.deadline AS round,
               coalesce((h.deadline_rule->>'start')::date, h.found_on) AS since,
               CASE WHEN h.status = 'rectifying' THEN '{enterprise}' ELSE '{}' END::text[] AS first
          FROM hazards_hazard h
         WHERE h.status IN ('rectifying', 'submitted', 'confirming') AND (h.status = 'rectifying' OR h.late)
           AND h.deadline <= %(last_due)s
        UNION ALL
        SELECT 'recheck', h.id, h.enterprise_id, h.district_id, h.description,
               h.submitted_on + %(recheck_days)s, h.submitted_on, h.submitted_on,
               CASE WHEN h.status = 'submitted' THEN '{district}' ELSE '{office,leader}' END::text[]
          FROM hazards_hazard h
         WHERE h.status IN ('submitted', 'confirming')
    )"""

FILL = f"""
    WITH {WORK},
    ladder AS (
        SELECT *
          FROM unnest(%(dues)s::date[], %(steps)s::int[], %(days)s::date[], %(circles)s::text[])
            AS l (due, step, due_on, circles)
    ),
    {CIRCLES},
    fresh AS (
        SELECT w.*, l.step, l.due_on,
               CASE WHEN w.first && '{{enterprise}}' THEN l.circles::text[]
                    ELSE w.first || array_remove(l.circles::text[], 'enterprise') END AS told
          FROM work w JOIN ladder l ON l.due = w.due
         WHERE l.due_on > w.since
           AND (w.kind = 'hazard' OR l.step >= %(first_recheck_step)s)
           AND NOT EXISTS (
                   -- The newest step of any deadline is less than a week old: no older row can be it.
                   SELECT FROM messaging_reminder r
                    WHERE r.due_on > %(as_of)s - 7 AND r.subject_kind = w.kind AND r.subject_id = w.id
                      AND r.subject_round = to_char(w.round, 'YYYY-MM-DD') AND r.step = l.step)
    ),
    heard AS (
        SELECT DISTINCT f.kind, f.id, f.step, c.person_id
          FROM fresh f
         CROSS JOIN unnest(f.told) AS t (name)
    {HEARD_BY}
    ),
    made AS (
        INSERT INTO messaging_reminder
               (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel, line, link, due_on)
        SELECT p.tenant_id, f.kind, f.id, to_char(f.round, 'YYYY-MM-DD'), f.step, p.id, channel.name,
               e.name || '：' || left(f.description, 80), %(page)s || f.id || '/', f.due_on
          FROM heard
          JOIN fresh f USING (kind, id, step)
          JOIN enterprises_enterprise e ON e.id = f.enterprise_id
          JOIN tenancy_person p ON p.id = heard.person_id
          JOIN (VALUES ('in_app'), ('email')) AS channel (name) ON channel.name = 'in_app' OR p.email <> ''
            ON CONFLICT DO NOTHING
        RETURNING step
    )
    SELECT step, count(*) FROM made GROUP BY step ORDER BY step"""  # noqa: S608 - constants alone


def fill(as_of: date) -> dict[int, int]:
    """Write the rows that have fallen due by `as_of` and are not there yet; how many a step."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(min(deadline), min(submitted_on) + %s) FROM hazards_hazard WHERE status = ANY (%s)",
            [RECHECK_DAYS, list(rules.ISSUED_OPEN)],
        )
        earliest = cursor.fetchone()[0]
        ladder = ladder_of(earliest, as_of) if earliest else []
        if not ladder:
            return {}
        dues, steps, days, circles = zip(*ladder, strict=True)
        cursor.execute(
            FILL,
            {
                "dues": list(dues),
                "steps": list(steps),
                "days": list(days),
                "circles": list(circles),
                "as_of": as_of,
                "last_due": dues[-1],
                "recheck_days": RECHECK_DAYS,
                "first_recheck_step": FIRST_RECHECK_STEP,
                "page": reverse("hazard_list"),
            },
        )
        return dict(cursor.fetchall())


def ladder_of(earliest: date, as_of: date) -> list[tuple[date, int, date, str]]:
    """For every deadline from the earliest on: its newest step by `as_of`, that step's day, and its circles."""
    ladder = []
    for day in range((as_of - earliest).days + 1 - min(rules.STEPS)):
        due = earliest + timedelta(days=day)
        if steps := rules.reminder_steps(due, as_of):
            step = steps[-1]
            ladder.append((due, step, rules.due_on(due, step), f"{{{','.join(rules.copied_to(step))}}}"))
    return ladder


# Locks what is due, skipping rows another run holds, and says which of it still means something: the hazard has not
# been closed, handed in or given another deadline since, and the person is still posted. The others are marked sent
# without a message. Whoever has had today's digest already keeps the rest for tomorrow's.
CLAIM = """
    WITH claimed AS (
        SELECT id, person_id, channel, subject_kind, subject_id, subject_round, step, line
          FROM messaging_reminder
         WHERE sent_at IS NULL AND due_on <= %(as_of)s
           AND (person_id, channel) NOT IN (SELECT person_id, channel FROM messaging_message WHERE key = %(key)s)
           FOR UPDATE SKIP LOCKED
    ),
    judged AS (
        SELECT c.*, %(as_of)s - CASE subject_kind WHEN 'hazard' THEN h.deadline
                                                  ELSE h.submitted_on + %(recheck_days)s END AS late,
               CASE subject_kind
               WHEN 'hazard' THEN to_char(h.deadline, 'YYYY-MM-DD') = subject_round
                    AND (h.status = 'rectifying' OR h.late AND h.status IN ('submitted', 'confirming'))
               ELSE to_char(h.submitted_on, 'YYYY-MM-DD') = subject_round
                    AND h.status IN ('submitted', 'confirming') END
               AND person_id IN (SELECT person_id FROM tenancy_posting
                                  WHERE starts <= %(as_of)s AND (ends IS NULL OR ends >= %(as_of)s)) AS live,
               row_number() OVER (PARTITION BY person_id, channel, subject_kind, subject_id ORDER BY step DESC) AS nth
          FROM claimed c JOIN hazards_hazard h ON h.id = c.subject_id
    )
    SELECT person_id, channel, array_agg(id),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'hazard' AND late > 0),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'hazard' AND late = 0),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'hazard' AND late < 0),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'recheck'),
           to_jsonb((array_agg(jsonb_build_array(subject_kind, late, line) ORDER BY late DESC, line)
                     FILTER (WHERE live AND nth = 1))[1:%(lines)s])::text,
           array_agg(step) FILTER (WHERE live AND nth = 1)
      FROM judged GROUP BY 1, 2"""

MARK = """
    UPDATE messaging_reminder r SET sent_at = %s, message_id = m.message
      FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::bigint[]) AS message) AS m WHERE r.id = m.id"""


@dataclass
class Sent:
    """What one run sent: digests a channel, and the reminders inside them a step."""

    digests: dict[str, int] = field(default_factory=dict)
    steps: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Digest:
    """What one person is told on one day through one channel."""

    overdue: int
    today: int
    soon: int
    recheck: int
    worst: list[tuple[str, int, str]]

    @property
    def title(self) -> str:
        parts = [
            (self.overdue, "逾期{}条"),
            (self.today, "今日到期{}条"),
            (self.soon, "即将到期{}条"),
            (self.recheck, "待复查{}条"),
        ]
        return "整改提醒：" + "，".join(text.format(n) for n, text in parts if n)

    @property
    def body(self) -> str:
        lines = [f"· {when(kind, late)}　{line}" for kind, late, line in self.worst]
        more = self.overdue + self.today + self.soon + self.recheck - len(lines)
        if more > 0:
            lines.append(f"其余{more}条请打开列表查看。")
        return "\n".join(lines)

    def link(self, as_of: date) -> str:
        """The list that shows these records; with several kinds among them, everything open up to a week ahead."""
        kinds = [bool(self.overdue), bool(self.today or self.soon), bool(self.recheck)]
        if kinds == [True, False, False]:
            query = f"situation=overdue&deadline_to={as_of - timedelta(days=1)}"
        elif kinds == [False, False, True]:
            query = "situation=awaiting"
        else:
            query = f"situation=open&deadline_to={as_of - timedelta(days=min(rules.STEPS))}"
        return f"{reverse('hazard_list')}?{query}"


def when(kind: str, late: int) -> str:
    what = "整改" if kind == "hazard" else "复查"
    if late > 0:
        return f"{what}逾期{late}天"
    return f"{what}今日到期" if late == 0 else f"距{what}到期{-late}天"


def send(as_of: date) -> Sent:
    """One digest a person, day and channel from all that is due by `as_of` and not sent; rows are marked with it."""
    demand("hazards.remind")
    key = f"reminders:{as_of}"
    sent = Sent()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"as_of": as_of, "key": key, "lines": LINES, "recheck_days": RECHECK_DAYS})
        claimed, drafts, steps = {}, [], {}
        for person, channel, rows, *counts, worst, of_steps in cursor.fetchall():
            claimed[person, channel] = rows
            if worst:
                digest = Digest(*counts, worst=json.loads(worst))
                urgent = digest.overdue > 0
                drafts.append(Draft(person, channel, digest.title, digest.body, digest.link(as_of), urgent))
                steps[person, channel] = of_steps
        posted = post_digests(key, drafts)
        marks = [
            (row, posted.get(pair))
            for pair, rows in claimed.items()
            # Two runs met on the same person and day: the other's digest stands, these rows wait for tomorrow's.
            if pair in posted or pair not in steps
            for row in rows
        ]
        if marks:
            cursor.execute(MARK, [timezone.now(), *(list(column) for column in zip(*marks, strict=True))])
    for pair in posted:
        sent.digests[pair[1]] = sent.digests.get(pair[1], 0) + 1
        for step in steps[pair]:
            sent.steps[step] = sent.steps.get(step, 0) + 1
    return sent


def remind(as_of: date | None = None) -> Sent:
    """Fill and send: what the clock does every ten minutes, and `manage.py remind` for a day of one's choice."""
    as_of = as_of or timezone.localdate()
    fill(as_of)
    return send(as_of)
