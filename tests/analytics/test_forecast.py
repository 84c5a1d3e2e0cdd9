"""Forecasts know the week, extrapolate no slope, never fall below zero, and say when they cannot know."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from prophet import Prophet

from pipelines.analytics.forecast import DAILY_COLUMNS, STATUS_COLUMNS, TOTAL_COLUMNS, Forecasts, forecast
from tests.analytics.costs import AS_OF, WEEK_SHAPE, daily, row, rows, working_weeks

TOTAL = "total"


def of(frame: pd.DataFrame, series: str = TOTAL) -> pd.DataFrame:
    return frame[frame["series"] == series].reset_index(drop=True)


@pytest.fixture(scope="module")
def working() -> Forecasts:
    """Twenty weeks of a working company."""
    return forecast(daily(rows(working_weeks(140, noise=0.05))), AS_OF)


def test_every_answer_has_its_columns_and_types_even_when_there_is_nothing_to_say(working: Forecasts):
    for found in (working, forecast(daily(), AS_OF)):
        for frame, columns in (
            (found.daily, DAILY_COLUMNS),
            (found.totals, TOTAL_COLUMNS),
            (found.status, STATUS_COLUMNS),
        ):
            assert {name: str(kind) for name, kind in frame.dtypes.items()} == columns


def test_ninety_days_are_forecast_from_the_day_under_way_on(working: Forecasts):
    days = of(working.daily)
    assert days["horizon_day"].tolist() == list(range(1, 91))
    assert days["forecast_date"].dt.date.tolist() == [AS_OF + timedelta(days=number) for number in range(90)]
    assert set(days["method"]) == {"median of prophet, smoothing and weekday profiles"}
    assert set(days["confidence"]) == {"normal"}


def test_the_week_is_known(working: Forecasts):
    days = of(working.daily)
    by_weekday = days.groupby(days["forecast_date"].dt.weekday)["expected_amount"].mean()
    assert by_weekday.tolist() == pytest.approx([20 * part for part in WEEK_SHAPE], rel=0.08)


def test_totals_are_the_sums_of_the_days_and_this_month_adds_what_is_spent(working: Forecasts):
    expected = of(working.daily)["expected_amount"]
    totals = of(working.totals).set_index("horizon")
    assert totals["days"].to_dict() == {"7": 7, "30": 30, "60": 60, "90": 90, "month_end": 14}
    for horizon in ("7", "30", "60", "90"):
        assert totals["total_amount"][horizon] == pytest.approx(expected[: int(horizon)].sum())
    spent = sum(working_weeks(140, noise=0.05)[-16:])
    assert totals["total_amount"]["month_end"] == pytest.approx(spent + expected[:14].sum())
    assert totals["lower_80"]["month_end"] > spent


def test_the_bounds_of_a_sum_are_narrower_than_those_of_its_days(working: Forecasts):
    days = of(working.daily)[:30]
    month = of(working.totals).set_index("horizon").loc["30"]
    assert month["upper_80"] - month["lower_80"] < 0.9 * (days["upper_80"] - days["lower_80"]).sum()


def test_a_steep_slope_goes_on_at_four_percent_a_week_and_a_constant_series_at_none():
    grown = [amount * 1.01**number for number, amount in enumerate(working_weeks(140, 10, 0.05))]
    days = of(forecast(daily(rows(grown)), AS_OF).daily)["expected_amount"]
    assert days[:7].mean() == pytest.approx(np.mean(grown[-7:]), rel=0.1)
    assert days[70:77].mean() == pytest.approx(np.exp(0.04 * 10) * days[:7].mean(), rel=0.01)
    constant = of(forecast(daily(rows([10.0] * 90)), AS_OF).totals).set_index("horizon")["total_amount"]
    assert constant.tolist() == pytest.approx([70.0, 300.0, 600.0, 900.0, 300.0])


def test_one_wild_day_does_not_move_the_forecast():
    calm = working_weeks(120, noise=0.05)
    wild = [*calm[:100], calm[100] * 40, *calm[101:]]
    assert of(forecast(daily(rows(wild)), AS_OF).totals)["total_amount"].tolist() == pytest.approx(
        of(forecast(daily(rows(calm)), AS_OF).totals)["total_amount"].tolist(), rel=0.05
    )


def test_below_two_weeks_nothing_is_guessed_and_the_first_day_is_named():
    short = forecast(daily(rows([5.0] * 13)), AS_OF)
    assert short.daily.empty
    assert short.totals.empty
    status = of(short.status).iloc[0]
    assert (status["status"], status["days_of_history"]) == ("waiting", 13)
    assert status["starts_on"].date() == AS_OF + timedelta(days=1)
    assert status["message"] == "13 of 14 days of history; forecasts start on 2026-06-18"


@pytest.mark.parametrize(
    ("days", "state", "confidence"),
    [(14, "low_confidence", "low"), (27, "low_confidence", "low"), (28, "ready", "normal")],
)
def test_two_to_four_weeks_are_marked_as_little_history(days: int, state: str, confidence: str):
    found = forecast(daily(rows(working_weeks(days))), AS_OF)
    assert set(found.status["status"]) == {state}
    assert found.status["starts_on"].isna().all()
    assert set(found.daily["confidence"]) == {confidence}


def test_a_series_at_rest_is_not_forecast_and_says_so():
    found = forecast(daily(rows([*[0.0] * 30, 5.0, *[0.0] * 28, 9.0, *[0.0] * 28, 3.0, *[0.0] * 60])), AS_OF)
    assert found.daily.empty
    assert of(found.status)["message"].tolist() == ["no cost for eight weeks; forecasts start again with use"]


def test_monthly_bills_come_again_on_their_day():
    bills = [row(date(2025, 9 + number, 5), 60.0, "groq") for number in range(4)]
    bills += [row(date(2026, 1 + number, 5), 60.0, "groq") for number in range(6)]
    found = forecast(daily(bills), AS_OF)
    days = of(found.daily, "groq").set_index("forecast_date")
    expected = days["expected_amount"][days["expected_amount"] > 0]
    assert expected.to_dict() == {pd.Timestamp(2026, month, 5): 60.0 for month in (7, 8, 9)}
    assert (days["lower_95"] == days["expected_amount"]).all()
    assert (days["upper_95"] == days["expected_amount"]).all()
    assert set(found.status["status"]) == {"ready"}


def test_any_day_of_an_irregular_series_may_cost_nothing():
    chance = np.random.default_rng(1)
    found = forecast(daily(rows((chance.random(120) < 0.3) * chance.uniform(5, 50, 120), "groq")), AS_OF)
    days = of(found.daily, "groq")
    assert set(days["method"]) == {"irregular"}
    assert days["lower_80"].tolist() == [0.0] * 90


def test_a_monthly_bill_counts_in_the_total_beside_what_follows_the_week():
    bills = [row(date(2026, number, 9), 60.0, "groq") for number in range(1, 7)]
    weekly = rows(working_weeks(160, noise=0.05))
    with_bills, without = (forecast(daily(*parts), AS_OF).totals for parts in ((weekly, bills), (weekly,)))
    extra = of(with_bills).set_index("horizon")["total_amount"] - of(without).set_index("horizon")["total_amount"]
    assert extra["90"] == pytest.approx(of(with_bills, "groq").set_index("horizon")["total_amount"]["90"], rel=0.01)
    assert extra["90"] == pytest.approx(180, rel=0.1)


def test_a_credit_lowers_what_is_spent_and_not_what_is_learnt():
    calm = working_weeks(60, noise=0.05)
    day = AS_OF - timedelta(days=3)
    plain = forecast(daily(rows(calm)), AS_OF)
    credited = forecast(daily(rows([*calm[:57], 0.0, *calm[58:]]), [row(day, -30.0)]), AS_OF)
    assert (credited.daily["expected_amount"] >= 0).all()
    assert (credited.daily["lower_95"] >= 0).all()
    spent_less = calm[57] + 30
    change = (
        of(plain.totals).set_index("horizon")["total_amount"] - of(credited.totals).set_index("horizon")["total_amount"]
    )
    assert change["month_end"] == pytest.approx(spent_less + change["7"] * 2, rel=0.05)


def test_when_prophet_fails_on_one_series_its_weekdays_answer_and_others_are_not_held_up(
    monkeypatch: pytest.MonkeyPatch,
):
    fit = Prophet.fit

    def fit_or_fail(model: Prophet, frame: pd.DataFrame, **options: object) -> Prophet:
        if len(frame) == 50:
            raise RuntimeError("Error during optimization")
        return fit(model, frame, **options)

    monkeypatch.setattr(Prophet, "fit", fit_or_fail)
    found = forecast(daily(rows(working_weeks(60), "groq"), rows(working_weeks(50), "cursor")), AS_OF)
    methods = found.daily.groupby("series")["method"].first().to_dict()
    assert methods == {
        "total": "median of prophet, smoothing and weekday profiles",
        "groq": "median of prophet, smoothing and weekday profiles",
        "cursor": "median of smoothing and weekday profiles",
    }
    assert (of(found.daily, "cursor")["expected_amount"] > 0).all()


def test_the_same_costs_give_the_same_forecast_in_any_order_of_rows():
    costs = daily(rows(working_weeks(60)), rows(working_weeks(40, 3.0, 0.4), "groq"))
    once = forecast(costs, AS_OF)
    again = forecast(costs.sample(frac=1, random_state=7), AS_OF)
    for left, right in ((once.daily, again.daily), (once.totals, again.totals), (once.status, again.status)):
        pd.testing.assert_frame_equal(left, right)


def test_a_forecast_prints_and_logs_nothing(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture):
    with caplog.at_level("DEBUG"):
        forecast(daily(rows(working_weeks(60))), AS_OF)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


@pytest.mark.long
def test_four_of_five_sums_fall_within_their_bounds():
    chance = np.random.default_rng(11)
    held = []
    for number in range(16):
        truth = working_weeks(150, noise=0.3, seed=number)
        drift = np.exp(np.cumsum(chance.normal(0, 0.02, 150)))
        costs = [float(amount) for amount in np.array(truth) * drift]
        found = forecast(daily(rows(costs[:120])), AS_OF)
        totals = of(found.totals).set_index("horizon")
        for horizon in (7, 30):
            actual = sum(costs[120 : 120 + horizon])
            held.append(totals["lower_80"][str(horizon)] <= actual <= totals["upper_80"][str(horizon)])
    assert 0.7 <= np.mean(held) <= 0.98


@pytest.mark.parametrize("late", [1, 2, 10])
def test_days_that_have_yet_to_arrive_are_forecast_and_not_counted_as_nothing(late: int):
    """With the last days missing, the month and the next weeks come to what they do when all days are there."""
    whole = working_weeks(140, noise=0.05)
    complete = of(forecast(daily(rows(whole)), AS_OF).totals).set_index("horizon")
    found = forecast(daily(rows([*whole[:-late], *[0.0] * late])), AS_OF)
    totals, days = of(found.totals).set_index("horizon"), of(found.daily)
    assert totals["total_amount"].tolist() == pytest.approx(complete["total_amount"].tolist(), rel=0.05)
    assert days["forecast_date"].dt.date.tolist() == [AS_OF + timedelta(days=ahead) for ahead in range(-late, 90)]
    assert days["horizon_day"].tolist() == list(range(1, 91 + late))
    assert totals["total_amount"]["30"] == pytest.approx(days["expected_amount"][late : late + 30].sum())
    assert totals["days"].to_dict() == {"7": 7, "30": 30, "60": 60, "90": 90, "month_end": 14}
    status = of(found.status).iloc[0]
    assert status["delivered_through"].date() == AS_OF - timedelta(days=late + 1)
    assert (status["status"], status["days_of_history"]) == ("ready", 140 - late)


@pytest.mark.parametrize("late", [1, 3, 7])
def test_days_that_are_late_put_off_no_forecast_of_an_account_of_two_weeks(late: int):
    """They are not counted as days of nothing either, though so short a past has hardly shown its pauses."""
    found = forecast(daily(rows([*[10.0] * (14 - late), *[0.0] * late])), AS_OF)
    assert of(found.totals).set_index("horizon")["total_amount"]["30"] == pytest.approx(300.0, rel=0.01)
    status = of(found.status).iloc[0]
    assert (status["status"], status["days_of_history"]) == ("low_confidence", 14 - late)
    assert status["delivered_through"].date() == AS_OF - timedelta(days=late + 1)


def test_an_account_of_13_days_starts_tomorrow_be_its_last_day_late_or_not():
    for costs in ([10.0] * 13, [*[10.0] * 12, 0.0]):
        status = of(forecast(daily(rows(costs)), AS_OF).status).iloc[0]
        assert (status["status"], status["starts_on"].date()) == ("waiting", AS_OF + timedelta(days=1))


def test_three_missing_days_inside_change_little():
    whole = working_weeks(140, noise=0.05)
    expected = of(forecast(daily(rows(whole)), AS_OF).totals).set_index("horizon")["total_amount"]
    found = of(forecast(daily(rows([*whole[:-9], 0.0, 0.0, 0.0, *whole[-6:]])), AS_OF).totals).set_index("horizon")
    assert found["total_amount"]["30"] == pytest.approx(expected["30"], rel=0.02)


def test_the_month_of_data_that_ends_before_it_is_all_forecast():
    costs = daily(rows([10.0] * 100 + [0.0] * 20))
    month = of(forecast(costs, AS_OF).totals).set_index("horizon").loc["month_end"]
    assert month["total_amount"] == pytest.approx(300.0, rel=0.01)


def known(frame: pd.DataFrame, series: str = TOTAL) -> dict[str, float]:
    return dict(of(frame, series).set_index("horizon")["total_amount"])


@pytest.mark.parametrize("category", ["Usage", "Purchase"])
def test_a_bill_at_the_end_of_each_month_beside_use_is_expected_on_its_day(category: str):
    """As of 17 June, use comes to what it does without, and 500 to each month end."""
    usage = working_weeks(110, noise=0.05)
    bills = [row(date(2026, month, day), 500.0, charge_category=category) for month, day in ((3, 31), (4, 30), (5, 31))]
    without, found = (forecast(daily(*parts), AS_OF) for parts in ((rows(usage),), (rows(usage), bills)))
    extra = of(found.daily)["expected_amount"] - of(without.daily)["expected_amount"]
    on = of(found.daily)["forecast_date"][extra > 250].dt.date.tolist()
    assert on == [date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)]
    assert known(found.totals)["month_end"] == pytest.approx(known(without.totals)["month_end"] + 500, rel=0.02)
    assert known(found.totals)["7"] == pytest.approx(known(without.totals)["7"], rel=0.02)


def test_what_is_entered_for_days_ahead_counts_as_it_is():
    """An entry of tomorrow, the rest of a seat's month, and its renewal; not an annual purchase."""
    usage = rows(working_weeks(100, noise=0.05))
    seats = [
        row(date(2026, 6, 1) + timedelta(days=number), 2.0, charge_category="Purchase", is_spread=True)
        for number in range(30)
    ]
    tomorrow = [row(AS_OF + timedelta(days=1), 400.0)]
    annual = [row(AS_OF - timedelta(days=40), 12000.0, charge_category="Purchase")]
    without = forecast(daily(usage), AS_OF)
    found = forecast(daily(usage, seats, tomorrow, annual), AS_OF)
    totals, plain = known(found.totals), known(without.totals)
    assert totals["7"] == pytest.approx(plain["7"] + 400 + 7 * 2)
    assert totals["30"] == pytest.approx(plain["30"] + 400 + 30 * 2)
    assert totals["month_end"] == pytest.approx(plain["month_end"] + 400 + 30 * 2)
    width = [frame["upper_95"] - frame["lower_95"] for frame in (of(found.daily), of(without.daily))]
    assert width[0].tolist() == pytest.approx(width[1].tolist())


def test_a_provider_that_stopped_is_forecast_as_nothing_and_told():
    going = rows(working_weeks(150, noise=0.05))
    ended = rows([80.0] * 120 + [0.0] * 30, "groq")
    found = forecast(daily(going, ended), AS_OF)
    assert known(found.totals, "groq") == {"7": 0.0, "30": 0.0, "60": 0.0, "90": 0.0, "month_end": 0.0}
    status = of(found.status, "groq").iloc[0]
    assert (status["status"], status["message"]) == ("stopped", "no use since 2026-05-18: none is forecast")
    assert known(found.totals)["30"] == pytest.approx(known(forecast(daily(going), AS_OF).totals)["30"], rel=0.01)


def test_a_pause_that_ended_leaves_the_week_as_it_is():
    whole = working_weeks(150, noise=0.05)
    paused = forecast(daily(rows([*whole[:70], *[0.0] * 40, *whole[110:]])), AS_OF)
    assert known(paused.totals)["30"] == pytest.approx(
        known(forecast(daily(rows(whole)), AS_OF).totals)["30"], rel=0.05
    )
    by_weekday = of(paused.daily)[:28].groupby(of(paused.daily)["forecast_date"].dt.weekday)["expected_amount"].mean()
    assert by_weekday.tolist() == pytest.approx([20 * part for part in WEEK_SHAPE], rel=0.15)


def test_a_provider_of_a_few_days_is_in_no_forecast_and_named_with_its_pace():
    going = working_weeks(120, noise=0.05)
    found = forecast(daily(rows(going), rows([100.0] * 5, "groq")), AS_OF)
    assert known(found.totals)["30"] == pytest.approx(known(forecast(daily(rows(going)), AS_OF).totals)["30"], rel=0.01)
    status = of(found.status, "groq").iloc[0]
    assert (status["status"], status["thirty_day_pace"]) == ("waiting", pytest.approx(3000.0))
    assert np.isnan(of(found.status, "anthropic").iloc[0]["thirty_day_pace"])


def test_the_order_of_rows_changes_no_digit():
    costs = daily(rows(working_weeks(100)), rows(working_weeks(100, seed=2), "groq"))
    expected = forecast(costs, AS_OF)
    shuffled = forecast(costs.sample(frac=1, random_state=1), AS_OF)
    pd.testing.assert_frame_equal(shuffled.daily, expected.daily)
    pd.testing.assert_frame_equal(shuffled.totals, expected.totals)


def test_yesterdays_price_cut_is_in_tomorrows_forecast():
    """Use goes on as ever at half the price: the next days cost what they would had it never been dearer."""
    dear, cheap = working_weeks(120), [amount / 2 for amount in working_weeks(120)]
    costs = daily(rows([*dear[:-1], cheap[-1]])).assign(price_factor=[0.5] * 119 + [1.0])
    found = forecast(costs, AS_OF)
    expected = forecast(daily(rows(cheap)), AS_OF)
    pd.testing.assert_frame_equal(found.daily, expected.daily)
    month = of(found.totals).set_index("horizon")["total_amount"]["month_end"]
    spent_more = sum(dear[-16:-1]) / 2
    assert month == pytest.approx(of(expected.totals).set_index("horizon")["total_amount"]["month_end"] + spent_more)


def test_the_providers_come_to_the_total_on_every_day():
    parts = [rows(working_weeks(140, 20, 0.3, seed=1)), rows(working_weeks(90, 70, 0.5, seed=2), "groq")]
    bills = [row(date(2026, month, 9), 60.0, "cursor", charge_category="Purchase") for month in range(1, 7)]
    found = forecast(daily(*parts, bills), AS_OF).daily
    by_kind = found.pivot_table(index="forecast_date", columns="series_kind", values="expected_amount", aggfunc="sum")
    assert len(by_kind) == 90
    assert by_kind["provider"].tolist() == pytest.approx(by_kind["total"].tolist())


def test_of_a_day_that_only_one_provider_has_yet_to_deliver_the_total_has_what_the_other_used():
    costs = daily(rows([20.0] * 60), rows([10.0] * 58 + [0.0, 0.0], "groq"), [row(AS_OF - timedelta(days=1), 7.0)])
    days = of(forecast(costs, AS_OF).daily)
    assert days["expected_amount"][:2].tolist() == pytest.approx([30.0, 37.0])
    assert days["forecast_date"].dt.date.tolist()[:2] == [AS_OF - timedelta(days=2), AS_OF - timedelta(days=1)]


def test_a_day_missing_inside_the_month_counts_as_its_weekday_and_not_as_nothing():
    """16 days of June are over, of which two have not arrived; of one of them half is there."""
    whole = [10.0] * 100
    costs = [*whole[:-9], 0.0, 5.0, *whole[-7:]]
    gaps = pd.DataFrame(
        [("anthropic", None, "spend", AS_OF - timedelta(days=ago)) for ago in (9, 8)],
        columns=["provider", "account_name", "cost_kind", "missing_date"],
    )
    month = of(forecast(daily(rows(costs)), AS_OF, gaps).totals).set_index("horizon").loc["month_end"]
    assert month["total_amount"] == pytest.approx(300.0, rel=1e-6)
