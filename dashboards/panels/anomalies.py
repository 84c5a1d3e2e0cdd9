"""Anomaly events, newest first and small ones last, numbered as they are pinned on the daily chart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import anomalies, formats
from pipelines.presentation.wording import counted

SHOWN_AT_FIRST = 5


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """A list per kind of cost; for the script, where each disc is pinned."""
    lists = [_list(rows, cost_view) for cost_view in context.cost_views]
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
    return PanelView({"lists": lists, "shown": SHOWN_AT_FIRST, "precision": _precision(rows)}, data=pins)


def _list(rows: Rows, cost_view: CostView) -> dict[str, Any]:
    mine = [row for row in rows if row["cost_kind"] == cost_view.cost_kind]
    return {"kind": cost_view.cost_kind, "items": [_item(number, row) for number, row in enumerate(mine, start=1)]}


def _item(number: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": number,
        "id": row["event_id"],
        "day": row["start_date"].isoformat(),
        "provider": None if row["series_kind"] == "total" else row["provider"],
        "title": anomalies.title(row),
        "text": anomalies.sentences(row, row["contributors"]),
        "kind": anomalies.KINDS[row["kind"]],
        "direction": row["direction"],
        "tone": "plain" if row["severity"] == "low" else "ok" if row["direction"] == "down" else "bad",
        "severity": anomalies.SEVERITIES[row["severity"]],
        "early": row["confidence"] == "early",
        "verdict": anomalies.VERDICTS.get(row["verdict"] or ""),
        "note": row["note"],
    }


def _precision(rows: Rows) -> str | None:
    """How often anomalies were right, by people's verdicts; None without any verdict."""
    if not rows or not rows[0]["judged"]:
        return None
    judged, ratio = rows[0]["judged"], Decimal(str(rows[0]["precision_ratio"]))
    return f"Judged by people: {counted(judged, 'anomaly', 'anomalies')}, {formats.percent(ratio)} of them right."


PANEL = Panel(id="anomalies", area="grid", order=20, columns=4, prepare=prepare)
