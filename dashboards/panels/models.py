"""Every model with its tokens, its cost and what a million of its tokens cost."""

from __future__ import annotations

from typing import Any

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from dashboards.recorded import cost_of
from pipelines.presentation import formats
from pipelines.presentation.labels import provider_name


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """The models of each kind of cost, the costliest first, for a reader without scripts."""
    return PanelView({"tables": [_table(rows, cost_view, context) for cost_view in context.cost_views]})


def _table(rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    lines = [
        {
            "model": row["model_id"] or "No model named",
            "provider": provider_name(row["provider"]),
            "tokens": formats.EN_DASH if row["total_tokens"] is None else formats.tokens(row["total_tokens"]),
            "cost": cost_of(row, context.currency),
        }
        for row in rows
        if row["cost_kind"] == cost_view.cost_kind
    ]
    return {"kind": cost_view.cost_kind, "label": cost_view.label, "lines": lines}


PANEL = Panel(id="models", area="grid", order=60, prepare=prepare)
