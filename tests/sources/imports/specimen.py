"""What a specimen is: a small made-up file of one format and layout, and what it states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Specimen:
    """`states` are the columns of each record, in order of day, model, meter and amount; amounts as text.

    `finding` is what the figures may lack.
    """

    format: str
    layout: str
    content: str
    states: list[dict[str, Any]]
    finding: str | None = None
    accounts: set[str] = field(default_factory=lambda: {"default"})

    @property
    def id(self) -> str:
        return f"{self.format}: {self.layout}"
