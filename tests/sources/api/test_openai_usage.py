"""OpenAI's usage: batches in several tiers, and endpoints that are not there, never were, or are gone."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.domain.meters import TOKEN_METERS
from pipelines.domain.records import UsageRecord
from pipelines.presentation.messages import UNCHANGED
from pipelines.sources.outcomes import Outcome, Status
from tests.sources.api.canned import Asked, land, provider, source

BEGIN = date(2026, 11, 22)
DAYS = (1795305600, 1795392000)
"""The starts of 22 and 23 November 2026."""


def page(*results: dict[str, Any]) -> dict[str, Any]:
    data = [{"start_time": day, "results": list(results) if day == DAYS[0] else []} for day in DAYS]
    return {"data": data, "has_more": False, "next_page": None}


def completion(tokens: int, *, batch: bool, tier: str | None, **others: Any) -> dict[str, Any]:
    return {
        "input_tokens": tokens,
        "input_cached_tokens": 0,
        "output_tokens": 10,
        "num_model_requests": 1,
        **BY_MODEL,
        "batch": batch,
        "service_tier": tier,
        "api_source": "unlabeled",
        **others,
    }


BY_MODEL = {"project_id": "proj_a", "user_id": "user_a", "api_key_id": "key_a", "model": "gpt-5"}
EMBEDDING = {"input_tokens": 30, "num_model_requests": 2, **dict.fromkeys(BY_MODEL)}


def extracted(folder: Path, pages: dict[str, Any]) -> tuple[Outcome, list[UsageRecord]]:
    """What is landed when each endpoint gives what `pages` says, and those that are not in it give empty days."""

    def answer(asked: Asked) -> Any:
        kind = asked.path.rpartition("/")[2]
        if "usage" not in asked.path:
            return {"data": [], "has_more": False}
        return pages.get(kind, page())

    with provider(answer) as served:
        return land(source("openai_usage"), served.url, folder, BEGIN)


def test_batches_of_several_tiers_are_rows_of_their_own(tmp_path: Path):
    rows = [completion(100, batch=True, tier=None), completion(7, batch=True, tier="default")]
    ordinary = completion(20, batch=False, tier="flex")
    outcome, records = extracted(tmp_path, {"completions": page(*rows, ordinary)})
    assert (outcome.status, outcome.message, outcome.findings) == (Status.OK, None, ())
    assert {(record.input_uncached_tokens, record.service_tier, record.line_item) for record in records} == {
        (100, "batch", None),
        (7, "batch", "service_tier default"),
        (20, "flex", None),
    }


def test_an_endpoint_that_never_was_there_is_a_finding_and_the_rest_is_taken(tmp_path: Path):
    pages = {"completions": page(completion(100, batch=False, tier=None)), "embeddings": (404, {})}
    outcome, records = extracted(tmp_path, pages)
    assert (outcome.status, len(records)) == (Status.OK, 1)
    assert outcome.findings == ("/organization/usage/embeddings does not exist (404): use of this kind is not counted",)


def test_an_endpoint_that_is_gone_after_it_gave_rows_makes_no_day_smaller(tmp_path: Path):
    whole = {"completions": page(completion(100, batch=False, tier=None)), "embeddings": page(EMBEDDING)}
    outcome, before = extracted(tmp_path, whole)
    assert (outcome.status, len(before)) == (Status.OK, 2)
    outcome, after = extracted(tmp_path, {**whole, "embeddings": (404, {"error": "Not Found"})})
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        "127.0.0.1 has nothing at /organization/usage/embeddings (404): Not Found; check base_url, organization and "
        f"what the key may see. {UNCHANGED} 2026-11-23"
    )
    assert after == before


def test_use_is_told_by_person_and_by_what_started_it_and_keeps_its_parts(tmp_path: Path):
    spoken = completion(
        100,
        batch=False,
        tier="default",
        api_source="agents_api",
        input_text_tokens=80,
        input_audio_tokens=15,
        input_image_tokens=5,
        output_audio_tokens=0,
    )
    outcome, (record,) = extracted(tmp_path, {"completions": page(spoken)})
    assert (outcome.message, outcome.findings) == (None, ())
    assert (record.user_id, record.line_item, record.extra) == ("user_a", "api_source agents_api", None)
    assert (record.input_uncached_tokens, record.input_audio_tokens, record.input_image_tokens) == (80, 15, 5)
    assert record.output_audio_tokens is None


def test_parts_with_a_price_of_their_own_are_counted_apart_from_the_whole(tmp_path: Path):
    parts = {
        "input_cached_tokens": 40,
        "input_cached_audio_tokens": 10,
        "input_cache_write_tokens": 20,
        "input_cache_write_30m_tokens": 12,
        "input_cache_write_12h_tokens": 8,
        "output_audio_tokens": 3,
    }
    _, (record,) = extracted(tmp_path, {"completions": page(completion(100, batch=False, tier=None, **parts))})
    counted = {name: getattr(record, name) for name in TOKEN_METERS if getattr(record, name) is not None}
    assert counted == {
        "input_uncached_tokens": 40,
        "cache_read_tokens": 30,
        "cache_read_audio_tokens": 10,
        "cache_write_other_tokens": 8,
        "cache_write_30m_tokens": 12,
        "output_tokens": record.output_tokens,
        "output_audio_tokens": 3,
    }
    assert sum(counted.values()) == 100 + record.output_tokens + 3
    assert json.loads(record.extra or "") == {"input_cache_write_12h_tokens": 8}


def test_parts_that_are_more_than_the_whole_leave_the_day_out(tmp_path: Path):
    wrong = completion(100, batch=False, tier=None, input_audio_tokens=101)
    outcome, records = extracted(tmp_path, {"completions": page(wrong)})
    assert records == []
    assert "101 input_audio_tokens are more than the 100 tokens that contain them" in str(outcome)


def test_what_is_not_counted_by_tokens_is_counted_by_its_meter(tmp_path: Path):
    of_model = {"num_model_requests": 1, "project_id": "p", "user_id": None, "api_key_id": None, "model": "m"}
    pages = {
        "completions": page(completion(100, batch=False, tier=None)),
        "images": page({**of_model, "images": 3, "size": "1024x1024", "source": "image.generation"}),
        "audio_speeches": page({**of_model, "characters": 1200}),
        "audio_transcriptions": page({**of_model, "seconds": 90}),
        "web_search_calls": page({**of_model, "num_requests": 5, "context_level": "low", "api_source": None}),
        "code_interpreter_sessions": page({"num_sessions": 2, "project_id": "p"}),
    }
    _, records = extracted(tmp_path, pages)
    others = sorted((record for record in records if record.service != "completions"), key=lambda row: str(row.service))
    assert [
        (row.service, row.meter, row.images, row.characters, row.audio_seconds, row.web_search_requests, row.quantity)
        for row in others
    ] == [
        ("audio_speeches", "characters", None, 1200, None, None, None),
        ("audio_transcriptions", "seconds", None, None, 90, None, None),
        ("code_interpreter_sessions", "sessions", None, None, None, None, 2),
        ("images", "images", 3, None, None, None, None),
        ("web_search_calls", "calls", None, None, None, 5, None),
    ]


def test_decisions_are_a_kind_of_use_of_their_own(tmp_path: Path):
    pages = {
        "completions": page(completion(100, batch=False, tier=None)),
        "decisions": page(completion(7, batch=False, tier=None, model="gpt-6-luna")),
        "file_search_calls": page({"num_requests": 4, **BY_MODEL, "vector_store_id": "vs_1"}),
    }
    _, records = extracted(tmp_path, pages)
    assert {(record.service, record.line_item, record.input_uncached_tokens) for record in records} == {
        ("completions", None, 100),
        ("decisions", None, 7),
        ("file_search_calls", "vector_store_id vs_1", None),
    }
