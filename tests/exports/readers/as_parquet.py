"""Read as Parquet."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq


def amounts(path: Path) -> list[Decimal]:
    return [value for value in pq.read_table(path)["cost_amount"].to_pylist() if value is not None]
