"""What the landed rows come to: amounts as stated, and use at the unit prices of a build.

In Python and straight from the landed files, so that it can prove the dbt models right: it shares no SQL with them.
Rows that cannot differ in price are added up before they are priced, which changes no digit and makes millions cheap.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

import duckdb
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.audit.stored_sums import StoredSums
from pipelines.domain.meters import INPUT_METERS, PRICED_METERS, TOKEN_METERS
from pipelines.domain.money import exact_sum
from pipelines.domain.periods import day_start, month_start
from pipelines.domain.records import LANDING_SCHEMA
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, FeedFolder, LandingStore, Manifest
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import UseKey
from pipelines.warehouse.files import unit_prices

Totals = dict[tuple[str, str], Decimal]
"""(measure, currency) -> exact sum; the measure is a cost_kind, or "tokens" with the currency ""."""

Place = tuple[str, str]
"""(source_kind, source)"""


class MonthOfModel(NamedTuple):
    """The first day of a month, and a model by the name it was landed under."""

    month: date
    provider: str
    model_raw: str


NotCounted = Mapping[tuple[Feed, date], frozenset[str] | None]
"""(feed, day) -> the keys of the records that count elsewhere; None: the whole day does."""
NOTHING: NotCounted = {}
SOME: frozenset[str] = frozenset()

TOKENS = ("tokens", "")
SPEND = "spend"
LIST_PRICE_VALUE = "list_price_value"

KEY_COLUMNS = ("source_kind", "source", "host", "currency", *UseKey._fields)
OTHER_COLUMNS = ("is_billable", "period_start", "grain", "context_window", "unsplit_tokens", "cost_amount")
LONG_CONTEXT = pa.array(["200k-1M", "> 200k"])
SHORT_CONTEXT = pa.array([None, "0-200k", "≤ 200k"])
"""Context windows as Anthropic's APIs and its Console's exports state them."""
ABOVE_EVERY_TIER, UNKNOWN_WINDOW = 2**62, -1


def landed_by_source(
    landing: LandingStore, connection: duckdb.DuckDBPyConnection, *, again: bool = True
) -> dict[Place, Totals]:
    """Spend, list-price value and tokens that each source landed, whether another source reports the same or not.

    What landed a second time, under an earlier name of its account or host, is left out.

    Args:
        landing: the store whose files are read and verified again.
        connection: the build's file, for the prices and billing it was made with.
        again: whether every file is read; otherwise those of months with a change since their rows were added up.
    """
    prices = _Prices(unit_prices(connection))
    is_spend = _is_spend(connection)
    not_counted = _not_counted(connection)
    amounts: dict[Place, dict[tuple[str, str], list[Decimal]]] = {}
    tokens: dict[Place, int] = defaultdict(int)
    for feed in landing.feeds():
        for _, row in _sums(landing, feed, prices, not_counted, again=again):
            place = (str(row["source_kind"]), str(row["source"]))
            tokens[place] += sum(row[name] or 0 for name in (*TOKEN_METERS, "unsplit_tokens"))
            reported = (row["cost_amount"], row["currency"]) if row["is_reported"] else prices.of(row)
            if reported is not None:
                kind = SPEND if is_spend(row) else LIST_PRICE_VALUE
                amounts.setdefault(place, defaultdict(list))[kind, reported[1]].append(reported[0])
    return {
        place: {**{key: exact_sum(values) for key, values in amounts.get(place, {}).items()}, TOKENS: Decimal(count)}
        for place, count in tokens.items()
    }


def worth_by_month(
    landing: LandingStore, at: Iterable[UnitPrice], not_counted: NotCounted = NOTHING
) -> dict[MonthOfModel, Decimal]:
    """What landed use is worth at these prices, whichever source of it counts; use without a price has no entry.

    Args:
        landing: the store whose files are read and verified again.
        at: the prices.
        not_counted: what landed a second time.

    Raises:
        LandingError: a landed file is missing or was changed.
    """
    prices = _Prices(at)
    amounts: dict[MonthOfModel, list[Decimal]] = defaultdict(list)
    for feed in landing.feeds():
        for month, row in _sums(landing, feed, prices, not_counted):
            worth = None if row["is_reported"] or row["model_raw"] is None else prices.of(row)
            if worth is not None:
                amounts[MonthOfModel(month, row["provider"], row["model_raw"])].append(worth[0])
    return {place: exact_sum(values) for place, values in amounts.items()}


def _sums(
    landing: LandingStore, feed: Feed, prices: _Prices, not_counted: NotCounted, *, again: bool = True
) -> Iterator[tuple[date, dict[str, Any]]]:
    """The feed's rows by month, added up where no price distinguishes them; times and `reached` are those of one."""
    folder = landing.folder(feed)
    manifest = folder.effective()
    if manifest is None:
        return
    retained = None if again else StoredSums(folder.path)
    counted = [day for day in manifest.days if not_counted.get((feed, day), SOME) is not None]
    for month, days in groupby(counted, key=month_start):
        of_month = {day: not_counted.get((feed, day)) or SOME for day in days}
        add_up = partial(_added_up, folder, manifest, of_month, prices)
        groups = (
            add_up()
            if retained is None
            else retained.of(month, _made_of(manifest, of_month, prices.within(month)), add_up)
        )
        for row in groups.to_pylist():
            yield month, row
    if retained is not None:
        retained.save()


def _made_of(manifest: Manifest, left_out: Mapping[date, frozenset[str]], prices: tuple[list[int], list[int]]) -> str:
    """A name for all that decides what the rows of some days are added up to."""
    files = [[manifest.partitions[day].sha256, sorted(keys)] for day, keys in left_out.items()]
    columns = [KEY_COLUMNS, OTHER_COLUMNS, PRICED_METERS, INPUT_METERS]
    return hashlib.sha256(orjson.dumps([files, prices, columns])).hexdigest()


def _added_up(
    folder: FeedFolder, manifest: Manifest, left_out: Mapping[date, frozenset[str]], prices: _Prices
) -> pa.Table:
    """The rows of some days without those left out, added up."""
    table = _counted_rows(folder, manifest, left_out)
    group_keys = {
        **{name: table.column(name) for name in (*KEY_COLUMNS, "is_billable")},
        "is_batch": pc.fill_null(table.column("is_batch"), fill_value=False),
        "is_reported": pc.is_valid(table.column("cost_amount")),
        "counted": _counted(table),
        "price_period": prices.periods(table.column("period_start")),
        "price_tier": prices.tiers(reached := _tokens_of_one_request(table)),
        "window_is_known": pc.not_equal(reached, UNKNOWN_WINDOW),
    }
    summed = {name: table.column(name) for name in (*PRICED_METERS, "unsplit_tokens", "cost_amount")}
    of_any = {"period_start": table.column("period_start"), "reached": reached}
    aggregates = [(name, "sum") for name in summed] + [(name, "min") for name in of_any]
    groups = pa.table({**group_keys, **summed, **of_any}).group_by(list(group_keys)).aggregate(aggregates)
    return groups.rename_columns([name.removesuffix("_sum").removesuffix("_min") for name in groups.column_names])


def _counted(table: pa.Table) -> pa.ChunkedArray:
    """For each row one bit for each meter that counts something in it: what a row without a price for one is worth."""
    bits = pa.chunked_array([pa.array(np.zeros(table.num_rows, dtype=np.int64))])
    for place, name in enumerate(PRICED_METERS):
        is_counted = pc.greater(pc.fill_null(table.column(name), 0), 0)
        bits = pc.add(bits, pc.if_else(is_counted, 1 << place, 0))
    return bits


def _counted_rows(folder: FeedFolder, manifest: Manifest, left_out: Mapping[date, frozenset[str]]) -> pa.Table:
    names = [*KEY_COLUMNS, *OTHER_COLUMNS, *PRICED_METERS]
    keys = [key for of_day in left_out.values() for key in of_day]
    schema = pa.schema([LANDING_SCHEMA.field(name) for name in [*names, *(["record_key"] if keys else [])]])
    table = pa.concat_tables(folder.table(manifest.partitions[day], schema) for day in left_out)
    if not keys:
        return table
    is_left_out = pc.is_in(table["record_key"], pa.array(keys, pa.string()))
    return table.filter(pc.invert(is_left_out)).select(names)


def _not_counted(connection: duckdb.DuckDBPyConnection) -> NotCounted:
    """What the build left out, as it was loaded; nothing in a file that was loaded before that was known."""
    try:
        rows = connection.table("landing.not_counted").fetchall()
    except duckdb.CatalogException:
        return NOTHING
    found: dict[tuple[Feed, date], frozenset[str] | None] = {}
    for kind, source, name, day, key in rows:
        place = (Feed(SourceKind(kind), source, name), day)
        found[place] = None if key is None else (found.get(place) or SOME) | {key}
    return found


def _tokens_of_one_request(table: pa.Table) -> pa.ChunkedArray:
    """The input tokens that may cross a tier: one request's own, never the sum of a day's requests.

    `UNKNOWN_WINDOW` where a source reports a context window in words of no known meaning.
    """
    single = pa.chunked_array([pa.array(np.zeros(table.num_rows, dtype=np.int64))])
    for name in INPUT_METERS:
        single = pc.add(single, pc.fill_null(table.column(name), 0))
    window = table.column("context_window")
    of_many = pc.if_else(pc.is_in(window, SHORT_CONTEXT), 0, UNKNOWN_WINDOW)
    of_many = pc.if_else(pc.is_in(window, LONG_CONTEXT), ABOVE_EVERY_TIER, of_many)
    return pc.if_else(pc.equal(table.column("grain"), "event"), single, of_many)


def _is_spend(connection: duckdb.DuckDBPyConnection) -> Callable[[Mapping[str, Any]], bool]:
    rows = connection.table("landing.agent_billing").fetchall()
    billing = {(source, host): mode for source, host, mode in rows}

    def is_spend(row: Mapping[str, Any]) -> bool:
        if row["is_billable"] is False or row["source_kind"] != SourceKind.LOCAL:
            return row["is_billable"] is not False
        source = row["source"]
        mode = billing.get((source, row["host"]), billing.get((source, None), "subscription"))
        return bool(mode == "metered")

    return is_spend


class _Prices:
    """Unit prices, to be asked what a row is worth."""

    def __init__(self, unit_prices: Iterable[UnitPrice]) -> None:
        self._prices: dict[tuple[Any, ...], list[UnitPrice]] = defaultdict(list)
        for price in unit_prices:
            self._prices[*price.use, price.meter].append(price)
        every = [price for prices in self._prices.values() for price in prices]
        self._tiered = {price.use for price in every if price.min_input_tokens}
        changes = {price.valid_from for price in every} | {price.valid_to for price in every if price.valid_to}
        self._changes = pa.array(sorted(changes), pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_numpy()
        self._tiers = np.array(sorted({price.min_input_tokens for price in every}), dtype=np.int64)

    def within(self, month: date) -> tuple[list[int], list[int]]:
        """What tells the rows of a month apart: when a price of it changes, and the tiers."""
        after = month_start(month + timedelta(days=31))
        first, last = (int(day_start(day).timestamp()) * 10**6 for day in (month, after))
        changes = [int(change) for change in self._changes if first < change < last]
        return changes, self._tiers.tolist()

    def periods(self, moments: pa.ChunkedArray) -> pa.Array:
        """For each moment, which of the times between two changes of any price it is in."""
        return pa.array(np.searchsorted(self._changes, moments.cast(pa.int64()).to_numpy(), side="right"))

    def tiers(self, reached: pa.ChunkedArray) -> pa.Array:
        """For each number of tokens, how many tiers of any price it is past."""
        return pa.array(np.searchsorted(self._tiers, reached.to_numpy(), side="left"))

    def of(self, row: Mapping[str, Any]) -> tuple[Decimal, str] | None:
        """What the row's meters cost together, with the currency; None when one of them has no price."""
        total, currency = Decimal(0), None
        use = UseKey(*(row[name] for name in UseKey._fields))
        if not row["window_is_known"] and use in self._tiered:
            return None
        for meter in PRICED_METERS:
            if not row[meter]:
                continue
            reported = self._prices.get((*use, meter), ())
            holding = [price for price in reported if _applies(price, row["period_start"], row["reached"])]
            if not holding:
                return None
            price = max(holding, key=lambda price: price.min_input_tokens)
            total += row[meter] * price.unit_price
            currency = price.currency
        return None if currency is None else (total, currency)


def _applies(price: UnitPrice, moment: datetime, reached: int) -> bool:
    in_time = price.valid_from <= moment and (price.valid_to is None or moment < price.valid_to)
    return in_time and (price.min_input_tokens == 0 or price.min_input_tokens < reached)
