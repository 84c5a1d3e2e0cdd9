"""Which build of a home is shown: for whoever reads figures, without what makes builds."""

from __future__ import annotations

import os
from pathlib import Path

BUILDS = "builds"
CURRENT = "current"
PUBLISHED = "warehouse/published.duckdb"


def current_build(home: Path) -> Path | None:
    """The folder of the build that is shown below `home`, a data folder; None before the first one."""
    pointer = home / BUILDS / CURRENT
    if pointer.is_file():  # where links are not to be had
        pointer = home / BUILDS / os.fsdecode(pointer.read_bytes())
    return pointer.resolve() if pointer.is_dir() else None


def published_file(home: Path) -> Path:
    """The file of figures to open below `home`; that of an older version where no build was shown yet."""
    return (current_build(home) or home) / PUBLISHED
