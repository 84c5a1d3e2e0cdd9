"""What one cell says: amounts, dates, counts, yes and no. What has two readings is refused, with the question."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from babel.core import get_global

from pipelines.domain import money
from pipelines.domain.records import ChargeCategory

CATEGORIES = {
    "usage": ChargeCategory.USAGE,
    "subscription": ChargeCategory.PURCHASE,
    "seat": ChargeCategory.PURCHASE,
    "purchase": ChargeCategory.PURCHASE,
    "credit": ChargeCategory.CREDIT,
    "tax": ChargeCategory.TAX,
}
"""What a person may call an entry -> FOCUS 1.2 ChargeCategory."""

POINT, COMMA = ".", ","
_NUMBER = re.compile(r"[+-]?\d[\d.,]*|[+-]?[.,]\d+")
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


def amount(text: str) -> tuple[Decimal, str | None]:
    """The amount, and which sign it uses for decimals (None: it has none).

    Raises:
        ValueError: it is no number, or could be two; the text says what to write instead.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(
            f"{text!r} is not an amount: write digits only, such as 1234.56, with the currency in its column"
        )
    digits = text.lstrip("+-")
    signs = [character for character in digits if character in {POINT, COMMA}]
    if not signs:
        return money.amount(text), None
    last = signs[-1]
    if len(set(signs)) == 1 and _GROUPED.fullmatch(digits):
        if len(signs) == 1:
            whole = digits.replace(last, "")
            raise ValueError(
                f"{text!r} can be read in two ways: is it {whole} or {digits.replace(last, POINT)}? "
                f"Write {whole}.00 or {digits.replace(last, POINT)}0"
            )
        return money.amount(text.replace(last, "")), None
    head, _, tail = digits.rpartition(last)
    if last in head or (COMMA in head and POINT in head) or (len(signs) > 1 and not _GROUPED.fullmatch(head)):
        raise ValueError(f"{text!r} is not an amount: its thousands and decimals do not fit, write such as 1234.56")
    sign = "-" if text.startswith("-") else ""
    whole = head.replace(POINT, "").replace(COMMA, "")
    return money.amount(f"{sign}{whole or 0}.{tail}" if tail else f"{sign}{whole}"), last


def day(text: str) -> date:
    """The day in ISO form.

    Raises:
        ValueError: another form, with the ISO days it may mean.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(f"{text!r} is not a day of the calendar") from error
    parts = re.fullmatch(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})", text)
    meant = _possible_days(*map(int, parts.groups())) if parts else []
    if len(meant) == 1:
        raise ValueError(f"{text!r} is not in ISO form: write {meant[0]}")
    if meant:
        raise ValueError(f"{text!r} can be read in two ways: write {' or '.join(map(str, meant))}")
    raise ValueError(f"{text!r} is not a day: write it as year-month-day, such as 2026-04-30")


def _possible_days(first: int, second: int, third: int) -> list[date]:
    found = set()
    for year, month, number in ((first, second, third), (third, second, first), (third, first, second)):
        try:
            candidate = date(year, month, number)
        except ValueError:
            continue
        if candidate.year > 1999:  # noqa: PLR2004 - no AI bill is older
            found.add(candidate)
    return sorted(found)


def currency(text: str) -> str:
    """An ISO 4217 code.

    Raises:
        ValueError: it is none.
    """
    code = text.upper()
    if code not in get_global("all_currencies"):
        raise ValueError(f"{text!r} is not an ISO 4217 currency code, such as USD or EUR")
    return code


def count(text: str) -> int:
    """A whole number, not negative.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"\d{1,18}", text, flags=re.ASCII):
        raise ValueError(f"{text!r} is not a count: write a whole number without separators, such as 1200000")
    return int(text)


def category(text: str) -> str:
    """One of `CATEGORIES`.

    Raises:
        ValueError: it is none.
    """
    name = text.lower()
    if name not in CATEGORIES:
        raise ValueError(f"{text!r} is not a category: use one of {', '.join(CATEGORIES)}")
    return name


def yes_or_no(text: str) -> bool:
    """Whether the cell says yes.

    Raises:
        ValueError: it says neither.
    """
    answers = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}
    if text.lower() not in answers:
        raise ValueError(f"{text!r} is neither yes nor no")
    return answers[text.lower()]
