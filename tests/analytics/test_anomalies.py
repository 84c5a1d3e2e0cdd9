"""An unusual day is told by its past alone, with what it cost, what was expected and what moved; little else is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.analytics.anomalies import COLUMNS, find_anomalies, judge
from tests.analytics.costs import AS_OF, WEEK_SHAPE, daily, row, rows, series, working_weeks
from tests.examples import examples

DAYS = 100


def with_day(amounts: list[float], days_ago: int, amount: float) -> list[float]:
    """`amounts` with another amount that many days before the one under way."""
    return [*amounts[:-days_ago], amount, *amounts[len(amounts) - days_ago + 1 :]]


def shaped(days: int, level: float = 20.0) -> list[float]:
    """A working week without noise."""
    first = AS_OF - timedelta(days=days)
    return [level * WEEK_SHAPE[(first + timedelta(days=number)).weekday()] for number in range(days)]


def found(*parts: list[dict[str, Any]]) -> list[tuple[str, date, str]]:
    anomalies = find_anomalies(daily(*parts), AS_OF)
    return [(each.series, each.anomaly_date.date(), each.direction) for each in anomalies.itertuples()]


def test_a_runaway_day_is_reported_with_its_figures_and_its_cause():
    steady = rows(shaped(DAYS, 10.0), model_id="claude-sonnet-4-5")
    agent = rows(with_day(shaped(DAYS, 7.0), 3, 61.4), model_id="claude-opus-4-6")
    anomalies = find_anomalies(daily(steady, agent), AS_OF)

    assert anomalies["series"].tolist() == ["total", "anthropic"]
    day = anomalies.iloc[0].to_dict()
    # Sunday 14 June: two tenths of 17 are expected.
    assert day["anomaly_date"] == pd.Timestamp(2026, 6, 14)
    assert (day["cost_kind"], day["series_kind"], day["currency"]) == ("spend", "total", "USD")
    assert (day["direction"], day["confidence"]) == ("up", "normal")
    assert day["actual_amount"] == pytest.approx(63.4)
    assert day["expected_amount"] == pytest.approx(3.4)
    assert day["excess_amount"] == pytest.approx(60.0)
    assert day["ratio"] == pytest.approx(63.4 / 3.4)
    assert day["top_contributor"] == "anthropic/claude-opus-4-6"
    assert day["explanation"] == (
        "$63.40 against $3.40 expected (18.6\N{MULTIPLICATION SIGN}); "
        "most of the excess came from anthropic/claude-opus-4-6."
    )


def test_a_cause_below_half_of_the_excess_is_not_called_most_of_it():
    parts = [
        rows(with_day(shaped(DAYS, 10.0), 2, top), name, model_id=None, currency="EUR")
        for name, top in (("a", 60.0), ("b", 59.0), ("c", 58.0))
    ]
    anomalies = find_anomalies(daily(*parts), AS_OF)
    total = anomalies[anomalies["series"] == "total"]
    assert total["explanation"].tolist() == [
        "€177.00 against €30.00 expected (5.9\N{MULTIPLICATION SIGN}); the largest part of the excess came from a."
    ]


def test_ordinary_weeks_raise_nothing_and_nothing_has_its_columns_too():
    for seed in range(5):
        assert found(rows(working_weeks(200, noise=0.25, seed=seed))) == []
    for anomalies in (find_anomalies(daily(), AS_OF), find_anomalies(daily(rows(shaped(60))), AS_OF)):
        assert {name: str(kind) for name, kind in anomalies.dtypes.items()} == COLUMNS


def test_a_sunday_like_a_working_day_is_no_incident_and_a_sunday_above_all_of_them_is():
    assert found(rows(with_day(shaped(DAYS), 3, 22.0))) == []
    assert found(rows(with_day(shaped(DAYS), 3, 40.0))) == [
        ("total", date(2026, 6, 14), "up"),
        ("anthropic", date(2026, 6, 14), "up"),
    ]


def test_an_outage_is_reported_as_down():
    outage = find_anomalies(daily(rows(with_day(shaped(DAYS), 1, 0.0))), AS_OF)
    assert outage["direction"].tolist() == ["down", "down"]
    assert outage["explanation"].tolist()[0] == (
        "$0.00 against $22.00 expected; most of the shortfall came from anthropic/claude-opus-4-6."
    )


def test_a_small_amount_is_nobodys_incident():
    assert found(rows(with_day(shaped(DAYS, 0.05), 2, 0.9))) == []
    assert len(found(rows(with_day(shaped(DAYS, 0.05), 2, 1.2)))) == 2


def test_a_new_level_is_reported_and_then_accepted():
    risen = [*shaped(80), *[5 * amount for amount in shaped(40)]]
    verdicts = [each.day.date() for each in judge(series(risen))]
    start = AS_OF - timedelta(days=40)
    assert verdicts[0] == start
    assert max(verdicts) < start + timedelta(days=7)


def test_a_bill_that_comes_every_month_is_expected_and_a_far_larger_one_is_not():
    weekly = rows(shaped(170))

    def bills(last: float) -> list[dict[str, Any]]:
        usual = [row(date(2026, number, 9), 80.0 + number, "groq") for number in range(1, 6)]
        return [*usual, row(date(2026, 6, 9), last, "groq")]

    assert found(weekly, bills(86.0)) == []
    assert found(weekly, bills(300.0)) == [("total", date(2026, 6, 9), "up"), ("groq", date(2026, 6, 9), "up")]


def test_the_ends_of_months_must_rise_over_earlier_ones():
    amounts = shaped(DAYS)
    for day in (date(2026, 4, 1), date(2026, 5, 31)):
        amounts = with_day(amounts, (AS_OF - day).days, 60.0)
    booked = with_day(amounts, (AS_OF - date(2026, 6, 1)).days, 80.0)
    assert ("total", date(2026, 6, 1), "up") not in found(rows(booked))
    larger = with_day(amounts, (AS_OF - date(2026, 6, 1)).days, 100.0)
    assert ("total", date(2026, 6, 1), "up") in found(rows(larger))


def test_a_credit_is_no_outage():
    credited = [*rows(shaped(DAYS)), row(AS_OF - timedelta(days=2), -50.0)]
    assert found(credited) == []


def test_two_weeks_are_needed_and_up_to_four_are_called_early():
    wild = 400.0
    assert found(rows(with_day(shaped(14), 1, wild))) == []
    for days, confidence in ((15, "early"), (28, "early"), (29, "normal")):
        anomalies = find_anomalies(daily(rows(with_day(shaped(days), 1, wild))), AS_OF)
        assert anomalies["confidence"].tolist() == [confidence, confidence]


def test_the_last_ninety_days_are_told_of():
    for days_ago, told in ((90, 2), (91, 0)):
        assert len(found(rows(with_day(shaped(150), days_ago, 400.0)))) == told


def test_one_series_of_many_is_told_under_its_own_currency_and_kind():
    euro = rows(with_day(shaped(DAYS), 2, 300.0), "mistral", currency="EUR", cost_kind="list_price_value")
    anomalies = find_anomalies(daily(rows(shaped(DAYS)), euro), AS_OF)
    named = anomalies[["cost_kind", "series_kind", "series", "currency"]].to_numpy().tolist()
    assert named == [
        ["list_price_value", "total", "total", "EUR"],
        ["list_price_value", "provider", "mistral", "EUR"],
    ]


MICROS = st.integers(0, 30_000_000).map(lambda micros: micros / 1_000_000)
AMOUNTS = st.one_of(MICROS, st.sampled_from([0.0, -5.0, 100.0, 1000.0]))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(AMOUNTS, min_size=15, max_size=140), st.integers(14, 140))
def test_no_later_day_changes_an_earlier_verdict(amounts: list[float], known: int):
    costs = series(amounts)
    then = list(judge(costs.iloc[:known]))
    now = [verdict for verdict in judge(costs) if verdict.day < costs.index[0] + timedelta(days=known)]
    assert then == now
