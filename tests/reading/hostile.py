"""What may lie where a file is expected: each kind, made at a path, and the words that it is refused with."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

HUGE = 17_000_000_000
"""Bytes, of which the disk holds none: larger than any limit."""
SECONDS = 20.0
"""A pipe is waited for without end, a device read without end. A refusal takes far less, but for a busy machine."""


@dataclass(frozen=True)
class Kind:
    """One kind; `words` are what is reported of it wherever it lies."""

    id: str
    make: Callable[[Path], object]
    words: str
    is_file: bool = False


def _socket(path: Path) -> None:
    # A path longer than a socket's name may be is reached from its folder.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(HUGE)


KINDS = (
    Kind("a named pipe", os.mkfifo, "it is a named pipe, not a file"),
    Kind("a socket", _socket, "it is a socket, not a file"),
    Kind("a link to a device", lambda path: path.symlink_to("/dev/zero"), "it is a device, not a file"),
    Kind("a link to itself", lambda path: path.symlink_to(path.name), "it is a link that leads back to itself"),
    Kind("a link to nothing", lambda path: path.symlink_to("nowhere"), "it is a link that leads nowhere"),
    Kind("a huge file", _huge, "it is larger than ", is_file=True),
)
FOLDER = Kind("a folder", Path.mkdir, "it is a folder")


@contextmanager
def at_once() -> Iterator[None]:
    """The block ends within `SECONDS`, or fails where it stands."""

    def fail(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"still not refused after {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
