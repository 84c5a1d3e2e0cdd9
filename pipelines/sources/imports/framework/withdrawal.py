"""Moving a withdrawn file out of the inbox, so that no run takes it again, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from pipelines.sources.imports.framework.reading import digest_of

FOLDER = ".withdrawn"
"""Below the inbox; hidden, so that it is not read."""


def move_out(file: Path) -> Path | None:
    """Move a file of the inbox to where it is not read, and give its place; None if it is not there.

    Raises:
        EntryFileError: it cannot be read.
    """
    if not file.exists():
        return None
    target = file.parent / FOLDER / file.name
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target = target.with_name(f"{file.stem}-{digest_of(file)[:8]}{file.suffix}")
    file.replace(target)
    return target
