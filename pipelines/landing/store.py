"""Reading and replacing the days of every feed, and putting an older generation of one in effect.

    landing/<source>/<feed>/    the files of a feed, as feed_folder.py describes them

A replacement writes new files first and the manifest last, so that readers, who see only what a manifest
names, have the old state or the new one. The same content again changes nothing.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from pipelines.domain.records import LANDING_SCHEMA
from pipelines.errors import LandingError
from pipelines.landing.feed_folder import MANIFEST, FeedFolder, cursor_file, generation_file
from pipelines.landing.files import flush_folder, sweep_temporary_files, write_atomically
from pipelines.landing.id_index import IdIndex
from pipelines.landing.layouts import layout_of, narrowed
from pipelines.landing.manifest import SCHEMA_VERSION, Feed, Manifest, Partition, control_totals, file_of
from pipelines.landing.names import NamesStore
from pipelines.landing.verified import Verified

LOCK_WAIT_SECONDS = 60
RETAINED_GENERATIONS = timedelta(days=35)
"""Old generations stay this long: the longest restatement window of a provider, and a week more."""
COLLECTED_EVERY = timedelta(days=1)
"""A feed that changes each hour has hundreds of generations, of which one each hour would be old."""


@dataclass(frozen=True)
class DayChange:
    """A restated day: the partition before (None: a new day) and after (None: withdrawn)."""

    day: date
    before: Partition | None
    after: Partition | None


@dataclass(frozen=True)
class Change:
    """What a replacement did, and what is in effect after it. No days and the same generation: nothing was different.

    `manifest` is without its cursor.
    """

    manifest: Manifest
    days: tuple[DayChange, ...]

    @property
    def generation(self) -> int:
        """The number of what is in effect."""
        return self.manifest.generation


class LandingStore:
    """The landing folder of one home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def names(self) -> NamesStore:
        """What people call the projects and keys of landed rows."""
        return NamesStore(self.root)

    def folders(self) -> list[FeedFolder]:
        """The folder of every feed, in order, whatever state it is in."""
        found = {path.parent for part in (MANIFEST, "generations") for path in self.root.glob(f"*/*/{part}")}
        return [FeedFolder(path) for path in sorted(found)]

    def feeds(self) -> list[Feed]:
        """Every feed that has landed, in order."""
        return sorted(manifest.feed for manifest in self.manifests())

    def manifests(self) -> Iterator[Manifest]:
        """The manifest in effect of every feed, without cursors, in order of folder.

        Raises:
            LandingError: one of them was changed, removed, or does not follow its generations.
        """
        for folder in self.folders():
            manifest = folder.effective()
            if manifest is not None:
                yield manifest

    def manifest(self, feed: Feed) -> Manifest | None:
        """What is in effect for `feed`, with its cursor; None before it first landed. Raises as `manifests`."""
        folder = self.folder(feed)
        manifest = folder.effective()
        return None if manifest is None else folder.with_cursor(manifest)

    def read(self, feed: Feed, days: Iterable[date] | None = None, columns: Sequence[str] | None = None) -> pa.Table:
        """Landed rows of `feed`, all days or the named ones, as `LANDING_SCHEMA` or the named columns of it.

        Raises:
            LandingError: a file is missing or does not match its manifest.
        """
        folder = self.folder(feed)
        manifest = folder.effective()
        wanted = None if days is None else set(days)
        schema = LANDING_SCHEMA if columns is None else pa.schema([LANDING_SCHEMA.field(name) for name in columns])
        tables = [schema.empty_table()]
        if manifest is not None:
            tables += [
                folder.table(manifest.partitions[day], schema)
                for day in manifest.days
                if wanted is None or day in wanted
            ]
        return pa.concat_tables(tables)

    def ids(self, feed: Feed) -> IdIndex:
        """On which days of `feed` an id has landed.

        Raises:
            LandingError: the index had to be rebuilt, and a file is missing or does not match its manifest.
        """
        folder = self.folder(feed)
        return IdIndex.of(folder, folder.effective())

    def replace(
        self,
        feed: Feed,
        partitions: Mapping[date, pa.Table],
        *,
        cursor: Mapping[str, Any] | None,
        now: datetime,
        drop_days: Iterable[date] = (),
        account: str | None = None,
    ) -> Change:
        """Put whole days, and the position to go on from, in effect together; other days stay.

        Args:
            feed: the connection these days come from.
            partitions: a `LANDING_SCHEMA` table per UTC day; an empty table says "asked, nothing there".
            cursor: JSON the source reads back to go on; None leaves it unchanged.
            now: the moment of observation, stored with each changed day.
            drop_days: days that are withdrawn.
            account: what the provider calls the account; None leaves it unchanged.

        Raises:
            LandingError: another process holds this feed, or a table does not fit.
        """
        folder = self.folder(feed)
        for name in ("days", "cursors", "generations"):
            (folder.path / name).mkdir(parents=True, exist_ok=True)
        with self._alone(folder):
            return self._replace_locked(feed, partitions, cursor, now, drop_days=set(drop_days), account=account)

    def restore(self, folder: FeedFolder, number: int, now: datetime) -> Manifest:
        """Put a generation that is stored in effect again, as a new one; give what is in effect then.

        Raises:
            LandingError: it is not there or not whole, or another process holds this feed.
        """
        with self._alone(folder):
            old = folder.generation(number)
            for defect in folder.defects(old):
                raise LandingError(f"generation {number} cannot be restored: {defect}")
            with suppress(LandingError):  # another generation is wanted because what is in effect is damaged
                folder.keep_copy()
            newest = folder.numbers()[-1]
            new = replace(
                old,
                generation=newest + 1,
                previous_sha256=folder.hash_of(newest),
                observed_at=now,
                schema_version=SCHEMA_VERSION,
            )
            folder.put(new)
            return new

    def verify(self, *, now: datetime | None = None) -> list[tuple[Feed, Partition, Path]]:
        """Every file in effect, after checking its hash.

        With `now` a file is not read again if it was found whole within a day, and has not changed since (verified.py).

        Raises:
            LandingError: listing each file that is missing or was changed.
        """
        verified, damage = [], []
        before = None if now is None else Verified(self.root, now)
        for folder in self.folders():
            try:
                manifest = folder.effective()
            except LandingError as error:
                damage.append(str(error))
                continue
            if manifest is None:
                continue
            for partition in manifest.partitions.values():
                try:
                    if before is None:
                        folder.day(partition)
                    else:
                        before.check(folder, partition)
                except LandingError as error:
                    damage.append(str(error))
                verified.append((manifest.feed, partition, folder.path / partition.file))
        if damage:
            raise LandingError("\n".join(damage))
        if before is not None:
            before.save()
        return verified

    def collect(self, now: datetime) -> int:
        """Remove generations older than `RETAINED_GENERATIONS`, and files that no manifest names; give how many."""
        removed = 0
        for folder in self.folders():
            with self._alone(folder):
                stale = list(_no_longer_needed(folder, now - RETAINED_GENERATIONS))
                for path in stale:
                    path.unlink()
                removed += len(stale)
        return removed

    def folder(self, feed: Feed) -> FeedFolder:
        """Where the files of `feed` are, or will be."""
        return FeedFolder(self.root / feed.folder)

    @contextmanager
    def _alone(self, folder: FeedFolder) -> Iterator[None]:
        """The only writer of a feed.

        Raises:
            LandingError: another process does not let go of it.
        """
        try:
            lock = FileLock(folder.path / "lock", timeout=LOCK_WAIT_SECONDS).acquire()
        except Timeout as error:
            raise LandingError(
                f"another run has been writing {folder.name} for {LOCK_WAIT_SECONDS} seconds: let it finish, then run "
                "again"
            ) from error
        with lock:
            sweep_temporary_files(folder.path)
            yield

    def _replace_locked(
        self,
        feed: Feed,
        partitions: Mapping[date, pa.Table],
        cursor: Mapping[str, Any] | None,
        now: datetime,
        *,
        drop_days: set[date],
        account: str | None,
    ) -> Change:
        folder = self.folder(feed)
        current = folder.keep_copy() or Manifest(feed, 0, now, {})
        effective = {day: partition for day, partition in current.partitions.items() if day not in drop_days}
        # One after the other: a mapping may make each day's table when it is asked for.
        for day in sorted(partitions):
            written = _write_day(folder, day, partitions[day], now, effective.get(day))
            effective[day] = written
        position = current.cursor_file if cursor is None else _write_cursor(folder, cursor)
        touched = sorted(set(partitions) | (drop_days & set(current.partitions)))
        days = tuple(
            DayChange(day, current.partitions.get(day), effective.get(day))
            for day in touched
            if current.partitions.get(day) != effective.get(day)
        )
        owner = current.account if account is None else account
        is_equal = not days and position == current.cursor_file and owner == current.account
        if is_equal and current.generation > 0:
            return Change(current, ())
        before = folder.hash_of(current.generation)
        new = Manifest(feed, current.generation + 1, now, effective, position, account=owner, previous_sha256=before)
        # A manifest that is on disk must not name a day that is not.
        flush_folder(folder.path / "days")
        folder.put(new)
        return Change(new, days)


def _write_day(folder: FeedFolder, day: date, table: pa.Table, now: datetime, before: Partition | None) -> Partition:
    """Write a day's file; the same content as before keeps its partition, and fixes its file if that was damaged."""
    if not table.schema.equals(LANDING_SCHEMA):
        raise LandingError(f"the table for {day} does not have the landing schema")
    reported = narrowed(table)
    layout = layout_of(reported.schema)
    if before is not None and before.layout != layout and _has_same_rows(folder, before, table):
        return before
    buffer = io.BytesIO()
    # A day is small, and zstd costs a few milliseconds for each file however little is in it.
    pq.write_table(reported, buffer, compression="snappy", store_schema=False, write_statistics=False)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = file_of(day, digest)
    if not folder.is_there(name, content):
        write_atomically(folder.path / name, content, is_one_of_many=True)
    if before is not None and before.sha256 == digest:
        return before
    counts, amounts = control_totals(table)
    return Partition(day, name, digest, table.num_rows, counts, amounts, now, layout)


def _has_same_rows(folder: FeedFolder, partition: Partition, table: pa.Table) -> bool:
    """Whether a file that an earlier version wrote with other columns has the same rows: then nothing was restated."""
    if partition.row_count != table.num_rows:
        return False
    try:
        return bool(folder.table(partition).equals(table))
    except LandingError:
        return False


def _write_cursor(folder: FeedFolder, cursor: Mapping[str, Any]) -> str:
    content = orjson.dumps(cursor, option=orjson.OPT_SORT_KEYS)
    name = cursor_file(content)
    if not folder.is_there(name, content):
        write_atomically(folder.path / name, content)
    return name


def _no_longer_needed(folder: FeedFolder, before: datetime) -> Iterator[Path]:
    """Generations from before that moment, and the files that none of the others names; nothing until a day has passed.

    Which files a damaged generation names is not known, so all of them stay until it is old.
    """
    current, numbers = folder.effective(), folder.numbers()
    oldest = folder.intact_generation(numbers[0]) if numbers else None
    if current is None or (oldest is not None and oldest.observed_at >= before - COLLECTED_EVERY):
        return
    retained: list[Manifest | None] = [current]
    is_old = False
    for number in reversed(numbers):
        manifest = folder.intact_generation(number)
        is_old = is_old or (manifest is not None and manifest.observed_at < before)
        if is_old and number < current.generation:
            yield folder.path / generation_file(number)
        else:
            retained.append(manifest)
    whole = [manifest for manifest in retained if manifest is not None]
    if len(whole) < len(retained):
        return
    named = {partition.file for manifest in whole for partition in manifest.partitions.values()}
    named |= {manifest.cursor_file for manifest in whole if manifest.cursor_file is not None}
    for path in [*folder.path.glob("days/*.parquet"), *folder.path.glob("cursors/*.json")]:
        if path.relative_to(folder.path).as_posix() not in named:
            yield path
