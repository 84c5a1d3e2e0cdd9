"""What is read of a log line, what is left out, and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.presentation.messages import NO_TIMESTAMP, NOT_A_COUNT, NOT_JSON
from pipelines.sources.local.claude_code import read_file
from pipelines.sources.local.framework.log_records import ENDLESS_LINE, LONGEST_LINE
from pipelines.sources.local.framework.replies import ParsedLog, Reply
from tests.sources.local.session_logs import SONNET, progress, reply, usage, write_log

LATEST = datetime(2026, 3, 3, tzinfo=UTC)
NAME = "projects/-home-someone-work-rocket/session-a.jsonl"


def read(tmp_path: Path, *lines: dict[str, Any] | bytes) -> ParsedLog:
    return read_file(write_log(tmp_path / "log.jsonl", *lines), NAME, LATEST)


def only(reading: ParsedLog) -> Reply:
    [message] = reading.replies.values()
    return message


def test_every_field_of_a_reply_has_its_place(tmp_path: Path):
    reported = usage(
        cache_creation={"ephemeral_5m_input_tokens": 12, "ephemeral_1h_input_tokens": 18},
        service_tier="priority",
        speed="fast",
        inference_geo="us",
        server_tool_use={"web_search_requests": 3},
    )
    assert only(read(tmp_path, reply(usage=reported))) == Reply(
        message_id="msg_1",
        request_id="req_1",
        moment=datetime(2026, 3, 1, 10, tzinfo=UTC),
        session_id="session-a",
        project="rocket",
        provider="anthropic",
        model=SONNET,
        service_tier="priority",
        speed="fast",
        inference_geo="us",
        input_uncached_tokens=10,
        cache_read_tokens=20,
        cache_write_5m_tokens=12,
        cache_write_1h_tokens=18,
        output_tokens=40,
        web_search_requests=3,
        is_sidechain=False,
        source_file=NAME,
    )


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ({}, (30, 0)),
        ({"cache_creation": None}, (30, 0)),
        ({"cache_creation": {}}, (30, 0)),
        ({"cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 30}}, (0, 30)),
        ({"cache_creation": {"ephemeral_5m_input_tokens": 7, "ephemeral_1h_input_tokens": 5}}, (7, 5)),
        ({"cache_creation_input_tokens": None}, (0, 0)),
    ],
)
def test_split_cache_writes_replace_the_flat_count(tmp_path: Path, reported: dict[str, Any], expected: tuple[int, int]):
    message = only(read(tmp_path, reply(usage=usage(**reported))))
    assert (message.cache_write_5m_tokens, message.cache_write_1h_tokens) == expected


def test_what_a_log_does_not_state_is_unknown_and_a_stated_zero_is_zero(tmp_path: Path):
    silent = only(read(tmp_path, reply(model=None, sessionId=None, requestId=None)))
    assert (silent.model, silent.session_id, silent.request_id) == (None, None, None)
    assert (silent.service_tier, silent.speed, silent.inference_geo, silent.web_search_requests) == (
        None,
        None,
        None,
        None,
    )
    reported = usage(inference_geo="not_available", speed="", server_tool_use={"web_search_requests": 0})
    message = only(read(tmp_path, reply(usage=reported)))
    assert (message.speed, message.inference_geo, message.web_search_requests) == (None, None, 0)


def test_a_sub_agents_reply_in_a_progress_record_counts_as_a_side_chains(tmp_path: Path):
    nested = reply("msg_sub", "req_sub", timestamp="2026-03-01T09:59:00.000Z", sessionId="inner", cwd="/inner")
    message = only(read(tmp_path, progress(nested)))
    assert (message.message_id, message.request_id, message.is_sidechain) == ("msg_sub", "req_sub", True)
    assert message.moment == datetime(2026, 3, 1, 9, 59, tzinfo=UTC)
    assert (message.session_id, message.project, message.tokens) == ("session-a", "rocket", 100)


def test_a_nested_reply_without_a_time_has_its_records(tmp_path: Path):
    message = only(read(tmp_path, progress(reply(timestamp=None))))
    assert message.moment == datetime(2026, 3, 1, 10, 0, 59, tzinfo=UTC)


def test_lines_that_are_no_answered_request_are_left_out_without_a_complaint(tmp_path: Path):
    reading = read(
        tmp_path,
        reply(model="<synthetic>"),
        reply(usage=None),
        reply(usage={}),
        reply(message="text with usage"),
        reply(type="user", toolUseResult={"usage": usage()}),
        progress(reply(type="user")),
        {"type": "progress", "data": {"usage": usage()}},
        {"type": "progress", "data": None, "usage": 1},
        {"type": "summary", "summary": "about usage"},
        b'["usage"]',
        b"null",
        b"",
        b"   ",
    )
    assert (reading.replies, reading.copies, reading.broken, reading.lines) == ({}, 0, 0, 13)


def test_json_with_spaces_and_windows_line_ends_is_read(tmp_path: Path):
    spaced = json.dumps(reply(), indent=None, separators=(" , ", " : ")).encode() + b"\r"
    reading = read(tmp_path, b"  " + spaced)
    assert only(reading).tokens == 100
    assert reading.broken == 0


def test_broken_lines_are_counted_with_their_place_and_the_rest_is_read(tmp_path: Path):
    whole = json.dumps(reply("msg_2")).encode()
    reading = read(
        tmp_path,
        b'{"type":"assistant","message":{"usage":{"input_to',
        reply("msg_1"),
        b"\x00\x00\x00",
        b'{"usage": oops}',
        whole,
        b"[" * 100_000,
        b'{"type":"user","message":"cut of',
    )
    assert {message.message_id for message in reading.replies.values()} == {"msg_1", "msg_2"}
    assert (reading.broken, reading.lines) == (5, 7)
    why = NOT_JSON
    assert reading.reasons == [f"{NAME}:{line}: {why}" for line in (1, 3, 4, 6, 7)]


def test_reasons_are_bounded_and_the_count_is_not(tmp_path: Path):
    reading = read(tmp_path, *[b"{"] * 40)
    assert (reading.broken, len(reading.reasons)) == (40, 5)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (reply(timestamp=None), NO_TIMESTAMP),
        (reply(timestamp=1772359200), NO_TIMESTAMP),
        (reply(timestamp="SECRET"), NO_TIMESTAMP),
        (reply(timestamp="0001-01-01T00:00:00+14:00"), NO_TIMESTAMP),
        (reply(timestamp="2026-03-01T10:00:00"), "the reply's timestamp has no time zone"),
        (reply(timestamp="2026-03-03T00:00:00.001Z"), "the reply's timestamp is in the future"),
        (reply(usage=usage(input_tokens=-1)), f"input_tokens {NOT_A_COUNT}"),
        (reply(usage=usage(output_tokens=1.5)), f"output_tokens {NOT_A_COUNT}"),
        (reply(usage=usage(output_tokens=True)), f"output_tokens {NOT_A_COUNT}"),
        (reply(usage=usage(output_tokens="SECRET")), f"output_tokens {NOT_A_COUNT}"),
        (reply(usage=usage(cache_read_input_tokens=10**30)), f"cache_read_input_tokens {NOT_A_COUNT}"),
        (reply(usage=usage(input_tokens=float("nan"))), f"input_tokens {NOT_A_COUNT}"),
    ],
)
def test_a_reply_that_cannot_be_dated_or_counted_is_rejected_without_quoting_it(
    tmp_path: Path, line: dict[str, Any], reason: str
):
    reading = read(tmp_path, line)
    assert reading.replies == {}
    assert (reading.broken, reading.reasons) == (1, [f"{NAME}:1: {reason}"])


def test_times_of_other_zones_are_turned_into_utc(tmp_path: Path):
    message = only(read(tmp_path, reply(timestamp="2026-03-01T01:30:00.250+02:00")))
    assert message.moment == datetime(2026, 2, 28, 23, 30, 0, 250_000, tzinfo=UTC)


def test_a_stray_byte_or_half_an_emoji_in_a_text_costs_no_reply(tmp_path: Path):
    stray = json.dumps(reply("msg_1")).encode().replace(b"an answer", b"an \xff\xfe answer")
    half = json.dumps(reply("msg_2", cwd="/w/half-\ud83d")).encode()
    reading = read(tmp_path, stray, half)
    assert reading.broken == 0
    assert [(m.message_id, m.project, m.tokens) for m in reading.replies.values()] == [
        ("msg_1", "rocket", 100),
        ("msg_2", "half-?", 100),
    ]


def test_a_line_without_end_is_rejected_and_the_next_one_read(tmp_path: Path):
    endless = b'{"usage":"' + b"x" * LONGEST_LINE + b'"}'
    reading = read(tmp_path, endless, reply())
    assert (reading.lines, reading.broken) == (2, 1)
    assert only(reading).message_id == "msg_1"


def test_what_comes_before_a_line_beyond_all_bounds_is_read_and_nothing_after_it(tmp_path: Path):
    log = write_log(tmp_path / "log.jsonl", reply())
    with log.open("r+b") as handle:
        handle.truncate(log.stat().st_size + ENDLESS_LINE + 1)
    reading = read_file(log, NAME, LATEST)
    assert (reading.lines, reading.broken) == (2, 1)
    assert reading.reasons == [f"{NAME}:2: the line is longer than 256 MiB: nothing after it was read"]
    assert only(reading).message_id == "msg_1"


def test_a_long_line_is_read_whole(tmp_path: Path):
    message = only(read(tmp_path, reply(toolResult="x" * 5_000_000)))
    assert message.tokens == 100


@pytest.mark.parametrize(
    ("cwd", "project"),
    [
        ("/home/someone/work/rocket/", "rocket"),
        ("C:\\Users\\someone\\rocket", "rocket"),
        ("/", "rocket"),
        (None, "rocket"),
    ],
)
def test_the_project_is_the_name_of_the_folder_worked_in(tmp_path: Path, cwd: str | None, project: str):
    assert only(read(tmp_path, reply(cwd=cwd))).project == project


def test_a_log_outside_any_project_folder_has_no_project(tmp_path: Path):
    path = write_log(tmp_path / "log.jsonl", reply(cwd=None))
    assert only(read_file(path, "projects/log.jsonl", LATEST)).project is None


def test_replies_without_a_message_id_are_known_by_their_line(tmp_path: Path):
    lines = [
        reply(None, uuid="u-1"),
        reply("", uuid="u-2"),
        reply(None, uuid=None, usage=usage(output_tokens=1)),
        reply(None, uuid=None, usage=usage(output_tokens=2)),
    ]
    first, again = read(tmp_path, *lines), read(tmp_path, *lines, *lines)
    assert [key[0] for key in first.replies] == [
        "line:u-1",
        "line:u-2",
        "line:session-a:2026-03-01T10:00:00+00:00:[10, 20, 1]",
        "line:session-a:2026-03-01T10:00:00+00:00:[10, 20, 2]",
    ]
    assert again.replies == first.replies


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path):
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path, NAME, LATEST)
