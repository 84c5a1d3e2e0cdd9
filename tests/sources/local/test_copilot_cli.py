"""Which of GitHub Copilot CLI's traces are replies, and how their counts come apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.presentation.messages import NO_TIMESTAMP
from pipelines.sources.local.copilot_cli import AGENT
from pipelines.sources.local.framework.agent import Machine
from pipelines.sources.local.framework.extraction import extract
from pipelines.sources.local.framework.replies import ParsedLog
from tests.sources.local.agent_logs import START, copilot_span
from tests.sources.local.session_logs import write_log

LATEST = START + timedelta(days=30)
USAGE = "gen_ai.usage."


def read(tmp_path: Path, *lines: dict[str, Any]) -> ParsedLog:
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
    ("reported", "split"),
    [
        ({}, (10, 20, 30, 40, 5)),
        ({f"{USAGE}cache_creation.input_tokens": 0, f"{USAGE}cache_write.input_tokens": 7}, (33, 20, 7, 40, 5)),
        ({f"{USAGE}reasoning.output_tokens": None, f"{USAGE}reasoning_tokens": 6}, (10, 20, 30, 40, 6)),
        ({f"{USAGE}input_tokens": 9}, (0, 20, 30, 40, 5)),
    ],
)
def test_the_input_includes_the_cached_and_the_output_the_reasoned(
    tmp_path: Path, reported: dict[str, Any], split: tuple[int, ...]
):
    [reply] = read(tmp_path, copilot_span("t", "1", 0, **reported)).replies.values()
    assert (
        reply.input_uncached_tokens,
        reply.cache_read_tokens,
        reply.cache_write_other_tokens,
        reply.output_tokens,
        reply.reasoning_tokens,
    ) == split


def test_the_model_that_answered_stands_before_the_one_that_was_asked(tmp_path: Path):
    [reply] = read(tmp_path, copilot_span("t", "1", 0, **{"gen_ai.response.model": "gpt-5.2"})).replies.values()
    assert (reply.model, reply.provider) == ("gpt-5.2", "openai")


@pytest.mark.parametrize(
    ("reported", "reason"),
    [
        ({"traceId": None}, "the span has no id"),
        ({"endTime": None, "startTime": "noon"}, NO_TIMESTAMP),
        ({"endTime": [10**12, 0]}, NO_TIMESTAMP),
    ],
)
def test_a_span_that_cannot_be_known_or_dated_is_told(tmp_path: Path, reported: dict[str, Any], reason: str):
    reading = read(tmp_path, {**copilot_span("t", "1", 0), **reported})
    assert (reading.replies, reading.reasons) == ({}, [f"a.jsonl:1: {reason}"])


def test_the_folder_of_the_exporters_file_is_looked_at_too():
    machine = Machine(Path("/home/someone"), {"COPILOT_OTEL_FILE_EXPORTER_PATH": "~/traces/copilot.jsonl"})
    assert AGENT.roots(machine) == [Path("/home/someone/traces"), Path("/home/someone/.copilot")]
    moved = Machine(Path("/home/someone"), {"COPILOT_HOME": "/srv/copilot"})
    assert AGENT.roots(moved) == [Path("/srv/copilot")]


CACHED = ("cache_read", "cache_creation")


@pytest.mark.parametrize("point", [".", "_"])
def test_counts_of_the_cache_are_taken_however_their_names_are_written(tmp_path: Path, point: str):
    names = {f"{USAGE}{kind}.input_tokens": None for kind in CACHED}
    counts = {f"{USAGE}{kind}{point}input_tokens": number for kind, number in zip(CACHED, (20_000, 1_000), strict=True)}
    span = copilot_span("t", "1", 0, **{**names, f"{USAGE}input_tokens": 21_100, f"{USAGE}output_tokens": 80, **counts})
    [reply] = read(tmp_path, span).replies.values()
    assert (
        reply.input_uncached_tokens,
        reply.cache_read_tokens,
        reply.cache_write_other_tokens,
        reply.output_tokens,
    ) == (100, 20_000, 1_000, 80)


@pytest.mark.parametrize(
    "names",
    [
        ("prompt_tokens", "completion_tokens", "cached_tokens", "cache_write.input_tokens"),
        ("input_tokens", "output_tokens", "cached_input_tokens", "cache_creation_tokens"),
        ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    ],
)
def test_counts_of_a_span_are_taken_under_every_name_they_have_had(tmp_path: Path, names: tuple[str, ...]):
    counts = dict(zip((f"{USAGE}{name}" for name in names), (21_100, 80, 20_000, 1_000), strict=True))
    span = copilot_span("t", "1", 0)
    others = {name: value for name, value in span["attributes"].items() if not name.startswith(USAGE)}
    [reply] = read(tmp_path, {**span, "attributes": others | counts}).replies.values()
    assert (
        reply.input_uncached_tokens,
        reply.cache_read_tokens,
        reply.cache_write_other_tokens,
        reply.output_tokens,
    ) == (100, 20_000, 1_000, 80)


def event(kind: str, time: str, **data: Any) -> dict[str, Any]:
    return {"type": f"session.{kind}", "id": f"e-{time}", "timestamp": f"2026-03-01T{time}Z", "data": data}


def shutdown(time: str, **models: tuple[int, int, int, int]) -> dict[str, Any]:
    """The end of a part of a session: input with the cached, output, cache reads, cache writes by model."""
    names = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens")
    metrics = {
        model: {"requests": {"count": 3, "cost": 1}, "usage": dict(zip(names, counts, strict=True))}
        for model, counts in models.items()
    }
    return event("shutdown", time, modelMetrics=metrics, currentModel="gpt-5.2")


START_OF_SESSION = event("start", "10:00:00", sessionId="aaaa", context={"cwd": "/home/someone/rocket"})


def session(tmp_path: Path, *lines: dict[str, Any], name: str = "aaaa") -> Path:
    return write_log(tmp_path / "copilot" / "session-state" / name / "events.jsonl", *lines)


def landed(tmp_path: Path) -> tuple[list[tuple[Any, ...]], tuple[str, ...]]:
    store = LandingStore(tmp_path / "landing")
    result = extract(AGENT, [tmp_path / "copilot"], "laptop", store, LATEST)
    names = ("model_raw", "input_uncached_tokens", "output_tokens", "cache_read_tokens", "cache_write_other_tokens")
    rows = sorted(store.read(AGENT.feed("laptop")).to_pylist(), key=lambda row: row["period_start"])
    return [tuple(row[name] for name in names) for row in rows], result.findings


def test_every_shutdown_of_a_session_counts_by_model(tmp_path: Path):
    session(
        tmp_path,
        START_OF_SESSION,
        shutdown("10:05:00", a=(10_000, 200, 8_500, 500), b=(100, 5, 0, 0)),
        event("resume", "12:00:00", sessionId="aaaa"),
        shutdown("12:30:00", a=(300, 7, 100, 0)),
    )
    rows, findings = landed(tmp_path)
    assert sorted(rows) == [("a", 200, 7, 100, 0), ("a", 1_000, 200, 8_500, 500), ("b", 100, 5, 0, 0)]
    assert findings == ()


def test_a_shutdown_without_models_counts_by_its_totals(tmp_path: Path):
    details = {"input": {"tokenCount": 10}, "cache_read": {"tokenCount": 4}, "cache_write": {"tokenCount": 21_070}}
    end = shutdown("10:05:00")
    end["data"]["tokenDetails"] = {**details, "output": {"tokenCount": 42}}
    session(tmp_path, START_OF_SESSION, end)
    assert landed(tmp_path) == ([("gpt-5.2", 10, 42, 4, 21_070)], ())


def test_what_a_session_has_not_stated_is_a_finding(tmp_path: Path):
    answer = {"type": "assistant.message", "data": {"outputTokens": 31}, "timestamp": "2026-03-01T10:01:00Z"}
    session(tmp_path, START_OF_SESSION, answer)
    session(tmp_path, START_OF_SESSION, answer, shutdown("10:05:00", a=(100, 5, 0, 0)), answer, name="bbbb")
    rows, [finding] = landed(tmp_path)
    assert rows == [("a", 100, 5, 0, 0)]
    assert finding == (
        "GitHub Copilot CLI: sessions with incomplete usage: open, crashed, or shut down without figures: 2"
    )


@pytest.mark.parametrize("names_its_session", [True, False])
@pytest.mark.parametrize("first", ["traces", "events"])
def test_a_use_that_traces_and_events_state_counts_once(tmp_path: Path, first: str, *, names_its_session: bool):
    named = {"gen_ai.conversation.id": "aaaa" if names_its_session else None}
    inside, after = START + timedelta(minutes=3), START + timedelta(minutes=9)
    spans = [
        {**copilot_span("t", str(number), 0, **named), "endTime": [int(at.timestamp()), 0]}
        for number, at in enumerate((inside, after))
    ]
    run = copilot_span("t", "run", 0, **{"gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": "aaaa"})

    def write(what: str) -> None:
        if what == "traces":
            write_log(tmp_path / "copilot" / "otel" / "traces.jsonl", *spans, run)
        else:
            session(tmp_path, START_OF_SESSION, shutdown("10:05:00", a=(100, 5, 0, 0)))

    write(first)
    landed(tmp_path)
    write("events" if first == "traces" else "traces")
    rows, findings = landed(tmp_path)
    assert rows == [("a", 100, 5, 0, 0), ("claude-sonnet-4.5", 10, 40, 20, 30)]
    assert findings == ()
