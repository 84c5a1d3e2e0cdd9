"""Amp's ledger and its messages: two forms of the same requests."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.presentation.messages import NOT_A_COUNT
from pipelines.sources.local.amp import AGENT
from pipelines.sources.local.framework.extraction import extract
from pipelines.sources.local.framework.findings import was_used
from pipelines.sources.local.framework.replies import ParsedLog
from tests.sources.local.agent_logs import START, amp_answer, iso, write_json

LATEST = START + timedelta(days=30)


def event(number: int, **reported: Any) -> dict[str, Any]:
    tokens = {"input": 10 + number, "output": 40}
    whole = {"id": f"e{number}", "timestamp": iso(number), "model": "gpt-5", "tokens": tokens, "credits": 1.5}
    return {**whole, "toMessageId": number, **reported}


def thread(tmp_path: Path, **reported: Any) -> Path:
    return write_json(tmp_path / "amp" / "threads" / "T-1.json", {"id": "T-1", **reported})


def read(tmp_path: Path, **reported: Any) -> ParsedLog:
    return AGENT.read(thread(tmp_path, **reported), "threads/T-1.json", LATEST)


def test_an_event_of_the_ledger_has_the_cache_counts_of_the_message_it_led_to(tmp_path: Path):
    answers = [amp_answer(0, inputTokens=999), amp_answer(1)]
    reading = read(tmp_path, messages=answers, usageLedger={"events": [event(0), event(1, toMessageId=7)]})
    replies = {key[0]: reply for key, reply in reading.replies.items()}
    first, second = replies["T-1:0"], replies["T-1:7"]
    assert (
        first.input_uncached_tokens,
        first.cache_read_tokens,
        first.cache_write_other_tokens,
        first.output_tokens,
    ) == (10, 20, 30, 40)
    assert (
        second.input_uncached_tokens,
        second.cache_read_tokens,
        second.cache_write_other_tokens,
        second.output_tokens,
    ) == (11, 0, 0, 40)
    assert (first.model, first.provider, first.session_id) == ("gpt-5", "openai", "T-1")


def test_a_thread_that_changes_its_form_is_not_counted_twice(tmp_path: Path):
    landing = LandingStore(tmp_path / "landing")
    answers = [amp_answer(0), amp_answer(1)]
    for form in ({"usageLedger": {"events": [event(0), event(1)]}}, {}, {"usageLedger": {"events": [event(0)]}}):
        thread(tmp_path, messages=answers, **form)
        extract(AGENT, [tmp_path / "amp"], "laptop", landing, LATEST)
        table = landing.read(AGENT.feed("laptop"))
        assert sorted(table["message_id"].to_pylist()) == ["T-1:0", "T-1:1"]
        assert sum(table["output_tokens"].to_pylist()) == 80


@pytest.mark.parametrize("first", ["T-1", "T-2"])
def test_a_forked_threads_copies_count_once(tmp_path: Path, first: str):
    landing = LandingStore(tmp_path / "landing")
    threads = {"T-1": [amp_answer(0), amp_answer(1)], "T-2": [amp_answer(0), amp_answer(1), amp_answer(2)]}
    for name in sorted(threads, key=lambda name: name != first):
        write_json(tmp_path / "amp" / "threads" / f"{name}.json", {"id": name, "messages": threads[name]})
        extract(AGENT, [tmp_path / "amp"], "laptop", landing, LATEST)
    landed = landing.read(AGENT.feed("laptop")).to_pylist()
    assert sorted(row["message_id"] for row in landed) == ["T-1:0", "T-1:1", "T-2:2"]


def test_events_of_the_same_message_and_of_none_count_each(tmp_path: Path):
    events = [event(0), event(1, toMessageId=0), event(2, toMessageId=None), event(3, id=None, toMessageId=None)]
    reading = read(tmp_path, messages=[amp_answer(0)], usageLedger={"events": events})
    assert sorted(reading.replies) == [
        ("T-1:0", None),
        ("T-1:event-3", None),
        ("T-1:event-e1", None),
        ("T-1:event-e2", None),
    ]
    assert sum(reply.tokens for reply in reading.replies.values()) == 10 + 11 + 12 + 13 + 4 * 40 + 50


def test_a_message_without_an_id_is_known_by_its_place(tmp_path: Path):
    answers = [{**amp_answer(n), "messageId": None} for n in range(2)]
    assert sorted(read(tmp_path, messages=answers).replies) == [("T-1:at-0", None), ("T-1:at-1", None)]


def test_what_is_no_use_is_passed_by_and_what_is_broken_told(tmp_path: Path):
    messages = [None, {"role": "user", "usage": {"inputTokens": 1}}, amp_answer(2, inputTokens="7"), amp_answer(3)]
    reading = read(tmp_path, messages=messages)
    assert list(reading.replies) == [("T-1:3", None)]
    assert reading.reasons == [f"threads/T-1.json:1: inputTokens {NOT_A_COUNT}"]


def test_use_that_amp_keeps_on_its_servers_is_a_finding(tmp_path: Path):
    log = thread(tmp_path, messages=[amp_answer(0)])
    prompts = tmp_path / "amp" / "history.jsonl"
    prompts.write_text('{"text":"CANARY-4711"}\n')

    def findings() -> tuple[str, ...]:
        return extract(AGENT, [tmp_path / "amp"], "laptop", LandingStore(tmp_path / "landing"), LATEST).findings

    assert findings() == ()
    os.utime(log, (1, 1))
    kept_elsewhere = ("Amp: it was used after its newest log here; that usage is stored elsewhere: enter its bill",)
    assert findings() == kept_elsewhere
    log.unlink()
    assert findings() == kept_elsewhere


@pytest.mark.parametrize(("prompts", "used"), [('{"text":"CANARY-4711"}\n', True), ("", False)])
def test_prompts_without_any_thread_are_a_sign_of_use(tmp_path: Path, prompts: str, *, used: bool):
    (tmp_path / "amp").mkdir()
    (tmp_path / "amp" / "history.jsonl").write_text(prompts)
    result = extract(AGENT, [tmp_path / "amp"], "laptop", LandingStore(tmp_path / "landing"), LATEST)
    assert (result.files_found, bool(result.findings), was_used(AGENT, [tmp_path / "amp"])) == (0, used, used)
