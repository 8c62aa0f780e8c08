"""The leads of a city as of a day: each found by one or two statements over all records, and said with what was counted."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from accountability import rules
from accountability.models import Lead
from enterprises.models import Grade, Sector
from inspections.models import ChecklistItem
from portal.legaldays import add_months

LEAD_SORTS = {"new": "-as_of", "district": "district__order"}
# As many records as an address holds; the sentence says how many there are.
SHOWN = 150


def listed():
    return Lead.objects.standing().select_related("district")


@dataclass(frozen=True)
class Found:
    """A lead before it is kept. `counted` is what the sentence rests on."""

    kind: str
    about: str
    district_id: int
    sentence: str
    page: str
    query: dict[str, Any]
    counted: list[Any] = field(default_factory=list)
    sector: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.about}"[:120]

    @property
    def facts(self) -> str:
        return hashlib.sha256(repr(self.counted).encode()).hexdigest()

    @property
    def link(self) -> str:
        return f"{reverse(self.page)}?{urlencode(self.query)}"


def leads(as_of: date) -> Iterator[Found]:
    """Every lead as of a day. City scope only."""
    yield from bursts(as_of)
    yield from copied(as_of)
    yield from nothing_found(as_of)
    yield from no_selfcheck(as_of)


def rows(statement: str, **told) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, told)
        return cursor.fetchall()


# found_on is the day the inspector gives; made_at the moment an enterprise filed.
BY_INSPECTOR = """
    SELECT h.found_by_id, p.name, h.district_id, '', count(*), count(*) FILTER (WHERE h.found_on > %(last)s - %(days)s)
      FROM hazards_hazard h JOIN tenancy_person p ON p.id = h.found_by_id
     WHERE h.found_on BETWEEN %(first)s AND %(last)s AND h.status <> 'void'
     GROUP BY 1, 2, 3 ORDER BY 1, 3"""
BY_ENTERPRISE = """
    SELECT s.enterprise_id, e.name, s.district_id, s.sector, count(*),
           count(*) FILTER (WHERE (s.made_at AT TIME ZONE 'Asia/Shanghai')::date > %(last)s - %(days)s)
      FROM hazards_selfcheck s JOIN enterprises_enterprise e ON e.id = s.enterprise_id
     WHERE (s.made_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN %(first)s AND %(last)s
     GROUP BY 1, 2, 3, 4 ORDER BY 1"""


def bursts(as_of: date) -> Iterator[Found]:
    """集中填报: most of a quarter's records in its last days, in this quarter and the one before."""
    this = rules.quarter_of(as_of)
    for first, last in (rules.quarter_of(this[0] - timedelta(days=1)), this):
        since = last - timedelta(days=rules.QUARTER_END_DAYS - 1)
        period = f"{first:%Y}年第{(first.month + 2) // 3}季度"
        told = {"first": first, "last": last, "days": rules.QUARTER_END_DAYS}
        for who, name, district, _, total, late in rows(BY_INSPECTOR, **told):
            if rules.is_burst(total, late):
                yield Found(
                    Lead.Kind.BURST,
                    f"inspector:{who}:{district}:{first}",
                    district,
                    f"{name}在{period}记录隐患{total}条，其中{late}条的发现日期在季末{rules.QUARTER_END_DAYS}天内"
                    f"（{since}至{last}）。可能是集中补录，也可能是专项行动，请核对。",
                    "hazard_list",
                    {
                        "situation": "standing",
                        "found_by": who,
                        "district": district,
                        "found_from": since,
                        "found_to": last,
                    },
                    [total, late],
                )
        for plant, name, district, sector, total, late in rows(BY_ENTERPRISE, **told):
            if rules.is_burst(total, late):
                yield Found(
                    Lead.Kind.BURST,
                    f"enterprise:{plant}:{first}",
                    district,
                    f"{name}在{period}自查上报{total}条，其中{late}条在季末{rules.QUARTER_END_DAYS}天内上报"
                    f"（{since}至{last}）。可能是为了考核集中填报，请核对。",
                    "selfcheck_list",
                    {"situation": "", "enterprise": plant, "made_from": since, "made_to": last},
                    [total, late],
                    sector,
                )


NORMAL = r"regexp_replace(lower({text}), '[^\u4e00-\u9fa5a-z]', '', 'g')"
TEXTS = {
    "notes": f"""SELECT s.hazard_id AS hazard, s.district_id AS district, {NORMAL.format(text="s.note")} AS text
        FROM hazards_hazardstep s WHERE s.verb = 'submit' AND s.at >= %(since)s""",  # noqa: S608 - constants alone
    "descriptions": f"""SELECT h.id AS hazard, h.district_id AS district, {NORMAL.format(text="h.description")} AS text
        FROM hazards_hazard h WHERE h.found_on >= %(since)s AND h.status <> 'void'""",  # noqa: S608 - constants alone
}
# Identical texts by one sort; of the others only those whose beginning few share are read at all.
SAME = """
    WITH t AS MATERIALIZED ({texts})
    SELECT district, text, array_agg(DISTINCT hazard) FROM t WHERE length(text) >= %(shortest)s
     GROUP BY district, text HAVING count(DISTINCT hazard) >= %(least)s"""
NEAR = """
    WITH t AS MATERIALIZED ({texts}),
    one AS (SELECT district, text, left(text, %(beginning)s) AS beginning, array_agg(DISTINCT hazard) AS hazards
              FROM t WHERE length(text) >= %(shortest)s GROUP BY 1, 2, 3),
    block AS (SELECT district, beginning FROM one GROUP BY 1, 2 HAVING count(*) BETWEEN 2 AND %(most)s)
    SELECT o.district, o.beginning, o.text, o.hazards FROM one o JOIN block USING (district, beginning)"""
WORDS = {"notes": "整改说明", "descriptions": "隐患描述"}


def copied(as_of: date) -> Iterator[Found]:
    """文字雷同: the same or nearly the same text under several hazards of one district; a checklist's own words are nobody's."""
    since = add_months(as_of, -rules.MONTHS)
    standard = {rules.normal(text) for text in ChecklistItem.objects.values_list("text", flat=True)}
    told = {
        "since": since, "shortest": rules.SHORTEST, "least": rules.SAME_TEXT, "beginning": rules.BEGINNING,
        "most": rules.MOST_IN_A_BLOCK,
    }  # fmt: skip
    for which, texts in TEXTS.items():
        same = rows(SAME.format(texts=texts), **told)
        for district, text, hazards in same:
            if text not in standard:
                yield copy_of(which, "same", district, text, hazards)
        blocks: dict[tuple[int, str], dict[str, list[int]]] = defaultdict(dict)
        for district, beginning, text, hazards in rows(NEAR.format(texts=texts), **told):
            blocks[district, beginning][text] = hazards
        for (district, _), block in blocks.items():
            for group in rules.near_groups(set(block) - standard):
                hazards = sorted({number for text in group for number in block[text]})
                if len(group) > 1 and len(hazards) >= rules.SAME_TEXT:
                    yield copy_of(which, "near", district, group[0], hazards)


def copy_of(which: str, how: str, district: int, text: str, hazards: list[int]) -> Found:
    hazards = sorted(hazards)
    words = {"same": "除数字和标点外相同", "near": "大部分相同"}[how]
    more = f"，链接列出前{SHOWN}条" if len(hazards) > SHOWN else ""
    return Found(
        Lead.Kind.COPIED,
        f"{which}:{how}:{district}:{hashlib.sha256(text.encode()).hexdigest()[:24]}",
        district,
        f"近{rules.MONTHS}个月{len(hazards)}条隐患的{WORDS[which]}{words}（“{text[:40]}…”{more}）。可能是套用，也可能确是同类问题，请对照核对。",
        "hazard_list",
        {"situation": "standing", "ids": ",".join(map(str, hazards[:SHOWN]))},
        [hazards],
    )


# Peers: plants of the same sector and grade with as many visits; the median of what was found at them.
UNFOUND = """
    WITH visited AS (
        SELECT v.enterprise_id, count(*) AS visits FROM inspections_visit v
         WHERE v.state = 'finished' AND v.visited_on BETWEEN %(since)s AND %(as_of)s GROUP BY 1 HAVING count(*) >= %(visits)s
    ), found AS (
        SELECT h.enterprise_id, count(*) AS n FROM hazards_hazard h
         WHERE h.found_on BETWEEN %(since)s AND %(as_of)s AND h.status <> 'void' GROUP BY 1
    ), plant AS (
        SELECT e.id, e.name, e.district_id, e.sector, e.grade, v.visits, coalesce(f.n, 0) AS n
          FROM enterprises_enterprise e JOIN visited v ON v.enterprise_id = e.id LEFT JOIN found f ON f.enterprise_id = e.id
         WHERE e.merged_into_id IS NULL AND e.grade <> ''
    ), peer AS (
        SELECT sector, grade, count(*) AS plants, percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS median
          FROM plant GROUP BY 1, 2
    )
    SELECT p.id, p.name, p.district_id, p.sector, p.grade, p.visits, peer.plants, peer.median
      FROM plant p JOIN peer USING (sector, grade)
     WHERE p.n = 0 AND peer.plants >= %(peers)s AND peer.median >= %(median)s ORDER BY p.id"""


def nothing_found(as_of: date) -> Iterator[Found]:
    """多次检查未发现隐患, where the median of its peers is several."""
    told = {
        "since": add_months(as_of, -rules.MONTHS), "as_of": as_of, "visits": rules.VISITS, "peers": rules.PEERS,
        "median": rules.MEDIAN,
    }  # fmt: skip
    for plant, name, district, sector, grade, visits, plants, median in rows(UNFOUND, **told):
        yield Found(
            Lead.Kind.NOTHING_FOUND,
            str(plant),
            district,
            f"{name}近{rules.MONTHS}个月检查{visits}次，没有发现隐患；同行业同等级（{Sector(sector).label}、{Grade(grade).label}）"
            f"检查{rules.VISITS}次以上的{plants}家，隐患数的中位数是{median:g}条。可能管理较好，也可能检查不细，请核对。",
            "visit_list",
            {"enterprise": plant},
            [visits, plants, float(median)],
            sector,
        )


UNREPORTED = """
    WITH reported AS (
        SELECT DISTINCT enterprise_id FROM hazards_selfcheck
         WHERE state <> 'cancelled' AND (made_at AT TIME ZONE 'Asia/Shanghai')::date > %(since)s
    ), plant AS (
        SELECT e.id, e.district_id, e.sector, e.grade, r.enterprise_id IS NOT NULL AS reports
          FROM enterprises_enterprise e LEFT JOIN reported r ON r.enterprise_id = e.id
         WHERE e.merged_into_id IS NULL AND e.grade <> ''
    ), peer AS (
        SELECT sector, grade, count(*) AS plants, count(*) FILTER (WHERE reports) AS reporting FROM plant GROUP BY 1, 2
    )
    SELECT p.district_id, p.sector, p.grade, array_agg(p.id ORDER BY p.id), peer.plants, peer.reporting
      FROM plant p JOIN peer USING (sector, grade)
     WHERE NOT p.reports AND peer.plants >= %(peers)s AND 2 * peer.reporting >= peer.plants
     GROUP BY 1, 2, 3, 5, 6 ORDER BY 1, 2, 3"""


def no_selfcheck(as_of: date) -> Iterator[Found]:
    """没有自查上报, where at least half of the plants of the same sector and grade have reported; one lead a district and kind of plant."""
    since = add_months(as_of, -rules.MONTHS)
    for district, sector, grade, plants, peers, reporting in rows(UNREPORTED, since=since, peers=rules.PEERS):
        yield Found(
            Lead.Kind.NO_SELFCHECK,
            f"{district}:{sector}:{grade}",
            district,
            f"{Sector(sector).label}{Grade(grade).label}的企业，全市{peers}家中{reporting}家近{rules.MONTHS}个月有自查上报；"
            f"本区县有{len(plants)}家没有。可能没有开展自查，也可能没有上报，请核对。",
            "enterprise_list",
            {"district": district, "sector": sector, "grade": grade, "selfchecked": "no"},
            [plants, peers, reporting],
            sector,
        )
