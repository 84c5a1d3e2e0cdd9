"""Every model with its tokens, its cost and what a million of its tokens cost."""

from __future__ import annotations

from typing import Any

from dashboards import formats
from dashboards.edition import Edition, Lens
from dashboards.panels import Panel, PanelView, Rows


def prepare(rows: Rows, edition: Edition) -> PanelView:
    """The models of each lens, the costliest first, for a reader without scripts."""
    return PanelView({"tables": [_table(rows, lens, edition) for lens in edition.lenses]})


def _table(rows: Rows, lens: Lens, edition: Edition) -> dict[str, Any]:
    lines = [
        {
            "model": row["model_id"] or "No model named",
            "provider": row["provider"],
            "tokens": formats.EN_DASH if row["total_tokens"] is None else formats.tokens(row["total_tokens"]),
            "cost": _cost(row, edition),
        }
        for row in rows
        if row["cost_kind"] == lens.cost_kind
    ]
    return {"kind": lens.cost_kind, "label": lens.label, "lines": lines}


def _cost(row: dict[str, Any], edition: Edition) -> str:
    if row["cost_amount"] is None:
        return "unpriced" if row["has_unpriced"] else formats.EN_DASH
    amount = formats.money(row["cost_amount"], edition.currency)
    return f"at least {amount}" if row["has_unpriced"] else amount


PANEL = Panel(id="models", area="grid", order=60, prepare=prepare)
