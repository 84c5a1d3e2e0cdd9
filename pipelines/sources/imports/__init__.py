"""Providers' own export and invoice files, one file per format. A file here with `FORMAT` is found by itself.

Belongs here: how a format is known by its header, what its columns mean and in which unit, which of two files that
state the same day counts. Does not: what people write by hand (`manual`), or what an interface answers (`api`).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pipelines.sources.imports.format import ImportFormat
from pipelines.sources.statements import by_name


@cache
def import_formats() -> tuple[ImportFormat, ...]:
    """Every format of this folder, in order of name.

    Raises:
        ValueError: two of them have one name.
    """
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return by_name(module.FORMAT for module in modules if hasattr(module, "FORMAT"))
