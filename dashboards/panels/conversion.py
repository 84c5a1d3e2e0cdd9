"""What of this month is converted, at which rates, and what has none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats

_RATE_DIGITS = Decimal("0.0001")


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A sentence for each kind of cost that has other currencies this month; None where none has."""
    texts = {
        cost_view.cost_kind: _text(_of(rows, "cost_kind", cost_view.cost_kind), context)
        for cost_view in context.cost_views
    }
    lines = [{"kind": kind, "text": text} for kind, text in texts.items() if text]
    return PanelView({"lines": lines, "first": context.cost_views[0].cost_kind}) if lines else None


def _text(rows: Rows, context: ReportContext) -> str:
    parts = []
    if converted := _of(rows, "conversion_status", "converted"):
        total = formats.money(sum((row["converted_amount"] for row in converted), Decimal(0)), context.currency)
        each = " and ".join(f"{_amount(row)} {_at(row)}" for row in converted)
        parts.append(f"{total} of {formats.month(context.this_month)} so far is {each}.")
    if unconverted := _of(rows, "conversion_status", "unconverted"):
        parts.append(f"Without a rate, and so in no total: {' and '.join(_amount(row) for row in unconverted)}.")
    return " ".join(parts)


def _of(rows: Rows, column: str, value: str) -> Rows:
    return [row for row in rows if row[column] == value]


def _amount(row: dict[str, Any]) -> str:
    return formats.exact_money(row["cost_amount"], row["currency"])


def _at(row: dict[str, Any]) -> str:
    """The rates of the days, as they are: "converted at 0.92", or the lowest and the highest."""
    lowest, highest = _rate(row["lowest_rate"]), _rate(row["highest_rate"])
    return (
        f"converted at {lowest}" if lowest == highest else f"converted at the rate of each day, {lowest} to {highest}"
    )


def _rate(rate: Decimal) -> str:
    """Four digits after the point, or, of a rate below 0.1, four that say something."""
    short = rate.quantize(_RATE_DIGITS) if rate >= Decimal("0.1") else Decimal(f"{rate:.4g}")
    return f"{short.normalize():f}"


PANEL = Panel(id="conversion", area="figures", order=2, prepare=prepare)
