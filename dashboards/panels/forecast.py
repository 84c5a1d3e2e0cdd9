"""What the next 7, 30, 60 and 90 days are expected to cost, with their intervals, for the total and each provider."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import accuracy, formats, wording

_BOUNDS = ("expected_amount", "lower_80", "upper_80", "lower_95", "upper_95")
_DIGITS = 5
"""A forecast is an estimate: five significant digits are more than it knows."""


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """For the script, every series by cost kind; for the template, the horizons of each kind's total."""
    series: dict[str, dict[str, Any]] = {}
    for row in rows:
        _add(series.setdefault(row["cost_kind"], {}).setdefault(_key(row), _empty()), row)
    summaries = [
        _summary(cost_view.cost_kind, series.get(cost_view.cost_kind, {}).get("total", _empty()), context)
        for cost_view in context.cost_views
    ]
    return PanelView({"summaries": summaries}, data=series)


def _key(row: dict[str, Any]) -> str:
    # A provider may be called anything, "total" included.
    return "total" if row["series_kind"] == "total" else f"provider {row['series']}"


def _empty() -> dict[str, Any]:
    return {"first": None, "days": [], "totals": {}, "accuracy": {}, "status": None, "starts_on": None, "message": None}


def _add(entry: dict[str, Any], row: dict[str, Any]) -> None:
    if row["part"] == "day":
        if entry["first"] is None:
            entry["first"] = row["forecast_date"].isoformat()
        entry["days"].append([_estimate(row[name]) for name in _BOUNDS])
    elif row["part"] == "total":
        entry["totals"][row["horizon"]] = [_estimate(row[name]) for name in ("total_amount", "lower_80", "upper_80")]
    elif row["part"] == "accuracy":
        entry["accuracy"][str(row["horizon_days"])] = accuracy.sentence(row)
    else:
        starts_on = row["starts_on"].isoformat() if row["starts_on"] else None
        entry |= {
            "status": row["status"],
            "starts_on": starts_on,
            "message": wording.sentence(row["message"]) if row["message"] else None,
        }


def _estimate(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def _summary(kind: str, entry: dict[str, Any], context: ReportContext) -> dict[str, Any]:
    lines = [
        {
            "horizon": f"Next {horizon} days",
            "total": formats.money(Decimal(str(total)), context.currency),
            "interval": " to ".join(formats.money(Decimal(str(bound)), context.currency) for bound in (lower, upper)),
        }
        for horizon, (total, lower, upper) in entry["totals"].items()
    ]
    return {"kind": kind, "lines": lines, "message": entry["message"], "accuracy": list(entry["accuracy"].values())}


PANEL = Panel(id="forecast", area="grid", order=30, columns=8, prepare=prepare)
