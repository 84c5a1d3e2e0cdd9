"""Agents that report what a whole session has used so far: the total is replaced, never added."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.presentation.messages import NO_TIMESTAMP, NOT_A_COUNT, NOT_JSON
from pipelines.sources.local import droid, goose, hermes
from pipelines.sources.local.framework.extraction import extract
from tests.sources.local.agent_logs import START, iso, write_json, write_rows

LATEST = START + timedelta(days=30)
USAGE = {"inputTokens": 10, "outputTokens": 40, "cacheReadTokens": 20, "cacheCreationTokens": 30}


def session(folder: Path, **reported: Any) -> Path:
    return write_json(folder / "s.settings.json", {"tokenUsage": USAGE, "providerLockTimestamp": iso(0), **reported})


def test_a_session_whose_day_is_not_stated_moves_with_its_file_and_is_never_on_two_days(tmp_path: Path):
    landing = LandingStore(tmp_path / "landing")
    for day, output in ((1, 40), (2, 41), (3, 90)):
        path = session(tmp_path / "logs", providerLockTimestamp=None, tokenUsage={**USAGE, "outputTokens": output})
        written = datetime(2026, 3, day, 12, tzinfo=UTC)
        os.utime(path, (written.timestamp(), written.timestamp()))
        extract(droid.AGENT, [tmp_path / "logs"], "laptop", landing, LATEST)
        [row] = landing.read(droid.AGENT.feed("laptop")).to_pylist()
        assert (row["period_start"], row["output_tokens"], row["requests"]) == (written, output, None)


@pytest.mark.parametrize(
    ("reported", "model", "provider"),
    [
        ({"model": "claude-opus-4-5-20251101"}, "claude-opus-4-5-20251101", "anthropic"),
        ({"model": "custom:GPT-5.1-Codex-[OpenAI]-0"}, "gpt-5.1-codex", "openai"),
        ({"model": "custom:rocket-1"}, "rocket-1", "factory"),
        ({"model": "glm-4.6", "providerLock": "fireworks"}, "glm-4.6", "fireworks"),
        ({}, None, "factory"),
    ],
)
def test_a_droids_model_is_read_without_its_decoration(
    tmp_path: Path, reported: dict[str, Any], model: str | None, provider: str
):
    [reply] = droid.AGENT.read(session(tmp_path, **reported), "s.settings.json", LATEST).replies.values()
    assert (reply.model, reply.provider, reply.project) == (model, provider, None)


@pytest.mark.parametrize("content", [[], {"tokenUsage": None}, {"tokenUsage": {"inputTokens": 0}}])
def test_settings_without_use_are_no_session(tmp_path: Path, content: Any):
    path = write_json(tmp_path / "s.settings.json", content)
    assert droid.AGENT.read(path, "s.settings.json", LATEST).replies == {}


def goose_row(**reported: Any) -> dict[str, Any]:
    row = {"id": "s", "model_config_json": '{"model_name": "gpt-5"}', "provider_name": None, "created_at": iso(0)}
    row |= {"input_tokens": 1, "output_tokens": 2, "accumulated_input_tokens": 10, "accumulated_output_tokens": 40}
    return {**row, **reported}


@pytest.mark.parametrize(
    ("reported", "counts"),
    [
        ({}, (10, 40)),
        ({"accumulated_input_tokens": None, "accumulated_output_tokens": None}, (1, 2)),
        ({"accumulated_output_tokens": None, "output_tokens": None}, (10, None)),
    ],
)
def test_gooses_accumulated_counts_stand_before_those_of_the_last_reply(
    tmp_path: Path, reported: dict[str, Any], counts: tuple[int | None, int | None]
):
    path = write_rows(tmp_path / "sessions.db", "sessions", [goose_row(**reported)])
    [reply] = goose.AGENT.read(path, "sessions.db", LATEST).replies.values()
    assert (reply.input_uncached_tokens, reply.output_tokens) == counts
    assert (reply.cache_read_tokens, reply.requests, reply.provider) == (None, None, "openai")


@pytest.mark.parametrize(
    "made", ["2026-03-01 10:00:00", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00+01:00", 1772359200, 1772359200000]
)
def test_goose_writes_the_moment_in_many_ways(tmp_path: Path, made: Any):
    path = write_rows(tmp_path / "sessions.db", "sessions", [goose_row(created_at=made)])
    [reply] = goose.AGENT.read(path, "sessions.db", LATEST).replies.values()
    assert reply.moment == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reported", "reason"),
    [
        ({"created_at": "yesterday"}, "the session has no usable timestamp"),
        ({"created_at": None}, NO_TIMESTAMP),
        ({"id": None}, "the session has no id"),
        ({"model_config_json": "{cut"}, NOT_JSON),
        ({"accumulated_input_tokens": -1}, f"accumulated_input_tokens {NOT_A_COUNT}"),
    ],
)
def test_a_goose_session_that_cannot_be_used_is_told(tmp_path: Path, reported: dict[str, Any], reason: str):
    path = write_rows(tmp_path / "sessions.db", "sessions", [goose_row(**reported)])
    reading = goose.AGENT.read(path, "sessions.db", LATEST)
    assert (reading.replies, reading.reasons) == ({}, [f"sessions.db:1: {reason}"])


def test_a_hermes_session_without_an_id_is_told_and_one_without_use_passed_by(tmp_path: Path):
    row = {"id": None, "model": "gpt-5", "billing_provider": "openai-codex", "started_at": 1772359200.25}
    row |= {"input_tokens": 1, "output_tokens": 2, "cache_read_tokens": 0, "cache_write_tokens": None}
    idle = {**row, "id": "idle", "input_tokens": 0, "output_tokens": 0}
    used = {**row, "id": "used"}
    path = write_rows(tmp_path / "state.db", "sessions", [row, idle, used])
    reading = hermes.AGENT.read(path, "state.db", LATEST)
    [reply] = reading.replies.values()
    assert (reply.session_id, reply.provider, reply.tokens) == ("used", "openai", 3)
    assert reply.moment == datetime(2026, 3, 1, 10, 0, 0, 250000, tzinfo=UTC)
    assert reading.reasons == ["state.db:1: the session has no id"]
