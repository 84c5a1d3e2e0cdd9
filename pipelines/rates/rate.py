"""A dated rate, and how the rates of one source are turned into those of the reporting currency.

Belongs here: the arithmetic of rates, exact until its one rounding. Does not: files and the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from pipelines.domain import money

RATE_LIMIT = 10**9
"""One unit of no currency is worth more of another."""

OLDEST = timedelta(days=7)
"""How old a rate may be on the day it is used, as int_exchange_rates holds it: longer than any row of holidays."""

RatesByDay = Mapping[date, Mapping[str, Fraction]]
"""By day: each currency with what one unit of it was worth, all in one and the same currency."""


@dataclass(frozen=True)
class Rate:
    """On `rate_date`, one unit of `currency` was worth `rate` units of the reporting currency, says `source`."""

    rate_date: date
    currency: str
    rate: Decimal
    source: str


def positive(text: str) -> Fraction:
    """The rate that `text` writes with a decimal point.

    Raises:
        ValueError: it is not a number, not positive, or out of all proportion.
    """
    value = money.amount(text)
    if not 0 < value < RATE_LIMIT:
        raise ValueError(f"{text!r} is not a rate: a rate is more than 0 and less than {RATE_LIMIT:,}")
    return Fraction(value)


def in_currency(worths: RatesByDay, currency: str, source: str, *, since: date) -> Iterator[Rate]:
    """The rates of `currency` from `since` on; a day on which its worth is unknown has none.

    A rate of two currencies goes through the one that `worths` are in, on one day. It is rounded once, half-even,
    to the digits of an amount; one that would be nothing is left out.
    """
    for day in sorted(worths):
        unit = worths[day].get(currency)
        if day < since or unit is None:
            continue
        for other, worth in sorted(worths[day].items()):
            rate = Decimal(round(worth / unit * 10**money.AMOUNT_SCALE)).scaleb(-money.AMOUNT_SCALE)
            if other != currency and rate > 0:
                yield Rate(day, other, rate, source)
