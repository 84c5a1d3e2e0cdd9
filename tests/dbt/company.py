"""A company whose every account is one case of what the marts promise. The build is of 31 March 2026, noon UTC."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipelines.domain.records import ChargeCategory
from pipelines.domain.source_kinds import SourceKind
from pipelines.presentation.messages import NO_PRICE, UNLISTED
from tests.dbt.landed import AS_OF, Landed, entered, price, used

JAN_5 = datetime(2026, 1, 5, 9, tzinfo=UTC)
CHEAPER = datetime(2026, 2, 1, tzinfo=UTC)

PRICES = [
    price("input_uncached_tokens", "3", end=CHEAPER),
    price("input_uncached_tokens", "2", start=CHEAPER),
    price("input_uncached_tokens", "6", past=200_000),
    price("cache_read_tokens", "0.30"),
    price("cache_read_tokens", "0.60", past=200_000),
    price("cache_write_5m_tokens", "3.75"),
    price("cache_write_1h_tokens", "6"),
    price("output_tokens", "15"),
    price("output_tokens", "22.50", past=200_000),
    {**price("input_uncached_tokens", "3.30"), "inference_geo": "us"},
    {**price("input_uncached_tokens", "1.50"), "is_batch": True},
]
WITHOUT_A_PRICE = [
    {"provider": "acme", "model_raw": "mystery-1", "reason": UNLISTED},
    {"provider": "acme", "model_raw": "m-large", "reason": f"{NO_PRICE} region eu"},
    {"provider": "acme", "model_raw": "m-large", "reason": f"{NO_PRICE} service tier priority"},
]

TIERS = [
    used("tiers", JAN_5, project="at", input_uncached_tokens=150_000, cache_read_tokens=50_000, output_tokens=1_000),
    used("tiers", JAN_5, project="past", input_uncached_tokens=150_001, cache_read_tokens=50_000, output_tokens=1_000),
    used("tiers", JAN_5, project="day", grain="1d", input_uncached_tokens=900_000),
    used("tiers", JAN_5, project="wide", grain="1d", context_window="200k-1M", input_uncached_tokens=10),
]
DATES = [
    used("dates", CHEAPER - timedelta(microseconds=1), input_uncached_tokens=100_000),
    used("dates", CHEAPER, input_uncached_tokens=100_000),
]
CACHES = [
    used("caches", JAN_5, project="5m", cache_write_5m_tokens=1_000),
    used("caches", JAN_5, project="1h", cache_write_1h_tokens=1_000),
    used("caches", JAN_5, project="other", cache_write_other_tokens=1_000),
]
UNKNOWN = [
    used("unknown", JAN_5, model_raw="mystery-1", input_uncached_tokens=500),
    used("unknown", JAN_5, input_uncached_tokens=1_000),
    used("unknown", JAN_5, service_tier="priority", input_uncached_tokens=40),
]
MODIFIED = [
    used("modified", JAN_5, project="standard", input_uncached_tokens=1_000),
    used("modified", JAN_5, project="us", inference_geo="us", input_uncached_tokens=1_000),
    used("modified", JAN_5, project="batch", is_batch=True, input_uncached_tokens=1_000),
    used("modified", JAN_5, project="eu", inference_geo="eu", input_uncached_tokens=1_000),
    used("modified", JAN_5, project="window", grain="1d", context_window="vast", input_uncached_tokens=1_000),
    used("modified", JAN_5, project="over", grain="1d", context_window="> 200k", input_uncached_tokens=1_000),
]
BILLING = [
    used("billing", JAN_5, host="laptop", input_uncached_tokens=1_000),
    used("billing", JAN_5, host="ci-7", input_uncached_tokens=1_000),
    used("billing", JAN_5 + timedelta(days=1), kind=SourceKind.API, input_uncached_tokens=1_000),
]
CURRENCIES = [
    entered("currencies", date(2026, 1, 10), "12.34", currency="EUR", entry_id="euros"),
    entered("currencies", date(2026, 1, 10), "10.00", model_raw="m-large", unsplit_tokens=7, note="=1+1"),
    entered(
        "currencies",
        date(2026, 1, 10),
        "-25",
        charge_category=ChargeCategory.CREDIT,
        entry_category="credit",
        entry_id="credit",
    ),
    entered("currencies", date(2026, 1, 10), "0.000000000001", entry_id="fine"),
]
PLANS = [
    entered("plans", date(2026, 2, 1), "200", days=28, entry_category="subscription", entry_id="february"),
    entered("plans", date(2026, 3, 1), "100", days=31, entry_category="subscription", entry_id="march"),
    entered("plans", date(2026, 3, 30), "3", days=3, entry_category="subscription", entry_id="ahead"),
]
REPLACED = [
    used("replaced", datetime(2026, 1, 15, tzinfo=UTC), kind=SourceKind.API, input_uncached_tokens=1_000),
    used("replaced", datetime(2026, 1, 16, tzinfo=UTC), kind=SourceKind.API, input_uncached_tokens=1_000),
    entered("replaced", date(2026, 1, 15), "50", entry_id="invoice", replaces_source=True),
    entered("replaced", date(2026, 1, 15), "20", entry_category="seat", entry_id="seat"),
]
MONTHS = [
    entered("months", date(2026, 1, 31), "8"),
    entered("months", date(2026, 2, 28), "10"),
    entered("months", date(2026, 3, 30), "15"),
    entered("months", date(2026, 3, 31), "99"),
]
BUDGETED = [
    entered("budgeted", date(2026, 3, 1), "1000", project="atlas"),
    entered("budgeted", date(2026, 3, 2), "400.00", project="atlas"),
    entered("budgeted", date(2026, 3, 2), "7", provider="umbra", tags='{"team":"core"}'),
]


def _budget(name: str, amount: str, currency: str = "USD", **given: Any) -> dict[str, Any]:
    reported = {"budget": name, "amount": Decimal(amount), "currency": currency}
    return {**reported, "period": "month", "alert_at": [70, 90, 100], **given}


def _scopes(budget: str, **values: str) -> list[dict[str, str]]:
    return [{"budget": budget, "dimension": dimension, "value": value} for dimension, value in values.items()]


COMPANY = Landed(
    records=[
        *(*TIERS, *DATES, *CACHES, *UNKNOWN, *MODIFIED, *BILLING),
        *(*CURRENCIES, *PLANS, *REPLACED, *MONTHS, *BUDGETED),
    ],
    idle_before=date(2025, 12, 1),
    tables={
        "unit_prices": PRICES,
        "unpriced_uses": WITHOUT_A_PRICE,
        "agent_billing": [{"source": "agent", "host": "ci-7", "billing": "metered"}],
        "budgets": [
            _budget("seventy", "2000"),
            _budget("almost ninety", "1555.56"),
            _budget("hundred", "1400"),
            _budget("untouched", "10", "EUR"),
            _budget("all", "1000000"),
            _budget("rolling", "12", rollover=True, rollover_cap=Decimal(3)),
            _budget("quarterly", "200", period="quarter"),
            _budget("fair", "10", period="custom", since=date(2026, 3, 2), until=date(2026, 3, 5)),
        ],
        "budget_scopes": [
            *_scopes("seventy", account="budgeted", project="atlas"),
            *_scopes("almost ninety", account="budgeted", project="atlas"),
            *_scopes("hundred", account="budgeted", provider="acme"),
            *_scopes("rolling", account="months", source_kind="manual"),
            *_scopes("quarterly", account="months"),
            *_scopes("fair", tag="team=core"),
        ],
        "exchange_rates": [
            {"rate_date": date(2026, 1, 2), "currency": "EUR", "rate": Decimal(9), "source": "ecb"},
            {"rate_date": date(2026, 1, 3), "currency": "EUR", "rate": Decimal("1.084213579135"), "source": "ecb"},
            {"rate_date": date(2026, 1, 11), "currency": "EUR", "rate": Decimal(9), "source": "ecb"},
        ],
        "feeds": [
            {
                "source_kind": "local",
                "source": "agent",
                "feed": "agent laptop",
                "last_attempt_at": AS_OF,
                "last_success_at": AS_OF - timedelta(hours=48, seconds=1),
                "status": "ok",
                "message": None,
                "rejected_lines": 2,
                "expected_every_hours": 24,
            },
            {
                "source_kind": "manual",
                "source": "manual",
                "feed": "refused.csv",
                "last_attempt_at": AS_OF,
                "last_success_at": None,
                "status": "refused",
                "message": "refused.csv:3:1: no amount",
                "rejected_lines": 0,
                "expected_every_hours": None,
            },
        ],
    },
)

LATER = replace(
    COMPANY,
    records=[
        *(record for record in COMPANY.records if record not in DATES and record.account_name != "replaced"),
        used("dates", CHEAPER, input_uncached_tokens=1),
        used("tiers", JAN_5, input_uncached_tokens=7, host="ci-9"),
    ],
)
"""A day of one feed is restated, the day before is withdrawn, and a feed is new."""

CHANGED = replace(
    LATER,
    timezone="Asia/Kathmandu",
    tables={
        **LATER.tables,
        "unit_prices": [
            {**price, "unit_price": price["unit_price"] * 2, "price_version": "list 2"} for price in PRICES
        ],
    },
)
