"""Vercel and Cloudflare: figures of gateways, as they word them, landed once each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.domain.records import CostBasis
from pipelines.sources.outcomes import Status
from tests.sources.api.canned import KEY, Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)


def vercel(asked: Asked) -> Any:
    assert asked.query == {
        "start_date": "2026-11-22",
        "end_date": "2026-11-23",
        "date_part": "day",
        "group_by": "model",
    }
    row = {
        "day": "2026-11-22",
        "model": "openai/gpt-5",
        "total_cost": 0.75,
        "market_cost": 1.0,
        "input_tokens": 1000,
        "cached_input_tokens": 600,
        "cache_creation_input_tokens": 0,
        "output_tokens": 70,
        "reasoning_tokens": 20,
        "request_count": 2,
        "surcharge_cost": 0.01,
    }
    return {"results": [row]}


def test_vercel_lands_what_is_charged_and_keeps_a_field_it_does_not_know(tmp_path: Path):
    with provider(vercel) as served:
        outcome, (record,) = land(source("vercel_gateway"), f"{served.url}/prefix", tmp_path, YESTERDAY)
    assert served.asked[0].path == "/prefix/v1/report"
    assert served.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert (record.cost_amount, record.list_cost_amount, record.currency) == (Decimal("0.75"), Decimal(1), "USD")
    assert (record.input_uncached_tokens, record.cache_read_tokens, record.output_tokens) == (400, 600, 70)
    assert record.extra == '{"surcharge_cost":"0.01"}'
    assert outcome.message == "fields this version does not know are kept as they are: results[].surcharge_cost"
    assert KEY not in str(outcome)


def cloudflare(asked: Asked) -> Any:
    assert asked.path == "/client/v4/graphql"
    assert asked.body["variables"]["account"] == "acme"
    row = {
        "count": 3,
        "sum": {
            "cost": 0.125,
            "uncachedTokensIn": 100,
            "uncachedTokensOut": 9,
            "cachedTokensIn": 5,
            "cachedTokensOut": 1,
        },
        "dimensions": {"gateway": "prod", "model": "gpt-5", "provider": "openai"},
    }
    rows = [row] if asked.body["variables"]["from"] == "2026-11-22T00:00:00Z" else []
    return {"data": {"viewer": {"accounts": [{"aiGatewayRequestsAdaptiveGroups": rows}]}}, "errors": None}


def test_cloudflare_lands_its_estimate_by_gateway_and_model(tmp_path: Path):
    with provider(cloudflare) as served:
        outcome, (record,) = land(source("cloudflare_gateway"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.message) == (Status.OK, None)
    assert (record.provider, record.project, record.model_raw) == ("openai", "prod", "gpt-5")
    assert (record.cost_amount, record.cost_basis) == (Decimal("0.125"), CostBasis.PROVIDER_ESTIMATE)
    assert (record.requests, record.input_uncached_tokens, record.cache_read_tokens) == (3, 100, 5)


def test_cloudflare_says_why_a_query_was_not_answered(tmp_path: Path):
    with provider(lambda _: {"data": None, "errors": [{"message": "account not entitled"}]}) as served:
        outcome, records = land(source("cloudflare_gateway"), served.url, tmp_path, YESTERDAY)
    assert outcome.status is Status.FAILED
    assert outcome.message == ("the answer of Cloudflare AI Gateway: the query was not answered: account not entitled")
    assert records == []
