"""What each API source is answered in tests, and what it makes of it: one file for each, `answers/<source>.jsonl`.

The first line of a file is an object: `lands` has what the answers come to, and `optional` the paths of fields that the
provider's documentation says may be missing. Each further line is an answer, in the order in which the source asks; the
last one is given again and again. The window asked for is `WINDOW`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.domain.periods import Window
from pipelines.domain.records import UsageRecord

FOLDER = Path(__file__).with_name("answers")
NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
WINDOW = Window(date(2026, 11, 22), date(2026, 11, 24))


@dataclass(frozen=True)
class Specimen:
    """The answers of one source, and what it lands of them, as `sums` gives it."""

    lands: dict[str, Any]
    answers: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def values(self) -> list[Any]:
        """The answers as JSON values, each time again."""
        return [json.loads(answer) for answer in self.answers]


@cache
def specimen_of(source: str) -> Specimen:
    """The specimen of the source of this name."""
    reported, *answers = (FOLDER / f"{source}.jsonl").read_text(encoding="utf-8").splitlines()
    values = json.loads(reported)
    return Specimen(values["lands"], tuple(answers), tuple(values.get("optional", ())))


def sums(records: Iterable[UsageRecord]) -> dict[str, Any]:
    """The number of records, their requests, and their amounts by currency as exact text."""
    listed = list(records)
    cost: dict[str, Decimal] = {}
    for record in listed:
        if record.cost_amount is not None:
            currency = record.currency or "none"
            cost[currency] = cost.get(currency, Decimal(0)) + record.cost_amount
    return {
        "records": len(listed),
        "requests": sum(record.requests or 0 for record in listed),
        "cost": {currency: f"{amount.normalize():f}" for currency, amount in sorted(cost.items())},
    }
