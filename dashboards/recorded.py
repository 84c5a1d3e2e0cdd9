"""What a figure lacks, in words: days that were not recorded, amounts in other currencies, use without a price.

Belongs here: saying it alike on every part of the page. Does not: deciding it (rpt_monthly_comparisons).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.presentation import formats
from pipelines.presentation.labels import provider_name

_NAMED = 2
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def gap(recorded_from: date | None, recorded_through: date | None, before: date, first_day: date | None) -> str | None:
    """What the records lack for a comparison with the month that begins on `before`; None where they lack nothing.

    Args:
        recorded_from: the day from which on everything that is compared is recorded; None: all of it is.
        recorded_through: the day up to which it is; None: up to the end.
        before: the first day of the month before.
        first_day: the first day of any record.
    """
    if recorded_from is not None:
        if first_day is not None and first_day < recorded_from:
            return f"one of its sources is recorded from {formats.day(recorded_from)} on"
        if (recorded_from.year, recorded_from.month) == (before.year, before.month):
            number = recorded_from.day
            return f"{formats.month(before)} is recorded from the {number}{_ENDINGS.get(number, 'th')}"
        return f"nothing is recorded before {formats.day(recorded_from)}"
    if recorded_through is not None:
        return f"one of its sources is recorded only through {formats.day(recorded_through)}"
    return None


def without(left_out: Sequence[dict[str, Any]] | None, currency: str) -> str:
    """The sources that a comparison leaves out, after a comma: ", without groq, recorded from Oct 28 on: $48".

    Args:
        left_out: rows of rpt_comparison_sources, the costliest first.
        currency: that of their amounts.
    """
    if not left_out:
        return ""
    parts = [_named(source, currency) for source in left_out[:_NAMED]]
    if more := left_out[_NAMED:]:
        parts.append(f"{len(more)} more{_amount([source['amount'] for source in more], currency)}")
    return ", without " + ", and ".join(parts)


def _named(source: dict[str, Any], currency: str) -> str:
    if source["recorded_from"] is not None:
        why = f"recorded from {formats.day(source['recorded_from'])} on"
    else:
        why = f"recorded only through {formats.day(source['recorded_through'])}"
    return f"{provider_name(source['name'])}, {why}{_amount([source['amount']], currency)}"


def _amount(amounts: Sequence[Decimal | None], currency: str) -> str:
    known = [amount for amount in amounts if amount is not None]
    return f": {formats.money(sum(known, Decimal(0)), currency)}" if known else ""


def named_amounts(amounts: Sequence[dict[str, Any]]) -> str:
    """Amounts of several currencies, which are never added: "$588 and JPY 32,400", and how many more there are."""
    written = [formats.money(each["amount"], each["currency"]) for each in amounts]
    more = len(written) - _NAMED
    if more > 0:
        return f"{', '.join(written[:_NAMED])} and {more} more {'currency' if more == 1 else 'currencies'}"
    return " and ".join(written)


def cost_of(row: Mapping[str, Any], currency: str) -> str:
    """The cost of a row with `cost_amount` and `has_unpriced`: "$12.40", "at least $12.40", "unpriced", or a dash."""
    if row["cost_amount"] is None:
        return "unpriced" if row["has_unpriced"] else formats.EN_DASH
    amount = formats.money(row["cost_amount"], currency)
    return f"at least {amount}" if row["has_unpriced"] else amount
