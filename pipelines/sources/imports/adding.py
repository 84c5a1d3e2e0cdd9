"""Putting a file into the inbox: whole or not at all, with the time it was written, by which later exports are told."""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path

from pipelines.errors import ConfigError


def copy_in(file: Path, inbox: Path, *, replace: bool) -> Path:
    """A copy of `file` in the inbox, under its own name.

    Raises:
        ConfigError: another file of that name is there, and it is not to be replaced.
    """
    target = inbox / file.name
    if target.exists() and not replace and not filecmp.cmp(file, target, shallow=False):
        raise ConfigError(f"{target} is another file of that name: rename yours, or put it in its place with --replace")
    unfinished = inbox / f".{file.name}.part"
    shutil.copyfile(file, unfinished)
    os.utime(unfinished, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    unfinished.replace(target)
    return target
