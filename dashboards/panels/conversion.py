"""What the month so far comes to with the amounts in other currencies, and what in them has no rate."""

from __future__ import annotations

from decimal import Decimal

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A sentence for each kind of cost that has other currencies this month; None where none has."""
    texts = {
        cost_view.cost_kind: _text(_of(rows, "cost_kind", cost_view.cost_kind), context)
        for cost_view in context.cost_views
    }
    lines = [{"kind": kind, "text": text} for kind, text in texts.items() if text]
    return PanelView({"lines": lines, "first": context.cost_views[0].cost_kind}) if lines else None


def _text(rows: Rows, context: ReportContext) -> str:
    converted = _of(rows, "conversion_status", "converted")
    parts = []
    if converted:
        others = _sum(converted)
        total = _sum(_of(rows, "conversion_status", "same")) + others
        parts.append(
            f"With other currencies, {formats.month(context.this_month)} so far comes to "
            f"{formats.money(total, context.currency)}: {formats.money(others, context.currency)} is "
            f"{_amounts(converted)}, converted by the rate of each day."
        )
    unconverted = _of(rows, "conversion_status", "unconverted")
    if unconverted:
        parts.append(f"Without a rate, and so in no total: {_amounts(unconverted)}.")
    return " ".join(parts)


def _of(rows: Rows, column: str, value: str) -> Rows:
    return [row for row in rows if row[column] == value]


def _sum(rows: Rows) -> Decimal:
    return sum((row["converted_amount"] for row in rows), Decimal(0))


def _amounts(rows: Rows) -> str:
    return " and ".join(formats.exact_money(row["cost_amount"], row["currency"]) for row in rows)


PANEL = Panel(id="conversion", area="figures", order=2, prepare=prepare)
