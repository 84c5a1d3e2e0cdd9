"""Small fictional records to land."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from pipelines.domain.records import RecordKind, UsageRecord, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore, Manifest

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


def generations(landing: LandingStore, feed: Feed = FEED) -> list[Manifest]:
    """Every generation of a feed that is stored, oldest first."""
    folder = landing.folder(feed)
    return [folder.generation(number) for number in folder.numbers()]


def as_the_version_before_wrote_it(root: Path) -> None:
    """Take from every manifest below `root` what the version before did not write: its hash and its chain."""
    for path in [*root.rglob("manifest.json"), *root.rglob("generations/*.json")]:
        value = json.loads(path.read_bytes())
        del value["sha256"], value["previous_sha256"]
        path.write_text(json.dumps({**value, "schema_version": 1}, indent=2))
