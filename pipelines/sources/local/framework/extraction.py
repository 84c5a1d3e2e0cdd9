"""Landing what is new in a coding agent's logs: find, read what changed, merge, replace whole days.

The reading position (size and time of every file read) is the feed's landing cursor, so it moves together with
the data. A file that is gone keeps its days in landing: the tools delete their logs after some weeks. Belongs here:
what is the same for every agent. Does not: what a record of one means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.landing import IDS_REBUILT, LandingStore
from pipelines.presentation.wording import counted
from pipelines.sources.local.framework import log_files
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.local.framework.findings import findings
from pipelines.sources.local.framework.landed import Landed, Superseded, land
from pipelines.sources.local.framework.position import Position
from pipelines.sources.local.framework.replies import ParsedLog, Reply, ReplyKey, keep_better
from pipelines.sources.local.framework.unknown_forms import has_token_counts
from pipelines.sources.outcomes import POSITION_LOST, Status

MAX_CLOCK_SKEW = timedelta(hours=26)
"""A reply dated later than this from now is damaged, and would be in every forecast."""
REASONS_SHOWN = 20
PROGRESS_STEPS = 20


@dataclass(frozen=True)
class Extraction:
    """What one extraction did.

    `status` is MISSING when no root has a log folder, FAILED when a place could not be read (all others were), else
    OK; `message` says why in one sentence. `broken_lines` counts the lines of the files now on disk that could not
    be used, read this time or before; `reasons` are the first, as file:line: why. `duplicates_dropped` are copies,
    among the lines read this time, of a reply that was counted once. `findings` say why the figures may be smaller
    than what was used.
    """

    status: Status
    message: str | None
    files_found: int
    files_read: int
    files_unchanged: int
    unreadable: tuple[str, ...]
    lines_read: int
    broken_lines: int
    reasons: tuple[str, ...]
    copies_read: int
    duplicates_dropped: int
    messages_landed: int
    days_changed: int
    findings: tuple[str, ...]


def extract(
    agent: LocalAgent,
    roots: Sequence[Path],
    host: str,
    landing: LandingStore,
    now: datetime,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Extraction:
    """Land what is new in `agent`'s logs under `roots`; with nothing changed, read no file and change nothing.

    A file that cannot be read is named in the result and tried again next time; all others are landed.

    Raises:
        LandingError: the landing store is damaged or busy.
    """
    manifest = landing.manifest(agent.feed(host))
    position = Position.of(manifest, agent.revision)
    listing = log_files.find(roots, agent.places)
    to_read = position.changed(listing.files)
    new = _read(agent, to_read, listing, position, latest=now + MAX_CLOCK_SKEW, progress=progress)
    replies = agent.merge(new.replies.values())
    landed, notes = Landed(manifest, 0, ids_rebuilt=False), []
    if new.files:
        progress(f"landing {counted(len(replies), 'reply', 'replies')}")
        position.forget_all_but(listing.files)
        copies, cursor = [*new.replies.values()], position.to_json()
        landed = land(landing, agent, host, copies, new.superseded, cursor=cursor, now=now)
    status, message = _ending(agent, roots, listing)
    if manifest is not None and manifest.cursor_is_lost:
        notes.append(POSITION_LOST)
    if landed.ids_rebuilt:
        notes.append(IDS_REBUILT)
    broken_lines, reasons = position.broken_lines(listing.files)
    return Extraction(
        status=status,
        message=message or "; ".join(notes) or None,
        files_found=len(listing.files),
        files_read=new.files,
        files_unchanged=len(listing.files) - len(to_read),
        unreadable=tuple(listing.unreadable),
        lines_read=new.lines,
        broken_lines=broken_lines,
        reasons=tuple(reasons[:REASONS_SHOWN]),
        copies_read=new.copies,
        duplicates_dropped=new.copies - len(replies),
        messages_landed=landed.rows,
        days_changed=landed.days_changed,
        findings=findings(agent, roots, listing, position),
    )


@dataclass
class _New:
    """What the files read this time hold together."""

    replies: dict[ReplyKey, Reply] = field(default_factory=dict)
    superseded: Superseded = field(default_factory=Superseded)
    files: int = 0
    lines: int = 0
    copies: int = 0

    def add(self, reading: ParsedLog) -> None:
        self.files += 1
        self.lines += reading.lines
        self.copies += reading.copies
        for reply in reading.replies.values():
            keep_better(self.replies, reply)


def _read(
    agent: LocalAgent,
    files: Sequence[log_files.LogFile],
    listing: log_files.Listing,
    position: Position,
    *,
    latest: datetime,
    progress: Callable[[str], None],
) -> _New:
    """What `files` give; the position moves on past those that could be read, the others are named in the listing."""
    new = _New()
    for file in _with_progress(files, progress):
        try:
            reading = agent.read(file.path, file.name, latest)
        except OSError as error:
            listing.refuse(file.path, error)
            continue
        if position.was_read_otherwise(file):
            new.superseded.add(file, reading)
        new.add(reading)
        position.note(file, reading, is_unknown=_is_unknown(agent, file, reading))
    return new


def _is_unknown(agent: LocalAgent, file: log_files.LogFile, reading: ParsedLog) -> bool:
    """Whether the file reports use in a form that its reader does not know."""
    if reading.is_unknown:
        return True
    if reading.copies or reading.left_out or any(place.repeats(file.plain_name) for place in agent.places):
        return False
    return has_token_counts(file.path)


def _with_progress(files: Sequence[log_files.LogFile], progress: Callable[[str], None]) -> Iterator[log_files.LogFile]:
    step = max(1, len(files) // PROGRESS_STEPS)
    for index, file in enumerate(files):
        if index % step == 0:
            progress(f"reading log {index + 1:,} of {len(files):,}")
        yield file


def _ending(agent: LocalAgent, roots: Sequence[Path], listing: log_files.Listing) -> tuple[Status, str | None]:
    """How it ended. A whole path tells who works where, and the message is in the report: `doctor` has the path."""
    if listing.unreadable:
        places = counted(len(listing.unreadable), "place")
        return Status.FAILED, (
            f"{places} could not be read, the first is {log_files.below_roots(listing.unreadable[0], roots)}: let this "
            "user read it (`ai-costs doctor` shows where it lies) and run again; everything else was landed"
        )
    if not listing.files and not any((root / place.folder).is_dir() for root in roots for place in agent.places):
        return Status.MISSING, f"no {agent.title} logs in its folders; `ai-costs doctor` shows what is on this computer"
    return Status.OK, None
