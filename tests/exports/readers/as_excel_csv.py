"""Read as CSV with a mark."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from tests.exports.readers import text_amounts


def amounts(path: Path) -> list[Decimal]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return text_amounts(csv.DictReader(handle))
