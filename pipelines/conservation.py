"""Proof that no cent and no token was lost or doubled on the way from landing to what people read.

The landed side is worked out here again, in Python, straight from the landed files: tokens times unit price,
record by record, beside the amounts that sources state and people entered. It shares no SQL with the dbt models it
checks. What landed is either counted (fct_costs) or stands beside it, because another source states the same money
(fct_cost_candidates that were not chosen).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import orjson

from pipelines.domain.money import exact_sum
from pipelines.domain.records import TOKEN_COLUMNS, SourceKind
from pipelines.landing import LandingStore

Totals = dict[tuple[str, str], Decimal]
"""(measure, currency) -> exact sum; the measure is a cost_kind, or "tokens" with the currency ""."""

Place = tuple[str, str]
"""(source_kind, source)"""

METERS = (*TOKEN_COLUMNS, "web_search_requests")
TOKENS = ("tokens", "")
SPEND = "spend"
LIST_PRICE_VALUE = "list_price_value"


@dataclass(frozen=True)
class Comparison:
    """One measure at each place it stands, by place; equal when every place says the same, exactly."""

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
    """Every measure that stands anywhere, at all places; a place without it says zero."""
    keys = sorted({key for totals in places.values() for key in totals})
    return [
        Comparison(
            measure, currency, {name: totals.get((measure, currency), Decimal(0)) for name, totals in places.items()}
        )
        for measure, currency in keys
    ]


def check(landing: LandingStore, connection: duckdb.DuckDBPyConnection) -> list[Comparison]:
    """Every measure in landing and in the facts, followed by those of single sources that differ, which says where.

    Args:
        landing: the store whose files are read and verified anew.
        connection: the build's file, for the prices and billing it was made with.
    """
    landed = landed_by_source(landing, connection)
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


def landed_by_source(landing: LandingStore, connection: duckdb.DuckDBPyConnection) -> dict[Place, Totals]:
    """Spend, list-price value and tokens that each source landed, counted or not."""
    prices = _Prices(connection)
    is_owed = _owed(connection)
    amounts: dict[Place, dict[tuple[str, str], list[Decimal]]] = {}
    tokens: dict[Place, int] = defaultdict(int)
    for feed in landing.feeds():
        for row in _rows(landing, feed):
            place = (str(row["source_kind"]), str(row["source"]))
            tokens[place] += sum(row[name] or 0 for name in TOKEN_COLUMNS) + (row["unsplit_tokens"] or 0)
            stated = (row["cost_amount"], row["currency"]) if row["cost_amount"] is not None else prices.of(row)
            if stated is not None:
                kind = SPEND if is_owed(row) else LIST_PRICE_VALUE
                amounts.setdefault(place, defaultdict(list))[kind, stated[1]].append(stated[0])
    return {
        place: {**{key: exact_sum(values) for key, values in amounts.get(place, {}).items()}, TOKENS: Decimal(count)}
        for place, count in tokens.items()
    }


def table_totals(connection: duckdb.DuckDBPyConnection, table: str) -> Totals:
    """Sums of a costs table: fct_costs, or what stands beside it."""
    money = connection.table(table).aggregate("cost_kind, currency, sum(cost_amount) as amount").fetchall()
    tokens = connection.table(table).aggregate("sum(total_tokens) as tokens").fetchall()
    totals = {(kind, currency): amount for kind, currency, amount in money if amount is not None}
    return {**totals, TOKENS: Decimal(tokens[0][0] or 0)}


def csv_totals(path: Path) -> Totals:
    """Sums of a costs export, read as any CSV reader would."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return _record_totals(csv.DictReader(handle))


def json_totals(path: Path) -> Totals:
    """Sums of a JSON costs export; its amounts are text, so that no reader rounds them."""
    return _record_totals(orjson.loads(path.read_bytes())["records"])


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


def _rows(landing: LandingStore, feed: Any) -> Iterator[dict[str, Any]]:
    columns = ["source_kind", "source", "host", "provider", "model_raw", "service_tier", "speed", "period_start"]
    columns += ["grain", "context_window", *METERS, "unsplit_tokens", "cost_amount", "currency", "is_billable"]
    for batch in landing.read(feed, columns=columns).to_batches(max_chunksize=50_000):
        yield from batch.to_pylist()


def _owed(connection: duckdb.DuckDBPyConnection) -> Callable[[Mapping[str, Any]], bool]:
    rows = connection.table("landing.agent_billing").fetchall()
    billing = {(source, host): mode for source, host, mode in rows}

    def is_owed(row: Mapping[str, Any]) -> bool:
        if row["is_billable"] is False or row["source_kind"] != SourceKind.LOCAL:
            return row["is_billable"] is not False
        source = row["source"]
        mode = billing.get((source, row["host"]), billing.get((source, None), "subscription"))
        return bool(mode == "metered")

    return is_owed


@dataclass(frozen=True)
class _Price:
    min_input_tokens: int
    valid_from: datetime
    valid_to: datetime | None
    unit_price: Decimal
    currency: str

    def holds_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


class _Prices:
    """The unit prices of a build, looked up for one landed row at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._prices: dict[tuple[Any, ...], list[_Price]] = defaultdict(list)
        key_columns = "provider, model_raw, service_tier, speed, meter"
        price_columns = "min_input_tokens, valid_from, valid_to, unit_price, currency"
        relation = connection.table("landing.unit_prices").project(f"{key_columns}, {price_columns}")
        for *key, start, valid_from, valid_to, unit_price, currency in relation.fetchall():
            self._prices[tuple(key)].append(_Price(start, valid_from, valid_to, unit_price, currency))

    def of(self, row: Mapping[str, Any]) -> tuple[Decimal, str] | None:
        """What the row's meters cost together, with the currency; None when one of them has no price."""
        total, currency = Decimal(0), None
        for meter in METERS:
            if not row[meter]:
                continue
            price = self._price(row, meter)
            if price is None:
                return None
            total += row[meter] * price.unit_price
            currency = price.currency
        return None if currency is None else (total, currency)

    def _price(self, row: Mapping[str, Any], meter: str) -> _Price | None:
        key = (row["provider"], row["model_raw"], row["service_tier"], row["speed"], meter)
        moment = row["period_start"]
        reached = _tokens_of_one_request(row)
        candidates = [
            price
            for price in self._prices.get(key, ())
            if price.holds_at(moment) and (price.min_input_tokens == 0 or price.min_input_tokens < reached)
        ]
        return max(candidates, key=lambda price: price.min_input_tokens, default=None)


def _tokens_of_one_request(row: Mapping[str, Any]) -> float:
    """The input tokens that may cross a tier: one request's own, never the sum of a day's requests."""
    if row["grain"] == "event":
        return sum(row[name] or 0 for name in TOKEN_COLUMNS if name != "output_tokens")
    return float("inf") if row["context_window"] == "200k-1M" else 0
