"""Decimal money: how an amount is read, and how one is split without losing a unit.

Belongs here: arithmetic on Decimal amounts. Does not: currencies' conversion (dated rates are data) or display.
"""

from __future__ import annotations

import re
from decimal import Decimal

AMOUNT_SCALE = 12
"""Digits after the point that landing and warehouse keep: list prices per token need them."""

AMOUNT_LIMIT = Decimal("1e15")
"""Beyond this an amount is a mistake, not a bill."""

CURRENCY = re.compile(r"[A-Z]{3}")


def amount(text: str) -> Decimal:
    """The finite Decimal in `text`, a plain number with a decimal point.

    Raises:
        ValueError: not a number, not finite, too large, or finer than `AMOUNT_SCALE` digits.
    """
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text, flags=re.ASCII):
        raise ValueError(f"{text!r} is not a number")
    value = Decimal(text)
    if abs(value) >= AMOUNT_LIMIT:
        raise ValueError(f"{text!r} is larger than any bill")
    if value != value.quantize(Decimal(1).scaleb(-AMOUNT_SCALE)):
        raise ValueError(f"{text!r} has more than {AMOUNT_SCALE} digits after the point")
    return value


def exact_sum(values: list[Decimal]) -> Decimal:
    """The sum of any number of amounts, without rounding at the context's precision."""
    scaled = sum(int(value.scaleb(AMOUNT_SCALE)) for value in values)
    return Decimal(scaled).scaleb(-AMOUNT_SCALE)
