"""Writing a file so that a reader sees the old one or the new one, never a part."""

from __future__ import annotations

import errno
import os
import uuid
from contextlib import suppress
from pathlib import Path

from pipelines.errors import HomeError

TEMPORARY_PREFIX = ".writing-"


def write_atomically(path: Path, content: bytes, *, is_one_of_many: bool = False) -> None:
    """Put `content` at `path`: a temporary file alongside it, flushed to disk, then renamed over it.

    With `is_one_of_many` the folder is left for the caller to flush, once for all the files it writes there.

    Raises:
        HomeError: it cannot be written, as on a full disk; what was there before stays.
    """
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}")
    try:
        with temporary.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    if not is_one_of_many:
        flush_folder(path.parent)


def not_written(path: Path, error: OSError) -> HomeError:
    """The error on a file that cannot be written: the system's message, and what to do."""
    reason = error.strerror or str(error)
    advice = "make room" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "make it a place that can be written"
    if error.errno == errno.ENAMETOOLONG:
        advice = "give it a shorter name"
    return HomeError(f"{path} cannot be written ({reason}): {advice}, then try again; the existing file is unchanged")


def flush_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep_temporary_files(folder: Path) -> int:
    """Remove what killed writers left below `folder`; the caller has the lock of every writer there."""
    stale = list(folder.rglob(f"{TEMPORARY_PREFIX}*"))
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)
