"""The rates in effect: the last good copy of each source, stored in the home, so that a build needs no network.

    rates/ecb-3f0a….csv       as it came, named by content hash, so that a later change is noticed; file-….csv likewise

Belongs here: taking new rates or keeping the old ones. Does not: what the sources' files look like.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from pipelines.config import Settings
from pipelines.config.exchange_rates import ExchangeRates
from pipelines.errors import HomeError, SourceError
from pipelines.landing.files import write_atomically
from pipelines.presentation.messages import CHANGED
from pipelines.rates import ecb, rates_csv
from pipelines.rates.rate import Rate, RatesByDay, in_currency
from pipelines.reading.files import content_of
from pipelines.sources.manual.csv_entries import read_content

FILE, ECB = "file", "ecb"
"""The sources of rates, by the names that the models know."""

RECENT = timedelta(days=31)
"""How much of a copy is looked at to see whether it is sound and up to date; to read all of it takes a second."""


class DamagedCopyError(SourceError):
    """A copy was changed after it was written, and gives no rates."""


def rates_of(settings: Settings) -> StoredRates:
    """The exchange rates of one home, by its settings."""
    base_folder = settings.paths.home if settings.config_file is None else settings.config_file.parent
    return StoredRates(settings.paths.rates, settings.configuration.exchange_rates, base_folder=base_folder)


class StoredRates:
    """The copies of one home, of which only what is configured counts."""

    def __init__(self, folder: Path, settings: ExchangeRates, *, base_folder: Path) -> None:
        """A relative path of `settings` is meant from `base_folder`, the configuration's folder."""
        self._folder = folder
        self._settings = settings
        self._file = base_folder / Path(settings.file or "").expanduser()

    def refresh(self, now: datetime, currency: str, *, uses_network: bool = True) -> Iterator[tuple[str, SourceError]]:
        """Take what is new of each configured source; give the name of each that failed, with its error.

        The last rates of a failed source stay in effect. `currency` is the one that is reported in. Without a network
        only the file is read. A copy that was changed after it was written fails unless a new one takes its place.
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
        for source in self._sources():
            try:
                self._copy(source)
            except DamagedCopyError as error:
                yield f"copy of {source}", error

    def effective(self, currency: str, since: date) -> list[Rate]:
        """Every rate of `currency` from `since` on, in order of source, day and currency."""
        found: list[Rate] = []
        for source in self._sources():
            # A copy that cannot be read gives no rates, and what has none is shown as unconverted.
            with suppress(SourceError):
                content = self._copy(source)
                if content is not None:
                    found += in_currency(self._read(source, content, since), currency, source, since=since)
        return found

    def verify(self) -> None:
        """Check the copies in effect.

        Raises:
            HomeError: one was changed.
        """
        for source in self._sources():
            try:
                self._copy(source)
            except DamagedCopyError as error:
                raise HomeError(str(error)) from error

    def digest(self) -> str:
        """One hash over the copies in effect."""
        digest = hashlib.sha256()
        for source in self._sources():
            path = self._newest(source)
            digest.update(source.encode() + b"\0" + (b"" if path is None else content_of(path)))
        return digest.hexdigest()

    def _sources(self) -> list[str]:
        wanted = {ECB: self._settings.ecb, FILE: self._settings.file is not None}
        return [source for source, is_wanted in wanted.items() if is_wanted]

    def _newest(self, source: str) -> Path | None:
        """The copy of a source: a killed writer may have left the one before, and earlier versions hashed none."""
        named = sorted(self._folder.glob(f"{source}-*.csv"), key=lambda path: path.stat().st_mtime_ns)
        plain = self._folder / f"{source}.csv"
        return named[-1] if named else plain if plain.exists() else None

    def _copy(self, source: str) -> bytes | None:
        """The content of a copy; None where there is none.

        Raises:
            DamagedCopyError: it was changed after it was written.
        """
        path = self._newest(source)
        if path is None:
            return None
        content = content_of(path)
        if path.name not in {f"{source}.csv", _name(source, content)}:
            raise DamagedCopyError(
                f"rates/{path.name} {CHANGED}, so its rates are not used: restore a copy "
                "from a backup, or remove it, and the next run reads the rates again"
            )
        return content

    def _read(self, source: str, content: bytes, since: date = date.min) -> RatesByDay:
        if source == ECB:
            return ecb.parse(content, since=since)
        return rates_csv.parse(content, self._file.name, self._settings.currency or "")

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
                raise SourceError("the history of the ECB has no days: check base_url")
            lost = self._fetched_before(since=date.min).keys() - fetched.keys()
            if lost:
                raise SourceError(f"the history of the ECB misses days that it had (last {max(lost)}): check base_url")
            self._keep(ECB, content)
            recent = fetched
        if currency not in recent[max(recent)]:
            raise SourceError(f"the ECB has no rate of {currency}, the reporting currency: enter rates in a file")

    def _fetched_before(self, since: date) -> RatesByDay:
        with suppress(SourceError):
            content = self._copy(ECB)
            if content is not None:
                return ecb.parse(content, since=since)
        return {}

    def _keep(self, source: str, content: bytes) -> None:
        """Put a new copy in the place of earlier ones, of which none is damaged."""
        path = self._folder / _name(source, content)
        if not path.exists() or path.read_bytes() != content:
            write_atomically(path, content)
        for earlier in {*self._folder.glob(f"{source}-*.csv"), self._folder / f"{source}.csv"} - {path}:
            earlier.unlink(missing_ok=True)


def _name(source: str, content: bytes) -> str:
    return f"{source}-{hashlib.sha256(content).hexdigest()[:16]}.csv"
