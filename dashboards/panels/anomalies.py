"""The unusual days, newest first, numbered as they are pinned on the daily chart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats

SHOWN_AT_FIRST = 5


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """A list per kind of cost; for the script, where each disc is pinned."""
    lists = [_list(rows, cost_view, context) for cost_view in context.cost_views]
    pins = {
        entry["kind"]: [
            {
                "number": item["number"],
                "day": item["day"],
                "provider": item["provider"],
                "title": item["title"],
            }
            for item in entry["items"]
        ]
        for entry in lists
    }
    return PanelView({"lists": lists, "shown": SHOWN_AT_FIRST}, data=pins)


def _list(rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    mine = [row for row in rows if row["cost_kind"] == cost_view.cost_kind]
    return {
        "kind": cost_view.cost_kind,
        "items": [_item(number, row, context) for number, row in enumerate(mine, start=1)],
    }


def _item(number: int, row: dict[str, Any], context: ReportContext) -> dict[str, Any]:
    series = "all providers" if row["series_kind"] == "total" else row["series"]
    figures = f"{_written(row['actual_amount'], context)} against {_written(row['expected_amount'], context)} expected"
    if row["ratio"] is not None and row["expected_amount"] > 0:
        figures += f" ({row['ratio']:.1f}\N{MULTIPLICATION SIGN})"
    return {
        "number": number,
        "day": row["anomaly_date"].isoformat(),
        "provider": None if row["series_kind"] == "total" else row["series"],
        "title": f"{formats.full_day(row['anomaly_date'])}: {row['top_contributor'] or series}",
        "text": row["explanation"] or f"{figures}.",
        "direction": row["direction"],
        "early": row["confidence"] == "early",
    }


def _written(amount: Decimal | float, context: ReportContext) -> str:
    return formats.money(Decimal(str(amount)), context.currency)


PANEL = Panel(id="anomalies", area="grid", order=20, columns=4, prepare=prepare)
