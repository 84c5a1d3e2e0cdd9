"""Finding log files and telling which ones changed; what every coding agent's source shares.

Belongs here: files and folders as they lie on disk. Does not: what is in them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where logs lie: files whose path below `folder` of a root is like one of `patterns`; * crosses folders.

    Not `deep`: only files that lie in the folder itself are looked at, because beside them is much else.
    """

    folder: str
    patterns: tuple[str, ...]
    deep: bool = True

    def holds(self, below: str) -> bool:
        """Whether a file at `below` the folder, with forward slashes, is a log."""
        return any(fnmatchcase(below, pattern) for pattern in self.patterns)


@dataclass(frozen=True)
class LogFile:
    """One log file as it lay on disk when it was found, and the folder it was found under.

    `size` and `modified_ns` of a database count what was written to the log beside it and not yet taken over.
    """

    root: Path
    path: Path
    size: int
    modified_ns: int

    @property
    def name(self) -> str:
        """The file's place below its root, which is also what a landed row names as its source file."""
        return as_text(self.path.relative_to(self.root))

    @property
    def cursor_key(self) -> str:
        """What the reading position is kept under; two roots may hold files of the same name."""
        return as_text(self.path)

    @property
    def state(self) -> list[int]:
        """What tells a changed file from an unchanged one."""
        return [self.size, self.modified_ns]


@dataclass
class Listing:
    """What a search found. `unreadable` are the places it could not look into, as path: why."""

    files: list[LogFile] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def refuse(self, path: Path, error: OSError) -> None:
        """Note a place that cannot be read; one that is not there, or no longer, has nothing to read."""
        if not isinstance(error, FileNotFoundError):
            self.unreadable.append(f"{as_text(path)}: {error.strerror or type(error).__name__}")


def find(roots: Iterable[Path], places: Iterable[Place]) -> Listing:
    """Every file at one of `places` of each root, in order of path.

    Links are followed, and each folder and file is taken once, however many links lead to it. A file that goes
    away meanwhile is left out.
    """
    listing = Listing()
    seen: set[str] = set()
    searched = list(places)
    for root in roots:
        for place in searched:
            top = root / place.folder
            for path in _walk(top, listing, seen) if place.deep else _folder(top, listing):
                if not place.holds(path.relative_to(top).as_posix()) or _seen(path, seen):
                    continue
                try:
                    status = path.stat()
                except OSError as error:
                    listing.refuse(path, error)
                    continue
                if stat.S_ISREG(status.st_mode):
                    size, modified_ns = _with_write_ahead_log(path, status)
                    listing.files.append(LogFile(root, path, size, modified_ns))
    return listing


def changed(files: Iterable[LogFile], cursor: Mapping[str, list[int]]) -> list[LogFile]:
    """The files whose size or time differs from what was read last."""
    return [file for file in files if cursor.get(file.cursor_key) != file.state]


def as_text(path: Path) -> str:
    """`path` with forward slashes as text that can be stored: a byte that is not UTF-8 is shown as its escape."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _walk(top: Path, listing: Listing, seen: set[str]) -> Iterator[Path]:
    if _seen(top, seen):
        return

    def refuse(error: OSError) -> None:
        listing.refuse(Path(error.filename), error)

    for folder, subfolders, names in os.walk(top, onerror=refuse, followlinks=True):
        here = Path(folder)
        subfolders[:] = [name for name in sorted(subfolders) if not _seen(here / name, seen)]
        yield from (here / name for name in sorted(names))


def _folder(top: Path, listing: Listing) -> list[Path]:
    try:
        return sorted(top.iterdir())
    except OSError as error:
        listing.refuse(top, error)
        return []


def _with_write_ahead_log(path: Path, status: os.stat_result) -> tuple[int, int]:
    """Size and time of a file; SQLite's newest rows stand in a second file until they are taken over."""
    if path.suffix == ".db":
        try:
            beside = path.with_name(path.name + "-wal").stat()
        except OSError:
            return status.st_size, status.st_mtime_ns
        if beside.st_size:
            return status.st_size + beside.st_size, max(status.st_mtime_ns, beside.st_mtime_ns)
    return status.st_size, status.st_mtime_ns


def _seen(path: Path, seen: set[str]) -> bool:
    """Whether the place `path` leads to was met before; it counts as met from now on."""
    real = os.path.realpath(path)
    if real in seen:
        return True
    seen.add(real)
    return False
