"""Rows of the marts that judge other marts: bills alongside use, sources that do not count, what cost centres bear."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.dashboards.published import TODAY

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def reconciled(month: date, provider: str, estimated: str | None, billed: str | None, **given: Any) -> dict[str, Any]:
    """A month of a provider with both sides in agreement, unless said otherwise."""
    sides = {
        "estimated_amount": None if estimated is None else Decimal(estimated),
        "billed_amount": None if billed is None else Decimal(billed),
    }
    parts = {name: Decimal(value) if name.endswith("_amount") else value for name, value in given.items()}
    return {
        "period": "month",
        "period_start": month,
        "provider": provider,
        "currency": "USD",
        **sides,
        "difference_amount": (sides["billed_amount"] or 0) - (sides["estimated_amount"] or 0),
        "verdict": "within",
        "is_provisional": month == TODAY.replace(day=1),
        **parts,
    }


def company_reconciliation() -> list[dict[str, Any]]:
    """Every verdict there is, and a third month."""
    seats = {"not_usage_amount": "200", "difference_ratio": -0.0081, "trend": "closer"}
    batch = {"non_token_amount": "4", "tier_amount": "-30", "cache_amount": "-0.004", "verdict": "explained"}
    wide = {"not_usage_amount": "200", "cache_amount": "30", "tier_amount": "-12", "unexplained_amount": "-25.5"}
    return [
        reconciled(NOVEMBER, "anthropic", "5000", "5160", unexplained_amount="-40", **seats),
        reconciled(NOVEMBER, "openai", "2100", "2074", trend="further", **batch),
        reconciled(NOVEMBER, "mistral", None, "120.50", missing_days_amount="120.50", verdict="no_estimate"),
        reconciled(
            OCTOBER, "anthropic", "100", "292.5", verdict="outside", difference_ratio=-0.081, trend="further", **wide
        ),
        reconciled(OCTOBER, "google", "900", "900", difference_ratio=0.0),
        reconciled(OCTOBER, "vertex", "33", None, missing_days_amount="-33", verdict="not_billed"),
        reconciled(date(2026, 9, 1), "google", "880", "880.01", rounding_amount="0.01", difference_ratio=0.00001),
    ]


def candidate(source_kind: str, source: str, amount: str, reason: str, **given: Any) -> dict[str, Any]:
    """A day of a source that does not count."""
    return {
        "cost_date": date(2026, 11, 5),
        "provider": "anthropic",
        "account_name": "acme-research",
        "source_kind": source_kind,
        "source": source,
        "cost_amount": Decimal(amount),
        "reason": reason,
        **given,
    }


def company_candidates() -> list[dict[str, Any]]:
    """A usage report alongside the bill, on two days, an agent that is paid by the token, and the bill itself."""
    instead = "anthropic-costs counts instead: cost report of the provider"
    covered = "anthropic-costs of acme-research states what this was charged"
    return [
        candidate("api", "anthropic-usage", "150.25", instead, counts_usage=True),
        candidate("api", "anthropic-usage", "149.75", instead, counts_usage=True, cost_date=date(2026, 11, 7)),
        candidate("local", "claude-code", "12.5", covered, host="build-server", account_name="claude-code"),
        candidate("api", "anthropic-costs", "298", "cost report of the provider", is_chosen=True),
    ]


def borne(month: date, cost_center: str, provider: str, amount: str, **given: Any) -> dict[str, Any]:
    """What a cost centre bears of a provider in a month."""
    return {
        "month": month,
        "cost_center": cost_center,
        "provider": provider,
        "account_name": f"acme-{provider}",
        "cost_amount": Decimal(amount),
        "converted_amount": None if "currency" in given else Decimal(amount),
        "converted_shared_amount": given.get("shared_amount", Decimal(0)),
        "is_provisional": month == NOVEMBER,
        **given,
    }


def company_statement() -> list[dict[str, Any]]:
    """Two cost centres, one of which bears a shared seat, and what is left; one kind of cost without a centre."""
    return [
        borne(OCTOBER, "research", "anthropic", "6100"),
        borne(OCTOBER, "unallocated", "openai", "900.5"),
        borne(NOVEMBER, "research", "anthropic", "3000", shared_amount=Decimal("12.5")),
        borne(NOVEMBER, "research", "openai", "600"),
        borne(NOVEMBER, "research", "google", "400"),
        borne(NOVEMBER, "support", "openai", "500"),
        borne(NOVEMBER, "unallocated", "mistral", "500"),
        borne(NOVEMBER, "research", "hosting", "70", currency="EUR"),
        borne(date(2026, 12, 1), "research", "seats", "20"),
        borne(NOVEMBER, "unallocated", "anthropic", "90", cost_kind="list_price_value"),
    ]


def charged(currency: str, amount: str, converted: str | None, **given: Any) -> dict[str, Any]:
    """What a day cost in a currency, and what that is in dollars; None if there is no rate."""
    return {
        "cost_date": TODAY,
        "currency": currency,
        "cost_amount": Decimal(amount),
        "conversion_status": "same" if currency == "USD" else "unconverted" if converted is None else "converted",
        "converted_amount": None if converted is None else Decimal(converted),
        "rate": None if currency == "USD" or converted is None else Decimal(converted) / Decimal(amount),
        **given,
    }


def balance(account: str, used: str, left: str, **given: Any) -> dict[str, Any]:
    """This month's credit of an account: what was used of it, and what is left, the least it was all month."""
    return {
        "month": NOVEMBER,
        "provider": "openrouter",
        "account_name": account,
        "used_amount": Decimal(used),
        "closing_amount": Decimal(left),
        "lowest_amount": Decimal(left),
        "is_overdrawn": Decimal(left) < 0,
        **given,
    }
