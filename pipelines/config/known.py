"""The names that a configuration may refer to, and what a name that is none of them was probably meant to be.

Belongs here: telling a slip of the pen from a name of the user. Does not: what the names are, which the rooms above
hand in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from pipelines.config.exports import ScheduledExport

ALIKE = 0.8
SHORTEST_PART = 2
"""A part of a name that is so short, or contains a digit, is what tells names of the user apart: team-a, lab2."""


def never(_home: Path, _name: str) -> bool:
    """No name is known from what was landed or entered."""
    return False


def nothing_wrong(_export: ScheduledExport) -> Iterable[tuple[str, str]]:
    """No export is checked."""
    return ()


@dataclass(frozen=True)
class KnownNames:
    """What the other rooms know.

    `providers` are those whose accounts a source reads, empty where that is not known; `sold_by` those that entries and
    prices may be of. `accounts` are accounts that nobody configures, such as those of coding agents. `is_seen` says of
    a home folder whether a provider or account of this name was landed or entered there; it is asked only about a name
    that looks mistaken. `agents` are the coding agents whose logs are read, and `export_formats` the formats of
    exports; empty where that is not known. `variables` are the environment variables that agents look at, and `keys`
    those that usually hold the keys of accounts, each with what it is for. `wrong_in` gives what no format or column of
    exports allows in an export, as (setting, sentence). `rules` are those of alerts, each with what its
    threshold means; `routed` are what routes of channels may name: rules, and what is alerted without one.
    """

    providers: frozenset[str] = frozenset()
    sold_by: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    is_seen: Callable[[Path, str], bool] = never
    agents: frozenset[str] = frozenset()
    export_formats: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str | None] = field(default_factory=dict)
    routed: frozenset[str] = frozenset()
    wrong_in: Callable[[ScheduledExport], Iterable[tuple[str, str]]] = nothing_wrong


def meant(name: str, known: Collection[str]) -> str | None:
    """The known name that `name` is a slip of; None: it is one of them, or a separate name."""
    if name in known:
        return None
    for other in sorted(known):
        if name.casefold() == other.casefold():
            return other
    close = [(likeness, other) for other in sorted(known) if (likeness := _likeness(name, other)) >= ALIKE]
    return max(close)[1] if close else None


def _likeness(name: str, other: str) -> float:
    parts, others = (re.split(r"[\W_]+", text.casefold()) for text in (name, other))
    if len(parts) != len(others):
        return SequenceMatcher(None, name, other).ratio() if _same_letters(name, other) else 0
    differing = [pair for pair in zip(parts, others, strict=True) if pair[0] != pair[1]]
    if any(min(map(len, pair)) <= SHORTEST_PART or re.search(r"\d", "".join(pair)) for pair in differing):
        return 0
    return min((SequenceMatcher(None, *pair).ratio() for pair in differing), default=1.0)


def _same_letters(name: str, other: str) -> bool:
    """Whether two names differ in nothing but what separates their parts: acmeopenai and acme-openai."""
    return re.sub(r"[\W_]+", "", name.casefold()) == re.sub(r"[\W_]+", "", other.casefold())
