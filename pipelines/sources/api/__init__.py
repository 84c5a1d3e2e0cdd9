"""Providers' own interfaces, one file per kind of figures or names, found by its `SOURCE` or `NAMES`.

Belongs here: asking providers and turning answers into records. Does not: which money counts when two sources
see the same spend (dbt decides), or what runs when (Dagster).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from pipelines.sources.api.naming import NameSource
from pipelines.sources.api.source import ApiSource
from pipelines.sources.statements import by_name


@cache
def api_sources() -> tuple[ApiSource, ...]:
    """Every source of this folder, in order of name."""
    return by_name(module.SOURCE for module in _modules() if hasattr(module, "SOURCE"))


@cache
def name_sources() -> tuple[NameSource, ...]:
    """How each provider that has names is asked for them, in order of provider."""
    found = [module.NAMES for module in _modules() if hasattr(module, "NAMES")]
    return tuple(sorted(found, key=lambda names: names.provider))


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
