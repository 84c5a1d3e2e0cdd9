"""What sources report of spend that is already counted: left out, so that nothing counts twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards.context import COST_VIEWS, SPEND, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats

SHOWN_AT_FIRST = 6


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A line per source with its reason; None where every source tells something of its own."""
    if not rows:
        return None
    return PanelView(
        {"finding": _finding(rows, context), "lines": [_line(row) for row in rows], "shown": SHOWN_AT_FIRST}
    )


def _finding(rows: Rows, context: ReportContext) -> str:
    counted = [row["cost_amount"] for row in rows if row["cost_kind"] == SPEND and row["currency"] == context.currency]
    if not counted:
        return "Left out, so that nothing counts twice"
    return f"{formats.money(sum(counted, Decimal(0)), context.currency)} left out, so that nothing counts twice"


def _line(row: dict[str, Any]) -> dict[str, Any]:
    account = row["account_name"] if row["host"] is None else f"{row['account_name']} on {row['host']}"
    kind = "" if row["cost_kind"] == SPEND else f" of {COST_VIEWS[row['cost_kind']].noun}"
    tokens = " Its tokens count, its money does not." if row["counts_usage"] else ""
    return {
        "source": row["source"],
        "source_kind": row["source_kind"],
        "amount": f"{formats.money(row['cost_amount'], row['currency'])}{kind}",
        "where": f"{account}, {_span(row)}",
        "text": f"Not counted, as {row['reason']}.{tokens}",
    }


def _span(row: dict[str, Any]) -> str:
    first, last = formats.full_day(row["first_day"]), formats.full_day(row["last_day"])
    return first if first == last else f"{first} to {last}"


PANEL = Panel(id="duplicates", area="grid", order=75, columns=4, prepare=prepare)
