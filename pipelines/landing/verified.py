"""Which day files were found whole before, so that an hour's run does not hash the whole history again.

    verified.index    the moment at which every file was last hashed, and 8 bytes for each file that was intact

A file is whole without being read if it was hashed before and the system shows no change since: its size, its times and
its place on the disk are the same. Disks lose bits without a sign, so every file is hashed again once a day. Rows are
proved by their hash whenever they are read, whatever is known here. Belongs here: that list. Does not: what to do about
damage (feed_folder.py).
"""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from pipelines.landing import derived
from pipelines.landing.feed_folder import FeedFolder
from pipelines.landing.manifest import Partition
from pipelines.landing.sealed import DAMAGE

FILE = "verified.index"
VERSION = 1
HASHED_EVERY = timedelta(days=1)
SETTLED_NS = 2 * 10**8
"""Two changes that follow each other within a tick of the system's clock, of some milliseconds, have the same time: a
file that is younger than this is hashed again by the next run."""
DIGEST_SIZE = 8


class Verified:
    """The day files of one landing folder that were found whole, as far as a run at the moment `now` trusts that."""

    def __init__(self, root: Path, now: datetime) -> None:
        self._root = root
        self._written = derived.read(root / FILE)
        hashed_at, known = _parsed(self._written)
        is_recent = hashed_at is not None and timedelta(0) <= now - hashed_at < HASHED_EVERY
        self._hashed_at = hashed_at if is_recent and hashed_at is not None else now
        self._known = known if is_recent else frozenset[bytes]()
        self._verified: set[bytes] = set()

    def check(self, folder: FeedFolder, partition: Partition) -> None:
        """Hash the file of a day, unless it was found whole before and has not changed since.

        Raises:
            LandingError: it is missing or was changed.
        """
        state, is_settled = self._state(folder.path / partition.file, partition.sha256)
        if state not in self._known:
            folder.day(partition)
        if is_settled:
            self._verified.add(state)

    def save(self) -> None:
        """Let the next run know the files that were checked."""
        header = orjson.dumps({"version": VERSION, "hashed_at": self._hashed_at})
        content = b"".join([header, b"\n", *sorted(self._verified)])
        if content != self._written:
            derived.write(self._root / FILE, content)

    def _state(self, path: Path, sha256: str) -> tuple[bytes, bool]:
        """A digest of what the system says of a file that should have this hash, and whether that has settled."""
        try:
            seen = path.stat()
        except OSError:
            return b"", False
        values = (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_dev)
        named = f"{path.relative_to(self._root).as_posix()}\0{sha256}\0{values}"
        is_settled = max(seen.st_mtime_ns, seen.st_ctime_ns) < time.time_ns() - SETTLED_NS
        return hashlib.blake2b(named.encode(), digest_size=DIGEST_SIZE).digest(), is_settled


def _parsed(content: bytes | None) -> tuple[datetime | None, frozenset[bytes]]:
    """When every file was last hashed, and the digests; (None, nothing) where that is not known."""
    header, _, body = (content or b"").partition(b"\n")
    try:
        value = orjson.loads(header)
        if value["version"] != VERSION:
            return None, frozenset()
        digests = frozenset(body[start : start + DIGEST_SIZE] for start in range(0, len(body), DIGEST_SIZE))
        return datetime.fromisoformat(value["hashed_at"]), digests
    except DAMAGE:
        return None, frozenset()
