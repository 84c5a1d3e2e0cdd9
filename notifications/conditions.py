"""What a rule finds: a condition that applies now, of one subject and period.

Belongs here: the shape of a condition and its identity. Does not: what became of it over time (lifecycle.py), or how it
is worded (messages.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from notifications.alerts import Severity
from notifications.sparkline import Sparkline

ID_LENGTH = 8
Figures = tuple[tuple[str, str], ...]
"""What a message lists: (label, value) in order."""
Scope = Mapping[str, tuple[str, ...]]
"""Whose money it is, by dimension; empty: everybody's."""


@dataclass(frozen=True)
class Bar:
    """A share of 100 that a message shows as a bar, such as how much of a budget is spent."""

    label: str
    percent: int


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Something that a person should know.

    `rule`, `subject` and `period` together are its identity. `level` only counts where it grows; `basis` is what the
    level is measured against, so that a budget of another amount is reported again. `is_over`: it has happened and no
    longer applies, so it is reported once and is resolved. `money` is what it is about, by which a digest is ordered.
    `facts` are what its template words, and `sparkline` is its course by day, which mail has as a picture.
    """

    rule: str
    subject: str
    severity: Severity
    headline: str
    period: str = ""
    level: float = 0
    basis: str = ""
    is_over: bool = False
    money: Decimal | None = None
    currency: str | None = None
    figures: Figures = ()
    bars: tuple[Bar, ...] = ()
    sparkline: Sparkline | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = field(default_factory=dict)
    channels: tuple[str, ...] | None = None

    @property
    def alert_id(self) -> str:
        """The name by which people refer to its alert, the same for as long as there is one."""
        identity = f"{self.rule}\x00{self.subject}\x00{self.period}"
        return hashlib.sha256(identity.encode()).hexdigest()[:ID_LENGTH]
