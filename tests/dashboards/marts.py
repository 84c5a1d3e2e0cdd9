"""The tables that the report's tests write rows into: of each mart the columns that panels read, with usual values.

`test_published.py` checks them to the contracts of the dbt project.
"""

from __future__ import annotations

SCHEMA = """
create table rpt_build (
    build_id varchar, as_of timestamptz, currency varchar, timezone varchar, is_sample boolean, organisation varchar,
    app_version varchar, first_day date, last_day date
);
create table rpt_daily_costs (
    cost_date date, provider varchar, account_name varchar, host varchar, model_id varchar, project varchar,
    project_name varchar, api_key_id varchar, api_key_name varchar, source_kind varchar, charge_category varchar,
    is_spread boolean, cost_kind varchar, cost_basis varchar, currency varchar, cost_amount decimal(38, 12),
    requests bigint,
    input_tokens bigint, cached_tokens bigint, output_tokens bigint, total_tokens bigint, unpriced_tokens bigint,
    is_provisional boolean, is_sample boolean, reporting_currency varchar, converted_amount decimal(38, 12)
);
create table rpt_monthly_comparisons (
    comparison varchar, month date, dimension varchar, dimension_value varchar, cost_kind varchar, currency varchar,
    days_compared integer, current_amount decimal(38, 12), compared_amount decimal(38, 12),
    previous_amount decimal(38, 12), change_amount decimal(38, 12), change_ratio double, change_status varchar,
    recorded_from date, recorded_through date
);
create table rpt_cost_coverage (
    provider varchar, account_name varchar, source_kind varchar, cost_kind varchar, currency varchar,
    source_name varchar, recorded_from date, recorded_through date
);
create table rpt_comparison_sources (
    comparison varchar, month date, provider varchar, account_name varchar, source_kind varchar, cost_kind varchar,
    currency varchar, source_name varchar, covers_both_spans boolean, is_compared boolean, recorded_from date,
    recorded_through date, current_amount decimal(38, 12), previous_amount decimal(38, 12)
);
create table rpt_comparison_gaps (
    comparison varchar, month date, cost_kind varchar, currency varchar,
    sources_left_out struct(
        name varchar, recorded_from date, recorded_through date, amount decimal(38, 12)
    )[]
);
create table rpt_cost_drivers (
    comparison varchar, month date, dimension varchar, dimension_value varchar, cost_kind varchar, currency varchar,
    provider varchar, model_id varchar, current_amount decimal(38, 12), previous_amount decimal(38, 12),
    change_amount decimal(38, 12), driver_kind varchar, volume_amount decimal(38, 12), mix_amount decimal(38, 12),
    price_amount decimal(38, 12), new_amount decimal(38, 12), gone_amount decimal(38, 12),
    other_amount decimal(38, 12), token_change_ratio double, price_change_ratio double
);
create table rpt_model_costs (
    month date, provider varchar, model_id varchar, cost_kind varchar, currency varchar, requests bigint,
    input_tokens bigint, cached_tokens bigint, output_tokens bigint, total_tokens bigint, cost_amount decimal(38, 12),
    cost_per_million_tokens double, share_of_month double, price_status varchar
);
create table rpt_source_freshness (
    source_kind varchar, source varchar, feed varchar, first_day date, last_day date, days_with_data integer,
    row_count bigint, last_attempt_at timestamptz, last_success_at timestamptz, status varchar, message varchar,
    rejected_lines bigint, findings varchar[] default [], expected_every_hours integer
);
create table rpt_budget_status (
    budget varchar, period varchar, period_start date, period_end date, is_current boolean, scope varchar,
    amount decimal(38, 12), rollover_amount decimal(38, 12), currency varchar, spent_amount decimal(38, 12),
    used_ratio double, remaining_amount decimal(38, 12), alert_at integer[], level_reached integer
);
create table rpt_budget_days (
    budget varchar, period_start date, cost_date date, spent_amount decimal(38, 12),
    spent_to_date_amount decimal(38, 12), currency varchar
);
create table rpt_budget_projections (
    budget varchar, projected_amount double, crosses_on date
);
create table rpt_forecasts (
    cost_kind varchar, series_kind varchar, series varchar, currency varchar, forecast_date date, horizon_day integer,
    expected_amount double, lower_80 double, upper_80 double, lower_95 double, upper_95 double, method varchar,
    confidence varchar
);
create table rpt_forecast_totals (
    cost_kind varchar, series_kind varchar, series varchar, currency varchar, horizon varchar, days integer,
    total_amount double, lower_80 double, upper_80 double
);
create table rpt_forecast_status (
    cost_kind varchar, series_kind varchar, series varchar, currency varchar, days_of_history integer, status varchar,
    delivered_through date, starts_on date, message varchar, thirty_day_pace double
);
"""

LATER_SCHEMA = """
create table rpt_reconciliation (
    period varchar, period_start date, provider varchar, currency varchar, estimated_amount decimal(38, 12),
    billed_amount decimal(38, 12), difference_amount decimal(38, 12), not_usage_amount decimal(38, 12) default 0,
    non_token_amount decimal(38, 12) default 0, missing_days_amount decimal(38, 12) default 0,
    not_charged_amount decimal(38, 12) default 0, timing_amount decimal(38, 12) default 0,
    unpriced_amount decimal(38, 12) default 0,
    tier_amount decimal(38, 12) default 0, cache_amount decimal(38, 12) default 0,
    rounding_amount decimal(38, 12) default 0, unexplained_amount decimal(38, 12) default 0, difference_ratio double,
    trend varchar, tolerance_percent decimal(38, 12) default 5, verdict varchar, is_provisional boolean default false
);
create table fct_cost_candidates (
    cost_date date, provider varchar, account_name varchar, source_kind varchar, source varchar, host varchar,
    cost_kind varchar default 'spend', currency varchar default 'USD', cost_amount decimal(38, 12),
    is_chosen boolean default false, counts_usage boolean default false, reason varchar
);
create table rpt_cost_center_statement (
    month date, cost_center varchar, provider varchar, account_name varchar, project varchar,
    cost_kind varchar default 'spend', currency varchar default 'USD', cost_amount decimal(38, 12),
    shared_amount decimal(38, 12) default 0, share_of_month double, is_provisional boolean default false,
    is_sample boolean default false, converted_amount decimal(38, 12), converted_shared_amount decimal(38, 12) default 0
);
create table rpt_converted_costs (
    cost_date date, cost_kind varchar default 'spend', currency varchar, cost_amount decimal(38, 12),
    conversion_status varchar, converted_amount decimal(38, 12), rate decimal(38, 12)
);
create table rpt_person_costs (
    month date default '2026-11-01', person varchar, cost_kind varchar default 'spend',
    converted_amount decimal(38, 12)
);
create table fct_hourly_usage (
    usage_hour timestamptz, local_hour timestamp, source varchar default 'claude_code', requests bigint default 1,
    total_tokens bigint
);
create table rpt_prepaid_balances (
    month date, provider varchar, account_name varchar, currency varchar default 'USD', used_amount decimal(38, 12),
    closing_amount decimal(38, 12), lowest_amount decimal(38, 12), is_overdrawn boolean,
    unpriced_tokens bigint default 0, reported_amount decimal(38, 12), reported_difference_amount decimal(38, 12)
);
"""
