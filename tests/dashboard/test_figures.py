"""The figures: one definition each, equal over the tally and over the records."""

import random
import threading
from datetime import date, timedelta

import pytest
from django.db.utils import ProgrammingError
from django.http import QueryDict

from hazards import rules
from hazards.actions.tally import fold_tally
from hazards.filters import HazardFilter
from hazards.models import SOURCES, AccidentType, Hazard, Tally
from hazards.queries import figures
from hazards.queries.figures import Counts, facet_counts, hazard_counts, monday, tally_faults, total
from portal.tenancy.scope import tenant_scope
from tests.reminders.rows import lay
from tests.reminders.test_races import beside

TODAY = date(2026, 9, 16)
CITY = "江州市"


@pytest.fixture(autouse=True)
def that_day(on_day):
    with on_day(TODAY):
        yield


def in_city(world):
    return tenant_scope(world.tenants[CITY], CITY)


def random_history(world, seed: int) -> None:
    """Hazards moved about the table of states at random, with deadlines on both sides of today."""
    dice = random.Random(seed)
    hazards = []
    for _ in range(12):
        hazards += lay(
            world,
            dice.choice("abc"),
            days=dice.randint(-60, 20),
            n=dice.randint(1, 3),
            level=dice.choice(["general", "major"]),
            found_on=TODAY - timedelta(days=dice.randint(0, 120)),
        )
    with in_city(world):
        for _ in range(80):
            hazard = dice.choice(hazards)
            verb = dice.choice(list(rules.VERBS))
            move = rules.move_for(hazard.status, verb, *hazard.facts)
            if move is None:
                continue
            hazard.status = move.to
            if verb == "submit":
                hazard.submitted_on = TODAY - timedelta(days=dice.randint(0, 60))
                hazard.late = hazard.submitted_on > hazard.deadline
            if verb in ("return", "reopen"):
                hazard.submitted_on, hazard.late = None, False
            if verb == "reopen":
                hazard.deadline = TODAY + timedelta(days=dice.randint(0, 20))
            hazard.save()
            if dice.random() < 0.1:
                fold_tally()


def recount(on: date, found=None, **where) -> Counts:
    hazards = Hazard.objects.filter(**where)
    return Counts(
        found=Hazard.objects.filter(**where if found is None else found).count(),
        open=hazards.open().count(),
        overdue=hazards.overdue(on).count(),
        awaiting=hazards.awaiting_recheck().count(),
        closed=hazards.closed().count(),
        on_time=hazards.closed_on_time().count(),
        major_open=hazards.open().filter(level="major").count(),
    )


@pytest.mark.parametrize("seed", range(4))
def test_after_any_history_the_figures_equal_a_recount_as_of_any_day_from_this_week_on(world, seed):
    random_history(world, seed)
    with in_city(world):
        assert tally_faults() == []
        for on in (monday(TODAY), TODAY, TODAY + timedelta(days=10)):
            by_district, by_week = hazard_counts(on)
            for district, counts in by_district.items():
                assert counts == recount(on, district_id=district)
            assert total(by_district.values()) == recount(on)
            for week, counts in by_week.items():
                within = (week, week + timedelta(days=6))
                assert counts == recount(on, found={"found_on__range": within}, deadline__range=within)


def test_a_week_gone_by_is_folded_into_its_monday_and_this_one_stays_by_the_day(world):
    for days in (-9, -8, -1, 0, 1):
        lay(world, days=days)
    with in_city(world):
        fold_tally()
        kept = Tally.objects.filter(family="deadline").order_by("period").values_list("period", "n")
        today = [TODAY + timedelta(days=days) for days in (-1, 0, 1)]
        assert list(kept) == [(monday(TODAY - timedelta(days=9)), 2), *((day, 1) for day in today)]
        assert tally_faults() == []
        Hazard.objects.filter(deadline=TODAY - timedelta(days=8)).update(
            status="closed", submitted_on=TODAY, closed_on=TODAY
        )
        assert total(hazard_counts()[0].values()).overdue == recount(TODAY).overdue == 2
        fold_tally()
        assert tally_faults() == []


@pytest.mark.parametrize("login", ["inspector", "department", "auditor", "office"])
def test_everyone_sees_the_figures_of_what_they_may_see(world, login):
    random_history(world, 7)
    with world.as_(login):
        assert total(hazard_counts()[0].values()) == recount(TODAY)


def test_each_figure_opens_to_exactly_its_records(world):
    random_history(world, 11)
    with in_city(world):
        counts = total(hazard_counts()[0].values())
        for figure, n in [
            (figures.OPEN, counts.open),
            (figures.OVERDUE, counts.overdue),
            (figures.AWAITING, counts.awaiting),
            (figures.CLOSED, counts.closed),
            (figures.ON_TIME, counts.on_time),
            (figures.MAJOR_OPEN, counts.major_open),
        ]:
            query = QueryDict(figure.link().partition("?")[2])
            assert HazardFilter(query, Hazard.objects.all()).qs.count() == n, figure.label


@pytest.mark.parametrize(
    ("figure", "name", "by"),
    [
        (figures.FOUND, "found", "week"),
        (figures.CLOSED, "closed", "deadline_week"),
        (figures.ON_TIME, "on_time", "deadline_week"),
        (figures.OVERDUE, "overdue", "deadline_week"),
    ],
)
def test_each_weeks_figure_opens_to_exactly_its_records(world, figure, name, by):
    random_history(world, 5)
    with in_city(world):
        for week, counts in hazard_counts()[1].items():
            query = QueryDict(figure.link(**{by: week}).partition("?")[2])
            assert HazardFilter(query, Hazard.objects.all()).qs.count() == getattr(counts, name)


def test_the_rate_is_of_what_was_due_and_is_not_made_up_where_nothing_was(world):
    assert Counts(closed=6, on_time=5, overdue=2).rate == 62.5
    assert Counts(open=9).rate is None


def test_due_today_is_not_overdue_and_tomorrow_it_is(world):
    lay(world, days=0)
    with in_city(world):
        assert total(hazard_counts()[0].values()).overdue == 0
        assert total(hazard_counts(TODAY + timedelta(days=1))[0].values()).overdue == 1


def test_overdue_ones_stay_in_the_open_count(world):
    lay(world, days=-1)
    with in_city(world):
        assert total(hazard_counts()[0].values()) == Counts(found=1, open=1, overdue=1)


def test_a_week_runs_from_monday_to_sunday():
    assert monday(date(2026, 9, 20)) == monday(date(2026, 9, 14)) == date(2026, 9, 14)


def test_no_scope_but_the_citys_may_fold(world):
    for login in ("inspector", "officer", "department", "auditor"):
        with pytest.raises(ProgrammingError, match="permission denied"), world.as_(login):
            fold_tally()


def test_folding_one_city_leaves_the_other_alone(world):
    lay(world, "x")
    lay(world, "x")
    with in_city(world):
        assert fold_tally() == 0


def test_what_cancels_out_leaves_no_row_behind(world):
    lay(world, n=2)
    with in_city(world):
        Hazard.objects.update(status=rules.CLOSED, submitted_on=TODAY, closed_on=TODAY)
        assert Tally.objects.filter(status=rules.RECTIFYING).exists()
        fold_tally()
        assert not Tally.objects.filter(status=rules.RECTIFYING).exists()
        assert tally_faults() == []


def test_while_four_write_and_a_fifth_folds_the_tally_stays_equal_to_a_recount(committed_world):
    """Real commits: at every look in between, and at the end, the sums are those of the records."""
    world = committed_world
    over = threading.Event()

    def write(seed: int):
        random_history(world, seed)

    def fold():
        while not over.wait(0.02):
            with in_city(world):
                fold_tally()

    def look():
        while not over.wait(0.05):
            with tenant_scope(world.tenants[CITY], CITY, snapshot=True):
                looks.append(tally_faults())

    looks: list[list[str]] = []
    writers = [beside(lambda seed=seed: write(seed)) for seed in range(4)]
    others = [beside(fold), beside(look)]
    try:
        for done in writers:
            done()
    finally:
        over.set()
    for done in others:
        done()
    with in_city(world):
        assert tally_faults() == []
        assert total(hazard_counts()[0].values()) == recount(TODAY)
    assert len(looks) > 3
    assert [faults for faults in looks if faults] == []


def test_by_kind_source_and_month_the_tally_equals_a_recount_and_opens_to_it(world):
    for seed in (3, 4):
        random_history(world, seed)
    lay(world, "a", days=-20, status=rules.CLOSED, submitted_after=-25, n=2)
    lay(world, "c", days=-60, status=rules.CLOSED, submitted_after=-45)
    dice = random.Random(1)
    with in_city(world):
        for hazard in Hazard.objects.all():
            hazard.accident_type = dice.choice(AccidentType.values)
            hazard.source_kind = dice.choice([*SOURCES])
            hazard.extensions = dice.choice([0, 0, 1])
            hazard.closed_on = hazard.submitted_on if hazard.status == rules.CLOSED else None
            hazard.save()
        assert tally_faults() == []
        facets = facet_counts(TODAY)

        def opened(figure, **narrower) -> int:
            query = QueryDict(figure.link(**narrower).partition("?")[2])
            return HazardFilter(query, Hazard.objects.all()).qs.count()

        for kind, facet in facets.types.items():
            assert facet.standing == opened(figures.STANDING, accident_type=kind)
            assert facet.open == opened(figures.OPEN, accident_type=kind)
        for source, facet in facets.sources.items():
            assert facet.standing == opened(figures.STANDING, source=source)
        assert sum(facets.extended.values()) == opened(figures.EXTENDED) > 0
        for month, one in facets.months.items():
            last = figures.month_before(month, -1) - timedelta(days=1)
            assert one.found == opened(figures.FOUND, found_from=month, found_to=last)
            assert one.closed == opened(figures.CLOSED_IN, closed_from=month, closed_to=last)
            assert one.on_time == opened(figures.ON_TIME, closed_from=month, closed_to=last)
        assert sum(one.closed for one in facets.months.values()) > 0
