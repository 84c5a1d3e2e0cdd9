"""Providers' export and invoice files, one file per format. A file here with `FORMAT` is found by itself.

Belongs here: how a format is known by its header, what its columns mean and in which unit, which of two files that
state the same day counts. Does not: what people write manually (`manual`), or what an interface answers (`api`).
"""

from __future__ import annotations

from functools import cache

from pipelines.domain.registry import members
from pipelines.sources.imports.framework.format import ImportFormat


@cache
def import_formats() -> tuple[ImportFormat, ...]:
    """Every format of this folder, in order of name.

    Raises:
        ValueError: two of them have one name.
    """
    found = members(__name__, __path__, constant="FORMAT", kind=ImportFormat, name_of=lambda known: known.name)
    return tuple(found.values())
