"""The unusual days, newest first, numbered as they are pinned on the daily chart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dashboards import formats
from dashboards.edition import Edition, Lens
from dashboards.panels import Panel, PanelView, Rows

SHOWN_AT_FIRST = 5


def prepare(rows: Rows, edition: Edition) -> PanelView:
    """A list per lens; for the script, where each disc is pinned."""
    lists = [_list(rows, lens, edition) for lens in edition.lenses]
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
    return PanelView({"lists": lists, "shown": SHOWN_AT_FIRST}, script=pins)


def _list(rows: Rows, lens: Lens, edition: Edition) -> dict[str, Any]:
    mine = [row for row in rows if row["cost_kind"] == lens.cost_kind]
    return {
        "kind": lens.cost_kind,
        "items": [_item(number, row, edition) for number, row in enumerate(mine, start=1)],
    }


def _item(number: int, row: dict[str, Any], edition: Edition) -> dict[str, Any]:
    series = "all providers" if row["series_kind"] == "total" else row["series"]
    figures = f"{_written(row['actual_amount'], edition)} against {_written(row['expected_amount'], edition)} expected"
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


def _written(amount: Decimal | float, edition: Edition) -> str:
    return formats.money(Decimal(str(amount)), edition.currency)


PANEL = Panel(id="anomalies", area="grid", order=20, columns=4, prepare=prepare)
