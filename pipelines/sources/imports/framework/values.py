"""What one cell of an export says: amounts, counts, moments, currencies, tags. Everything else is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

import orjson
from babel.core import get_global

from pipelines.domain.money import AMOUNT_LIMIT
from pipelines.presentation.messages import NOT_A_CURRENCY

CENTURY = 2000
TOO_LARGE = AMOUNT_LIMIT.adjusted()
"""Digits before the point less one."""
MOST_DIGITS = 12
"""Of a count in one cell: sums of a file's rows fit into landing's columns."""
_is_number = re.compile(r"[+-]?(\d{1,25}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?", flags=re.ASCII).fullmatch
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+", flags=re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})", flags=re.ASCII)


def amount(text: str) -> Decimal:
    """A number with a decimal point, with or without a dollar sign; as fine as reported.

    Raises:
        ValueError: it is none, or larger than any bill.
    """
    bare = text
    if "$" in text or "," in text:
        bare = text.replace("$", "", 1) if text.startswith(("$", "-$")) else text
        bare = bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare
    if not _is_number(bare):
        raise ValueError(f"{text[:100]!r} is not a number with a decimal point")
    value = Decimal(bare)
    if value.adjusted() >= TOO_LARGE:
        raise ValueError(f"{text[:100]!r} is larger than any bill")
    return value


def count(text: str) -> int:
    """A whole number, not negative.

    Raises:
        ValueError: it is none.
    """
    if len(text) <= MOST_DIGITS and text.isascii() and text.isdecimal():
        return int(text)
    value = amount(text)
    if value < 0 or value != int(value) or value.adjusted() >= MOST_DIGITS:
        raise ValueError(f"{text[:100]!r} is not a count: a whole number")
    return int(value)


@lru_cache(4096)
def moment(text: str) -> datetime:
    """A day or moment in ISO form or as an American export writes it (month/day/year); without a zone it is UTC.

    Raises:
        ValueError: it is none, or not of this century.
    """
    american = _AMERICAN.fullmatch(text) if "/" in text else None
    try:
        if american:
            month, day, year = (int(part) for part in american.groups())
            value = datetime(year if year >= CENTURY else CENTURY + year, month, day, tzinfo=UTC)
        else:
            value = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError as error:
        hint = "month/day/year" if american else "year-month-day"
        raise ValueError(f"{text[:100]!r} is not a day or moment ({hint})") from error
    value = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    if not CENTURY <= value.year < CENTURY + 99:
        raise ValueError(f"{text[:100]!r} is not of this century")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


@lru_cache(4096)
def unix_moment(text: str) -> datetime:
    """A moment in whole seconds since 1970.

    Raises:
        ValueError: it is none, or not of this century.
    """
    if not re.fullmatch(r"\d{9,10}", text, flags=re.ASCII):
        raise ValueError(f"{text[:100]!r} is not a time in seconds since 1970")
    value = datetime.fromtimestamp(int(text), tz=UTC)
    if value.year < CENTURY:
        raise ValueError(f"{text[:100]!r} is not of this century")
    return value


@lru_cache(256)
def currency(text: str) -> str:
    """An ISO 4217 code.

    Raises:
        ValueError: it is none.
    """
    code = text.upper()
    if code not in get_global("all_currencies"):
        raise ValueError(f"{text[:100]!r} {NOT_A_CURRENCY}")
    return code


@lru_cache(4096)
def tags(text: str) -> str | None:
    """A JSON object as one of text to text; None for an empty one. Azure leaves its braces out.

    Raises:
        ValueError: it is not a JSON object.
    """
    try:
        value = orjson.loads(text if text.startswith("{") else f"{{{text}}}")
    except ValueError as error:
        raise ValueError(f"{text[:100]!r} is not a JSON object") from error
    named = {key: item if isinstance(item, str) else orjson.dumps(item).decode() for key, item in value.items()}
    return orjson.dumps(named, option=orjson.OPT_SORT_KEYS).decode() if named else None
