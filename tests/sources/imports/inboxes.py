"""An inbox and a landing store in a folder, files as exports would write them, and what landed of them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.domain.money import exact_sum
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.extraction import FileResult, extract
from pipelines.sources.imports.framework.reading import ParsedFile, read_file
from pipelines.sources.imports.framework.rules import ImportRules

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NO_RULES = ImportRules()


@dataclass(frozen=True)
class Inbox:
    """The inbox of one installation, and its landing."""

    home: Path

    @property
    def folder(self) -> Path:
        folder = self.home / "inbox"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def landing(self) -> LandingStore:
        return LandingStore(self.home / "landing")

    def drop(self, name: str, content: str | bytes, written: int = 1_790_000_000) -> Path:
        """Put a file in, written at this Unix second."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (written, written))
        return path

    def extract(self, rules: ImportRules = NO_RULES, now: datetime = NOW) -> dict[str, FileResult]:
        return {result.name: result for result in extract(self.folder, self.landing, rules, now)}

    def rows(self) -> list[dict[str, Any]]:
        """Everything that is in effect."""
        feeds = [feed for feed in self.landing.feeds() if feed.source_kind is SourceKind.IMPORT]
        return [row for feed in feeds for row in self.landing.read(feed).to_pylist()]

    def sums(self) -> dict[tuple[str, str], Decimal]:
        """(account, day) -> what is charged, of every day that is reported."""
        found: dict[tuple[str, str], Decimal] = {}
        for manifest in self.landing.manifests():
            for day, partition in manifest.partitions.items():
                found[manifest.feed.name, day.isoformat()] = exact_sum(list(partition.amounts.values()))
        return found


def read(path: Path, rules: ImportRules = NO_RULES) -> ParsedFile:
    """What the file states."""
    return read_file(path, import_formats(), rules)


def feed(source: str, account: str) -> Feed:
    return Feed(SourceKind.IMPORT, source, account)


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any] | Sequence[Any]], delimiter: str = ",") -> str:
    """A CSV; what a row does not state is empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row.get(column, "") for column in columns] if isinstance(row, Mapping) else row)
    return text.getvalue()
