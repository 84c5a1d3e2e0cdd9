"""What one cell says: amounts, dates, counts, yes and no. What has two readings is refused, with the question."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from babel.core import get_global

from pipelines.domain import money
from pipelines.domain.periods import possible_days
from pipelines.domain.records import ChargeCategory
from pipelines.presentation.messages import NOT_A_CURRENCY, SUCH_AS_CURRENCIES

CATEGORIES = {
    "usage": ChargeCategory.USAGE,
    "subscription": ChargeCategory.PURCHASE,
    "seat": ChargeCategory.PURCHASE,
    "purchase": ChargeCategory.PURCHASE,
    "credit": ChargeCategory.CREDIT,
    "tax": ChargeCategory.TAX,
}
"""What a person may call an entry -> FOCUS 1.2 ChargeCategory."""


def amount(text: str) -> tuple[Decimal, str | None]:
    """The amount, and which sign it uses for decimals (None: it has none).

    Raises:
        ValueError: it is not a number, or could be two; the text says what to write instead.
    """
    try:
        number, sign = money.written_number(text)
    except money.TwoReadingsError as error:
        whole, fraction = error.readings
        raise ValueError(f"{error} Write {whole}.00 or {fraction}0") from error
    except ValueError as error:
        if "do not fit" in str(error):
            raise ValueError(
                f"{text!r} is not an amount: its thousands and decimals do not fit, write such as 1234.56"
            ) from error
        raise ValueError(
            f"{text!r} is not an amount: write digits only, such as 1234.56, with the currency in its column"
        ) from error
    return money.amount(number), sign


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
    meant = possible_days(text)
    if len(meant) == 1:
        raise ValueError(f"{text!r} is not in ISO format: write {meant[0]}")
    if meant:
        raise ValueError(f"{text!r} can be read in two ways: write {' or '.join(map(str, meant))}")
    raise ValueError(f"{text!r} is not a day: write it as year-month-day, such as 2026-04-30")


def currency(text: str) -> str:
    """An ISO 4217 code.

    Raises:
        ValueError: it is none.
    """
    code = text.upper()
    if code not in get_global("all_currencies"):
        raise ValueError(f"{text!r} {NOT_A_CURRENCY}{SUCH_AS_CURRENCIES}")
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
