"""Setting a damaged file aside, so that a new one can take its place and nobody loses what was in the old one."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

MOST_COPIES = 3
"""How many damaged copies of one file are stored: the newest ones."""
_ENDING = re.compile(r"\.damaged-\d{8}T\d{6}-\d{6}$")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AsideFile:
    """A damaged file or folder that was set aside at `path`, in place of `original`."""

    path: Path
    original: Path


def set_aside(path: Path, reason: str, effect: str) -> Path:
    """Rename `path`, a file or a folder, to `<name>.damaged-<UTC time>`, and say so in a warning.

    Args:
        path: what is damaged.
        reason: why it cannot be used, to be read after the path: "is not a database".
        effect: what that means for whoever reads the warning, a sentence.

    Returns:
        Where it lies now. Of one name the newest `MOST_COPIES` are stored.

    Raises:
        OSError: it cannot be renamed.
    """
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S-%f}")
    path.rename(aside)
    older = sorted(found.path for found in files_set_aside(path.parent) if found.original == path)
    for copy in older[:-MOST_COPIES]:
        if copy.is_dir():
            shutil.rmtree(copy)
        else:
            copy.unlink()
            copy.with_name(f"{copy.name}-wal").unlink(missing_ok=True)  # the journal of a SQLite file
    _logger.warning("%s %s: set aside as %s. %s", path, reason, aside.name, effect)
    return aside


def set_folder_aside(path: Path, effect: str) -> None:
    """Set aside a folder that is at `path`, where a file belongs."""
    if path.is_dir():
        set_aside(path, "is a folder where a file belongs", effect)


def remove_or_set_aside(path: Path, effect: str) -> None:
    """Make way at `path` for a file that is rebuilt: a file there is removed, a folder set aside."""
    set_folder_aside(path, effect)
    path.unlink(missing_ok=True)


def make_folder(path: Path, effect: str) -> None:
    """Make the folder `path` if there is none; a file in its place is set aside."""
    if path.exists() and not path.is_dir():
        set_aside(path, "is a file where a folder belongs", effect)
    path.mkdir(parents=True, exist_ok=True)


def files_set_aside(folder: Path) -> Iterator[AsideFile]:
    """What was set aside directly below `folder`, in order of name."""
    for path in sorted(folder.glob("*.damaged-*")):
        if ending := _ENDING.search(path.name):
            yield AsideFile(path, path.with_name(path.name[: ending.start()]))
