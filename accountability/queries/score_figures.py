"""The figures a year-end score is made of (handbook §8): each named, defined in a sentence, one row a record.

A figure is a statement that gives, for each record it counts, where it belongs and what it adds: (id, enterprise_id,
district_id, sector, counted, of). `of` is NULL where the figure is a plain number and not a share. The sums and the
records of a subject come from the same rows, so they cannot differ. A figure that is a department's `own`, and not of the
plants of its sectors, also gives organisation_id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import connection

from accountability.rules_score import Value
from hazards import rules as hazard_rules
from hazards.queries.repeats import AGAIN
from inspections.queries import city_frequency
from inspections.rules import PRESSED


@dataclass(frozen=True)
class ScoreFigure:
    """One figure: what a line of a template may refer to. `peers`: the value is held against the whole city's."""

    label: str
    definition: str
    unit: str
    records: str
    sql: str
    peers: bool = False
    own: bool = False

    @property
    def is_share(self) -> bool:
        return " AS of" in self.sql and "NULL::int AS of" not in self.sql


PLANT = "e.id, e.id AS enterprise_id, e.district_id, e.sector"
# Of `h`, a hazard. Closed by the cut-off moment, whatever became of it afterwards.
HAZARD = "h.id, h.enterprise_id, h.district_id, h.sector"
CLOSED = "(h.closed_on IS NOT NULL AND h.closed_on <= %(until)s)"
DUE = "h.status NOT IN ('recorded', 'void') AND h.deadline BETWEEN %(since)s AND %(until)s"
# Handed in by its deadline and waiting for the recheck: not the enterprise's delay (docs/decisions/0005).
WAITING = f"""(NOT {CLOSED} AND h.submitted_on IS NOT NULL AND h.submitted_on <= h.deadline AND h.submitted_on <= %(until)s
               AND h.status <> 'rectifying')"""
OVERDUE = f"(NOT {CLOSED} AND h.deadline < %(until)s AND NOT {WAITING})"
DECIDED = f"({CLOSED} OR {OVERDUE})"
SHANGHAI = "(s.at AT TIME ZONE 'Asia/Shanghai')::date"


def measures(kind: str, word: str) -> ScoreFigure:
    """How often the office did this to the subject: what was issued in the period and stood on the cut-off day.

    An enterprise's counts for the entry that stands, also where it was issued to one merged into it since.
    """
    return ScoreFigure(
        f"{word}次数",
        f"考核期内由领导小组办公室印发、截止日未撤销的{word}件数：对该对象本身的，以及注明“计入所在单位”的对其所属单位、人员的。",
        "件",
        "measure",
        f"""SELECT m.id, e.id AS enterprise_id, CASE WHEN m.scored_kind = 'district' THEN m.scored_id END AS district_id,
                   NULL::text AS sector, CASE WHEN m.scored_kind = 'department' THEN m.scored_id END AS organisation_id,
                   1 AS counted, NULL::int AS of
              FROM accountability_measure m
              LEFT JOIN enterprises_enterprise was ON m.scored_kind = 'enterprise' AND was.id = m.scored_id
              LEFT JOIN enterprises_enterprise e ON e.id = coalesce(was.merged_into_id, was.id) AND e.merged_into_id IS NULL
             WHERE m.kind = '{kind}' AND m.scored_kind = %(subject_kind)s AND m.issued_on BETWEEN %(since)s AND %(until)s
               AND (m.revoked_on IS NULL OR m.revoked_on > %(until)s)
               AND (m.scored_kind <> 'enterprise' OR e.id IS NOT NULL)""",  # noqa: S608
        own=True,
    )


FIGURES: dict[str, ScoreFigure] = {
    "ledger": ScoreFigure(
        "台账完整率",
        "地址、坐标、从业人数、主要负责人及电话、安全员及电话、风险等级均已填写，且重大危险源辨识不缺数据的企业 ÷ 台账中的全部企业。",
        "家",
        "enterprise",
        f"""SELECT {PLANT},
                   (e.address <> '' AND e.longitude IS NOT NULL AND e.latitude IS NOT NULL AND e.employees IS NOT NULL
                    AND e.principal <> '' AND e.principal_phone <> '' AND e.safety_officer <> ''
                    AND e.safety_officer_phone <> '' AND e.grade <> '' AND e.judged <> 'missing')::int AS counted, 1 AS of
              FROM enterprises_enterprise e WHERE e.merged_into_id IS NULL""",  # noqa: S608
    ),
    "coverage": ScoreFigure(
        "检查覆盖率",
        "考核期内每一个已结束的检查周期都有一次已完成检查的企业 ÷ 应检查企业；周期按截止日的风险等级和本市频次，停产停业整顿、挂牌督办期间按本市另定的频次，"
        "从列入台账之后的第一个完整周期算起，尚无完整周期的不计。",
        "家",
        "enterprise",
        f"""SELECT {PLANT}, (count(DISTINCT (12 * extract(year FROM v.visited_on)::int + extract(month FROM v.visited_on)::int - 1)
                                           / p.months) FILTER (WHERE 12 * extract(year FROM v.visited_on)::int
                                           + extract(month FROM v.visited_on)::int - 1
                                           BETWEEN p.first * p.months AND p.after * p.months - 1)
                          >= p.after - p.first)::int AS counted, 1 AS of
              FROM enterprises_enterprise e
              JOIN unnest(%(grades)s::text[], %(months)s::int[]) AS f (grade, months) ON f.grade = e.grade
             CROSS JOIN LATERAL (SELECT CASE WHEN e.suspended_since <= %(until)s OR EXISTS (
                   SELECT FROM hazards_hazard h WHERE h.enterprise_id = e.id AND h.supervised_since <= %(until)s
                      AND h.status NOT IN ('closed', 'void')) THEN %(pressed)s ELSE f.months END AS months) AS m
             CROSS JOIN LATERAL (
                   SELECT m.months,
                          ceil((12 * extract(year FROM b.begun) + extract(month FROM b.begun) - 1) / m.months::numeric)::int AS first,
                          ((12 * extract(year FROM b.day_after) + extract(month FROM b.day_after))::int - 1) / m.months AS after
                     FROM (SELECT greatest(%(since)s::date, (date_trunc('month', e.created_at AT TIME ZONE 'Asia/Shanghai')
                                  + interval '1 month')::date) AS begun, %(until)s::date + 1 AS day_after) AS b) AS p
              LEFT JOIN inspections_visit v ON v.enterprise_id = e.id AND v.state = 'finished'
                   AND v.visited_on BETWEEN %(since)s AND %(until)s
             WHERE e.merged_into_id IS NULL AND p.after > p.first
             GROUP BY e.id, p.months, p.first, p.after""",  # noqa: S608
    ),
    "assessed": ScoreFigure(
        "两重点一重大企业专家评估率",
        "考核期内完成专家评估、已出报告的两重点一重大企业 ÷ 全部两重点一重大企业。",
        "家",
        "enterprise",
        f"""SELECT {PLANT}, (EXISTS (SELECT FROM inspections_assessment d WHERE d.enterprise_id = e.id AND d.state = 'finished'
                                     AND d.reported_on BETWEEN %(since)s AND %(until)s))::int AS counted, 1 AS of
              FROM enterprises_enterprise e
             WHERE e.merged_into_id IS NULL AND (e.has_key_chemical OR e.has_key_process OR e.major_level IS NOT NULL)""",  # noqa: S608
    ),
    "found": ScoreFigure(
        "每次检查发现隐患数与全市之比",
        "（考核期内检查发现的隐患数 ÷ 已完成的检查次数）÷ 全市的同一数值；作废的隐患不计。1即与全市持平。",
        "次",
        "visit",
        """SELECT v.id, v.enterprise_id, v.district_id, v.sector,
                  (SELECT count(*) FROM hazards_hazard h
                    WHERE h.source_kind = 'visit' AND h.source_id = v.id AND h.status <> 'void')::int AS counted, 1 AS of
             FROM inspections_visit v
            WHERE v.state = 'finished' AND v.visited_on BETWEEN %(since)s AND %(until)s""",
        peers=True,
    ),
    "noticed": ScoreFigure(
        "及时下达率",
        f"考核期内发现、发现后{hazard_rules.NOTICE_DAYS}日内下达整改文书的隐患 ÷ 考核期内发现的隐患；作废的和尚未满{hazard_rules.NOTICE_DAYS}日的不计。",
        "条",
        "hazard",
        f"""SELECT {HAZARD}, coalesce(n.issued_on - h.found_on <= {hazard_rules.NOTICE_DAYS}, false)::int AS counted, 1 AS of
              FROM hazards_hazard h LEFT JOIN hazards_notice n ON n.id = h.notice_id
             WHERE h.status <> 'void' AND h.found_on BETWEEN %(since)s AND %(until)s
               AND (h.found_on < %(until)s::date - {hazard_rules.NOTICE_DAYS} OR n.id IS NOT NULL)""",  # noqa: S608
    ),
    "on_time": ScoreFigure(
        "按期整改率",
        "按期销号 ÷（已销号＋逾期未销号），计整改期限在考核期内的隐患，以截止日为准；按期提交而待复查的不计。",
        "条",
        "hazard",
        f"SELECT {HAZARD}, ({CLOSED} AND NOT h.late)::int AS counted, 1 AS of FROM hazards_hazard h WHERE {DUE} AND {DECIDED}",  # noqa: S608
    ),
    "major_closed": ScoreFigure(
        "重大隐患销号率",
        "截止日前已销号的重大隐患 ÷ 整改期限在考核期内的重大隐患。",
        "条",
        "hazard",
        f"SELECT {HAZARD}, {CLOSED}::int AS counted, 1 AS of FROM hazards_hazard h WHERE {DUE} AND h.level = 'major'",  # noqa: S608
    ),
    "major_overdue": ScoreFigure(
        "重大隐患逾期数",
        "截止日逾期未销号的重大隐患条数，整改期限在考核期内。",
        "条",
        "hazard",
        f"SELECT {HAZARD}, 1 AS counted, NULL::int AS of FROM hazards_hazard h WHERE {DUE} AND h.level = 'major' AND {OVERDUE}",  # noqa: S608
    ),
    "overdue_days": ScoreFigure(
        "平均逾期天数",
        "逾期天数之和 ÷ 整改期限在考核期内、已销号或逾期的隐患条数；已销号的算到最后一次提交之日，未销号的算到截止日。",
        "条",
        "hazard",
        f"""SELECT {HAZARD}, CASE WHEN {CLOSED} THEN greatest(0, h.submitted_on - h.deadline)
                                  ELSE %(until)s::date - h.deadline END AS counted, 1 AS of
              FROM hazards_hazard h WHERE {DUE} AND {DECIDED}""",  # noqa: S608
    ),
    "repeats": ScoreFigure(
        "屡查屡犯率",
        "考核期内发现的隐患中，同一企业同一检查项销号后12个月内再次发现的 ÷ 考核期内发现的隐患；作废的不计。",
        "条",
        "hazard",
        f"""SELECT id, enterprise_id, district_id, sector, {AGAIN}::int AS counted, 1 AS of
              FROM hazards_hazard WHERE status <> 'void' AND found_on BETWEEN %(since)s AND %(until)s""",  # noqa: S608
    ),
    "returned": ScoreFigure(
        "复查退回率",
        "考核期内复查或审核退回的次数 ÷ 企业提交复查的次数，按隐患合计。",
        "条",
        "hazard",
        f"""SELECT s.hazard_id AS id, s.enterprise_id, s.district_id, s.sector,
                   (count(*) FILTER (WHERE s.verb = 'return'))::int AS counted,
                   (count(*) FILTER (WHERE s.verb = 'submit'))::int AS of
              FROM hazards_hazardstep s
             WHERE s.verb IN ('submit', 'return') AND {SHANGHAI} BETWEEN %(since)s AND %(until)s
             GROUP BY 1, 2, 3, 4""",  # noqa: S608
    ),
    "supervised": ScoreFigure(
        "挂牌督办按期办结率",
        "按期销号 ÷（已销号＋逾期未销号），只计挂牌督办过的、整改期限在考核期内的重大隐患。",
        "条",
        "hazard",
        f"""SELECT {HAZARD}, ({CLOSED} AND NOT h.late)::int AS counted, 1 AS of FROM hazards_hazard h
             WHERE {DUE} AND {DECIDED} AND EXISTS (SELECT FROM hazards_supervision s WHERE s.hazard_id = h.id)""",  # noqa: S608
    ),
    "supervised_overdue": ScoreFigure(
        "挂牌督办逾期未整改数",
        "截止日逾期未销号的挂牌督办重大隐患条数。",
        "条",
        "hazard",
        f"""SELECT {HAZARD}, 1 AS counted, NULL::int AS of FROM hazards_hazard h
             WHERE h.status NOT IN ('recorded', 'void') AND h.deadline <= %(until)s AND {OVERDUE}
               AND EXISTS (SELECT FROM hazards_supervision s WHERE s.hazard_id = h.id AND s.ordered_on <= %(until)s
                              AND (s.lifted_on IS NULL OR s.lifted_on > %(until)s))""",  # noqa: S608
    ),
    "answered": ScoreFigure(
        "举一反三按期答复率",
        "按期答复的举一反三核查 ÷ 答复期限在考核期内的核查。",
        "件",
        "broadcast",
        """SELECT b.id, b.enterprise_id, b.district_id, b.sector,
                  coalesce(b.answered_on <= b.answer_by, false)::int AS counted, 1 AS of
             FROM hazards_broadcastaddress b WHERE b.answer_by BETWEEN %(since)s AND %(until)s""",
    ),
    "commended": measures("commendation", "表彰"),
    "criticised": measures("circular", "通报批评"),
    "interviewed": measures("interview", "约谈"),
    "held_to_account": measures("accountability", "问责"),
}

# How rows are put together for a kind of subject.
BY = {"district": "district_id", "department": "sector", "enterprise": "enterprise_id"}


@dataclass
class Counted:
    """What one subject has of one figure, and the records: those that count and the others.

    The records are PostgreSQL arrays as text: a million numbers take a tenth of the room, and nobody here looks into them.
    """

    counted: int = 0
    of: int | None = None
    counting: str = "{}"
    others: str = "{}"

    def add(self, other: "Counted") -> None:
        self.counted += other.counted
        self.of = None if other.of is None and self.of is None else (self.of or 0) + (other.of or 0)
        self.counting, self.others = joined(self.counting, other.counting), joined(self.others, other.others)


def joined(one: str, other: str) -> str:
    return "{" + ",".join(part for part in (one[1:-1], other[1:-1]) if part) + "}"


def counted(figure: ScoreFigure, subject_kind: str, since: date, until: date) -> dict[int | str, Counted]:
    """Subject (its number; of departments the sector) → what it has. One statement."""
    months = city_frequency(until)
    by = "organisation_id" if figure.own and subject_kind == "department" else BY[subject_kind]
    statement = f"""
        SELECT {by}, coalesce(sum(counted), 0)::bigint, sum(of)::bigint,
               coalesce(array_agg(id ORDER BY id) FILTER (WHERE counted <> 0), '{{}}')::text,
               coalesce(array_agg(id ORDER BY id) FILTER (WHERE counted = 0), '{{}}')::text
          FROM ({figure.sql}) AS record GROUP BY 1"""  # noqa: S608 - constants alone
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "since": since,
                "until": until,
                "subject_kind": subject_kind,
                "grades": list(months),
                "months": list(months.values()),
                "pressed": months[PRESSED],
            },
        )
        return {subject: Counted(*rest) for subject, *rest in cursor.fetchall()}


def value_of(figure: ScoreFigure, own: Counted, everybody: Counted) -> Value:
    """The value a line reckons with. Against peers: (own ÷ own base) ÷ (all ÷ all bases), as one fraction."""
    if not figure.is_share:
        return Value(Fraction(own.counted))
    of = own.of or 0
    if not figure.peers:
        return Value(Fraction(own.counted), Fraction(of))
    return Value(Fraction(own.counted) * (everybody.of or 0), Fraction(of) * everybody.counted)


def total(parts: Mapping[object, Counted]) -> Counted:
    """Everybody's sums, without their records."""
    whole = Counted()
    for part in parts.values():
        whole.add(Counted(part.counted, part.of))
    return whole
