"""Every source that this version knows, of all kinds, with what its figures are: the rows of landing.sources.

Belongs here: joining the registries. Does not: what a source states of itself, which stands in its own file.
"""

from __future__ import annotations

from functools import cache

from pipelines.sources.api import api_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework import mapped
from pipelines.sources.local import local_agents
from pipelines.sources.manual import csv_entries, recurring
from pipelines.sources.statements import SourceStatement, by_name


@cache
def known_sources() -> tuple[SourceStatement, ...]:
    """What each source states of itself, in order of name.

    Raises:
        ValueError: two sources have one name, be they of two kinds.
    """
    return by_name(
        (
            csv_entries.STATED,
            recurring.STATED,
            mapped.STATED,
            *(source.stated for source in api_sources()),
            *(known.stated for known in import_formats()),
            *(agent.stated for agent in local_agents()),
        )
    )
