"""What one cell of a mapped CSV says. What has two readings is refused with the question and the setting for it.

Belongs here: days, amounts and totals as people and their banks write them. Does not: cells of known exports
(`values`).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from pipelines.domain import money
from pipelines.domain.periods import day_start, possible_days
from pipelines.sources.imports.framework import values

SIGNS = {"point": money.POINT, "comma": money.COMMA}
SIGN_OF = {
    "$": frozenset(["USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"]),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP", "GIP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
}
"""A sign of money -> the currencies that are written with it."""
TOTALS = re.compile(
    r"((grand|sub|filtered|overall)[ -]?)?totals?\b.*|sub-?total|sum(me|ma)?|gesamt.*|summe.*|totaal|totale|somme|suma|"
    r"zwischensumme|insgesamt",
    re.IGNORECASE,
)
"""The first words of a row that adds up the others."""
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?|\d{8}(T.*)?", flags=re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", flags=re.ASCII)
_THREE_NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:,?[T ].*)?", flags=re.ASCII)
_THOUSANDS = re.compile(r"(?<=\d)['\u2019\u00a0\u202f ](?=\d{3}(?!\d))")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}", flags=re.ASCII)


@lru_cache(4096)
def period(text: str, date_format: str | None) -> tuple[datetime, datetime]:
    """The half-open time that a cell is of: a day, or the month where the pattern has no day.

    Raises:
        ValueError: it is none, or could be two; the text says which setting of a mapping answers that.
    """
    if date_format == "unix":
        start = values.unix_moment(text)
    elif date_format in {"day-first", "month-first"}:
        start = _in_order(text, date_format)
    elif date_format is not None:
        return _by_pattern(text, date_format)
    else:
        start = _unasked(text)
    start = day_start(start.astimezone(UTC).date())
    return start, start + timedelta(days=1)


def _unasked(text: str) -> datetime:
    """A day with the year first; every other order is asked about."""
    if _ISO.fullmatch(text.removesuffix(" UTC")):
        return values.moment(text)
    year_first = _YEAR_FIRST.fullmatch(text)
    if year_first:
        return values.moment("{}-{:0>2}-{:0>2}".format(*year_first.groups()))
    numbers = _THREE_NUMBERS.fullmatch(text)
    meant = possible_days("/".join(numbers.groups())) if numbers else []
    if len(meant) > 1 or (numbers and len(numbers[3]) == 2):  # noqa: PLR2004 - a year of two digits
        readings = " or ".join(map(str, meant or _with_century(numbers)))
        raise ValueError(
            f"{text[:100]!r} can be read in more than one way: is it {readings}? Set date_format: day-first or "
            "date_format: month-first in the mapping"
        )
    if meant and numbers:
        order = "day-first" if int(numbers[1]) == meant[0].day else "month-first"
        raise ValueError(f"{text[:100]!r} is not year-month-day: set date_format: {order} in the mapping")
    if re.fullmatch(r"\d{4}-\d{2}", text):
        raise ValueError(f"{text!r} is a month, not a day: set date_format: '%Y-%m' in the mapping for whole months")
    raise ValueError(f"{text[:100]!r} is not a valid date (year-month-day): set date_format to how days are written")


def _with_century(numbers: re.Match[str] | None) -> list[date]:
    if numbers is None:
        return []
    first, second, year = numbers.groups()
    return possible_days(f"{first}/{second}/20{year}")


def _in_order(text: str, order: str) -> datetime:
    numbers = _THREE_NUMBERS.fullmatch(text)
    if numbers is None:
        raise ValueError(f"{text[:100]!r} is not a valid date ({order})")
    first, second, year = map(int, numbers.groups())
    day, month = (first, second) if order == "day-first" else (second, first)
    try:
        return datetime(year if year >= values.CENTURY else values.CENTURY + year, month, day, tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"{text[:100]!r} is not a valid date ({order})") from error


def _by_pattern(text: str, pattern: str) -> tuple[datetime, datetime]:
    try:
        start = datetime.strptime(text, pattern)  # noqa: DTZ007 - one without a zone is UTC
    except ValueError as error:
        raise ValueError(f"{text[:100]!r} is not a valid date of the form {pattern}") from error
    start = (start.replace(tzinfo=UTC) if start.tzinfo is None else start).astimezone(UTC)
    if not values.CENTURY <= start.year < values.CENTURY + 99:
        raise ValueError(f"{text[:100]!r} is not of this century")
    first = day_start(start.date())
    if "%d" in pattern or "%j" in pattern:
        return first, first + timedelta(days=1)
    first = first.replace(day=1)
    return first, day_start((first + timedelta(days=31)).date().replace(day=1))


def amount(text: str, decimal: str | None, currency: str, *, may_be_accounting: bool) -> tuple[Decimal, str | None]:
    """An amount of this currency, and the sign it has for decimals (None: it has none).

    Args:
        text: the cell.
        decimal: `point` or `comma`, if the mapping says so.
        currency: what the amount is in; its sign or code may be alongside it.
        may_be_accounting: (12.50) and 12.50- are negative.

    Raises:
        ValueError: it is none, or could be two; the text says which setting of a mapping answers that.
    """
    bare = _without_currency(text, currency)
    negative = re.fullmatch(r"\((.+)\)|(.+)-", bare)
    if negative:
        if not may_be_accounting:
            raise ValueError(
                f"{text[:100]!r} seems to be negative: set negative_amounts in the mapping to what that means"
            )
        bare = f"-{negative[1] or negative[2]}"
    if _SCIENTIFIC.fullmatch(bare):
        return values.amount(bare), None
    try:
        number, sign = _number(bare, decimal, text)
    except _NotANumberError as error:
        hint = f"with a decimal {decimal}" if decimal else "with a decimal point or a decimal comma"
        raise ValueError(f"{text[:100]!r} is not an amount {hint}") from error
    return values.amount(number), sign


def count(text: str, decimal: str | None) -> tuple[int, str | None]:
    """A whole number, not negative, and the sign it has for decimals, as programs write whole numbers (None: none).

    Raises:
        ValueError: it is none, or could be two; the text says which setting of a mapping answers that.
    """
    if _SCIENTIFIC.fullmatch(text):
        return values.count(text), None
    try:
        number, sign = _number(text, decimal, text)
        return values.count(number), sign
    except _NotANumberError as error:
        raise ValueError(f"{text[:100]!r} is not a count: a whole number") from error


class _NotANumberError(ValueError):
    """No number, with any sign for decimals."""


def _number(bare: str, decimal: str | None, text: str) -> tuple[str, str | None]:
    """The number of the cell `text` with a decimal point alone, and the sign that it has for decimals.

    Raises:
        ValueError: it could be two numbers.
        _NotANumberError: it is none.
    """
    try:
        return money.written_number(_THOUSANDS.sub("", bare), SIGNS.get(decimal or ""))
    except money.TwoReadingsError as error:
        whole, fraction = error.readings
        raise ValueError(
            f"{text[:100]!r} can be read in two ways: is it {whole} or {fraction}? Set decimal: point or decimal: "
            "comma in the mapping"
        ) from error
    except ValueError as error:
        raise _NotANumberError from error


def _without_currency(text: str, currency: str) -> str:
    """The number alongside the sign or code of its currency; another one is not removed, so that it is refused."""
    bare = re.sub(rf"^{currency}\s*|\s*{currency}$", "", text, flags=re.IGNORECASE)
    for sign, currencies in SIGN_OF.items():
        if sign in bare:
            if currency not in currencies:
                raise ValueError(f"{text[:100]!r} is not in {currency}, the currency of the mapping")
            bare = bare.replace(sign, "", 1)
    return re.sub(r"^([+-])\s+", r"\1", bare.strip())
