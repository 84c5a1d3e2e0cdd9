"""Read as JSON lines."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from tests.exports.readers import text_amounts


def amounts(path: Path) -> list[Decimal]:
    return text_amounts(map(json.loads, path.read_text().splitlines()))
