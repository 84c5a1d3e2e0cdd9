"""What the figures of each source are, and how near they are to what is charged: stated in the source's file.

Belongs here: the terms in which a source reports it, and the rules that every registry holds. Does not: which source
wins a day (dbt_project/, which reads these rows as landing.sources), or any single source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from pipelines.domain.source_kinds import SourceKind


class StatementKind(StrEnum):
    """What kind of statement a source's figures are."""

    ENTRY = "entry"
    """entered by a person: counts in addition to everything else"""
    BILL = "bill"
    """what the provider or seller charges an account, by full days: a covered day without an amount costs 0"""
    AMOUNTS = "amounts"
    """amounts of the provider, of which some may be missing: a day without one is unknown"""
    USAGE = "usage"
    """the provider's count of usage, valued at list price"""
    CLOUD_BILL = "cloud_bill"
    """a reseller's bill, of which only the AI services are taken"""
    ESTIMATE = "estimate"
    """a gateway's estimate of the cost of usage through it"""
    LOG = "log"
    """usage logged by a coding agent on a machine"""
    SECOND_VIEW = "second_view"
    """money that another source of the same provider reports: never counted"""


OF_THE_PROVIDER = frozenset({StatementKind.BILL, StatementKind.AMOUNTS, StatementKind.USAGE})
"""Statements of whoever charges for the use: what is spent through an account is in them."""

BILLS = frozenset({StatementKind.BILL, StatementKind.CLOUD_BILL})
"""Statements that are final some time after what they charge for."""


@dataclass(frozen=True, kw_only=True)
class SourceStatement:
    """A row of landing.sources.

    Args:
        source_kind: where its figures come from.
        source: its name in every record.
        provider: whose account it reads; None where each record names it.
        title: what people call it.
        statement: what its money is, in words.
        statement_kind: the same as a term.
        precedence: the least that reports an amount wins an account's day; 0 is entered by a person, None never counts.
        final_after: of a bill: days after the end of a day from which on its amounts are final, and a day without one
            costs nothing; of a cloud bill: days after the end of a month.

    Raises:
        ValueError: its parts contradict each other.
    """

    source_kind: SourceKind
    source: str
    provider: str | None
    title: str
    statement: str
    statement_kind: StatementKind
    precedence: int | None
    final_after: int | None = None

    def __post_init__(self) -> None:
        if not self.statement.strip():
            raise ValueError(f"{self.source}: set `statement` to the meaning of its amounts")
        if (self.precedence is None) is not (self.statement_kind is StatementKind.SECOND_VIEW):
            raise ValueError(f"{self.source}: only a second view has no precedence")
        if (self.precedence == 0) is not (self.statement_kind is StatementKind.ENTRY):
            raise ValueError(f"{self.source}: only manual entries have precedence 0")
        if (self.final_after is None) is (self.statement_kind in BILLS):
            raise ValueError(f"{self.source}: only a bill sets `final_after`, when it is final")

    @property
    def name(self) -> str:
        """The source's name, by which registries distinguish them."""
        return self.source

    @property
    def is_provider_statement(self) -> bool:
        """Whether it is what the provider itself charges or counts."""
        return self.statement_kind in OF_THE_PROVIDER

    def row(self) -> dict[str, Any]:
        """The columns of landing.sources."""
        return {**asdict(self), "is_provider_statement": self.is_provider_statement}


class Named(Protocol):
    """What a registry holds."""

    @property
    def name(self) -> str:
        """The name that its records have."""
        ...


Registered = TypeVar("Registered", bound=Named)


def by_name(found: Iterable[Registered]) -> tuple[Registered, ...]:
    """What a registry found, in order of name.

    Raises:
        ValueError: two of them have one name, so that nobody could tell their records apart.
    """
    known: dict[str, Registered] = {}
    for member in found:
        if member.name in known:
            raise ValueError(f"two sources are named {member.name!r}: rename one of them")
        known[member.name] = member
    return tuple(known[name] for name in sorted(known))
