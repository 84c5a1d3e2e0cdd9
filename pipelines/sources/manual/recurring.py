"""Costs that come again as ai-costs.yaml states them: one entry for each period that has begun.

The configuration is the statement: what it says is landed again each time, and what it no longer says is withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from pipelines.config.recurring import RecurringCost, effective
from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import RecordKind, UsageRecord, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.sources.manual.folder import FileResult
from pipelines.sources.manual.values import CATEGORIES
from pipelines.sources.statements import SourceStatement, StatementKind

SOURCE = "recurring"
SOURCE_STATEMENT = SourceStatement(
    source_kind=SourceKind.MANUAL,
    source=SOURCE,
    provider=None,
    title="Recurring costs",
    statement="entered by a person",
    statement_kind=StatementKind.ENTRY,
    precedence=0,
)


def feed_of(name: str) -> Feed:
    """The feed of one recurring cost."""
    return Feed(SourceKind.MANUAL, SOURCE, name)


def entries_of(costs: Sequence[RecurringCost], today: date, file: str) -> list[UsageRecord]:
    """One entry for each period of `costs` that has begun by `today`; `file` is where they are configured."""
    return [_entry(cost, period, file) for cost, period in effective(costs, today)]


def extract(costs: Sequence[RecurringCost], landing: LandingStore, now: datetime, file: str) -> list[FileResult]:
    """Land the recurring `costs`, one feed for each name, and withdraw those that are there no more.

    Raises:
        LandingError: landing is damaged, or another run holds it.
    """
    results = []
    names = dict.fromkeys(cost.name for cost in costs)
    for name in names:
        entries = entries_of([cost for cost in costs if cost.name == name], now.date(), file)
        results.append(_land(feed_of(name), entries, landing, now))
    for feed in landing.feeds():
        if feed.source == SOURCE and feed.name not in names:
            manifest = landing.manifest(feed)
            if manifest is not None and manifest.days:
                landing.replace(feed, {}, cursor={}, now=now, drop_days=manifest.days)
                results.append(FileResult(feed, 0, changed=True, withdrawn=True))
    return results


def _land(feed: Feed, entries: list[UsageRecord], landing: LandingStore, now: datetime) -> FileResult:
    days = {entry.day: to_table([entry]) for entry in entries}
    manifest = landing.manifest(feed)
    gone = set(manifest.days) - set(days) if manifest else set()
    change = landing.replace(feed, days, cursor={}, now=now, drop_days=gone)
    return FileResult(feed, len(entries), changed=bool(change.days))


def _entry(cost: RecurringCost, period: Window, file: str) -> UsageRecord:
    return UsageRecord(
        source_kind=SourceKind.MANUAL,
        source=SOURCE,
        record_kind=RecordKind.COST,
        account_name=cost.account,
        provider=cost.provider.lower(),
        period_start=day_start(period.start),
        period_end=day_start(period.end),
        grain="period",
        line_item=cost.category,
        entry_id=f"{cost.name} {period.start}",
        quantity=None if cost.seats is None else Decimal(cost.seats),
        quantity_unit=None if cost.seats is None else f"seat {cost.every}s",
        cost_amount=cost.amount_due,
        currency=cost.currency,
        charge_category=CATEGORIES[cost.category],
        entry_category=cost.category,
        note=cost.note,
        source_file=file,
    )
