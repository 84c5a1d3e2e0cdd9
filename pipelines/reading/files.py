"""Opening a path that anything may lie at: a regular file of a bounded size, or an OSError in words for people.

Belongs here: pipes, devices, sockets, links and folders, and how much is read. Does not: what a file's content means.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

LARGEST = 16_000_000_000
"""Bytes, unless the reader says less: more than any log or bill, and less than a sparse file can claim."""
KINDS = (
    (stat.S_ISREG, None),
    (stat.S_ISDIR, "it is a folder, not a file"),
    (stat.S_ISFIFO, "it is a named pipe, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a device, not a file"),
)
LINKS = {errno.ELOOP: "it is a link that leads back to itself", errno.ENOENT: "it is a link that leads nowhere"}
ADVICE = {
    errno.EACCES: "give this user read access",
    errno.EPERM: "give this user read access",
    errno.EFBIG: "divide it into smaller ones",
    errno.EILSEQ: "rename it",
    errno.EIO: "copy it again from its origin",
}
HIDDEN = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters that no name shows: control characters, bytes that are not UTF-8, ends of lines."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of text: the name that is seen would not be the name that is meant."""


def open_file(path: Path, *, largest: int = LARGEST) -> BufferedReader:
    """The file at `path`, open for reading; a link to one is followed.

    A pipe without a writer would be waited for without end, and opening a device can set it going. So the path is
    looked at first, opened without waiting, and looked at again: it may have become something else meanwhile.

    Raises:
        OSError: it is not a file, is larger than `largest` bytes, or cannot be opened; `strerror` says why.
    """
    with _links_in_words(path):
        _refuse(path, path.stat(), largest)
        handle = open(path, "rb", opener=_open_at_once)  # noqa: SIM115 - it is the caller's
    try:
        _refuse(path, os.fstat(handle.fileno()), largest)
    except OSError:
        handle.close()
        raise
    return handle


def refuse_what_is_not_a_file(path: Path, *, largest: int = LARGEST) -> None:
    """Look at what a library is about to open. For a database this must do: to open and close it frees its locks.

    Raises:
        OSError: as `open_file`.
    """
    with _links_in_words(path):
        _refuse(path, path.stat(), largest)


def content_of(path: Path, *, largest: int = LARGEST) -> bytes:
    """The content of the file at `path`.

    Raises:
        OSError: as `open_file`, or it cannot be read.
    """
    with open_file(path, largest=largest) as handle:
        # What the system calls a file of no bytes may give them without end, as files of the kernel do.
        content = handle.read(largest + 1) or b""
    if len(content) > largest:
        raise _too_large(path, largest)
    return content


def refuse_name(path: Path) -> None:
    """Refuse a file whose name cannot be printed on one line, because it names what is landed and every problem.

    Raises:
        OSError: `strerror` says what is wrong with it.
    """
    if shown(path.name) != path.name:
        raise OSError(errno.EILSEQ, "its name contains characters that cannot be displayed", str(path))


def not_read(error: OSError) -> str:
    """Why a file could not be read, and what to do about it."""
    return f"it cannot be read ({error.strerror or error}): {ADVICE.get(error.errno or 0, 'put a file in its place')}"


def is_there(path: Path) -> bool:
    """Whether anything lies at `path`, be it a link that leads nowhere: what is there is read or refused."""
    return os.path.lexists(path)


def not_a_file(status: os.stat_result) -> str | None:
    """What a path leads to that is not a file, in words; None for a file."""
    return next((words for is_kind, words in KINDS if is_kind(status.st_mode)), "it is not a file")


def shown(name: str) -> str:
    """A name or a path as it can be stored and printed on one line: what cannot be shown is an escape."""
    if name.isprintable():
        return name
    return "".join(character if _can_be_shown(character) else _escape(character) for character in name)


@contextmanager
def _links_in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in LINKS and path.is_symlink():
            raise OSError(error.errno, LINKS[error.errno], str(path)) from error
        raise


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _refuse(path: Path, status: os.stat_result, largest: int) -> None:
    if (words := not_a_file(status)) is not None:
        raise OSError(errno.EISDIR if stat.S_ISDIR(status.st_mode) else errno.EINVAL, words, str(path))
    if status.st_size > largest:
        raise _too_large(path, largest)


def _too_large(path: Path, largest: int) -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {largest:,} bytes", str(path))


def _can_be_shown(character: str) -> bool:
    return unicodedata.category(character) not in HIDDEN and character not in TURNING


def _escape(character: str) -> str:
    r"""`\xff` for a byte that is not UTF-8, which Python holds as a separate character; else Python's escape."""
    return os.fsencode(character).decode("utf-8", "backslashreplace") if _is_byte(character) else ascii(character)[1:-1]


def _is_byte(character: str) -> bool:
    return "\udc80" <= character <= "\udcff"
