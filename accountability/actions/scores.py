"""年度考核 from template to final: every verb, and nothing else writes a score (handbook §8).

草稿 (reckoned as often as wanted) → 公示 (those concerned see their own and may object) → 定稿 (sealed, never changed again).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accountability import rules_score as rules
from accountability.models import ManualFigure, Objection, Score, ScoreLine, ScoreTemplate, SubjectKind, YearScore
from accountability.queries.score_export import exported, sealed
from accountability.queries.score_figures import FIGURES, Counted, counted, total, value_of
from accountability.queries.score_subjects import Subject, answering, subjects
from accountability.score_templates import DEFAULTS
from portal.audit.record import note as audit
from portal.holidays.deadlines import make_deadline
from portal.legaldays import WORKING
from portal.messages.actions import tell
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.models import Role
from portal.tenancy.queries import posted
from portal.tenancy.scope import in_one_piece, tenant_scope, who

State = YearScore.State
# 工作日 from the announcement in which an objection may be raised; no law numbers them, five is ours.
WINDOW = 5
WINDOW_RULE = "本门户默认的异议期，可由领导小组办公室另定"


def make_template(subject_kind: str, name: str, body: Mapping[str, Any], note: str) -> ScoreTemplate:
    """A new edition of the template for one kind of subject; earlier years keep theirs. Raises BadInput."""
    demand("scores.template")
    if not name.strip():
        raise BadInput("请填写模板名称。", field="name")
    if not note.strip():
        raise BadInput("请写明依据哪份文件制定或修改。", field="note")
    try:
        rules.check(body, FIGURES)
    except (rules.BadTemplate, KeyError, TypeError, ValueError) as fault:
        raise BadInput(f"模板不能使用：{fault}", field="body") from fault
    last = ScoreTemplate.objects.filter(subject_kind=subject_kind).order_by("-edition").first()
    template = ScoreTemplate.objects.create(
        subject_kind=subject_kind,
        edition=(last.edition if last else 0) + 1,
        name=name.strip(),
        body=dict(body),
        note=note.strip(),
        by_name=who().person_name,
    )
    audit("scores.template", template, {"edition": template.edition, "note": template.note})
    return template


def template_in_force(subject_kind: str) -> ScoreTemplate | None:
    return ScoreTemplate.objects.filter(subject_kind=subject_kind).order_by("-edition").first()


@in_one_piece
def open_year(
    year: int,
    subject_kind: str,
    *,
    since: date | None = None,
    until: date | None = None,
    template_id: int | None = None,
) -> YearScore:
    """A year's assessment of one kind of subject, as a draft. Raises BadInput, Refused where there is one already."""
    demand("scores.run")
    if subject_kind not in SubjectKind.values:
        raise BadInput("请选择考核对象：区县、市级部门或企业。", field="subject_kind")
    if not 2000 <= year <= 2100:
        raise BadInput("请填写四位数的年度。", field="year")
    since, until = since or date(year, 1, 1), until or date(year, 12, 31)
    if since > until:
        raise BadInput("截止日不能早于考核期的第一天。", field="until")
    if YearScore.objects.filter(year=year, subject_kind=subject_kind).exists():
        raise Refused(f"{year}年度{SubjectKind(subject_kind).label}考核已经建立，请打开它继续办理。")
    if template_id:
        template = ScoreTemplate.objects.filter(pk=template_id, subject_kind=subject_kind).first()
        if template is None:
            raise BadInput("请选择这类考核对象的模板。", field="template")
    else:
        template = template_in_force(subject_kind) or make_default(subject_kind)
    made = YearScore.objects.create(
        year=year,
        subject_kind=subject_kind,
        template=template,
        since=since,
        until=until,
        by_name=who().person_name,
    )
    audit("scores.open", made, {"template": template.pk, "since": str(since), "until": str(until)})
    return made


def make_default(subject_kind: str) -> ScoreTemplate:
    body = DEFAULTS[subject_kind]
    return ScoreTemplate.objects.create(
        subject_kind=subject_kind,
        edition=1,
        name=f"{SubjectKind(subject_kind).label}年度考核（默认）",
        body=body,
        note="门户自带的默认模板；指标和分值须由市安委办发文确定后使用。",
        by_name=who().person_name,
    )


def locked(year_score_id: int, revision: int | None = None, *states: str) -> YearScore:
    """The record under its lock. Raises Http404, Refused for a stale page, IllegalMove in another state."""
    found = (
        YearScore.objects.select_for_update(of=("self",)).select_related("template").filter(pk=year_score_id).first()
    )
    if found is None:
        raise Http404(f"year score {year_score_id}")
    if revision not in (None, found.revision):
        raise Refused("这次考核刚刚被别人办理过，请按现在的情况再办；您填写的内容仍在下面。")
    if states and found.state not in states:
        raise IllegalMove(f"现在是“{found.get_state_display()}”，不能这样办理。")
    return found


def move(year_score: YearScore, **changes) -> None:
    for name, value in changes.items():
        setattr(year_score, name, value)
    year_score.revision += 1
    year_score.save(update_fields=[*changes, "revision"])


@dataclass(frozen=True)
class Reading:
    """All figures of one moment: figure → subject → what it has, and the whole city's sums."""

    as_of: datetime
    subjects: list[Subject]
    figures: dict[str, dict[int, Counted]]
    city: dict[str, Counted]


def read(
    subject_kind: str, body: Mapping[str, Any], since: date, until: date, as_of: datetime | None = None
) -> Reading:
    """Every figure the template asks for; one statement a figure, all of the transaction's one snapshot."""
    as_of = as_of or timezone.now()
    those = subjects(subject_kind)
    figures: dict[str, dict[int, Counted]] = {}
    city: dict[str, Counted] = {}
    for key in dict.fromkeys(line["figure"] for line in body["lines"] if line.get("figure")):
        rows = counted(FIGURES[key], subject_kind, since, until)
        city[key] = total(rows)
        figures[key] = {one.pk: one.of(rows, share=FIGURES[key].is_share, own=FIGURES[key].own) for one in those}
    return Reading(as_of, those, figures, city)


def read_in_snapshot(tenant_id: int, year_score_id: int) -> Reading:
    """What is edited meanwhile changes nothing in it: one REPEATABLE READ transaction sees one moment."""
    as_of = timezone.now()
    with tenant_scope(tenant_id, snapshot=True):
        found = YearScore.objects.select_related("template").get(pk=year_score_id)
        return read(found.subject_kind, found.template.body, found.since, found.until, as_of)


@in_one_piece
def keep(year_score_id: int, reading: Reading, *, revision: int | None = None) -> YearScore:
    """Reckon the points of a reading and keep them with their records, in place of the draft's earlier ones."""
    demand("scores.run")
    year_score = locked(year_score_id, revision, State.DRAFT)
    body = year_score.template.body
    given = manual_of(year_score)
    reckoned = []
    for subject in reading.subjects:
        values, lines = {}, []
        for line in body["lines"]:
            own = reading.figures[line["figure"]][subject.pk] if line.get("figure") else None
            value, shown = value_for(line, own, reading, given.get((line["key"], subject.pk)))
            values[line["key"]] = value
            lines.append((line, own, shown))
        reckoned.append((subject, rules.score(body, values), lines))
    clear(year_score)
    write(year_score, reckoned)
    city = {
        key: [str(whole.counted), None if whole.of is None else str(whole.of)] for key, whole in reading.city.items()
    }
    move(year_score, as_of=reading.as_of, city=city, asked_at=None, reckoned_at=timezone.now())
    audit("scores.reckon", year_score, {"as_of": reading.as_of.isoformat(), "subjects": len(reckoned)})
    return year_score


def value_for(line, own: Counted | None, reading: Reading, entry) -> tuple[rules.Value, tuple[Decimal, Decimal | None]]:
    """A line's value and the two numbers it is shown and exported with. A manual line nobody has filled in counts nothing."""
    if own is not None:
        of = None if own.of is None else Decimal(own.of)
        return value_of(FIGURES[line["figure"]], own, reading.city[line["figure"]]), (Decimal(own.counted), of)
    if entry is None:
        return rules.Value(Fraction(0)), (Decimal(0), None)
    return rules.Value(Fraction(entry.counted), None if entry.of is None else Fraction(entry.of)), (
        entry.counted,
        entry.of,
    )


def manual_of(year_score: YearScore) -> dict[tuple[str, int], ManualFigure]:
    confirmed = year_score.manual.filter(state=ManualFigure.State.CONFIRMED)
    return {(one.key, one.subject_id): one for one in confirmed}


def clear(year_score: YearScore) -> None:
    ScoreLine.objects.filter(score__year_score=year_score).delete()
    year_score.scores.all().delete()


def write(year_score: YearScore, reckoned: list) -> None:
    """Best first; equal totals share a place."""
    reckoned.sort(key=lambda one: (-one[1].total, one[0].name))
    totals = sorted((result.total for _, result, _ in reckoned), reverse=True)
    scores = Score.objects.bulk_create(
        [
            Score(
                year_score=year_score,
                subject_id=subject.pk,
                name=subject.name,
                total=result.total,
                grade=result.grade,
                rank=totals.index(result.total) + 1,
                vetoes=result.vetoes,
            )
            for subject, result, _ in reckoned
        ],
        batch_size=1000,
    )
    ScoreLine.objects.bulk_create(
        [
            ScoreLine(
                score=score,
                position=position,
                key=line["key"],
                counted=shown[0],
                of=shown[1],
                points=points.points,
                vetoed=points.vetoed,
                records=FIGURES[line["figure"]].records if own is not None else "",
                counting=own.counting if own is not None else [],
                others=own.others if own is not None else [],
            )
            for score, (_, result, lines) in zip(scores, reckoned, strict=True)
            for position, ((line, own, shown), points) in enumerate(zip(lines, result.lines, strict=True))
        ],
        batch_size=500,
    )


@in_one_piece
def ask(year_score_id: int, *, revision: int | None = None) -> YearScore:
    """取数计分 in the background: it reads a great deal. Pressed again, it is done again."""
    demand("scores.run")
    year_score = locked(year_score_id, revision, State.DRAFT)
    move(year_score, asked_at=timezone.now())
    tenant_id = year_score.tenant_id
    transaction.on_commit(lambda: hand_over(tenant_id, year_score_id))
    return year_score


def hand_over(tenant_id: int, year_score_id: int) -> None:
    from accountability.tasks import reckon_scores

    try:
        reckon_scores.apply_async(kwargs={"tenant_id": tenant_id, "year_score_id": year_score_id}, retry=False)
    except OperationalError:
        # The broker is away; it is reckoned all the same, only the page waits for it.
        reckon(tenant_id, year_score_id)


def reckon(tenant_id: int, year_score_id: int) -> YearScore:
    """Read in a snapshot, then keep. What is confirmed or announced between the two is seen by `keep` under its lock."""
    reading = read_in_snapshot(tenant_id, year_score_id)
    with tenant_scope(tenant_id):
        return keep(year_score_id, reading)


def line_of(year_score: YearScore, key: str) -> dict:
    line = next((one for one in year_score.template.body["lines"] if one["key"] == key), None)
    if line is None:
        raise BadInput("模板里没有这一项。", field="key")
    return line


@in_one_piece
def enter(
    year_score_id: int, key: str, subject_id: int, counted: Decimal, of: Decimal | None, grounds: str
) -> ManualFigure:
    """人工指标填报, with its grounds; it counts once somebody else has confirmed it. Raises BadInput, IllegalMove."""
    demand("scores.enter")
    year_score = locked(year_score_id, None, State.DRAFT)
    line = line_of(year_score, key)
    if line.get("figure"):
        raise BadInput("这一项由门户自动计算，不能手工填写。", field="key")
    if subject_id not in {one.pk for one in subjects(year_score.subject_kind)}:
        raise BadInput("请选择考核对象。", field="subject_id")
    if counted < 0 or (of is not None and (of < 0 or counted > of)):
        raise BadInput("数值不能小于0，也不能大于其中应计数。", field="counted")
    if line.get("share", False) != (of is not None):
        raise BadInput(
            "这一项是比率，请同时填写应计数。" if of is None else "这一项不是比率，应计数请留空。", field="of"
        )
    if not grounds.strip():
        raise BadInput("请写明依据：文件、会议记录、台账名称和日期。", field="grounds")
    standing = year_score.manual.filter(key=key, subject_id=subject_id, state__in=("entered", "confirmed"))
    standing.update(state=ManualFigure.State.REPLACED)
    made = ManualFigure.objects.create(
        year_score=year_score,
        key=key,
        subject_id=subject_id,
        counted=counted,
        of=of,
        grounds=grounds.strip(),
        by_id=who().person_id,
        by_name=who().person_name,
    )
    move(year_score)
    audit("scores.enter", year_score, {"key": key, "subject": subject_id, "counted": str(counted), "of": str(of or "")})
    return made


@in_one_piece
def second(entry_id: int, agree: bool, note: str = "") -> ManualFigure:
    """复核 by another person than the one who entered it. Raises Refused, IllegalMove."""
    demand("scores.enter")
    entry = ManualFigure.objects.select_for_update(of=("self",)).filter(pk=entry_id).first()
    if entry is None:
        raise Http404(f"manual figure {entry_id}")
    year_score = locked(entry.year_score_id, None, State.DRAFT)
    if entry.state != ManualFigure.State.ENTERED:
        raise IllegalMove(f"这一条{entry.get_state_display()}，不用再复核。")
    if entry.by_id == who().person_id:
        raise Refused("填报人不能复核自己填的数，请由另一人复核。")
    if not agree and not note.strip():
        raise BadInput("不同意的，请写明理由。", field="note")
    entry.state = ManualFigure.State.CONFIRMED if agree else ManualFigure.State.REFUSED
    entry.second_id, entry.second_name = who().person_id, who().person_name
    entry.second_at, entry.second_note = timezone.now(), note.strip()
    entry.save(update_fields=["state", "second", "second_name", "second_at", "second_note"])
    move(year_score)
    audit("scores.second", year_score, {"entry": entry.pk, "agree": agree, "note": entry.second_note})
    return entry


def missing(year_score: YearScore) -> list[str]:
    """Why it cannot be announced yet, in sentences; empty where it can."""
    if year_score.as_of is None:
        return ["还没有取数计分。"]
    waits = []
    if year_score.until >= timezone.localdate():
        waits.append(f"考核期到{year_score.until}才结束。")
    if waiting := year_score.manual.filter(state=ManualFigure.State.ENTERED).count():
        waits.append(f"有{waiting}条人工指标待复核。")
    newest = year_score.manual.order_by("-second_at").exclude(second_at=None).first()
    if newest and newest.second_at > year_score.reckoned_at:
        waits.append("取数以后又有人工指标变动，请重新取数计分。")
    given = set(manual_of(year_score))
    those = year_score.scores.count()
    for line in year_score.template.body["lines"]:
        if line["kind"] == "indicator" and not line.get("figure"):
            have = sum(key == line["key"] for key, _ in given)
            if have < those:
                waits.append(f"人工指标“{line['label']}”还有{those - have}个对象没有数。")
    return waits


@in_one_piece
def announce(year_score_id: int, *, revision: int | None = None) -> YearScore:
    """公示: from now on each subject sees its own, and may object for five working days. Raises Refused, IllegalMove."""
    demand("scores.announce")
    year_score = locked(year_score_id, revision, State.DRAFT)
    if waits := missing(year_score):
        raise Refused("还不能公示：" + "".join(waits))
    today = timezone.localdate()
    window = make_deadline(today, WINDOW, WORKING, WINDOW_RULE)
    move(
        year_score,
        state=State.ANNOUNCED,
        announced_on=today,
        objections_until=window.due,
        window_rule=window.as_json(),
    )
    show(year_score)
    audit("scores.announce", year_score, {"until": str(window.due)})
    tell_all(
        year_score,
        f"{year_score}已公示",
        f"您单位的得分可以在门户查看。有异议的，请在{window.due}以前提出。",
    )
    return year_score


def tell_all(year_score: YearScore, title: str, body: str) -> None:
    """Everybody who answers for one of its subjects, once of each move: its revision names it."""
    those = year_score.scores.order_by().values("subject_id")
    key = f"score:{year_score.pk}:{year_score.state}:{year_score.revision}"
    tell(answering(year_score.subject_kind, those), key, title, body, reverse("score_year", args=[year_score.pk]))


def show(year_score: YearScore) -> None:
    """Fill in whose each row is, which is what the wall goes by."""
    own = {
        "district": "UPDATE {table} t SET district_id = s.subject_id FROM accountability_score s WHERE {join}",
        "department": "UPDATE {table} t SET sector = o.sector FROM accountability_score s"
        " JOIN unnest(%(subjects)s::bigint[], %(sectors)s::text[]) AS o (id, sector) ON o.id = s.subject_id WHERE {join}",
        "enterprise": "UPDATE {table} t SET enterprise_id = e.id, district_id = e.district_id, sector = e.sector"
        " FROM accountability_score s JOIN enterprises_enterprise e ON e.id = s.subject_id WHERE {join}",
    }[year_score.subject_kind]
    those = subjects(year_score.subject_kind)
    values = {
        "subjects": [one.pk for one in those],
        "sectors": [one.sectors[0] if one.sectors else "" for one in those],
        "year_score": year_score.pk,
    }
    with connection.cursor() as cursor:
        for table, join in (("accountability_score", "s.id = t.id"), ("accountability_scoreline", "s.id = t.score_id")):
            cursor.execute(own.format(table=table, join=f"{join} AND s.year_score_id = %(year_score)s"), values)


def hide(year_score: YearScore) -> None:
    blank: dict[str, Any] = {"district": None, "sector": "", "enterprise": None}
    ScoreLine.objects.filter(score__year_score=year_score).update(**blank)
    year_score.scores.update(**blank)


@in_one_piece
def recall(year_score_id: int, reason: str, *, revision: int | None = None) -> YearScore:
    """撤回公示: back to a draft, with a reason. Objections that were raised must be decided first."""
    demand("scores.announce")
    year_score = locked(year_score_id, revision, State.ANNOUNCED)
    if not reason.strip():
        raise BadInput("请写明撤回公示的理由。", field="note")
    if Objection.objects.filter(score__year_score=year_score).exists():
        raise Refused("已有单位提出异议，不能撤回公示；请逐条处理异议，在定稿时更正。")
    hide(year_score)
    move(year_score, state=State.DRAFT, announced_on=None, objections_until=None, window_rule={})
    audit("scores.recall", year_score, {"note": reason.strip()})
    tell_all(year_score, f"{year_score}撤回公示", f"得分暂时不能查看，重新计分后再公示。撤回理由：{reason.strip()}")
    return year_score


@in_one_piece
def object_to(score_id: int, key: str, text: str) -> Objection:
    """提出异议 by the one concerned, within the window. Raises BadInput, Refused, IllegalMove."""
    demand("scores.object")
    score = Score.objects.select_related("year_score", "year_score__template").filter(pk=score_id).first()
    if score is None or not is_own(score):
        raise Http404(f"score {score_id}")
    year_score = score.year_score
    if year_score.state != State.ANNOUNCED:
        raise IllegalMove("只能在公示期间提出异议。")
    assert year_score.objections_until is not None
    if timezone.localdate() > year_score.objections_until:
        raise Refused(f"异议期已于{year_score.objections_until}结束。")
    line = line_of(year_score, key)
    if not text.strip():
        raise BadInput("请写明异议和依据。", field="text")
    made = Objection.objects.create(
        score=score,
        district_id=score.district_id,
        sector=score.sector,
        enterprise_id=score.enterprise_id,
        key=key,
        text=text.strip(),
        raised_by=who().person_name,
        raised_by_unit=who().organisation_name,
    )
    audit("scores.object", score, {"key": key, "text": made.text})
    tell(
        posted(role=Role.OFFICE),
        f"objection:{made.pk}:raised",
        f"考核异议待处理：{score.name}",
        f"{year_score}，“{line['label']}”：{made.text[:200]}",
        reverse("score", args=[score.pk]),
    )
    return made


def is_own(score: Score) -> bool:
    """Whether the acting person answers for this subject itself, and not only may see it."""
    me = who()
    return {
        "district": score.subject_id == me.district_id,
        "department": score.subject_id == me.organisation_id,
        "enterprise": score.subject_id == me.enterprise_id,
    }[score.year_score.subject_kind]


@in_one_piece
def decide(
    objection_id: int, upheld: bool, correction: Decimal, answer: str, *, revision: int | None = None
) -> Objection:
    """处理异议 with a reason; upheld, it adds or takes points. Raises BadInput, IllegalMove, Refused."""
    demand("scores.decide")
    objection = (
        Objection.objects.select_for_update(of=("self",)).select_related("score").filter(pk=objection_id).first()
    )
    if objection is None:
        raise Http404(f"objection {objection_id}")
    if revision not in (None, objection.revision):
        raise Refused("这条异议刚刚被处理过，请按现在的情况再办；您填写的内容仍在下面。")
    year_score = locked(objection.score.year_score_id, None, State.ANNOUNCED)
    if objection.state != Objection.State.RAISED:
        raise IllegalMove(f"这条异议已由{objection.decided_by}处理。")
    if not answer.strip():
        raise BadInput("请写明处理意见和依据。", field="answer")
    if upheld and not correction:
        raise BadInput("予以采纳的，请填写更正的分数（可以是负数）。", field="correction")
    if not upheld and correction:
        raise BadInput("不予采纳的，更正分应为0。", field="correction")
    if abs(correction) > 100:
        raise BadInput("更正分须在−100到100之间。", field="correction")
    objection.state = Objection.State.UPHELD if upheld else Objection.State.DISMISSED
    objection.correction, objection.answer = correction, answer.strip()
    objection.decided_by, objection.decided_at = who().person_name, timezone.now()
    objection.revision += 1
    objection.save(update_fields=["state", "correction", "answer", "decided_by", "decided_at", "revision"])
    audit(
        "scores.decide", objection.score, {"objection": objection.pk, "upheld": upheld, "correction": str(correction)}
    )
    points = f"，更正{correction:+}分，定稿时计入总分" if upheld else ""
    tell(
        answering(year_score.subject_kind, [objection.score.subject_id]),
        f"objection:{objection.pk}:decided",
        f"考核异议{objection.get_state_display()}：{objection.score.name}",
        f"{year_score}，“{line_of(year_score, objection.key)['label']}”{points}。处理意见：{objection.answer[:200]}",
        reverse("score", args=[objection.score_id]),
    )
    return objection


@in_one_piece
def finish(year_score_id: int, *, revision: int | None = None) -> YearScore:
    """定稿: the window is over and every objection decided; corrections take effect, places are set, all is sealed."""
    demand("scores.announce")
    year_score = locked(year_score_id, revision, State.ANNOUNCED)
    assert year_score.objections_until is not None
    if timezone.localdate() <= year_score.objections_until:
        raise Refused(f"异议期到{year_score.objections_until}为止，之后才能定稿。")
    objections = Objection.objects.filter(score__year_score=year_score)
    if open_ones := objections.filter(state=Objection.State.RAISED).count():
        raise Refused(f"还有{open_ones}条异议没有处理。")
    corrections: dict[int, list[Decimal]] = {}
    for score_id, points in objections.filter(state=Objection.State.UPHELD).values_list("score_id", "correction"):
        corrections.setdefault(score_id, []).append(points)
    for score in year_score.scores.filter(pk__in=corrections):
        parts = list(score.lines.values_list("key", "points", "vetoed"))
        score.total, score.grade = rules.summed(year_score.template.body, parts, corrections[score.pk])
        score.save(update_fields=["total", "grade"])
    rank(year_score)
    move(year_score, state=State.FINAL, final_at=timezone.now(), digest=sealed(exported(year_score)))
    audit("scores.finish", year_score, {"digest": year_score.digest})
    tell_all(year_score, f"{year_score}已定稿", "您单位的总分、名次和等次可以在门户查看。")
    return year_score


def rank(year_score: YearScore) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accountability_score s SET rank = r.place FROM (SELECT id, rank() OVER (ORDER BY total DESC) AS place"
            " FROM accountability_score WHERE year_score_id = %s) AS r WHERE r.id = s.id",
            [year_score.pk],
        )


def note_export(year_score: YearScore) -> None:
    """Who took the whole year's scores away."""
    demand("scores.export")
    audit("scores.export", year_score, {"state": year_score.state})
