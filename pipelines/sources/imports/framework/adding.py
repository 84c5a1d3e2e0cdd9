"""Putting a file into the inbox: completely or not at all, with its time, which identifies later exports."""

from __future__ import annotations

import filecmp
import os
import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from pipelines.errors import ConfigError
from pipelines.landing.files import TEMPORARY_PREFIX, not_written


def copy_in(file: Path, inbox: Path, *, replace: bool) -> Path:
    """A copy of `file` in the inbox, under its name.

    Raises:
        ConfigError: another file of that name is there, and it is not to be replaced.
        HomeError: it cannot be copied, as on a full disk; the inbox is as it was.
    """
    target = inbox / file.name
    unfinished = inbox / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}"
    try:
        if target.exists() and not replace and not filecmp.cmp(file, target, shallow=False):
            raise ConfigError(
                f"{target} is another file of that name: rename yours, or put it in its place with --replace"
            )
        shutil.copyfile(file, unfinished)
        os.utime(unfinished, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
        unfinished.replace(target)
    except OSError as error:
        raise not_written(target, error) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return target
