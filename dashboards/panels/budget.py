"""Every budget: how much of it is used, when it is passed, and where it is heading when a forecast covers its scope."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from dashboards.panels.figures import meter, period_gone
from pipelines.presentation import formats

_HEIGHT = 32
"""Of the field of a burn-up; its width is 100."""


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """The budgets with a meter and a burn-up each; the script draws the monthly one of everything, day by day."""
    whole = [row for row in rows if row["scope"] == "everything" and row["period"] == "month"]
    whole = [row for row in whole if row["currency"] == context.currency]
    budgets = [_budget(row, context) | {"is_drawn": row in whole[:1]} for row in rows if row["amount"]]
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
    if (crossing := _crossing(row, context)) is not None:
        parts.append(crossing)
    return {
        "name": row["budget"],
        "scope": row["scope"],
        "period": _period(row),
        "used": formats.percent(used),
        "amounts": f"{_money(row['spent_amount'], row)} of {_money(row['amount'], row)}",
        "detail": ", ".join(parts),
        "level": row["level_reached"],
        "crosses": row["crosses_on"] and _near(row["crosses_on"], context),
        "crossing": crossing,
        "line": burn_up(row, context),
        "meter": meter(used, gone),
    }


def _crossing(row: dict[str, Any], context: ReportContext) -> str | None:
    if row["crosses_on"] is None:
        return None
    is_past = row["remaining_amount"] < 0
    return f"{'passed' if is_past else 'on course to pass it'} on {_near(row['crosses_on'], context)}"


def _near(day: date, context: ReportContext) -> str:
    return formats.day(day) if day.year == context.today.year else formats.full_day(day)


def burn_up(row: dict[str, Any], context: ReportContext) -> dict[str, Any] | None:
    """What is spent by each day of the period, and what is expected on top of it, as lines on a field of 100 by 32.

    `limit` is the height of the budget, `zero` that of nothing spent; None where nothing is spent yet.
    """
    if not row["spent_days"]:
        return None
    days = (row["period_end"] - row["period_start"]).days
    spent = [(each["cost_date"], float(each["amount"])) for each in row["spent_days"]]
    ahead = [] if row["forecast_amount"] is None else [float(row["forecast_amount"])]
    amounts = [0.0, float(row["amount"]), *(amount for _, amount in spent), *ahead]
    bottom, top = min(amounts), max(amounts)

    def place(days_gone: int, amount: float) -> str:
        return f"{100 * days_gone / days:.4g},{_HEIGHT - (_HEIGHT - 2) * (amount - bottom) / (top - bottom) - 1:.4g}"

    today = min(context.today, row["period_end"] - timedelta(days=1))
    gone = (today - row["period_start"]).days + 1
    line = [place(0, 0.0), *(place((day - row["period_start"]).days + 1, amount) for day, amount in spent)]
    now = place(gone, spent[-1][1])
    return {
        "spent": " ".join([*line, now]),
        "ahead": f"{now} {place(days, ahead[0])}" if ahead and gone < days else None,
        "limit": place(0, float(row["amount"])).partition(",")[2],
        "zero": place(0, 0.0).partition(",")[2],
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
    if crossing := [budget for budget in budgets if budget["crosses"]]:
        return f"{crossing[0]['name']} is on course to pass its budget on {crossing[0]['crosses']}"
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
