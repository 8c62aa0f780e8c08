"""工作报告: made by themselves when a week, month or quarter is over, worded and issued by the office; nothing else writes one.

Reading is one REPEATABLE READ transaction of its own (what is written meanwhile changes nothing in it); keeping is another.
"""

import logging
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from campaign import report_figures as figures
from campaign import rules_reports as rules
from campaign.actions.tasks import offices
from campaign.models import ReportFigure, ReportRecords, ReportText, WorkReport
from campaign.queries_reports import canonical
from portal.audit.record import note as audit
from portal.messages.actions import quiet, tell
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.sm3 import sm3
from portal.tenancy.models import District, Role
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, tenant_scope, who

logger = logging.getLogger(__name__)
# A report is in time when it is counted on the day after its period.
IN_TIME = 1
# So long a new draft is still told of, should the clock have stood still meanwhile.
NEWS = timedelta(days=7)


def read_in_snapshot(tenant_id: int, period: rules.Period) -> figures.Reading:
    as_of = timezone.now()
    with tenant_scope(tenant_id, snapshot=True):
        return figures.read(period.since, period.until, as_of)


@dataclass
class Made:
    """What one run has made, and which of it came late."""

    reports: list[WorkReport] = field(default_factory=list)

    @property
    def late(self) -> list[WorkReport]:
        return [one for one in self.reports if late_days(one)]


def late_days(report: WorkReport) -> int:
    """Days after the first on which it could have been counted."""
    return max(0, (timezone.localdate(report.as_of) - report.until).days - IN_TIME)


def make_missing(tenant_id: int, name: str = "", today: date | None = None) -> Made:
    """Every finished week, month and quarter that has no report, the oldest first. Run again it makes nothing."""
    today = today or timezone.localdate()
    made = Made()
    with tenant_scope(tenant_id, name):
        demand("reports.make")
        wanted = waiting(today)
    for period in wanted:
        reading = read_in_snapshot(tenant_id, period)
        try:
            with tenant_scope(tenant_id, name):
                made.reports.append(keep(period, reading))
        except IntegrityError as twice:
            # Another run was quicker; its report is as good.
            if "report_edition_once" not in str(twice) and "one_standing_report_a_period" not in str(twice):
                raise
            logger.info("%s of %s was made by another run", period.kind, period.since)
    with tenant_scope(tenant_id, name):
        tell_made()
    return made


def tell_made() -> None:
    """Tell the office of new drafts, each once; what was counted in the night waits for the morning."""
    if quiet():
        return
    for report in WorkReport.objects.filter(state=rules.DRAFT, made_at__gt=timezone.now() - NEWS):
        late = late_days(report)
        tell(
            offices(),
            f"report:{report.pk}:made",
            f"{report}已生成" + (f"，比应生成日期晚{late}天" if late else ""),
            "请核对数字、补充文字，然后印发。",
            reverse("report", args=[report.pk]),
        )


def waiting(today: date) -> list[rules.Period]:
    """Finished periods without a report, and those whose report was withdrawn and not yet counted again."""
    periods = []
    for kind in rules.KINDS:
        of_kind = WorkReport.objects.filter(kind=kind)
        standing = of_kind.exclude(state=rules.WITHDRAWN).values("since")
        again = of_kind.exclude(since__in=standing).order_by("since").values_list("since", flat=True).distinct()
        periods += [rules.period_of(kind, since) for since in again]
        last = of_kind.order_by("-since").values_list("since", flat=True).first()
        periods += rules.missing(kind, last, today)
    return periods


@in_one_piece
def keep(period: rules.Period, reading: figures.Reading) -> WorkReport:
    """Keep a reading as a draft, with its records and the words made from it.

    What was withdrawn before it is an earlier edition, whose typed words are taken over.
    """
    demand("reports.make")
    instead_of = WorkReport.objects.filter(kind=period.kind, since=period.since).order_by("-edition").first()
    report = WorkReport.objects.create(
        kind=period.kind,
        since=period.since,
        until=period.until,
        edition=instead_of.edition + 1 if instead_of else 1,
        as_of=reading.as_of,
        definitions=reading.definitions,
    )
    places = list(District.objects.all())
    freeze(report, reading, places)
    write_texts(report, reading, places, instead_of)
    audit("reports.make", report, {"as_of": reading.as_of.isoformat(), "edition": report.edition})
    return report


def freeze(report: WorkReport, reading: figures.Reading, places: list[District]) -> None:
    """A row for every figure of every place, also where it is nought, so that a missing row is never taken for one."""
    rows, kept = [], []
    for kind, by_place in reading.kinds.items():
        for number in [*(one.pk for one in places), None]:
            own = by_place.get(number)
            if number is None and own is None:
                continue
            for one in figures.OF_KIND[kind]:
                rows.append(
                    ReportFigure(
                        report=report,
                        place_id=number,
                        key=one.key,
                        value=own.values[one.key] if own else 0,
                        records=own.records[one.key] if own else [],
                        oldest=own.oldest if own and one.key == "open" else None,
                    )
                )
            if own:
                kept.append(
                    ReportRecords(report=report, place_id=number, kind=kind, records=own.all, states=own.states)
                )
    ReportFigure.objects.bulk_create(rows, batch_size=200)
    ReportRecords.objects.bulk_create(kept, batch_size=20)


def write_texts(
    report: WorkReport, reading: figures.Reading, places: list[District], instead_of: WorkReport | None
) -> None:
    """Words for the city and for each district; what people wrote in the edition before is taken over."""
    last = values_before(report.period)
    typed = {}
    if instead_of:
        edited = ReportText.objects.filter(report=instead_of, edited_at__isnull=False)
        typed = {(one.place_id, one.section): one for one in edited}
    texts = []
    for place in [None, *places]:
        number = place.pk if place else None
        said = rules.prose(
            report.period,
            place.name if place else "全市",
            reading.total if place is None else (lambda key, n=number: reading.value(key, n)),
            (lambda key, n=number: last.get((n, key))) if last else (lambda key: None),
            worst_of(reading, places) if place is None else {},
        )
        for section, text in said.items():
            own = typed.get((number, section))
            texts.append(
                ReportText(
                    report=report,
                    place=place,
                    section=section,
                    text=own.text if own else text,
                    carried=own is not None,
                    by_name=own.by_name if own else "",
                    edited_at=own.edited_at if own else None,
                )
            )
    ReportText.objects.bulk_create(texts)


def values_before(period: rules.Period) -> dict[tuple[int | None, str], int]:
    """(place, figure) → number in the report before, the city's sums under no place; empty where there is none."""
    earlier = rules.before(period)
    found = WorkReport.objects.filter(kind=period.kind, since=earlier.since).exclude(state=rules.WITHDRAWN).first()
    values: dict[tuple[int | None, str], int] = {}
    if found:
        for place, key, value in ReportFigure.objects.filter(report=found).values_list("place_id", "key", "value"):
            values[None, key] = values.get((None, key), 0) + value
            if place is not None:
                values[place, key] = value
    return values


def worst_of(reading: figures.Reading, places: list[District]) -> dict[str, str]:
    """The district that has most overdue, and the one least covered; nobody is named for nothing."""
    named = {}
    if places and (most := max(places, key=lambda one: reading.value("overdue", one.pk))):
        if reading.value("overdue", most.pk):
            named["overdue"] = most.name
    due = [one for one in places if reading.value("due", one.pk)]
    if len(due) > 1:
        named["coverage"] = min(
            due, key=lambda one: reading.value("covered", one.pk) / reading.value("due", one.pk)
        ).name
    return named


def locked(report_id: int, verb: str, revision: int | None) -> WorkReport:
    """The report under its lock. Raises Http404, Refused for a stale page, IllegalMove in another state."""
    report = WorkReport.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise Http404(f"report {report_id}")
    if revision not in (None, report.revision):
        raise Refused("这份报告刚刚被别人办理过，请按现在的情况再办；您填写的内容仍在下面。")
    if (report.state, verb) not in rules.TRANSITIONS:
        raise IllegalMove(f"报告现在是“{report.get_state_display()}”，不能{rules.VERBS[verb]}。")
    return report


def move(report: WorkReport, verb: str, **changes) -> None:
    changes |= {"state": rules.TRANSITIONS[report.state, verb], "revision": report.revision + 1}
    for name, value in changes.items():
        setattr(report, name, value)
    report.save(update_fields=list(changes))


@in_one_piece
def edit(text_id: int, words: str, *, revision: int | None = None) -> ReportText:
    """修改文字 of one section of a draft. Raises BadInput, Refused where somebody else has changed it since, IllegalMove."""
    demand("reports.edit")
    text = ReportText.objects.select_related("report").filter(pk=text_id).first()
    if text is None:
        raise Http404(f"report text {text_id}")
    # Nobody issues it between the look and the change.
    locked(text.report_id, "edit", None)
    text = ReportText.objects.select_for_update(of=("self",)).select_related("report", "place").get(pk=text_id)
    if revision not in (None, text.revision):
        raise Refused("这一节刚刚被别人修改过，现在的内容列在下面；您填写的内容仍在框里，请合并后再保存。")
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise BadInput("请填写内容；没有内容可写的，写“无”。", field="text")
    if len(words) > rules.LONGEST:
        raise BadInput(f"一节最多{rules.LONGEST}字，请精简。", field="text")
    before, text.text = text.text, words
    text.by_name, text.edited_at, text.carried = who().person_name, timezone.now(), False
    text.revision += 1
    text.save(update_fields=["text", "by_name", "edited_at", "carried", "revision"])
    audit(
        "reports.edit",
        text.report,
        {"place": text.place.name if text.place else "全市", "section": text.section, "text": [before, words]},
    )
    return text


@in_one_piece
def issue(report_id: int, *, revision: int | None = None) -> WorkReport:
    """印发: sealed, and each district sees its own from now on. Raises Refused, IllegalMove."""
    demand("reports.issue")
    report = locked(report_id, "issue", revision)
    if report.until >= timezone.localdate():
        raise Refused(f"本期到{report.until}才结束，还不能印发。")
    if carried := ReportText.objects.filter(report=report, carried=True).count():
        raise Refused(f"有{carried}节文字沿用上一版，请逐节打开核对数字并保存，再印发。")
    show(report)
    move(
        report,
        "issue",
        issued_at=timezone.now(),
        issued_by=who().person_name,
        digest=sm3(canonical(report)),
    )
    audit("reports.issue", report, {"digest": report.digest})
    for place in District.objects.all():
        tell(
            posted(role=Role.INSPECTOR, district_id=place.pk),
            f"report:{report.pk}:issued",
            f"{report}已印发",
            f"{place.name}的数字和文字可以在门户查看、下载。",
            reverse("report", args=[report.pk]),
        )
    return report


def show(report: WorkReport) -> None:
    """Fill in whose each row is, which is what the wall goes by."""
    with connection.cursor() as cursor:
        for model in (ReportFigure, ReportRecords, ReportText):
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET district_id = place_id WHERE report_id = %s",  # noqa: S608
                [report.pk],
            )


@in_one_piece
def withdraw(report_id: int, reason: str, *, revision: int | None = None) -> WorkReport:
    """撤回重做: this edition stays to be read as withdrawn; the next one is counted as soon as this has been committed."""
    demand("reports.issue")
    report = locked(report_id, "withdraw", revision)
    if not reason.strip():
        raise BadInput("请写明撤回重做的理由。", field="note")
    move(
        report,
        "withdraw",
        withdrawn_at=timezone.now(),
        withdrawn_by=who().person_name,
        withdrawn_because=reason.strip(),
    )
    audit("reports.withdraw", report, {"note": report.withdrawn_because})
    tenant_id = report.tenant_id
    transaction.on_commit(lambda: hand_over(tenant_id))
    return report


def hand_over(tenant_id: int) -> None:
    from campaign.tasks import make_reports

    try:
        make_reports.apply_async(kwargs={"tenant_id": tenant_id}, retry=False)
    except OperationalError:
        # The broker is away: the next hourly run makes it all the same.
        logger.warning("broker away: the new edition waits for the next round")
