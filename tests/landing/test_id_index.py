"""The index of ids gives the days that have one of them, is made of the landed days alone, and heals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain.records import RecordKind, UsageRecord, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.landing.id_index import COLUMNS, FILE, IdIndex
from tests.examples import examples
from tests.opened import files_opened

FEED = Feed(SourceKind.LOCAL, "claude_code", "laptop")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST = date(2026, 10, 1)
MONTH = [FIRST + timedelta(days=number) for number in range(30)]


def answered(day: date, message: str, session: str = "s", file: str = "a.jsonl") -> UsageRecord:
    """A reply of an agent."""
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
        session_id=session,
        message_id=message,
        source_file=file,
        requests=1,
    )


def landed(root: Path, days: list[date] = MONTH) -> LandingStore:
    """A store with a reply on each of these days, named after its day, and its index."""
    store = LandingStore(root)
    tables = {day: to_table([answered(day, f"message-{day}", f"session-{day}", f"{day}.jsonl")]) for day in days}
    change = store.replace(FEED, tables, cursor={}, now=NOW)
    store.ids(FEED).follow(change.manifest, tables)
    return store


def index_file(store: LandingStore) -> Path:
    return store.folder(FEED).path / FILE


def day_files(store: LandingStore, opened: list[Path]) -> list[str]:
    """The days of the day files among these."""
    return [path.name[:10] for path in opened if path.parent == store.folder(FEED).path / "days"]


@pytest.mark.parametrize("column", COLUMNS)
def test_the_days_of_a_value_are_those_that_have_it_in_that_column(column: str, tmp_path: Path):
    named = {"message_id": "message-{}", "session_id": "session-{}", "source_file": "{}.jsonl"}
    ids = landed(tmp_path).ids(FEED)
    wanted = [named[column].format(day) for day in (MONTH[3], MONTH[20])]
    assert ids.days_having({column: wanted}) == {MONTH[3], MONTH[20]}
    assert ids.days_having({other: wanted for other in COLUMNS if other != column}) == set()
    assert ids.days_having({column: []}) == ids.days_having({}) == set()


def test_a_feed_that_never_landed_has_no_days_and_no_index_file(tmp_path: Path):
    store = LandingStore(tmp_path)
    ids = store.ids(FEED)
    assert (ids.days_having({"message_id": ["m"]}), ids.was_rebuilt) == (set(), False)
    assert not index_file(store).exists()


def test_looking_an_id_up_opens_no_day(tmp_path: Path):
    store = landed(tmp_path)
    with files_opened() as opened:
        assert store.ids(FEED).days_having({"message_id": [f"message-{MONTH[7]}"]}) == {MONTH[7]}
    assert day_files(store, opened) == []


def test_days_that_changed_without_the_index_are_all_that_is_read(tmp_path: Path):
    """As after a kill between the two, or when an older generation was put back in effect."""
    store = landed(tmp_path)
    tables = {MONTH[5]: to_table([answered(MONTH[5], "another")])}
    store.replace(FEED, tables, cursor={}, now=NOW, drop_days=[MONTH[6]])
    with files_opened() as opened:
        ids = store.ids(FEED)
    assert day_files(store, opened) == [str(MONTH[5])]
    assert ids.days_having({"message_id": ["another"]}) == {MONTH[5]}
    assert ids.days_having({"message_id": [f"message-{MONTH[5]}", f"message-{MONTH[6]}"]}) == set()
    store.restore(store.folder(FEED), 1, NOW)
    assert store.ids(FEED).days_having({"message_id": [f"message-{MONTH[6]}"]}) == {MONTH[6]}
    assert not ids.was_rebuilt


def gone(path: Path) -> None:
    path.unlink()


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [gone, cut_off, emptied, flipped, a_folder])
def test_an_index_that_is_lost_or_damaged_is_made_anew_and_says_so(harm: Callable[[Path], None], tmp_path: Path):
    store = landed(tmp_path)
    harm(index_file(store))
    ids = store.ids(FEED)
    assert ids.was_rebuilt
    assert ids.days_having({"message_id": [f"message-{MONTH[2]}"]}) == {MONTH[2]}
    assert store.ids(FEED).was_rebuilt is (harm is a_folder)


def test_any_byte_of_the_index_may_flip(tmp_path: Path):
    store = landed(tmp_path, MONTH[:2])
    whole = index_file(store).read_bytes()
    for place in range(len(whole)):
        index_file(store).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert store.ids(FEED).was_rebuilt, place
        assert index_file(store).read_bytes() == whole


def test_an_index_of_another_version_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = landed(tmp_path)
    monkeypatch.setattr("pipelines.landing.id_index.VERSION", 2)
    assert store.ids(FEED).was_rebuilt
    assert not store.ids(FEED).was_rebuilt


IDS = st.sampled_from(["m1", "m2", "m3", "ü", ""])
Row = tuple[date, str, str, str]
ROWS = st.lists(st.tuples(st.sampled_from(MONTH[:6]), IDS, IDS, IDS), max_size=8, unique_by=lambda row: row[:3])


@settings(max_examples=examples(40), deadline=None)
@given(steps=st.lists(st.tuples(ROWS, st.sampled_from(["follow", "forget", "lose"])), max_size=5), wanted=st.sets(IDS))
def test_whatever_landed_the_index_says_what_reading_every_day_says(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[list[Row], str]],
    wanted: set[str],
):
    store = LandingStore(tmp_path_factory.mktemp("landing"))
    for rows, then in steps:
        tables = {day: to_table([answered(*row) for row in rows if row[0] == day]) for day in {row[0] for row in rows}}
        change = store.replace(FEED, tables, cursor={}, now=NOW)
        if then == "follow":
            IdIndex.of(store.folder(FEED), change.manifest).follow(change.manifest, tables)
        elif then == "lose":
            index_file(store).unlink(missing_ok=True)
        whole = store.read(FEED).to_pylist()
        for column in COLUMNS:
            having = {row["period_start"].date() for row in whole if row[column] in wanted}
            assert store.ids(FEED).days_having({column: wanted}) == having
