"""The folders and files of a home, where it is, and making sure that they can be used, and by whom."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from pipelines.errors import HomeError

CODE = Path(__file__).resolve().parents[2]
"""Where the packages are: a checkout, or the library folder of an installation."""
OTHERS, GROUP_AND_OTHERS = 0o007, 0o077
"""The bits of a mode by which somebody else than its user may read, write or enter."""


@dataclass(frozen=True)
class HomeFolders:
    """Where everything of one installation lies, below `home`."""

    home: Path

    @property
    def parts(self) -> tuple[Path, ...]:
        """Every folder of the home."""
        read = (
            self.manual,
            self.inbox,
            self.landing,
            self.prices,
            self.rates,
            self.balances.parent,
            self.feedback.parent,
        )
        return (*read, self.working.parent, self.builds, self.exports, self.reports, self.state)

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
        """The exchange rates in effect, as they came."""
        return self.home / "rates"

    @property
    def balances(self) -> Path:
        """The balances of accounts, as reported by their providers."""
        return self.home / "balances" / "balances.json"

    @property
    def feedback(self) -> Path:
        """People's verdicts on anomalies."""
        return self.home / "feedback" / "anomalies.csv"

    @property
    def working(self) -> Path:
        """The DuckDB file builds are made in."""
        return self.home / "warehouse" / "working.duckdb"

    @property
    def published(self) -> Path:
        """The DuckDB file everything else reads: that of the build that is shown."""
        return self.home / "warehouse" / "published.duckdb"

    @property
    def builds(self) -> Path:
        """The folders of builds, and which of them is shown."""
        return self.home / "builds"

    @property
    def exports(self) -> Path:
        """Export files."""
        return self.home / "exports"

    @property
    def reports(self) -> Path:
        """HTML reports."""
        return self.home / "reports"

    @property
    def templates(self) -> Path:
        """Templates of alerts that a person uses in place of the usual ones."""
        return self.home / "templates"

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
    def failures(self) -> Path:
        """What happened where nobody foresaw it, a file each."""
        return self.state / "failures"

    @property
    def outcomes(self) -> Path:
        """How each feed's last extraction ended."""
        return self.state / "extractions.json"

    @property
    def forecasts(self) -> Path:
        """The forecasts of usage that the last run made."""
        return self.state / "forecasts" / "usage.json"

    @property
    def sample(self) -> Path:
        """The home of the sample company, which is shown while there is nothing to count in this one."""
        return self.home / "sample"

    @property
    def outbox(self) -> Path:
        """Alerts and their deliveries."""
        return self.state / "outbox.sqlite"


def home_folder(home: Path | None, environ: Mapping[str, str]) -> Path:
    """The data folder: the one that is named, else AI_COSTS_HOME, else `default_home`."""
    return (home or Path(environ.get("AI_COSTS_HOME") or default_home(CODE))).expanduser().absolute()


def default_home(code: Path) -> Path:
    """data/ in a checkout; of an installed package, the folder that the platform has for a user's data."""
    if (code / "pyproject.toml").is_file():
        return code / "data"
    return platformdirs.user_data_path("ai-costs", appauthor=False)


def ensure_home(folders: HomeFolders) -> None:
    """Make the folders for this user alone, and prove that each can be written.

    Raises:
        HomeError: with the folder, the system's message, and the user that was refused.
    """
    parts = [folders.manual, folders.inbox, folders.landing, folders.working.parent, folders.exports, folders.reports]
    _keep_private(folders)
    for folder in [folders.home, *parts, folders.state, folders.dagster, folders.dbt]:
        _ensure_folder(folder)


def ensure_state(folders: HomeFolders) -> None:
    """Make only what a lock on the home needs: the folders `home` and `state`.

    Raises:
        HomeError: as `ensure_home`.
    """
    _keep_private(folders)
    for folder in (folders.home, folders.state):
        _ensure_folder(folder)


def barred(home: Path) -> int:
    """The bits that no mode in a home should have: those of its group and others.

    A home that hands its group on to what is made in it (chmod g+s) is shared with that group on purpose.
    """
    try:
        mode = home.stat().st_mode
    except OSError:  # not there yet
        return GROUP_AND_OTHERS
    return OTHERS | GROUP_AND_OTHERS & ~mode if mode & stat.S_ISGID else GROUP_AND_OTHERS


def wider(path: Path, bits: int) -> str | None:
    """The mode of a file or folder, such as 755, where it has any of `bits`. Windows has no such modes."""
    if os.name != "posix" or not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode & 0o777:o}" if mode & bits else None


def _keep_private(folders: HomeFolders) -> None:
    """Let whatever this process writes be its user's alone, be it written by DuckDB, Dagster or dbt.

    Folders that earlier versions made are tightened; links, and what belongs to another user, are left alone.
    """
    bits = barred(folders.home)
    os.umask(bits)
    for part in folders.parts:
        if wider(part, bits) and not part.is_symlink():
            with suppress(OSError):
                part.chmod(stat.S_IMODE(part.stat().st_mode) & ~bits)


def _ensure_folder(folder: Path) -> None:
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
