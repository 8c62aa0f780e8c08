"""The reminder ledger: who is told what about which deadline, once (handbook §5, docs/decisions/0006-reminders.md).

`follow` keeps each open hazard's plan: the one step that will be told next, written in the transaction that sets, moves or
ends its deadline; what no longer holds is cancelled with a reason and stays readable. `hear` finds the people for the
steps whose day has come, `write` writes a row for each person and channel, `send` turns what is due and not sent into
one digest a person, day and channel. `remind` does all of it, and what can be told at once it writes as sent: a handful
of statements however many hazards are open.

- After downtime only the newest step of each hazard is told. Circles only widen from step to step, so it reaches
  everybody the overtaken steps would have reached, once instead of five times. The ladder has no last step.
- A step whose day had come when the notice was issued is not told: the notice itself was the news.
- Where an enterprise has no safety officer posted, the district is told in its place from the first step on
  (portal/messages/circles.py): no deadline passes unheard.
- The hazards are the truth and the plan follows: each run first mends what a bulk change or an import left behind.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper
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
MANY = 2000

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
    with cursor_for(len(ids)) as cursor:
        cursor.execute(FOLLOW, ladders(cursor, as_of, ids))


@contextmanager
def cursor_for(rows: int) -> Iterator[CursorWrapper]:
    """A cursor for a statement about so many plans.

    Of a table that has just grown a hundredfold PostgreSQL still thinks that it is small, and compares each of a hundred
    thousand rows with each (seen: minutes). Beyond MANY it may only hash or sort.
    """
    with connection.cursor() as cursor:
        if rows > MANY:
            cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        if rows > MANY:
            cursor.execute("SET LOCAL enable_nestloop = on")


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
        # What has been told is looked up in memory. Where the planner thinks that it does not fit, it compares each with each.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(STRAYED, ladders(cursor, as_of))
        strayed = sorted({number for (number,) in cursor.fetchall()})
    held = Hazard.objects.filter(pk__in=strayed).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    free = list(held.values_list("pk", flat=True)) if strayed else []
    if free:
        follow_numbers(free, as_of)
    return len(free)


# Wherever the district hears, the unit that a hazard was handed to (移交) hears as well; wherever the leaders hear, the one
# who answers for it under 挂牌督办, who may lead a department. `f` is a plan.
NAMED_FOR_IT = """
        SELECT f.id, o.person_id
          FROM {plan} f
          JOIN hazards_hazard handed ON handed.id = f.hazard_id
          JOIN tenancy_posting o ON o.organisation_id = handed.handler_id AND o.starts <= %(as_of)s
               AND (o.ends IS NULL OR o.ends >= %(as_of)s)
         WHERE 'district' = ANY (f.circles)
         UNION
        SELECT f.id, o.person_id
          FROM {plan} f
          JOIN hazards_supervision supervised ON supervised.hazard_id = f.hazard_id AND supervised.lifted_on IS NULL
          JOIN tenancy_posting o ON o.person_id = supervised.leader_id AND o.starts <= %(as_of)s
               AND (o.ends IS NULL OR o.ends >= %(as_of)s)
               AND (o.role IN ('office', 'department') OR o.role = 'inspector' AND o.district_id = f.district_id)
         WHERE 'leader' = ANY (f.circles)"""

# What a hazard `h` must still be for a reminder of it to be said, and how many days late it is (negative: days to go).
LATE = """
    %(as_of)s - CASE {kind} WHEN 'hazard' THEN h.deadline
                    WHEN 'recheck' THEN coalesce(h.recheck_by, h.submitted_on + %(recheck_days)s)
                    ELSE h.found_on + %(notice_days)s END"""
LIVE = """
    CASE {kind}
    WHEN 'hazard' THEN h.deadline = {round} AND (h.status = 'rectifying' OR h.late AND h.status IN ('submitted', 'confirming'))
    WHEN 'recheck' THEN h.submitted_on = {round} AND h.status IN ('submitted', 'confirming')
    ELSE h.status = 'recorded' END"""
COUNTS = """
           count(*) FILTER (WHERE {said} AND {kind} = 'hazard' AND late > 0),
           count(*) FILTER (WHERE {said} AND {kind} = 'hazard' AND late = 0),
           count(*) FILTER (WHERE {said} AND {kind} = 'hazard' AND late < 0),
           count(*) FILTER (WHERE {said} AND {kind} = 'recheck'),
           count(*) FILTER (WHERE {said} AND {kind} = 'notice')"""
LINE = "e.name || '：' || left(h.description, 80)"
KINDS = "('hazard', 'recheck', 'notice')"

# The steps whose day has come, for this run alone.
PICK = """
    SELECT id FROM hazards_reminderplan
     WHERE told_at IS NULL AND cancelled_at IS NULL AND due_on <= %(as_of)s
       FOR UPDATE SKIP LOCKED"""

# They meet their people: for each person what they hear of, what of it still holds with its digest, by which channels,
# and by which of these they have something older to hear as well or have heard of one of these steps before.
HEAR = f"""
    WITH {CIRCLES},
    fresh AS (
        SELECT id, enterprise_id, district_id, hazard_id, kind, round, step, circles
          FROM (SELECT unnest(%(ids)s::bigint[]) AS id) AS picked JOIN hazards_reminderplan USING (id)
    ),
    heard AS (
        SELECT f.id, c.person_id
          FROM fresh f
         CROSS JOIN unnest(f.circles) AS t (name)
    {HEARD_BY}
         UNION
    {NAMED_FOR_IT.format(plan="fresh")}
    ),
    said AS MATERIALIZED (
        SELECT f.id, f.kind, f.step, {LATE.format(kind="f.kind")} AS late, {LIVE.format(kind="f.kind", round="f.round")} AS live,
               {LINE} AS line
          FROM fresh f
          JOIN hazards_hazard h ON h.id = f.hazard_id
          JOIN enterprises_enterprise e ON e.id = f.enterprise_id
    ),
    busy AS MATERIALIZED (
        SELECT person_id, channel FROM messaging_reminder
         WHERE sent_at IS NULL AND cancelled_at IS NULL AND due_on <= %(as_of)s AND subject_kind IN {KINDS}
         UNION
        SELECT r.person_id, r.channel
          FROM fresh f
          JOIN messaging_reminder r ON r.subject_kind = f.kind AND r.subject_id = f.hazard_id
               AND r.subject_round = to_char(f.round, 'YYYY-MM-DD') AND r.step = f.step
    ),
    hearer AS (
        SELECT person_id, array_agg(id) FILTER (WHERE live), array_agg(id) FILTER (WHERE live IS NOT TRUE),
    {COUNTS.format(said="live", kind="kind")},
               to_jsonb((array_agg(jsonb_build_array(kind, late, line) ORDER BY late DESC, line)
                         FILTER (WHERE live))[1:%(lines)s])::text,
               array_agg(step) FILTER (WHERE live)
          FROM heard JOIN said USING (id) GROUP BY 1
    )
    SELECT ARRAY(SELECT channel.name
                   FROM unnest(%(channels)s) AS channel (name)
                  WHERE channel.name = 'in_app' OR CASE channel.name WHEN 'email' THEN p.email ELSE p.phone END <> ''
                        AND NOT EXISTS (SELECT FROM messaging_preference own
                                         WHERE own.person_id = p.id AND channel.name = ANY (own.off))),
           ARRAY(SELECT channel::text FROM busy WHERE busy.person_id = p.id), hearer.*
      FROM hearer JOIN tenancy_person p ON p.id = hearer.person_id"""  # noqa: S608 - constants alone

# Their rows: sent already where the digest that speaks of them has been written, waiting otherwise.
WRITE = f"""
    WITH heard AS (
        SELECT * FROM unnest(%(ids)s::bigint[], %(people)s::bigint[], %(live)s::bool[]) AS h (id, person_id, live)
    ),
    way AS (
        SELECT * FROM unnest(%(whose)s::bigint[], %(ways)s::text[], %(messages)s::bigint[]) AS w (person_id, channel, message)
    ),
    said AS MATERIALIZED (
        SELECT f.id, f.tenant_id, f.kind, f.hazard_id, to_char(f.round, 'YYYY-MM-DD') AS round, f.step, f.due_on,
               {LINE} AS line, %(page)s || h.id || '/' AS link
          FROM (SELECT unnest(%(picked)s::bigint[]) AS id) AS picked
          JOIN hazards_reminderplan f USING (id)
          JOIN hazards_hazard h ON h.id = f.hazard_id
          JOIN enterprises_enterprise e ON e.id = f.enterprise_id
    ),
    made AS (
        INSERT INTO messaging_reminder (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel, line,
                                        link, due_on, sent_at, message_id)
        SELECT said.tenant_id, said.kind, said.hazard_id, said.round, said.step, heard.person_id, heard.channel, said.line,
               said.link, said.due_on, CASE WHEN heard.live AND heard.message IS NOT NULL THEN %(now)s::timestamptz END,
               CASE WHEN heard.live THEN heard.message END
          -- In the order of the ledger's key, which is by far its largest index.
          FROM (SELECT * FROM heard JOIN way USING (person_id) ORDER BY heard.id) AS heard JOIN said USING (id)
            ON CONFLICT (tenant_id, subject_kind, subject_id, subject_round, step, person_id, channel) DO NOTHING
        RETURNING step
    )
    SELECT step, count(*) FROM made GROUP BY 1"""  # noqa: S608 - constants alone

TELL = """
    UPDATE hazards_reminderplan plan SET told_at = %(now)s, told = of.people
      FROM (SELECT heard.id, jsonb_agg(jsonb_build_object('person', p.id, 'name', p.name) ORDER BY p.name, p.id) AS people
              FROM unnest(%(ids)s::bigint[], %(people)s::bigint[]) AS heard (id, person_id)
              JOIN tenancy_person p ON p.id = heard.person_id GROUP BY 1) AS of
     WHERE of.id = plan.id
    RETURNING hazard_id"""


# Locks what is due, skipping rows another run holds, and says which of it still means something: the hazard has not
# been closed, handed in or given another deadline since, and the person is still posted. The others are cancelled
# with the reason. Whoever has had today's digest already keeps the rest for tomorrow's.
CLAIM = f"""
    WITH claimed AS (
        SELECT id, person_id, channel, subject_kind, subject_id, subject_round, step, line
          FROM messaging_reminder
         WHERE sent_at IS NULL AND cancelled_at IS NULL AND due_on <= %(as_of)s
           AND subject_kind IN {KINDS}
           AND (person_id, channel) NOT IN (SELECT person_id, channel FROM messaging_message WHERE key = %(key)s)
           FOR UPDATE SKIP LOCKED
    ),
    judged AS (
        SELECT c.*, {LATE.format(kind="subject_kind")} AS late,
               {LIVE.format(kind="subject_kind", round="subject_round::date")}
               AND person_id IN (SELECT person_id FROM tenancy_posting
                                  WHERE starts <= %(as_of)s AND (ends IS NULL OR ends >= %(as_of)s)) AS live,
               {WHY.format(kind="subject_kind", round="subject_round::date", otherwise="'收件人已不在任，或由较近的一步代替'")} AS why,
               row_number() OVER (PARTITION BY person_id, channel, subject_kind, subject_id ORDER BY step DESC) AS nth
          FROM claimed c JOIN hazards_hazard h ON h.id = c.subject_id
    )
    SELECT person_id, channel, array_agg(id) FILTER (WHERE live), array_agg(id) FILTER (WHERE NOT live),
           array_agg(why) FILTER (WHERE NOT live),
    {COUNTS.format(said="live AND nth = 1", kind="subject_kind")},
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


# A person and a channel.
Pair = tuple[int, str]


@dataclass
class Sent:
    """What one run sent: digests a channel, and the reminders inside them a step."""

    digests: Counter[str] = field(default_factory=Counter)
    steps: Counter[int] = field(default_factory=Counter)

    def add(self, posted: Iterable[Pair], steps: Mapping[Pair, list[int]]) -> None:
        for pair in posted:
            self.digests[pair[1]] += 1
            self.steps.update(steps[pair])


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

    def draft(self, person: int, channel: str, as_of: date) -> Draft:
        return Draft(person, channel, self.title, self.body, self.link(as_of), urgent=self.overdue > 0)


def when(kind: str, late: int) -> str:
    what = {"hazard": "整改", "recheck": "复查", "notice": "下达文书"}[kind]
    if late > 0:
        return f"{what}逾期{late}天"
    return f"{what}今日到期" if late == 0 else f"距{what}到期{-late}天"


@dataclass(frozen=True)
class Hearer:
    """What one person hears of, of the steps that one run has picked: numbers of plans."""

    person: int
    channels: list[str]
    busy: list[str]
    """By these they get no digest of the fresh alone: `send` puts them into one with what is older."""
    live: list[int]
    dropped: list[int]
    digest: Digest | None
    steps: list[int]


def hear(as_of: date) -> list[Hearer]:
    """Pick the steps whose day has come and find their people, with the plans brought up to the day before."""
    mend(as_of)
    with connection.cursor() as cursor:
        cursor.execute(PICK, {"as_of": as_of})
        picked = [number for (number,) in cursor.fetchall()]
    if not picked:
        return []
    with cursor_for(len(picked)) as cursor:
        cursor.execute(HEAR, {"ids": picked, "channels": channels(), **day_of(as_of)})
        hearers = []
        for ways, busy, person, live, dropped, *counts, worst, steps in cursor.fetchall():
            digest = Digest(*counts, worst=json.loads(worst)) if worst else None
            hearers.append(Hearer(person, ways, busy, live or [], dropped or [], digest, steps or []))
        return hearers


def write(hearers: Iterable[Hearer], ways: Mapping[Pair, int | None]) -> dict[int, int]:
    """The rows of these people by these ways, sent with the message that is named, else waiting; how many rows a step."""
    people = {person for person, _ in ways}
    heard = columns_of([one for one in hearers if one.person in people])
    if not heard["ids"]:
        return {}
    values = {
        "whose": [person for person, _ in ways],
        "ways": [way for _, way in ways],
        "messages": list(ways.values()),
        "picked": list(set(heard["ids"])),
        "page": reverse("hazard_list"),
        "now": timezone.now(),
    }
    with cursor_for(len(heard["ids"])) as cursor:
        cursor.execute(WRITE, heard | values)
        return dict(sorted(cursor.fetchall()))


def columns_of(hearers: list[Hearer]) -> dict[str, list]:
    """Who hears what, and whether it still holds: columns of equal length."""
    heard = [(number, one.person, True) for one in hearers for number in one.live]
    heard += [(number, one.person, False) for one in hearers for number in one.dropped]
    ids, people, live = (list(column) for column in zip(*heard, strict=True)) if heard else ([], [], [])
    return {"ids": ids, "people": people, "live": live}


def tell_plans(as_of: date, hearers: list[Hearer]) -> None:
    """The steps that have reached somebody say whom, and what comes after them is planned."""
    if hearers:
        heard = columns_of(hearers)
        with cursor_for(len(heard["ids"])) as cursor:
            cursor.execute(TELL, heard | {"now": timezone.now()})
            told = {number for (number,) in cursor.fetchall()}
        follow_numbers(sorted(told), as_of)


def key_of(as_of: date) -> str:
    return f"reminders:{as_of}"


def day_of(as_of: date) -> dict:
    """Parameters of LATE and of the digests' lines."""
    return {"as_of": as_of, "lines": LINES, "recheck_days": RECHECK_DAYS, "notice_days": rules.NOTICE_DAYS}


def send(as_of: date, fresh: Mapping[Pair, Hearer] | None = None) -> Sent:
    """One digest a person, day and channel from all that is due by `as_of` and not sent; rows are marked with it.

    `fresh` has digests of what is not written yet; written it is sent. All are posted in one order, whoever runs beside.
    """
    demand("hazards.remind")
    key, fresh = key_of(as_of), fresh or {}
    drafts = [one.digest.draft(*pair, as_of) for pair, one in fresh.items() if one.digest]
    steps = {pair: one.steps for pair, one in fresh.items()}
    claimed, cancelled = {}, []
    sent = Sent()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"key": key, **day_of(as_of)})
        for person, channel, rows, dropped, why, *counts, worst, of_steps in cursor.fetchall():
            cancelled += zip(dropped or [], why or [], strict=True)
            # What another run has left there since waits for tomorrow's as well.
            if worst and (person, channel) not in fresh:
                claimed[person, channel] = rows
                drafts.append(Digest(*counts, worst=json.loads(worst)).draft(person, channel, as_of))
                steps[person, channel] = of_steps
        # Where two runs meet on the same person and day, the other's digest stands and these rows wait for tomorrow's.
        posted = post_digests(key, sorted(drafts, key=lambda one: (one.person_id, one.channel)))
        marks = [(row, posted[pair]) for pair, rows in claimed.items() if pair in posted for row in rows]
        for statement, pairs in ((MARK, marks), (CANCEL, cancelled)):
            if pairs:
                cursor.execute(statement, [timezone.now(), *(list(column) for column in zip(*pairs, strict=True))])
    write({one.person: one for one in fresh.values()}.values(), {pair: posted.get(pair) for pair in fresh})
    sent.add(posted, steps)
    return sent


def remind(as_of: date | None = None) -> Sent:
    """Write and send: what the clock does every ten minutes, and `manage.py remind` for a day of one's choice.

    For whoever hears of fresh steps alone the rows are written as sent: a hundred thousand are not all changed again.
    """
    as_of = as_of or timezone.localdate()
    hearers = hear(as_of)
    pairs = {(one.person, way): one for one in hearers for way in one.channels}
    fresh = {pair: one for pair, one in pairs.items() if one.digest and pair[1] not in one.busy}
    write(hearers, {pair: None for pair in pairs if pair not in fresh})
    sent = send(as_of, fresh)
    tell_plans(as_of, hearers)
    return sent


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
