"""How long the forecast of one series may take: one that takes longer makes do with what is ready, and says so."""

from __future__ import annotations

import time
from dataclasses import dataclass

SECONDS_EACH = 20.0
"""A hundred times what a series usually takes, backtest included; one that needs it does so once a day at most."""


@dataclass(frozen=True)
class TimeLimit:
    """A moment, in seconds of `time.monotonic`."""

    ends_at: float = float("inf")

    @classmethod
    def of(cls, seconds: float) -> TimeLimit:
        """The moment `seconds` from now."""
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """The seconds until then; none are left from then on."""
        return max(self.ends_at - time.monotonic(), 0.0)

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return self.left == 0


NO_LIMIT = TimeLimit()
