"""A budget has reached one of its levels. Only the highest one speaks; the ones below it have been reported with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from notifications.alerts import Alert, Severity
from notifications.observations import BudgetStatus, Observations
from notifications.rendering import render
from notifications.rules import Rule
from pipelines.presentation.formats import day, full_money

NAME = "budget_threshold"
FULL = 100


def evaluate(observations: Observations) -> list[Alert]:
    """One alert for each budget that has reached a level."""
    return [_alert(budget) for budget in observations.budgets if budget.level_reached is not None]


def _alert(budget: BudgetStatus) -> Alert:
    level = budget.level_reached or 0
    percent = int(budget.spent_amount * 100 / budget.amount)
    sample = "SAMPLE " if budget.is_sample else ""
    subject = (
        f"{sample}{budget.budget}: {percent} % of the {_period(budget)} budget is spent "
        f"({full_money(budget.spent_amount, budget.currency)} of {full_money(budget.amount, budget.currency)})"
    )
    elapsed = (budget.as_of.date() - budget.period_start).days
    length = (budget.period_end - budget.period_start).days
    facts = {
        "headline": f"{percent} % of the {budget.budget} budget is spent",
        "level": level,
        "percent": percent,
        "time_percent": round(100 * elapsed / length),
        "spent": full_money(budget.spent_amount, budget.currency),
        "amount": full_money(budget.amount, budget.currency),
        "carried_over": full_money(budget.rollover_amount, budget.currency) if budget.rollover_amount else None,
        "over": budget.remaining_amount < 0,
        "remaining": full_money(abs(budget.remaining_amount), budget.currency),
        "scope": budget.scope,
        "period": f"{day(budget.period_start)} to {day(budget.period_end - timedelta(days=1))}",
        "elapsed": elapsed,
        "length": length,
        "a_day": full_money(budget.spent_amount / max(elapsed, 1), budget.currency),
        "even_pace": full_money(budget.amount / Decimal(length), budget.currency),
        "as_of": f"{budget.as_of:%Y-%m-%d %H:%M} UTC",
        "is_sample": budget.is_sample,
    }
    return Alert(
        rule=NAME,
        dedup_key=_key(budget, level),
        severity=Severity.CRITICAL if percent >= FULL else Severity.WARNING,
        subject=subject,
        body_text=render("budget_threshold.txt.j2", facts),
        body_html=render("budget_threshold.html.j2", facts),
        supersedes=tuple(_key(budget, lower) for lower in sorted(budget.alert_at) if lower < level),
        channels=budget.channels,
    )


def _period(budget: BudgetStatus) -> str:
    start = budget.period_start
    calendar = {"month": f"{start:%B}", "quarter": f"Q{(start.month + 2) // 3} {start.year}", "year": str(start.year)}
    return calendar.get(budget.period) or f"{day(start)} to {day(budget.period_end - timedelta(days=1))}"


def _key(budget: BudgetStatus, level: int) -> str:
    return f"{NAME}:{budget.budget}:{budget.period_start}:{level}"


EXAMPLE = Observations(
    budgets=(
        BudgetStatus(
            budget="everything",
            period="month",
            period_start=date(2026, 11, 1),
            period_end=date(2026, 12, 1),
            scope="provider <openai>",
            amount=Decimal(2000),
            rollover_amount=Decimal(0),
            currency="USD",
            spent_amount=Decimal(1450),
            remaining_amount=Decimal(550),
            alert_at=(70, 90, 100),
            level_reached=70,
            as_of=datetime(2026, 11, 20, 9, tzinfo=UTC),
            is_sample=False,
        ),
    )
)
RULE = Rule(NAME, evaluate, EXAMPLE)
