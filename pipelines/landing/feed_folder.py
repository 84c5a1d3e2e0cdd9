"""The files of one feed, each proved when it is read.

    manifest.json             what is in effect; flipped by one rename
    generations/00000041.json a copy of every manifest that was in effect, until collected; written after manifest.json
    days/…parquet             immutable, named by day and content hash
    cursors/…json             where the source goes on from, named by content hash
    *.index                   what is derived from the days and saves reading them (derived.py)

Belongs here: reading them, and what to do about damage. Does not: changing what is in effect (store.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.domain.records import LANDING_SCHEMA
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import LandingError
from pipelines.landing.files import write_atomically
from pipelines.landing.layouts import widened
from pipelines.landing.manifest import UNSEALED_VERSION, Manifest, Partition, control_totals
from pipelines.presentation.messages import CHANGED, FROM_BACKUP
from pipelines.reading.files import content_of

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class FeedFolder:
    """The folder of one feed, `<source>/<feed>` below the landing folder."""

    path: Path

    @property
    def name(self) -> str:
        """By what `ai-costs landing` knows it."""
        return f"{self.path.parent.name}/{self.path.name}"

    def file(self, below: str) -> str:
        """How a file of this folder is named in messages."""
        return f"{self.path.parent.parent.name}/{self.name}/{below}"

    def effective(self) -> Manifest | None:
        """The manifest in effect, without its cursor; None before anything landed.

        Raises:
            LandingError: it was changed, removed, or replaced by one that does not follow the generations there are.
        """
        # Before the manifest, which is written first: none of these can be newer than it.
        numbers = self.numbers()
        try:
            content = content_of(self.path / MANIFEST)
        except FileNotFoundError as error:
            if not numbers:
                return None
            raise self.damaged(MANIFEST, "is missing") from error
        manifest = self._parsed(MANIFEST, content)
        if manifest.feed.folder != self.name:
            raise self.damaged(MANIFEST, f"is the manifest of {manifest.feed}, which has a different folder")
        if manifest.schema_version == UNSEALED_VERSION:
            self._compare_with_copy(manifest, content, numbers)
        elif numbers and numbers[-1] > manifest.generation:
            newer = f"is generation {manifest.generation}, but {numbers[-1]} is there: an older one was put back"
            raise self.damaged(MANIFEST, newer)
        elif not self._follows(manifest):
            raise self.damaged(MANIFEST, f"does not follow generation {manifest.generation - 1}")
        return manifest

    def with_cursor(self, manifest: Manifest) -> Manifest:
        """`manifest` with its cursor. A lost one is empty, and sources read everything again.

        Raises:
            LandingError: it is lost and says which imported file each day is from, which nothing else tells.
        """
        if manifest.cursor_file is None:
            return manifest
        cursor = self._cursor(manifest.cursor_file)
        if cursor is not None:
            return replace(manifest, cursor=cursor)
        if manifest.feed.source_kind is SourceKind.IMPORT:
            raise self.damaged(manifest.cursor_file, "was changed or removed after it was written")
        return replace(manifest, cursor_is_lost=True)

    def numbers(self) -> list[int]:
        """The generations that are stored, in order."""
        return sorted(int(path.stem) for path in self.path.glob("generations/????????.json") if path.stem.isdigit())

    def generation(self, number: int) -> Manifest:
        """One of the generations that are stored.

        Raises:
            LandingError: it was changed, or is not there.
        """
        if number not in self.numbers():
            retained = ", ".join(map(str, self.numbers())) or "none"
            raise LandingError(
                f"{self.file(generation_file(number))} does not exist; the stored generations are {retained}"
            )
        manifest = self.intact_generation(number)
        if manifest is None:
            raise self.damaged(generation_file(number), CHANGED)
        return manifest

    def intact_generation(self, number: int) -> Manifest | None:
        """A generation; None where it is not as it was written."""
        file = generation_file(number)
        content = self._read(file)
        if content is None:
            return None
        try:
            manifest = Manifest.from_bytes(content, self.file(file))
        except ValueError:
            return None
        is_this = manifest.generation == number and manifest.feed.folder == self.name
        return manifest if is_this else None

    def day(self, partition: Partition) -> bytes:
        """The file of a day, as it was written.

        Raises:
            LandingError: it is missing or was changed.
        """
        content = self._read(partition.file)
        if content is None:
            raise self.damaged(partition.file, "is missing, though the manifest names it")
        if hashlib.sha256(content).hexdigest() != partition.sha256:
            raise self.damaged(partition.file, f"{CHANGED} (sha256 differs)")
        return content

    def table(self, partition: Partition, schema: pa.Schema = LANDING_SCHEMA) -> pa.Table:
        """The rows of a day, with the columns of `schema`, which are some or all of the landing ones.

        Raises:
            LandingError: its file is missing, was changed, or has another number of rows than its manifest says.
        """
        # Days are small: threads and the dataset machinery of read_table take five times as long.
        file = pq.ParquetFile(pa.BufferReader(self.day(partition)))
        if file.metadata.num_rows != partition.row_count:
            counts = f"has {file.metadata.num_rows} rows, the manifest {partition.row_count}"
            raise self.damaged(partition.file, counts)
        there = set(file.schema_arrow.names)
        names = [name for name in schema.names if name in there]
        return widened(file.read(names, use_threads=False), schema)

    def is_there(self, file: str, content: bytes) -> bool:
        """Whether a file holds this content."""
        return self._read(file) == content

    def put(self, manifest: Manifest) -> None:
        """Put a manifest in effect, and keep a copy among the generations; the caller has the folder's lock."""
        content = manifest.to_bytes()
        write_atomically(self.path / MANIFEST, content)
        write_atomically(self.path / generation_file(manifest.generation), content)

    def keep_copy(self) -> Manifest | None:
        """What is in effect, after making the copy of it that a killed writer did not get to. Raises as `effective`."""
        manifest = self.effective()
        if manifest is not None and manifest.generation not in self.numbers():
            write_atomically(self.path / generation_file(manifest.generation), (self.path / MANIFEST).read_bytes())
        return manifest

    def hash_of(self, number: int) -> str | None:
        """The hash of the file of a generation, to which the next one is chained."""
        content = self._read(generation_file(number))
        return None if content is None else hashlib.sha256(content).hexdigest()

    def defects(self, manifest: Manifest) -> Iterator[str]:
        """What of a generation was changed after it was written: its days, their control totals, its cursor."""
        for day in manifest.days:
            partition = manifest.partitions[day]
            content = self._read(partition.file)
            if content is None or hashlib.sha256(content).hexdigest() != partition.sha256:
                yield f"{self.file(partition.file)} is missing or was changed"
                continue
            table = pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
            if (table.num_rows, *control_totals(table)) != (partition.row_count, partition.counts, partition.amounts):
                yield f"the control totals of {day} are not those of its file"
        if manifest.cursor_file is not None and self._cursor(manifest.cursor_file) is None:
            yield f"{self.file(manifest.cursor_file)} is missing or was changed"

    def damaged(self, file: str, what: str) -> LandingError:
        """The error on a damaged file, with what heals it."""
        return LandingError(f"{self.file(file)} {what}: {self._advice()}")

    def history(self) -> Iterator[str]:
        """What is wrong with generations that are stored and not in effect; no figure depends on it."""
        for number in self.numbers():
            if self._is_proved_by_next(number):
                continue
            manifest = self.intact_generation(number)
            if manifest is None:
                yield f"{self.file(generation_file(number))} {CHANGED}"
            elif not self._follows(manifest):
                yield f"{self.file(generation_file(number))} does not follow generation {number - 1}"

    def _advice(self) -> str:
        backup = FROM_BACKUP
        for manifest in filter(None, map(self.intact_generation, reversed(self.numbers()))):
            if not any(self.defects(manifest)):
                return (
                    f"`ai-costs landing restore {self.name} {manifest.generation}` restores the newest intact "
                    f"generation, "
                    f"of {manifest.observed_at:%Y-%m-%d %H:%M} UTC; or {backup}"
                )
        return f"no generation is intact, so {backup}, or move it away and run again to land it again"

    def _compare_with_copy(self, manifest: Manifest, content: bytes, numbers: list[int]) -> None:
        """A manifest of the version before proves nothing by itself; its copy was written with it."""
        copy = generation_file(manifest.generation)
        if numbers and not self.is_there(copy, content):
            raise self.damaged(MANIFEST, f"differs from its copy in {copy}")

    def _is_proved_by_next(self, number: int) -> bool:
        """Whether the next generation contains the hash of this one; to parse hundreds of them would take long."""
        sibling, following = self.hash_of(number), self._read(generation_file(number + 1))
        return sibling is not None and following is not None and sibling.encode() in following

    def _follows(self, manifest: Manifest) -> bool:
        """Whether the generation before is the one that this was chained to; a damaged one says nothing."""
        before = self.hash_of(manifest.generation - 1)
        if before in {None, manifest.previous_sha256} or manifest.schema_version == UNSEALED_VERSION:
            return True
        return self.intact_generation(manifest.generation - 1) is None

    def _cursor(self, file: str) -> Mapping[str, Any] | None:
        """The content of a cursor; None where it is not as it was written."""
        content = self._read(file)
        if content is None or file != cursor_file(content):
            return None
        value: dict[str, Any] = orjson.loads(content)
        return value

    def _read(self, file: str) -> bytes | None:
        try:
            return content_of(self.path / file)
        except FileNotFoundError:
            return None

    def _parsed(self, file: str, content: bytes) -> Manifest:
        try:
            return Manifest.from_bytes(content, self.file(file))
        except ValueError as error:
            raise self.damaged(file, CHANGED) from error


def generation_file(number: int) -> str:
    """The path of a generation's copy below its feed's folder."""
    return f"generations/{number:08d}.json"


def cursor_file(content: bytes) -> str:
    """The path of a cursor below its feed's folder."""
    return f"cursors/{hashlib.sha256(content).hexdigest()[:32]}.json"
