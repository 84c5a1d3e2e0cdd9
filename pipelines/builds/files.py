"""The files of a build's folder: which there are, carrying them over by hard links, and putting one in its place."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from pipelines.builds.manifest import MANIFEST
from pipelines.landing.files import flush_folder, not_written

TEMPORARY_PREFIX = ".showing-"
"""Of files that only a writer of builds makes, one at a time; exports have another one, of which many are written."""


def files_below(folder: Path) -> set[str]:
    """The outputs in a build's folder, by their paths there."""
    found = {file.relative_to(folder) for file in folder.rglob("*") if file.is_file() and file.name != MANIFEST}
    return {path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)}


def link_files(source: Path, target: Path, paths: Iterable[str]) -> None:
    """Carry `paths` over from one folder to another."""
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        # A file that is gone keeps its entry in the manifest, by which it is missed.
        with suppress(FileNotFoundError):
            link_or_copy(source / path, target / path)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name; where the file system has no such names, a copy with the same moment of change."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)


def is_same(one: Path, other: Path) -> bool:
    """Whether `other` is still what was linked or copied from `one`, not a file that was put in its place."""
    try:
        first, second = one.stat(), other.stat()
    except FileNotFoundError:
        return False
    return first.st_ino == second.st_ino or (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def put(path: Path, make: Callable[[Path], object]) -> None:
    """Let `make` write alongside `path`, and put the result in its place by a rename.

    Raises:
        HomeError: it cannot be written; what was there before stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}")
    try:
        make(temporary)
        temporary.replace(path)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file, or a folder with what is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
