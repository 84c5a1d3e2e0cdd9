"""Finding log files and telling which ones changed; what every coding agent's source shares.

Belongs here: files and folders as they lie on disk. Does not: what is in them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from pipelines.reading.files import LINKS, not_a_file, shown

DOCUMENTS = (
    *(".md", ".txt", ".csv", ".html", ".xml", ".pdf", ".toml", ".yaml", ".yml", ".lock", ".diff", ".patch", ".snap"),
    *(
        ".css",
        ".go",
        ".js",
        ".ps1",
        ".py",
        ".rs",
        ".sh",
        ".ts",
        ".tsx",
        ".gif",
        ".jpeg",
        ".jpg",
        ".png",
        ".svg",
        ".webp",
    ),
    *(".bak", ".old", ".tmp", "-wal", "-shm", "-journal"),
)
"""Endings of files that lie among logs and state no use: what was pasted, edited, set or printed."""
SETTINGS = tuple(f"*{name}*.json" for name in ("auth", "cred", "config", "settings", "models"))
NO_USE = (*SETTINGS, "*cache*", "*.log", "*node_modules*")
"""Files of any agent that may mention tokens and report no usage."""
_PATH_AS_NAME = re.compile(r"(?:^|(?<=/))(?:-|[A-Za-z]--|%2F)")
"""How a name begins that a whole path was made into: -home-…, C--Users-…, --home-…"""
DATABASES = (".db", ".sqlite")
"""Endings of SQLite's databases."""
NAMES_LOOKED_AT = 20_000
"""Where no log is looked for, only signs of one: a folder may hold anything."""
DEEPEST = 100
"""Folders in one another: no agent makes so many, and each takes a place on the stack."""
OTHERS_LISTED = 2000
"""Of the files that are not logs: among more than these, nothing is looked for."""


@dataclass(frozen=True)
class LogLocation:
    """Where logs lie: files whose path below `folder` of a root is like one of `patterns`; * crosses folders.

    Not `deep`: only files that lie in the folder itself are looked at, because alongside them is much else.
    `no_use` are like `patterns`: files alongside the logs that may mention tokens and report no usage.
    `is_shared`: the folder is not for logs alone, so that a file of an unknown kind there says nothing.
    """

    folder: str
    patterns: tuple[str, ...]
    deep: bool = True
    no_use: tuple[str, ...] = ()
    is_shared: bool = False

    def matches(self, below: str) -> bool:
        """Whether a file at `below` the folder, with forward slashes, is a log."""
        return any(fnmatchcase(below, pattern) for pattern in self.patterns)

    def may_contain_usage(self, below: str) -> bool:
        """Whether a file at `below` the folder that is not a log could be one of a form that is not known."""
        name = below.rsplit("/", 1)[-1].lower()
        is_document = name.startswith(".") or name.endswith(DOCUMENTS)
        return not is_document and not any(fnmatchcase(below, pattern) for pattern in (*self.no_use, *NO_USE))

    def repeats(self, below: str) -> bool:
        """Whether a log at `below` the folder is known to report no usage, whatever it mentions."""
        return self.matches(below) and any(fnmatchcase(below, pattern) for pattern in self.no_use if pattern != "*")


@dataclass(frozen=True)
class LogFile:
    """One log file as it lay on disk when it was found, and the folder it was found under.

    `size` and `modified_ns` of a database count what was written to the log alongside it and not yet taken over.
    """

    root: Path
    path: Path
    size: int
    modified_ns: int

    @property
    def name(self) -> str:
        """The file's place below its root, which a landed row names as its source file; it contains no working path."""
        return without_paths(self.plain_name)

    @property
    def plain_name(self) -> str:
        """The file's place below its root as it is."""
        return as_text(self.path.relative_to(self.root))

    @property
    def cursor_key(self) -> str:
        """What the reading position is stored under; two roots may hold files of the same name."""
        return hashlib.sha256(self.plain_path.encode()).hexdigest()[:32]

    @property
    def plain_path(self) -> str:
        """The whole path, for this process alone."""
        return as_text(self.path)

    @property
    def state(self) -> list[int]:
        """What tells a changed file from an unchanged one."""
        return [self.size, self.modified_ns]


@dataclass
class Listing:
    """What a search found. `unreadable` are the places it could not look into, as path: why.

    `left_out` are what lies where a log should and is none, such as a pipe, as its place below the root: why.
    `others` lie where logs do and could be logs of a form that is not known, each with the place it was found in.
    """

    files: list[LogFile] = field(default_factory=list)
    others: list[tuple[LogFile, LogLocation]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def refuse(self, path: Path, error: OSError) -> None:
        """Note a place that cannot be read; one that is not there, or no longer, has nothing to read."""
        if not isinstance(error, FileNotFoundError):
            self.unreadable.append(f"{as_text(path)}: {error.strerror or type(error).__name__}")

    def leave_out(self, root: Path, path: Path, reason: str) -> None:
        """Note what is not a log though it lies where one should; it is not this program's to refuse."""
        self.left_out.append(f"{without_paths(as_text(path.relative_to(root)))}: {reason}")


def find(roots: Iterable[Path], places: Iterable[LogLocation]) -> Listing:
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
            paths = _walk(root, top, listing, seen) if place.deep else _folder(top, listing)
            for path in paths if place.patterns else islice(paths, NAMES_LOOKED_AT):
                below = path.relative_to(top).as_posix()
                if place.matches(below):
                    _take(root, path, listing, seen)
                elif place.may_contain_usage(below) and len(listing.others) < OTHERS_LISTED:
                    _note(root, path, place, listing)
    return listing


def without_paths(name: str) -> str:
    """`name` with a digest for each folder that is called after a whole path, as -home-someone-rocket is.

    Agents keep the logs of a working folder in one that is named after its path, which tells who works where. The
    digest still tells such folders apart.
    """
    if not _PATH_AS_NAME.search(name):
        return name
    return "/".join(_digest(part) if _PATH_AS_NAME.match(part) else part for part in name.split("/"))


def below_roots(path: str, roots: Iterable[Path]) -> str:
    """What of `path`, as text, lies below one of the roots, from the root's name on; it contains no working path."""
    root = next((root for root in roots if path.startswith(as_text(root))), Path())
    return without_paths(path.removeprefix(as_text(root.parent)).removeprefix("/"))


def folder_worked_in(path: Path, name: str, position: int) -> str | None:
    """The working folder that an agent names a log's folder after: the one at `position` of the log's `name`.

    Of a whole path that was made into one name, the last part: rocket of -home-someone-rocket. None where the log
    does not lie so deep.
    """
    folders = name.split("/")[:-1]
    if position >= len(folders):
        return None
    as_it_is = as_text(Path(*path.parts[:-1][position - len(folders) :][:1]))
    folder = as_it_is if _digest(as_it_is) == folders[position] else folders[position]
    if not _PATH_AS_NAME.match(folder):
        return folder
    return next((part for part in reversed(re.split("-|%2F|%5C", folder)) if part), None)


def as_text(path: Path) -> str:
    """`path` with forward slashes as text that can be stored and printed on one line."""
    return shown(path.as_posix())


def _take(root: Path, path: Path, listing: Listing, seen: set[str]) -> None:
    if _seen(path, seen):
        return
    try:
        status = path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            listing.leave_out(root, path, LINKS[errno.ELOOP])
        else:
            listing.refuse(path, error)
        return
    if (words := not_a_file(status)) is not None:
        listing.leave_out(root, path, words)
    else:
        listing.files.append(LogFile(root, path, *_with_write_ahead_log(path, status)))


def _note(root: Path, path: Path, place: LogLocation, listing: Listing) -> None:
    try:
        status = path.stat()
    except OSError:
        return  # it is not a log of ours, so nothing is missing without it
    if stat.S_ISREG(status.st_mode) and status.st_size:
        listing.others.append((LogFile(root, path, status.st_size, status.st_mtime_ns), place))


def _walk(root: Path, top: Path, listing: Listing, seen: set[str]) -> Iterator[Path]:
    if _seen(top, seen):
        return

    def refuse(error: OSError) -> None:
        listing.refuse(Path(error.filename), error)

    for folder, subfolders, names in os.walk(top, onerror=refuse, followlinks=True):
        here = Path(folder)
        if subfolders and len(here.parts) - len(top.parts) >= DEEPEST:
            listing.leave_out(root, here, f"the folders in it are more than {DEEPEST} deep")
            subfolders.clear()
        subfolders[:] = [name for name in sorted(subfolders) if not _seen(here / name, seen)]
        yield from (here / name for name in sorted(names))


def _folder(top: Path, listing: Listing) -> list[Path]:
    try:
        return sorted(top.iterdir())
    except OSError as error:
        listing.refuse(top, error)
        return []


def _with_write_ahead_log(path: Path, status: os.stat_result) -> tuple[int, int]:
    """Size and time of a file; SQLite's newest rows are in a second file until they are taken over."""
    if path.suffix in DATABASES:
        try:
            log_stat = path.with_name(path.name + "-wal").stat()
        except OSError:
            return status.st_size, status.st_mtime_ns
        if log_stat.st_size:
            return status.st_size + log_stat.st_size, max(status.st_mtime_ns, log_stat.st_mtime_ns)
    return status.st_size, status.st_mtime_ns


def _seen(path: Path, seen: set[str]) -> bool:
    """Whether the place `path` leads to was met before; it counts as met from now on."""
    real = os.path.realpath(path)
    if real in seen:
        return True
    seen.add(real)
    return False


def _digest(part: str) -> str:
    return hashlib.sha256(part.encode("utf-8", "replace")).hexdigest()[:8]
