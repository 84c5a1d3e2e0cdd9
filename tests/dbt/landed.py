"""Landing tables made of a few explicit rows, as the warehouse hands them to the dbt project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from pipelines.domain import meters, model_names
from pipelines.domain.records import RecordKind, UsageRecord, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.sources.catalogue import known_sources
from pipelines.sources.statements import SourceStatement, StatementKind
from pipelines.warehouse import files as warehouse
from pipelines.warehouse import landing_tables

AS_OF = datetime(2026, 3, 31, 12, tzinfo=UTC)
OPEN_START = datetime(1970, 1, 1, tzinfo=UTC)


class EmptyDay(NamedTuple):
    """A day for which a source was asked and had nothing."""

    source_kind: SourceKind
    source: str
    feed: str
    day: date
    observed_at: datetime
    account_name: str | None = None


@dataclass(frozen=True)
class Landed:
    """What one build starts from. Rows of `tables` are as `landing_tables.TABLES` names them."""

    records: Sequence[UsageRecord] = ()
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    timezone: str | None = None
    empty_days: Sequence[EmptyDay] = ()
    idle_before: date | None = None
    """Everything was read some days before this one already, and nothing was used then."""

    def write(self, database: Path) -> None:
        with duckdb.connect(database) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for name in landing_tables.TABLES:
                warehouse.load_table(connection, name, self.tables.get(name, []))
            warehouse.load_table(connection, "model_names", self._model_names())
            known = [reported.row() for reported in (*known_sources(), *INVENTED)]
            warehouse.load_table(connection, "sources", self.tables.get("sources", known))
            warehouse.load_table(connection, "meters", meters.rows())
            warehouse.load_table(connection, "build", [{**BUILD, "timezone": self.timezone}])
            connection.register("records", _with_partitions(to_table(self.records)))
            connection.execute("create or replace table landing.usage_records as select * from records")
            connection.execute(
                """
                insert into landing.partitions
                select
                    source_kind, source, feed, partition_day, count(*), max(observed_at), 1, 'file',
                    md5(string_agg(to_json(records)::varchar, '' order by record_key)), null, ''
                from records
                group by all
                """
            )
            for day in (*self.empty_days, *self._idle_days()):
                connection.execute(
                    "insert into landing.partitions values (?, ?, ?, ?, 0, ?, 1, 'file', 'empty', ?, '')", day
                )

    def _idle_days(self) -> Iterator[EmptyDay]:
        """One for each account and machine, so that what is before its first record is known to be nothing."""
        read = [record for record in self.records if record.source_kind is not SourceKind.MANUAL]
        places = {(record.source_kind, record.source, record.host, record.account_name) for record in read}
        for number, (kind, source, host, account) in enumerate(sorted(places, key=str), start=1):
            if self.idle_before is not None:
                day = self.idle_before - timedelta(days=number)
                feed = source + (f" {host}" if host else "")
                yield EmptyDay(kind, source, feed, day, AS_OF, None if kind is SourceKind.LOCAL else account)

    def _model_names(self) -> list[dict[str, str | None]]:
        seen = {(record.provider, record.model_raw) for record in self.records if record.model_raw is not None}
        columns = landing_tables.TABLES["model_names"].names
        return [dict(zip(columns, (*place, *model_names.parse(place[1])), strict=True)) for place in sorted(seen)]


INVENTED = (
    SourceStatement(
        source_kind=SourceKind.LOCAL,
        source="agent",
        provider=None,
        title="An agent",
        statement="log of a coding agent",
        statement_kind=StatementKind.LOG,
        precedence=50,
    ),
    *(
        SourceStatement(
            source_kind=SourceKind.API,
            source=name,
            provider=provider,
            title="A provider's use",
            statement="figures of the provider",
            statement_kind=StatementKind.USAGE,
            precedence=25,
        )
        for name, provider in (("acme_usage", "acme"), ("umbra_costs", "umbra"))
    ),
)
"""Sources that no file of the project has, alongside those that it has."""

BUILD = {
    "build_id": "build-1",
    "as_of": AS_OF,
    "currency": "USD",
    "is_sample": False,
    "organisation": "Acme",
    "app_version": "0.1.0",
}


def used(account: str, when: datetime, *, kind: SourceKind = SourceKind.LOCAL, **given: Any) -> UsageRecord:
    """One request of the model m-large, read from an agent's log on a laptop unless said otherwise."""
    return UsageRecord(
        **{
            "source_kind": kind,
            "source": "agent" if kind is SourceKind.LOCAL else "acme_usage",
            "record_kind": RecordKind.USAGE,
            "account_name": account,
            "provider": "acme",
            "host": "laptop" if kind is SourceKind.LOCAL else None,
            "period_start": when,
            "period_end": when + timedelta(microseconds=1),
            "grain": "event",
            "model_raw": "m-large",
            "requests": 1,
            **given,
        }
    )


def entered(account: str, first: date, amount: str, *, days: int = 1, **given: Any) -> UsageRecord:
    """An amount in USD that a person entered for `days` from `first` on."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return UsageRecord(
        **{
            "source_kind": SourceKind.MANUAL,
            "source": "manual",
            "record_kind": RecordKind.COST,
            "account_name": account,
            "provider": "acme",
            "period_start": start,
            "period_end": start + timedelta(days=days),
            "grain": "1d" if days == 1 else "period",
            "cost_amount": Decimal(amount),
            "currency": "USD",
            **given,
        }
    )


def price(
    meter: str, per_million: str, *, past: int = 0, start: datetime = OPEN_START, end: datetime | None = None
) -> dict[str, Any]:
    """A price of m-large, the price list's acme-large-2, for requests of more than `past` input tokens."""
    return {
        "provider": "acme",
        "model_raw": "m-large",
        "service_tier": None,
        "speed": None,
        "inference_geo": None,
        "is_batch": False,
        "meter": meter,
        "min_input_tokens": past,
        "valid_from": start,
        "valid_to": end,
        "unit_price": Decimal(per_million) / 1_000_000,
        "currency": "USD",
        "price_version": "list 1",
        "model_id": "acme-large-2",
    }


def _with_partitions(records: pa.Table) -> pa.Table:
    """The columns that landing adds to a record: its feed, its day and when it was observed."""
    feeds = [source + (f" {host}" if host else "") for source, host in _rows(records, "source", "host")]
    days = [start.date() for (start,) in _rows(records, "period_start")]
    return (
        records.append_column("feed", pa.array(feeds, pa.string()))
        .append_column("partition_day", pa.array(days, pa.date32()))
        .append_column("observed_at", pa.array([AS_OF] * len(feeds), pa.timestamp("us", tz="UTC")))
    )


def _rows(table: pa.Table, *columns: str) -> Iterable[tuple[Any, ...]]:
    return zip(*(table.column(name).to_pylist() for name in columns), strict=True)
