"""A log is read again when its reader changed: what it landed before is replaced, and nothing that is gone is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.local.framework.replies import ParsedLog
from tests.sources.local.agent_logs import claude_code, hermes

NOW = datetime(2026, 3, 20, tzinfo=UTC)
AGENTS = {agent.name: agent for agent in local_agents()}


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def revised(agent: LocalAgent) -> LocalAgent:
    """The agent with a reader of the next revision, which knows every reply by another id and finds a token more."""

    def read(path: Path, name: str, latest: datetime) -> ParsedLog:
        reading = ParsedLog()
        for reply in agent.read(path, name, latest).replies.values():
            reading.add(
                replace(reply, message_id=f"new-{reply.message_id}", output_tokens=(reply.output_tokens or 0) + 1)
            )
        return reading

    return replace(agent, read=read, revision=agent.revision + 1)


def run(agent: LocalAgent, root: Path, landing: LandingStore) -> Extraction:
    return extract(agent, [root], "laptop", landing, NOW)


def rows(agent: LocalAgent, landing: LandingStore) -> list[tuple[Any, ...]]:
    landed = landing.read(agent.feed("laptop")).to_pylist()
    return sorted((row["message_id"], row["output_tokens"]) for row in landed)


def test_a_file_that_lies_unchanged_is_read_again_and_what_it_landed_is_replaced(tmp_path: Path, landing: LandingStore):
    agent = AGENTS["claude_code"]
    claude_code(tmp_path, "a", 2)
    run(agent, tmp_path, landing)
    assert rows(agent, landing) == [("msg_a-0", 40), ("msg_a-1", 40)]
    assert run(revised(agent), tmp_path, landing).files_read == 1
    assert rows(agent, landing) == [("new-msg_a-0", 41), ("new-msg_a-1", 41)]
    assert run(revised(agent), tmp_path, landing).files_read == 0


def test_what_files_landed_that_are_gone_stays(tmp_path: Path, landing: LandingStore):
    agent = AGENTS["claude_code"]
    gone = claude_code(tmp_path, "a", 1)
    claude_code(tmp_path, "b", 1)
    run(agent, tmp_path, landing)
    gone.unlink()
    run(revised(agent), tmp_path, landing)
    assert rows(agent, landing) == [("msg_a-0", 40), ("new-msg_b-0", 41)]


def test_of_a_database_the_sessions_that_it_still_has_are_replaced(tmp_path: Path, landing: LandingStore):
    agent = AGENTS["hermes"]
    path = hermes(tmp_path, "a", 1)
    hermes(tmp_path, "b", 1)
    run(agent, tmp_path, landing)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM sessions WHERE id = 'session-a'")
        connection.commit()
    run(revised(agent), tmp_path, landing)
    assert rows(agent, landing) == [("new-session-b", 41), ("session-a", 40)]


def test_a_position_that_an_earlier_version_wrote_is_one_of_another_revision(tmp_path: Path, landing: LandingStore):
    """It had each file under its path and no revision, and rows had the folder as it is called."""
    agent = AGENTS["claude_code"]
    path = claude_code(tmp_path, "a", 2)
    folder = path.parent.rename(path.parent.with_name("-home-someone-rocket"))
    run(agent, tmp_path, landing)
    feed = agent.feed("laptop")
    manifest = landing.manifest(feed)
    assert manifest is not None
    table = landing.read(feed)
    place = table.schema.get_field_index("source_file")
    old = table.set_column(place, "source_file", [["projects/-home-someone-rocket/a.jsonl"] * 2])
    status = (folder / "a.jsonl").stat()
    position = {"files": {str(folder / "a.jsonl"): [status.st_size, status.st_mtime_ns]}, "broken": {}}
    landing.replace(feed, {manifest.days[0]: old}, cursor=position, now=NOW)
    run(revised(agent), tmp_path, landing)
    assert rows(agent, landing) == [("new-msg_a-0", 41), ("new-msg_a-1", 41)]
    assert {row["source_file"] for row in landing.read(feed).to_pylist()} == {"projects/7b3774e5/a.jsonl"}
