"""Vercel and Cloudflare: figures of gateways, as they word them, landed once each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

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
    assert outcome.message == "unknown fields are stored unchanged: results[].surcharge_cost"
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


def billing(*days: int, value: float = 1.25, **given: Any) -> dict[str, Any]:
    starts = [int(datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000) for day in days]
    rows = [
        {"id": f"h{start}", "aggregated_value": value, "start_time": start, "end_time": start + 86_400_000, **given}
        for start in starts
    ]
    return {"success": True, "errors": [], "result": {"history": rows}, "result_info": {"has_more": False}}


def test_cloudflare_billing_lands_dollars_by_day_as_a_second_view(tmp_path: Path):
    of = source("cloudflare_billing")
    with provider(lambda _: billing(22, 23)) as served:
        outcome, records = land(of, served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.message, outcome.findings) == (Status.OK, None, ())
    assert {(r.day.day, r.cost_amount, r.currency, r.provider) for r in records} == {
        (22, Decimal("1.25"), "USD", "cloudflare"),
        (23, Decimal("1.25"), "USD", "cloudflare"),
    }
    assert of.precedence is None, "the estimates of the gateway hold it: it never counts"
    (asked,) = served.asked
    assert asked.path == "/client/v4/accounts/acme/ai-gateway/billing/usage-history"
    assert (asked.query["value_grouping_window"], asked.query["start_time"]) == ("day", "1795305600000")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            billing(22, end_time=1795305600000 + 31 * 86_400_000),
            "a figure is of 2026-11-22T00:00Z to 2026-12-23T00:00Z, where days were asked",
        ),
        ({**billing(22), "success": False}, "success is not true: the question was not answered"),
        (
            {**billing(22), "result_info": {"has_more": True}},
            "result_info.has_more is true, and how to ask for more is not documented",
        ),
        (billing(22, start_time=1795305600), "result.history[0].start_time is in the year 1970, which no figure is of"),
    ],
)
def test_cloudflare_billing_takes_nothing_that_it_cannot_place(tmp_path: Path, answer: dict[str, Any], message: str):
    with provider(lambda _: answer) as served:
        outcome, records = land(source("cloudflare_billing"), served.url, tmp_path, YESTERDAY)
    assert (outcome.message, records) == (f"the answer of Cloudflare Unified Billing: {message}", [])


def test_an_account_without_unified_billing_lacks_it_without_a_failure(tmp_path: Path):
    with provider(lambda _: (403, {"errors": [{"message": "not allowed"}]})) as served:
        outcome, records = land(source("cloudflare_billing"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, records) == (Status.OK, [])
    assert (outcome.message or "").startswith("Cloudflare Unified Billing is not available to this key")
