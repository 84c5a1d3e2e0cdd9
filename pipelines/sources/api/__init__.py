"""Providers' own interfaces, one file per kind of figures. A file here with `SOURCE` is found by itself.

Belongs here: asking providers and turning answers into records. Does not: which money counts when two sources
see the same spend (dbt decides), or what runs when (Dagster).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pipelines.sources.api.source import ApiSource
from pipelines.sources.statements import by_name


@cache
def api_sources() -> tuple[ApiSource, ...]:
    """Every source of this folder, in order of name.

    Raises:
        ValueError: two of them have one name.
    """
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return by_name(module.SOURCE for module in modules if hasattr(module, "SOURCE"))
