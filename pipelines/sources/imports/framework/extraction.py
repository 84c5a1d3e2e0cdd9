"""The inbox: land what its files state, by account and whole days; keep what landed when a file is refused or gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import EntryFileError
from pipelines.landing import Feed, LandingStore
from pipelines.reading.files import shown
from pipelines.sources.imports.framework.inbox import Inbox
from pipelines.sources.imports.framework.reading import ParsedFile, inbox_files
from pipelines.sources.imports.framework.rules import ImportRules

UNKNOWN = "unrecognised"


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
    is_effective: bool = False


def extract(
    folder: Path, landing: LandingStore, rules: ImportRules, now: datetime, read: Mapping[str, ParsedFile] | None = None
) -> list[FileResult]:
    """Land the files of `folder`, in order of name. The rows of a removed file stay.

    Args:
        folder: the inbox.
        landing: where rows go.
        rules: what is configured of files.
        now: the moment of observation.
        read: what was just read of files, by their sha256, so that a large one is not read again.
    """
    inbox = Inbox(landing, rules, now, read or {})
    paths = list(inbox_files(folder))
    results = {shown(path.name): _taken(inbox, path) for path in paths}
    # A day that a file gave up may be another's, which was read already.
    while names := inbox.reopened():
        results |= {path.name: _taken(inbox, path) for path in paths if path.name in names}
    # Only now is it known which days of a file a later one has.
    return [
        result if result.problems else replace(result, notes=inbox.notes_of(name), findings=inbox.findings_of(name))
        for name, result in results.items()
    ]


def _taken(inbox: Inbox, path: Path) -> FileResult:
    """Take one file in, or say why not."""
    try:
        changed = inbox.take(path)
    except EntryFileError as error:
        name = shown(path.name)
        known = inbox.feeds_of(name)
        feeds = known or (Feed(SourceKind.IMPORT, UNKNOWN, name),)
        return FileResult(name, feeds, {}, problems=tuple(error.problems), is_effective=bool(known))
    return FileResult(path.name, inbox.feeds_of(path.name), {}, changed_days=changed)
