"""What an agent's files show and its figures lack, in sentences for people.

Belongs here: the words. Does not: how it is found out (`unknown_forms`, `position`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.presentation.messages import LINES_UNUSED
from pipelines.presentation.wording import counted
from pipelines.sources.local.framework import log_files
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.local.framework.log_files import Listing, LogFile
from pipelines.sources.local.framework.position import Position
from pipelines.sources.local.framework.unknown_forms import A_DAY_NS, files_elsewhere, unread_files


def findings(agent: LocalAgent, roots: Sequence[Path], listing: Listing, position: Position) -> tuple[str, ...]:
    """Why the figures of this agent may be smaller than what was used; nothing if no file gives a reason."""
    found = []
    lines, reasons = position.broken_lines(listing.files)
    if lines:
        found.append(f"{counted(lines, 'line')} {LINES_UNUSED} {reasons[0]}")
    unknown = position.unknown_files(listing.files)
    if unknown:
        found.append(_unknown(agent, listing.files, unknown))
    for what, number in sorted(position.use_left_out(listing.files).items()):
        found.append(f"{agent.title}: {what}: {number:,}")
    if listing.left_out:
        what = f"{counted(len(listing.left_out), 'path')} among its logs not read"
        found.append(f"{agent.title}: {what}, first {listing.left_out[0]}")
    found += _unread(agent, roots, listing)
    found += _stored_elsewhere(agent, roots, listing)
    return tuple(found)


def was_used(agent: LocalAgent, roots: Sequence[Path]) -> bool:
    """Whether an agent left logs on this machine, or signs of use that is not read or is stored elsewhere."""
    listing = log_files.find(roots, agent.places)
    return bool(listing.files or findings(agent, roots, listing, Position(agent.revision)))


def _stored_elsewhere(agent: LocalAgent, roots: Sequence[Path], listing: Listing) -> list[str]:
    files = [root / agent.prompts for root in roots if agent.prompts and (root / agent.prompts).is_file()]
    newest = max((file.modified_ns for file in listing.files), default=0)
    written = [path.stat() for path in files]
    if not any(status.st_size and status.st_mtime_ns > newest + A_DAY_NS for status in written):
        return []
    return [f"{agent.title}: it was used after its newest log here; that usage is stored elsewhere: enter its bill"]


def _unknown(agent: LocalAgent, files: Sequence[LogFile], unknown: Sequence[LogFile]) -> str:
    if len(unknown) == len(files):
        summary = f"{counted(len(files), 'file')}, none with usage we know"
    else:
        summary = f"{len(unknown):,} of {counted(len(files), 'file')} with usage we do not know"
    return f"{agent.title}: {summary}, first {unknown[0].name}; {_newer(agent)}"


def _unread(agent: LocalAgent, roots: Sequence[Path], listing: Listing) -> list[str]:
    unread = unread_files(listing)
    if unread:
        summary = (
            f"{counted(len(unread), 'file')} next to its logs not read that may contain usage, first {unread[0].name}"
        )
        return [f"{agent.title}: {summary}; {_newer(agent)}"]
    if listing.files:
        return []
    elsewhere = files_elsewhere(roots)
    if not elsewhere:
        return []
    summary = f"no logs where they are looked for, but {counted(len(elsewhere), 'file')} with usage we do not know"
    return [f"{agent.title}: {summary}, first {elsewhere[0].name}; {_newer(agent)}"]


def _newer(agent: LocalAgent) -> str:
    return f"its format may be newer than this version, which knows {agent.understood}"
