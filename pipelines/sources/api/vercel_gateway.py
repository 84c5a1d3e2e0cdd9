"""Vercel AI Gateway: credits charged, by day and model.

`GET /v1/report` takes inclusive UTC dates. `total_cost` is charged in US dollars, nothing for requests with a key
of the user; `market_cost` is the list price. Every question is itself billed, so only new days and the last two
are asked for, and in one grouping alone: the report groups by one thing at a time, and tags overlap.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pipelines.domain.periods import Window, day_start, utc_day
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.framework.answers import Fields
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

QUANTITIES = ("total_cost", "input_tokens", "output_tokens", "request_count")
FIELDS_OF_GROUP = ("model", "market_cost", "cached_input_tokens", "cache_creation_input_tokens", "reasoning_tokens")
ANSWERS = {
    "/v1/report": Shape(
        ("results", "results[].day", *(f"results[].{name}" for name in QUANTITIES)),
        expected=tuple(f"results[].{name}" for name in FIELDS_OF_GROUP),
    )
}


def fetch(session: Session, window: Window) -> Answer:
    """All days of `window` in one answer."""
    params = [
        ("start_date", str(window.start)),
        ("end_date", str(window.end - timedelta(days=1))),
        ("date_part", "day"),
        ("group_by", "model"),
    ]
    answer = session.client.get("/v1/report", params)
    records = [_record(session, row) for row in answer.objects("results")]
    # A day without use has no row; of the day under way that may change, so it is not answered for yet.
    today = utc_day(session.now)
    answered = {day for day in window.days() if day < today} | {record.day for record in records}
    return Answer(records, answered)


def _record(session: Session, row: Fields) -> UsageRecord:
    day = row.day("day")
    tokens = row.count("input_tokens")
    cache = {
        "cache_read_tokens": row.optional_count("cached_input_tokens"),
        "cache_write_other_tokens": row.optional_count("cache_creation_input_tokens"),
    }
    cached = sum(count or 0 for count in cache.values())
    return session.record(
        record_kind=RecordKind.USAGE_COST,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        model_raw=row.optional_text("model"),
        requests=row.count("request_count"),
        input_uncached_tokens=max(tokens - cached, 0),
        **cache,
        output_tokens=row.count("output_tokens"),
        reasoning_tokens=row.optional_count("reasoning_tokens"),
        cost_amount=row.money("total_cost"),
        list_cost_amount=row.optional_money("market_cost"),
        currency="USD",
        cost_basis=CostBasis.PROVIDER_REPORTED,
        extra=row.extra(),
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="vercel_gateway",
    provider="vercel",
    title="Vercel AI Gateway",
    fetched="credits charged by the AI Gateway",
    docs="https://vercel.com/docs/ai-gateway",
    base_url="https://ai-gateway.vercel.sh",
    headers=_headers,
    key=KeyKind(
        "an AI Gateway key of a paid plan",
        "https://vercel.com/dashboard, AI Gateway, API keys",
        variable="AI_GATEWAY_API_KEY",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=2,
    page_days=31,
    is_billed=True,
    may_lack_today=True,
    statement="charged by the seller",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
