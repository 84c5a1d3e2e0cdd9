"""What is particular to the logs of Qwen Code, Kimi CLI, pi and OpenClaw."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local import kimi, openclaw, pi, qwen_code
from pipelines.sources.local.framework.extraction import extract
from tests.sources.local.agent_logs import START, iso, moment, pi_answer
from tests.sources.local.session_logs import write_log

LATEST = START + timedelta(days=30)
QWEN = {"promptTokenCount": 30, "candidatesTokenCount": 35, "thoughtsTokenCount": 5, "cachedContentTokenCount": 20}


def qwen(usage: dict[str, int], **reported: Any) -> dict[str, Any]:
    record = {"uuid": "u", "sessionId": "s", "timestamp": iso(0), "type": "assistant", "model": "qwen3-coder-plus"}
    return {**record, "usageMetadata": usage, **reported}


@pytest.mark.parametrize(
    ("usage", "split"),
    [
        ({**QWEN, "totalTokenCount": 70}, (10, 20, 40, 5)),
        ({**QWEN, "totalTokenCount": 65}, (10, 20, 35, 5)),
        (QWEN, (10, 20, 35, 5)),
        ({"promptTokenCount": 5, "cachedContentTokenCount": 20}, (0, 5, 0, 0)),
    ],
)
def test_qwens_total_tells_whether_thoughts_stand_beside_the_candidates(
    tmp_path: Path, usage: dict[str, int], split: tuple[int, ...]
):
    path = write_log(tmp_path / "c.jsonl", qwen(usage))
    [reply] = qwen_code.AGENT.read(path, "projects/-rocket/chats/c.jsonl", LATEST).replies.values()
    assert (reply.input_uncached_tokens, reply.cache_read_tokens, reply.output_tokens, reply.reasoning_tokens) == split
    assert (reply.project, reply.session_id, reply.provider) == ("rocket", "s", "alibaba")


def test_a_qwen_record_without_ids_is_known_by_what_it_states_and_by_its_file(tmp_path: Path):
    path = write_log(tmp_path / "c.jsonl", *[qwen(QWEN, uuid=None, sessionId=None)] * 2, qwen(QWEN, uuid="v"))
    reading = qwen_code.AGENT.read(path, "projects/-rocket/chats/c.jsonl", LATEST)
    assert (len(reading.replies), reading.copies) == (2, 3)
    assert {reply.session_id for reply in reading.replies.values()} == {"c", "s"}


def kimi_update(number: int, **payload: Any) -> dict[str, Any]:
    usage = {"input_other": 10, "input_cache_read": 20, "input_cache_creation": 30, "output": 40}
    message = {"type": "StatusUpdate", "payload": {"token_usage": usage, **payload}}
    return {"timestamp": moment(number).timestamp() + 0.125, "message": message}


def test_kimis_updates_are_known_by_their_message_or_by_what_they_state(tmp_path: Path):
    lines = [
        kimi_update(0, message_id="m"),
        kimi_update(0, message_id="m"),
        kimi_update(1),
        kimi_update(1),
        kimi_update(2),
    ]
    context = [kimi_update(3, token_usage=None, context_usage=0.5), {"type": "metadata", "token_usage": 1}]
    path = write_log(tmp_path / "wire.jsonl", *lines, *context)
    reading = kimi.AGENT.read(path, "sessions/f00/s/wire.jsonl", LATEST)
    assert (len(reading.replies), reading.copies, reading.broken) == (3, 5, 0)
    first = reading.replies["m", None]
    assert (first.moment, first.session_id) == (START + timedelta(milliseconds=125), "s")
    assert (first.model, first.provider, first.tokens) == (None, "moonshotai", 100)


def test_a_fork_of_kimis_session_adds_only_its_own_updates_though_none_has_an_id(tmp_path: Path):
    keys = set()
    for session, numbers in (("a", (0, 1)), ("b", (0, 1, 2))):
        path = write_log(tmp_path / session / "wire.jsonl", *map(kimi_update, numbers))
        keys |= set(kimi.AGENT.read(path, f"sessions/f00/{session}/wire.jsonl", LATEST).replies)
    assert len(keys) == 3


def test_an_answer_that_names_no_model_has_the_one_that_was_chosen_before(tmp_path: Path):
    lines = [
        {"type": "model_change", "provider": "openai", "modelId": "gpt-5.2"},
        pi_answer(0, model=None),
        {"type": "custom", "customType": "model-snapshot", "data": {"provider": "google", "modelId": "gemini-2.5-pro"}},
        pi_answer(1, model=None),
        pi_answer(2),
    ]
    for line in lines:
        if line["type"] == "message":
            del line["message"]["provider"]
    path = write_log(tmp_path / "s.jsonl", *lines)
    reading = openclaw.AGENT.read(path, "agents/main/sessions/s.jsonl", LATEST)
    answers = sorted(reading.replies.values(), key=lambda reply: reply.moment)
    assert [(answer.model, answer.provider) for answer in answers] == [
        ("gpt-5.2", "openai"),
        ("gemini-2.5-pro", "google"),
        ("claude-sonnet-4-5", "google"),
    ]


def test_sessions_of_openclaw_that_were_deleted_or_reset_count(tmp_path: Path):
    sessions = tmp_path / "logs" / "agents" / "main" / "sessions"
    for number, ending in enumerate(
        (".jsonl", ".jsonl.deleted.1700000000000", ".jsonl.reset.2026-03-20T06-34-44.520Z")
    ):
        write_log(sessions / f"s{number}{ending}", pi_answer(number))
    write_log(sessions / "s3.jsonl.lock", pi_answer(3))
    landing = LandingStore(tmp_path / "landing")
    result = extract(openclaw.AGENT, [tmp_path / "logs"], "laptop", landing, LATEST)
    assert (result.files_found, result.messages_landed) == (3, 3)
    landed = landing.read(openclaw.AGENT.feed("laptop"))["session_id"].to_pylist()
    assert sorted(landed) == ["s0", "s1", "s2"]


def test_what_pi_reckons_of_the_cost_is_not_read(tmp_path: Path):
    landing = LandingStore(tmp_path / "landing")
    write_log(
        tmp_path / "logs" / "--rocket--" / "x_s.jsonl", pi_answer(0), {"type": "message", "message": {"role": "user"}}
    )
    extract(pi.AGENT, [tmp_path / "logs"], "laptop", landing, LATEST)
    [row] = landing.read(pi.AGENT.feed("laptop")).to_pylist()
    assert (row["cost_amount"], row["list_cost_amount"], row["currency"]) == (None, None, None)
    assert row["session_id"] == "s"
