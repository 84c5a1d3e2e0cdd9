"""Which files a piece of code opens, as Python itself reports it (an audit event); libraries in C do not report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

_listening: list[list[Path]] = []


@contextmanager
def files_opened() -> Iterator[list[Path]]:
    """Every path that is opened until the block ends, in order."""
    _begin_listening()
    opened: list[Path] = []
    _listening.append(opened)
    try:
        yield opened
    finally:
        _listening.remove(opened)


@cache
def _begin_listening() -> None:
    """Once: nothing can be taken from what listens to audit events."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    # `open` with an opener is reported twice: by itself, and by the `os.open` that its opener calls, without a mode.
    if event == "open" and _listening and arguments[1] is not None and isinstance(arguments[0], str | bytes | Path):
        path = Path(os.fsdecode(arguments[0]))
        for opened in _listening:
            opened.append(path)
