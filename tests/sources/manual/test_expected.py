"""A monthly bill that nobody has entered is reported from the day after it should be there, with what to do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.config.recurring import ExpectedEntry, RecurringCost
from pipelines.domain.periods import day_start
from pipelines.domain.records import RecordKind, UsageRecord, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.sources.manual import recurring
from pipelines.sources.manual.expected import Expectation, examine
from pipelines.sources.manual.guidance import ALSO_CALLED, WHERE, known, where

GROQ = ExpectedEntry(provider="groq")


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=UTC)


def enter(landing: LandingStore, first: date, end: date, **reported: Any) -> None:
    entry: dict[str, Any] = {
        "source_kind": SourceKind.MANUAL,
        "source": "manual",
        "record_kind": RecordKind.COST,
        "account_name": "default",
        "provider": "groq",
        "grain": "period",
        "cost_amount": Decimal("0.00"),
        "currency": "USD",
    }
    record = UsageRecord(**{**entry, **reported}, period_start=day_start(first), period_end=day_start(end))
    feed = Feed(record.source_kind, record.source, f"{first}.csv")
    landing.replace(feed, {first: to_table([record])}, cursor={}, now=at(5, 1))


def told(landing: LandingStore, now: datetime, entry: ExpectedEntry = GROQ) -> Expectation:
    (found,) = examine([entry], landing, now)
    return found


def test_nothing_expected_is_nothing_told(landing: LandingStore):
    assert examine([], landing, at(4, 6)) == []


def test_what_was_never_entered_is_told_with_the_month_that_is_due(landing: LandingStore):
    found = told(landing, at(4, 6))
    assert found.message == "needs a new entry: nothing covers March 2026; there is none yet"
    assert found.next_step.startswith(
        "`ai-costs add groq AMOUNT --period-start 2026-03-01 --period-end 2026-03-31`, or import the bill. Groq has no "
    )


def test_the_month_before_is_due_when_its_day_is_over_and_not_before(landing: LandingStore):
    enter(landing, date(2026, 2, 1), date(2026, 3, 1))
    on_the_day = told(landing, at(4, 5))
    assert (on_the_day.message, on_the_day.next_step, on_the_day.missing) == ("covered up to 2026-02-28", "", None)
    day_after = told(landing, at(4, 6))
    assert day_after.message == "needs a new entry: nothing covers March 2026; the newest reaches 2026-02-28"
    assert told(landing, at(4, 20), ExpectedEntry(provider="groq", by=20)).missing is None


def test_every_month_since_the_newest_entry_is_named(landing: LandingStore):
    enter(landing, date(2025, 11, 14), date(2025, 11, 15))
    found = told(landing, at(4, 6))
    assert found.message == (
        "needs a new entry: nothing covers December 2025 to March 2026; the newest reaches 2025-11-14"
    )
    assert "--period-start 2025-12-01 --period-end 2025-12-31" in found.next_step


@pytest.mark.parametrize(
    ("first", "end", "is_covered"),
    [
        (date(2026, 3, 31), date(2026, 4, 1), True),
        (date(2026, 1, 1), date(2027, 1, 1), True),
        (date(2026, 2, 15), date(2026, 3, 2), True),
        (date(2026, 2, 15), date(2026, 3, 1), False),
        (date(2026, 4, 2), date(2026, 4, 3), False),
    ],
)
def test_a_month_is_covered_by_money_that_touches_it(
    landing: LandingStore, first: date, end: date, *, is_covered: bool
):
    enter(landing, first, end)
    assert (told(landing, at(4, 6)).missing is None) is is_covered


@pytest.mark.parametrize(
    ("reported", "is_covered"),
    [
        ({}, True),
        ({"source_kind": SourceKind.IMPORT, "source": "mapped"}, True),
        ({"source_kind": SourceKind.API, "source": "groq_costs"}, False),
        ({"cost_amount": None, "record_kind": RecordKind.USAGE, "unsplit_tokens": 5}, False),
        ({"provider": "cohere"}, False),
        ({"account_name": "labs"}, False),
    ],
)
def test_only_money_of_that_account_that_a_person_brought_covers_it(
    landing: LandingStore, reported: dict[str, Any], *, is_covered: bool
):
    enter(landing, date(2026, 3, 1), date(2026, 4, 1), **reported)
    found = told(landing, at(4, 6), ExpectedEntry(provider="Groq", account="default"))
    assert (found.missing is None) is is_covered


def test_without_an_account_any_of_the_provider_covers_it(landing: LandingStore):
    enter(landing, date(2026, 3, 1), date(2026, 4, 1), account_name="labs")
    assert told(landing, at(4, 6)).missing is None


def test_what_recurs_by_itself_is_not_what_is_waited_for(landing: LandingStore):
    seats = RecurringCost(name="s", provider="groq", amount=Decimal(1), every="month", start=date(2026, 1, 1))
    recurring.extract([seats], landing, at(4, 6), "ai-costs.yaml")
    assert told(landing, at(4, 6)).message == "needs a new entry: nothing covers March 2026; there is none yet"


def test_an_account_is_in_the_command_and_an_unknown_provider_has_no_guidance(landing: LandingStore):
    found = told(landing, at(1, 6), ExpectedEntry(provider="acme", account="a team"))
    assert found.feed == Feed(SourceKind.MANUAL, "expected", "acme a team")
    assert found.next_step == (
        "`ai-costs add acme AMOUNT --account 'a team' --period-start 2025-12-01 --period-end 2025-12-31`, or import "
        "the bill"
    )


@pytest.mark.parametrize("name", sorted({*WHERE, *ALSO_CALLED}))
def test_every_known_provider_and_service_says_where_its_figure_is(name: str):
    said = where(name.upper())
    assert said is not None
    assert any(word in said for word in ("invoice", "console"))


def test_a_misspelled_provider_is_guessed_and_others_are_listed():
    assert where("gorq") is None
    assert known("gorq") == "did you mean groq?"
    assert known("zzzz").startswith("known are anthropic, chatgpt, ")
