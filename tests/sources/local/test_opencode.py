"""OpenCode's database, in use or not, and the files it took over; Kilo's is of the same shape."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.presentation.messages import NO_TIMESTAMP, NOT_JSON
from pipelines.sources.local.framework import replies
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.local.framework.replies import ParsedLog
from pipelines.sources.local.opencode import AGENT, UNREAD
from pipelines.sources.outcomes import Status
from tests.sources.local.agent_logs import START, milliseconds, opencode_message, write_json, write_rows

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
    return sorted(landing.read(AGENT.feed("laptop"))["request_id"].to_pylist())


def database(root: Path, *messages: dict[str, Any], name: str = "opencode.db") -> Path:
    rows = [{"id": m["id"], "session_id": m["sessionID"], "data": json.dumps(m)} for m in messages]
    return write_rows(root / name, "message", rows)


@pytest.fixture
def in_use(root: Path) -> Iterator[sqlite3.Connection]:
    """A database that its agent has open, with what was written last standing alongside it."""
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
    assert (reply.output_tokens, reply.reasoning_tokens) == (output, 5)


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
    assert [reply.request_id for reply in reading.replies.values()] == ["6"]
    assert (reading.broken, reading.reasons) == (
        3,
        [
            f"opencode.db:1: {NOT_JSON}",
            f"opencode.db:3: {NOT_JSON}",
            f"opencode.db:5: {NO_TIMESTAMP}",
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


def counts(landing: LandingStore) -> list[tuple[int, ...]]:
    rows = landing.read(AGENT.feed("laptop")).to_pylist()
    return sorted((row["input_uncached_tokens"], row["output_tokens"]) for row in rows)


def used(uncached: int, output: int, **reported: Any) -> dict[str, Any]:
    return {"input": uncached, "output": output, "reasoning": 0, "cache": {"read": 0, "write": 0}, **reported}


def version_2(root: Path, *messages: dict[str, Any], folder: str | None = "/home/someone/moon") -> Path:
    """A database of version 2; a message says its id, session, type, moment and tokens, and may say its model."""
    for number, message in enumerate(messages):
        reported = {name: message[name] for name in ("model", "tokens") if name in message}
        data = json.dumps({"agent": "build", "content": [], **reported, "time": {"created": message["created"]}})
        row = {"id": message["id"], "session_id": message["session"], "type": message.get("type", "assistant")}
        write_rows(root / "opencode.db", "session_message", [{**row, "seq": number, "time_created": 7, "data": data}])
        model = json.dumps({"id": "gpt-5.5", "providerID": "openai"})
        session = {"id": message["session"], "fork_session_id": None, "directory": folder, "model": model}
        write_rows(root / "opencode.db", "session_v2", [session])
    return root / "opencode.db"


SONNET = {"id": "claude-sonnet-4-5", "providerID": "anthropic"}


def reply_2(number: int, message_id: str, session: str = "s", **reported: Any) -> dict[str, Any]:
    created = milliseconds(number)
    told = {"id": message_id, "session": session, "created": created, "model": SONNET, "tokens": used(1000, 100)}
    return {**told, **reported}


def test_messages_of_version_2_are_read_with_the_folder_of_their_session(root: Path):
    path = version_2(root, reply_2(0, "m1"), reply_2(1, "m2", tokens=used(5, 40, reasoning=7)))
    first, second = AGENT.read(path, "opencode.db", LATEST).replies.values()
    assert (first.model, first.provider, first.project) == ("claude-sonnet-4-5", "anthropic", "moon")
    assert (first.moment, first.session_id, first.input_uncached_tokens, first.output_tokens) == (START, "s", 1000, 100)
    assert (second.output_tokens, second.reasoning_tokens) == (47, 7)


def test_a_database_without_sessions_of_version_2_is_read_without_folders(root: Path):
    path = version_2(root, reply_2(0, "m1"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE session_v2")
        connection.commit()
    [reply] = AGENT.read(path, "opencode.db", LATEST).replies.values()
    assert (reply.project, reply.tokens) == (None, 1100)


def test_what_compacting_a_session_took_counts_with_the_model_of_the_session(root: Path):
    compaction = {**reply_2(1, "m2", type="compaction"), "model": None}
    asked = {**reply_2(2, "m3", type="user"), "tokens": used(9, 9)}
    path = version_2(root, reply_2(0, "m1"), compaction, asked)
    found = AGENT.read(path, "opencode.db", LATEST).replies.values()
    assert [(reply.model, reply.tokens) for reply in found] == [("claude-sonnet-4-5", 1100), ("gpt-5.5", 1100)]


@pytest.mark.parametrize("taken_over_as", ["m1", "evt_legacy_m1"], ids=["under its id", "under another"])
def test_after_an_upgrade_old_and_new_messages_count_once(root: Path, landing: LandingStore, taken_over_as: str):
    database(root, opencode_message("m1", "s", 0, tokens=used(1000, 100)))
    assert run(root, landing).messages_landed == 1
    version_2(root, reply_2(0, taken_over_as), reply_2(1, "m2", tokens=used(2000, 200)))
    run(root, landing)
    assert counts(landing) == [(1000, 100), (2000, 200)]


def test_what_version_1_reasoned_is_not_added_to_the_output_by_being_taken_over(root: Path, landing: LandingStore):
    tokens = used(1000, 100, reasoning=30)
    database(root, opencode_message("m1", "s", 0, tokens=tokens))
    version_2(root, reply_2(0, "taken-over", tokens=tokens))
    run(root, landing)
    assert counts(landing) == [(1000, 100)]


@pytest.mark.parametrize("version", [1, 2])
def test_forks_count_what_they_copied_once(root: Path, landing: LandingStore, version: int):
    copies = [("m1", "a", 0), ("m2", "b", 0), ("m3", "c", 0), ("m4", "b", 60)]
    if version == 1:
        database(root, *(opencode_message(name, of, at, tokens=used(1000, 100)) for name, of, at in copies))
    else:
        version_2(root, *(reply_2(at, name, of) for name, of, at in copies))
    run(root, landing)
    assert counts(landing) == [(1000, 100), (1000, 100)]


def test_messages_of_a_later_version_beside_known_ones_are_a_finding(root: Path, landing: LandingStore):
    version_2(root, reply_2(0, "a"))
    with closing(sqlite3.connect(root / "opencode.db")) as connection:
        connection.execute("CREATE TABLE message_v3 AS SELECT * FROM session_message")
        connection.execute("CREATE TABLE message_search AS SELECT 'tokens' AS data")
        connection.commit()
    [finding] = run(root, landing).findings
    assert finding == f"OpenCode: {UNREAD}: 1"


def test_a_message_that_grew_after_it_was_read_counts_as_it_is_now(root: Path, landing: LandingStore):
    for tokens in (used(1000, 1), used(1000, 100)):
        version_2(root, reply_2(0, "m1", tokens=tokens))
        run(root, landing)
    assert counts(landing) == [(1000, 100)]


def test_what_an_earlier_version_landed_of_forks_gives_way_when_it_is_read_again(root: Path, landing: LandingStore):
    database(root, *(opencode_message(name, name, 0) for name in ("m1", "m2")))

    def read_as_version_0_1_did(path: Path, name: str, latest: datetime) -> ParsedLog:
        before = ParsedLog()
        for reply in AGENT.read(path, name, latest).replies.values():
            before.add(replace(reply, message_id=reply.request_id, request_id=None, earlier_id=None))
        return before

    earlier = replace(AGENT, read=read_as_version_0_1_did, merge=replies.merge, revision=1)
    extract(earlier, [root], "laptop", landing, LATEST)
    assert len(counts(landing)) == 2
    run(root, landing)
    assert len(counts(landing)) == 1


def test_what_else_lies_in_the_data_folder_is_not_searched(root: Path, landing: LandingStore):
    database(root / "snapshot", opencode_message("m0", "s", 0))
    write_json(root / "storage" / "part" / "msg_1.json", opencode_message("m1", "s", 0))
    assert run(root, landing).files_found == 0
