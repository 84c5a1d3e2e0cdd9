"""What the configuration says of the files of the inbox, and what follows from it for one file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from fnmatch import fnmatchcase

from pipelines.config.imports import ImportFile, ImportSettings
from pipelines.config.model import Account
from pipelines.sources.imports.framework.services import DEFAULT_SERVICES, ServiceRules

FURTHEST_AHEAD = timedelta(days=366)
"""A day further ahead than a yearly charge reaches is a mistyped year."""


@dataclass(frozen=True)
class ImportRules:
    """What the configuration says of files: its `imports:`, and the accounts with providers.

    Days much later than `today` are mistyped; without it any day is taken.
    """

    settings: ImportSettings = field(default_factory=ImportSettings)
    accounts: tuple[Account, ...] = ()
    today: date | None = None

    def entry(self, file_name: str) -> ImportFile | None:
        """What `imports:` says of a file, by the first pattern that fits its name."""
        fitting = (entry for entry in self.settings.files if fnmatchcase(file_name.lower(), entry.file.lower()))
        return next(fitting, None)

    def has_mapping(self, file_name: str) -> bool:
        """Whether a person mapped the columns of this file."""
        entry = self.entry(file_name)
        return entry is not None and entry.mapping is not None

    def services(self) -> ServiceRules:
        """The services of a cloud bill that are AI."""
        chosen = self.settings.services
        return ServiceRules(DEFAULT_SERVICES) if chosen is None else ServiceRules(chosen, are_chosen=True)

    @property
    def latest_day(self) -> date:
        """The last day that a file may be of."""
        return date.max if self.today is None else self.today + FURTHEST_AHEAD

    @property
    def digest(self) -> str:
        """Changes with anything that changes what a file is taken for."""
        accounts = sorted(f"{account.provider}\0{account.name}\0{account.organization}" for account in self.accounts)
        summary = f"{self.settings.model_dump_json()}{accounts}"
        return hashlib.sha256(summary.encode()).hexdigest()[:16]
