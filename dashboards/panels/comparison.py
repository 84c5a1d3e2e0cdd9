"""What changed between two months over the same days, by model or provider, and why."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from dashboards.recorded import gap, without
from pipelines.presentation import formats
from pipelines.presentation.drivers import DRIVERS, reason
from pipelines.presentation.labels import spender_name

_LISTED = 10
_EXPLAINED = 3


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """For the script, the days to compare for each kind of cost, or why there are none; for the template, changes."""
    tables, windows, reasons = [], {}, []
    for cost_view in context.cost_views:
        mine = [row for row in rows if row["cost_kind"] == cost_view.cost_kind]
        for row in mine:
            if row["part"] == "total":
                windows[cost_view.cost_kind] = _windows(row)
                reasons.append(_reasons(row, mine, cost_view, context))
            elif row["part"] == "waiting":
                windows[cost_view.cost_kind] = {"note": _note(row)}
        tables.append(_table(mine, cost_view, context))
    return PanelView({"tables": tables, "reasons": reasons}, data=windows)


def _reasons(total: dict[str, Any], rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    """The parts that the whole change splits into, and why the models changed that changed most."""
    models = [row for row in rows if row["part"] == "model"]
    sums = {part: sum((row[f"{part}_amount"] or Decimal(0) for row in models), Decimal(0)) for part in DRIVERS}
    parts = [
        {"name": DRIVERS[part][amount < 0], "amount": formats.money(amount, context.currency, signed=True)}
        for part, amount in sorted(sums.items(), key=lambda each: -abs(each[1]))
        if amount
    ]
    explained = [
        f"{spender_name(row['name'])} {formats.money(row['change_amount'], context.currency, signed=True)}: {why}"
        for row in models[:_EXPLAINED]
        if row["change_amount"] and row["driver_kind"] and (why := reason(row))
    ]
    days = _windows(total)
    spans = " against ".join(formats.days(*map(date.fromisoformat, days[side])) for side in ("current", "previous"))
    title = f"Why, of all {cost_view.noun}, {spans}" if parts else ""
    return {"kind": cost_view.cost_kind, "title": title, "parts": parts, "models": explained}


def _note(row: dict[str, Any]) -> str:
    before = formats.month_before(row["month"])
    why = gap(row["recorded_from"], row["recorded_through"], before, row["first_day"])
    return f"Nothing to compare with yet: {why}." if why else "There are not two months with the same days yet."


def _windows(row: dict[str, Any]) -> dict[str, Any]:
    """Both runs of days, the last day included."""
    first, days = row["month"], timedelta(days=row["days_compared"] - 1)
    before = formats.month_before(first)
    last_before = first - timedelta(days=1)
    if row["comparison"] == "month_to_date":
        return _window(first, first + days, before, min(before + days, last_before))
    following = (first + timedelta(days=31)).replace(day=1)
    return _window(first, following - timedelta(days=1), before, last_before)


def _window(first: date, last: date, first_before: date, last_before: date) -> dict[str, Any]:
    return {
        "current": [first.isoformat(), last.isoformat()],
        "previous": [first_before.isoformat(), last_before.isoformat()],
        "month": formats.full_month(first_before),
    }


def _table(rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    models = [row for row in rows if row["part"] == "model"]
    left_out = next((row["left_out"] for row in rows if row["part"] == "total"), None)
    lines = [
        {
            "model": spender_name(row["name"]),
            "previous": formats.money(row["previous_amount"] or Decimal(0), context.currency),
            "current": formats.money(row["current_amount"] or Decimal(0), context.currency),
            "change": formats.money(row["change_amount"], context.currency, signed=True),
        }
        for row in models[:_LISTED]
        if row["change_amount"]
    ]
    caption = f"{cost_view.label} by model, the largest changes over the same days{without(left_out, context.currency)}"
    return {"kind": cost_view.cost_kind, "caption": caption, "lines": lines}


PANEL = Panel(id="comparison", area="grid", order=50, columns=6, prepare=prepare)
