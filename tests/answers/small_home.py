"""A data folder with a small published file, for whoever asks something of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.dashboards.published import TODAY, Published, row, write

YESTERDAY = date(2026, 11, 22)
ROWS = [
    row(TODAY, "1.000000000001", model_id="opus-large", project="p1", project_name="Atlas"),
    row(TODAY, "2", model_id="opus-large", project="p1", project_name="Atlas", api_key_id="key-7", api_key_name="ci"),
    row(YESTERDAY, "4", provider="openai", model_id="mini", host="laptop"),
    row(YESTERDAY, "8", cost_kind="list_price_value", cost_basis="notional", model_id="opus-large"),
    row(YESTERDAY, "30", provider="mistral", model_id=None, currency="EUR", converted_amount=None, total_tokens=None),
    row(date(2026, 10, 31), None, provider="openai", model_id="new", unpriced_tokens=1000, converted_amount=None),
]


def small_home(tmp_path: Path) -> Path:
    """A data folder whose published file has `ROWS`."""
    file = tmp_path / "data" / "warehouse" / "published.duckdb"
    file.parent.mkdir(parents=True)
    write(file, Published(daily=ROWS))
    return tmp_path / "data"
