"""Signs that an agent was used whose records are not understood: a newer form, another name, a compressed file.

Belongs here: what tokens look like in any form. Does not: what one agent's records mean. Nothing is read into a row
from here, and nothing of a file is quoted: a sign is worth a sentence, never a figure.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from pipelines.reading.files import open_file
from pipelines.sources.local.framework import log_files
from pipelines.sources.local.framework.compressed import DamagedError, opened
from pipelines.sources.local.framework.log_files import Listing, LogFile, LogLocation
from pipelines.sources.local.framework.log_records import connected

COMPRESSED = (".zst", ".gz", ".bz2", ".xz", ".br", ".lz4", ".zip", ".7z")
TEXT_LOOKED_AT = 16 * 1024 * 1024
"""Bytes of one file. Use is reported all over a log, so what comes first shows it."""
BLOCK = 1024 * 1024
OTHERS_LOOKED_AT = 200
"""Files whose content is looked at in one run, the newest first."""
A_DAY_NS = 24 * 3600 * 10**9
SQLITE = b"SQLite format 3\0"

_COLUMNS = """
    SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'
"""
_ABOVE_0 = "SELECT 1 FROM {table} WHERE typeof({column}) IN ('integer', 'real') AND {column} > 0 LIMIT 1"
_ABOVE_0_IN_JSON = rb'(?:[1-9]|"[1-9]\d{0,11}")'
_TOKENS = re.compile(
    rb'"([\w.$-]*(?:token|usage)[\w.$-]*)"\s*'
    rb"(?::\s*(?:%(above_0)s|\{[^{}]{0,500}?:\s*%(above_0)s)|,\s*\"value\"\s*:\s*\{\s*\"\w+\"\s*:\s*%(above_0)s)"
    % {b"above_0": _ABOVE_0_IN_JSON},
    re.IGNORECASE,
)
"""A key that mentions tokens, with a number, an object with one, or a value as OpenTelemetry writes attributes."""
_NOT_USED = re.compile(r"limit|max|budget|window|expir|threshold|quota|context|auth|refresh", re.IGNORECASE)
"""What names of settings and of keys hold, and names of counts do not."""


def has_token_counts(path: Path) -> bool:
    """Whether a file reports that tokens were used, in whatever form: a key that mentions tokens, above 0."""
    try:
        with open_file(path) as handle:
            is_database = handle.read(len(SQLITE)) == SQLITE
        return (is_database and _database_has_token_counts(path)) or _text_has_token_counts(path)
    except (OSError, DamagedError):
        return False


def unread_files(listing: Listing) -> list[LogFile]:
    """The files alongside an agent's logs that hold use which is not read.

    Compressed logs always; else files that report tokens, or that are not text in a folder with logs only and no log
    does, unless they are a day older than the newest log: what an older version left behind was taken over or read.
    """
    newest = max((file.modified_ns for file in listing.files), default=0)
    found = []
    for file, place in sorted(listing.others, key=lambda other: -other[0].modified_ns)[:OTHERS_LOOKED_AT]:
        is_new = file.modified_ns > newest - A_DAY_NS
        if _is_compressed_log(file, place) or (is_new and _contains_usage(file, place, any_log=bool(listing.files))):
            found.append(file)
    return found


def files_elsewhere(roots: Iterable[Path]) -> list[LogFile]:
    """The files anywhere below an agent's folders that report tokens: for an agent without any log where logs lie."""
    return unread_files(log_files.find(roots, [LogLocation("", (), is_shared=True)]))


def _is_compressed_log(file: LogFile, place: LogLocation) -> bool:
    below = file.path.relative_to(file.root / place.folder)
    return below.suffix.lower() in COMPRESSED and place.matches(below.with_suffix("").as_posix())


def _contains_usage(file: LogFile, place: LogLocation, *, any_log: bool) -> bool:
    if has_token_counts(file.path):
        return True
    return not place.is_shared and not any_log and not _is_text(file.path)


def _is_text(path: Path) -> bool:
    """Whether a file can be read as text: one that can, and reports no tokens, contains no use."""
    try:
        with open_file(path) as handle:
            start = handle.read(4096)
    except OSError:
        return True
    if b"\0" in start or start.startswith(SQLITE):
        return False
    try:
        start[: max(len(start) - 4, 1)].decode()  # the last character may have been cut
    except UnicodeDecodeError:
        return False
    return True


def _text_has_token_counts(path: Path) -> bool:
    return any(
        not _NOT_USED.search(found[1].decode("ascii", "replace"))
        for block in _blocks(path)
        for found in _TOKENS.finditer(block)
    )


def _blocks(path: Path) -> Iterator[bytes]:
    """The file's first bytes, unpacked, in overlapping blocks, so that nothing is cut apart at the end of one."""
    with opened(path) as handle:
        before = b""
        for _ in range(TEXT_LOOKED_AT // BLOCK):
            block = handle.read(BLOCK)
            if not block:
                return
            yield before + block
            before = block[-1024:]


def _database_has_token_counts(path: Path) -> bool:
    """Whether a column that is named after tokens contains a number above 0."""
    try:
        with closing(connected(path)) as connection:
            return any(
                connection.execute(_ABOVE_0.format(table=_quoted(table), column=_quoted(column))).fetchone()
                for table, column in connection.execute(_COLUMNS).fetchall()
                if "token" in column.lower() and not _NOT_USED.search(column)
            )
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
