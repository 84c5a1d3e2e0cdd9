"""OpenClaw's databases since 2026.8: the records of its session files, one a row."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.local.openclaw import AGENT
from tests.sources.local.agent_logs import CANARY, START, moment, openclaw, pi_answer, write_json

LATEST = moment(100)


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def run(root: Path, landing: LandingStore) -> Extraction:
    return extract(AGENT, [root], "laptop", landing, LATEST)


def rows(landing: LandingStore) -> list[dict[str, Any]]:
    return sorted(landing.read(AGENT.feed("laptop")).to_pylist(), key=lambda row: row["period_start"])


def database(root: Path, *events: tuple[str, Any], name: str = "openclaw-agent.sqlite") -> Path:
    path = root / "agents" / "main" / "agent" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS transcript_events (session_id, seq, event_json, created_at)")
        known = connection.execute("SELECT count(*) FROM transcript_events").fetchone()[0]
        written = [(session, known + seq, json.dumps(event), 0) for seq, (session, event) in enumerate(events)]
        connection.executemany("INSERT INTO transcript_events VALUES (?, ?, ?, ?)", written)
        connection.commit()
    return path


def test_the_sessions_of_a_database_count_each_with_its_own_model_and_folder(tmp_path: Path, landing: LandingStore):
    opened = [("a", {"type": "session", "cwd": f"/home/{CANARY}/rocket"}), ("b", {"type": "session", "cwd": "/moon"})]
    models = [("a", {"type": "model_change", "modelId": "claude-opus-4-5", "provider": "anthropic"})]
    summary = [("a", {"type": "message", "message": {"role": "user", "content": CANARY}})]
    answers = [("a", pi_answer(0, model=None)), ("b", pi_answer(1)), ("b", pi_answer(2))]
    database(tmp_path / "logs", *opened, *models, *summary, *answers)
    run(tmp_path / "logs", landing)
    found = [(row["session_id"], row["model_raw"], row["project"], row["period_start"]) for row in rows(landing)]
    assert found == [
        ("a", "claude-opus-4-5", "rocket", START),
        ("b", "claude-sonnet-4-5", "moon", moment(1)),
        ("b", "claude-sonnet-4-5", "moon", moment(2)),
    ]
    assert CANARY not in repr(rows(landing))


def test_what_was_taken_over_from_files_counts_once(tmp_path: Path, landing: LandingStore):
    openclaw(tmp_path / "logs", "a", 3)
    assert run(tmp_path / "logs", landing).messages_landed == 3
    database(tmp_path / "logs", *(("session-a", pi_answer(number)) for number in range(4)))
    result = run(tmp_path / "logs", landing)
    assert (result.messages_landed, result.findings) == (4, ())


def test_a_database_that_grew_since_is_read_again(tmp_path: Path, landing: LandingStore):
    database(tmp_path / "logs", ("a", pi_answer(0)))
    run(tmp_path / "logs", landing)
    database(tmp_path / "logs", ("a", pi_answer(1)))
    assert run(tmp_path / "logs", landing).messages_landed == 2


def test_a_database_of_another_form_is_a_finding(tmp_path: Path, landing: LandingStore):
    path = database(tmp_path / "logs")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE transcript_events RENAME TO events_2")
        connection.commit()
    write_json(tmp_path / "logs" / "openclaw.json", {})
    [finding] = run(tmp_path / "logs", landing).findings
    assert finding.startswith("OpenClaw: 1 file, none with usage we know")
