"""On which days of a feed an id has landed, so that looking for a few ids reads a few days and not the whole history.

    ids.index    a line of JSON: for each day the hash of its file and how many digests it has; then the digests of
                 the ids of each day, 8 bytes each

It is made of the day files and of nothing else. A day whose file has another hash than the index holds is read again;
an index that is lost or damaged is rebuilt from all days. Belongs here: that file. Does not: which ids make two rows
the same reply (sources/), or when a day changes (store.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.domain.records import LANDING_SCHEMA
from pipelines.landing import derived
from pipelines.landing.feed_folder import FeedFolder
from pipelines.landing.manifest import Manifest
from pipelines.landing.sealed import DAMAGE

FILE = "ids.index"
VERSION = 1
COLUMNS = ("message_id", "session_id", "source_file")
"""What a row can be looked for by."""
SCHEMA = pa.schema([LANDING_SCHEMA.field(name) for name in COLUMNS])
DIGEST_SIZE = 8
REBUILT = "the index of landed rows was damaged or removed, so it was rebuilt from all landed days"
"""A note; no figure depends on the index."""

Digests = npt.NDArray[np.uint64]


class _Day(NamedTuple):
    """The hash of a day's file, and the digests of the ids in it."""

    sha256: str
    digests: Digests


@dataclass
class IdIndex:
    """The index of one feed. `was_rebuilt`: there was none that could be used, though days had landed."""

    folder: FeedFolder
    was_rebuilt: bool = False
    _days: dict[date, _Day] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: FeedFolder, manifest: Manifest | None) -> IdIndex:
        """The index of the days that `manifest` names; days that it lacks are read, and added to its file.

        Raises:
            LandingError: one of these days is missing or was changed.
        """
        read = _read(folder)
        index = cls(folder, read is None and manifest is not None and bool(manifest.days), read or {})
        if manifest is not None:
            index.follow(manifest)
        return index

    def days_having(self, values: Mapping[str, Iterable[str]]) -> set[date]:
        """The days with a row that has one of the values of a column; keys of `values` are of `COLUMNS`.

        Of 64 bits, two ids that are not the same may have the same digest once in millions of histories. Then a day
        is given that has none of the values: whoever merges it finds nothing to change.
        """
        wanted = _sorted(_digest(column, value) for column, some in values.items() for value in some)
        if not wanted.size or not self._days:
            return set()
        days = list(self._days)
        ends = np.cumsum([self._days[day].digests.size for day in days])
        every = np.concatenate([self._days[day].digests for day in days])
        nearest = wanted[np.minimum(np.searchsorted(wanted, every), wanted.size - 1)]
        found = np.searchsorted(ends, np.flatnonzero(nearest == every), side="right")
        return {days[number] for number in np.unique(found)}

    def follow(self, manifest: Manifest, tables: Mapping[date, pa.Table] | None = None) -> None:
        """Make this the index of the days that `manifest` names, on disk too; `tables` has days that were just written.

        Raises:
            LandingError: a day that has to be read is missing or was changed.
        """
        following: dict[date, _Day] = {}
        for day, partition in sorted(manifest.partitions.items()):
            known = self._days.get(day)
            if known is None or known.sha256 != partition.sha256:
                table = (tables or {}).get(day)
                table = self.folder.table(partition, SCHEMA) if table is None else table
                known = _Day(partition.sha256, _digests_of(table))
            following[day] = known
        if following.keys() == self._days.keys() and all(following[day] is self._days[day] for day in following):
            return
        self._days = following
        derived.write(self.folder.path / FILE, self._to_bytes())

    def _to_bytes(self) -> bytes:
        days = {day.isoformat(): [known.sha256, known.digests.size] for day, known in self._days.items()}
        header = orjson.dumps({"version": VERSION, "columns": COLUMNS, "days": days})
        return b"".join([header, b"\n", *(known.digests.tobytes() for known in self._days.values())])


def _read(folder: FeedFolder) -> dict[date, _Day] | None:
    """What the index's file holds; None where there is none, or not as it was written."""
    content = derived.read(folder.path / FILE)
    if content is None:
        return None
    header, _, body = content.partition(b"\n")
    try:
        value = orjson.loads(header)
        if (value["version"], value["columns"]) != (VERSION, list(COLUMNS)):
            return None
        every = np.frombuffer(body, "<u8")
        ends = np.cumsum([0, *(size for _, size in value["days"].values())])
        days = zip(value["days"].items(), pairwise(ends), strict=True)
        return {date.fromisoformat(day): _Day(sha256, every[start:end]) for (day, (sha256, _)), (start, end) in days}
    except DAMAGE:
        return None


def _digests_of(table: pa.Table) -> Digests:
    """The digests of what the rows of a day can be looked for by."""
    unique = {column: pc.unique(table[column]).drop_null().to_pylist() for column in COLUMNS}
    return _sorted(_digest(column, value) for column, values in unique.items() for value in values)


def _digest(column: str, value: str) -> bytes:
    return hashlib.blake2b(f"{column}\0{value}".encode(errors="surrogatepass"), digest_size=DIGEST_SIZE).digest()


def _sorted(digests: Iterable[bytes]) -> Digests:
    return np.unique(np.frombuffer(b"".join(digests), "<u8"))
