"""The folder of entry files: land what changed, keep what was refused as it last was, withdraw what was removed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.domain.records import SourceKind, UsageRecord, to_table
from pipelines.errors import EntryFileError
from pipelines.landing import Feed, LandingStore
from pipelines.sources.manual.csv_entries import SOURCE, parse_entries, read_content
from pipelines.sources.manual.files import manual_files


@dataclass(frozen=True)
class FileResult:
    """What became of one file: taken (maybe unchanged), refused with its problems, or withdrawn."""

    feed: Feed
    entries: int
    problems: tuple[str, ...] = ()
    changed: bool = False
    withdrawn: bool = False


def feed_of(name: str) -> Feed:
    """The feed of one entry file."""
    return Feed(SourceKind.MANUAL, SOURCE, name)


def extract(folder: Path, landing: LandingStore, now: datetime) -> list[FileResult]:
    """Land the entry files of `folder`, in order of name.

    A file that is gone takes its entries with it. When the folder itself is gone nothing is withdrawn: a disk
    that is not mounted is no decision of a person's.
    """
    if not folder.is_dir():
        return []
    contents: dict[str, str] = {}
    ids: dict[str, str] = {}
    paths = manual_files(folder)
    results = [_land(path, landing, now, contents, ids) for path in paths]
    present = {path.name for path in paths}
    for feed in landing.feeds():
        if feed.source == SOURCE and feed.name not in present:
            manifest = landing.manifest(feed)
            if manifest is not None and manifest.days:
                landing.replace(feed, {}, cursor={}, now=now, drop_days=manifest.days)
                results.append(FileResult(feed, 0, changed=True, withdrawn=True))
    return results


def _land(
    path: Path, landing: LandingStore, now: datetime, contents: dict[str, str], ids: dict[str, str]
) -> FileResult:
    """Land one file, unless it is unchanged, wrong, or says again what a file before it said."""
    feed = feed_of(path.name)
    manifest = landing.manifest(feed)
    try:
        content = read_content(path)
        digest = hashlib.sha256(content).hexdigest()
        _refuse_second_copy(path.name, contents.get(digest))
        records = parse_entries(content, path.name, now.date())
        _refuse_known_ids(path.name, records, ids)
    except EntryFileError as error:
        in_force = sum(part.row_count for part in manifest.partitions.values()) if manifest else 0
        return FileResult(feed, in_force, tuple(error.problems))
    contents[digest] = path.name
    ids.update({record.entry_id: path.name for record in records if record.entry_id})
    by_day: dict[date, list[UsageRecord]] = {}
    for record in records:
        by_day.setdefault(record.day, []).append(record)
    gone = set(manifest.days) - set(by_day) if manifest else set()
    change = landing.replace(
        feed,
        {day: to_table(day_records) for day, day_records in by_day.items()},
        cursor={"sha256": digest},
        now=now,
        drop_days=gone,
    )
    return FileResult(feed, len(records), changed=bool(change.days))


def _refuse_second_copy(name: str, first: str | None) -> None:
    if first is not None:
        raise EntryFileError(name, [f"{name}:1:1: it is the same file as {first}: remove one of them"])


def _refuse_known_ids(name: str, records: list[UsageRecord], ids: dict[str, str]) -> None:
    known = [record.entry_id for record in records if record.entry_id in ids]
    if known:
        raise EntryFileError(
            name, [f"{name}:1:1: the entry_id {entry_id!r} stands in {ids[str(entry_id)]} too" for entry_id in known]
        )
