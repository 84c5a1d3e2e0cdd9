"""Replies without ids of Anthropic's: copies count once, other replies count, whatever ids a relay gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local.claude_code import AGENT, REPEATED_IDS
from pipelines.sources.local.framework.extraction import extract
from tests.sources.local.session_logs import reply, usage, write_log

NOW = datetime(2026, 9, 30, tzinfo=UTC)


def at(time: str, message_id: str = "relay", **reported: Any) -> dict[str, Any]:
    """A line without a request id, 100 in and 50 out."""
    counts = {"input_tokens": 100, "output_tokens": 50, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}
    line = {"usage": usage(**counts), "parentUuid": None, "uuid": f"u-{time}", **reported}
    return reply(message_id, None, timestamp=f"2026-09-05T{time}Z", **line)


def counted(tmp_path: Path, **logs: list[dict[str, Any]]) -> tuple[int, int, int]:
    """(replies, input, output) that these logs land together."""
    for name, lines in logs.items():
        write_log(tmp_path / "claude" / "projects" / "rocket" / f"{name}.jsonl", *lines)
    landing = LandingStore(tmp_path / "landing")
    extract(AGENT, [tmp_path / "claude"], "laptop", landing, NOW)
    rows = landing.read(AGENT.feed("laptop")).to_pylist()
    return len(rows), sum(row["input_uncached_tokens"] for row in rows), sum(row["output_tokens"] for row in rows)


def test_replies_of_a_relay_with_one_message_id_all_count(tmp_path: Path):
    first = [at("10:00:00", sessionId="a")]
    second = [at("12:00:00", sessionId="b"), at("13:00:00", sessionId="b")]
    assert counted(tmp_path, s=first, s2=second) == (3, 300, 150)


RELAYS = [("relay", "relay-request"), ("relay", "req_011"), ("msg_01", "20260905100000"), ("msg_01", None)]


@pytest.mark.parametrize(("message_id", "request_id"), RELAYS)
def test_replies_of_a_relay_that_gives_all_of_them_both_ids_all_count(
    tmp_path: Path, message_id: str, request_id: str | None
):
    first = [at("10:00:00", message_id, requestId=request_id, sessionId="a")]
    second = [at(time, message_id, requestId=request_id, sessionId="b") for time in ("12:00:00", "13:00:00")]
    third = [at(time, message_id, requestId=request_id, sessionId="c") for time in ("14:00:00", "14:00:05")]
    fork = [{**line, "sessionId": "d"} for line in second]
    assert counted(tmp_path, a=first, b=second, c=third, d=fork) == (4, 400, 200)


def test_what_an_earlier_version_landed_of_such_a_relay_is_replaced(tmp_path: Path):
    logs = {"s": [at(time, requestId="relay-request") for time in ("10:00:00", "12:00:00")]}
    counted(tmp_path, **logs)
    landing = LandingStore(tmp_path / "landing")
    feed = AGENT.feed("laptop")
    table = landing.read(feed)
    [day] = {moment.date() for moment in table["period_start"].to_pylist()}
    one = table.slice(0, 1).set_column(table.schema.get_field_index("message_id"), "message_id", [["relay"]])
    landing.replace(feed, {day: one}, cursor={"files": {}}, now=NOW)
    assert counted(tmp_path, **logs) == (2, 200, 100)


def test_ids_of_anthropics_form_that_come_again_long_after_are_a_finding(tmp_path: Path):
    ids = {"message_id": "msg_01", "requestId": "req_01"}
    blocks = [at("10:00:00", **ids), at("10:00:40", **ids), at("10:08:00", **ids, parentUuid="u-10:00:40")]
    path = write_log(tmp_path / "claude" / "projects" / "rocket" / "s.jsonl", *blocks)
    assert AGENT.read(path, "s.jsonl", NOW).left_out == {}
    write_log(path, *blocks, at("12:00:00", **ids), at("12:00:03", **ids), at("13:00:00", **ids))
    assert AGENT.read(path, "s.jsonl", NOW).left_out == {REPEATED_IDS: 2}


@pytest.mark.parametrize("message_id", ["relay", "chatcmpl-8f3a2b1c9d0e4f5a6b7c8d9e"])
def test_blocks_of_one_reply_count_once_and_copies_of_them_too(tmp_path: Path, message_id: str):
    blocks = [
        at("10:00:00", message_id, usage=usage(output_tokens=1)),
        at("10:00:02", message_id, usage=usage(output_tokens=40)),
        at("10:04:00", message_id, usage=usage(output_tokens=50), parentUuid="u-10:00:02"),
    ]
    fork = [{**line, "sessionId": "fork"} for line in blocks]
    assert counted(tmp_path, s=blocks, fork=fork) == (1, 10, 50)


def test_a_tool_call_later_the_same_relay_answers_anew(tmp_path: Path):
    lines = [
        at("10:00:00", usage=usage(input_tokens=100)),
        at("10:00:03", usage=usage(input_tokens=180), parentUuid="u-result-1"),
        at("10:00:04", usage=usage(input_tokens=180, output_tokens=60), parentUuid="u-10:00:03"),
        at("10:00:06", usage=usage(input_tokens=260), parentUuid="u-result-2"),
    ]
    assert counted(tmp_path, s=lines) == (3, 540, 140)


def test_blocks_that_share_the_line_they_follow_are_one_reply(tmp_path: Path):
    lines = [at("10:00:00", parentUuid="u-0"), at("10:03:00", parentUuid="u-0", usage=usage(input_tokens=120))]
    assert counted(tmp_path, s=lines) == (1, 120, 40)


def test_a_side_chain_counts_unless_it_replays_the_main_thread(tmp_path: Path):
    main = [at("10:00:00")]
    replay = at("10:20:00", isSidechain=True)
    own = at("10:21:00", isSidechain=True, usage=usage(input_tokens=7, output_tokens=3))
    assert counted(tmp_path, s=main, agent=[replay, own]) == (2, 107, 53)


def test_what_an_earlier_version_landed_of_a_relay_is_replaced(tmp_path: Path):
    logs = {"s": [at("10:00:00"), at("12:00:00")]}
    assert counted(tmp_path, **logs) == (2, 200, 100)
    landing = LandingStore(tmp_path / "landing")
    feed = AGENT.feed("laptop")
    table = landing.read(feed)
    [day] = {moment.date() for moment in table["period_start"].to_pylist()}
    one = table.slice(0, 1).set_column(table.schema.get_field_index("message_id"), "message_id", [["relay"]])
    landing.replace(feed, {day: one}, cursor={"files": {}}, now=NOW)
    assert counted(tmp_path, **logs) == (2, 200, 100)
