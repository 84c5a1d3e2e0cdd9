"""Proof that no cent and no token was lost or doubled on the way from landing to what people read.

The landed side is worked out again by valuation.py, which shares no SQL with the dbt models. What landed is either
counted (fct_costs) or is alongside it, because another source reports the same money (fct_cost_candidates that were
not chosen).
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import orjson

from pipelines.audit.valuation import TOKENS, Place, Totals, landed_by_source
from pipelines.domain.money import exact_sum
from pipelines.landing import LandingStore
from pipelines.reading.files import content_of, open_file


@dataclass(frozen=True)
class Comparison:
    """One measure at each place that has it, by place; equal if all places agree exactly."""

    measure: str
    currency: str
    amounts: Mapping[str, Decimal]

    @property
    def equal(self) -> bool:
        """Whether all places agree to the last digit."""
        return len(set(self.amounts.values())) == 1

    def __str__(self) -> str:
        """Each place with its sum, and how far it is from the first place's."""
        first = next(iter(self.amounts.values()))
        places = ", ".join(
            f"{place} {amount}" if amount == first else f"{place} {amount} ({(amount - first).normalize():+f})"
            for place, amount in self.amounts.items()
        )
        return f"{self.measure} {self.currency}".strip() + f": {places}"


def compare(places: Mapping[str, Totals]) -> list[Comparison]:
    """Every measure that any place has, at all places; zero at a place without it."""
    keys = sorted({key for totals in places.values() for key in totals})
    return [
        Comparison(
            measure, currency, {name: totals.get((measure, currency), Decimal(0)) for name, totals in places.items()}
        )
        for measure, currency in keys
    ]


def check(landing: LandingStore, connection: duckdb.DuckDBPyConnection, *, again: bool = True) -> list[Comparison]:
    """Every measure in landing and in the facts, followed by those of single sources that differ, which says where.

    Args:
        landing: the store whose files are read and verified again.
        connection: the build's file, for the prices and billing it was made with.
        again: as `landed_by_source` takes it.
    """
    landed = landed_by_source(landing, connection, again=again)
    left_out = _left_out(connection)
    expected = _less(_added(landed.values()), _added(left_out.values()))
    totals = compare({"landing": expected, "facts": table_totals(connection, "main.fct_costs")})
    counted = _by_source(connection, "main.fct_costs", "true", "true")
    by_source = [
        Comparison(f"{comparison.measure} of {place[1]} ({place[0]})", comparison.currency, comparison.amounts)
        for place in sorted({*landed, *counted, *left_out})
        for comparison in compare(
            {
                "landing": landed.get(place, {}),
                "facts and candidates": _added([counted.get(place, {}), left_out.get(place, {})]),
            }
        )
    ]
    return [*totals, *(comparison for comparison in by_source if not comparison.equal)]


def landed_totals(landing: LandingStore, connection: duckdb.DuckDBPyConnection) -> Totals:
    """Spend, list-price value and tokens of everything in landing, less what is not counted."""
    return _less(_added(landed_by_source(landing, connection).values()), _added(_left_out(connection).values()))


def table_totals(connection: duckdb.DuckDBPyConnection, table: str) -> Totals:
    """Sums of a costs table: fct_costs, or what is alongside it."""
    money = connection.table(table).aggregate("cost_kind, currency, sum(cost_amount) as amount").fetchall()
    tokens = connection.table(table).aggregate("sum(total_tokens) as tokens").fetchall()
    totals = {(kind, currency): amount for kind, currency, amount in money if amount is not None}
    return {**totals, TOKENS: Decimal(tokens[0][0] or 0)}


def csv_totals(path: Path) -> Totals:
    """Sums of a costs export, read as any CSV reader would."""
    with io.TextIOWrapper(open_file(path), encoding="utf-8-sig", newline="") as handle:
        return _record_totals(csv.DictReader(handle))


def json_totals(path: Path) -> Totals:
    """Sums of a JSON costs export; its amounts are text, so that no reader rounds them."""
    return _record_totals(orjson.loads(content_of(path))["records"])


def _record_totals(records: Any) -> Totals:
    amounts: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    tokens = 0
    for record in records:
        tokens += int(record["total_tokens"] or 0)
        if record["cost_amount"] not in {None, ""}:
            amounts[record["cost_kind"], record["currency"]].append(Decimal(record["cost_amount"]))
    return {**{key: exact_sum(values) for key, values in amounts.items()}, TOKENS: Decimal(tokens)}


def _left_out(connection: duckdb.DuckDBPyConnection) -> dict[Place, Totals]:
    return _by_source(connection, "main.fct_cost_candidates", "not is_chosen", "not counts_usage")


def _by_source(connection: duckdb.DuckDBPyConnection, table: str, money: str, use: str) -> dict[Place, Totals]:
    """Sums of a table by source: of its amounts where `money` holds, of its tokens where `use` does."""
    costs = connection.table(table)
    amounts = costs.filter(f"cost_amount is not null and {money}").aggregate(
        "source_kind, source, cost_kind, currency, sum(cost_amount) as amount"
    )
    tokens = costs.filter(use).aggregate("source_kind, source, sum(total_tokens) as tokens")
    found: dict[Place, Totals] = defaultdict(dict)
    for kind, source, cost_kind, currency, amount in amounts.fetchall():
        found[kind, source][cost_kind, currency] = amount
    for kind, source, count in tokens.fetchall():
        found[kind, source][TOKENS] = Decimal(count)
    return found


def _added(parts: Iterable[Totals]) -> Totals:
    amounts: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    tokens = 0
    for part in parts:
        for key, amount in part.items():
            if key == TOKENS:
                tokens += int(amount)
            else:
                amounts[key].append(amount)
    return {**{key: exact_sum(values) for key, values in amounts.items()}, TOKENS: Decimal(tokens)}


def _less(totals: Totals, removed: Totals) -> Totals:
    return {key: totals.get(key, Decimal(0)) - removed.get(key, Decimal(0)) for key in totals.keys() | removed.keys()}
