"""One installation: its settings, its folders, and the clock that a run there goes by.

Belongs here: where things are. Does not: opening any of it, which whoever needs it does, such as
`LandingStore(home.folders.landing)`; and which home a command works in (opening.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.config import HomeFolders, Settings
from pipelines.sample import is_sample_home


def utc_now() -> datetime:
    """The clock of everything that is not a test."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Home:
    """Where one installation is, and what a run there may do.

    `uses_network`: whether this run may ask anyone. `again_from`: the day from which providers are asked for everything
    again.
    `instead_of` are a person's own settings, while the sample company is shown because there is nothing to count.
    """

    settings: Settings
    clock: Callable[[], datetime] = field(default=utc_now)
    uses_network: bool = True
    again_from: date | None = None
    instead_of: Settings | None = None

    @property
    def folders(self) -> HomeFolders:
        """Where everything lies."""
        return self.settings.paths

    @property
    def persons_folders(self) -> HomeFolders:
        """Where a person puts files, also while the sample company is shown."""
        return (self.instead_of or self.settings).paths

    @property
    def person(self) -> str:
        """By whom something is done here, as the operating system names them."""
        return self.settings.environ.get("USER") or self.settings.environ.get("USERNAME") or "someone"

    @property
    def report(self) -> Path:
        """The report people open."""
        return self.folders.reports / ("SAMPLE-ai-costs.html" if self.is_sample else "ai-costs.html")

    @property
    def is_sample(self) -> bool:
        """Whether this home is the sample company's."""
        return is_sample_home(self.folders.home)
