"""Anthropic's messages usage: fast mode distinguished where that may be asked, and everything else where it may not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pipelines.sources.api.anthropic_usage import WITHOUT_SPEED
from pipelines.sources.outcomes import Status
from tests.sources.api.canned import Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)


def result(speed: str | None, tokens: int) -> dict[str, Any]:
    return {
        "uncached_input_tokens": tokens,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 1,
        "server_tool_use": {"web_search_requests": 0},
        "api_key_id": "apikey_1",
        "workspace_id": None,
        "model": "claude-opus-4-8",
        "service_tier": "standard",
        "context_window": "0-200k",
        "inference_geo": "global",
        "speed": speed,
    }


def usage(asked: Asked, *results: dict[str, Any]) -> Any:
    if "usage_report" not in asked.path:
        return {"data": [], "has_more": False, "id": "org-1"}
    days = [
        {"starting_at": f"2026-11-{day}T00:00:00Z", "results": list(results) if day == 22 else []} for day in (22, 23)
    ]
    return {"data": days, "has_more": False, "next_page": None}


def test_fast_mode_is_a_row_of_its_own(tmp_path: Path):
    with provider(lambda asked: usage(asked, result("fast", 5), result("standard", 7))) as served:
        outcome, records = land(source("anthropic_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.findings) == (Status.OK, ())
    assert {(record.speed, record.input_uncached_tokens) for record in records} == {("fast", 5), ("standard", 7)}
    asked = next(asked for asked in served.asked if "usage_report" in asked.path)
    assert asked.headers["anthropic-beta"] == "fast-mode-2026-02-01"
    assert ("group_by[]", "speed") in asked.params


def test_where_speed_may_not_be_asked_for_all_else_is_taken_and_that_is_said(tmp_path: Path):
    def answer(asked: Asked) -> Any:
        if ("group_by[]", "speed") in asked.params or "anthropic-beta" in asked.headers:
            message = "Unexpected value(s) `fast-mode-2026-02-01` for the `anthropic-beta` header"
            return 400, {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
        return usage(asked, result(None, 12))

    with provider(answer) as served:
        outcome, (record,) = land(source("anthropic_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.findings) == (Status.OK, (WITHOUT_SPEED,))
    assert (record.speed, record.input_uncached_tokens) == (None, 12)


def test_another_refusal_is_a_failure(tmp_path: Path):
    def answer(asked: Asked) -> Any:
        refused = 400, {"type": "error", "error": {"type": "invalid_request_error", "message": "limit: too many"}}
        return refused if "usage_report" in asked.path else usage(asked)

    with provider(answer) as served:
        outcome, records = land(source("anthropic_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, records) == (Status.FAILED, [])
