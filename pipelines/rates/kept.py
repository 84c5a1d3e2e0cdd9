"""The rates in force: the last good copy of each source, kept in the home, so that a build asks nobody.

Belongs here: taking new rates or keeping the old ones. Does not: what the sources' files look like.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.config.exchange_rates import ExchangeRates
from pipelines.errors import SourceError
from pipelines.landing.files import write_atomically
from pipelines.rates import ecb, own_file
from pipelines.rates.rate import Rate, Worths, in_currency
from pipelines.sources.manual.csv_entries import read_content

FILE, ECB = "file", "ecb"
"""The sources of rates, by the names that the models know."""

RECENT = timedelta(days=31)
"""How much of a copy is looked at to see whether it is sound and up to date; to read all of it takes a second."""


class KeptRates:
    """The copies of one home: `folder`/file.csv and `folder`/ecb.csv, of which only what is configured counts."""

    def __init__(self, folder: Path, settings: ExchangeRates, *, beside: Path) -> None:
        """A relative path of `settings` is meant from `beside`, the configuration's folder."""
        self._folder = folder
        self._settings = settings
        self._file = beside / Path(settings.file or "").expanduser()

    def refresh(self, now: datetime, currency: str, *, uses_network: bool = True) -> Iterator[tuple[str, SourceError]]:
        """Take what is new of each configured source; give the name of each that failed, with its error.

        What a failed source said last stays in force. `currency` is the one that is reported in. Without a network
        only the file is read.
        """
        steps: list[tuple[str, Callable[[], None]]] = []
        if self._settings.file is not None:
            steps.append((self._file.name, self._take_file))
        if self._settings.ecb and uses_network:
            steps.append((ECB, lambda: self._take_ecb(now, currency)))
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, step in steps:
            try:
                step()
            except SourceError as error:
                yield name, error

    def in_force(self, currency: str, since: date) -> list[Rate]:
        """Every rate of `currency` from `since` on, in order of source, day and currency."""
        found: list[Rate] = []
        for source, copy in self._copies():
            # A copy that cannot be read gives no rates, and what has none is shown as unconverted.
            with suppress(SourceError, FileNotFoundError):
                found += in_currency(self._read(source, copy.read_bytes(), since), currency, source, since=since)
        return found

    def digest(self) -> str:
        """One hash over the copies in force."""
        digest = hashlib.sha256()
        for source, copy in self._copies():
            digest.update(source.encode() + b"\0" + (copy.read_bytes() if copy.exists() else b""))
        return digest.hexdigest()

    def _copies(self) -> list[tuple[str, Path]]:
        wanted = {ECB: self._settings.ecb, FILE: self._settings.file is not None}
        return [(source, self._folder / f"{source}.csv") for source, is_wanted in wanted.items() if is_wanted]

    def _read(self, source: str, content: bytes, since: date = date.min) -> Worths:
        if source == ECB:
            return ecb.parse(content, since=since)
        return own_file.parse(content, self._file.name, self._settings.currency or "")

    def _take_file(self) -> None:
        content = read_content(self._file)
        self._read(FILE, content)
        self._keep(FILE, content)

    def _take_ecb(self, now: datetime, currency: str) -> None:
        recent = self._fetched_before(since=now.date() - RECENT)
        if not recent or ecb.is_due(max(recent), now):
            content = ecb.fetch(self._settings.base_url)
            fetched = ecb.parse(content)
            if not fetched:
                raise SourceError("the history of the ECB holds no day: check base_url")
            lost = self._fetched_before(since=date.min).keys() - fetched.keys()
            if lost:
                raise SourceError(f"the history of the ECB lacks days that it had (last {max(lost)}): check base_url")
            self._keep(ECB, content)
            recent = fetched
        if currency not in recent[max(recent)]:
            raise SourceError(f"the ECB has no rate of {currency}, the reporting currency: give rates in a file")

    def _fetched_before(self, since: date) -> Worths:
        with suppress(SourceError, FileNotFoundError):
            return ecb.parse((self._folder / f"{ECB}.csv").read_bytes(), since=since)
        return {}

    def _keep(self, source: str, content: bytes) -> None:
        copy = self._folder / f"{source}.csv"
        if not copy.exists() or copy.read_bytes() != content:
            write_atomically(copy, content)
