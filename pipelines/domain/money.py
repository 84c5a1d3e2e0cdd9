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

POINT, COMMA = ".", ","
_WRITTEN = re.compile(r"[+-]?\d[\d.,]*|[+-]?[.,]\d+")
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


class TwoReadingsError(ValueError):
    """A number whose only sign may separate thousands or decimals: `readings` are what it may be."""

    def __init__(self, text: str, readings: tuple[str, str]) -> None:
        self.readings = readings
        super().__init__(f"{text!r} can be read in two ways: is it {readings[0]} or {readings[1]}?")


def written_number(text: str, decimal_sign: str | None = None) -> tuple[str, str | None]:
    """A number as people write it, with a decimal point alone; and the sign it has for decimals (None: it has none).

    Args:
        text: digits with points and commas.
        decimal_sign: which of them is before decimals, where that is known.

    Raises:
        TwoReadingsError: it could be two numbers.
        ValueError: it is none.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    digits = text.lstrip("+-")
    sign = "-" if text.startswith("-") else ""
    signs = [character for character in digits if character in {POINT, COMMA}]
    if not signs:
        return text, None
    last = signs[-1]
    if len(set(signs)) == 1 and last != decimal_sign and _GROUPED.fullmatch(digits):
        whole = digits.replace(last, "")
        if len(signs) == 1 and decimal_sign is None:
            raise TwoReadingsError(text, (whole, digits.replace(last, POINT)))
        return f"{sign}{whole}", None
    head, _, tail = digits.rpartition(last)
    fits = last not in head and not (COMMA in head and POINT in head)
    if not fits or (len(signs) > 1 and not _GROUPED.fullmatch(head)) or decimal_sign not in {None, last}:
        raise ValueError(f"{text!r} has thousands and decimals that do not fit")
    whole = head.replace(POINT, "").replace(COMMA, "")
    return f"{sign}{whole or 0}.{tail}" if tail else f"{sign}{whole}", last


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
