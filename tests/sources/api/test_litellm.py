"""LiteLLM: a day's spend once, split by model and key as far as the proxy tells, with the providers it names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import CostBasis, UsageRecord
from pipelines.sources.outcomes import Outcome, Status
from tests.sources.api.canned import Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)


def metrics(spend: float, prompt: int = 1000, requests: int = 4, **others: Any) -> dict[str, Any]:
    return {
        "spend": spend,
        "prompt_tokens": prompt,
        "completion_tokens": 50,
        "cache_read_input_tokens": 400,
        "cache_creation_input_tokens": 100,
        "total_tokens": prompt + 50,
        "api_requests": requests,
        **others,
    }


def model(figures: dict[str, Any], **keys: dict[str, Any]) -> dict[str, Any]:
    owner = {"team_id": "team-a", "user_id": "u-1", "user_email": None}
    by_key = {
        key: {"metrics": part, "metadata": {"key_alias": f"{key} of ours", **owner}} for key, part in keys.items()
    }
    return {"metrics": figures, "metadata": {}, "api_key_breakdown": by_key}


def landed(tmp_path: Path, *pages: dict[str, Any]) -> tuple[Outcome, list[UsageRecord], list[Asked]]:
    """What comes of the pages of yesterday; today has none."""

    def answer(asked: Asked) -> Any:
        number = int(asked.query["page"])
        if asked.query["start_date"] != str(YESTERDAY):
            return {"results": [], "metadata": {"page": 1, "has_more": False}}
        day = {"date": str(YESTERDAY), **pages[number - 1]}
        return {"results": [day], "metadata": {"page": number, "has_more": number < len(pages)}}

    with provider(answer) as served:
        return *land(source("litellm_activity"), served.url, tmp_path, YESTERDAY), served.asked


def page(total: dict[str, Any], models: dict[str, Any], providers: dict[str, Any]) -> dict[str, Any]:
    by_provider = {name: {"metrics": figures, "metadata": {}} for name, figures in providers.items()}
    return {"metrics": total, "breakdown": {"models": models, "providers": by_provider}}


def test_a_day_is_its_models_and_what_they_leave_of_the_total_over_all_pages(tmp_path: Path):
    pages = [
        page(metrics(1.5), {name: model(metrics(1.25, 900, 3))}, {who: metrics(1.25, 900, 3)})
        for name, who in (("anthropic/claude-opus-4-5", "anthropic"), ("gpt-5-mini", "openai"))
    ]
    outcome, records, asked = landed(tmp_path, *pages)
    assert (outcome.status, outcome.message, outcome.findings) == (Status.OK, None, ())
    assert {(record.model_raw, record.provider, record.cost_amount) for record in records} == {
        ("anthropic/claude-opus-4-5", "anthropic", Decimal("1.25")),
        ("gpt-5-mini", "litellm", Decimal("1.25")),
        (None, "litellm", Decimal("0.5")),
    }, "two providers have the same figures, so nobody can tell which of them gpt-5-mini is of"
    assert {record.cost_basis for record in records} == {CostBasis.PROVIDER_ESTIMATE}
    (claude,) = [record for record in records if record.model_raw == "anthropic/claude-opus-4-5"]
    assert (claude.input_uncached_tokens, claude.cache_read_tokens, claude.cache_write_other_tokens) == (400, 400, 100)
    assert {request.query["start_date"] for request in asked} == {"2026-11-22", "2026-11-23"}
    assert all(request.query["start_date"] == request.query["end_date"] for request in asked)


def test_a_model_is_split_by_key_and_what_the_keys_leave_stays(tmp_path: Path):
    opus = model(metrics(3), first=metrics(1.75, 600, 2), second=metrics(1, 300, 1))
    _, records, _ = landed(tmp_path, page(metrics(3), {"claude-opus-4-5": opus}, {"bedrock": metrics(3)}))
    assert {(r.api_key_id, r.api_key_name, r.project, r.user_id, r.cost_amount, r.requests) for r in records} == {
        ("first", "first of ours", "team-a", "u-1", Decimal("1.75"), 2),
        ("second", "second of ours", "team-a", "u-1", Decimal(1), 1),
        (None, None, None, None, Decimal("0.25"), 1),
    }
    assert sum(record.cost_amount or 0 for record in records) == 3
    assert {(record.model_raw, record.provider) for record in records} == {("claude-opus-4-5", "aws")}


@pytest.mark.parametrize(
    ("name", "providers", "whose"),
    [
        ("meta-llama/Llama-4", {"together_ai": metrics(2)}, "together"),
        ("gpt-5", {"azure": metrics(2), "anthropic": metrics(5)}, "azure"),
        ("openai/gpt-5", {"openai": metrics(9), "anthropic": metrics(5)}, "openai"),
        ("gpt-5", {"azure": metrics(1), "openai": metrics(1)}, "litellm"),
        ("meta-llama/Llama-4", {"azure": metrics(1), "openai": metrics(1)}, "litellm"),
        ("gpt-5", {"unknown": metrics(2)}, "litellm"),
    ],
)
def test_a_models_provider_is_one_that_the_day_names(tmp_path: Path, name: str, providers: dict[str, Any], whose: str):
    _, records, _ = landed(tmp_path, page(metrics(2), {name: model(metrics(2))}, providers))
    assert [(record.provider, record.cost_amount) for record in records] == [(whose, Decimal(2))]


def test_provisioned_throughput_is_a_row_of_its_own(tmp_path: Path):
    flat = metrics(2, flat_cost=24.5)
    _, records, _ = landed(tmp_path, page(flat, {"gpt-5": model(flat)}, {"azure": metrics(2)}))
    assert {(record.line_item, record.cost_amount) for record in records} == {
        (None, Decimal(2)),
        ("flat_cost", Decimal("24.5")),
    }


def test_a_proxy_that_does_not_tell_keys_and_providers_says_what_is_not_known(tmp_path: Path):
    older = {"metrics": metrics(2), "breakdown": {"models": {"openai/gpt-5": {"metrics": metrics(2)}}}}
    outcome, records, _ = landed(tmp_path, older)
    assert [(record.provider, record.cost_amount) for record in records] == [("openai", Decimal(2))]
    assert outcome.findings == (
        "results[].breakdown.models{}.api_key_breakdown is missing in 1 row: its value is unknown",
        "results[].breakdown.providers is missing in 1 row: its value is unknown",
    )
