"""What the folders of coding agents on this machine hold, and how much of it has landed: read or not.

Belongs here: what `doctor` shows of agents. Does not: reading a log, or landing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc

from pipelines.errors import LandingError
from pipelines.landing import Feed, LandingStore
from pipelines.presentation.wording import counted
from pipelines.sources.local.framework import log_files
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.findings import findings
from pipelines.sources.local.framework.position import Position
from pipelines.sources.local.framework.unread_agents import UNREAD_AGENTS


@dataclass(frozen=True)
class AgentOnMachine:
    """What one agent has here: its folders with their files, what has landed, and what may be missing from that."""

    title: str
    found: str
    findings: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    next_step: str = ""


def examine_agent(agent: LocalAgent, host: str, roots: Sequence[Path], landing: LandingStore) -> AgentOnMachine | None:
    """What `agent` has in `roots` and in landing; None if neither has anything."""
    feed = agent.feed(host)
    there = [root for root in roots if root.is_dir()]
    try:
        landed, manifest = _landed(landing, feed), landing.manifest(feed)
    except LandingError as error:
        landed, manifest = str(error), None
    if not there and landed is None:
        return None
    folders = [_folder(root, log_files.find([root], agent.places).files) for root in there]
    listing = log_files.find(roots, agent.places)
    position = Position.of(manifest, agent.revision)
    waiting = len(position.changed(listing.files))
    return AgentOnMachine(
        agent.title,
        "\n".join([*folders, landed or "nothing landed"]),
        findings(agent, roots, listing, position),
        (*listing.unreadable, *_closed(listing.files)),
        next_step=f"{counted(waiting, 'file')} to read: `ai-costs run`" if waiting else "",
    )


def unread_agents(machine: Machine) -> Iterator[AgentOnMachine]:
    """The agents on this machine that are known and not read."""
    for agent in UNREAD_AGENTS:
        folders = agent.found(machine)
        if folders:
            where = ", ".join(map(log_files.as_text, folders))
            yield AgentOnMachine(agent.title, where, next_step=agent.next_step)


def _closed(files: Sequence[log_files.LogFile]) -> tuple[str, ...]:
    """The files that this user may not read, as path: why."""
    return tuple(f"{file.plain_path}: this user may not read it" for file in files if not os.access(file.path, os.R_OK))


def _folder(root: Path, files: Sequence[log_files.LogFile]) -> str:
    if not files:
        return f"{log_files.as_text(root)}: no logs"
    size = sum(file.size for file in files)
    newest = datetime.fromtimestamp(max(file.modified_ns for file in files) / 10**9, UTC)
    summary = f"{counted(len(files), 'file')}, {size / 1e6:,.0f} MB, the newest of {newest:%Y-%m-%d %H:%M} UTC"
    return f"{log_files.as_text(root)}: {summary}"


def _landed(landing: LandingStore, feed: Feed) -> str | None:
    manifest = landing.manifest(feed)
    if manifest is None or not manifest.days:
        return None
    rows = sum(partition.row_count for partition in manifest.partitions.values())
    newest = pc.max(landing.read(feed, [max(manifest.days)], ["period_start"])["period_start"]).as_py()
    return f"{counted(rows, 'reply', 'replies')} landed, the newest of {newest:%Y-%m-%d %H:%M} UTC"
