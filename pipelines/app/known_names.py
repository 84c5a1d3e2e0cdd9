"""The names that this version and a data folder know, against which ai-costs.yaml is checked.

Belongs here: gathering them from the rooms. Does not: judging (config/coherence.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from genai_prices.data_snapshot import get_snapshot

from notifications.period_digests import RULE_NAME as DIGEST
from notifications.rules import rules
from pipelines.config.known import KnownNames
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import EntryFileError, LandingError
from pipelines.exports import formats, scheduled
from pipelines.landing import LandingStore
from pipelines.sources.api import api_sources
from pipelines.sources.balances import balance_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.local import local_agents
from pipelines.sources.manual.csv_entries import read_content
from pipelines.sources.manual.files import manual_files
from pipelines.sources.manual.guidance import WHERE


@cache
def known_names() -> KnownNames:
    """The names of the sources, of agents, of exports, and of whoever's bill is known to be entered manually."""
    billed = {known.provider for known in import_formats() if known.provider is not None}
    return KnownNames(
        providers=frozenset(source.provider for source in api_sources()),
        sold_by=frozenset(WHERE) | billed,
        accounts=frozenset(agent.account for agent in local_agents()),
        is_seen=is_seen,
        agents=frozenset(agent.name for agent in local_agents()),
        export_formats=tuple(formats()),
        variables=_variables(),
        keys=_keys(),
        routed=frozenset({*(rule.name for rule in rules()), DIGEST}),
        rules={rule.name: rule.threshold.meaning if rule.threshold else None for rule in rules()},
        wrong_in=scheduled.problems,
    )


def _variables() -> dict[str, str]:
    """The environment variables that agents look at, those that several look at last."""
    named = Counter(name for agent in local_agents() for name in agent.variables)
    purposes = {name: purpose for agent in local_agents() for name, purpose in agent.variables.items()}
    return {name: purposes[name] for name in sorted(purposes, key=lambda name: named[name] > 1)}


def _keys() -> dict[str, str]:
    """The usual variable of each provider's key -> which key it is, and where one is made; in order of provider."""
    purposes: dict[str, dict[str, None]] = {}
    keys = {(source.provider, source.key) for source in api_sources()}
    keys |= {(provider, source.key) for provider, source in balance_sources().items()}
    for provider, key in sorted(keys, key=lambda pair: (pair[0], pair[1].needed)):
        purposes.setdefault(key.variable, {})[f"{provider}: {key.needed}; made at {key.made_at}"] = None
    return {variable: " ".join(sentences) for variable, sentences in purposes.items()}


def is_seen(home: Path, name: str) -> bool:
    """Whether the price list, a landed row or an entry has a provider or an account of this name."""
    if name in {provider.id for provider in get_snapshot().providers}:
        return True
    return name in _landed(home) or any(name.encode() in content for content in _entered(home / "manual"))


def _entered(folder: Path) -> Iterator[bytes]:
    for path in manual_files(folder):
        # What cannot be read is reported by reading it for its entries.
        with suppress(EntryFileError):
            yield read_content(path)


def _landed(home: Path) -> set[str]:
    landing, found = LandingStore(home / "landing"), set()
    try:
        for feed in landing.feeds():
            if feed.source_kind is SourceKind.MANUAL:
                rows = landing.read(feed, columns=["provider", "account_name"])
                found |= {value for column in rows.itercolumns() for value in column.unique().to_pylist()}
            else:
                found.add(feed.name)
    except LandingError:
        # A damaged landing stops the run by itself, and says why.
        return found
    return found
