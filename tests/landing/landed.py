"""Small fictional records to land."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from pipelines.domain.records import RecordKind, SourceKind, UsageRecord, to_table
from pipelines.landing import Feed

FEED = Feed(SourceKind.MANUAL, "manual", "invoices.csv")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)


def record(day: date = DAY, amount: str = "1.10", entry: str = "a", currency: str = "USD") -> UsageRecord:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return UsageRecord(
        source_kind=SourceKind.MANUAL,
        source="manual",
        record_kind=RecordKind.COST,
        account_name="acme",
        provider="groq",
        period_start=start,
        period_end=start + timedelta(days=1),
        grain="1d",
        entry_id=entry,
        cost_amount=Decimal(amount),
        currency=currency,
    )


def days(*records: UsageRecord) -> dict[date, pa.Table]:
    by_day: dict[date, list[UsageRecord]] = {}
    for entry in records:
        by_day.setdefault(entry.day, []).append(entry)
    return {day: to_table(rows) for day, rows in by_day.items()}
