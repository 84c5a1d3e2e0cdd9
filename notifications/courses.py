"""What each day cost, as a picture with its words.

Belongs here: which days are coloured, and the caption. Does not: drawing (sparkline.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from notifications.sparkline import Sparkline
from pipelines.presentation.formats import day, money

LEAST_DAYS = 4
"""Fewer are said in words."""


def course(first: date, amounts: Sequence[float | Decimal], since: date, currency: str) -> Sparkline | None:
    """The amounts of the days from `first` on, those from `since` on in colour; None if there is nothing to see."""
    if len(amounts) < LEAST_DAYS or not any(amount > 0 for amount in amounts):
        return None
    last = first + timedelta(days=len(amounts) - 1)
    most = max(amounts)
    highest = first + timedelta(days=list(amounts).index(most))
    coloured = f"; from {day(since)} on in colour" if first < since <= last else ""
    caption = (
        f"{day(first)} to {day(last)} by day{coloured}. The highest day was {day(highest)} with "
        f"{money(Decimal(str(most)), currency)}."
    )
    return Sparkline(tuple(map(float, amounts)), max((since - first).days, 0), caption)
