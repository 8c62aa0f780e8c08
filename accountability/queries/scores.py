"""What the pages of the year-end score read."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.http import Http404
from django.urls import reverse

from accountability import rules_score as rules
from accountability.models import ManualFigure, Measure, Objection, PastScore, PastYear, Score, ScoreLine, YearScore
from accountability.queries.score_figures import FIGURES, ScoreFigure
from enterprises.models import Enterprise
from hazards.models import BroadcastAddress, Hazard
from inspections.models import Visit
from portal.tenancy.scope import who

SHOWN = 300


def years() -> list[YearScore]:
    """Those the reader has something to see of: the city all, others what has been announced."""
    found = YearScore.objects.select_related("template").annotate(n=Count("scores"))
    if who().scope not in ("city", "audit"):
        found = found.exclude(state=YearScore.State.DRAFT)
    return list(found.order_by("-year", "subject_kind"))


def year_or_404(pk: int) -> YearScore:
    found = next((one for one in years() if one.pk == pk), None)
    if found is None:
        raise Http404(f"year score {pk}")
    return found


def score_or_404(pk: int) -> Score:
    found = Score.objects.select_related("year_score", "year_score__template").filter(pk=pk).first()
    if found is None:
        raise Http404(f"score {pk}")
    return found


@dataclass(frozen=True)
class Row:
    """One line of a score as a person reads it."""

    line: ScoreLine
    told: dict
    figure: ScoreFigure | None

    @property
    def label(self) -> str:
        return self.told["label"]

    @property
    def kind(self) -> str:
        return rules.KINDS[self.told["kind"]]

    @property
    def said(self) -> str:
        return rules.said(self.told)

    @property
    def value(self) -> str:
        """The value as it went into the formula; a dash where there was nothing to take a share of."""
        counted, of = plain(self.line.counted), plain(self.line.of)
        if of is None:
            return f"{counted}{self.figure.unit if self.figure else ''}"
        return f"{counted} ÷ {of}" + ("" if Decimal(of) else "（没有应计事项）")

    @property
    def earned(self) -> str:
        """Its points in words."""
        if self.told["kind"] == "veto":
            return "一票否决" if self.line.vetoed else "未触发"
        return f"{self.line.points}"

    @property
    def lost(self) -> bool:
        return self.told["kind"] == "indicator" and self.line.points < Decimal(self.told["weight"])


def for_nothing(scores: list[Score]) -> list[Score]:
    """The scores, each with `for_nothing`: how many of its points came of lines under which nothing fell due."""
    found = ScoreLine.objects.filter(score__in=[one.pk for one in scores], of=0, points__gt=0).order_by()
    points = dict(found.values_list("score_id").annotate(Sum("points")))
    for one in scores:
        one.for_nothing = points.get(one.pk)
    return scores


def plain(value: Decimal | None) -> str | None:
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rows(score: Score) -> list[Row]:
    told = {line["key"]: line for line in score.year_score.template.body["lines"]}
    return [
        Row(line, told[line.key], FIGURES.get(told[line.key].get("figure", "")))
        for line in score.lines.defer("counting", "others")
    ]


@dataclass(frozen=True)
class Record:
    """One record behind a point: what it was counted as, how it stands now, and its page."""

    pk: int
    counts: bool
    text: str
    now: str
    link: str


def records(score: Score, key: str, counting: bool) -> tuple[Row, list[Record], int]:
    """The frozen records of a line as they stand today (at most SHOWN of them), and how many there are.

    What the reader can no longer see, or what is gone, is listed by its number: nothing that counted is left out.
    """
    row = next((row for row in rows(score) if row.line.key == key), None)
    if row is None or row.figure is None:
        raise Http404(f"line {key} of score {score.pk}")
    line = ScoreLine.objects.get(pk=row.line.pk)
    numbers = line.counting if counting else line.others
    shown = READ[row.figure.records](numbers[:SHOWN])
    found = [
        Record(
            pk,
            counting,
            *shown.get(pk, (f"{NAMES[row.figure.records]}{pk}", "不在您可以查看的范围内，或已并入其他记录", "")),
        )
        for pk in numbers[:SHOWN]
    ]
    return row, found, len(numbers)


NAMES = {"hazard": "隐患", "enterprise": "企业", "visit": "检查", "broadcast": "举一反三核查", "measure": "表彰问责"}


def hazards(numbers: list[int]) -> dict[int, tuple[str, str, str]]:
    those = Hazard.objects.filter(pk__in=numbers).select_related("enterprise")
    return {
        one.pk: (
            f"{one.enterprise.name}：{one.description[:60]}",
            f"{one.get_status_display()}，期限{one.deadline or '—'}"
            + (f"，{one.closed_on}销号" if one.closed_on else ""),
            reverse("hazard", args=[one.pk]),
        )
        for one in those
    }


def plants(numbers: list[int]) -> dict[int, tuple[str, str, str]]:
    those = Enterprise.everyone.filter(pk__in=numbers).select_related("district")
    return {
        one.pk: (
            one.name,
            f"{one.district.name}，{one.get_grade_display() or '未评定'}",
            reverse("enterprise", args=[one.pk]),
        )
        for one in those
    }


def visits(numbers: list[int]) -> dict[int, tuple[str, str, str]]:
    those = Visit.objects.filter(pk__in=numbers).select_related("enterprise")
    return {
        one.pk: (f"{one.enterprise.name} {one}", one.get_state_display(), reverse("visit", args=[one.pk]))
        for one in those
    }


def addresses(numbers: list[int]) -> dict[int, tuple[str, str, str]]:
    those = BroadcastAddress.objects.filter(pk__in=numbers).select_related("enterprise")
    return {
        one.pk: (
            f"{one.enterprise.name}：{one.title}",
            f"期限{one.answer_by}，" + (f"{one.answered_on}答复" if one.answered_on else "未答复"),
            reverse("address", args=[one.pk]),
        )
        for one in those
    }


def measures(numbers: list[int]) -> dict[int, tuple[str, str, str]]:
    those = Measure.objects.filter(pk__in=numbers)
    return {
        one.pk: (f"{one}：{one.matter}", f"{one.number}，{one.get_state_display()}", one.get_absolute_url())
        for one in those
    }


READ = {"hazard": hazards, "enterprise": plants, "visit": visits, "broadcast": addresses, "measure": measures}


def manual_figures(year_score: YearScore) -> list[ManualFigure]:
    """The newest first; each with the words of its line and subject."""
    from accountability.queries.score_subjects import subjects

    told = {line["key"]: line["label"] for line in year_score.template.body["lines"]}
    names = {one.pk: one.name for one in subjects(year_score.subject_kind)}
    found = list(year_score.manual.order_by("-id")[:SHOWN])
    for one in found:
        one.label, one.subject = told.get(one.key, one.key), names.get(one.subject_id, str(one.subject_id))
    return found


def objections(year_score: YearScore) -> list[Objection]:
    found = Objection.objects.filter(score__year_score=year_score).select_related("score")
    open_first = Q(state=Objection.State.RAISED)
    return list(found.annotate(waiting=Count("pk", filter=open_first)).order_by("-waiting", "-id")[:SHOWN])


def objection_or_404(pk: int) -> Objection:
    found = Objection.objects.select_related("score__year_score__template").filter(pk=pk).first()
    if found is None:
        raise Http404(f"objection {pk}")
    return found


def past_year(year: int, subject_kind: str) -> PastYear | None:
    """What was entered of a year that was not scored here: the newest."""
    return PastYear.objects.filter(year=year, subject_kind=subject_kind).order_by("-id").first()


def past_years() -> list[PastYear]:
    """Of each year and kind what stands, the newest year first."""
    found = PastYear.objects.order_by("year", "subject_kind", "id")
    return list({(one.year, one.subject_kind): one for one in found}.values())[::-1]


def past_year_or_404(pk: int) -> PastYear:
    found = PastYear.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(f"past year {pk}")
    return found


def last_year(score: Score) -> Score | PastScore | None:
    """The same subject a year before, where that year is final or was entered, and the reader may see it."""
    same = Score.objects.filter(subject_id=score.subject_id, year_score__year=score.year_score.year - 1)
    same = same.filter(year_score__subject_kind=score.year_score.subject_kind, year_score__state=YearScore.State.FINAL)
    if found := same.select_related("year_score__template").first():
        return found
    past = past_year(score.year_score.year - 1, score.year_score.subject_kind)
    return past.scores.select_related("past").filter(subject_id=score.subject_id).first() if past else None
