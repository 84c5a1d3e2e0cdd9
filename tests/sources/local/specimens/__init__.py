"""One log of every coding agent with the rows it lands, for the contract that all of them keep.

A file here with `SPECIMEN` is found by itself; it has the agent's name.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sources.local.agent_logs import moment


@dataclass(frozen=True)
class Specimen:
    """A log of one agent. `write(root, tag, count)` writes the first `count` replies of the log called `tag`.

    `kinds` are the landed token columns it states alongside input and output; `totals`: one row for a whole session.
    `copied_to` is where a copy of the log `a` may lie, below the root, None: only in another root. `apart`: replies of
    other logs are some milliseconds apart, because nothing else tells them. `counts` are the names that the log has for
    the counts that decide what is landed.
    """

    agent: str
    log: str
    write: Callable[[Path, str, int], Path]
    model: str | None
    provider: str
    counts: tuple[str, ...] = field(kw_only=True)
    kinds: tuple[str, ...] = ("cache_read_tokens", "cache_write_other_tokens")
    reasons: bool = False
    project: str | None = None
    session: str = "session-{tag}"
    totals: bool = False
    copied_to: str | None = None
    apart: bool = False

    def expected(self, tag: str, count: int) -> list[dict[str, Any]]:
        """What the first `count` replies of the log `tag` land, in order."""
        ranges = [range(count)] if self.totals else [range(n, n + 1) for n in range(count)]
        return [self._row(tag, numbers) for numbers in ranges if numbers]

    def _row(self, tag: str, numbers: range) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {
            "period_start": moment(numbers[0], tag if self.apart else "a"),
            "model_raw": self.model,
            "provider": self.provider,
        }
        row |= {"project": self.project, "session_id": self.session.format(tag=tag)}
        row |= {"requests": None if self.totals else 1, "input_uncached_tokens": sum(10 + n for n in numbers)}
        row |= {kind: KINDS[kind] * len(numbers) for kind in self.kinds}
        row |= {"output_tokens": 40 * len(numbers)}
        return row | ({"reasoning_tokens": 5 * len(numbers)} if self.reasons else {})


KINDS = {
    "cache_read_tokens": 20,
    "cache_write_5m_tokens": 30,
    "cache_write_1h_tokens": 0,
    "cache_write_other_tokens": 30,
}
COLUMNS = (
    "period_start",
    "model_raw",
    "provider",
    "project",
    "session_id",
    "requests",
    "input_uncached_tokens",
    *KINDS,
    "output_tokens",
    "reasoning_tokens",
)

SPECIMENS: list[Specimen] = [
    importlib.import_module(f"{__name__}.{module.name}").SPECIMEN for module in pkgutil.iter_modules(__path__)
]
