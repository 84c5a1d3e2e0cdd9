"""Which days are asked for: gaps and what may have changed, in windows that fit, and nothing that has settled."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.periods import Window
from pipelines.sources.api.coverage import Progress, Reach, due, further_back, settled

START = date(2026, 9, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def days(windows: Iterable[Window]) -> list[date]:
    return [asked for window in windows for asked in window.days()]


def is_newest_first(windows: list[Window]) -> bool:
    """Whether no two windows share a day and each is older than the one before."""
    return all(later.start >= earlier.end for later, earlier in pairwise(windows))


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    earliest = draw(st.integers(0, 40))
    end = draw(st.integers(earliest, 80))
    return Reach(day(end), day(earliest), draw(st.integers(1, 12)), draw(st.integers(1, 12)))


DAYS = st.integers(0, 80).map(day)


@given(reaches(), DAYS, st.none() | DAYS, st.sets(DAYS), st.dictionaries(DAYS, st.integers(1, 2), max_size=3))
def test_what_is_due_is_what_lacks_what_may_change_and_what_is_in_doubt(
    reach: Reach, first: date, open_from: date | None, covered: set[date], emptied: dict[date, int]
):
    progress = Progress(first_day=first, settled_before=open_from, emptied=emptied)
    begun = {day(number) for number in range(81) if max(first, reach.earliest) <= day(number) < reach.end}
    lacking, doubtful = begun - covered, begun & set(emptied)
    last_restated = reach.end - timedelta(days=reach.restated_for)
    changing = {one for one in begun if one >= min(open_from or first, last_restated)}
    windows = due(reach, progress, covered)
    assert sorted(days(windows)) == sorted(lacking | doubtful | changing)
    assert is_newest_first(windows)
    assert max([(window.end - window.start).days for window in windows], default=0) <= reach.longest_window

    latest = {one for one in changing if one >= reach.end - timedelta(days=2) and one >= (open_from or first)}
    shortly_after = due(reach, progress, covered, only_gaps=True)
    assert sorted(days(shortly_after)) == sorted(lacking | doubtful | latest)


@given(reaches())
def test_neighbouring_days_are_asked_together(reach: Reach):
    windows = due(reach, Progress(first_day=reach.earliest), covered=set())
    total = (reach.end - reach.earliest).days
    assert len(windows) == -(-total // reach.longest_window)


@given(
    restated_for=st.integers(1, 10),
    longest=st.integers(1, 9),
    steps=st.lists(st.integers(0, 12), min_size=1, max_size=12),
)
def test_every_day_is_asked_until_it_settled_and_never_again(restated_for: int, longest: int, steps: list[int]):
    progress = Progress(first_day=START)
    covered: set[date] = set()
    finished: set[date] = set()
    end = 5
    for step in steps:
        end += step
        reach = Reach(day(end), START, longest, restated_for)
        asked = set(days(due(reach, progress, covered)))
        assert {one for one in asked & finished if one < reach.settles} == set(), "it had settled"
        assert set(Window(START, reach.end).days()) - covered <= asked
        covered |= asked
        finished |= {one for one in asked if one < reach.settles}
        progress = settled(progress, reach)
        assert finished >= set(Window(START, max(reach.settles, START)).days()), "asked once it had settled"


@given(reaches(), st.none() | DAYS)
def test_a_walk_back_ends_where_the_reach_does(reach: Reach, begun_from: date | None):
    progress = Progress(first_day=begun_from)
    walked = []
    while (window := further_back(reach, progress)) is not None:
        walked.append(window)
        progress = replace(progress, first_day=window.start)
    begin = begun_from or reach.end
    assert sorted(days(walked)) == list(Window(min(reach.earliest, begin), begin).days())
    assert is_newest_first(walked)
    assert max([(window.end - window.start).days for window in walked], default=0) <= reach.longest_window


def test_a_walk_back_that_found_its_beginning_goes_no_further():
    reach = Reach(day(60), day(0), 31, 3)
    assert further_back(reach, Progress(first_day=day(20))) == Window(day(0), day(20))
    assert further_back(reach, Progress(first_day=day(20), reached_beginning=True)) is None


def test_before_the_first_answer_nothing_is_due():
    assert due(Reach(day(60), day(0), 31, 3), Progress(), covered=set()) == []


def test_eight_days_off_are_eight_days_asked_and_those_that_were_open():
    progress = settled(Progress(first_day=day(0)), Reach(day(20), day(0), 31, 3))
    covered = set(Window(day(0), day(20)).days())
    assert due(Reach(day(28), day(0), 31, 3), progress, covered) == [Window(day(17), day(28))]


def test_a_run_that_broke_off_leaves_what_it_did_not_settle_to_the_next():
    progress = settled(Progress(first_day=day(0)), Reach(day(20), day(0), 31, 3))
    covered = set(Window(day(0), day(28)).days())
    assert due(Reach(day(40), day(0), 31, 3), progress, covered) == [Window(day(17), day(40))]


def test_a_clock_that_went_back_asks_for_no_day_that_is_not_there_yet():
    progress = settled(Progress(first_day=day(10)), Reach(day(20), day(0), 31, 3))
    assert due(Reach(day(5), day(0), 31, 3), progress, covered=set()) == []
    assert settled(progress, Reach(day(5), day(0), 31, 3)) == progress


@given(
    st.builds(
        Progress,
        first_day=st.none() | DAYS,
        settled_before=st.none() | DAYS,
        reached_beginning=st.booleans(),
        emptied=st.dictionaries(DAYS, st.integers(1, 3)),
        unknown_fields=st.lists(st.text(), unique=True).map(sorted).map(tuple),
    )
)
def test_progress_survives_its_manifest(progress: Progress):
    assert Progress.from_cursor(json.loads(json.dumps(progress.to_cursor()))) == progress
