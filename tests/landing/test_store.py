"""The landing store keeps what was written, says what changed, and refuses what was damaged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain.records import LANDING_SCHEMA, from_table, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import LandingError
from pipelines.landing import Feed, LandingStore
from pipelines.landing.manifest import control_totals
from pipelines.landing.store import COLLECTED_EVERY, RETAINED_GENERATIONS
from pipelines.presentation.messages import CHANGED, FROM_BACKUP
from tests.examples import examples
from tests.landing.landed import DAY, FEED, NOW, days, generations, record


@pytest.fixture
def store(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def test_what_was_written_is_read_back_with_its_control_totals(store: LandingStore):
    rows = [record(amount="0.1", entry="a"), record(amount="0.2", entry="b"), record(currency="EUR", entry="c")]
    store.replace(FEED, days(*rows), cursor={"sha256": "x"}, now=NOW)

    manifest = store.manifest(FEED)
    assert sorted(from_table(store.read(FEED)), key=str) == sorted(rows, key=str)
    assert manifest.partitions[DAY].row_count == 3
    assert manifest.partitions[DAY].amounts == {"EUR": Decimal("1.10"), "USD": Decimal("0.3")}
    assert manifest.cursor == {"sha256": "x"}
    assert store.feeds() == [FEED]


def test_control_totals_are_exact_where_sums_of_64_bits_and_of_38_digits_wrap_around():
    most, amount = 2**63 - 1, Decimal("99999999999999999999999999.999999999999")
    rows = [
        replace(record(amount=str(amount), entry=str(number)), input_uncached_tokens=most, output_tokens=None)
        for number in range(3)
    ]
    counts, amounts = control_totals(to_table([*rows, record(amount="-0.000000000001", currency="EUR")]))
    assert counts == {"input_uncached_tokens": 3 * most}
    assert {currency: str(total) for currency, total in amounts.items()} == {
        "EUR": "-1E-12",
        "USD": "299999999999999999999999999.999999999997",
    }


def test_a_file_has_the_columns_that_its_rows_state_and_is_read_with_all(store: LandingStore):
    spoken = replace(record(entry="a"), input_audio_tokens=7)
    written = replace(record(DAY + timedelta(days=1), entry="b"), note="by hand")
    store.replace(FEED, days(spoken, written, record(entry="c")), cursor=None, now=NOW)

    manifest = store.manifest(FEED)
    files = [store.folder(FEED).path / manifest.partitions[day].file for day in manifest.days]
    first, second = (set(pq.read_schema(file).names) for file in files)
    assert (first - second, second - first) == ({"input_audio_tokens"}, {"note"})
    assert first | second < set(LANDING_SCHEMA.names)
    assert store.read(FEED).schema.equals(LANDING_SCHEMA)
    assert {row.entry_id: (row.input_audio_tokens, row.note) for row in from_table(store.read(FEED))} == {
        "a": (7, None),
        "b": (None, "by hand"),
        "c": (None, None),
    }


def test_the_same_content_again_changes_nothing(store: LandingStore):
    store.replace(FEED, days(record()), cursor={"at": 1}, now=NOW)
    before = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()}
    change = store.replace(FEED, days(record()), cursor={"at": 1}, now=NOW + timedelta(hours=1))

    assert change.days == ()
    assert {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file()} == before


def test_a_restated_day_keeps_before_and_after(store: LandingStore):
    store.replace(FEED, days(record(amount="5")), cursor=None, now=NOW)
    change = store.replace(FEED, days(record(amount="7")), cursor=None, now=NOW + timedelta(days=1))

    assert [(c.before.amounts["USD"], c.after.amounts["USD"]) for c in change.days] == [(5, 7)]
    assert [m.partitions[DAY].amounts["USD"] for m in generations(store)] == [5, 7]


def test_days_that_are_not_named_stay_and_dropped_days_leave(store: LandingStore):
    other = DAY + timedelta(days=1)
    store.replace(FEED, days(record(), record(other)), cursor=None, now=NOW)
    store.replace(FEED, days(record(amount="9")), cursor=None, now=NOW)
    assert store.manifest(FEED).days == (DAY, other)

    change = store.replace(FEED, {}, cursor=None, now=NOW, drop_days=[DAY])
    assert store.manifest(FEED).days == (other,)
    assert [(c.day, c.after) for c in change.days] == [(DAY, None)]


def test_a_covered_day_without_rows_differs_from_a_day_never_asked(store: LandingStore):
    store.replace(FEED, {DAY: to_table([])}, cursor=None, now=NOW)
    assert store.manifest(FEED).partitions[DAY].row_count == 0
    assert DAY + timedelta(days=1) not in store.manifest(FEED).partitions


@pytest.mark.parametrize("part", ["first", "middle", "last"])
def test_a_flipped_byte_is_refused_and_named(store: LandingStore, part: str):
    store.replace(FEED, days(record()), cursor=None, now=NOW)
    file = next(store.root.rglob("*.parquet"))
    content = bytearray(file.read_bytes())
    position = {"first": 0, "middle": len(content) // 2, "last": len(content) - 1}[part]
    content[position] ^= 1
    file.write_bytes(bytes(content))

    name = file.relative_to(store.root.parent).as_posix()
    message = (
        f"{name} {CHANGED} (sha256 differs): no generation is intact, so {FROM_BACKUP}, "
        "or move it away and run again to land it again"
    )
    for read in (store.verify, lambda: store.read(FEED)):
        with pytest.raises(LandingError) as error:
            read()
        assert str(error.value) == message


def test_a_missing_file_is_named(store: LandingStore):
    store.replace(FEED, days(record()), cursor=None, now=NOW)
    file = next(store.root.rglob("*.parquet"))
    file.unlink()
    with pytest.raises(LandingError, match=f"{file.name} is missing, though the manifest names it"):
        store.verify()


def test_names_from_outside_never_leave_the_landing_folder(store: LandingStore):
    for name in ("../../x", "a/b", "CON", "x" * 300, "é\u202e", "", ".", "A", "a"):
        store.replace(Feed(SourceKind.MANUAL, "manual", name), days(record()), cursor=None, now=NOW)
    folders = [path.parent for path in store.root.rglob("manifest.json")]
    assert len(folders) == 9
    assert all(folder.parent == store.root / "manual" and len(folder.name) <= 51 for folder in folders)
    assert len({folder.name.lower() for folder in folders}) == 9


def test_old_generations_are_collected_and_what_is_in_force_is_not(store: LandingStore):
    for number in range(3):
        store.replace(FEED, days(record(amount=str(number))), cursor={"n": number}, now=NOW + timedelta(hours=number))
    assert store.collect(NOW + RETAINED_GENERATIONS + COLLECTED_EVERY) == 0
    removed = store.collect(NOW + RETAINED_GENERATIONS + COLLECTED_EVERY + timedelta(hours=1.5))

    assert removed == 6  # two manifests, two days, two cursors
    assert [m.partitions[DAY].amounts["USD"] for m in generations(store)] == [2]
    assert from_table(store.read(FEED)) == [record(amount="2")]


def test_a_table_of_another_shape_is_refused(store: LandingStore):
    with pytest.raises(LandingError, match="does not have the landing schema"):
        store.replace(FEED, {DAY: pa.table({"x": [1]})}, cursor=None, now=NOW)


amounts = st.decimals(min_value="-1000000", max_value="1000000", places=6).map(str)


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), amounts), min_size=1, max_size=12), st.randoms())
def test_any_order_of_days_lands_the_same_exact_sums(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[int, str]], shuffled: Random
):
    rows = [
        record(DAY + timedelta(days=offset), amount, entry=f"e{number}")
        for number, (offset, amount) in enumerate(entries)
    ]
    by_day = days(*rows)
    orders = [list(by_day), list(by_day)]
    shuffled.shuffle(orders[1])
    found = []
    for order in orders:
        store = LandingStore(tmp_path_factory.mktemp("home") / "landing")
        for day in order:
            store.replace(FEED, {day: by_day[day]}, cursor=None, now=NOW)
        partitions = store.manifest(FEED).partitions
        found.append({day: (partition.sha256, partition.amounts) for day, partition in partitions.items()})
        total = sum((partition.amounts["USD"] for partition in partitions.values()), Decimal(0))
        assert total == sum(Decimal(amount) for _, amount in entries)
    assert found[0] == found[1]
