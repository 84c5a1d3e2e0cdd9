"""Every budget: how much of it is used, what is left, and where it is heading when a forecast covers its scope."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from dashboards.panels.figures import meter, period_gone
from pipelines.presentation import formats


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """The budgets as meters; the script draws the first one of a month that covers everything, day by day."""
    budgets = [_budget(row, context) for row in rows if row["amount"]]
    whole = [row for row in rows if row["scope"] == "everything" and row["period"] == "month"]
    whole = [row for row in whole if row["currency"] == context.currency]
    return PanelView({"budgets": budgets, "finding": _finding(budgets)}, data=_burn_up(whole[0]) if whole else None)


def _budget(row: dict[str, Any], context: ReportContext) -> dict[str, Any]:
    used = row["spent_amount"] / row["amount"]
    gone = period_gone(row["period_start"], row["period_end"], context)
    parts = [f"{formats.percent(used)} used", _left(row)]
    if row["rollover_amount"]:
        parts.append(f"{_money(row['rollover_amount'], row)} of the budget carried over")
    if row["forecast_amount"] is not None:
        heading = Decimal(str(row["forecast_amount"])) / row["amount"]
        parts.append(f"heading for {formats.percent(heading)}")
    return {
        "name": row["budget"],
        "scope": row["scope"],
        "period": _period(row),
        "used": formats.percent(used),
        "amounts": f"{_money(row['spent_amount'], row)} of {_money(row['amount'], row)}",
        "detail": ", ".join(parts),
        "level": row["level_reached"],
        "meter": meter(used, gone),
    }


def _period(row: dict[str, Any]) -> str:
    if row["period"] == "month":
        return formats.full_month(row["period_start"])
    return f"{formats.full_day(row['period_start'])} to {formats.full_day(row['period_end'] - timedelta(days=1))}"


def _left(row: dict[str, Any]) -> str:
    remaining = row["remaining_amount"]
    return f"{_money(remaining, row)} left" if remaining >= 0 else f"{_money(-remaining, row)} over"


def _finding(budgets: list[dict[str, Any]]) -> str:
    if not budgets:
        return "No budget set"
    over = [budget["name"] for budget in budgets if budget["meter"]["state"] == "over"]
    if over:
        return f"{over[0]} is over budget" if len(over) == 1 else f"{len(over)} budgets are over"
    return f"{budgets[0]['used']} of the {budgets[0]['name']} budget used"


def _burn_up(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["budget"],
        "amount": float(row["amount"]),
        "first": row["period_start"].isoformat(),
        "end": row["period_end"].isoformat(),
        "amount_text": _money(row["amount"], row),
        "heading": row["forecast_amount"],
    }


def _money(amount: Decimal, row: dict[str, Any]) -> str:
    return formats.money(amount, row["currency"])


PANEL = Panel(id="budget", area="grid", order=40, columns=4, prepare=prepare)
