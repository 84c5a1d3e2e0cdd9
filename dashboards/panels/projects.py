"""What each project costs, by the name that people use for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from dashboards.recorded import cost_of
from pipelines.presentation import formats

NAMELESS = "No project named"


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """The projects of each kind of cost, for a reader without scripts; None where no project is named."""
    if all(row["name"] is None for row in rows):
        return None
    return PanelView({"tables": [_table(rows, cost_view, context) for cost_view in context.cost_views]})


def _table(rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    mine = [row for row in rows if row["cost_kind"] == cost_view.cost_kind]
    total = sum((row["cost_amount"] for row in mine if row["cost_amount"] is not None), Decimal(0))
    is_credited = any((row["cost_amount"] or 0) < 0 for row in mine)
    lines = [
        {
            "name": row["name"] or NAMELESS,
            "cost": cost_of(row, context.currency),
            "share": formats.EN_DASH
            if is_credited or row["cost_amount"] is None or total <= 0
            else formats.percent(row["cost_amount"] / total),
        }
        for row in mine
    ]
    return {"kind": cost_view.cost_kind, "label": cost_view.label, "lines": lines}


PANEL = Panel(id="projects", area="grid", order=62, prepare=prepare)
