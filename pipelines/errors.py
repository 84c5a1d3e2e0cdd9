"""The errors a person may meet, one base so that callers can catch one thing.

    CostTrackerError
    ├── ConfigError        ai-costs.yaml, .env or a price override is wrong (exit 2)
    ├── HomeError          the data folder cannot be used (exit 4)
    ├── SourceError        one source could not be read; others go on (exit 3)
    ├── EntryFileError     a manual file was refused, with every problem listed (exit 3)
    ├── LandingError       the landing store is damaged or busy (exit 5)
    ├── BuildError         a build did not pass its checks and was not published (exit 6)
    ├── NothingPublishedError  there is no published build to read yet (exit 7)
    ├── ExportError        a file does not conform to its standard, or an export was not written (exit 3)
    └── BusyError          another process holds what is needed; later it will work (exit 75)

A message says what is wrong, where, and what to do about it. It never holds a secret.
"""

from __future__ import annotations

from typing import ClassVar


class CostTrackerError(Exception):
    """Base of every error this project raises on purpose; `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 1


class ConfigError(CostTrackerError):
    """A configuration file or environment variable is wrong; the message holds file:line and the fix."""

    exit_code = 2


class SourceError(CostTrackerError):
    """One source could not be read. The last good data of that source stays in force."""

    exit_code = 3


class EntryFileError(SourceError):
    """A manual file was refused whole; `problems` lists every reason as file:line:column: text."""

    def __init__(self, file: str, problems: list[str]) -> None:
        self.file = file
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{file} was refused whole: {count}", *problems]))


class HomeError(CostTrackerError):
    """The home folder is missing, read-only or not ours."""

    exit_code = 4


class LandingError(CostTrackerError):
    """The landing store does not match its manifest, or another process holds it."""

    exit_code = 5


class BuildError(CostTrackerError):
    """A build failed a test or a conservation check; the published file is as it was."""

    exit_code = 6


class NothingPublishedError(CostTrackerError):
    """No build has been published in this home yet."""

    exit_code = 7


class ExportError(CostTrackerError):
    """A file does not conform to the standard it was checked against, or a configured export was not written."""

    exit_code = 3


class BusyError(CostTrackerError):
    """Another process holds what is needed, and did not let go of it in time; the same command works later."""

    exit_code = 75
