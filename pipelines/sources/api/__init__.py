"""Providers' own interfaces, one file per kind of figures. A file here with `SOURCE` is found by itself.

Belongs here: asking providers and turning answers into records. Does not: which money counts when two sources
see the same spend (dbt decides), or what runs when (Dagster).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pipelines.sources.api.source import ApiSource


@cache
def api_sources() -> tuple[ApiSource, ...]:
    """Every source of this folder, in order of name."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    return tuple(sorted(found, key=lambda source: source.name))
