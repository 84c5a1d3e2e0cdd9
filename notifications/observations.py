"""What rules look at; the composition root fills it from the marts and from what else it knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Observations:
    """Everything the rules may look at, at one moment.

    `rows` are those of each rule's `row` class, by the rule's name; a rule that is not a key was not asked. `as_of` is
    the moment that they represent. `is_sample`: they are the sample company's.
    """

    rows: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    as_of: datetime = UNKNOWN
    is_sample: bool = False
