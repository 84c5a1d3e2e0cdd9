"""The inbox: land what its files state, by account and whole days; keep what was landed when a file is refused or gone.

Of two files of one format and account that state the same day, that of the later export counts: the one that reaches
further, then the one written later, then the one of the later name. Which file a day is from, and which files were
read, stand in the feed's cursor; so the order in which files arrive makes no difference, and one that was read
already is not read again. What the same content landed before, under another name or account, is withdrawn first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.domain.records import SourceKind, UsageRecord, to_table
from pipelines.errors import EntryFileError
from pipelines.landing import Feed, LandingStore
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.reading import Reading, digest_of, inbox_files, read_file
from pipelines.sources.imports.rules import ImportRules
from pipelines.sources.imports.statement import Statement

READ_AS = 2
"""Another number makes every file be read again: for a change of what its rows become."""
UNKNOWN = "unrecognised"


class Origin(NamedTuple):
    """The file a day is from; the greatest counts."""

    newest_day: str
    written_at: str
    name: str
    sha256: str


@dataclass(frozen=True)
class FileResult:
    """What became of one file: the feeds it states, and per feed what to tell; or the problems it was refused for.

    `findings` say what the figures may lack; `notes` are harmless.
    """

    name: str
    feeds: tuple[Feed, ...]
    notes: Mapping[Feed, str]
    findings: Mapping[Feed, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    changed_days: int = 0
    is_in_force: bool = False


def extract(
    folder: Path, landing: LandingStore, rules: ImportRules, now: datetime, read: Mapping[str, Reading] | None = None
) -> list[FileResult]:
    """Land the files of `folder`, in order of name. A file that is removed leaves what it stated.

    Args:
        folder: the inbox.
        landing: where rows go.
        rules: what is configured of files.
        now: the moment of observation.
        read: what was just read of files, by their sha256, so that a large one is not read again.
    """
    inbox = _Inbox(landing, rules, now, read or {})
    results = []
    for path in inbox_files(folder):
        try:
            changed = inbox.take(path)
        except EntryFileError as error:
            known = inbox.feeds_of(path.name)
            feeds = known or (Feed(SourceKind.IMPORT, UNKNOWN, path.name),)
            problems = tuple(error.problems)
            results.append(FileResult(path.name, feeds, {}, problems=problems, is_in_force=bool(known)))
        else:
            results.append(FileResult(path.name, inbox.feeds_of(path.name), {}, changed_days=changed))
    # Only now is it known which days of a file a later one has.
    return [
        result if result.problems else replace(result, notes=inbox.notes_of(result), findings=inbox.findings_of(result))
        for result in results
    ]


class _Inbox:
    """The cursors of all feeds of imports, while files are taken: what was read, and which file each day is from."""

    def __init__(self, landing: LandingStore, rules: ImportRules, now: datetime, read: Mapping[str, Reading]) -> None:
        self._landing = landing
        self._rules = rules
        self._now = now
        self._read = read
        self._names: dict[str, str] = {}
        self._cursors: dict[Feed, dict[str, Any]] = {}
        for feed in landing.feeds():
            manifest = landing.manifest(feed) if feed.source_kind is SourceKind.IMPORT else None
            if manifest is not None:
                self._cursors[feed] = {"files": {}, "days": {}} | dict(manifest.cursor)

    def take(self, path: Path) -> int:
        """Land one file, unless it is landed already as it is; give how many days changed.

        Raises:
            EntryFileError: it is refused whole.
        """
        digest = digest_of(path)
        first = self._names.setdefault(digest, path.name)
        if first != path.name:
            raise EntryFileError(path.name, [f"{path.name}:1:1: it is the same file as {first}: remove one of them"])
        sign = [digest, self._rules.digest, str(READ_AS)]
        if self._is_landed(path.name, sign):
            return 0
        reading = self._read.get(digest) or read_file(path, import_formats(), self._rules)
        self._withdraw(digest)
        written_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).isoformat()
        changed = 0
        for feed, statement in reading.statements.items():
            newest = max(statement.days, default=date.min).isoformat()
            entry = {
                "sign": sign,
                "feeds": len(reading.statements),
                "days": len(statement.days),
                "note": statement.note,
                "findings": statement.findings,
            }
            changed += self._land(feed, statement, Origin(newest, written_at, path.name, digest), entry)
        return changed

    def feeds_of(self, name: str) -> tuple[Feed, ...]:
        """The feeds that have a good version of the file."""
        return tuple(feed for feed, cursor in self._cursors.items() if name in cursor["files"])

    def notes_of(self, result: FileResult) -> dict[Feed, str]:
        """What there is to tell of a file by feed: what it leaves out, and which of its days later files have."""
        notes = {}
        for feed in result.feeds:
            entry = self._cursors[feed]["files"][result.name]
            held = sum(Origin(*holder).name == result.name for holder in self._cursors[feed]["days"].values())
            given = entry["days"] - held
            taken = f"{given} of its {entry['days']} days are those of files exported later" if given > 0 else None
            told = [note for note in (entry["note"], taken) if note]
            if told:
                notes[feed] = "; ".join(told)
        return notes

    def findings_of(self, result: FileResult) -> dict[Feed, tuple[str, ...]]:
        """What the figures of a file may lack, by feed."""
        stated = {feed: self._cursors[feed]["files"][result.name]["findings"] for feed in result.feeds}
        return {feed: tuple(findings) for feed, findings in stated.items() if findings}

    def _is_landed(self, name: str, sign: list[str]) -> bool:
        """Whether all feeds of a file have it as it is now."""
        files = [self._cursors[feed]["files"][name] for feed in self.feeds_of(name)]
        found = [entry for entry in files if entry["sign"] == sign]
        return bool(found) and all(len(found) == entry["feeds"] for entry in found)

    def _withdraw(self, digest: str) -> None:
        """Take back what this very content stated before, under another name, account or rule.

        Then it is as if unread, so that a run that is killed here reads it again.
        """
        for feed, cursor in self._cursors.items():
            days = {day for day, holder in cursor["days"].items() if Origin(*holder).sha256 == digest}
            files = {name for name, entry in cursor["files"].items() if entry["sign"][0] == digest}
            if days or files:
                cursor["days"] = {day: holder for day, holder in cursor["days"].items() if day not in days}
                cursor["files"] = {name: entry for name, entry in cursor["files"].items() if name not in files}
                dropped = [date.fromisoformat(day) for day in days]
                self._landing.replace(feed, {}, cursor=cursor, now=self._now, drop_days=dropped)

    def _land(self, feed: Feed, statement: Statement, origin: Origin, entry: dict[str, Any]) -> int:
        """Land the days that are this file's; give how many changed."""
        cursor = self._cursors.setdefault(feed, {"files": {}, "days": {}})
        mine = {day for day in statement.days if _counts(origin, cursor["days"].get(day.isoformat()))}
        cursor["days"].update({day.isoformat(): list(origin) for day in mine})
        cursor["files"][origin.name] = entry
        partitions = dict(_partitions(statement, mine))
        return len(self._landing.replace(feed, partitions, cursor=cursor, now=self._now).days)


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
