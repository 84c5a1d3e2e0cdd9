"""What is in effect of the files of the inbox: which were read, which file each day is from, and taking days back.

Of two files of one format and account that report the same day, that of the later export counts: the one that reaches
further, then the one written later, then the one of the later name. Which file a day is from, and which files were
read, are in the feed's cursor; so the order in which files arrive makes no difference, and one that was read
already is not read again. What the same content landed before, under another name or account, is withdrawn first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.domain.money import exact_sum
from pipelines.domain.records import UsageRecord, to_table
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import EntryFileError
from pipelines.landing import Feed, LandingStore
from pipelines.presentation.formats import plain_sums
from pipelines.presentation.wording import counted
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.reading import ParsedFile, digest_of, read_file
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.imports.framework.statement import Statement

PARSER_VERSION = 5
"""Another number makes every file be read again: for a change of what its rows become."""
TAKES_BACK = "`ai-costs withdraw {}` takes back all of it"


class Origin(NamedTuple):
    """The file a day is from; the greatest counts."""

    newest_day: str
    written_at: str
    name: str
    sha256: str


class CurrentFile(NamedTuple):
    """What counts of one file in one feed: its days, and what they come to."""

    name: str
    feed: Feed
    days: tuple[date, ...]
    sums: dict[str, Decimal]


class Inbox:
    """The cursors of all feeds of imports, while files are taken: what was read, and which file each day is from."""

    def __init__(
        self, landing: LandingStore, rules: ImportRules, now: datetime, read: Mapping[str, ParsedFile]
    ) -> None:
        self._landing = landing
        self._rules = rules
        self._now = now
        self._read = read
        self._names: dict[str, str] = {}
        self._reopened: set[str] = set()
        self._cursors: dict[Feed, dict[str, Any]] = {}
        for feed in landing.feeds():
            manifest = landing.manifest(feed) if feed.source_kind is SourceKind.IMPORT else None
            if manifest is not None:
                self._cursors[feed] = _cursor(manifest.cursor)

    def take(self, path: Path) -> int:
        """Land one file, unless it is landed already as it is; give how many days changed.

        Raises:
            EntryFileError: it is rejected.
        """
        digest = digest_of(path)
        first = self._names.setdefault(digest, path.name)
        if first != path.name:
            raise EntryFileError(path.name, [f"{path.name}:1:1: it is the same file as {first}: remove one of them"])
        sign = [digest, self._rules.digest, str(PARSER_VERSION)]
        if self._is_landed(path.name, sign):
            return 0
        reading = self._read.get(digest) or read_file(path, import_formats(), self._rules)
        self._withdraw(digest)
        gone = self._gone(path.name, {feed: statement.days for feed, statement in reading.statements.items()})
        remarks = {feed: self._withdrawn_note(feed, days) for feed, days in gone.items()}
        changed = sum(
            self._forget(feed, path.name, days) for feed, days in gone.items() if feed not in reading.statements
        )
        written_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).isoformat()
        is_empty = not any(statement.days for statement in reading.statements.values())
        for feed, statement in reading.statements.items():
            newest = max(statement.days, default=date.min).isoformat()
            withdrawn = list(remarks.values()) if is_empty else []
            corrected = [] if is_empty else [remarks[feed]] if feed in remarks else []
            entry = {
                "sign": sign,
                "feeds": len(reading.statements),
                "stated": sorted(day.isoformat() for day in statement.days),
                "notes": [*([statement.note] if statement.note else []), *corrected],
                "findings": [*statement.findings, *(f"it has no rows now: {text}" for text in withdrawn)],
            }
            changed += self._land(
                feed, statement, Origin(newest, written_at, path.name, digest), entry, gone.get(feed, set())
            )
        return changed

    def withdraw(self, name: str) -> dict[Feed, tuple[int, dict[str, Decimal]]]:
        """Take back everything that a file states; give the days and sums by feed.

        Days that other files also have are theirs again when they are read next.
        """
        found = {}
        for feed in self.feeds_of(name):
            effective_days = self._held(feed, name)
            found[feed] = len(effective_days), self._sums(feed, effective_days)
            self._forget(feed, name, effective_days)
        return found

    def files(self) -> list[CurrentFile]:
        """What is in effect of each file and feed, in order of name."""
        return sorted(
            CurrentFile(
                name, feed, tuple(sorted(map(date.fromisoformat, effective_days))), self._sums(feed, effective_days)
            )
            for feed, cursor in self._cursors.items()
            for name in cursor["files"]
            for effective_days in [self._held(feed, name)]
        )

    def feeds_of(self, name: str) -> tuple[Feed, ...]:
        """The feeds that have a good version of the file."""
        return tuple(feed for feed, cursor in self._cursors.items() if name in cursor["files"])

    def notes_of(self, name: str) -> dict[Feed, str]:
        """What there is to tell of a file by feed: what it leaves out, and which of its days later files have."""
        notes = {}
        for feed in self.feeds_of(name):
            entry = self._cursors[feed]["files"][name]
            reported, effective_days = set(entry["stated"]), self._held(feed, name)
            remarks = list(entry["notes"])
            if given := len(reported - effective_days):
                remarks.append(f"{given} of its {len(reported)} days are those of files exported later")
            if stayed := len(effective_days - reported):
                remarks.append(f"{counted(stayed, 'day')} that it had before stay in effect; {TAKES_BACK.format(name)}")
            if remarks:
                notes[feed] = "; ".join(remarks)
        return notes

    def findings_of(self, name: str) -> dict[Feed, tuple[str, ...]]:
        """What the figures of a file may lack, by feed."""
        reported = {feed: self._cursors[feed]["files"][name]["findings"] for feed in self.feeds_of(name)}
        return {feed: tuple(findings) for feed, findings in reported.items() if findings}

    def reopened(self) -> set[str]:
        """The files that must be read again, because a day that they state has become free; asked once."""
        names, self._reopened = self._reopened, set()
        return names

    def _held(self, feed: Feed, name: str) -> set[str]:
        """The days that are from a file."""
        return {day for day, holder in self._cursors[feed]["days"].items() if Origin(*holder).name == name}

    def _gone(self, name: str, reported: Mapping[Feed, set[date]]) -> dict[Feed, set[str]]:
        """The days that a new version of a file takes back, by feed: a corrected file reports all its days.

        A file of the next days under the same name takes nothing back, be it the next month's or a window that moves
        on; it does so where it has a gap.
        """
        effective_days = {feed: days for feed in self.feeds_of(name) if (days := self._held(feed, name))}
        before = set[str]().union(*effective_days.values())
        now = {day.isoformat() for days in reported.values() for day in days}
        mine = {
            feed: days - {day.isoformat() for day in reported.get(feed, set())} for feed, days in effective_days.items()
        }
        if now and before and not now & before:
            return {}
        moves_on = bool(now and before) and min(now) > min(before) and max(now) > max(before)
        gone = {feed: {day for day in days if not moves_on or day >= min(now)} for feed, days in mine.items()}
        return {feed: days for feed, days in gone.items() if days}

    def _withdrawn_note(self, feed: Feed, days: set[str]) -> str:
        """What is reported of days that are taken back."""
        worth = f", {plain_sums(amounts)}" if (amounts := self._sums(feed, days)) else ""
        return f"{counted(len(days), 'day')} withdrawn that it had before and does not have now{worth}"

    def _sums(self, feed: Feed, days: Iterable[str]) -> dict[str, Decimal]:
        manifest = self._landing.manifest(feed)
        found: dict[str, list[Decimal]] = {}
        for day in days:
            partition = manifest.partitions.get(date.fromisoformat(day)) if manifest else None
            for currency, amount in partition.amounts.items() if partition else ():
                found.setdefault(currency, []).append(amount)
        return {currency: exact_sum(amounts) for currency, amounts in sorted(found.items())}

    def _forget(self, feed: Feed, name: str, days: set[str]) -> int:
        """Take back days of a file, which then reports nothing in this feed; give how many."""
        cursor = self._cursors[feed]
        self._free(cursor, name, days)
        cursor["files"].pop(name, None)
        dropped = [date.fromisoformat(day) for day in days]
        return len(self._landing.replace(feed, {}, cursor=cursor, now=self._now, drop_days=dropped).days)

    def _free(self, cursor: dict[str, Any], name: str, days: set[str]) -> None:
        """Give up days; other files that report them are read again."""
        cursor["days"] = {day: holder for day, holder in cursor["days"].items() if day not in days}
        for other, entry in cursor["files"].items():
            if other != name and days & set(entry["stated"]):
                entry["sign"] = None
                self._reopened.add(other)

    def _is_landed(self, name: str, sign: list[str]) -> bool:
        """Whether all feeds of a file have it as it is now."""
        files = [self._cursors[feed]["files"][name] for feed in self.feeds_of(name)]
        found = [entry for entry in files if entry["sign"] == sign]
        return bool(found) and all(len(found) == entry["feeds"] for entry in found)

    def _withdraw(self, digest: str) -> None:
        """Withdraw what this same content landed before, under another name, account or rule.

        Then it is as if unread, so that a run that is killed here reads it again.
        """
        for feed, cursor in self._cursors.items():
            days = {day for day, holder in cursor["days"].items() if Origin(*holder).sha256 == digest}
            files = {name for name, entry in cursor["files"].items() if entry["sign"] and entry["sign"][0] == digest}
            if days or files:
                cursor["days"] = {day: holder for day, holder in cursor["days"].items() if day not in days}
                cursor["files"] = {name: entry for name, entry in cursor["files"].items() if name not in files}
                dropped = [date.fromisoformat(day) for day in days]
                self._landing.replace(feed, {}, cursor=cursor, now=self._now, drop_days=dropped)

    def _land(self, feed: Feed, statement: Statement, origin: Origin, entry: dict[str, Any], gone: set[str]) -> int:
        """Land the days that are this file's, and take back those that are gone; give how many changed."""
        cursor = self._cursors.setdefault(feed, {"files": {}, "days": {}})
        self._free(cursor, origin.name, gone)
        mine = {day for day in statement.days if _counts(origin, cursor["days"].get(day.isoformat()))}
        cursor["days"].update({day.isoformat(): list(origin) for day in mine})
        cursor["files"][origin.name] = entry
        partitions = dict(_partitions(statement, mine))
        dropped = [date.fromisoformat(day) for day in gone]
        return len(self._landing.replace(feed, partitions, cursor=cursor, now=self._now, drop_days=dropped).days)


def _cursor(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The cursor of a feed; files that an earlier version read have a count of days alone, and are read again."""
    nothing: dict[str, Any] = {"stated": [], "notes": [], "findings": []}
    files = {name: nothing | entry for name, entry in stored.get("files", {}).items()}
    return {"files": files, "days": dict(stored.get("days", {}))}


def _partitions(statement: Statement, days: set[date]) -> Iterator[tuple[date, pa.Table]]:
    """A table for each day; a day of which everything was left out has an empty one."""
    by_day: dict[date, list[UsageRecord]] = defaultdict(list)
    for record in statement.folded.records():
        by_day[record.day].append(record)
    for day in sorted(days):
        yield day, to_table(by_day.pop(day, []))


def _counts(origin: Origin, holder: list[str] | None) -> bool:
    """Whether a day goes to this file: nobody has it, an earlier version of this file has it, or this one is later."""
    return holder is None or Origin(*holder).name == origin.name or origin >= Origin(*holder)
