"""How amounts, counts and days are written for people: on the report, in mail and chat, on the terminal.

An amount at a glance has whole units from 100 up, two decimals below, two significant digits under a cent; an amount
of a mail or of the terminal has the decimals of its currency. Days read "Nov 22". The page's script follows the same
rules through Intl (dashboards/static/js/formats.js).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_currency_symbol

LOCALE = "en_US"
"""The one locale of every report: what the server writes and what the page writes must agree."""

LANGUAGE_TAG = "en-US"

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"

_WHOLE_FROM = Decimal(100)
_CENT = Decimal("0.01")
_MANY_TIMES = 10


def money(amount: Decimal, currency: str, *, signed: bool = False) -> str:
    """An amount to read at a glance: "$11,260", "$48.20", "-$0.0042"; `signed` puts a plus before a rise."""
    places = _places(abs(amount))
    rounded = abs(amount).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return _sign(amount, signed=signed) + _symbol(currency) + _fixed(rounded, places)


def full_money(amount: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency and its symbol: "$11,260.00", "¥1,200"."""
    return str(format_currency(amount, currency, locale=LOCALE))


def plain_money(amount: Decimal, currency: str) -> str:
    """The same with the currency's code behind it, in plain characters: "11,260.00 USD", "-1,200 JPY"."""
    return f"{plain_number(amount, currency)} {currency}"


def plain_number(amount: Decimal, currency: str = "USD") -> str:
    """An amount with the decimals of its currency and no sign of it; with all of its digits where these hide it."""
    smallest = Decimal(1).scaleb(-get_currency_precision(currency))
    if 0 < abs(amount) < smallest:
        return f"{amount.normalize():f}"
    return f"{amount.quantize(smallest, rounding=ROUND_HALF_UP):,f}"


def plain_sums(amounts: Mapping[str, Decimal]) -> str:
    """Amounts by currency: "12.40 USD and 40.00 EUR"."""
    return " and ".join(plain_money(amount, currency) for currency, amount in sorted(amounts.items()))


def exact_money(amount: Decimal, currency: str) -> str:
    """An amount with every digit it has and at least two decimals: "EUR 120.00"."""
    places = max(2, _decimals(amount))
    rounded = abs(amount).quantize(Decimal(1).scaleb(-places))
    return f"{currency}{NO_BREAK_SPACE}{_sign(amount, signed=False)}{_fixed(rounded, places)}"


def percent(ratio: Decimal, *, signed: bool = False) -> str:
    """A ratio as whole percent, "6%"; from ten times up as "12x" with a multiplication sign."""
    if abs(ratio) >= _MANY_TIMES:
        times = abs(ratio).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return f"{_sign(ratio, signed=signed)}{_fixed(times, 0)}\N{MULTIPLICATION SIGN}"
    points = (abs(ratio) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if points == 0 and ratio != 0:
        return "<1%"
    return f"{_sign(ratio, signed=signed)}{_fixed(points, 0)}%"


def count(number: int) -> str:
    """A whole number with its thousands grouped."""
    return str(format_decimal(number, locale=LOCALE))


_TOKEN_STEPS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))


def tokens(number: int) -> str:
    """A token count to three significant digits: "1.03B", "567M", "812"."""
    for position, (step, letter) in enumerate(_TOKEN_STEPS):
        if number < step:
            continue
        scaled = Decimal(number) / step
        places = max(0, 2 - scaled.adjusted())
        rounded = scaled.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        if rounded == 1000 and position > 0:  # noqa: PLR2004 - 999.6M reads 1.00B
            return f"1.00{_TOKEN_STEPS[position - 1][1]}"
        if rounded.adjusted() > scaled.adjusted() and places:
            places -= 1
        return f"{_fixed(rounded.quantize(Decimal(1).scaleb(-places)), places)}{letter}"
    return str(number)


def day(value: date) -> str:
    """A day within a stated year: "Nov 22"."""
    return str(format_date(value, "MMM d", locale=LOCALE))


def full_day(value: date) -> str:
    """A day with its year: "Nov 22, 2026"."""
    return str(format_date(value, "MMM d, y", locale=LOCALE))


def days(first: date, last: date) -> str:
    """A run of days, both ends included: "Nov 1-22", "Oct 30 to Nov 2"."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{day(first)}{EN_DASH}{last.day}"
    return f"{day(first)} to {day(last)}"


def month(value: date) -> str:
    """A month within a stated year: "November"."""
    return str(format_date(value, "LLLL", locale=LOCALE))


def full_month(value: date) -> str:
    """A month with its year: "November 2026"."""
    return str(format_date(value, "LLLL y", locale=LOCALE))


def moment(value: datetime) -> str:
    """A time in UTC: "Nov 23, 2026, 09:12 UTC"."""
    return str(format_datetime(value, "MMM d, y, HH:mm", locale=LOCALE)) + " UTC"


def month_before(first_of_month: date) -> date:
    """The first day of the month before."""
    return (first_of_month - timedelta(days=1)).replace(day=1)


def _places(size: Decimal) -> int:
    if size >= _WHOLE_FROM:
        return 0
    if size == 0 or size >= _CENT:
        return 2
    return 1 - size.adjusted()


def _decimals(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -int(exponent))


def _fixed(value: Decimal, places: int) -> str:
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(value, pattern, locale=LOCALE))


def _sign(value: Decimal, *, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def _symbol(currency: str) -> str:
    symbol = str(get_currency_symbol(currency, locale=LOCALE))
    return f"{symbol}{NO_BREAK_SPACE}" if symbol[-1].isalpha() else symbol
