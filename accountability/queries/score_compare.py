"""A year's scores beside those of the year before, where that one is final here or was entered from outside."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accountability import rules_compare as rules
from accountability.models import PastScore, PastYear, Score, ScoreLine, YearScore
from accountability.queries.scores import Row, past_year, plain, rows


def year_before(year_score: YearScore) -> YearScore | PastYear | None:
    """The same kind of subject a year earlier, once it is final; or as it was entered, where it was not scored here."""
    year, kind = year_score.year - 1, year_score.subject_kind
    scored = YearScore.objects.select_related("template").filter(year=year, subject_kind=kind)
    return scored.filter(state=YearScore.State.FINAL).first() or past_year(year, kind)


def told_differences(now: YearScore, then: YearScore | PastYear | None) -> list[str]:
    """What of the two templates keeps the points from being compared; of a year from outside nothing is known."""
    return rules.differences(now.template.body, then.template.body) if isinstance(then, YearScore) else []


def signed(points: Decimal | None) -> str:
    """A difference as people read it; "" where there is nothing to compare with."""
    if points is None:
        return ""
    return f"{points:+}" if points else "不变"


@dataclass(frozen=True)
class Compared:
    """One subject in both years; `then` None where it was not scored a year before, or is not the reader's to see."""

    now: Score
    then: Score | PastScore | None

    @property
    def places_up(self) -> int | None:
        """How many places it has risen; negative where it fell; None where its place then was one among a part."""
        if self.then is None or (isinstance(self.then, PastScore) and not self.then.past.whole):
            return None
        return self.then.rank - self.now.rank

    @property
    def places_down(self) -> int | None:
        return None if self.places_up is None else -self.places_up

    @property
    def points_up(self) -> Decimal | None:
        return self.now.total - self.then.total if self.then else None

    @property
    def points_said(self) -> str:
        return signed(self.points_up)

    @property
    def band_changed(self) -> bool:
        return self.then is not None and self.then.grade != self.now.grade


def compared(scores: Iterable[Score], before: YearScore | PastYear) -> list[Compared]:
    """These scores in their order, each beside the same subject's of the year before."""
    scores = list(scores)
    wanted = [one.subject_id for one in scores]
    then = {one.subject_id: one for one in before.scores.filter(subject_id__in=wanted)}
    return [Compared(one, then.get(one.subject_id)) for one in scores]


@dataclass(frozen=True)
class LinePair:
    """One line of both years; one side is None where that year's template had no such line."""

    label: str
    now: Row | None
    then: Row | None

    @property
    def points_up(self) -> Decimal | None:
        return self.now.line.points - self.then.line.points if self.now and self.then else None

    @property
    def points_said(self) -> str:
        return signed(self.points_up)

    @property
    def word(self) -> str:
        """What of the template must be known before the two are compared."""
        if self.then is None:
            return "今年新增"
        if self.now is None:
            return "今年取消"
        return "计分办法有变" if rules.line_changed(self.now.told, self.then.told) else ""


def line_pairs(now: Score, then: Score) -> list[LinePair]:
    """This year's lines in their order, then those that last year alone had."""
    old = {row.line.key: row for row in rows(then)}
    pairs = [LinePair(row.label, row, old.pop(row.line.key, None)) for row in rows(now)]
    return pairs + [LinePair(row.label, None, row) for row in old.values()]


@dataclass(frozen=True)
class Standing:
    """One subject's points by line, for the table of a whole year."""

    pair: Compared
    points: list[tuple[str, str, str]]
    """By this year's lines: now, a year before ("" where there was none), and the difference with its sign."""


def by_line(pairs: list[Compared], lines: list[dict]) -> list[Standing]:
    """Two questions for however many subjects."""
    numbers = [one.pk for pair in pairs for one in (pair.now, pair.then) if isinstance(one, Score)]
    points = {
        (score, key): value
        for score, key, value in ScoreLine.objects.filter(score__in=numbers)
        .order_by()
        .values_list("score_id", "key", "points")
    }

    def cell(pair: Compared, key: str) -> tuple[str, str, str]:
        now = points.get((pair.now.pk, key))
        then = points.get((pair.then.pk, key)) if isinstance(pair.then, Score) else None
        up = now - then if now is not None and then is not None else None
        return plain(now) or "", plain(then) or "", signed(up)

    return [Standing(pair, [cell(pair, line["key"]) for line in lines]) for pair in pairs]
