"""Files that are made of landing alone and save reading all of it: each contains the hash of its content.

Belongs here: writing them so that losing one, or not being able to write one, costs time and no figure. Does not: what
is in one.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from pipelines.errors import HomeError
from pipelines.landing.files import write_atomically
from pipelines.reading.files import content_of

_HASH_SIZE = hashlib.sha256().digest_size


def read(path: Path) -> bytes | None:
    """What was written at `path`; None where nothing was, or it is not as it was written."""
    try:
        content = content_of(path)
    except OSError:
        return None
    content, reported = content[:-_HASH_SIZE], content[-_HASH_SIZE:]
    return content if hashlib.sha256(content).digest() == reported else None


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path` for the next run; a folder that cannot be written makes that run read more."""
    with suppress(HomeError):
        write_atomically(path, content + hashlib.sha256(content).digest())
