"""Providers' interfaces, one file per kind of figures or names, found by its `SOURCE` or `NAMES`.

Belongs here: asking providers and turning answers into records. Does not: which money counts when two sources
see the same spend (dbt decides), or what runs when (Dagster).
"""

from __future__ import annotations

from functools import cache

from pipelines.domain.registry import members
from pipelines.sources.api.framework.naming import NameSource
from pipelines.sources.api.framework.source import ApiSource


@cache
def api_sources() -> tuple[ApiSource, ...]:
    """Every source of this folder, in order of name.

    Raises:
        ValueError: two of them have one name.
    """
    found = members(__name__, __path__, constant="SOURCE", kind=ApiSource, name_of=lambda source: source.name)
    return tuple(found.values())


@cache
def name_sources() -> tuple[NameSource, ...]:
    """How each provider that has names is asked for them, in order of provider.

    Raises:
        ValueError: two of them are for one provider.
    """
    found = members(__name__, __path__, constant="NAMES", kind=NameSource, name_of=lambda names: names.provider)
    return tuple(found.values())
