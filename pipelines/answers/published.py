"""The published build of a home, opened for one answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.builds.current import published_file
from pipelines.config import HomeFolders
from pipelines.warehouse.opening import SPILL_FOLDER, read_published


@dataclass(frozen=True)
class Published:
    """A build that is open: its figures, and what it says of itself. `today` is the UTC day it was made on."""

    connection: duckdb.DuckDBPyConnection
    organisation: str
    currency: str
    as_of: datetime
    is_sample: bool
    first_day: date | None

    @property
    def today(self) -> date:
        """The UTC day of the build, which is not complete."""
        return self.as_of.date()


@contextmanager
def published(home: Path) -> Iterator[Published]:
    """The build that is shown in the data folder `home`; the sample company's where nothing else was published.

    Raises:
        NothingPublishedError: no build has passed its checks yet.
        BusyError, BuildError: as `read_published`.
    """
    folders = HomeFolders(home)
    if not published_file(home).exists() and published_file(folders.sample).exists():
        folders = HomeFolders(folders.sample)
    spill = folders.working.parent / SPILL_FOLDER
    with read_published(published_file(folders.home), spill=spill) as connection:
        columns = "organisation, currency, as_of, is_sample, first_day"
        ((organisation, currency, as_of, is_sample, first_day),) = (
            connection.table("main.rpt_build").project(columns).fetchall()
        )
        yield Published(connection, organisation, currency, as_of, is_sample, first_day)
