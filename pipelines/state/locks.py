"""Locks that end with the process that holds them, however it ends: the kernel frees them, so no lock is left over.

Belongs here: one run at a time in a home, and knowing whether the process of a run still lives. Does not: the locks of
landing, which belong to its writers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.errors import BusyError
from pipelines.state.aside import set_folder_aside

RUN_LOCK = "run.lock"
RUN_LOCK_WAIT_SECONDS = 300.0
LOOK_SECONDS = 5.0
"""Longer than another process takes to look whether a lock is held."""

_locked_until_exit: dict[Path, FileLock] = {}


def lock_of(path: Path) -> FileLock:
    """The lock at `path`, one object for all who ask for it in this process, so that a holder may take it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    set_folder_aside(path, "Nothing else changes.")
    return FileLock(path.resolve(), is_singleton=True, thread_local=False)


@contextmanager
def run_lock(
    state: Path, waiting: Callable[[str], None], wait_seconds: float = RUN_LOCK_WAIT_SECONDS
) -> Iterator[None]:
    """Hold a home: no other process runs in it until the block ends.

    Args:
        state: the folder `state` of the home.
        waiting: is called once with a sentence, if another run has to end first.
        wait_seconds: how long to wait for that.

    Raises:
        BusyError: the other run has not ended.
    """
    lock = lock_of(state / RUN_LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = f"another run ({process_of(lock_path(lock))}) is using {state.parent}"
        waiting(f"{holder}: waiting for it to end")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            waited = f"{wait_seconds:g} seconds"
            raise BusyError(f"{holder} and has not ended within {waited}: run again when it has ended") from error
    try:
        _sign(lock_path(lock))
        yield
    finally:
        lock.release()


def lock_until_exit(path: Path) -> None:
    """Hold the lock at `path` until this process ends.

    Raises:
        BusyError: another process holds it.
    """
    if path in _locked_until_exit:
        return
    lock = lock_of(path)
    try:
        lock.acquire(timeout=LOOK_SECONDS)
    except Timeout as error:
        raise BusyError(f"{path} is locked by {process_of(path)}: run again when it has ended") from error
    _sign(path)
    _locked_until_exit[path] = lock


def is_lock_taken_elsewhere(path: Path) -> bool:
    """Whether another process that lives has the lock at `path`."""
    lock = lock_of(path)
    was_locked_here = lock.is_locked
    content = path.read_bytes() if path.exists() else b""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    if not was_locked_here:
        # Taking the lock has emptied the file, which says whose it was.
        path.write_bytes(content)
    lock.release()
    return False


def is_lock_taken(path: Path) -> bool:
    """Whether a process that lives, this one included, has the lock at `path` for its life."""
    return path in _locked_until_exit or is_lock_taken_elsewhere(path)


def process_of(path: Path) -> str:
    """The process that holds, or last held, the lock at `path`, in words."""
    try:
        number = int(path.read_text())
    except (OSError, ValueError):
        return "unknown process"
    return f"process {number}"


def lock_path(lock: FileLock) -> Path:
    """The file of `lock`."""
    return Path(lock.lock_file)


def _sign(path: Path) -> None:
    """Write the number of this process into a lock file, for people; on Windows a held file cannot be written."""
    with suppress(OSError):
        path.write_text(str(os.getpid()))
