"""An incident is one event, with what it cost, what was expected and what moved; little else is an event."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.analytics.anomalies import (
    CONTRIBUTOR_COLUMNS,
    DAY_COLUMNS,
    DISMISSED,
    EVENT_COLUMNS,
    EXPECTED,
    Anomalies,
    Feedback,
    find_anomalies,
)
from tests.analytics.costs import AS_OF, rows, shaped, working_weeks

DAYS = 120


def costs_of(*parts: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as int_anomaly_costs has them."""
    columns = ["cost_date", "provider", "account_name", "model_id", "project", "api_key", "person", "cost_kind"]
    return pd.DataFrame(
        [found for part in parts for found in part], columns=[*columns, "currency", "cost_amount", "total_tokens"]
    )


def with_days(amounts: list[float], days_ago: range, factor: float) -> list[float]:
    """`amounts` times `factor` on so many days before the one under way."""
    return [amount * factor if len(amounts) - at in days_ago else amount for at, amount in enumerate(amounts)]


def found(*parts: list[dict[str, Any]], **other: Any) -> Anomalies:
    return find_anomalies(costs_of(*parts), AS_OF, **other)


def told(anomalies: Anomalies) -> list[tuple[str, str, date, int]]:
    events = anomalies.events
    return [(each.kind, each.series, each.start_date.date(), each.days) for each in events.itertuples()]


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def test_a_runaway_day_is_one_event_under_the_narrowest_that_explains_it():
    steady = rows(shaped(DAYS, 10.0), model_id="claude-sonnet-4-5", project="chat")
    spike = with_days(shaped(DAYS, 7.0), range(3, 4), 43.0)
    agent = rows(spike, model_id="claude-opus-4-6", project="agents", api_key="nightly", person="lin")
    anomalies = found(steady, agent)

    # The total, the provider, the project and the key all show it.
    assert told(anomalies) == [("spike", "nightly", date(2026, 6, 14), 1)]
    event = anomalies.events.iloc[0]
    assert (event["series_kind"], event["cost_kind"], event["currency"]) == ("api_key", "spend", "USD")
    assert (event["direction"], event["confidence"], event["severity"]) == ("up", "normal", "critical")
    # Sunday 14 June: two tenths of 7 are expected.
    assert event["expected_amount"] == pytest.approx(1.4)
    assert event["actual_amount"] == pytest.approx(60.2)
    assert event["excess_amount"] == pytest.approx(58.8)
    assert event["ratio"] == pytest.approx(43.0)
    first = anomalies.contributors[anomalies.contributors["rank"] == 1]
    assert dict(zip(first["dimension"], first["dimension_value"], strict=True)) == {
        "provider": "anthropic",
        "model_id": "claude-opus-4-6",
        "project": "agents",
        "api_key": "nightly",
        "person": "lin",
    }
    assert first["excess_amount"].tolist() == pytest.approx([58.8] * 5)


def test_what_two_projects_caused_together_is_named_by_their_provider():
    parts = [rows(with_days(shaped(DAYS, 10.0), range(2, 3), 6.0), project=name) for name in ("a", "b")]
    anomalies = found(*parts)
    (event,) = anomalies.events.to_dict("records")
    assert (event["series_kind"], event["series"]) == ("provider", "anthropic")
    assert event["excess_amount"] == pytest.approx(100.0)


def test_what_happens_within_a_large_rise_and_is_none_of_it_is_an_event_of_its_own():
    large = rows(with_days(shaped(DAYS, 100.0), range(1, 21), 3.0), project="chat")
    small = rows(with_days(shaped(DAYS, 1.0), range(15, 16), 15.0), "openai", project="search")
    assert {(kind, series) for kind, series, *_ in told(found(large, small))} == {
        ("level_shift", "chat"),
        ("spike", "search"),
    }


@pytest.mark.parametrize(
    ("change", "kind", "start", "days"),
    [
        ((range(7, 11), 5.0), "burst", 10, 4),
        ((range(8, 11), 0.05), "drop", 10, 3),
        ((range(1, 13), 2.5), "level_shift", 12, 7),
    ],
)
def test_an_incident_of_several_days_is_one_event_with_all_of_them(
    change: tuple[range, float], kind: str, start: int, days: int
):
    usual = working_weeks(DAYS)
    anomalies = found(rows(with_days(usual, *change)))
    assert told(anomalies) == [(kind, "anthropic", ago(start), days)]
    (event,) = anomalies.events.to_dict("records")
    true_excess = sum(with_days(usual, *change)[-start:][:days]) - sum(usual[-start:][:days])
    assert event["excess_amount"] == pytest.approx(true_excess, rel=0.1)
    assert anomalies.days["event_date"].tolist() == [pd.Timestamp(ago(start - number)) for number in range(days)]
    assert anomalies.days["actual_amount"].sum() == pytest.approx(event["actual_amount"])


def test_a_leak_is_one_slow_rise_that_is_open():
    usual = working_weeks(DAYS)
    leak = [*usual[:-20], *(amount * 1.08 ** (number + 1) for number, amount in enumerate(usual[-20:]))]
    (event,) = found(rows(leak)).events.to_dict("records")
    assert (event["kind"], event["is_open"], event["end_date"].date()) == ("slow_rise", True, ago(1))
    assert event["found_date"].date() <= ago(10)


def test_what_one_of_many_projects_shows_alone_has_to_be_further_from_the_usual():
    def incidents(noise: float, factor: float) -> list[str]:
        large = rows(working_weeks(DAYS, 500.0, seed=2), project="chat")
        small = rows(with_days(working_weeks(DAYS, 10.0, noise=noise), range(2, 3), factor), project="search")
        return [series for _, series, *_ in told(found(large, small))]

    assert incidents(noise=0.5, factor=6.0) == []
    assert incidents(noise=0.1, factor=6.0) == ["search"]


def test_missing_days_are_an_event_of_their_own_without_an_amount_and_judged_by_nobody():
    usual = working_weeks(DAYS)
    zeros = rows(with_days(usual, range(8, 11), 0.0))
    missing = pd.DataFrame(
        [("anthropic", None, "spend", ago(days)) for days in (10, 9, 8, 2, 1)],
        columns=["provider", "account_name", "cost_kind", "missing_date"],
    )
    anomalies = found(zeros, missing=missing)
    # The last two days may still come: they are late, and no event.
    assert told(anomalies) == [("missing_data", "anthropic", ago(10), 3)]
    (event,) = anomalies.events.to_dict("records")
    assert np.isnan(event["actual_amount"])
    assert np.isnan(event["excess_amount"])
    assert event["expected_amount"] == pytest.approx(sum(usual[-10:-7]), rel=0.2)
    assert not len(anomalies.contributors)


def test_a_new_and_a_gone_spender_are_named():
    old = rows(shaped(DAYS))
    new = rows([15.0] * 3, "mistral")
    gone = rows([*shaped(DAYS - 20, 30.0), *[0.0] * 20], "cohere")
    kinds = {(series, kind, start) for kind, series, start, _ in told(found(old, new, gone))}
    assert ("mistral", "new_spender", ago(3)) in kinds
    assert ("cohere", "gone_spender", ago(20)) in kinds


@pytest.mark.parametrize(
    "amounts",
    [[10.0] * 90, [0.0] * 90, [5.0], [float("nan")] * 60, [1e-9] * 90, [-3.0] * 90, [], shaped(13)],
    ids=["constant", "zero", "one point", "NaN", "tiny", "negative", "none", "13 days"],
)
def test_series_that_say_nothing_raise_nothing(amounts: list[float]):
    anomalies = found(rows(amounts))
    tables = zip(
        (anomalies.events, anomalies.days, anomalies.contributors),
        (EVENT_COLUMNS, DAY_COLUMNS, CONTRIBUTOR_COLUMNS),
        strict=True,
    )
    for table, columns in tables:
        assert not len(table)
        assert {name: str(kind) for name, kind in table.dtypes.items()} == columns


def test_ordinary_weeks_raise_nothing():
    for seed in range(5):
        assert told(found(rows(working_weeks(200, noise=0.25, seed=seed)))) == []


def test_currencies_are_apart_and_each_has_its_own_least_impact():
    yen = rows(with_days(shaped(DAYS, 10.0), range(2, 3), 9.0), "mistral", currency="JPY")
    euro = rows(with_days(shaped(DAYS, 10.0), range(2, 3), 9.0), "aleph", currency="EUR")
    least = {"JPY": 100.0, "EUR": 1.0}
    anomalies = found(yen, euro, least_impact=least.__getitem__)
    assert [(each.series, each.currency) for each in anomalies.events.itertuples()] == [("aleph", "EUR")]
    both = found(yen, euro)
    assert sorted(both.events["currency"]) == ["EUR", "JPY"]


def test_a_tenfold_price_is_told_apart_from_tenfold_use():
    amounts = with_days(shaped(DAYS), range(2, 3), 10.0)
    tokens = pd.Series(shaped(DAYS)).mul(1000).round().tolist()

    def parts(totals: list[float]) -> tuple[float, float]:
        lines = [{**line, "total_tokens": total} for line, total in zip(rows(amounts), totals, strict=True)]
        (event,) = found(lines).events.to_dict("records")
        divided = sum(event[f"{part}_amount"] for part in ("volume", "mix", "price", "new", "gone", "other"))
        assert divided == pytest.approx(event["excess_amount"])
        return event["volume_amount"] / event["excess_amount"], event["price_amount"] / event["excess_amount"]

    assert parts(tokens) == pytest.approx((0.0, 1.0), abs=0.05)
    assert parts(with_days(tokens, range(2, 3), 10.0)) == pytest.approx((1.0, 0.0), abs=0.05)


def test_an_event_keeps_its_id_while_it_grows_and_whatever_comes_after():
    amounts = with_days(working_weeks(DAYS), range(7, 11), 5.0)
    costs = costs_of(rows(amounts))
    ids = {tuple(find_anomalies(costs, as_of).events["event_id"]) for as_of in (ago(8), ago(7), ago(6), ago(1), AS_OF)}
    assert len(ids) == 1


def test_an_event_is_shown_for_ninety_days_and_with_feedback_for_ever():
    costs = costs_of(rows(with_days(shaped(200), range(91, 92), 20.0)))
    (event_id,) = find_anomalies(costs, ago(1)).events["event_id"]
    assert not len(find_anomalies(costs, AS_OF).events)
    said = [Feedback(event_id, "confirmed", "a loop")]
    (event,) = find_anomalies(costs, AS_OF, feedback=said).events.to_dict("records")
    assert (event["verdict"], event["note"]) == ("confirmed", "a loop")


@pytest.mark.parametrize("verdict", [DISMISSED, EXPECTED])
def test_the_like_of_what_was_dismissed_is_no_news_and_far_more_is(verdict: str):
    usual = shaped(DAYS)
    first = with_days(usual, range(30, 31), 6.0)
    (event_id,) = found(rows(first)).events["event_id"]
    said = [Feedback(event_id, verdict)]
    again = with_days(first, range(9, 10), 7.0)
    assert [days for *_, days in told(found(rows(again)))] == [1, 1]
    learned = found(rows(again), feedback=said).events
    assert learned["event_id"].tolist() == [event_id]
    assert learned["verdict"].tolist() == [verdict]
    assert len(found(rows(with_days(first, range(9, 10), 30.0)), feedback=said).events) == 2


@pytest.mark.parametrize("verdict", [DISMISSED, EXPECTED])
@pytest.mark.parametrize(
    ("days", "factor"), [(range(7, 11), 5.0), (range(8, 11), 0.05), (range(1, 13), 2.5), (range(20, 60), 3.0)]
)
def test_what_was_said_of_an_event_finds_it_again(days: range, factor: float, verdict: str):
    costs = costs_of(rows(with_days(working_weeks(DAYS), days, factor), project="search"))
    (event_id,) = find_anomalies(costs, AS_OF).events["event_id"][:1]
    learned = find_anomalies(costs, AS_OF, feedback=[Feedback(event_id, verdict)]).events
    assert learned.loc[learned["event_id"] == event_id, "verdict"].tolist() == [verdict]


def test_the_order_of_rows_changes_nothing():
    costs = costs_of(
        rows(with_days(working_weeks(DAYS), range(7, 11), 5.0)), rows(working_weeks(DAYS, seed=2), "openai")
    )
    shuffled = costs.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(find_anomalies(costs, AS_OF).events, find_anomalies(shuffled, AS_OF).events)


def test_where_nothing_is_usual_nothing_is_expected_and_no_ratio_is_made_of_it():
    # The logarithm of a twentieth of 219 and back is 2e-15 more.
    costs = [219.0 * (at % 9 == 0) for at in range(DAYS)]
    costs[-6] = 1206.0
    (event,) = found(rows(costs)).events.to_dict("records")
    assert (event["kind"], event["expected_amount"], event["excess_amount"]) == ("spike", 0.0, 1206.0)
    assert np.isnan(event["ratio"])
