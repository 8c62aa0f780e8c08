"""What a person's visits and rechecks were like in a period. Each figure is defined here once and opens to its records."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from hazards import rules
from hazards.actions.reminders import RECHECK_DAYS
from portal.holidays.deadlines import RECHECK, deadline_for_rule

# A decision on a hand-in: passed, or sent back before anybody had passed it (what the second person sends back is no recheck).
DECIDED = """
    SELECT s.by_id, s.hazard_id, h.description, e.name, s.verb, (s.at AT TIME ZONE 'Asia/Shanghai')::date,
           (sub.at AT TIME ZONE 'Asia/Shanghai')::date,
           CASE WHEN h.round = d.round AND h.status <> %(rectifying)s THEN h.recheck_by END,
           look.n, look.untrue
      FROM hazards_hazardstep s
      JOIN hazards_hazard h ON h.id = s.hazard_id
      JOIN enterprises_enterprise e ON e.id = h.enterprise_id
      CROSS JOIN LATERAL (SELECT s.round - (s.verb = 'return')::int AS round) d
      LEFT JOIN LATERAL (
           SELECT b.at FROM hazards_hazardstep b
            WHERE b.hazard_id = s.hazard_id AND b.verb = 'submit' AND b.round = d.round AND b.id < s.id
            ORDER BY b.id DESC LIMIT 1) sub ON true
      LEFT JOIN LATERAL (
           SELECT count(*)::int AS n, coalesce(bool_or(i.result = 'untrue'), false) AS untrue
             FROM hazards_sampleitem i
            WHERE i.hazard_id = s.hazard_id AND i.result <> '' AND s.verb = 'accept' AND i.looked_at > s.at
              AND NOT EXISTS (SELECT FROM hazards_hazardstep a WHERE a.hazard_id = s.hazard_id
                                 AND a.verb = 'accept' AND a.id > s.id AND a.at < i.looked_at)) look ON true
     WHERE s.by_id = ANY (%(people)s) AND s.verb IN ('accept', 'return')
       AND s.at >= %(since)s::timestamp AT TIME ZONE 'Asia/Shanghai'
       AND s.at < (%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
       AND (s.verb = 'accept' OR NOT EXISTS (
            SELECT FROM hazards_hazardstep a
             WHERE a.hazard_id = s.hazard_id AND a.verb = 'accept' AND a.round = d.round AND a.id < s.id))
     ORDER BY s.id DESC"""

VISITED = """
    SELECT v.lead_id, v.second_id,
           (SELECT count(*)::int FROM hazards_hazard h WHERE h.source_kind = 'visit' AND h.source_id = v.id)
      FROM inspections_visit v
     WHERE v.state = 'finished' AND v.visited_on BETWEEN %(since)s AND %(until)s
       AND (v.lead_id = ANY (%(people)s) OR v.second_id = ANY (%(people)s))"""


@dataclass(frozen=True)
class Decision:
    """One recheck: whose, of what, how it was decided, and what became of it."""

    person_id: int
    hazard_id: int
    description: str
    enterprise: str
    verb: str
    on: date
    handed_in: date | None
    late: bool
    looked: int
    untrue: bool

    @property
    def returned(self) -> bool:
        return self.verb == "return"


SHOWS = {"returned": "退回的", "late": "超过期限的", "looked": "抽查过的", "untrue": "抽查不属实的"}


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


@dataclass
class Quality:
    """One person's period."""

    visits: int = 0
    found: int = 0
    decisions: list[Decision] = field(default_factory=list)

    def shown(self, show: str) -> list[Decision]:
        """The records behind a figure; all of them for a name that is none."""
        return [one for one in self.decisions if show not in SHOWS or getattr(one, show)]

    @property
    def per_visit(self) -> str:
        return f"{self.found / self.visits:.1f}" if self.visits else "—"

    @property
    def returned(self) -> str:
        return share(len(self.shown("returned")), len(self.decisions))

    @property
    def on_time(self) -> str:
        return share(len(self.decisions) - len(self.shown("late")), len(self.decisions))

    @property
    def untrue(self) -> str:
        return share(len(self.shown("untrue")), len(self.shown("looked")))

    @property
    def figures(self) -> list[tuple[str, str, str]]:
        """Label, value, definition: as shown, and as frozen into a commendation."""
        values = {"visits": f"{self.visits}次", "rechecks": f"{len(self.decisions)}次"}
        return [(label, values.get(key) or getattr(self, key), meaning) for key, (label, meaning) in MEANS.items()]


MEANS = {
    "visits": ("检查次数", "期间内已完成、由其主办或协办的检查。"),
    "per_visit": ("每次检查发现隐患", "这些检查发现的隐患条数（含后来作废的）÷检查次数。"),
    "rechecks": ("复查次数", "期间内由其作出的复查结论，包括通过和退回；第二人审核不算复查。"),
    "returned": ("复查退回率", "复查结论中退回企业继续整改的÷复查次数。"),
    "on_time": (
        "按时复查率",
        "在复查期限以前作出的复查结论÷复查次数；期限为企业提交后10日，末日休息的顺延（令15号第17条）；点数字看超过期限的。",
    ),
    "untrue": ("抽查不属实率", "其复查通过、后来抽查认为不属实的÷其复查通过、抽查已有结果的。"),
}


def quality(people: Iterable[int], since: date, until: date) -> dict[int, Quality]:
    """Everybody's in two statements."""
    made = {person: Quality() for person in people}
    told = {"people": list(made), "since": since, "until": until, "rectifying": rules.RECTIFYING}
    with connection.cursor() as cursor:
        cursor.execute(VISITED, told)
        for *pair, found in cursor.fetchall():
            for person in set(pair) & set(made):
                made[person].visits += 1
                made[person].found += found
        cursor.execute(DECIDED, told)
        for person, *facts, handed_in, kept, looked, untrue in cursor.fetchall():
            late = was_late(facts[-1], handed_in, kept)
            made[person].decisions.append(Decision(person, *facts, handed_in, late, looked or 0, bool(untrue)))
    return made


def was_late(on: date, handed_in: date | None, kept: date | None) -> bool:
    """After the limit that is kept with the hazard; of a round that is over, after what the rule gave then."""
    if kept:
        return on > kept
    # The calendar is asked only where the days alone do not settle it.
    if handed_in is None or (on - handed_in).days <= RECHECK_DAYS:
        return False
    return on > deadline_for_rule(RECHECK, handed_in).due
