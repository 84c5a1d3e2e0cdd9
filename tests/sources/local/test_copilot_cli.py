"""Which of GitHub Copilot CLI's traces are replies, and how their counts come apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.local.agent import Machine
from pipelines.sources.local.copilot_cli import AGENT
from pipelines.sources.local.replies import Reading
from tests.sources.local.agent_logs import START, copilot_span
from tests.sources.local.session_logs import write_log

LATEST = START + timedelta(days=30)
USAGE = "gen_ai.usage."


def read(tmp_path: Path, *lines: dict[str, Any]) -> Reading:
    return AGENT.read(write_log(tmp_path / "a.jsonl", *lines), "a.jsonl", LATEST)


def test_only_chat_spans_count_because_others_state_their_tokens_once_more(tmp_path: Path):
    chat = copilot_span("t", "1", 0)
    unnamed = copilot_span("t", "2", 1, **{"gen_ai.operation.name": None})
    run = {**copilot_span("t", "3", 2, **{"gen_ai.operation.name": "invoke_agent"}), "name": "invoke_agent copilot"}
    event = {**copilot_span("t", "4", 3, **{"event.name": "gen_ai.client.inference.operation.details"}), "type": "log"}
    reading = read(tmp_path, chat, unnamed, run, event)
    assert list(reading.replies) == [("t:1", None), ("t:2", None)]
    assert reading.broken == 0


@pytest.mark.parametrize(
    ("stated", "split"),
    [
        ({}, (10, 20, 30, 40, 5)),
        ({f"{USAGE}cache_creation.input_tokens": 0, f"{USAGE}cache_write.input_tokens": 7}, (33, 20, 7, 40, 5)),
        ({f"{USAGE}reasoning.output_tokens": None, f"{USAGE}reasoning_tokens": 6}, (10, 20, 30, 40, 6)),
        ({f"{USAGE}input_tokens": 9}, (0, 20, 30, 40, 5)),
    ],
)
def test_the_input_includes_the_cached_and_the_output_the_reasoned(
    tmp_path: Path, stated: dict[str, Any], split: tuple[int, ...]
):
    [reply] = read(tmp_path, copilot_span("t", "1", 0, **stated)).replies.values()
    assert (reply.input_uncached, reply.cache_read, reply.cache_write_other, reply.output, reply.reasoning) == split


def test_the_model_that_answered_stands_before_the_one_that_was_asked(tmp_path: Path):
    [reply] = read(tmp_path, copilot_span("t", "1", 0, **{"gen_ai.response.model": "gpt-5.2"})).replies.values()
    assert (reply.model, reply.provider) == ("gpt-5.2", "openai")


@pytest.mark.parametrize(
    ("stated", "reason"),
    [
        ({"traceId": None}, "the span has no id"),
        ({"endTime": None, "startTime": "noon"}, "the reply has no usable timestamp"),
        ({"endTime": [10**12, 0]}, "the reply has no usable timestamp"),
    ],
)
def test_a_span_that_cannot_be_known_or_dated_is_told(tmp_path: Path, stated: dict[str, Any], reason: str):
    reading = read(tmp_path, {**copilot_span("t", "1", 0), **stated})
    assert (reading.replies, reading.reasons) == ({}, [f"a.jsonl:1: {reason}"])


def test_the_folder_of_the_exporters_file_is_looked_at_too():
    machine = Machine(Path("/home/someone"), {"COPILOT_OTEL_FILE_EXPORTER_PATH": "~/traces/copilot.jsonl"})
    assert AGENT.roots(machine) == [Path("/home/someone/traces"), Path("/home/someone/.copilot/otel")]
