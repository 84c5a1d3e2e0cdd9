"""What a span of days cost, by anything: exact sums of rpt_daily_costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.answers.published import Published
from pipelines.answers.spans import Span

QUERY = Path(__file__).with_name("costs.sql")
PERIODS = ("day", "week", "month")
DIMENSIONS = (*PERIODS, "provider", "model", "project", "account", "key", "host", "source")
"""What costs can be added up by, as `costs.sql` names it."""


@dataclass(frozen=True)
class Cost:
    """What one value of a dimension cost. Amounts are of the reporting currency, to the last digit.

    `value` is None where the source does not say; `provisional` is the part of `spend` that may still change;
    `other_amounts` are spend in currencies without a rate, which is in no other figure; `tokens` is None where no row
    states any, and `unpriced_tokens` are those without a price, which are in no amount.
    """

    value: str | None
    spend: Decimal = Decimal(0)
    list_price_value: Decimal = Decimal(0)
    provisional: Decimal = Decimal(0)
    tokens: int | None = None
    unpriced_tokens: int = 0
    other_amounts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class CostFilter:
    """Which costs count: values of one dimension are or, dimensions are and; an empty one lets everything through."""

    provider: Sequence[str] = ()
    model: Sequence[str] = ()
    project: Sequence[str] = ()
    account: Sequence[str] = ()


EVERYTHING = CostFilter()


def costs(build: Published, span: Span, by: str, only: CostFilter = EVERYTHING) -> list[Cost]:
    """The costs of `span` by one of `DIMENSIONS`: periods in their order, else the highest spend first."""
    chosen = {name: list(values) or None for name, values in vars(only).items()}
    rows = build.connection.execute(
        QUERY.read_text(encoding="utf-8"), {"by": by, "first": span.first, "last": span.last, **chosen}
    ).fetchall()
    return [Cost(*row) for row in rows]


def total(rows: Sequence[Cost]) -> Cost:
    """The sum of `rows`."""
    others: dict[str, Decimal] = {}
    for row in rows:
        for currency, amount in row.other_amounts.items():
            others[currency] = others.get(currency, Decimal(0)) + amount
    tokens = [row.tokens for row in rows if row.tokens is not None]
    return Cost(
        value=None,
        spend=sum((row.spend for row in rows), Decimal(0)),
        list_price_value=sum((row.list_price_value for row in rows), Decimal(0)),
        provisional=sum((row.provisional for row in rows), Decimal(0)),
        tokens=sum(tokens) if tokens else None,
        unpriced_tokens=sum(row.unpriced_tokens for row in rows),
        other_amounts=others,
    )


def missing_days(build: Published, span: Span) -> dict[str, list[date]]:
    """The days of `span` that a provider should have delivered and has not, by provider."""
    found = build.connection.table("main.rpt_missing_days").filter("cost_kind = 'spend'")
    rows = found.project("provider, missing_date").distinct().order("provider, missing_date").fetchall()
    days: dict[str, list[date]] = {}
    for provider, day in rows:
        if span.first <= day <= span.last:
            days.setdefault(provider, []).append(day)
    return days
