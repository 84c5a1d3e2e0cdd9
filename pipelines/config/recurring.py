"""Costs that come again each month or year, and bills that a person has to enter: what ai-costs.yaml says of them.

Belongs here: what these settings mean as periods and amounts. Does not: landing them, or looking for what is missing.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.config.section import Amount, CurrencyCode, Label, Section
from pipelines.domain.money import AMOUNT_LIMIT
from pipelines.domain.periods import Window

MONTHS = {"month": 1, "year": 12}
BillingDay = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]


class RecurringCost(Section):
    """An amount that is charged again for each month or year: seats, a subscription, a commitment."""

    name: Label = Field(description="A label. Entries with the same name follow each other: a new price, more seats.")
    provider: Label = Field(description="Who sells it: cursor, openai, …")
    account: Label = Field(default="default", description="The account it belongs to.")
    amount: Amount = Field(gt=0, description="The cost of one period; with seats, the cost of one seat.")
    currency: CurrencyCode = Field(default="USD", description="The currency it is charged in.")
    category: Literal["subscription", "seat", "purchase", "usage", "tax"] = Field(
        default="subscription", description="The category, as in manual entries."
    )
    every: Literal["month", "year"] = Field(description="How often it is charged, counted from start.")
    start: BillingDay = Field(description="The first day of the first period at this amount.")
    end: BillingDay | None = Field(
        default=None,
        description="No period begins after this day; one that has begun is charged in full. Left out: no end.",
    )
    seats: int | None = Field(default=None, gt=0, description="How many seats; the amount is for each.")
    note: Label | None = Field(default=None, description="A note stored with its entries.")

    @model_validator(mode="after")
    def _has_valid_amount(self) -> RecurringCost:
        if self.end is not None and self.end < self.start:
            raise ValueError("end: it is before start")
        if self.amount_due >= AMOUNT_LIMIT:
            raise ValueError(f"amount: {self.amount_due} is larger than any bill")
        return self

    @property
    def amount_due(self) -> Decimal:
        """What one period costs, for all seats."""
        return self.amount * (self.seats or 1)

    def periods(self, today: date) -> Iterator[Window]:
        """Each period that has begun by `today`, counted from `start`.

        A period begins on the same day of the month as the first; in a month that is too short, on its last day.
        """
        last = today if self.end is None else min(today, self.end)
        number = 0
        while (begins := self._begin(number)) <= last:
            number += 1
            yield Window(begins, self._begin(number))

    def _begin(self, number: int) -> date:
        months = self.start.month - 1 + number * MONTHS[self.every]
        year, month = self.start.year + months // 12, months % 12 + 1
        return date(year, month, min(self.start.day, calendar.monthrange(year, month)[1]))


class ExpectedEntry(Section):
    """A bill of each month that no source fetches: when nobody has entered or imported it, people want to know."""

    provider: Label = Field(description="Who sends it: groq, perplexity, …")
    account: Label | None = Field(default=None, description="The account it is of; left out: any of the provider.")
    every: Literal["month"] = Field(default="month", description="How often it comes.")
    by: int = Field(default=5, ge=1, le=28, description="The day of the next month by which it should be there.")

    @property
    def name(self) -> str:
        """The provider, and the account if there is one."""
        return self.provider if self.account is None else f"{self.provider} {self.account}"


def overlaps(costs: Sequence[RecurringCost]) -> Iterator[tuple[int, str]]:
    """(number, sentence) of each entry that cannot follow the one before it of the same name.

    Entries of one name are one cost over time: of one account, each after the last period of the one before.
    """
    by_name = sorted(enumerate(costs), key=lambda numbered: (numbered[1].name, numbered[1].start))
    for name, entries in groupby(by_name, key=lambda numbered: numbered[1].name):
        for (_, earlier), (index, later) in pairwise(entries):
            if (earlier.provider, earlier.account) != (later.provider, later.account):
                yield (
                    index,
                    (
                        f"{name!r} is of {earlier.provider} {earlier.account} and of {later.provider} {later.account}: "
                        "give each a different name"
                    ),
                )
                continue
            if earlier.start == later.start:
                yield index, f"{name!r} starts twice on {later.start}: keep one, or rename one"
                continue
            ends = max(period.end for period in earlier.periods(later.start) if period.start < later.start)
            if ends > later.start:
                yield (
                    index,
                    (
                        f"{name!r} starts on {later.start}, inside a period that is charged in full: "
                        f"start it on {ends}, or rename it if it is charged in addition"
                    ),
                )


def effective(costs: Sequence[RecurringCost], today: date) -> Iterator[tuple[RecurringCost, Window]]:
    """Each period that has begun by `today`, with its entry; of one name, the latest that has started."""
    for cost in costs:
        following = [other.start for other in costs if other.name == cost.name and other.start > cost.start]
        for period in cost.periods(today):
            if not following or period.start < min(following):
                yield cost, period
