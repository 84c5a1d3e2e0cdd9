"""The proof adds up again the months of which a file, what is left out, or a price changed; the sums are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.audit.stored_sums import FILE
from pipelines.audit.valuation import LIST_PRICE_VALUE, TOKENS, Totals, landed_by_source
from pipelines.domain.records import RecordKind, UsageRecord, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.prices.unit_prices import UnitPrice
from pipelines.warehouse.files import load_table
from pipelines.warehouse.opening import scratch
from tests.opened import files_opened

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = Feed(SourceKind.LOCAL, "claude_code", "laptop")
DAYS = [date(2026, month, day) for month in (8, 9, 10) for day in (3, 17)]
PRICE = UnitPrice(
    provider="anthropic",
    model_raw="m",
    service_tier=None,
    speed=None,
    meter="output_tokens",
    min_input_tokens=0,
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    valid_to=None,
    unit_price=Decimal("0.5"),
    currency="USD",
    price_version="list 1",
    model_id="m",
)


def answered(day: date, output: int, message: str = "first") -> UsageRecord:
    """A reply of an agent that is covered by a subscription."""
    moment = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
    return UsageRecord(
        source_kind=SourceKind.LOCAL,
        source="claude_code",
        record_kind=RecordKind.USAGE,
        account_name="claude-code",
        provider="anthropic",
        period_start=moment,
        period_end=moment + timedelta(milliseconds=1),
        grain="event",
        model_raw="m",
        message_id=message,
        output_tokens=output,
    )


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    """Six days in three months, with 10 tokens each."""
    store = LandingStore(tmp_path / "landing")
    store.replace(FEED, {day: to_table([answered(day, 10)]) for day in DAYS}, cursor=None, now=NOW)
    return store


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with scratch() as opened:
        load_table(opened, "unit_prices", [vars(PRICE)])
        load_table(opened, "agent_billing", [])
        yield opened


def valued(landing: LandingStore, connection: duckdb.DuckDBPyConnection) -> tuple[list[date], Totals]:
    """The days that valuing reads, and what they come to, which is what reading every file gives."""
    with files_opened() as opened:
        found = landed_by_source(landing, connection, again=False)
    assert found == landed_by_source(landing, connection)
    read = sorted(date.fromisoformat(path.name[:10]) for path in opened if path.parent.name == "days")
    return read, found["local", "claude_code"]


def worth(tokens: int, value: str) -> Totals:
    return {TOKENS: Decimal(tokens), (LIST_PRICE_VALUE, "USD"): Decimal(value)}


def test_a_month_of_which_nothing_changed_is_not_read_again(
    landing: LandingStore, connection: duckdb.DuckDBPyConnection
):
    assert valued(landing, connection) == (DAYS, worth(60, "30"))
    assert valued(landing, connection) == ([], worth(60, "30"))


def test_a_new_reply_has_its_month_read(landing: LandingStore, connection: duckdb.DuckDBPyConnection):
    valued(landing, connection)
    more = to_table([answered(DAYS[5], 10), answered(DAYS[5], 7, "second")])
    landing.replace(FEED, {DAYS[5]: more}, cursor=None, now=NOW)
    assert valued(landing, connection) == (DAYS[4:], worth(67, "33.5"))
    landing.replace(FEED, {}, cursor=None, now=NOW, drop_days=[DAYS[0]])
    assert valued(landing, connection) == ([DAYS[1]], worth(57, "28.5"))


def test_what_is_left_out_has_its_month_read(landing: LandingStore, connection: duckdb.DuckDBPyConnection):
    valued(landing, connection)
    gone = ("local", "claude_code", "laptop", DAYS[2], answered(DAYS[2], 10).record_key)
    connection.execute("create table landing.not_counted as select * from (values (?, ?, ?, ?, ?))", gone)
    assert valued(landing, connection) == (DAYS[2:4], worth(50, "25"))


def test_another_price_holds_for_sums_that_are_kept_and_a_new_moment_of_change_divides_its_month(
    landing: LandingStore, connection: duckdb.DuckDBPyConnection
):
    valued(landing, connection)
    load_table(connection, "unit_prices", [vars(replace(PRICE, unit_price=Decimal(2)))])
    assert valued(landing, connection) == ([], worth(60, "120"))
    middle = datetime(2026, 9, 10, tzinfo=UTC)
    dearer = replace(PRICE, unit_price=Decimal(3), valid_from=middle)
    load_table(connection, "unit_prices", [vars(replace(PRICE, valid_to=middle)), vars(dearer)])
    assert valued(landing, connection) == (DAYS[2:4], worth(60, "105"))


def gone(path: Path) -> None:
    path.unlink()


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [gone, flipped, lambda path: path.write_bytes(b"")])
def test_sums_that_are_lost_or_damaged_are_made_anew(
    landing: LandingStore, connection: duckdb.DuckDBPyConnection, harm: Callable[[Path], None]
):
    valued(landing, connection)
    harm(landing.folder(FEED).path / FILE)
    assert valued(landing, connection) == (DAYS, worth(60, "30"))
    assert valued(landing, connection) == ([], worth(60, "30"))
