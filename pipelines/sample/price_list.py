"""What the providers charge the sample company: public list prices by model and the day from which they hold.

They are those of genai-prices, which a test compares, so that reckoned and charged amounts agree to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

A_MILLION = 6
BATCH_FACTOR = Decimal("0.5")
WEB_SEARCH = Decimal("0.01")
"""Dollars for one search."""

METERS = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "output_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
)


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens of each of `METERS`, from `since` on."""

    model: str
    since: date
    per_million: tuple[str, ...]


def _price(model: str, since: str, *per_million: str) -> Price:
    return Price(model, date.fromisoformat(since), per_million)


PRICES = (
    _price("gpt-4o", "2024-05-13", "2.50", "1.25", "10.00"),
    _price("gpt-4o-mini", "2024-07-18", "0.15", "0.075", "0.60"),
    _price("o3", "2025-04-16", "10.00", "0.50", "40.00"),
    _price("o3", "2025-06-10", "2.00", "0.50", "8.00"),
    _price("gpt-5", "2025-08-07", "1.25", "0.125", "10.00"),
    _price("gpt-5-mini", "2025-08-07", "0.25", "0.025", "2.00"),
    _price("gpt-5.2", "2025-12-11", "1.75", "0.175", "14.00"),
    _price("gpt-5.6-terra", "2026-07-09", "2.50", "0.25", "15.00"),
    _price("gpt-5.6-terra", "2026-07-30", "2.00", "0.20", "12.00"),
    _price("text-embedding-3-small", "2024-01-25", "0.02"),
    _price("claude-sonnet-4-20250514", "2025-04-01", "3.00", "0.30", "15.00", "3.75", "6.00"),
    _price("claude-sonnet-4-5-20250929", "2025-09-29", "3.00", "0.30", "15.00", "3.75", "6.00"),
    _price("claude-haiku-4-5-20251001", "2025-10-15", "1.00", "0.10", "5.00", "1.25", "2.00"),
    _price("claude-sonnet-4-6", "2026-02-17", "3.00", "0.30", "15.00", "3.75", "6.00"),
    _price("anthropic/claude-haiku-4.5", "2025-10-15", "1.00", "0.10", "5.00"),
    _price("google/gemini-2.5-flash", "2025-04-17", "0.30", "0.075", "2.50"),
    _price("google/gemini-2.5-flash", "2026-10-19", "0.30", "0.03", "2.50"),
)
"""In order of day for each model. Two are price cuts of a model in use: o3 and gpt-5.6-terra."""


def charges(model: str, day: date, quantities: Mapping[str, int], *, is_batch: bool = False) -> dict[str, Decimal]:
    """US dollars for each meter of `quantities` on `day`; batches cost half.

    Raises:
        LookupError: the model was not sold on that day, or not by that meter.
    """
    effective = [price for price in PRICES if price.model == model and price.since <= day][-1]
    by_meter = dict(zip(METERS, effective.per_million, strict=False))
    factor = (BATCH_FACTOR if is_batch else Decimal(1)).scaleb(-A_MILLION)
    return {meter: Decimal(by_meter[meter]) * count * factor for meter, count in quantities.items() if count}
