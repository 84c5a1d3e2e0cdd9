"""Cost by day and provider, stacked; without scripts, a table of months and providers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats
from pipelines.presentation.labels import provider_name
from pipelines.presentation.wording import LONGEST_REMARK, shortened


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """A table per kind of cost: providers across, months down, the newest first; exact totals are rounded once."""
    tables = [_table(rows, cost_view, context) for cost_view in context.cost_views]
    of_kinds = {row["cost_kind"]: row for row in rows}
    data = {kind: {"missing": _missing_days(row), "notes": _notes(row)} for kind, row in of_kinds.items()}
    return PanelView({"tables": tables}, data=data)


def _missing_days(row: dict[str, Any]) -> dict[str, list[str]]:
    """Provider -> the days that it did not deliver."""
    found: dict[str, list[str]] = {}
    for missing in row["missing_days"] or ():
        found.setdefault(missing["provider"], []).append(missing["day"].isoformat())
    return found


def _notes(row: dict[str, Any]) -> list[dict[str, str]]:
    """What was entered for single days, corrected or noted, in words."""
    return [
        {
            "day": noted["day"].isoformat(),
            **{name: noted[name] for name in ("provider", "account", "source")},
            "text": _note(noted),
        }
        for noted in row["notes"] or ()
    ]


def _note(noted: dict[str, Any]) -> str:
    amount = formats.money(noted["amount"], noted["currency"])
    entered = f"{provider_name(noted['provider'])}, {noted['category'] or 'entry'}: {amount}"
    return f"{entered}; {shortened(noted['note'], LONGEST_REMARK)}" if noted["note"] else entered


def _table(rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    mine = [row for row in rows if row["cost_kind"] == cost_view.cost_kind]
    providers = sorted({row["provider"] for row in mine})
    months = sorted({row["month"] for row in mine}, reverse=True)
    amounts = {(row["month"], row["provider"]): row["cost_amount"] for row in mine}
    unpriced = {(row["month"], row["provider"]) for row in mine if row["has_unpriced"]}

    def write(amount: Decimal | None, *, partly: bool) -> str:
        if amount is None:
            return "unpriced" if partly else formats.EN_DASH
        return ("at least " if partly else "") + formats.money(amount, context.currency)

    lines = []
    for month in months:
        cells = [(amounts.get((month, name)), (month, name) in unpriced) for name in providers]
        priced = [amount for amount, _ in cells if amount is not None]
        total = sum(priced, Decimal(0)) if priced else None
        lines.append(
            {
                "month": formats.full_month(month),
                "amounts": [write(amount, partly=partly) for amount, partly in cells],
                "total": write(total, partly=any(partly for _, partly in cells)),
            }
        )
    return {
        "kind": cost_view.cost_kind,
        "label": cost_view.label,
        "providers": [provider_name(name) for name in providers],
        "lines": lines,
    }


PANEL = Panel(id="daily", area="grid", order=10, columns=8, prepare=prepare)
