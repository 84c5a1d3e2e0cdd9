"""A company whose spend is seen through several doors at once, by API, file, gateway, agent and manually."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind, UsageRecord
from pipelines.domain.source_kinds import SourceKind
from tests.dbt.landed import Landed, entered, price

DAY = date(2026, 3, 10)
NEXT = DAY + timedelta(days=1)


def reported(source: str, account: str, day: date = DAY, **given: Any) -> UsageRecord:
    """What `source` says of one day of an account with the provider acme; use of m-large unless said otherwise."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return UsageRecord(
        **{
            "source_kind": SourceKind.API,
            "source": source,
            "record_kind": RecordKind.USAGE,
            "account_name": account,
            "provider": "acme",
            "period_start": start,
            "period_end": start + timedelta(days=1),
            "grain": "1d",
            "model_raw": "m-large",
            **given,
        }
    )


def billed(source: str, account: str, amount: str, day: date = DAY, **given: Any) -> UsageRecord:
    """An amount in USD that `source` says the provider charges."""
    return reported(
        source,
        account,
        day,
        **{
            "record_kind": RecordKind.COST,
            "cost_amount": Decimal(amount),
            "currency": "USD",
            "cost_basis": CostBasis.PROVIDER_REPORTED,
            **given,
        },
    )


def routed(source: str, account: str, amount: str, day: date = DAY, **given: Any) -> UsageRecord:
    """A thousand tokens in with what `source` reckons that they cost."""
    defaults = {"record_kind": RecordKind.USAGE_COST, "cost_basis": CostBasis.PROVIDER_ESTIMATE, "requests": 1}
    return billed(source, account, amount, day, **{**defaults, "input_uncached_tokens": 1_000, **given})


FILE = {"source_kind": SourceKind.IMPORT}
LOG = {"source_kind": SourceKind.LOCAL, "provider": "acme", "input_uncached_tokens": 1_000}

LABS = [
    billed("openai_costs", "labs", "0.0031"),
    billed("openai_costs_csv", "labs", "0.0030", **FILE),
    reported("openai_usage", "labs", input_uncached_tokens=1_000, requests=2),
    reported("openai_usage_csv", "labs", input_uncached_tokens=1_000, requests=2, **FILE),
    reported("openai_usage", "labs", NEXT, input_uncached_tokens=2_000, requests=4),
]
VIEWS = [
    reported("anthropic_usage", "views", input_uncached_tokens=3_000, provider="other"),
    routed("anthropic_claude_code", "views", "0.002", provider="other"),
    routed("anthropic_claude_code", "views", "0.004", NEXT, provider="other"),
]
INSIGHT = {"provider": "pluto"}
ANALYTICS = [
    billed("anthropic_costs", "insight", "10", **INSIGHT),
    billed("anthropic_analytics_costs", "insight", "6", user_id="a@example.com", **INSIGHT),
    billed("anthropic_analytics_costs", "insight", "4", user_id="b@example.com", **INSIGHT),
    reported("anthropic_usage", "insight", input_uncached_tokens=1_000, **INSIGHT),
    reported("anthropic_analytics_usage", "insight", input_uncached_tokens=1_000, requests=7, **INSIGHT),
    billed("anthropic_analytics_costs", "enterprise", "3", user_id="a@example.com", **INSIGHT),
    reported("anthropic_analytics_usage", "enterprise", input_uncached_tokens=500, requests=5, **INSIGHT),
]
GATEWAY = [
    routed("litellm_activity", "proxy", "0.003"),
    routed("litellm_activity", "proxy", "0.007", provider="litellm", model_raw=None),
    routed("litellm_activity", "proxy", "0.005", provider="umbra"),
    routed("litellm_activity", "proxy", "0.006", DAY - timedelta(days=1)),
]
AGENTS = [
    reported("agent", "agent", host="ci-7", **LOG),
    reported("agent", "agent", host="laptop", **LOG),
    reported("agent", "agent", DAY - timedelta(days=1), host="ci-7", **LOG),
]
QUOTA = [
    routed("cursor_events", "team", "0.04", provider="cursor", is_billable=False, cost_basis="provider_reported"),
    routed("cursor_events", "team", "0.09", provider="cursor", model_raw="n-1", cost_basis="provider_reported"),
    routed("cursor_csv", "team", "0.13", provider="cursor", cost_basis="provider_reported", **FILE),
    entered("team", DAY, "40", provider="cursor", entry_category="seat"),
]
FEBRUARY = date(2026, 2, 10)
ASTRAY = [
    billed("openai_costs", "astray", "10", FEBRUARY, provider="sun"),
    billed("openai_costs", "astray", "2", FEBRUARY, provider="sun", model_raw=None, line_item="web search tool calls"),
    reported("openai_usage", "astray", FEBRUARY, provider="sun", input_uncached_tokens=1_000_000),
    entered("astray", FEBRUARY, "30", provider="sun", entry_category="seat"),
]
MOON = {"provider": "moon", "input_uncached_tokens": 1_000}
SPREAD = [
    billed("openai_costs", "spread", "1", FEBRUARY, provider="moon"),
    reported("openai_usage", "spread", FEBRUARY, project="proj_1", project_name="Atlas", api_key_id="k1", **MOON),
    reported("openai_usage", "spread", FEBRUARY, project="proj_1", project_name="Atlas", api_key_id="k2", **MOON),
    reported("openai_usage", "spread", FEBRUARY, project="proj_2", project_name="Bora", api_key_id="k3", **MOON),
]
CHEAPER = datetime(2025, 10, 1, tzinfo=UTC)
MARS = {"provider": "mars", "project": "Atlas"}
YEARS = [
    reported("openai_usage", "years", date(2025, 1, 10), input_uncached_tokens=2_000_000, **MARS),
    reported("openai_usage", "years", date(2025, 8, 10), input_uncached_tokens=1_000_000, **MARS),
    reported("openai_usage", "years", date(2025, 11, 10), input_uncached_tokens=2_000_000, **MARS),
    reported("openai_usage", "years", date(2026, 1, 10), input_uncached_tokens=3_000_000, **MARS),
    entered("years", date(2025, 8, 10), "10", provider="mars", entry_category="seat"),
    entered("years", date(2025, 11, 10), "14", provider="mars", entry_category="seat"),
]
PURCHASE, CREDIT = ChargeCategory.PURCHASE, ChargeCategory.CREDIT
PREPAID = [
    entered(
        "ahead",
        FEBRUARY,
        "50",
        provider="venus",
        charge_category=PURCHASE,
        entry_category="purchase",
        line_item="purchase",
    ),
    entered(
        "ahead", FEBRUARY, "20", provider="venus", charge_category=PURCHASE, entry_category="seat", line_item="seat"
    ),
    entered("ahead", DAY, "-10", provider="venus", charge_category=CREDIT, entry_category="credit"),
    routed("openrouter_activity", "ahead", "42.5", FEBRUARY, provider="venus"),
    routed("openrouter_activity", "ahead", "27.5", DAY, provider="venus"),
    entered(
        "behind",
        FEBRUARY,
        "5",
        provider="venus",
        charge_category=PURCHASE,
        entry_category="purchase",
        line_item="purchase",
    ),
]

CHOICE = Landed(
    records=[*LABS, *VIEWS, *ANALYTICS, *GATEWAY, *AGENTS, *QUOTA, *ASTRAY, *SPREAD, *YEARS, *PREPAID],
    idle_before=date(2025, 1, 1),
    tables={
        "unit_prices": [
            price("input_uncached_tokens", "3"),
            {**price("input_uncached_tokens", "1"), "provider": "other"},
            {**price("input_uncached_tokens", "4"), "provider": "sun"},
            {**price("input_uncached_tokens", "5"), "provider": "moon"},
            {**price("input_uncached_tokens", "5", end=CHEAPER), "provider": "mars"},
            {**price("input_uncached_tokens", "4", start=CHEAPER), "provider": "mars"},
        ],
        "agent_billing": [{"source": "agent", "host": "ci-7", "billing": "metered"}],
        "budgets": [
            {"budget": "labs", "amount": Decimal(1), "currency": "USD", "period": "year", "alert_at": [10]},
            {"budget": "bora", "amount": Decimal(1), "currency": "USD", "period": "year", "alert_at": [50]},
        ],
        "budget_scopes": [
            {"budget": "labs", "dimension": "cost_center", "value": "labs"},
            {"budget": "bora", "dimension": "project", "value": "Bora"},
        ],
        "cost_center_rules": [
            {"rule": 1, "cost_center": "research", "percent": Decimal(100), "since": None, "until": None},
            {"rule": 2, "cost_center": "labs", "percent": Decimal("33.333333"), "since": FEBRUARY, "until": None},
            {"rule": 2, "cost_center": "ops", "percent": Decimal("66.666667"), "since": FEBRUARY, "until": None},
            {"rule": 3, "cost_center": "past", "percent": Decimal(100), "since": None, "until": FEBRUARY},
        ],
        "cost_center_scopes": [
            {"rule": 1, "dimension": "project", "value": "Atlas"},
            {"rule": 2, "dimension": "provider", "value": "moon"},
        ],
        "prepaid_accounts": [{"provider": "venus", "account_name": "ahead"}],
        "balances": [
            {"provider": "venus", "account_name": name, "currency": "USD", "amount": Decimal("7.25"), "observed_at": at}
            for name in ("ahead", "behind")
            for at in [datetime(2026, 2, 12, 9, tzinfo=UTC)]
        ],
        "paid_accounts": [
            {"account_name": "proxy", "source": None, "host": None, "provider": "acme", "pays": "labs"},
            {"account_name": "proxy", "source": None, "host": None, "provider": "litellm", "pays": "labs"},
        ],
    },
)
