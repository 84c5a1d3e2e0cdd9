"""What plans are worth: what is paid for them, and what the use that they cover would cost at list prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats
from pipelines.presentation.labels import provider_name


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A row per provider and a column per month; None where no use is covered by a plan."""
    if not rows:
        return None
    months = sorted({row["month"] for row in rows})
    by_cell = {(row["provider"], row["month"]): row for row in rows}
    lines = [
        {"name": provider_name(provider), "cells": [_cell(by_cell.get((provider, month)), context) for month in months]}
        for provider in sorted({row["provider"] for row in rows}, key=lambda name: (-_worth(rows, name), name))
    ]
    return PanelView(
        {
            "finding": _finding(rows, months, context),
            "months": [_month(month, rows) for month in months],
            "lines": lines,
            "lacks_plan": any(row["paid_amount"] is None for row in rows),
        }
    )


def _worth(rows: Rows, provider: str) -> Decimal:
    return sum((row["worth_amount"] for row in rows if row["provider"] == provider), Decimal(0))


def _cell(row: dict[str, Any] | None, context: ReportContext) -> dict[str, str]:
    if row is None:
        return {"paid": formats.EN_DASH, "worth": formats.EN_DASH, "times": ""}
    paid, worth = row["paid_amount"], row["worth_amount"]
    return {
        "paid": formats.EN_DASH if paid is None else formats.money(paid, context.currency),
        "worth": formats.money(worth, context.currency),
        "times": f"{worth / paid:.1f}\N{MULTIPLICATION SIGN}" if paid else "",
    }


def _finding(rows: Rows, months: list[date], context: ReportContext) -> str:
    """Of the newest month that is over, or of this one: "You paid $200 for plans in October; the use is worth $770"."""
    over = [month for month in months if any(row["month"] == month and not row["is_provisional"] for row in rows)]
    month = (over or months)[-1]
    mine = [row for row in rows if row["month"] == month]
    # What is paid to one provider is not compared with the use of another.
    compared = [row for row in mine if row["paid_amount"]] or mine
    paid = sum((row["paid_amount"] or Decimal(0) for row in compared), Decimal(0))
    worth = formats.money(sum((row["worth_amount"] for row in compared), Decimal(0)), context.currency)
    name = formats.month(month) if over else f"{formats.month(month)} so far"
    if not paid:
        return f"Use under plans is worth {worth} in {name}; no plan is entered"
    return f"You paid {formats.money(paid, context.currency)} for plans in {name}; the use is worth {worth}"


def _month(month: date, rows: Rows) -> str:
    is_provisional = any(row["is_provisional"] for row in rows if row["month"] == month)
    return f"{formats.month(month)} so far" if is_provisional else formats.month(month)


PANEL = Panel(id="plans", area="grid", order=64, columns=6, prepare=prepare)
