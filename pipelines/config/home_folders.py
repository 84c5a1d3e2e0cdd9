"""The folders and files of a home, and making sure that they can be used."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import HomeError


@dataclass(frozen=True)
class HomeFolders:
    """Where everything of one installation lies, below `home`."""

    home: Path

    @property
    def manual(self) -> Path:
        """CSV files that people keep."""
        return self.home / "manual"

    @property
    def inbox(self) -> Path:
        """Providers' export files, as they came."""
        return self.home / "inbox"

    @property
    def landing(self) -> Path:
        """The system of record."""
        return self.home / "landing"

    @property
    def prices(self) -> Path:
        """The prices that closed months were valued at."""
        return self.home / "prices"

    @property
    def rates(self) -> Path:
        """The exchange rates in force, as they came."""
        return self.home / "rates"

    @property
    def balances(self) -> Path:
        """What accounts had left, as their providers stated it."""
        return self.home / "balances" / "balances.json"

    @property
    def working(self) -> Path:
        """The DuckDB file builds are made in."""
        return self.home / "warehouse" / "working.duckdb"

    @property
    def published(self) -> Path:
        """The DuckDB file everything else reads."""
        return self.home / "warehouse" / "published.duckdb"

    @property
    def exports(self) -> Path:
        """Export files."""
        return self.home / "exports"

    @property
    def reports(self) -> Path:
        """HTML reports."""
        return self.home / "reports"

    @property
    def state(self) -> Path:
        """What the machinery remembers."""
        return self.home / "state"

    @property
    def dagster(self) -> Path:
        """The Dagster instance."""
        return self.state / "dagster"

    @property
    def dbt(self) -> Path:
        """The artefacts of dbt."""
        return self.state / "dbt"

    @property
    def outbox(self) -> Path:
        """Alerts and their deliveries."""
        return self.state / "outbox.sqlite"


def ensure_home(folders: HomeFolders) -> None:
    """Make the folders, and prove that each can be written.

    Raises:
        HomeError: naming the folder, what the system said, and who we are to it.
    """
    parts = [folders.manual, folders.inbox, folders.landing, folders.working.parent, folders.exports, folders.reports]
    for folder in [folders.home, *parts, folders.state, folders.dagster, folders.dbt]:
        probe = folder / f".probe-{uuid.uuid4().hex}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise HomeError(
                f"{folder} cannot be written ({error.strerror}) by user {os.getuid()}: make it writable, or choose "
                "another data folder with --home or AI_COSTS_HOME"
            ) from error
