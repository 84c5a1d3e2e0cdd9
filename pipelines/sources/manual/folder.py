"""The folder of entry files: land what changed, keep what was refused as it last was, withdraw what was removed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import EntryFileError
from pipelines.landing import Feed, LandingStore
from pipelines.reading.files import shown
from pipelines.sources.manual.csv_entries import SOURCE, check_entries, read_content
from pipelines.sources.manual.entries import Entries, Tables
from pipelines.sources.manual.files import manual_files


@dataclass(frozen=True)
class FileResult:
    """What became of one file: taken (maybe unchanged), refused with its problems, or withdrawn.

    `problems` are the first of `problem_count`; `findings` are rows that may be there by mistake.
    """

    feed: Feed
    entries: int
    problems: tuple[str, ...] = ()
    problem_count: int = 0
    changed: bool = False
    withdrawn: bool = False
    findings: tuple[str, ...] = ()


def feed_of(name: str) -> Feed:
    """The feed of one entry file."""
    return Feed(SourceKind.MANUAL, SOURCE, name)


def extract(
    folder: Path, landing: LandingStore, now: datetime, progress: Callable[[str], None] = lambda _: None
) -> list[FileResult]:
    """Land the entry files of `folder`, in order of name.

    A file that is gone takes its entries with it. When the folder itself is gone nothing is withdrawn: a disk
    that is not mounted is not a decision of a person's.
    """
    if not folder.is_dir():
        return []
    contents: dict[str, str] = {}
    ids: dict[str, str] = {}
    paths = manual_files(folder)
    results = [_land(path, landing, now, contents, ids, progress=progress) for path in paths]
    present = {shown(path.name) for path in paths}
    for feed in landing.feeds():
        if feed.source == SOURCE and feed.name not in present:
            manifest = landing.manifest(feed)
            if manifest is not None and manifest.days:
                landing.replace(feed, {}, cursor={}, now=now, drop_days=manifest.days)
                results.append(FileResult(feed, 0, changed=True, withdrawn=True))
    return results


def _land(
    path: Path,
    landing: LandingStore,
    now: datetime,
    contents: dict[str, str],
    ids: dict[str, str],
    *,
    progress: Callable[[str], None],
) -> FileResult:
    """Land one file, unless it is unchanged, invalid, or repeats an earlier file."""
    feed = feed_of(shown(path.name))
    manifest = landing.manifest(feed)
    try:
        content = read_content(path)
        digest = hashlib.sha256(content).hexdigest()
        _refuse_second_copy(path.name, contents.get(digest))
        entries = check_entries(content, path.name, now.date(), progress)
        _refuse_known_ids(path.name, entries, ids)
    except EntryFileError as error:
        effective = sum(part.row_count for part in manifest.partitions.values()) if manifest else 0
        return FileResult(feed, effective, tuple(error.problems), error.count)
    contents[digest] = path.name
    ids.update(dict.fromkeys(entries.ids, path.name))
    gone = set(manifest.days) - set(entries.days) if manifest else set()
    change = landing.replace(feed, Tables(entries, progress), cursor={"sha256": digest}, now=now, drop_days=gone)
    return FileResult(feed, len(entries), changed=bool(change.days), findings=entries.findings)


def reject_duplicate_entry_ids(folder: Path, name: str, content: bytes, entries: Entries, today: date) -> None:
    """Reject a new file `name` that the next run would reject with the others: a second copy, or an id of theirs.

    Raises:
        EntryFileError: with the other file's name.
    """
    for path in manual_files(folder):
        if path.name == name:
            continue
        try:
            other = read_content(path)
            _refuse_second_copy(name, path.name if other == content else None)
            ids = check_entries(other, path.name, today).ids if entries.ids else {}
        except EntryFileError as error:
            if error.file == name:
                raise
            continue  # the other one is refused itself
        _refuse_known_ids(name, entries, dict.fromkeys(ids, path.name))


def _refuse_second_copy(name: str, first: str | None) -> None:
    if first is not None:
        raise EntryFileError(name, [f"{name}:1:1: it is the same file as {first}: remove one of them"])


def _refuse_known_ids(name: str, entries: Entries, ids: dict[str, str]) -> None:
    known = [(line, entry_id) for entry_id, line in entries.ids.items() if entry_id in ids]
    if known:
        raise EntryFileError(
            name,
            [f"{name}:{line}:1: the entry_id {entry_id!r} is also in {ids[entry_id]}" for line, entry_id in known],
        )
