"""Which days are asked for: gaps and what may have changed, in windows that fit, and nothing that has settled."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.periods import Window
from pipelines.sources.api.framework.coverage import Progress, Reach, due, further_back, settled

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
    lengths = st.integers(1, 12)
    return Reach(day(end), day(earliest), draw(lengths), draw(lengths), draw(lengths))


DAYS = st.integers(0, 80).map(day)


@given(
    reach=reaches(),
    first=DAYS,
    reread=st.integers(0, 20),
    covered=st.sets(DAYS),
    doubted=st.tuples(st.dictionaries(DAYS, st.integers(1, 2), max_size=3), st.frozensets(DAYS, max_size=3)),
)
def test_what_is_due_is_what_lacks_what_may_change_and_what_is_in_doubt(
    reach: Reach, first: date, reread: int, covered: set[date], doubted: tuple[dict[date, int], frozenset[date]]
):
    emptied, refused = doubted
    last = reach.end - timedelta(days=reread)
    settled_before = last - timedelta(days=reach.restated_for)
    progress = Progress(first, settled_before, last, last, emptied=emptied, refused=refused)
    begun = {day(number) for number in range(81) if max(first, reach.earliest) <= day(number) < reach.end}
    needed = begun - covered | begun & {*emptied, *refused}
    again = {0: min(3, reach.restated_for)} | dict.fromkeys(
        range(1, 7), max(reach.page_days, reread + reach.restated_for)
    )
    ago = again.get(reread, max(reach.page_days, 62, reread + reach.restated_for))
    windows = due(reach, progress, covered)
    assert set(days(windows)) == needed | {one for one in begun if one >= reach.end - timedelta(days=ago)}
    assert is_newest_first(windows)
    assert max([(window.end - window.start).days for window in windows], default=0) <= reach.longest_window
    assert all(len(list(window.days())) == 1 for window in windows if set(window.days()) & refused)

    latest = {one for one in begun if one >= reach.end - timedelta(days=2)}
    assert set(days(due(reach, progress, covered, only_gaps=True))) == needed | latest


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
def test_every_day_is_asked_until_it_settled_and_then_for_two_months_each_week(
    restated_for: int, longest: int, steps: list[int]
):
    progress = Progress(first_day=START)
    asked_on: dict[date, date] = {}
    end = 5
    for step in steps:
        end += step
        reach = Reach(day(end), START, longest, restated_for)
        asked_on |= dict.fromkeys(days(due(reach, progress, asked_on)), reach.end)
        progress = settled(progress, reach)
        assert sorted(asked_on) == list(Window(START, reach.end).days())
        for one, on in asked_on.items():
            assert (on - one).days >= min(restated_for, (reach.end - one).days), "asked once it had settled"
            assert (reach.end - on).days < 7 or (reach.end - one).days > 62 - 7, "two months are asked each week"


@given(reaches(), st.none() | DAYS)
def test_a_walk_back_ends_where_the_reach_does(reach: Reach, begun_from: date | None):
    progress = Progress(first_day=begun_from)
    walked = []
    while (window := further_back(reach, progress, first_figures=None)) is not None:
        walked.append(window)
        progress = replace(progress, first_day=window.start)
    begin = begun_from or reach.end
    assert sorted(days(walked)) == list(Window(min(reach.earliest, begin), begin).days())
    assert is_newest_first(walked)
    assert max([(window.end - window.start).days for window in walked], default=0) <= reach.longest_window


def walked_to(longest: int, figures: set[date], *, is_given: bool = False, bill_began: date | None = None) -> date:
    """How far back a walk goes that meets `figures` on its way."""
    reach = Reach(day(60), day(-2000), longest, 3, is_given=is_given)
    progress = Progress()
    while True:
        seen = [one for one in figures if progress.first_day and one >= progress.first_day]
        window = further_back(reach, progress, min(seen, default=None), bill_began)
        if window is None:
            assert progress.first_day is not None
            return progress.first_day
        progress = replace(progress, first_day=window.start)


@given(longest=st.integers(1, 180), pause=st.integers(0, 400))
def test_a_pause_ends_no_history_however_few_days_are_asked_at_once(longest: int, pause: int):
    figures = {day(20), day(20 - pause)}
    assert walked_to(longest, figures) <= day(20 - pause)
    assert walked_to(longest, figures) > day(20 - pause - 400 - longest), "but the search ends"
    assert walked_to(longest, figures, is_given=True) == day(-2000)


def test_the_bills_first_day_says_how_far_back_its_use_is_looked_for():
    assert walked_to(31, {day(20)}, bill_began=day(-300)) == day(60 - 12 * 31)
    assert walked_to(31, {day(20)}, bill_began=day(25)) == day(60 - 4 * 31)
    assert walked_to(31, {day(20)}) < day(-300)


def test_a_walk_back_that_found_its_beginning_is_taken_up_when_an_earlier_day_is_wanted():
    progress = Progress(first_day=day(-400))
    assert further_back(Reach(day(60), day(-2000), 31, 3), progress, day(20)) is None
    wanted = Reach(day(60), day(-410), 31, 3, is_given=True)
    assert further_back(wanted, progress, day(20)) == Window(day(-410), day(-400))


def test_a_home_of_an_older_version_looks_further_back():
    progress = Progress.from_cursor(
        {"first_day": "2026-07-01", "settled_before": "2026-09-01", "reached_beginning": True}
    )
    assert further_back(Reach(START, day(-2000), 31, 3), progress, date(2026, 8, 20)) is not None


def test_what_a_provider_refuses_is_tried_again_each_week():
    reach = Reach(day(60), day(-2000), 31, 3)
    progress = settled(Progress(first_day=day(0)), reach)
    refused = replace(progress, refused_before=day(0))
    assert further_back(reach, refused, day(10)) is None
    assert further_back(reach, settled(refused, replace(reach, end=day(61))), day(10)) is None
    assert further_back(reach, settled(refused, replace(reach, end=day(67))), day(10)) is not None


def test_what_is_asked_for_again_is_due_whole():
    covered = set(Window(day(0), day(60)).days())
    progress = settled(Progress(first_day=day(0)), Reach(day(60), day(0), 31, 3))
    again = Reach(day(60), day(-20), 31, 3, again_from=day(-20))
    assert sorted(days(due(again, progress, covered))) == list(Window(day(-20), day(60)).days())


def test_before_the_first_answer_nothing_is_due():
    assert due(Reach(day(60), day(0), 31, 3), Progress(), covered=set()) == []


def test_four_days_off_are_four_days_asked_and_those_that_were_open():
    progress = settled(Progress(first_day=day(0)), Reach(day(20), day(0), 31, 3))
    covered = set(Window(day(0), day(20)).days())
    assert due(Reach(day(24), day(0), 31, 3), progress, covered) == [Window(day(17), day(24))]


def test_a_run_that_broke_off_leaves_what_it_did_not_settle_to_the_next():
    progress = settled(Progress(first_day=day(0)), Reach(day(20), day(0), 31, 3))
    covered = set(Window(day(0), day(24)).days())
    assert due(Reach(day(26), day(0), 31, 3), progress, covered) == [Window(day(17), day(26))]


@pytest.mark.parametrize(("page_days", "first"), [(1, day(97)), (31, day(69)), (180, day(0))])
def test_each_day_what_one_request_answers_for_is_read_again_and_each_hour_three_days(page_days: int, first: date):
    def asked(progress: Progress, end: int) -> list[date]:
        return sorted(days(due(Reach(day(end), day(0), 200, 3, page_days), progress, covered)))

    covered = set(Window(day(0), day(101)).days())
    progress = settled(Progress(first_day=day(0)), Reach(day(99), day(0), 200, 3, page_days))
    assert asked(progress, 99) == [day(96), day(97), day(98)]
    assert asked(progress, 100)[0] == min(first, day(96))


def test_a_clock_that_went_back_asks_for_no_day_that_is_not_there_yet():
    progress = settled(Progress(first_day=day(10)), Reach(day(20), day(0), 31, 3))
    assert due(Reach(day(5), day(0), 31, 3), progress, covered=set()) == []
    assert settled(progress, Reach(day(5), day(0), 31, 3)) == progress


@given(
    st.builds(
        Progress,
        first_day=st.none() | DAYS,
        settled_before=st.none() | DAYS,
        reread_on=st.none() | DAYS,
        reread_weekly_on=st.none() | DAYS,
        began=st.none() | DAYS,
        refused_before=st.none() | DAYS,
        refused=st.frozensets(DAYS),
        emptied=st.dictionaries(DAYS, st.integers(1, 3)),
        unknown_fields=st.lists(st.text(), unique=True).map(sorted).map(tuple),
    )
)
def test_progress_survives_its_manifest(progress: Progress):
    assert Progress.from_cursor(json.loads(json.dumps(progress.to_cursor()))) == progress
