"""What recurs is one exact entry for each period that has begun, and the configuration is what decides which."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.config.recurring import RecurringCost, effective, overlaps
from pipelines.domain.money import exact_sum
from pipelines.domain.records import ChargeCategory, RecordKind
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import LandingStore
from pipelines.sources.manual.recurring import entries_of, extract, feed_of
from pipelines.sources.manual.values import CATEGORIES

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
FILE = "ai-costs.yaml"


def cost(**reported: Any) -> RecurringCost:
    given_ = {"name": "editors", "provider": "cursor", "account": "team", "amount": Decimal("40.00"), "every": "month"}
    return RecurringCost(**{**given_, "start": date(2026, 1, 15), **reported})


def starts(*costs: RecurringCost, today: date = TODAY) -> list[str]:
    return [f"{period.start}/{period.end} {entry.amount_due}" for entry, period in effective(costs, today)]


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path)


def amounts(landing: LandingStore, name: str = "editors") -> dict[str, Decimal]:
    rows = landing.read(feed_of(name), columns=["period_start", "cost_amount"]).to_pylist()
    return {f"{row['period_start']:%Y-%m-%d}": row["cost_amount"] for row in rows}


def test_a_period_is_entered_once_it_has_begun_and_whole():
    assert starts(cost(), today=date(2026, 3, 14)) == ["2026-01-15/2026-02-15 40.00", "2026-02-15/2026-03-15 40.00"]
    assert starts(cost(), today=date(2026, 3, 15))[2:] == ["2026-03-15/2026-04-15 40.00"]
    assert starts(cost(), today=date(2026, 1, 14)) == []


def test_months_that_are_too_short_begin_on_their_last_day_and_no_day_is_lost_or_twice():
    assert starts(cost(start=date(2025, 12, 31)), today=date(2026, 3, 31)) == [
        "2025-12-31/2026-01-31 40.00",
        "2026-01-31/2026-02-28 40.00",
        "2026-02-28/2026-03-31 40.00",
        "2026-03-31/2026-04-30 40.00",
    ]


def test_a_year_that_begins_on_a_leap_day_ends_on_the_last_of_february():
    yearly = cost(every="year", start=date(2024, 2, 29))
    assert starts(yearly, today=date(2026, 2, 28)) == [
        "2024-02-29/2025-02-28 40.00",
        "2025-02-28/2026-02-28 40.00",
        "2026-02-28/2027-02-28 40.00",
    ]


def test_no_period_begins_after_the_end_and_the_last_is_owed_whole():
    assert starts(cost(end=date(2026, 2, 20))) == ["2026-01-15/2026-02-15 40.00", "2026-02-15/2026-03-15 40.00"]


def test_a_new_price_is_in_force_from_its_start_and_the_old_one_before():
    dearer = cost(start=date(2026, 3, 15), amount=Decimal("45.50"), seats=3)
    assert starts(cost(), dearer) == [
        "2026-01-15/2026-02-15 40.00",
        "2026-02-15/2026-03-15 40.00",
        "2026-03-15/2026-04-15 136.50",
    ]


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 6, 1)),
    days=st.integers(0, 1500),
    every=st.sampled_from(["month", "year"]),
    amount=st.decimals(Decimal("0.000000000001"), Decimal(99999999), places=12),
    seats=st.integers(1, 100_000),
)
def test_the_periods_follow_each_other_and_their_sum_is_exact(
    start: date, days: int, every: str, amount: Decimal, seats: int
):
    today = start + timedelta(days=days)
    entries = entries_of([cost(start=start, every=every, amount=amount, seats=seats)], today, FILE)
    assert entries[0].period_start.date() == start
    assert [entry.period_end for entry in entries[:-1]] == [entry.period_start for entry in entries[1:]]
    assert entries[-1].period_start.date() <= today < entries[-1].period_end.date()
    total = int(exact_sum([entry.cost_amount for entry in entries if entry.cost_amount]).scaleb(12))
    assert total == int(amount.scaleb(12)) * seats * len(entries)


def test_an_entry_says_all_that_one_by_hand_would():
    (entry,) = entries_of([cost(seats=3, category="seat", note="=1+1", start=date(2026, 4, 1))], NOW.date(), FILE)
    assert (entry.source_kind, entry.source, entry.record_kind) == (SourceKind.MANUAL, "recurring", RecordKind.COST)
    assert (entry.provider, entry.account_name, entry.entry_id) == ("cursor", "team", "editors 2026-04-01")
    assert (entry.period_start, entry.period_end) == (
        datetime(2026, 4, 1, tzinfo=UTC),
        datetime(2026, 5, 1, tzinfo=UTC),
    )
    assert (entry.cost_amount, entry.currency, entry.quantity) == (Decimal("120.00"), "USD", Decimal(3))
    assert (entry.quantity_unit, entry.entry_category, entry.note) == ("seat months", "seat", "=1+1")
    assert (entry.charge_category, entry.source_file, entry.replaces_source) == (ChargeCategory.PURCHASE, FILE, False)


def test_every_category_is_one_of_entries_by_hand():
    assert set(get_args(RecurringCost.model_fields["category"].annotation)) == set(CATEGORIES) - {"credit"}


def test_landing_it_again_changes_nothing_and_a_new_month_adds_its_own(landing: LandingStore):
    (first,) = extract([cost()], landing, NOW, FILE)
    assert (first.feed, first.entries, first.changed) == (feed_of("editors"), 3, True)
    generation = landing.manifest(feed_of("editors"))
    (again,) = extract([cost()], landing, NOW + timedelta(days=4), FILE)
    assert not again.changed
    assert landing.manifest(feed_of("editors")) == generation
    (later,) = extract([cost()], landing, NOW + timedelta(days=5), FILE)
    assert (later.entries, later.changed) == (4, True)
    assert amounts(landing) == dict.fromkeys(["2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15"], Decimal(40))


def test_what_the_configuration_says_now_replaces_what_it_said(landing: LandingStore):
    extract([cost()], landing, NOW, FILE)
    extract([cost(start=date(2026, 3, 1), amount=Decimal(7))], landing, NOW, FILE)
    assert amounts(landing) == {"2026-03-01": Decimal(7), "2026-04-01": Decimal(7)}


def test_a_cost_that_is_configured_no_more_is_withdrawn_once_and_others_stay(landing: LandingStore):
    extract([cost(), cost(name="chat")], landing, NOW, FILE)
    left, gone = extract([cost(name="chat")], landing, NOW, FILE)
    assert (left.feed.name, left.changed, gone.feed.name, gone.withdrawn) == ("chat", False, "editors", True)
    assert amounts(landing) == {}
    assert len(amounts(landing, "chat")) == 3
    assert [result.feed.name for result in extract([cost(name="chat")], landing, NOW, FILE)] == ["chat"]


@pytest.mark.parametrize(
    ("later", "problem"),
    [
        (
            {"start": date(2026, 3, 1)},
            (
                "'editors' starts on 2026-03-01, inside a period that is charged in full: start it on 2026-03-15, "
                "or rename it if it is charged in addition"
            ),
        ),
        ({}, "'editors' starts twice on 2026-01-15: keep one, or rename one"),
        (
            {"account": "labs", "start": date(2026, 3, 15)},
            "'editors' is of cursor team and of cursor labs: give each a different name",
        ),
    ],
)
def test_entries_of_one_name_that_would_count_twice_are_refused(later: dict[str, Any], problem: str):
    ((number, found),) = overlaps([cost(**later), cost()])
    assert number == (1 if later == {} else 0)
    assert found == problem


def test_entries_of_one_name_may_follow_each_other_with_a_gap_and_others_may_overlap():
    assert not list(overlaps([cost(end=date(2026, 1, 20)), cost(start=date(2026, 6, 3)), cost(name="more seats")]))
    assert starts(cost(end=date(2026, 1, 20)), cost(start=date(2026, 4, 3))) == [
        "2026-01-15/2026-02-15 40.00",
        "2026-04-03/2026-05-03 40.00",
    ]


@pytest.mark.parametrize(
    ("reported", "problem"),
    [
        ({"end": date(2026, 1, 14)}, "end: it is before start"),
        ({"amount": Decimal("5e14"), "seats": 2}, "is larger than any bill"),
        ({"amount": Decimal(0)}, "greater than 0"),
        ({"seats": 0}, "greater than 0"),
        ({"start": date(1999, 12, 31)}, "greater than or equal to"),
        ({"every": "week"}, "'month' or 'year'"),
    ],
)
def test_what_cannot_be_owed_is_refused(reported: dict[str, Any], problem: str):
    with pytest.raises(ValidationError, match=problem):
        cost(**reported)
