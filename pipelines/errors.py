"""The errors a person may meet, one base so that callers can catch one thing.

    CostTrackerError
    ├── ConfigError        ai-costs.yaml, .env or a price override is wrong (exit 2)
    ├── HomeError          the data folder cannot be used (exit 4)
    ├── SourceError        one source could not be read; others go on (exit 3)
    ├── EntryFileError     a manual file was refused, with every problem listed (exit 3)
    ├── LandingError       the landing store is damaged or busy (exit 5)
    ├── BuildError         a build did not pass its checks and was not published (exit 6)
    ├── NothingPublishedError  no build is published yet (exit 7)
    ├── ExportError        a file does not conform to its standard, or an export was not written (exit 3)
    ├── DeliveryError      alerts did not arrive; everything else was made (exit 3)
    ├── BusyError          another process uses what is needed; later it will work (exit 75)
    └── UnforeseenError    what nobody foresaw, with the file that says what happened (exit 1)

A message says what is wrong, where, and what to do about it. It never contains a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pipelines.presentation.wording import counted, first_of, shortened

MOST_PROBLEMS = 100
"""Of one file: more than anyone fixes at once, and few enough to be shown, stored and sent."""


class CostTrackerError(Exception):
    """Base of every error this project raises on purpose; `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 1


class ConfigError(CostTrackerError):
    """A configuration file or environment variable is wrong; the message holds file:line and the fix."""

    exit_code = 2


class SourceError(CostTrackerError):
    """One source could not be read. The last good data of that source stays in effect."""

    exit_code = 3


class Problems:
    """What is wrong with a file: the first problems in words, and how many there are."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.count = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, *texts: str, more: int = 0) -> None:
        """Note problems, and `more` without words. A file of a million lines may have one in each."""
        self.count += len(texts) + more
        self.texts += map(shortened, texts[: MOST_PROBLEMS - len(self.texts)])


class EntryFileError(SourceError):
    """A file was rejected.

    `problems` are the first reasons as file:line:column: text, `MOST_PROBLEMS` at most; `count` is how many there are.
    """

    def __init__(self, file: str, problems: Sequence[str], count: int | None = None) -> None:
        self.file = file
        self.count = len(problems) if count is None else count
        self.problems = [shortened(problem) for problem in problems[:MOST_PROBLEMS]]
        found = first_of(self.problems, MOST_PROBLEMS, of=self.count)
        super().__init__("\n".join([f"{file} was rejected: {counted(self.count, 'problem')}", *found]))


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


class DeliveryError(CostTrackerError):
    """Alerts did not arrive; they are sent again later, or were given up as `ai-costs doctor` shows."""

    exit_code = 3


class BusyError(CostTrackerError):
    """Another process uses what is needed, and did not let go of it in time; the same command works later."""

    exit_code = 75


class UnforeseenError(CostTrackerError):
    """An error that nobody foresaw; the message names the file that says what happened."""
