"""The facts a page carries: every daily row, exact and small, and how to read them back.

One series is one combination of the dimensions: provider, account, host, model, project, key, source kind, whether it
is spread over a period, cost kind and currency. Names are written once and pointed at by position. Each column of a
series is one text of comma-separated whole numbers in base 36: days as steps from the day before, money in multiples of
the series' unit, an unknown value as nothing. A unit is itself a whole number, in base 36, of units of 10^-scale: the
largest that all amounts of its series are multiples of. What is billed in a currency other than the reporting one is
there twice, as billed and converted. A column whose values are all the same is written once. No number here passes
through a float.

In the page the document is deflated (zlib) and written in base 64: a third less than as text.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.errors import ReportError
from dashboards.packing import CONTENT_TYPE, deflated, inflated

if TYPE_CHECKING:
    import duckdb

CostTotals = dict[tuple[str, str], Decimal]
"""(cost_kind, currency) -> exact sum."""

ELEMENT = "facts"
"""The id of the page element with the facts."""

DIMENSIONS = (
    "provider",
    "account",
    "host",
    "model",
    "project",
    "key",
    "source",
    "spread",
    "kind",
    "currency",
)
MEASURES = ("amounts", "converted", "input", "cached", "output", "unsplit", "unpriced")

_QUERY = Path(__file__).with_suffix(".sql")
_FORMAT = 3
_KIND, _CURRENCY = (1 + DIMENSIONS.index(name) for name in ("kind", "currency"))
_AMOUNT = 1 + len(DIMENSIONS)
_CONVERTED = _AMOUNT + 1
_WAREHOUSE_SCALE = 12
_BASE = 36
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Facts:
    """The rows of `facts.sql`.

    A day, the dimensions, an amount or None, what it is converted, or None where it has no rate or needs none, then
    token counts or None.
    """

    rows: Sequence[tuple[Any, ...]]

    @property
    def totals(self) -> CostTotals:
        """The exact sum of the amounts by cost kind and currency; use without a price adds nothing."""
        return _totals((row[_KIND], row[_CURRENCY], _units(row[_AMOUNT], _WAREHOUSE_SCALE)) for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The rows in the form described at the top of this file."""
        scale = _smallest_scale(row[place] for row in self.rows for place in (_AMOUNT, _CONVERTED))
        names: dict[str, list[str | None]] = {
            dimension: sorted({row[place] for row in self.rows}, key=lambda name: (name is not None, name))
            for place, dimension in enumerate(DIMENSIONS, start=1)
        }
        places = {dimension: {name: at for at, name in enumerate(known)} for dimension, known in names.items()}
        first_day: date = min((row[0] for row in self.rows), default=date.max)
        series = []
        for key, group in groupby(self.rows, key=lambda row: row[1:_AMOUNT]):
            rows = list(group)
            entry: list[Any] = [places[dimension][name] for dimension, name in zip(DIMENSIONS, key, strict=True)]
            amounts = [[_units(row[place], scale) for row in rows] for place in (_AMOUNT, _CONVERTED)]
            unit = math.gcd(*(units or 0 for column in amounts for units in column)) or 1
            entry += [len(rows), _written(unit), _column(_steps(first_day, [row[0] for row in rows]))]
            entry += [_column([None if units is None else units // unit for units in column]) for column in amounts]
            entry += [_column([row[place] for row in rows]) for place in range(_CONVERTED + 1, _AMOUNT + len(MEASURES))]
            series.append(entry)
        return {
            "format": _FORMAT,
            "scale": scale,
            "first_day": first_day.isoformat() if self.rows else None,
            "columns": [*DIMENSIONS, "rows", "unit", "days", *MEASURES],
            "names": names,
            "series": series,
        }

    def as_text(self) -> str:
        """The same as a page carries it."""
        return deflated(json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":")))


def read_facts(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Every daily row of the open build, series by series."""
    return Facts(connection.execute(_QUERY.read_text(encoding="utf-8")).fetchall())


def read_embedded_totals(path: Path) -> CostTotals:
    """The exact sums of what the report at `path` carries, worked out from the file alone.

    Raises:
        ReportError: the file cannot be read or carries no facts of this format.
    """
    try:
        page = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(
            f"the report {path} cannot be read: {error.strerror}; build it with `ai-costs report`"
        ) from error
    found = re.search(rf'<script type="([^"]*)" id="{ELEMENT}">([^<]*)</script>', page)
    if found is None:
        raise ReportError(f"{path} has no cost rows, so it is not a report of this program: build it again")
    if found[1] != CONTENT_TYPE:
        raise ReportError(f"{path} is of an earlier version: build it again")
    document = json.loads(inflated(found[2]))
    if document.get("format") != _FORMAT:
        raise ReportError(f"{path} has another format ({document.get('format')}): build it again")
    return _document_totals(document)


def _document_totals(document: dict[str, Any]) -> CostTotals:
    at = {column: place for place, column in enumerate(document["columns"])}
    kinds, currencies = document["names"]["kind"], document["names"]["currency"]
    lift = 10 ** (_WAREHOUSE_SCALE - document["scale"])
    return _totals(
        (
            kinds[entry[at["kind"]]],
            currencies[entry[at["currency"]]],
            int(text, _BASE) * int(entry[at["unit"]], _BASE) * lift if text else None,
        )
        for entry in document["series"]
        for text in _spread(entry[at["amounts"]], entry[at["rows"]])
    )


def _totals(amounts: Iterable[tuple[str, str, int | None]]) -> CostTotals:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for kind, currency, units in amounts:
        if units is not None:
            sums[kind, currency] += units
    return {key: Decimal(units).scaleb(-_WAREHOUSE_SCALE) for key, units in sorted(sums.items())}


def _units(amount: Decimal | None, scale: int) -> int | None:
    return None if amount is None else int(amount.scaleb(scale))


def _smallest_scale(amounts: Iterable[Decimal | None]) -> int:
    """The fewest digits after the point that contain every amount exactly."""
    units = [_units(amount, _WAREHOUSE_SCALE) for amount in amounts]
    scale = _WAREHOUSE_SCALE
    while scale and not any(unit % 10 ** (_WAREHOUSE_SCALE - scale + 1) for unit in units if unit):
        scale -= 1
    return scale


def _steps(first_day: date, days: Sequence[date]) -> list[int]:
    before = [first_day, *days[:-1]]
    return [(later - earlier).days for earlier, later in zip(before, days, strict=True)]


def _column(values: Sequence[int | None]) -> str:
    texts = ["" if value is None else _written(value) for value in values]
    return texts[0] if len(set(texts)) == 1 else ",".join(texts)


def _written(value: int) -> str:
    """The whole number in base 36, as `int(text, 36)` reads it back."""
    left, digits = abs(value), ""
    while left or not digits:
        left, digit = divmod(left, _BASE)
        digits = _DIGITS[digit] + digits
    return f"-{digits}" if value < 0 else digits


def _spread(text: str, rows: int) -> list[str]:
    return text.split(",") if "," in text else [text] * rows
