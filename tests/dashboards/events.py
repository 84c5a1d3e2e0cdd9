"""Rows of the marts of anomalies."""

from __future__ import annotations

from datetime import date
from typing import Any


def event(event_id: str, series: str, first: date, amounts: tuple[float, float], **other: Any) -> dict[str, Any]:
    """A row of rpt_anomalies: a spike of a provider, or of `total`, with what it cost and what was expected."""
    actual, expected = amounts
    parts = {f"{part}_amount": 0.0 for part in ("mix", "price", "new", "gone", "other")}
    return {
        "event_id": event_id,
        "cost_kind": "spend",
        "series_kind": "total" if series == "total" else "provider",
        "series": series,
        "currency": "USD",
        "kind": "spike",
        "direction": "up" if actual > expected else "down",
        "start_date": first,
        "end_date": first,
        "found_date": first,
        "is_open": False,
        "days": 1,
        "actual_amount": actual,
        "expected_amount": expected,
        "excess_amount": actual - expected,
        "ratio": actual / expected,
        "volume_amount": actual - expected,
        **parts,
        "severity": "high",
        "confidence": "normal",
        **other,
    }


def contributor(event_id: str, dimension: str, value: str, share: float = 1.0, rank: int = 1) -> dict[str, Any]:
    """A row of rpt_anomaly_contributors."""
    return {"event_id": event_id, "dimension": dimension, "dimension_value": value, "rank": rank, "share": share}
