"""The figures of a work report: each named, defined in a sentence, and counted with the numbers of its records.

A figure is a condition over the records of one kind; a kind is one statement that reads every figure of its records in one
pass, so that a city with a million hazards is counted in seconds. Dates kept on the record decide, as of the period's last day
(as in the year-end score): what was closed after it was open on it. So the same period can be counted again at any time, and
what differs then was recorded late, voided or changed, which the report's page explains row by row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection

from accountability.queries.score_figures import CLOSED, DECIDED, DUE
from accountability.queries.score_figures import OVERDUE as LATE_ON_LAST_DAY
from campaign.queries import KEY, TWO_KEYS, UNDELIVERED
from enterprises.models import Grade
from enterprises.models import Kind as EnterpriseKind
from hazards.models import AccidentType
from hazards.queries.repeats import AGAIN
from hazards.queries.repeats import SENTENCE as REPEAT_SENTENCE
from inspections.queries import assessments, city_frequency, coverage_means, due
from portal.legaldays import SHANGHAI
from portal.messages.queries import undelivered

IN_PERIOD = "BETWEEN %(since)s AND %(until)s"
FOUND = f"h.found_on {IN_PERIOD}"
CLOSED_NOW = f"h.status = 'closed' AND h.closed_on {IN_PERIOD}"
OPEN = f"h.status <> 'void' AND h.found_on <= %(until)s AND NOT {CLOSED}"
# Of those with a notice; %(until)s stands where the dashboard has today.
OVERDUE = f"h.status NOT IN ('recorded', 'void') AND {LATE_ON_LAST_DAY}"
END = "((%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"


@dataclass(frozen=True)
class Counted:
    """One figure: its group and name on the sheet, its sentence, the kind of its records, and which of them count."""

    key: str
    group: str
    label: str
    definition: str
    kind: str
    condition: str
    unit: str = "条"
    # Of the moment it was counted, and not of the period's last day: it cannot be counted again.
    momentary: bool = False


VISITS, FINDING, MENDING, PRESSING, STANDING, LEDGER, COVERAGE, WORK = (
    "检查执法",
    "发现隐患",
    "整改销号",
    "督办停产延期",
    "期末隐患",
    "期末企业",
    "检查评估覆盖",
    "任务和提醒",
)


def found(key: str, label: str, definition: str, condition: str = "true") -> Counted:
    return Counted(key, FINDING, label, definition, "hazard", f"{FOUND} AND {condition}")


def standing(key: str, label: str, definition: str, condition: str) -> Counted:
    return Counted(key, STANDING, label, definition, "hazard", condition)


def listed(key: str, label: str, definition: str, condition: str = "true") -> Counted:
    return Counted(key, LEDGER, label, definition, "enterprise", condition, "家")


FIGURES: tuple[Counted, ...] = (
    Counted("visits", VISITS, "检查次数", "检查日期在本期内、已完成的检查。", "visit", "true", "次"),
    Counted("visited", VISITS, "检查企业", "本期内至少完成过一次检查的企业，一家计一家。", "visited", "true", "家"),
    Counted(
        "notices",
        VISITS,
        "整改文书",
        "制发日期在本期内的责令限期整改指令书，更正文书不另计。",
        "notice",
        "true",
        "份",
    ),
    found("found", "合计", "发现日期在本期内的全部隐患，含后来作废的。"),
    found("found_major", "重大", "其中级别为重大的。", "h.level = 'major'"),
    found("found_general", "一般", "其中级别为一般的。", "h.level = 'general'"),
    *(
        found(f"found_{kind}", kind.label, f"其中可能事故类型为{kind.label}的。", f"h.accident_type = '{kind.value}'")
        for kind in AccidentType
    ),
    found("found_again", "屡查屡犯", f"其中：{REPEAT_SENTENCE}", "h.again"),
    Counted("closed", MENDING, "销号", "销号日期在本期内的隐患；后来重新打开的不计。", "hazard", CLOSED_NOW),
    Counted(
        "closed_on_time",
        MENDING,
        "按期销号",
        "其中所通过的那次提交不晚于整改期限的。",
        "hazard",
        f"{CLOSED_NOW} AND NOT h.late",
    ),
    Counted("closed_major", MENDING, "重大销号", "其中级别为重大的。", "hazard", f"{CLOSED_NOW} AND h.level = 'major'"),
    Counted(
        "due_decided",
        MENDING,
        "本期到期",
        "整改期限在本期内，到期末已销号或逾期未销号的隐患；按期提交而待复查的不计。",
        "hazard",
        f"{DUE} AND {DECIDED}",
    ),
    Counted(
        "due_on_time",
        MENDING,
        "到期按期销号",
        "本期到期的隐患中，按期提交、到期末已销号的。",
        "hazard",
        f"{DUE} AND {CLOSED} AND NOT h.late",
    ),
    Counted("extended", PRESSING, "同意延期", "答复日期在本期内、同意延期的申请。", "extension", "true", "件"),
    Counted("supervised", PRESSING, "新挂牌督办", "挂牌日期在本期内的挂牌督办。", "supervision", "r.began", "件"),
    Counted(
        "supervised_now",
        PRESSING,
        "期末督办中",
        "到期末已挂牌、尚未解除的挂牌督办。",
        "supervision",
        "r.stands",
        "件",
    ),
    Counted("suspended", PRESSING, "责令停产停业", "停产停业起始日在本期内的决定。", "suspension", "r.began", "项"),
    Counted(
        "suspended_now",
        PRESSING,
        "期末停产停业中",
        "到期末已停产停业、尚未恢复的，一份决定计一项。",
        "suspension",
        "r.stands",
        "项",
    ),
    standing("open", "未销号", "期末已发现、尚未销号的隐患，不含作废；期末之后才销号的，期末仍算未销号。", OPEN),
    standing("open_major", "重大未销号", "其中级别为重大的。", f"{OPEN} AND h.level = 'major'"),
    standing("overdue", "逾期", "期末整改期限已过、未销号，且企业没有按期提交复查的隐患。", OVERDUE),
    standing("overdue_major", "重大逾期", "其中级别为重大的。", f"{OVERDUE} AND h.level = 'major'"),
    standing(
        "awaiting",
        "待复查",
        "企业到期末已提交复查、尚未销号的隐患，包括待审核销号；逾期提交的也算在逾期里。",
        f"h.status NOT IN ('recorded', 'void', 'rectifying') AND NOT {CLOSED} AND h.submitted_on <= %(until)s",
    ),
    standing("open_again", "屡查屡犯未销号", f"{REPEAT_SENTENCE}这里只计期末未销号的。", f"{OPEN} AND h.again"),
    listed("enterprises", "合计", "期末以前列入台账的企业，按取数时的台账。"),
    *(
        listed(f"grade_{grade}", f"{grade}级（{colour}）", f"其中风险等级为{grade}的。", f"r.grade = '{grade}'")
        for grade, colour in zip((Grade.D, Grade.C, Grade.B, Grade.A), "红橙黄蓝", strict=True)
    ),
    listed("grade_none", "未评定", "其中没有评定风险等级的。", "r.grade = ''"),
    *(
        listed(f"kind_{kind}", kind.label, f"其中企业类型为{kind.label}的。", f"r.kind = '{kind.value}'")
        for kind in EnterpriseKind
    ),
    listed("key", KEY.label, KEY.definition, "r.key_clause <> ''"),
    listed(
        "two_keys",
        "两重点一重大",
        TWO_KEYS.definition,
        "(r.has_key_chemical OR r.has_key_process OR r.major_level IS NOT NULL)",
    ),
    Counted("due", COVERAGE, "应检查企业", "", "coverage", "true", "家"),
    Counted("covered", COVERAGE, "已检查企业", "", "coverage", "r.done", "家"),
    Counted("to_assess", COVERAGE, "应评估企业", "", "assessment", "true", "家"),
    Counted("assessed", COVERAGE, "已评估企业", "", "assessment", "r.done", "家"),
    Counted(
        "late_tasks",
        WORK,
        "任务逾期",
        "已下达、期末尚未确认完成、未取消，且完成期限早于期末的任务。",
        "task",
        "true",
        "项",
    ),
    Counted("undelivered", WORK, "未送达提醒", UNDELIVERED.definition, "message", "true", "条", momentary=True),
)
BY_KEY = {one.key: one for one in FIGURES}
GROUPS = {group: [one for one in FIGURES if one.group == group] for group in dict.fromkeys(f.group for f in FIGURES)}


@dataclass(frozen=True)
class Ratio:
    """A share of two figures, shown beside them."""

    label: str
    part: str
    whole: str
    definition: str


RATIOS = (
    Ratio("按期整改率", "due_on_time", "due_decided", "到期按期销号 ÷ 本期到期；没有到期的不计算。"),
    Ratio("检查覆盖率", "covered", "due", "已检查企业 ÷ 应检查企业。"),
    Ratio("专家评估覆盖率", "assessed", "to_assess", "已评估企业 ÷ 应评估企业。"),
)


@dataclass(frozen=True)
class Kind:
    """Records of one kind. `source` gives rows `r` (of hazards `h`) with id and of_place; `state` is kept of each, by name."""

    label: str
    source: str
    state: dict[str, str] = field(default_factory=dict)
    alias: str = "r"
    where: str = "true"


def dated(table: str, began: str, ended: str) -> str:
    """Records that begin on a day and may end: whether they began in the period, and whether they stood at its end."""
    return f"""(SELECT id, district_id AS of_place, {began}, {ended}, {began} {IN_PERIOD} AS began,
                       {began} <= %(until)s AND ({ended} IS NULL OR {ended} > %(until)s) AS stands FROM {table}) AS r"""  # noqa: S608


MARKED = """unnest(%(numbers)s::bigint[], %(places)s::bigint[], %(done)s::bool[]) AS r (id, of_place, done)"""
KINDS: dict[str, Kind] = {
    "hazard": Kind(
        "隐患",
        # Looked up only for what is counted at all: each is a look into the plant's past.
        f"""(SELECT hazards_hazard.*, district_id AS of_place,
                    CASE WHEN found_on {IN_PERIOD} OR status <> 'void' AND found_on <= %(until)s
                              AND (closed_on IS NULL OR closed_on > %(until)s) THEN {AGAIN} ELSE false END AS again
               FROM hazards_hazard) AS h""",  # noqa: S608
        {
            "status": "h.status",
            "level": "h.level",
            "deadline": "h.deadline",
            "submitted_on": "h.submitted_on",
            "closed_on": "h.closed_on",
            "found_on": "h.found_on",
        },
        alias="h",
        where=f"({FOUND} OR h.closed_on {IN_PERIOD} OR h.deadline {IN_PERIOD} OR ({OPEN}))",
    ),
    "visit": Kind(
        "检查",
        "(SELECT *, district_id AS of_place FROM inspections_visit) AS r",
        {"state": "r.state", "visited_on": "r.visited_on"},
        where=f"r.state = 'finished' AND r.visited_on {IN_PERIOD}",
    ),
    "visited": Kind(
        "企业",
        f"""(SELECT e.id, e.district_id AS of_place, e.grade, (
                    SELECT count(*) FROM inspections_visit v WHERE v.enterprise_id = e.id AND v.state = 'finished'
                       AND v.visited_on {IN_PERIOD}) AS visits FROM enterprises_enterprise e) AS r""",  # noqa: S608
        {"grade": "r.grade", "visits": "r.visits"},
        where="r.visits > 0",
    ),
    "notice": Kind(
        "文书",
        "(SELECT *, district_id AS of_place FROM hazards_notice) AS r",
        {"number": "r.number", "issued_on": "r.issued_on"},
        where=f"r.kind = 'rectification_order' AND r.replaces_id IS NULL AND r.issued_on {IN_PERIOD}",
    ),
    "extension": Kind(
        "延期",
        "(SELECT *, district_id AS of_place FROM hazards_extension) AS r",
        {"answered_on": "r.answered_on", "old": "r.old_deadline", "new": "r.new_deadline"},
        where=f"r.state IN ('granted', 'corrected') AND r.answered_on {IN_PERIOD}",
    ),
    "supervision": Kind(
        "挂牌督办",
        dated("hazards_supervision", "ordered_on", "lifted_on"),
        {"began": "r.ordered_on", "ended": "r.lifted_on"},
        where="(r.began OR r.stands)",
    ),
    "suspension": Kind(
        "停产停业",
        dated("hazards_suspension", "starts", "lifted_on"),
        {"began": "r.starts", "ended": "r.lifted_on"},
        where="(r.began OR r.stands)",
    ),
    "enterprise": Kind(
        "企业",
        "(SELECT *, district_id AS of_place FROM enterprises_enterprise) AS r",
        {"grade": "r.grade", "kind": "r.kind", "key": "r.key_clause"},
        where=f"r.merged_into_id IS NULL AND r.created_at < {END}",
    ),
    "coverage": Kind("企业", MARKED, {"done": "r.done"}),
    "assessment": Kind("企业", MARKED, {"done": "r.done"}),
    "task": Kind(
        "任务",
        """(SELECT t.*, o.district_id AS of_place FROM campaign_task t
              JOIN tenancy_organisation o ON o.id = t.unit_id) AS r""",
        {"state": "r.state", "due": "r.due"},
        where="""r.handed_on <= %(until)s AND r.due < %(until)s AND r.state <> 'cancelled'
                 AND (r.confirmed_on IS NULL OR r.confirmed_on > %(until)s)""",
    ),
    "message": Kind(
        "提醒",
        """(SELECT m.id, NULL::bigint AS of_place, m.channel, m.tries FROM messaging_message m
             WHERE m.id = ANY (%(undelivered)s)) AS r""",
        {"channel": "r.channel", "tries": "r.tries"},
    ),
}
OF_KIND = {kind: [one for one in FIGURES if one.kind == kind] for kind in KINDS}
BAR = "|"


@dataclass
class Place:
    """What one place has of one kind: figure → numbers, and every record with its state. Arrays are PostgreSQL's own text."""

    values: dict[str, int]
    records: dict[str, str]
    all: str
    states: str
    oldest: date | None = None


@dataclass
class Reading:
    """All figures of a period as of one moment: kind → place (None: no district) → what it has."""

    as_of: datetime
    kinds: dict[str, dict[int | None, Place]]
    definitions: dict[str, str]

    def value(self, key: str, place: int | None) -> int:
        found = self.kinds[BY_KEY[key].kind].get(place)
        return found.values[key] if found else 0

    def total(self, key: str) -> int:
        return sum(one.values[key] for one in self.kinds[BY_KEY[key].kind].values())


def read(since: date, until: date, as_of: datetime, kinds: Iterable[str] = tuple(KINDS)) -> Reading:
    """One statement a kind, behind the acting scope's wall; in a snapshot they all see one moment."""
    frequency, months = city_frequency(until), assessments.city_months()
    read_kinds = {kind: read_kind(kind, since, until, marked(kind, until, frequency, months)) for kind in kinds}
    means = {"coverage": coverage_means(frequency), "assessment": assessments.coverage_means(until, months)}
    definitions = {one.key: one.definition or means[one.kind] for one in FIGURES}
    return Reading(as_of, read_kinds, definitions)


def marked(kind: str, until: date, frequency: dict[str, int], months: int) -> dict:
    """What the named figures of the floors below say themselves: which are due and done, and which are undelivered."""
    if kind == "message":
        return {"undelivered": list(undelivered().order_by().values_list("pk", flat=True))}
    if kind == "coverage":
        those, done = due(until, frequency), "covered"
    elif kind == "assessment":
        those, done = assessments.to_assess(until, months), "assessed"
    else:
        return {}
    listed_by_then = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    those = those.filter(created_at__lt=listed_by_then).order_by("pk")
    rows = list(those.values_list("pk", "district_id", done))
    columns = ([list(column) for column in zip(*rows, strict=True)]) or [[], [], []]
    return dict(zip(("numbers", "places", "done"), columns, strict=True))


def statement(kind: str) -> str:
    """Counts, numbers and states by place, in one pass over the records."""
    own = KINDS[kind]
    columns = []
    for one in OF_KIND[kind]:
        columns.append(f"count(*) FILTER (WHERE c_{one.key})")
        columns.append(f"coalesce(array_agg(id) FILTER (WHERE c_{one.key}), '{{}}')::text")
    oldest = "min(found_on) FILTER (WHERE c_open)" if kind == "hazard" else "NULL::date"
    state = ", ".join(f"coalesce(({expression})::text, '')" for expression in own.state.values())
    conditions = ", ".join(f"coalesce(({one.condition}), false) AS c_{one.key}" for one in OF_KIND[kind])
    extra = f", {own.alias}.found_on" if kind == "hazard" else ""
    return f"""
        SELECT place, {oldest}, array_agg(id)::text, array_agg(state)::text, {", ".join(columns)}
          FROM (SELECT {own.alias}.id, {own.alias}.of_place AS place, concat_ws('{BAR}', {state}) AS state, {conditions}{extra}
                  FROM {own.source} WHERE {own.where}) AS counted
         WHERE {" OR ".join(f"c_{one.key}" for one in OF_KIND[kind])} GROUP BY place"""  # noqa: S608 - constants alone


def read_kind(kind: str, since: date, until: date, more: dict) -> dict[int | None, Place]:
    keys = [one.key for one in OF_KIND[kind]]
    found: dict[int | None, Place] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement(kind), {"since": since, "until": until} | more)
        for place, oldest, numbers, states, *rest in cursor.fetchall():
            found[place] = Place(
                dict(zip(keys, rest[::2], strict=True)),
                dict(zip(keys, rest[1::2], strict=True)),
                numbers,
                states,
                oldest,
            )
    return found


def state_of(kind: str, line: str) -> dict[str, str]:
    """A kept state by its names."""
    return dict(zip(KINDS[kind].state, line.split(BAR), strict=False))
