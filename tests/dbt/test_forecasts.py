"""The second step, after the analytics wrote their answers into the file of the first."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

from tests.dbt.conftest import copied, transform

ANSWERS = """
create schema forecasts;
create table forecasts.daily as
select 'spend' as cost_kind, 'total' as series_kind, 'total' as series, 'USD' as currency,
    timestamp '2026-03-31' as forecast_date, 1 as horizon_day, 4.5 as expected_amount, 3 as lower_80, 6 as upper_80,
    2 as lower_95, 7 as upper_95, 'weekly' as method, 'normal' as confidence;
create table forecasts.totals as
select 'spend' as cost_kind, 'total' as series_kind, 'total' as series, 'USD' as currency, 'month_end' as horizon,
    1 as days, 104.5 as total_amount, 103 as lower_80, 106 as upper_80;
create table forecasts.status as
select 'spend' as cost_kind, 'provider' as series_kind, 'acme' as series, 'USD' as currency, 3 as days_of_history,
    'waiting' as status, date '2026-03-30' as delivered_through, date '2026-04-14' as starts_on,
    'starts on 14 April' as message, 90 as thirty_day_pace;
create table forecasts.backtest as
select 'spend' as cost_kind, 'total' as series_kind, 'total' as series, 'USD' as currency, 30 as horizon_days,
    'forecast' as method, true as is_published, 8 as origins, timestamp '2025-10-01' as first_origin,
    timestamp '2026-03-10' as last_origin, 100 as mean_actual_amount, 12 as mean_error_amount,
    -4 as mean_bias_amount, 0.12 as error_ratio, -0.04 as bias_ratio, 0 as nearer_ratio, 0.8 as day_coverage_80,
    0.95 as day_coverage_95, 0.75 as total_coverage_80, 1 as total_coverage_95;
create table forecasts.anomalies as
select 'a1b2c3d4' as event_id, 'spend' as cost_kind, 'total' as series_kind, 'total' as series, 'USD' as currency,
    'spike' as kind, 'up' as direction, date '2026-03-30' as start_date, date '2026-03-30' as end_date,
    date '2026-03-30' as found_date, true as is_open, 1 as days, 15 as actual_amount, 5 as expected_amount,
    10 as excess_amount, 3 as ratio, 10 as volume_amount, 0 as mix_amount, 0 as price_amount, 0 as new_amount,
    0 as gone_amount, 0 as other_amount, 'high' as severity, 'early' as confidence, 'confirmed' as verdict,
    null as note
union all
select 'b2c3d4e5', 'spend', 'provider', 'acme', 'USD', 'missing_data', 'down', date '2026-03-28', date '2026-03-30',
    date '2026-03-28', true, 3, null, 9, null, null, null, null, null, null, null, null, 'low', 'normal', null, null;
create table forecasts.anomaly_days as
select 'a1b2c3d4' as event_id, date '2026-03-30' as event_date, 15 as actual_amount, 5 as expected_amount;
create table forecasts.anomaly_contributors as
select 'a1b2c3d4' as event_id, 'model_id' as dimension, 'm' as dimension_value, 1 as rank, 10 as excess_amount,
    1 as share, 10 as volume_amount, 0 as mix_amount, 0 as price_amount, 0 as new_amount, 0 as gone_amount,
    0 as other_amount;
"""

PROJECTIONS = """
select budget, projection_method, projected_amount, lower_80, upper_80, crosses_on::varchar
from rpt_budget_projections order by budget
"""


def test_the_second_step_hands_on_what_the_analytics_wrote(company: Path) -> None:
    database = copied(company, "forecast")
    with closing(duckdb.connect(database)) as connection:
        connection.execute(ANSWERS)
    assert transform(database).build("--select", "source:forecasts+").failures == ()
    with closing(duckdb.connect(database, read_only=True)) as connection:
        days = connection.table("rpt_forecasts").project("forecast_date::varchar, expected_amount, lower_95").fetchall()
        totals = connection.table("rpt_forecast_totals").project("horizon, total_amount").fetchall()
        statuses = connection.table("rpt_forecast_status").project("status, starts_on::varchar").fetchall()
        accuracy = connection.table("rpt_forecast_accuracy").project("first_origin::varchar, error_ratio").fetchall()
        projections = connection.execute(PROJECTIONS).fetchall()
        anomalies = connection.table("rpt_anomalies").project("kind, ratio, actual_amount").order("kind").fetchall()
        precisions = connection.table("rpt_anomaly_precision").order("kind").fetchall()
    assert days == [("2026-03-31", 4.5, 2.0)]
    assert totals == [("month_end", 104.5)]
    assert statuses == [("waiting", "2026-04-14")]
    assert accuracy == [("2025-10-01", 0.12)]
    assert projections == [
        ("all", "forecast", 1623.0, 1623.0, 1623.0, None),
        ("almost ninety", "run_rate", 1400.0, None, None, None),
        ("hundred", "run_rate", 1400.0, None, None, "2026-03-02"),
        ("quarterly", "run_rate", 132.0, None, None, None),
        ("rolling", "run_rate", 114.0, None, None, "2026-03-30"),
        ("seventy", "run_rate", 1400.0, None, None, None),
        ("untouched", "run_rate", 0.0, None, None, None),
    ]
    assert anomalies == [("missing_data", None, None), ("spike", 3.0, 15.0)]
    assert precisions == [("all", 2, 1, 0, 0, 1.0), ("missing_data", 1, 0, 0, 0, None), ("spike", 1, 1, 0, 0, 1.0)]
