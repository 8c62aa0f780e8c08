"""The reminder ledger: who is told what about which deadline, once (handbook §5, docs/decisions/0006-reminders.md).

`follow` keeps each open hazard's plan: the one step that will be told next, written in the transaction that sets, moves or
ends its deadline; what no longer holds is cancelled with a reason and stays readable. `fill` finds the people for the
steps whose day has come and writes a row for each person and channel; `send` turns what is due and not sent into one
digest a person, day and channel. All are a handful of statements however many hazards are open.

- After downtime only the newest step of each hazard is told. Circles only widen from step to step, so it reaches
  everybody the overtaken steps would have reached, once instead of five times. The ladder has no last step.
- A step whose day had come when the notice was issued is not told: the notice itself was the news.
- Where an enterprise has no safety officer posted, the district is told in its place from the first step on
  (portal/messages/circles.py): no deadline passes unheard.
- The hazards are the truth and the plan follows: each run first mends what a bulk change or an import left behind.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hazards import rules
from hazards.models import Hazard
from portal.messages.actions import Draft, channels, post_digests
from portal.messages.circles import CIRCLES, HEARD_BY
from portal.permissions import demand
from portal.tenancy.scope import current_tenant_id, who

# For hazards handed in before the recheck's own deadline was kept with them.
RECHECK_DAYS = 10
LINES = 10

# What is waiting for somebody: `due` is the day it should be done by, `first` the circles told from the first step on;
# the others join as rules.copied_to says. Handed in on time, the enterprise's part is done: only the recheck waits.
WORK = """
    work AS (
        SELECT 'hazard' AS kind, h.id, h.enterprise_id, h.district_id, h.sector, h.deadline AS due, h.deadline AS round,
               coalesce((h.deadline_rule->>'start')::date, h.found_on) AS since,
               CASE WHEN h.status = 'rectifying' THEN '{enterprise}' ELSE '{}' END::text[] AS first
          FROM hazards_hazard h
         WHERE h.status IN ('rectifying', 'submitted', 'confirming') AND (h.status = 'rectifying' OR h.late) AND TRUE
        UNION ALL
        SELECT 'recheck', h.id, h.enterprise_id, h.district_id, h.sector,
               coalesce(h.recheck_by, h.submitted_on + %(recheck_days)s), h.submitted_on, h.submitted_on,
               CASE WHEN h.status = 'submitted' THEN '{district}' ELSE '{office,leader}' END::text[]
          FROM hazards_hazard h
         WHERE h.status IN ('submitted', 'confirming') AND TRUE
        UNION ALL
        SELECT 'notice', h.id, h.enterprise_id, h.district_id, h.sector, h.found_on + %(notice_days)s, h.found_on, h.found_on,
               '{district}'::text[]
          FROM hazards_hazard h
         WHERE h.status = 'recorded' AND TRUE
    )"""

# The same of some hazards. Joined, not `= ANY (array)`: with a hundred thousand numbers that takes minutes to plan.
ASKED = "asked AS (SELECT unnest(%(ids)s::bigint[]) AS id)"
WORK_OF_SOME = f"{ASKED}, {WORK.replace('AND TRUE', 'AND h.id IN (SELECT id FROM asked)')}"  # noqa: S608 - constants alone

DUES = f"WITH {WORK} SELECT DISTINCT kind, due FROM work"  # noqa: S608 - constants alone
DUES_OF_SOME = f"WITH {WORK_OF_SOME} SELECT DISTINCT kind, due FROM work"  # noqa: S608 - constants alone

# The one step of each ladder that is to be told next: the newest whose day has come and which has not been told, else the
# first one ahead. The newest step of any deadline is less than a week old: no older row can be it.
WANTED = """,
    ladder AS (
        SELECT * FROM unnest(%(kinds)s::text[], %(dues)s::date[], %(newest)s::int[], %(newest_on)s::date[], %(next)s::int[],
                             %(next_on)s::date[]) AS l (kind, due, newest, newest_on, next, next_on)
    ),
    judged AS MATERIALIZED (
        SELECT w.*, l.newest, l.newest_on, l.next, l.next_on,
               coalesce(l.newest_on > w.since, false)
               AND (w.id, w.kind, w.round, l.newest) NOT IN (
                   SELECT p.hazard_id, p.kind::text, p.round, p.step::int FROM hazards_reminderplan p
                    WHERE p.told_at IS NOT NULL AND p.due_on > %(as_of)s - 7 AND TRUE) AS now
          FROM work w JOIN ladder l USING (kind, due)
    ),
    chosen AS (
        SELECT *, CASE WHEN now THEN newest ELSE next END AS step, CASE WHEN now THEN newest_on ELSE next_on END AS due_on
          FROM judged
    ),
    circles AS (
        SELECT * FROM unnest(%(steps)s::int[], %(circles)s::text[]) AS c (step, names)
    ),
    wanted AS (
        SELECT w.*, CASE WHEN w.first && '{enterprise}' THEN c.names::text[]
                         ELSE ARRAY(SELECT DISTINCT n FROM unnest(w.first || c.names::text[]) AS n WHERE n <> 'enterprise'
                                     ORDER BY n) END AS told
          FROM chosen w JOIN circles c USING (step)
    )"""
WANTED_OF_SOME = WANTED.replace("AND TRUE", "AND p.hazard_id IN (SELECT id FROM asked)")

STRAYED = f"""
    WITH {WORK} {WANTED},
    waiting AS (
        SELECT * FROM hazards_reminderplan WHERE told_at IS NULL AND cancelled_at IS NULL
    )
    SELECT coalesce(p.hazard_id, w.id)
      FROM waiting p
      FULL JOIN wanted w ON w.id = p.hazard_id AND w.kind = p.kind AND w.round = p.round AND w.step = p.step
     WHERE p.id IS NULL OR w.id IS NULL OR p.circles::text[] <> w.told"""  # noqa: S608 - constants alone

WHY = """
    CASE WHEN h.status = 'closed' THEN '已销号' WHEN h.status = 'void' THEN '已作废'
         WHEN {kind} = 'notice' THEN '已下达整改文书'
         WHEN {kind} = 'hazard' AND h.deadline <> {round} THEN '期限改为' || h.deadline
         WHEN {kind} = 'hazard' AND h.status <> 'rectifying' AND NOT h.late THEN '企业已按期提交'
         WHEN {kind} = 'recheck' AND h.status = 'rectifying' THEN '已退回企业继续整改'
         WHEN {kind} = 'recheck' AND h.submitted_on <> {round} THEN '企业又一次提交'
         ELSE {otherwise} END"""

FOLLOW = f"""
    WITH {WORK_OF_SOME} {WANTED_OF_SOME},
    dropped AS (
        UPDATE hazards_reminderplan p
           SET cancelled_at = %(now)s, why = {WHY.format(kind="p.kind", round="p.round", otherwise="'由较近的一步代替'")}
          FROM hazards_hazard h
         WHERE h.id = p.hazard_id AND p.hazard_id IN (SELECT id FROM asked) AND p.told_at IS NULL AND p.cancelled_at IS NULL
           AND (p.hazard_id, p.kind::text, p.round, p.step::int) NOT IN (SELECT w.id, w.kind, w.round, w.step FROM wanted w)
    )
    INSERT INTO hazards_reminderplan AS p
           (tenant_id, enterprise_id, district_id, sector, hazard_id, kind, round, step, due_on, circles, made_at, told, seen, why)
    SELECT %(tenant)s, enterprise_id, district_id, sector, id, kind, round, step, due_on, told, %(now)s, '[]', '{{}}', ''
      FROM wanted
        ON CONFLICT (tenant_id, hazard_id, kind, round, step) DO UPDATE
       SET due_on = excluded.due_on, circles = excluded.circles, cancelled_at = NULL, why = ''
     WHERE p.told_at IS NULL
       AND (p.cancelled_at IS NOT NULL OR p.circles <> excluded.circles)"""  # noqa: S608 - constants alone


def follow(*hazards: Hazard) -> None:
    """The plan of these hazards as they stand now. Every verb that sets, moves or ends a deadline calls it last."""
    if hazards:
        follow_numbers([hazard.pk for hazard in hazards], timezone.localdate())


def follow_numbers(ids: list[int], as_of: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, ladders(cursor, as_of, ids))


def ladders(cursor, as_of: date, ids: list[int] | None = None) -> dict:
    """Parameters of WANTED: the ladder of every deadline there is among these hazards (all of them where none are named)."""
    values = {
        "ids": ids,
        "as_of": as_of,
        "recheck_days": RECHECK_DAYS,
        "notice_days": rules.NOTICE_DAYS,
        "now": timezone.now(),
        "tenant": current_tenant_id(),
    }
    cursor.execute(DUES if ids is None else DUES_OF_SOME, values)
    rungs = ladder_of(cursor.fetchall(), as_of)
    names = ("kinds", "dues", "newest", "newest_on", "next", "next_on")
    steps = sorted({step for rung in rungs for step in (rung[2], rung[4]) if step is not None})
    return values | {
        **{name: [rung[n] for rung in rungs] for n, name in enumerate(names)},
        "steps": steps,
        "circles": [f"{{{','.join(rules.copied_to(step))}}}" for step in steps],
    }


Rung = tuple[str, date, int | None, date | None, int, date]


def ladder_of(dues: Iterable[tuple[str, date]], as_of: date) -> list[Rung]:
    """For each kind and deadline: its newest step by `as_of` with its day, and the step after that with its day."""
    ladder: list[Rung] = []
    for kind, due in dues:
        first = rules.FIRST_STEP[kind]
        come = [step for step in rules.reminder_steps(due, as_of) if step >= first]
        newest, following = come[-1] if come else None, rules.following_step(due, as_of, first)
        newest_on = None if newest is None else rules.due_on(due, newest)
        ladder.append((kind, due, newest, newest_on, following, rules.due_on(due, following)))
    return ladder


def mend(as_of: date) -> int:
    """Bring the plans of all hazards up to a day; how many had strayed. One that a verb holds right now follows by itself."""
    with connection.cursor() as cursor:
        cursor.execute(STRAYED, ladders(cursor, as_of))
        strayed = sorted({number for (number,) in cursor.fetchall()})
    held = Hazard.objects.filter(pk__in=strayed).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    free = list(held.values_list("pk", flat=True)) if strayed else []
    if free:
        follow_numbers(free, as_of)
    return len(free)


# Wherever the district hears, the unit that a hazard was handed to (移交) hears as well; `f` is a plan.
HANDED_TO = """
        SELECT {columns}, o.person_id
          FROM {plan} f
          JOIN hazards_hazard handed ON handed.id = f.hazard_id
          JOIN tenancy_posting o ON o.organisation_id = handed.handler_id AND o.starts <= %(as_of)s
               AND (o.ends IS NULL OR o.ends >= %(as_of)s)
         WHERE 'district' = ANY (f.circles)"""

HEARD = "f.id, f.enterprise_id, f.hazard_id, f.kind, f.round, f.step, f.due_on"

# The steps whose day has come meet their people. Where nobody at all is posted a step keeps waiting.
FILL = f"""
    WITH {CIRCLES},
    fresh AS (
        SELECT id, enterprise_id, district_id, hazard_id, kind, round, step, due_on, circles
          FROM hazards_reminderplan
         WHERE told_at IS NULL AND cancelled_at IS NULL AND due_on <= %(as_of)s
           FOR UPDATE SKIP LOCKED
    ),
    heard AS (
        -- With all that is told, so that it need not be joined to `fresh` again: the planner takes that for a few rows.
        SELECT DISTINCT {HEARD}, c.person_id
          FROM fresh f
         CROSS JOIN unnest(f.circles) AS t (name)
    {HEARD_BY}
         UNION
    {HANDED_TO.format(plan="fresh", columns=HEARD)}
    ),
    made AS (
        INSERT INTO messaging_reminder
               (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel, line, link, due_on)
        SELECT p.tenant_id, heard.kind, heard.hazard_id, to_char(heard.round, 'YYYY-MM-DD'), heard.step, p.id, channel.name,
               e.name || '：' || left(h.description, 80), %(page)s || h.id || '/', heard.due_on
          FROM heard
          JOIN hazards_hazard h ON h.id = heard.hazard_id
          JOIN enterprises_enterprise e ON e.id = heard.enterprise_id
          JOIN tenancy_person p ON p.id = heard.person_id
          JOIN unnest(%(channels)s) AS channel (name)
            ON channel.name = 'in_app' OR CASE channel.name WHEN 'email' THEN p.email ELSE p.phone END <> ''
           AND NOT EXISTS (SELECT FROM messaging_preference own
                            WHERE own.person_id = p.id AND channel.name = ANY (own.off))
            ON CONFLICT DO NOTHING
        RETURNING step
    ),
    told AS (
        UPDATE hazards_reminderplan plan SET told_at = %(now)s, told = of.people
          FROM (SELECT heard.id, jsonb_agg(jsonb_build_object('person', p.id, 'name', p.name) ORDER BY p.name, p.id) AS people
                  FROM heard JOIN tenancy_person p ON p.id = heard.person_id GROUP BY 1) AS of
         WHERE of.id = plan.id
        RETURNING hazard_id
    )
    SELECT (SELECT array_agg(DISTINCT hazard_id) FROM told),
           (SELECT jsonb_object_agg(step, n)::text FROM (SELECT step, count(*) AS n FROM made GROUP BY step) AS s)"""  # noqa: S608 - constants alone


def fill(as_of: date) -> dict[int, int]:
    """Write the rows of people for the steps whose day has come by `as_of`, and plan each one's next; how many rows a step."""
    mend(as_of)
    with connection.cursor() as cursor:
        values = {"as_of": as_of, "now": timezone.now(), "page": reverse("hazard_list"), "channels": channels()}
        cursor.execute(FILL, values)
        told, counts = cursor.fetchone()
    if told:
        follow_numbers(told, as_of)
    return {int(step): n for step, n in sorted(json.loads(counts or "{}").items())}


# Locks what is due, skipping rows another run holds, and says which of it still means something: the hazard has not
# been closed, handed in or given another deadline since, and the person is still posted. The others are cancelled
# with the reason. Whoever has had today's digest already keeps the rest for tomorrow's.
CLAIM = f"""
    WITH claimed AS (
        SELECT id, person_id, channel, subject_kind, subject_id, subject_round, step, line
          FROM messaging_reminder
         WHERE sent_at IS NULL AND cancelled_at IS NULL AND due_on <= %(as_of)s
           AND subject_kind IN ('hazard', 'recheck', 'notice')
           AND (person_id, channel) NOT IN (SELECT person_id, channel FROM messaging_message WHERE key = %(key)s)
           FOR UPDATE SKIP LOCKED
    ),
    judged AS (
        SELECT c.*, %(as_of)s - CASE subject_kind WHEN 'hazard' THEN h.deadline
                                     WHEN 'recheck' THEN coalesce(h.recheck_by, h.submitted_on + %(recheck_days)s)
                                     ELSE h.found_on + %(notice_days)s END AS late,
               CASE subject_kind
               WHEN 'hazard' THEN to_char(h.deadline, 'YYYY-MM-DD') = subject_round
                    AND (h.status = 'rectifying' OR h.late AND h.status IN ('submitted', 'confirming'))
               WHEN 'recheck' THEN to_char(h.submitted_on, 'YYYY-MM-DD') = subject_round
                    AND h.status IN ('submitted', 'confirming')
               ELSE h.status = 'recorded' END
               AND person_id IN (SELECT person_id FROM tenancy_posting
                                  WHERE starts <= %(as_of)s AND (ends IS NULL OR ends >= %(as_of)s)) AS live,
               {WHY.format(kind="subject_kind", round="subject_round::date", otherwise="'收件人已不在任，或由较近的一步代替'")} AS why,
               row_number() OVER (PARTITION BY person_id, channel, subject_kind, subject_id ORDER BY step DESC) AS nth
          FROM claimed c JOIN hazards_hazard h ON h.id = c.subject_id
    )
    SELECT person_id, channel, array_agg(id) FILTER (WHERE live), array_agg(id) FILTER (WHERE NOT live),
           array_agg(why) FILTER (WHERE NOT live),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'hazard' AND late > 0),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'hazard' AND late = 0),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'hazard' AND late < 0),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'recheck'),
           count(*) FILTER (WHERE live AND nth = 1 AND subject_kind = 'notice'),
           to_jsonb((array_agg(jsonb_build_array(subject_kind, late, line) ORDER BY late DESC, line)
                     FILTER (WHERE live AND nth = 1))[1:%(lines)s])::text,
           array_agg(step) FILTER (WHERE live AND nth = 1)
      FROM judged GROUP BY 1, 2"""  # noqa: S608 - constants alone

MARK = """
    UPDATE messaging_reminder r SET sent_at = %s, message_id = m.message
      FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::bigint[]) AS message) AS m WHERE r.id = m.id"""

CANCEL = """
    UPDATE messaging_reminder r SET cancelled_at = %s, why = c.why
      FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::text[]) AS why) AS c WHERE r.id = c.id"""


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
    notice: int
    worst: list[tuple[str, int, str]]

    @property
    def title(self) -> str:
        parts = [
            (self.overdue, "逾期{}条"),
            (self.today, "今日到期{}条"),
            (self.soon, "即将到期{}条"),
            (self.recheck, "待复查{}条"),
            (self.notice, "待下达文书{}条"),
        ]
        return "整改提醒：" + "，".join(text.format(n) for n, text in parts if n)

    @property
    def body(self) -> str:
        lines = [f"· {when(kind, late)}　{line}" for kind, late, line in self.worst]
        more = self.overdue + self.today + self.soon + self.recheck + self.notice - len(lines)
        if more > 0:
            lines.append(f"其余{more}条请打开列表查看。")
        return "\n".join(lines)

    def link(self, as_of: date) -> str:
        """The list that shows these records; with several kinds among them, everything open up to a week ahead."""
        kinds = [bool(self.overdue), bool(self.today or self.soon), bool(self.recheck), bool(self.notice)]
        if kinds == [True, False, False, False]:
            query = f"situation=overdue&deadline_to={as_of - timedelta(days=1)}"
        elif kinds == [False, False, True, False]:
            query = "situation=awaiting"
        elif kinds == [False, False, False, True]:
            query = "situation=recorded"
        elif self.notice:
            # What has no notice has no deadline to filter by.
            query = "situation=open"
        else:
            query = f"situation=open&deadline_to={as_of - timedelta(days=min(rules.STEPS))}"
        return f"{reverse('hazard_list')}?{query}"


def when(kind: str, late: int) -> str:
    what = {"hazard": "整改", "recheck": "复查", "notice": "下达文书"}[kind]
    if late > 0:
        return f"{what}逾期{late}天"
    return f"{what}今日到期" if late == 0 else f"距{what}到期{-late}天"


def send(as_of: date) -> Sent:
    """One digest a person, day and channel from all that is due by `as_of` and not sent; rows are marked with it."""
    demand("hazards.remind")
    key = f"reminders:{as_of}"
    sent = Sent()
    with connection.cursor() as cursor:
        days = {"recheck_days": RECHECK_DAYS, "notice_days": rules.NOTICE_DAYS}
        cursor.execute(CLAIM, {"as_of": as_of, "key": key, "lines": LINES, **days})
        claimed, cancelled, drafts, steps = {}, [], [], {}
        for person, channel, rows, dropped, why, *counts, worst, of_steps in cursor.fetchall():
            cancelled += zip(dropped or [], why or [], strict=True)
            if worst:
                claimed[person, channel] = rows
                digest = Digest(*counts, worst=json.loads(worst))
                urgent = digest.overdue > 0
                drafts.append(Draft(person, channel, digest.title, digest.body, digest.link(as_of), urgent))
                steps[person, channel] = of_steps
        # Where two runs meet on the same person and day, the other's digest stands and these rows wait for tomorrow's.
        posted = post_digests(key, drafts)
        marks = [(row, posted[pair]) for pair, rows in claimed.items() if pair in posted for row in rows]
        for statement, pairs in ((MARK, marks), (CANCEL, cancelled)):
            if pairs:
                cursor.execute(statement, [timezone.now(), *(list(column) for column in zip(*pairs, strict=True))])
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


# The city's own people read digests of the whole city: theirs stays with the message, which they alone are shown.
SEEN = """
    UPDATE hazards_reminderplan plan SET seen = plan.seen || jsonb_build_object(r.person_id::text, %(now)s::text)
      FROM messaging_reminder r
     WHERE r.message_id = ANY (%(messages)s) AND plan.hazard_id = r.subject_id AND plan.kind = r.subject_kind
       AND plan.round = r.subject_round::date AND plan.step = r.step"""


def keep_seen(messages: list[int]) -> None:
    """Whoever sees the hazard may see that its officer or inspector has opened the reminder."""
    if who().scope in ("enterprise", "district", "department"):
        with connection.cursor() as cursor:
            cursor.execute(SEEN, {"messages": messages, "now": timezone.now().isoformat()})
