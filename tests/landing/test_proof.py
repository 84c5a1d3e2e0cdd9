"""A manifest proves itself and its place among the generations; what heals damage is named, and heals it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.domain.records import from_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import LandingError
from pipelines.landing import Feed, FeedFolder, LandingStore
from pipelines.landing.sealed import sealed, strict_json
from pipelines.landing.store import RETAINED_GENERATIONS
from pipelines.presentation.messages import CHANGED, FROM_BACKUP
from pipelines.warehouse.loading import load_landing
from pipelines.warehouse.opening import scratch
from tests.landing.landed import DAY, FEED, NOW, as_the_version_before_wrote_it, days, generations, record

LATER = NOW + timedelta(hours=1)
BACKUP = FROM_BACKUP


@pytest.fixture
def store(tmp_path: Path) -> LandingStore:
    """One feed with three generations: 1, 2 and 3 dollars on one day."""
    landing = LandingStore(tmp_path / "landing")
    for number in (1, 2, 3):
        landing.replace(FEED, days(record(amount=str(number))), cursor={"at": number}, now=NOW)
    return landing


@pytest.fixture
def folder(store: LandingStore) -> FeedFolder:
    return store.folder(FEED)


def refused(store: LandingStore) -> str:
    with pytest.raises(LandingError) as error:
        list(store.manifests())
    assert [str(error.value)] == [str(one) for one in errors(store)]
    return str(error.value).removeprefix(f"landing/{store.folder(FEED).name}/")


def errors(store: LandingStore) -> list[LandingError]:
    """What verifying and looking for one feed say."""
    found = []
    for look in (store.verify, lambda: store.manifest(FEED)):
        with pytest.raises(LandingError) as error:
            look()
        found.append(error.value)
    return found[:1] if str(found[0]) == str(found[1]) else found


def restores(folder: FeedFolder, number: int) -> str:
    return (
        f"`ai-costs landing restore {folder.name} {number}` restores the newest intact generation, of "
        f"2026-11-23 12:00 UTC; or {BACKUP}"
    )


def amounts(store: LandingStore) -> list[Decimal | None]:
    return [row.cost_amount for row in from_table(store.read(FEED))]


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def test_each_generation_holds_the_hash_of_the_file_before(store: LandingStore, folder: FeedFolder):
    assert [manifest.previous_sha256 for manifest in generations(store)] == [None, folder.hash_of(1), folder.hash_of(2)]
    assert store.manifest(FEED) == folder.with_cursor(folder.generation(3))
    assert list(folder.history()) == []


def test_a_changed_manifest_is_refused_with_what_heals_it_and_that_heals_it(store: LandingStore, folder: FeedFolder):
    flip(folder.path / "manifest.json", 700)
    assert refused(store) == f"manifest.json {CHANGED}: {restores(folder, 3)}"
    restored = store.restore(folder, 3, LATER)
    assert (restored.generation, restored.previous_sha256) == (4, folder.hash_of(3))
    assert amounts(store) == [Decimal(3)]
    assert store.manifest(FEED).cursor == {"at": 3}


def test_a_manifest_that_was_removed_is_missed(store: LandingStore, folder: FeedFolder):
    (folder.path / "manifest.json").unlink()
    assert refused(store) == f"manifest.json is missing: {restores(folder, 3)}"
    with pytest.raises(LandingError, match="is missing"):
        store.replace(FEED, {}, cursor=None, now=LATER)


def test_an_older_manifest_that_was_put_back_is_refused(store: LandingStore, folder: FeedFolder):
    (folder.path / "manifest.json").write_bytes((folder.path / "generations" / "00000002.json").read_bytes())
    said = "manifest.json is generation 2, but 3 is there: an older one was put back"
    assert refused(store) == f"{said}: {restores(folder, 3)}"
    assert store.restore(folder, 2, LATER).generation == 4
    assert amounts(store) == [Decimal(2)]


def test_a_manifest_of_another_history_is_refused(store: LandingStore, folder: FeedFolder, tmp_path: Path):
    other = LandingStore(tmp_path / "other" / "landing")
    for number in (4, 5, 6):
        other.replace(FEED, days(record(amount=str(number))), cursor=None, now=NOW)
    (folder.path / "manifest.json").write_bytes((other.folder(FEED).path / "manifest.json").read_bytes())
    assert refused(store) == f"manifest.json does not follow generation 2: {restores(folder, 3)}"


def test_the_manifest_of_another_feed_is_refused(store: LandingStore, folder: FeedFolder):
    other = Feed(SourceKind.MANUAL, "manual", "more.csv")
    store.replace(other, days(record()), cursor=None, now=NOW)
    (folder.path / "manifest.json").write_bytes((store.folder(other).path / "manifest.json").read_bytes())
    said = "manifest.json is the manifest of manual of more.csv, which has a different folder"
    assert refused(store) == f"{said}: {restores(folder, 3)}"


@pytest.mark.parametrize(
    ("name", "twice"),
    [
        ('"generation"', '"generation": 9,\n  "generation"'),
        ('"USD"', '"USD": "7",\n        "USD"'),
        (f'"{DAY}"', f'"{DAY}": {{}},\n    "{DAY}"'),
    ],
)
def test_a_key_that_is_there_twice_is_refused(store: LandingStore, folder: FeedFolder, name: str, twice: str):
    as_the_version_before_wrote_it(store.root)
    for path in (folder.path / "manifest.json", folder.path / "generations" / "00000003.json"):
        path.write_text(path.read_text().replace(name, twice, 1))
    assert refused(store) == f"manifest.json {CHANGED}: {restores(folder, 2)}"


def test_a_manifest_of_a_newer_version_is_refused(store: LandingStore, folder: FeedFolder):
    value = strict_json((folder.path / "manifest.json").read_bytes())
    del value["sha256"]
    (folder.path / "manifest.json").write_bytes(sealed({**value, "schema_version": 4}))
    assert refused(store) == (
        "manifest.json has schema version 4, this version reads 3: use the version of ai-cost-tracker that wrote it, "
        "or a newer one"
    )


class TestTheVersionBefore:
    """Its manifests had no hash; homes that it made open, and get one with the next write."""

    def test_it_is_read_and_chained_to(self, store: LandingStore, folder: FeedFolder):
        as_the_version_before_wrote_it(store.root)
        assert amounts(store) == [Decimal(3)]
        assert store.manifest(FEED).cursor == {"at": 3}
        last = folder.hash_of(3)
        store.replace(FEED, days(record(amount="4")), cursor={"at": 4}, now=LATER)
        assert json.loads((folder.path / "manifest.json").read_bytes())["previous_sha256"] == last
        assert amounts(store) == [Decimal(4)]
        assert list(folder.history()) == []

    def test_a_write_that_was_killed_after_its_generation_leaves_the_old_one_in_force(
        self, store: LandingStore, folder: FeedFolder
    ):
        as_the_version_before_wrote_it(store.root)
        (folder.path / "manifest.json").write_bytes((folder.path / "generations" / "00000002.json").read_bytes())
        assert amounts(store) == [Decimal(2)]
        store.replace(FEED, days(record(amount="4")), cursor=None, now=LATER)
        assert amounts(store) == [Decimal(4)]
        assert folder.numbers() == [1, 2, 3]

    def test_one_that_differs_from_its_copy_is_refused(self, store: LandingStore, folder: FeedFolder):
        as_the_version_before_wrote_it(store.root)
        path = folder.path / "manifest.json"
        path.write_text(path.read_text().replace('"USD": "3.', '"USD": "2.'))
        assert refused(store) == (
            f"manifest.json differs from its copy in generations/00000003.json: {restores(folder, 3)}"
        )

    def test_one_whose_generations_were_removed_is_read(self, store: LandingStore, folder: FeedFolder):
        as_the_version_before_wrote_it(store.root)
        for path in folder.path.glob("generations/*"):
            path.unlink()
        assert amounts(store) == [Decimal(3)]


class TestControlTotals:
    def test_a_file_that_does_not_hold_what_its_manifest_says_is_not_loaded(
        self, store: LandingStore, folder: FeedFolder
    ):
        for name in ("manifest.json", "generations/00000003.json"):
            value = strict_json((folder.path / name).read_bytes())
            del value["sha256"]
            reported = value["partitions"][str(DAY)]
            reported["amounts"]["USD"] = "4"
            reported["counts"]["requests"] = 7
            (folder.path / name).write_bytes(sealed(value))
        file = store.manifest(FEED).partitions[DAY].file
        with scratch() as connection, pytest.raises(LandingError) as error:
            load_landing(connection, store)
        assert str(error.value) == (
            f"landing/{folder.name}/{file} has 0 requests, the manifest 7; 3.000000000000 USD, the manifest 4: "
            f"{restores(folder, 2)}"
        )
        with pytest.raises(LandingError, match=f"generation 3 cannot be restored: the control totals of {DAY} are"):
            store.restore(folder, 3, LATER)

    def test_another_number_of_rows_is_refused_by_every_reader(self, store: LandingStore, folder: FeedFolder):
        value = strict_json((folder.path / "manifest.json").read_bytes())
        del value["sha256"]
        value["partitions"][str(DAY)]["row_count"] = 2
        (folder.path / "manifest.json").write_bytes(sealed(value))
        with pytest.raises(LandingError, match="has 1 rows, the manifest 2"):
            store.read(FEED, columns=["currency"])


class TestDays:
    def test_a_damaged_file_names_the_generation_that_heals_it(self, store: LandingStore, folder: FeedFolder):
        file = store.manifest(FEED).partitions[DAY].file
        flip(folder.path / file, 100)
        with pytest.raises(LandingError) as error:
            store.verify()
        assert str(error.value) == (f"landing/{folder.name}/{file} {CHANGED} (sha256 differs): {restores(folder, 2)}")
        with pytest.raises(LandingError) as refusal:
            store.restore(folder, 3, LATER)
        assert str(refusal.value) == (
            f"generation 3 cannot be restored: landing/{folder.name}/{file} is missing or was changed"
        )
        store.restore(folder, 2, LATER)
        assert amounts(store) == [Decimal(2)]

    def test_what_its_source_states_again_mends_it(self, store: LandingStore, folder: FeedFolder):
        flip(folder.path / store.manifest(FEED).partitions[DAY].file, 100)
        change = store.replace(FEED, days(record(amount="3")), cursor=None, now=LATER)
        assert (change.generation, change.days) == (3, ())
        assert amounts(store) == [Decimal(3)]

    def test_a_file_is_named_after_its_day_and_hash(self, store: LandingStore, folder: FeedFolder):
        value = strict_json((folder.path / "manifest.json").read_bytes())
        del value["sha256"]
        value["partitions"][str(DAY)]["file"] = "../../../manual/bills.csv"
        (folder.path / "manifest.json").write_bytes(sealed(value))
        assert refused(store) == f"manifest.json {CHANGED}: {restores(folder, 3)}"


class TestCursors:
    def test_a_lost_one_makes_the_source_read_again(self, store: LandingStore, folder: FeedFolder):
        path = folder.path / store.manifest(FEED).cursor_file
        whole = path.read_bytes()
        flip(path, 3)
        assert (store.manifest(FEED).cursor, store.manifest(FEED).cursor_is_lost) == ({}, True)
        assert amounts(store) == [Decimal(3)]
        store.replace(FEED, {}, cursor={"at": 3}, now=LATER)
        assert path.read_bytes() == whole
        assert not store.manifest(FEED).cursor_is_lost

    def test_of_imported_files_it_is_refused(self, tmp_path: Path):
        store, feed = LandingStore(tmp_path / "landing"), Feed(SourceKind.IMPORT, "focus", "acme")
        for number in (1, 2):
            store.replace(feed, days(record(amount=str(number))), cursor={"days": {}, "at": number}, now=NOW)
        folder = store.folder(feed)
        file = store.manifest(feed).cursor_file
        flip(folder.path / file, 3)
        with pytest.raises(LandingError) as error:
            store.manifest(feed)
        assert str(error.value) == (
            f"landing/{folder.name}/{file} was changed or removed after it was written: {restores(folder, 1)}"
        )
        store.restore(folder, 1, LATER)
        assert store.manifest(feed).cursor == {"days": {}, "at": 1}


class TestOlderGenerations:
    def test_a_damaged_one_is_told_and_stops_nothing(self, store: LandingStore, folder: FeedFolder):
        flip(folder.path / "generations" / "00000002.json", 700)
        assert list(folder.history()) == [f"landing/{folder.name}/generations/00000002.json {CHANGED}"]
        assert amounts(store) == [Decimal(3)]
        with pytest.raises(LandingError, match=rf"00000002\.json {CHANGED}: `ai-costs"):
            store.restore(folder, 2, LATER)

    def test_what_a_damaged_one_names_stays_until_it_is_old(self, tmp_path: Path):
        store = LandingStore(tmp_path / "landing")
        for number in (1, 2, 3):
            now = NOW + timedelta(days=3 * number)
            store.replace(FEED, days(record(amount=str(number))), cursor={"at": number}, now=now)
        folder = store.folder(FEED)
        flip(folder.path / "generations" / "00000002.json", 700)
        assert store.collect(NOW + RETAINED_GENERATIONS + timedelta(days=5)) == 1
        assert folder.numbers() == [2, 3]
        assert store.collect(NOW + RETAINED_GENERATIONS + timedelta(days=10)) == 5  # a manifest, two days, two cursors
        assert folder.numbers() == [3]
        assert amounts(store) == [Decimal(3)]

    def test_one_that_does_not_follow_is_told(self, folder: FeedFolder):
        value = strict_json((folder.path / "generations" / "00000002.json").read_bytes())
        del value["sha256"]
        path = folder.path / "generations" / "00000002.json"
        path.write_bytes(sealed({**value, "previous_sha256": "0" * 64}))
        assert list(folder.history()) == [
            f"landing/{folder.name}/generations/00000002.json does not follow generation 1",
            f"landing/{folder.name}/generations/00000003.json does not follow generation 2",
        ]

    def test_one_that_is_not_kept_is_named_with_those_that_are(self, store: LandingStore, folder: FeedFolder):
        with pytest.raises(LandingError) as error:
            store.restore(folder, 9, LATER)
        assert str(error.value) == (
            f"landing/{folder.name}/generations/00000009.json does not exist; the stored generations are 1, 2, 3"
        )

    def test_the_copy_that_a_killed_writer_did_not_get_to_is_made(self, store: LandingStore, folder: FeedFolder):
        (folder.path / "generations" / "00000003.json").unlink()
        assert amounts(store) == [Decimal(3)]
        store.replace(FEED, days(record(amount="4")), cursor=None, now=LATER)
        assert folder.numbers() == [1, 2, 3, 4]
        assert list(folder.history()) == []


def test_what_was_restored_goes_on_like_any_other(store: LandingStore, folder: FeedFolder):
    other = DAY + timedelta(days=1)
    store.replace(FEED, days(record(other, amount="8")), cursor={"at": 4}, now=NOW)
    assert store.restore(folder, 2, LATER).days == (DAY,)
    assert amounts(store) == [Decimal(2)]
    store.replace(FEED, days(record(date(2026, 11, 22), amount="9")), cursor={"at": 5}, now=LATER)
    assert amounts(store) == [Decimal(2), Decimal(9)]
    assert folder.numbers() == [1, 2, 3, 4, 5, 6]
    assert list(folder.history()) == []
