"""What the marts say about a company whose every account is one case of the contract, to the last digit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.presentation.messages import NO_PRICE, UNLISTED
from tests.dbt.company import COMPANY
from tests.dbt.conftest import Query


def test_a_request_past_a_price_tier_has_its_price_for_every_token(query: Query) -> None:
    rows = query("select project, list_cost_amount from fct_usage where account_name = 'tiers' order by project")
    assert rows == [
        ("at", Decimal("0.480")),
        ("day", Decimal("2.7")),
        ("past", Decimal("0.952506")),
        ("wide", Decimal("0.00006")),
    ]


def test_usage_has_the_price_that_was_in_force_at_its_moment(query: Query) -> None:
    rows = query("select usage_date, list_cost_amount from fct_usage where account_name = 'dates' order by usage_date")
    assert rows == [(date(2026, 1, 31), Decimal("0.3")), (date(2026, 2, 1), Decimal("0.2"))]


def test_a_cache_write_has_the_price_of_its_lifetime(query: Query) -> None:
    rows = query(
        "select project, list_cost_amount, price_status from fct_usage where account_name = 'caches' order by project"
    )
    assert rows == [
        ("1h", Decimal("0.006"), "priced"),
        ("5m", Decimal("0.00375"), "priced"),
        ("other", None, "unpriced"),
    ]


def test_what_has_no_price_has_no_amount_and_no_currency(query: Query) -> None:
    rows = query(
        """
        select model_id, service_tier, total_tokens, list_cost_amount, currency, price_version
        from fct_usage where account_name = 'unknown' order by model_id, service_tier nulls first
        """
    )
    assert rows == [
        ("acme-large-2", None, 1_000, Decimal("0.003"), "USD", "list 1"),
        ("acme-large-2", "priority", 40, None, None, None),
        ("mystery-1", None, 500, None, None, None),
    ]
    daily = query(
        """
        select model_id, cost_basis, cost_amount, unpriced_tokens
        from rpt_daily_costs where account_name = 'unknown' order by model_id, cost_basis
        """
    )
    assert daily == [
        ("acme-large-2", "none", None, 40),
        ("acme-large-2", "notional", Decimal("0.003"), 0),
        ("mystery-1", "none", None, 500),
    ]


def test_a_model_has_the_id_of_the_price_list_and_the_vendor_that_its_name_tells(query: Query) -> None:
    rows = query("select model_id, vendor, family, first_seen, last_seen, price_status from dim_models order by 1")
    assert rows == [
        ("acme-large-2", None, None, date(2026, 1, 5), date(2026, 2, 1), "partly"),
        ("mystery-1", None, None, date(2026, 1, 5), date(2026, 1, 5), "unpriced"),
    ]
    assert query("select model_id, unpriced_reasons from dim_models order by 1") == [
        ("acme-large-2", f"{NO_PRICE} region eu; {NO_PRICE} service tier priority"),
        ("mystery-1", UNLISTED),
    ]


def test_how_a_request_was_run_has_its_own_price_or_none(query: Query) -> None:
    rows = query("select project, list_cost_amount, price_status from fct_usage where account_name = 'modified'")
    assert sorted(rows) == [
        ("batch", Decimal("0.0015"), "priced"),
        ("eu", None, "unpriced"),
        ("over", Decimal("0.006"), "priced"),
        ("standard", Decimal("0.003"), "priced"),
        ("us", Decimal("0.0033"), "priced"),
        ("window", None, "unpriced"),
    ]


def test_only_billed_tokens_are_spend(query: Query) -> None:
    rows = query(
        """
        select source_kind, host, cost_kind, cost_basis, cost_amount
        from fct_costs where account_name = 'billing' order by source_kind, host
        """
    )
    assert rows == [
        ("api", None, "spend", "computed", Decimal("0.003")),
        ("local", "ci-7", "spend", "computed", Decimal("0.003")),
        ("local", "laptop", "list_price_value", "notional", Decimal("0.003")),
    ]


def test_currencies_stay_apart_and_a_credit_stays_negative(query: Query) -> None:
    rows = query(
        """
        select currency, charge_category, model_id, cost_amount, unsplit_tokens, total_tokens, note
        from fct_costs where account_name = 'currencies' order by currency, cost_amount
        """
    )
    assert rows == [
        ("EUR", "Usage", None, Decimal("12.34"), 0, 0, None),
        ("USD", "Credit", None, Decimal(-25), 0, 0, None),
        ("USD", "Usage", None, Decimal("0.000000000001"), 0, 0, None),
        ("USD", "Usage", "acme-large-2", Decimal(10), 7, 7, "=1+1"),
    ]
    daily = query(
        """
        select currency, sum(cost_amount) from rpt_daily_costs where account_name = 'currencies'
        group by currency order by currency
        """
    )
    assert daily == [("EUR", Decimal("12.34")), ("USD", Decimal("-14.999999999999"))]


def test_a_subscription_is_spread_over_its_days_to_the_last_digit(query: Query) -> None:
    rows = query(
        """
        select entry_id, count(*), min(cost_amount), arg_max(cost_amount, cost_date), sum(cost_amount), max(cost_date)
        from fct_costs where account_name = 'plans' group by entry_id order by entry_id
        """
    )
    assert rows == [
        ("ahead", 3, Decimal(1), Decimal(1), Decimal(3), date(2026, 4, 1)),
        ("february", 28, Decimal("7.142857"), Decimal("7.142861"), Decimal(200), date(2026, 2, 28)),
        ("march", 31, Decimal("3.225806"), Decimal("3.225820"), Decimal(100), date(2026, 3, 31)),
    ]


def test_the_day_of_the_build_and_days_ahead_are_provisional(query: Query) -> None:
    rows = query("select cost_date, is_provisional from fct_costs where entry_id = 'ahead' order by cost_date")
    assert rows == [(date(2026, 3, 30), False), (date(2026, 3, 31), True), (date(2026, 4, 1), True)]
    assert query("select first_day, last_day from rpt_build") == [(date(2026, 1, 5), date(2026, 3, 31))]


def test_an_invoice_stands_instead_of_what_was_fetched_for_its_day(query: Query) -> None:
    rows = query(
        """
        select cost_date, source_kind, cost_amount
        from fct_costs where account_name = 'replaced' order by cost_date, source_kind, cost_amount
        """
    )
    assert rows == [
        (date(2026, 1, 15), "manual", Decimal(20)),
        (date(2026, 1, 15), "manual", Decimal(50)),
        (date(2026, 1, 16), "api", Decimal("0.003")),
    ]
    kept = query(
        """
        select account_name, cost_date, cost_amount, total_tokens, counts_usage, reason
        from fct_cost_candidates where not is_chosen
        """
    )
    reason = "a manual entry with replaces_source counts instead"
    assert kept == [("replaced", date(2026, 1, 15), Decimal("0.003"), 1_000, False, reason)]


def test_every_dimension_of_a_comparison_sums_to_its_total(query: Query) -> None:
    unequal = query(
        """
        with sums as (
            select comparison, month, cost_kind, currency, dimension, sum(current_amount) as now,
                coalesce(sum(compared_amount), 0) as compared, coalesce(sum(previous_amount), 0) as before
            from rpt_monthly_comparisons group by all
        )
        select comparison, month, cost_kind, currency from sums group by all
        having count(*) <> 6 or count(distinct now) <> 1 or count(distinct compared) <> 1 or count(distinct before) <> 1
        """
    )
    assert unequal == []
    # Every entry of its spend is of an account whose first entry is later than 1 January.
    february = query(
        """
        select cost_kind, current_amount, previous_amount from rpt_monthly_comparisons
        where comparison = 'full_month' and month = date '2026-02-01' and dimension = 'total' and currency = 'USD'
        order by cost_kind
        """
    )
    assert february == [
        ("list_price_value", Decimal("0.2"), Decimal("4.462116")),
        ("spend", Decimal(210), None),
    ]


def test_every_feed_says_how_fresh_it_is(query: Query) -> None:
    rows = query(
        """
        select feed, status, row_count, days_with_data, rejected_lines, message from rpt_source_freshness order by feed
        """
    )
    assert rows == [
        ("acme_usage", "current", 3, 3, 0, None),
        ("agent ci-7", "current", 1, 1, 0, None),
        ("agent laptop", "late", 19, 3, 2, None),
        ("manual", "current", 16, 9, 0, None),
        ("refused.csv", "refused", 0, 0, 0, "refused.csv:3:1: no amount"),
    ]


def test_nothing_entered_is_lost_or_counted_twice(query: Query) -> None:
    entered: dict[str, Decimal] = {}
    for record in COMPANY.records:
        if record.cost_amount is not None and record.currency is not None:
            entered[record.currency] = entered.get(record.currency, Decimal(0)) + record.cost_amount
    facts = query("select currency, sum(cost_amount) from fct_costs where cost_basis = 'manual' group by currency")
    assert dict(facts) == entered


def test_spend_and_list_price_value_never_share_a_row(query: Query) -> None:
    rows = query("select cost_kind, cost_basis from rpt_daily_costs group by all order by all")
    assert rows == [
        ("list_price_value", "none"),
        ("list_price_value", "notional"),
        ("spend", "computed"),
        ("spend", "manual"),
    ]
