"""Every source that this version knows, of all kinds, with what its figures are: the rows of landing.sources.

Belongs here: joining the registries. Does not: what a source states of itself, which is in its file.
"""

from __future__ import annotations

from functools import cache

from pipelines.domain.source_kinds import SourceKind
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.source import ApiSource
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework import mapped
from pipelines.sources.imports.framework.format import ImportFormat
from pipelines.sources.local import local_agents
from pipelines.sources.manual import csv_entries, recurring
from pipelines.sources.statements import BILLS, SourceStatement, by_name


def statement_of(source: ApiSource | ImportFormat, kind: SourceKind) -> SourceStatement:
    """What the figures of an interface or a file are, as the choice of money reads it."""
    return SourceStatement(
        source_kind=kind,
        source=source.name,
        provider=source.provider,
        title=source.title,
        statement=source.statement,
        statement_kind=source.statement_kind,
        precedence=source.precedence,
        final_after=source.final_after if source.statement_kind in BILLS else None,
    )


@cache
def known_sources() -> tuple[SourceStatement, ...]:
    """What each source states of itself, in order of name.

    Raises:
        ValueError: two sources have one name, be they of two kinds.
    """
    return by_name(
        (
            csv_entries.SOURCE_STATEMENT,
            recurring.SOURCE_STATEMENT,
            mapped.SOURCE_STATEMENT,
            *(statement_of(source, SourceKind.API) for source in api_sources()),
            *(statement_of(known, SourceKind.IMPORT) for known in import_formats()),
            *(agent.reported for agent in local_agents()),
        )
    )
