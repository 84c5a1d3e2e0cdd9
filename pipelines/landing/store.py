"""Reading and replacing the days of a feed.

    landing/<source>/<feed>/manifest.json          what is in force; flipped by one rename
    landing/<source>/<feed>/generations/…json      every manifest that was ever in force, until collected
    landing/<source>/<feed>/days/…parquet          immutable, named by day and content hash
    landing/<source>/<feed>/cursors/…json          where the source goes on from, named by content hash

A replacement writes new files first and the manifest last, so that readers, who see only what a manifest
names, have the old state or the new one. The same content again changes nothing.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from pipelines.landing.files import flush_folder, sweep_temporary_files, write_atomically
from pipelines.landing.manifest import Feed, Manifest, Partition, control_totals
from pipelines.landing.names import NamesStore

LOCK_WAIT_SECONDS = 60
GENERATIONS_KEPT = timedelta(days=35)
"""Old generations stay this long: the longest restatement window of a provider, and a week more."""


@dataclass(frozen=True)
class DayChange:
    """A restated day: the partition before (None: a new day) and after (None: withdrawn)."""

    day: date
    before: Partition | None
    after: Partition | None


@dataclass(frozen=True)
class Change:
    """What a replacement did. No days and the same generation: nothing was different."""

    generation: int
    days: tuple[DayChange, ...]


class LandingStore:
    """The landing folder of one home."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def names(self) -> NamesStore:
        """What people call the projects and keys of landed rows."""
        return NamesStore(self.root)

    def feeds(self) -> list[Feed]:
        """Every feed that has landed, in order."""
        return sorted(manifest.feed for manifest in self.manifests())

    def manifests(self) -> Iterator[Manifest]:
        """The manifest in force of every feed, without cursors, in order of folder."""
        for path in sorted(self.root.glob("*/*/manifest.json")):
            yield Manifest.from_bytes(path.read_bytes(), self._name(path))

    def manifest(self, feed: Feed) -> Manifest | None:
        """What is in force for `feed`, with its cursor; None before it first landed."""
        path = self._folder(feed) / "manifest.json"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        manifest = Manifest.from_bytes(content, self._name(path))
        if manifest.cursor_file is None:
            return manifest
        return replace(manifest, cursor=self._read_cursor(path.parent / manifest.cursor_file))

    def read(self, feed: Feed, days: Iterable[date] | None = None, columns: Sequence[str] | None = None) -> pa.Table:
        """Landed rows of `feed`, all days or the named ones, as `LANDING_SCHEMA` or the named columns of it.

        Raises:
            LandingError: a file is missing or does not match its manifest.
        """
        manifest = self.manifest(feed)
        wanted = None if days is None else set(days)
        schema = LANDING_SCHEMA if columns is None else pa.schema([LANDING_SCHEMA.field(name) for name in columns])
        tables = [schema.empty_table()]
        if manifest is not None:
            tables += [
                # Days are small: threads and the dataset machinery of read_table take five times as long.
                pq.ParquetFile(pa.BufferReader(self._read_verified(feed, manifest.partitions[day]))).read(
                    columns, use_threads=False
                )
                for day in manifest.days
                if wanted is None or day in wanted
            ]
        return pa.concat_tables(tables)

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
        """Put whole days, and the position to go on from, in force together; other days stay.

        Args:
            feed: the connection these days come from.
            partitions: a `LANDING_SCHEMA` table per UTC day; an empty table says "asked, nothing there".
            cursor: JSON the source reads back to go on; None keeps what is there.
            now: the moment of observation, kept with each changed day.
            drop_days: days that are withdrawn.
            account: what the provider calls the account; None keeps what is there.

        Raises:
            LandingError: another process holds this feed, or a table does not fit.
        """
        folder = self._folder(feed)
        for name in ("days", "cursors", "generations"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / "lock", timeout=LOCK_WAIT_SECONDS):
                sweep_temporary_files(folder)
                return self._replace_locked(feed, partitions, cursor, now, drop_days=set(drop_days), account=account)
        except Timeout as error:
            raise LandingError(
                f"another run has been writing {feed} for {LOCK_WAIT_SECONDS} seconds: let it finish, then run again"
            ) from error

    def verify(self) -> list[tuple[Feed, Partition, Path]]:
        """Every file in force, after checking its hash.

        Raises:
            LandingError: listing each file that is missing or was changed.
        """
        verified, damage = [], []
        for manifest in self.manifests():
            for day in manifest.days:
                partition = manifest.partitions[day]
                try:
                    self._read_verified(manifest.feed, partition)
                except LandingError as error:
                    damage.append(str(error))
                verified.append((manifest.feed, partition, self._folder(manifest.feed) / partition.file))
        if damage:
            raise LandingError("\n".join(damage))
        return verified

    def generations(self, feed: Feed) -> list[Manifest]:
        """Every kept manifest of `feed`, oldest first; a restated day differs between two of them."""
        paths = sorted((self._folder(feed) / "generations").glob("*.json"))
        return [Manifest.from_bytes(path.read_bytes(), self._name(path)) for path in paths]

    def collect(self, now: datetime) -> int:
        """Remove generations older than `GENERATIONS_KEPT`, and files no kept manifest names; give how many."""
        removed = 0
        for feed in self.feeds():
            folder = self._folder(feed)
            with FileLock(folder / "lock", timeout=LOCK_WAIT_SECONDS):
                removed += self._collect_locked(feed, folder, now - GENERATIONS_KEPT)
        return removed

    def _collect_locked(self, feed: Feed, folder: Path, before: datetime) -> int:
        current = self.manifest(feed)
        kept = [] if current is None else [current]
        stale = []
        for manifest in self.generations(feed):
            if manifest.observed_at < before and (current is None or manifest.generation < current.generation):
                stale.append(folder / "generations" / f"{manifest.generation:08d}.json")
            else:
                kept.append(manifest)
        named = {partition.file for manifest in kept for partition in manifest.partitions.values()}
        named |= {manifest.cursor_file for manifest in kept if manifest.cursor_file is not None}
        files = [*folder.glob("days/*.parquet"), *folder.glob("cursors/*.json")]
        stale += [path for path in files if path.relative_to(folder).as_posix() not in named]
        for path in stale:
            path.unlink()
        return len(stale)

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
        folder = self._folder(feed)
        current = self.manifest(feed) or Manifest(feed, 0, now, {})
        in_force = {day: partition for day, partition in current.partitions.items() if day not in drop_days}
        # One after the other: a mapping may make each day's table when it is asked for.
        for day in sorted(partitions):
            written = self._write_day(folder, day, partitions[day], now, in_force.get(day))
            in_force[day] = written
        cursor_file = current.cursor_file if cursor is None else self._write_cursor(folder, cursor)
        touched = sorted(set(partitions) | (drop_days & set(current.partitions)))
        days = tuple(
            DayChange(day, current.partitions.get(day), in_force.get(day))
            for day in touched
            if current.partitions.get(day) != in_force.get(day)
        )
        whose = current.account if account is None else account
        is_equal = not days and cursor_file == current.cursor_file and whose == current.account
        if is_equal and current.generation > 0:
            return Change(current.generation, ())
        new = Manifest(feed, current.generation + 1, now, in_force, cursor_file, account=whose)
        content = new.to_bytes()
        # A manifest that is on disk must not name a day that is not.
        flush_folder(folder / "days")
        write_atomically(folder / "generations" / f"{new.generation:08d}.json", content)
        write_atomically(folder / "manifest.json", content)
        return Change(new.generation, days)

    def _write_day(
        self, folder: Path, day: date, table: pa.Table, now: datetime, before: Partition | None
    ) -> Partition:
        if not table.schema.equals(LANDING_SCHEMA):
            raise LandingError(f"the table for {day} does not have the landing schema")
        buffer = io.BytesIO()
        # A day is small, and zstd costs a few milliseconds for each file however little is in it.
        pq.write_table(table, buffer, compression="snappy", store_schema=False, write_statistics=False)
        content = buffer.getvalue()
        digest = hashlib.sha256(content).hexdigest()
        if before is not None and before.sha256 == digest:
            return before
        name = f"days/{day}-{digest[:16]}.parquet"
        if not (folder / name).exists():
            write_atomically(folder / name, content, is_one_of_many=True)
        counts, amounts = control_totals(table)
        return Partition(day, name, digest, table.num_rows, counts, amounts, now)

    def _write_cursor(self, folder: Path, cursor: Mapping[str, Any]) -> str:
        content = orjson.dumps(cursor, option=orjson.OPT_SORT_KEYS)
        name = f"cursors/{hashlib.sha256(content).hexdigest()[:32]}.json"
        if not (folder / name).exists():
            write_atomically(folder / name, content)
        return name

    def _read_cursor(self, path: Path) -> Mapping[str, Any]:
        """The cursor, or an empty one when its file was damaged: sources then read everything again."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return {}
        if not path.name.startswith(hashlib.sha256(content).hexdigest()[:32]):
            return {}
        value: dict[str, Any] = orjson.loads(content)
        return value

    def _read_verified(self, feed: Feed, partition: Partition) -> bytes:
        path = self._folder(feed) / partition.file
        advice = "put back a copy from a backup, or move this feed's folder away and run again to land it anew"
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise LandingError(f"{self._name(path)} is missing, though the manifest names it: {advice}") from error
        if hashlib.sha256(content).hexdigest() != partition.sha256:
            raise LandingError(f"{self._name(path)} was changed after it was written (sha256 differs): {advice}")
        return content

    def _folder(self, feed: Feed) -> Path:
        return self.root / feed.folder

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root.parent).as_posix()
