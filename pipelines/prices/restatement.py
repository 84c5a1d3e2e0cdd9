"""What usage would be worth at other prices than it was valued at: which uses differ, and their prices.

Two other bases are alongside the prices as billed. `as_known`: what is known today about the prices of then, so that a
corrected list or an override shows what it would change in a closed month. `restated`: all use at the prices that are
in effect at one moment, so that months can be compared as if no price had changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from pipelines.prices.price_list import OPEN_START
from pipelines.prices.snapshots import Months, joined, on_days_of_use
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import UseKey


class PriceBasis(StrEnum):
    """What prices a value rests on."""

    AS_BILLED = "as_billed"
    AS_KNOWN = "as_known"
    RESTATED = "restated"


class Restatement(NamedTuple):
    """The uses whose value is another on another basis, and all their prices on those."""

    uses: list[UseKey]
    prices: list[tuple[PriceBasis, UnitPrice]]


def restate(
    as_billed: Iterable[UnitPrice], current: Sequence[UnitPrice], months: Months, open_month: date, moment: datetime
) -> Restatement:
    """Compare the prices as billed with those `current` today: of each day of use, and of `moment` for all days."""
    bases = {
        PriceBasis.AS_KNOWN: on_days_of_use(current, months, open_month),
        PriceBasis.RESTATED: on_days_of_use(_effective(current, moment), months, open_month),
    }
    billed = _comparable(as_billed)
    differing = {key for prices in bases.values() for key in _differing(billed, _comparable(prices))}
    return Restatement(
        sorted(differing, key=str),
        [(basis, price) for basis, prices in bases.items() for price in prices if price.use in differing],
    )


def _effective(prices: Iterable[UnitPrice], moment: datetime) -> list[UnitPrice]:
    return [
        replace(price, valid_from=OPEN_START, valid_to=None)
        for price in prices
        if price.valid_from <= moment and (price.valid_to is None or moment < price.valid_to)
    ]


def _comparable(prices: Iterable[UnitPrice]) -> set[UnitPrice]:
    """The prices alone: where they are listed and how the model is filed changes no value."""
    return set(joined(replace(price, price_version="", model_id="") for price in prices))


def _differing(some: set[UnitPrice], others: set[UnitPrice]) -> set[UseKey]:
    return {price.use for price in some ^ others}
