"""What a person said was an error or expected is no measure: a forecast is as if it had not been."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from pipelines.analytics.anomalies import DISMISSED, EXPECTED, Feedback, find_anomalies, masks_of
from pipelines.analytics.forecast import Forecasts, forecast
from pipelines.analytics.masks import Calendar, ExpectedCost, LevelShift, Mask, holiday_factor, learnt
from tests.analytics.costs import AS_OF, daily, rows, series, shaped, working_weeks


def masked(*days_ago: int, **scope: str) -> Mask:
    return Mask(
        pd.DatetimeIndex([pd.Timestamp(AS_OF - timedelta(days=ago)) for ago in sorted(days_ago)[::-1]]),
        {column: [value] for column, value in scope.items()},
    )


def assert_same(found: Forecasts, expected: Forecasts) -> None:
    pd.testing.assert_frame_equal(found.daily, expected.daily)
    pd.testing.assert_frame_equal(found.status, expected.status)
    pd.testing.assert_frame_equal(
        found.totals[found.totals["horizon"] != "month_end"], expected.totals[expected.totals["horizon"] != "month_end"]
    )


def masks_after(costs: pd.DataFrame, verdict: str) -> list[Mask]:
    """The masks of a person who says this of all that is found."""
    events = costs.assign(account_name="a", person=None, total_tokens=0)
    ids = find_anomalies(events, AS_OF).events["event_id"]
    assert len(ids) == 1
    judged = find_anomalies(events, AS_OF, feedback=[Feedback(event_id, verdict) for event_id in ids])
    return masks_of(judged.events, judged.days)


@pytest.mark.parametrize("verdict", [DISMISSED, EXPECTED])
@pytest.mark.parametrize("factors", [(9.0,), (6.0, 7.0, 8.0), (0.0, 0.0, 0.0, 0.0)])
def test_a_series_with_an_expected_event_is_forecast_as_the_series_without_it(verdict: str, factors: tuple[float, ...]):
    whole = shaped(120)
    changed = [*whole[:80], *(amount * factor for amount, factor in zip(whole[80:], factors, strict=False))]
    changed += whole[len(changed) :]
    assert changed != whole
    costs = labelled(rows(changed))
    found = forecast(costs, AS_OF, no_days(), calendar=Calendar(masks_after(costs, verdict)))
    assert_same(found, forecast(labelled(rows(whole)), AS_OF, no_days()))


def test_how_large_a_masked_spike_is_changes_nothing_but_what_the_month_has_cost():
    calm = working_weeks(120)
    one, other = ([*calm[:-6], calm[-6] * factor, *calm[-5:]] for factor in (3.0, 300.0))
    known = [
        forecast(daily(rows(amounts)), AS_OF, no_days(), calendar=Calendar([masked(6)])) for amounts in (one, other)
    ]
    assert_same(*known)
    ends = [found.totals.set_index(["series", "horizon"])["total_amount"]["total", "month_end"] for found in known]
    assert ends[1] - ends[0] == pytest.approx(297 * calm[-6])


def test_the_spike_of_a_project_is_masked_in_its_provider_and_the_rest_of_the_day_is_not():
    busy, small = working_weeks(100), [2.0] * 100
    spike = [*small[:90], 500.0, *small[91:]]
    costs, calm = (labelled(rows(busy, project="chat"), rows(part, project="batch")) for part in (spike, small))
    assert_same(
        forecast(costs, AS_OF, no_days(), calendar=Calendar([masked(10, project="batch")])),
        forecast(calm, AS_OF, no_days()),
    )


def test_a_mask_is_of_the_currency_that_was_billed_and_of_one_kind_of_cost():
    whole = shaped(100)
    spike = [*whole[:90], 900.0, *whole[91:]]
    scope = {"cost_kind": "spend", "billing_currency": "USD"}
    found = forecast(daily(rows(spike)), AS_OF, no_days(), calendar=Calendar([masked(10, **scope)]))
    assert_same(found, forecast(daily(rows(whole)), AS_OF, no_days()))
    for other in ({"cost_kind": "list_price_value"}, {"billing_currency": "EUR"}):
        left = forecast(daily(rows(spike)), AS_OF, no_days(), calendar=Calendar([masked(10, **scope | other)]))
        assert_same(left, forecast(daily(rows(spike)), AS_OF, no_days()))


def test_of_two_masks_of_one_day_the_wider_counts_and_others_add_up():
    parts = labelled(rows([5.0] * 7 + [50.0, 70.0], project="chat"), rows([3.0] * 7 + [30.0, 90.0], project="batch"))
    parts["cost_date"] = pd.to_datetime(parts["cost_date"])
    delivered = series([1.0] * 9) > 0
    wide, chat, batch = masked(2), masked(2, 1, project="chat"), masked(1, project="batch")
    assert learnt(parts, delivered, Calendar([chat, batch, wide])).tolist() == [8.0] * 9
    assert learnt(parts, delivered, Calendar([chat])).tolist() == [8.0] * 7 + [35.0, 95.0]
    assert learnt(parts, delivered, Calendar([])).tolist() == [8.0] * 7 + [80.0, 160.0]


def test_what_had_no_other_cost_is_nothing_on_a_masked_day_and_a_scope_that_is_not_there_changes_nothing():
    costs = labelled(rows([5.0] * 9, project="chat"), rows([80.0], project="once"))
    costs["cost_date"] = pd.to_datetime(costs["cost_date"])
    delivered = series([1.0] * 9) > 0
    assert learnt(costs, delivered, Calendar([masked(1, project="once")])).tolist() == [5.0] * 9
    assert learnt(costs, delivered, Calendar([masked(1, project="none")])).tolist() == [5.0] * 8 + [85.0]


def labelled(*parts: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows with the columns of int_forecast_costs that scopes name."""
    return (
        pd.DataFrame([row for part in parts for row in part])
        .reindex(columns=[*daily().columns, "project", "api_key"])
        .assign(billing_currency="USD")
    )


def no_days() -> pd.DataFrame:
    """What rpt_missing_days has where everything was delivered."""
    return pd.DataFrame(columns=["provider", "account_name", "cost_kind", "missing_date"])


def weeks_at(level: float, days: int, ends: int) -> list[float]:
    """A working week without noise that ends `ends` days before the one under way."""
    return shaped(days + ends, level)[:days]


@pytest.mark.parametrize(("days_after", "level_before"), [(14, 60.0), (30, 60.0), (13, 20.0)])
def test_a_new_level_is_that_of_its_own_days_once_two_weeks_are_there(days_after: int, level_before: float):
    launched = rows([*weeks_at(20.0, 90, days_after), *weeks_at(60.0, days_after, 0)])
    calendar = Calendar(level_shifts=[LevelShift(AS_OF - timedelta(days=days_after))])
    found = forecast(daily(launched), AS_OF, no_days(), calendar=calendar)
    expected = daily(rows([*weeks_at(level_before, 90, days_after), *weeks_at(60.0, days_after, 0)]))
    pd.testing.assert_series_equal(
        found.daily["expected_amount"], forecast(expected, AS_OF, no_days()).daily["expected_amount"]
    )


def test_a_new_level_of_one_project_leaves_the_others_and_two_of_them_follow_each_other():
    chat = [*[10.0] * 40, *[20.0] * 20, *[50.0] * 20]
    costs = labelled(rows(chat, project="chat"), rows([3.0] * 80, project="batch"))
    costs["cost_date"] = pd.to_datetime(costs["cost_date"])
    shifts = [LevelShift(AS_OF - timedelta(days=ago), {"project": ["chat"]}) for ago in (40, 20)]
    found = learnt(costs, series([1.0] * 80) > 0, Calendar(level_shifts=shifts))
    assert found.tolist() == pytest.approx([53.0] * 80)
    other = [LevelShift(AS_OF - timedelta(days=20), {"project": ["batch"]})]
    assert learnt(costs, series([1.0] * 80) > 0, Calendar(level_shifts=other)).tolist() == [
        amount + 3.0 for amount in chat
    ]


def test_what_is_expected_of_an_event_ahead_is_added_as_it_is():
    usage = daily(rows(working_weeks(100)))
    launch = [ExpectedCost(AS_OF + timedelta(days=number), 25.0, "USD", "anthropic") for number in (-1, 0, 5)]
    found, without = (
        forecast(usage, AS_OF, no_days(), calendar=calendar) for calendar in (Calendar(expected=launch), None)
    )
    for column in ("expected_amount", "lower_80", "upper_95"):
        extra = found.daily[column] - without.daily[column]
        assert extra.tolist() == pytest.approx([25.0 if day in (0, 5) else 0.0 for day in range(90)] * 2)
    assert (found.totals["total_amount"] - without.totals["total_amount"]).tolist() == pytest.approx([50.0] * 10)


HOLIDAYS = frozenset(AS_OF + timedelta(days=number) for number in (-70, -48, -20, -9, 5))


def test_holidays_are_no_measure_and_the_next_is_forecast_as_those_that_passed():
    whole = shaped(100)
    quiet = [
        amount * (0.2 if -number in (70, 48, 20, 9) else 1)
        for number, amount in zip(range(-100, 0), whole, strict=True)
    ]
    found = forecast(daily(rows(quiet)), AS_OF, no_days(), calendar=Calendar(holidays=HOLIDAYS))
    expected = forecast(daily(rows(whole)), AS_OF, no_days()).daily["expected_amount"]
    factors = [0.2 if day == 5 else 1.0 for day in range(90)] * 2
    assert found.daily["expected_amount"].tolist() == pytest.approx((expected * factors).tolist())


def test_two_holidays_say_nothing_of_the_next():
    costs = labelled(rows([5.0] * 28))
    costs["cost_date"] = pd.to_datetime(costs["cost_date"])
    delivered = series([1.0] * 28) > 0
    days = sorted(HOLIDAYS)
    assert holiday_factor(costs, delivered, days) == 1.0
    assert holiday_factor(costs[:0], delivered, [AS_OF - timedelta(days=number) for number in (3, 4, 5)]) == 1.0
