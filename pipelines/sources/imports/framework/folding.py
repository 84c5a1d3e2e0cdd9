"""Rows of a file that report the same thing of the same days become one record, their quantities and amounts added.

A bill has a row for every hour and resource, and nothing here is finer than a day. Sums are exact; what a record
holds in the end is rounded to the digits that landing stores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from pipelines.domain.meters import BY_NAME
from pipelines.domain.money import AMOUNT_SCALE
from pipelines.domain.records import IDENTITY_COLUMNS, UsageRecord

COUNTS = ("requests", *BY_NAME)
AMOUNTS = ("quantity", "cost_amount", "list_cost_amount")
SUMMED = (*COUNTS, *AMOUNTS)
MOST_RECORDS = 200_000
"""Of one file, after adding up: many times what a year of any account has."""

_EXACT = Context(prec=80)
_UNIT = Decimal(1).scaleb(-AMOUNT_SCALE)
_identity = attrgetter(*(name for name in IDENTITY_COLUMNS if name != "row_ordinal"))
_same = attrgetter(*(field.name for field in fields(UsageRecord) if field.name not in {*SUMMED, "row_ordinal"}))


class TooManyRecords(ValueError):  # noqa: N818 - it says what the file holds
    """More different records than any export has."""


class ParsedRow(NamedTuple):
    """What one row states: the values that records share by name, and the sums in the order of `SUMMED`.

    Not a record yet: a file has a million rows for a few thousand records.
    """

    account: str
    day: date
    same: tuple[tuple[str, Any], ...]
    sums: list[Any]

    @classmethod
    def of(cls, values: dict[str, Any]) -> ParsedRow:
        """What is reported by the `values` of a record, by name."""
        sums = [values.pop(name, None) for name in SUMMED]
        return cls(values["account_name"], values["period_start"].date(), tuple(values.items()), sums)


class Folded:
    """The records of one account of one file, while its rows are read."""

    def __init__(self) -> None:
        self._groups: dict[tuple[tuple[str, Any], ...], list[Any]] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def add(self, reported: ParsedRow) -> None:
        """Add a row to the others that report the same.

        Raises:
            TooManyRecords: there are more than `MOST_RECORDS`.
        """
        sums = self._groups.get(reported.same)
        if sums is None:
            if len(self._groups) >= MOST_RECORDS:
                raise TooManyRecords
            self._groups[reported.same] = reported.sums
            return
        for index, value in enumerate(reported.sums):
            if value is not None:
                before = sums[index]
                sums[index] = value if before is None else _plus(before, value)

    def records(self) -> Iterator[UsageRecord]:
        """Each record once. Those that differ only in what is not a part of the identity are numbered, in order."""
        twins: dict[tuple[Any, ...], int] = {}
        found = [(UsageRecord(**dict(same)), sums) for same, sums in self._groups.items()]
        for record, sums in sorted(found, key=lambda group: _sortable(_same(group[0]))):
            identity = _identity(record)
            ordinal = twins.get(identity, 0)
            twins[identity] = ordinal + 1
            yield replace(record, row_ordinal=ordinal, **dict(zip(SUMMED, map(_rounded, sums), strict=True)))


def _plus(first: Any, second: Any) -> Any:
    return _EXACT.add(first, second) if isinstance(first, Decimal) else first + second


def _rounded(value: Any) -> Any:
    return value.quantize(_UNIT, ROUND_HALF_EVEN, _EXACT) if isinstance(value, Decimal) else value


def _sortable(key: tuple[Any, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is not None, str(value)) for value in key)
