"""Events of one series: when they begin and end, and that no later day changes an earlier verdict."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.analytics.events import Event, events_of
from tests.analytics.costs import AS_OF, WEEK_SHAPE, series
from tests.examples import examples

DAYS = 100


def shaped(days: int, level: float = 20.0) -> list[float]:
    """A working week without noise."""
    first = AS_OF - timedelta(days=days)
    return [level * WEEK_SHAPE[(first + timedelta(days=number)).weekday()] for number in range(days)]


def with_day(amounts: list[float], days_ago: int, amount: float) -> list[float]:
    """`amounts` with another amount that many days before the one under way."""
    return [*amounts[:-days_ago], amount, *amounts[len(amounts) - days_ago + 1 :]]


def told(amounts: list[float], least_impact: float = 1.0) -> list[tuple[str, date, int]]:
    return [
        (event.kind, event.start.date(), len(event.days))
        for event in events_of(series(amounts), least_impact=least_impact)
    ]


def test_a_sunday_like_a_working_day_is_no_incident_and_a_sunday_above_all_of_them_is():
    assert told(with_day(shaped(DAYS), 3, 22.0)) == []
    assert told(with_day(shaped(DAYS), 3, 40.0)) == [("spike", date(2026, 6, 14), 1)]


def test_a_small_amount_is_nobodys_incident():
    assert told(with_day(shaped(DAYS, 0.05), 2, 0.9)) == []
    assert len(told(with_day(shaped(DAYS, 0.05), 2, 1.2))) == 1
    assert told(with_day(shaped(DAYS, 0.05), 2, 1.2), least_impact=150.0) == []


def test_a_new_level_is_reported_once_and_then_accepted():
    risen = [*shaped(100)[:60], *[5 * amount for amount in shaped(40)]]
    assert told(risen) == [("level_shift", AS_OF - timedelta(days=40), 7)]


def test_a_bill_that_comes_every_month_is_expected_and_a_far_larger_one_is_not():
    def billed(last: float) -> list[float]:
        amounts = shaped(170)
        for month in range(1, 6):
            amounts = with_day(amounts, (AS_OF - date(2026, month, 9)).days, 100.0 + month)
        return with_day(amounts, (AS_OF - date(2026, 6, 9)).days, last)

    june = [event for event in told(billed(110.0)) if event[1] == date(2026, 6, 9)]
    assert june == []
    assert ("spike", date(2026, 6, 9), 1) in told(billed(300.0))


def test_the_ends_of_months_must_rise_over_earlier_ones():
    amounts = shaped(DAYS)
    for day in (date(2026, 4, 1), date(2026, 4, 30)):
        amounts = with_day(amounts, (AS_OF - day).days, 60.0)
    first = (AS_OF - date(2026, 6, 1)).days
    assert date(2026, 6, 1) not in [day for _, day, _ in told(with_day(amounts, first, 100.0))]
    assert date(2026, 6, 1) in [day for _, day, _ in told(with_day(amounts, first, 110.0))]


def test_a_credit_is_no_outage():
    assert told(with_day(shaped(DAYS), 2, -50.0)) == []


def test_a_gap_of_forty_days_is_one_event_and_so_is_its_end():
    gap = [*shaped(120)[:60], *[0.0] * 40, *shaped(20)]
    assert next(kind for kind, *_ in told(gap)) == "gone_spender"
    assert len(told(gap)) <= 2


def test_two_weeks_are_needed_and_up_to_ninety_days_are_called_early():
    assert told(with_day(shaped(14), 1, 400.0)) == []
    for days, confidence in ((15, "early"), (90, "early"), (91, "normal")):
        (event,) = events_of(series(with_day(shaped(days), 1, 400.0)))
        assert event.confidence == confidence


AMOUNTS = st.one_of(
    st.integers(0, 30_000_000).map(lambda micros: micros / 1_000_000),
    st.sampled_from([0.0, -5.0, 100.0, 1000.0, float("nan")]),
)


def known_by(events: list[Event], day: pd.Timestamp) -> list[tuple[str, pd.Timestamp, list[tuple[pd.Timestamp, str]]]]:
    """What was known of the events on `day`: found until then, with their days until then."""
    return sorted(
        (event.direction, event.found_on, [(each.day, repr(each)) for each in event.days if each.day <= day])
        for event in events
        if event.found_on <= day
    )


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(AMOUNTS, min_size=15, max_size=140), st.lists(AMOUNTS, min_size=1, max_size=60))
def test_no_later_day_changes_what_was_found_before(past: list[float], future: list[float]):
    whole = pd.Series([*past, *future], index=pd.date_range("2026-01-01", periods=len(past) + len(future)))
    then, last = whole.iloc[: len(past)], whole.index[len(past) - 1]
    assert known_by(events_of(then), last) == known_by(events_of(whole), last)


@pytest.mark.parametrize("factor", [0.0, 5.0, 1000.0])
def test_the_future_of_a_year_changes_no_past_event(factor: float):
    past, future = shaped(200), [factor * amount for amount in shaped(165)]
    past = with_day(past, 30, 400.0)
    whole = pd.Series([*past, *future], index=pd.date_range("2025-01-06", periods=365))
    last = whole.index[199]
    assert known_by(events_of(whole.iloc[:200]), last) == known_by(events_of(whole), last)
