"""OpenCode's database, in use or not, and the files it took over; Kilo's is of the same shape."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local.extraction import Extraction, extract
from pipelines.sources.local.opencode import AGENT
from pipelines.sources.outcomes import Status
from tests.sources.local.agent_logs import START, opencode_message, write_json, write_rows

LATEST = START + timedelta(days=30)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "opencode"


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def run(root: Path, landing: LandingStore) -> Extraction:
    return extract(AGENT, [root], "laptop", landing, LATEST)


def ids(landing: LandingStore) -> list[str]:
    return sorted(landing.read(AGENT.feed("laptop"))["message_id"].to_pylist())


def database(root: Path, *messages: dict[str, Any], name: str = "opencode.db") -> Path:
    rows = [{"id": m["id"], "session_id": m["sessionID"], "data": json.dumps(m)} for m in messages]
    return write_rows(root / name, "message", rows)


@pytest.fixture
def in_use(root: Path) -> Iterator[sqlite3.Connection]:
    """A database that its agent has open, with what was written last standing beside it."""
    path = database(root, opencode_message("m0", "s", 0))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        yield connection


def add(connection: sqlite3.Connection, number: int) -> None:
    message = opencode_message(f"m{number}", "s", number)
    connection.execute("INSERT INTO message VALUES (?, ?, ?)", [f"m{number}", "s", json.dumps(message)])
    connection.commit()


def test_messages_that_the_database_took_over_from_files_count_once(root: Path, landing: LandingStore):
    messages = [opencode_message(f"m{number}", "s", number) for number in range(3)]
    for message in messages[:2]:
        write_json(root / "storage" / "message" / "s" / f"msg_{message['id']}.json", message)
    assert run(root, landing).messages_landed == 2
    database(root, *messages[1:])
    assert run(root, landing).messages_landed == 3
    assert ids(landing) == ["m0", "m1", "m2"]


def test_a_database_in_use_is_read_as_last_committed_and_again_when_more_is(
    root: Path, landing: LandingStore, in_use: sqlite3.Connection
):
    add(in_use, 1)
    in_use.execute("INSERT INTO message VALUES ('not committed', 's', '{}')")
    assert run(root, landing).files_read == 1
    assert ids(landing) == ["m0", "m1"]
    assert run(root, landing).files_read == 0
    in_use.rollback()
    size = (root / "opencode.db").stat().st_size
    add(in_use, 2)
    assert (root / "opencode.db").stat().st_size == size
    assert run(root, landing).files_read == 1
    assert ids(landing) == ["m0", "m1", "m2"]


def test_reading_a_database_that_is_not_in_use_leaves_nothing_beside_it(
    root: Path, landing: LandingStore, in_use: sqlite3.Connection
):
    add(in_use, 1)
    in_use.close()
    before = (root / "opencode.db").read_bytes()
    run(root, landing)
    assert [path.name for path in root.iterdir()] == ["opencode.db"]
    assert (root / "opencode.db").read_bytes() == before
    assert ids(landing) == ["m0", "m1"]


def test_a_message_that_is_still_being_written_counts_when_it_is_done(root: Path, landing: LandingStore):
    database(root, opencode_message("m", "s", 0, tokens={"input": 0, "output": 0, "cache": {"read": 0, "write": 0}}))
    assert run(root, landing).messages_landed == 0
    database(root, opencode_message("m", "s", 0))
    assert run(root, landing).messages_landed == 1


@pytest.mark.parametrize(
    ("tokens", "output"),
    [
        ({"input": 10, "output": 40, "reasoning": 5}, 40),
        ({"input": 10, "output": 40, "reasoning": 5, "total": 50}, 40),
        ({"input": 10, "output": 40, "reasoning": 5, "total": 55}, 45),
        ({"input": 10, "output": 40, "reasoning": 5, "cache": {"read": 1, "write": 2}, "total": 58}, 45),
    ],
)
def test_the_messages_own_total_tells_whether_reasoning_stands_beside_output(
    root: Path, tokens: dict[str, Any], output: int
):
    path = database(root, opencode_message("m", "s", 0, tokens=tokens))
    [reply] = AGENT.read(path, "opencode.db", LATEST).replies.values()
    assert (reply.output, reply.reasoning) == (output, 5)


@pytest.mark.parametrize(
    ("provider", "model", "seller"),
    [
        ("anthropic", "claude-sonnet-4-5", "anthropic"),
        ("github-copilot", "gpt-5.2", "openai"),
        ("opencode", "grok-code", "xai"),
        ("openrouter", "anthropic/claude-sonnet-4.5", "openrouter"),
        ("opencode", "big-pickle", "opencode"),
        (None, "big-pickle", "opencode"),
    ],
)
def test_the_price_is_the_sellers_or_else_the_makers(root: Path, provider: str | None, model: str, seller: str):
    path = database(root, opencode_message("m", "s", 0, providerID=provider, modelID=model))
    [reply] = AGENT.read(path, "opencode.db", LATEST).replies.values()
    assert (reply.provider, reply.model) == (seller, model)


def test_rows_that_cannot_be_used_are_told_by_their_place_and_the_others_count(root: Path):
    rows = [
        {"id": "1", "session_id": "s", "data": "{cut off"},
        {"id": "2", "session_id": "s", "data": None},
        {"id": "3", "session_id": "s", "data": b"\xff{"},
        {"id": "4", "session_id": "s", "data": "[1]"},
        {"id": "5", "session_id": "s", "data": json.dumps(opencode_message("5", "s", 0, time={}))},
        {"id": "6", "session_id": None, "data": json.dumps(opencode_message("6", "s", 0))},
    ]
    reading = AGENT.read(write_rows(root / "opencode.db", "message", rows), "opencode.db", LATEST)
    assert list(reading.replies) == [("6", None)]
    assert (reading.broken, reading.reasons) == (
        3,
        [
            "opencode.db:1: the line is not JSON; it may have been cut off",
            "opencode.db:3: the line is not JSON; it may have been cut off",
            "opencode.db:5: the reply has no usable timestamp",
        ],
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"not a database, and long enough to tell that it is none" * 20, "SQLite: file is not a database")],
)
def test_a_file_that_is_no_database_is_named_and_the_others_are_landed(
    root: Path, landing: LandingStore, content: bytes, why: str
):
    database(root, opencode_message("m0", "s", 0))
    (root / "opencode-beta.db").write_bytes(content)
    result = run(root, landing)
    assert (result.status, result.unreadable) == (Status.FAILED, (f"{root}/opencode-beta.db: {why}",))
    assert ids(landing) == ["m0"]


def test_a_database_of_another_make_is_named(root: Path, landing: LandingStore):
    write_rows(root / "opencode.db", "notes", [{"id": 1}])
    result = run(root, landing)
    assert (result.status, result.unreadable) == (Status.OK, ())
    [finding] = result.findings
    assert finding.startswith("OpenCode: 1 file, none with usage we know, first opencode.db; its format may be newer")


def test_what_else_lies_in_the_data_folder_is_not_searched(root: Path, landing: LandingStore):
    database(root / "snapshot", opencode_message("m0", "s", 0))
    write_json(root / "storage" / "part" / "msg_1.json", opencode_message("m1", "s", 0))
    assert run(root, landing).files_found == 0
