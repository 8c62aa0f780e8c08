"""工作报告: its periods, its life as one table, its sections, and the prose made from figures. Nothing of Django.

(state, verb) → state; a cell that is not here is illegal (409). What has been issued is never changed: it is withdrawn with a
reason, and a new edition is counted afresh.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEK, MONTH, QUARTER = "week", "month", "quarter"
KINDS = {WEEK: "周报", MONTH: "月报", QUARTER: "季报"}

DRAFT, ISSUED, WITHDRAWN = "draft", "issued", "withdrawn"
STATES = {DRAFT: "草稿", ISSUED: "已印发", WITHDRAWN: "已撤回"}
VERBS = {"edit": "修改文字", "issue": "印发", "withdraw": "撤回重做"}
TRANSITIONS: dict[tuple[str, str], str] = {
    (DRAFT, "edit"): DRAFT,
    (DRAFT, "issue"): ISSUED,
    (ISSUED, "withdraw"): WITHDRAWN,
    # A draft that was counted too early, or before a mistake was mended, is counted again in the same way.
    (DRAFT, "withdraw"): WITHDRAWN,
}

SECTIONS = {
    "overview": "一、本期概况",
    "work": "二、主要工作",
    "problems": "三、存在问题",
    "next": "四、下步工作",
}
HELP = {
    "overview": "门户按取数时的数字写好，可以增删；数字请与下面的表一致。",
    "work": "本期开展的会议、督导、专项行动、宣传培训等门户没有记录的工作，请在这里补充。",
    "problems": "写主要问题和原因，可以点到区县和企业。",
    "next": "写下一期的安排：做什么、谁负责、什么时候完成。",
}
LONGEST = 4000
KIND_CHOICES, STATE_CHOICES, SECTION_CHOICES = (list(names.items()) for names in (KINDS, STATES, SECTIONS))


@dataclass(frozen=True)
class Period:
    """The days a report is about; both ends belong to it."""

    kind: str
    since: date
    until: date

    @property
    def name(self) -> str:
        """2026年第47周, 2026年10月, 2026年第3季度. Weeks and their year are ISO 8601's."""
        if self.kind == WEEK:
            year, week, _ = self.since.isocalendar()
            return f"{year}年第{week}周"
        if self.kind == MONTH:
            return f"{self.since.year}年{self.since.month}月"
        return f"{self.since.year}年第{(self.since.month + 2) // 3}季度"


def period_of(kind: str, day: date) -> Period:
    """The week (Monday to Sunday), month or quarter that a day lies in."""
    if kind == WEEK:
        since = day - timedelta(days=day.weekday())
        return Period(kind, since, since + timedelta(days=6))
    months = 1 if kind == MONTH else 3
    first = day.replace(day=1, month=day.month - (day.month - 1) % months)
    return Period(kind, first, months_on(first, months) - timedelta(days=1))


def months_on(first: date, months: int) -> date:
    """The first of the month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def before(period: Period) -> Period:
    return period_of(period.kind, period.since - timedelta(days=1))


def year_before(period: Period) -> Period | None:
    """The same month or quarter, or the week of the same number; None where that year had no such week."""
    if period.kind != WEEK:
        return period_of(period.kind, period.since.replace(year=period.since.year - 1))
    year, week, _ = period.since.isocalendar()
    try:
        return period_of(WEEK, date.fromisocalendar(year - 1, week, 1))
    except ValueError:
        return None


def missing(kind: str, last: date | None, today: date) -> list[Period]:
    """Finished periods without a report, the oldest first; `last` is the first day of the newest there is.

    Where there is none yet the newest finished one is all: nobody wants a hundred weeks on the first night.
    """
    newest = before(period_of(kind, today))
    if last is None:
        return [newest]
    periods, period = [], newest
    while period.since > last:
        periods.append(period)
        period = before(period)
    return periods[::-1]


def share(part: int, whole: int) -> str:
    """In per cent with one decimal; a dash where there is nothing to take a share of."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def moved(now: int, then: int | None, word: str = "上期") -> str:
    """（比上期增加3） — nothing where there is nothing to compare with."""
    if then is None:
        return ""
    if now == then:
        return f"（与{word}持平）"
    return f"（比{word}{'增加' if now > then else '减少'}{abs(now - then)}）"


def prose(
    period: Period, place: str, value: Callable[[str], int], last: Callable[[str], int | None], worst: Mapping[str, str]
) -> dict[str, str]:
    """The four sections as they stand before anybody has touched them.

    `value` and `last` give a figure's number now and in the report before; `worst` may name districts: overdue, coverage.
    """

    def told(key: str) -> str:
        return f"{value(key)}{{}}{moved(value(key), last(key))}"

    overview = (
        f"{period.since:%Y年%-m月%-d日}至{period.until:%-m月%-d日}，{place}开展检查{told('visits').format('次')}，检查企业{value('visited')}家，"
        f"下达整改文书{value('notices')}份。发现隐患{told('found').format('条')}，其中重大隐患{value('found_major')}条；"
        f"销号{told('closed').format('条')}，按期销号{value('closed_on_time')}条。整改期限在本期内的隐患按期整改率为"
        f"{share(value('due_on_time'), value('due_decided'))}。期末未销号隐患{told('open').format('条')}，其中重大{value('open_major')}条，"
        f"逾期{told('overdue').format('条')}。"
    )
    work = (
        f"检查覆盖率{share(value('covered'), value('due'))}（应检查{value('due')}家，已检查{value('covered')}家）；"
        f"两重点一重大企业专家评估覆盖率{share(value('assessed'), value('to_assess'))}。"
        f"挂牌督办重大隐患{value('supervised')}条，期末督办中{value('supervised_now')}条；责令停产停业{value('suspended')}家次，"
        f"期末停产停业中{value('suspended_now')}项；同意延期{value('extended')}件。"
    )
    faults = []
    if value("overdue"):
        faults.append(
            f"逾期未销号隐患{value('overdue')}条，其中重大{value('overdue_major')}条"
            + (f"，{worst['overdue']}最多" if worst.get("overdue") else "")
        )
    if value("open_again"):
        faults.append(f"屡查屡犯未销号{value('open_again')}条，有的企业整改不彻底")
    if value("due") > value("covered"):
        faults.append(
            f"还有{value('due') - value('covered')}家企业没有按频次完成检查"
            + (f"，{worst['coverage']}覆盖率最低" if worst.get("coverage") else "")
        )
    if value("to_assess") > value("assessed"):
        faults.append(f"还有{value('to_assess') - value('assessed')}家两重点一重大企业没有完成专家评估")
    if value("late_tasks"):
        faults.append(f"任务逾期{value('late_tasks')}项")
    steps = []
    if value("overdue"):
        steps.append("逐条督促逾期隐患整改，对重大隐患逾期的依法采取措施")
    if value("due") > value("covered"):
        steps.append("按风险等级和频次补齐检查")
    if value("to_assess") > value("assessed"):
        steps.append("安排专家组完成两重点一重大企业评估")
    if value("suspended_now"):
        steps.append("跟踪停产停业企业整改，未经复查不得恢复生产")
    steps.append("继续推进专项整治各项任务")
    return {
        "overview": overview,
        "work": work,
        "problems": numbered(faults) or "本期没有逾期隐患、未完成的检查和评估。",
        "next": numbered(steps),
    }


def numbered(sentences: list[str]) -> str:
    return "\n".join(f"{number}. {sentence}。" for number, sentence in enumerate(sentences, 1))
