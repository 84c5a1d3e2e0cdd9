"""Gemini CLI's two forms of a chat, and how its counts come apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.local.framework.replies import ParsedLog
from pipelines.sources.local.gemini_cli import AGENT
from tests.sources.local.agent_logs import CANARY, START, iso, write_json
from tests.sources.local.session_logs import write_log

LATEST = START + timedelta(days=30)
TOKENS = {"input": 30, "output": 35, "cached": 20, "thoughts": 5, "tool": 0, "total": 70}


def message(**reported: Any) -> dict[str, Any]:
    return {"id": "m", "timestamp": iso(0), "type": "gemini", "model": "gemini-2.5-pro", "tokens": TOKENS, **reported}


def chat(tmp_path: Path, messages: Any, name: str = "rocket/chats/session-1.json") -> ParsedLog:
    path = write_json(tmp_path / name, {"sessionId": "s", "startTime": iso(0), "messages": messages})
    return AGENT.read(path, name, LATEST)


@pytest.mark.parametrize(
    ("tokens", "split"),
    [
        (TOKENS, (10, 20, 40, 5)),
        ({**TOKENS, "total": 90}, (30, 20, 40, 5)),
        ({name: TOKENS[name] for name in ("input", "output", "cached")}, (10, 20, 35, 0)),
        ({**TOKENS, "tool": 7, "total": 77}, (17, 20, 40, 5)),
        ({"input": 10, "cached": 20, "output": 1, "total": 31}, (10, 20, 1, 0)),
    ],
)
def test_the_messages_own_total_tells_whether_its_input_holds_the_cached(
    tmp_path: Path, tokens: dict[str, int], split: tuple[int, ...]
):
    [reply] = chat(tmp_path, [message(tokens=tokens)]).replies.values()
    assert (reply.input_uncached_tokens, reply.cache_read_tokens, reply.output_tokens, reply.reasoning_tokens) == split


def test_a_chat_kept_as_one_document_and_as_lines_has_the_same_replies(tmp_path: Path):
    document = chat(tmp_path, [{"type": "user", "content": CANARY}, message(), message(id="n", timestamp=iso(1))])
    lines = write_log(
        tmp_path / "rocket/chats/l.jsonl", {"sessionId": "s"}, message(), message(id="n", timestamp=iso(1))
    )
    read = AGENT.read(lines, "rocket/chats/l.jsonl", LATEST)
    assert document.replies.keys() == read.replies.keys() == {("m", None), ("n", None)}
    assert {reply.session_id for reading in (document, read) for reply in reading.replies.values()} == {"s"}
    assert {reply.project for reply in document.replies.values()} == {"rocket"}


def test_of_a_message_that_was_written_again_the_fuller_copy_counts(tmp_path: Path):
    fuller = message(tokens={**TOKENS, "output": 45, "total": 80})
    for copies in ([message(tokens=None), message(), fuller], [fuller, message()]):
        [reply] = chat(tmp_path, copies).replies.values()
        assert reply.output_tokens == 50


def test_a_message_without_an_id_is_known_by_what_it_states(tmp_path: Path):
    reading = chat(tmp_path, [message(id=None), message(id=None), message(id=None, timestamp=iso(1))])
    assert (len(reading.replies), reading.copies) == (2, 3)


@pytest.mark.parametrize(
    "messages", [None, "x", [None, 1, "x", []], [{"type": "gemini"}], [{"type": "gemini", "tokens": 3}]]
)
def test_a_document_of_another_shape_holds_no_reply(tmp_path: Path, messages: Any):
    reading = chat(tmp_path, messages)
    assert (reading.replies, reading.broken) == ({}, 0)


def test_other_documents_beside_the_chats_are_passed_by(tmp_path: Path):
    path = write_json(tmp_path / "rocket/logs.json", [{"message": CANARY, "tokens": TOKENS}])
    reading = AGENT.read(path, "rocket/logs.json", LATEST)
    assert (reading.replies, reading.broken) == ({}, 0)


def test_a_message_that_cannot_be_dated_is_told_and_the_others_count(tmp_path: Path):
    reading = chat(tmp_path, [message(timestamp="2026-03-01"), message(id="n")])
    assert list(reading.replies) == [("n", None)]
    assert reading.reasons == ["rocket/chats/session-1.json:1: the reply's timestamp has no time zone"]
