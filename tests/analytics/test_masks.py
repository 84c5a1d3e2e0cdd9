"""What a person said was an error or expected is no measure: a forecast is as if it had not been."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from pipelines.analytics.anomalies import DISMISSED, EXPECTED, Feedback, find_anomalies, masks_of
from pipelines.analytics.forecast import Forecasts, forecast
from pipelines.analytics.masks import Mask, without_masked
from tests.analytics.costs import AS_OF, daily, rows, series, shaped, working_weeks


def masked(*days_ago: int, **scope: str) -> Mask:
    return Mask(pd.DatetimeIndex([pd.Timestamp(AS_OF - timedelta(days=ago)) for ago in sorted(days_ago)[::-1]]), scope)


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
    found = forecast(costs, AS_OF, no_days(), masks=masks_after(costs, verdict))
    assert_same(found, forecast(labelled(rows(whole)), AS_OF, no_days()))


def test_how_large_a_masked_spike_is_changes_nothing_but_what_the_month_has_cost():
    calm = working_weeks(120)
    one, other = ([*calm[:-6], calm[-6] * factor, *calm[-5:]] for factor in (3.0, 300.0))
    known = [forecast(daily(rows(amounts)), AS_OF, no_days(), masks=[masked(6)]) for amounts in (one, other)]
    assert_same(*known)
    ends = [found.totals.set_index(["series", "horizon"])["total_amount"]["total", "month_end"] for found in known]
    assert ends[1] - ends[0] == pytest.approx(297 * calm[-6])


def test_the_spike_of_a_project_is_masked_in_its_provider_and_the_rest_of_the_day_is_not():
    busy, small = working_weeks(100), [2.0] * 100
    spike = [*small[:90], 500.0, *small[91:]]
    costs, calm = (labelled(rows(busy, project="chat"), rows(part, project="batch")) for part in (spike, small))
    assert_same(
        forecast(costs, AS_OF, no_days(), masks=[masked(10, project="batch")]), forecast(calm, AS_OF, no_days())
    )


def test_a_mask_is_of_the_currency_that_was_billed_and_of_one_kind_of_cost():
    whole = shaped(100)
    spike = [*whole[:90], 900.0, *whole[91:]]
    scope = {"cost_kind": "spend", "billing_currency": "USD"}
    found = forecast(daily(rows(spike)), AS_OF, no_days(), masks=[masked(10, **scope)])
    assert_same(found, forecast(daily(rows(whole)), AS_OF, no_days()))
    for other in ({"cost_kind": "list_price_value"}, {"billing_currency": "EUR"}):
        left = forecast(daily(rows(spike)), AS_OF, no_days(), masks=[masked(10, **scope | other)])
        assert_same(left, forecast(daily(rows(spike)), AS_OF, no_days()))


def test_of_two_masks_of_one_day_the_wider_counts_and_others_add_up():
    parts = labelled(rows([5.0] * 7 + [50.0, 70.0], project="chat"), rows([3.0] * 7 + [30.0, 90.0], project="batch"))
    parts["cost_date"] = pd.to_datetime(parts["cost_date"])
    delivered = series([1.0] * 9) > 0
    wide, chat, batch = masked(2), masked(2, 1, project="chat"), masked(1, project="batch")
    assert without_masked(parts, delivered, [chat, batch, wide]).tolist() == [8.0] * 9
    assert without_masked(parts, delivered, [chat]).tolist() == [8.0] * 7 + [35.0, 95.0]
    assert without_masked(parts, delivered, []).tolist() == [8.0] * 7 + [80.0, 160.0]


def test_what_had_no_other_cost_is_nothing_on_a_masked_day_and_a_scope_that_is_not_there_changes_nothing():
    costs = labelled(rows([5.0] * 9, project="chat"), rows([80.0], project="once"))
    costs["cost_date"] = pd.to_datetime(costs["cost_date"])
    delivered = series([1.0] * 9) > 0
    assert without_masked(costs, delivered, [masked(1, project="once")]).tolist() == [5.0] * 9
    assert without_masked(costs, delivered, [masked(1, project="none")]).tolist() == [5.0] * 8 + [85.0]


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
