"""The digest of a week or a month: what was spent, what changed, where it is heading, and what is open.

Belongs here: its words. Does not: when one is due and its figures (pipelines/app/period_digests.py), or several
alerts in one message, which limits and quiet hours lead to (messages.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from notifications.alerts import Alert, Severity
from notifications.courses import course
from notifications.lifecycle import AlertState
from notifications.notices import COLORS, SAMPLE, one_line
from notifications.rendering import render
from notifications.sparkline import Sparkline, png
from pipelines.presentation.formats import days, full_money, full_month, money, percent
from pipelines.presentation.wording import counted, shortened

RULE_NAME = "digest"
"""By this name routes of channels choose digests."""
MOST_LISTED = 6
LONGEST_NAME = 60
LONGEST_HEADLINE = 140


@dataclass(frozen=True, kw_only=True)
class Spend:
    """What one provider or model cost in the period and in the one before, in one currency."""

    name: str
    currency: str
    amount: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal:
        """How much more or less."""
        return self.amount - self.before


@dataclass(frozen=True, kw_only=True)
class BudgetLine:
    """A budget whose period is under way; `projected` is None where nothing can be projected."""

    name: str
    currency: str
    amount: Decimal
    spent: Decimal
    projected: Decimal | None


@dataclass(frozen=True, kw_only=True)
class MonthForecast:
    """What the month under way is forecast to cost, with its 80 % interval."""

    month: date
    currency: str
    amount: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, kw_only=True)
class PeriodDigest:
    """The figures of a digest: of the days from `start` up to, not including, `end`.

    `totals` has a line for each currency, the largest first; `daily` are the amounts of the first currency by day up
    to the period's last. `providers` and `models` are the largest, and those that changed most. `late` are sources
    whose costs may be missing. All amounts are spend; list-price value is in none.
    """

    every: str
    start: date
    end: date
    as_of: datetime
    totals: Sequence[Spend]
    providers: Sequence[Spend] = ()
    models: Sequence[Spend] = ()
    daily: Sequence[Decimal] = ()
    budgets: Sequence[BudgetLine] = ()
    forecasts: Sequence[MonthForecast] = ()
    late: Sequence[str] = ()
    is_sample: bool = False

    @property
    def key(self) -> str:
        """What is the same of every digest of this period, so that nobody gets a second one."""
        return f"{RULE_NAME}:{self.every}:{self.start.isoformat()}"


def digest_alert(digest: PeriodDigest, opened: Sequence[AlertState], channels: tuple[str, ...] | None) -> Alert:
    """The digest as a message for `channels` (None: all), with the alerts that are open."""
    facts = _facts(digest, opened)
    sparkline = facts["sparkline"]
    return Alert(
        rule=RULE_NAME,
        dedup_key=digest.key,
        severity=Severity.INFO,
        subject=f"{SAMPLE if digest.is_sample else ''}{facts['headline']}",
        body_text=render("period_digest.txt.j2", facts),
        body_html=render("period_digest.html.j2", facts),
        channels=channels,
        picture=None if sparkline is None else png(sparkline, COLORS[Severity.INFO]),
    )


def _facts(digest: PeriodDigest, opened: Sequence[AlertState]) -> dict[str, Any]:
    last = digest.end - timedelta(days=1)
    is_month = digest.every == "month"
    named = full_month(digest.start) if is_month else f"{days(digest.start, last)}, {last.year}"
    sums = " and ".join(money(total.amount, total.currency) for total in digest.totals) or "nothing"
    first = digest.totals[0] if digest.totals else None
    change = f", {_change(first)}" if first is not None and first.before else ""
    return {
        "headline": f"{named}: {sums} spent{change}",
        "every": digest.every,
        "is_sample": digest.is_sample,
        "totals": [_line(total) for total in digest.totals],
        "before": full_month(digest.start - timedelta(days=1)) if is_month else "the 7 days before",
        "providers": _with_shares(digest.providers),
        "models": [_line(model) for model in digest.models],
        "budgets": [_budget(budget) for budget in digest.budgets],
        "forecasts": [_forecast(forecast) for forecast in digest.forecasts],
        "alerts": [_open(alert) for alert in opened[:MOST_LISTED]],
        "more_alerts": max(len(opened) - MOST_LISTED, 0),
        "alert_count": counted(len(opened), "open alert") if opened else "no open alerts",
        "late": list(digest.late[:MOST_LISTED]),
        "as_of": f"{digest.as_of:%Y-%m-%d %H:%M} UTC",
        "sparkline": _sparkline(digest),
    }


def _change(spend: Spend) -> str:
    """How it changed, in a few words: "up 12% ($340)"."""
    if not spend.change:
        return "as before"
    size = money(abs(spend.change), spend.currency)
    direction = "up" if spend.change > 0 else "down"
    return f"{direction} {percent(abs(spend.change) / spend.before)} ({size})" if spend.before > 0 else f"up {size}"


def _line(spend: Spend) -> dict[str, Any]:
    return {
        "name": shortened(one_line(spend.name), LONGEST_NAME),
        "amount": full_money(spend.amount, spend.currency),
        "before": full_money(spend.before, spend.currency),
        "change": money(spend.change, spend.currency, signed=True) if spend.before else "new",
        "is_more": spend.change > 0,
    }


def _with_shares(spends: Sequence[Spend]) -> list[dict[str, Any]]:
    """Each with its share of the largest, by which its bar is as long."""
    most = max((spend.amount for spend in spends), default=Decimal(0))
    return [
        {**_line(spend), "share": int(max(spend.amount, Decimal(0)) * 100 / most) if most > 0 else 0}
        for spend in spends
    ]


def _budget(budget: BudgetLine) -> dict[str, Any]:
    spent, amount = (money(each, budget.currency) for each in (budget.spent, budget.amount))
    heading = None if budget.projected is None else money(budget.projected, budget.currency)
    return {
        "name": shortened(one_line(budget.name), LONGEST_NAME),
        "spent": spent,
        "amount": amount,
        "percent": int(budget.spent * 100 / budget.amount),
        "heading": heading,
        "is_over": max(budget.spent, budget.projected or budget.spent) > budget.amount,
    }


def _forecast(forecast: MonthForecast) -> dict[str, str]:
    amount, lower, upper = (
        money(each, forecast.currency) for each in (forecast.amount, forecast.lower, forecast.upper)
    )
    return {"month": full_month(forecast.month), "amount": amount, "lower": lower, "upper": upper}


def _open(alert: AlertState) -> dict[str, str]:
    return {
        "id": alert.alert_id,
        "severity": str(alert.severity),
        "headline": shortened(one_line(alert.headline), LONGEST_HEADLINE),
        "since": f"{alert.opened_at:%b %d}",
    }


def _sparkline(digest: PeriodDigest) -> Sparkline | None:
    """The period's days after those before it."""
    if not digest.totals:
        return None
    first = digest.end - timedelta(days=len(digest.daily))
    return course(first, digest.daily, digest.start, digest.totals[0].currency)
