"""Anthropic's Usage and Cost Analytics: rows by day and group, each kind of cost and of token apart where asked for.

`limit` counts rows before that, so a page may be longer. Ranges span 31 days at most, from 2026 on, within a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.sample.provider.ledger import Sums, grouped
from pipelines.sample.provider.wire import Question, Reply, buckets, limit_of, page_of, plain

BETA = "analytics-usage-cost-2026-08-24"
DAY = timedelta(days=1)
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=31)
HISTORY = timedelta(days=365)
MOST_DIMENSIONS = 5
DIMENSIONS = {
    "actor": ("user", "key"),
    "api_key_id": ("key",),
    "workspace_id": ("project",),
    "model": ("model",),
    "speed": ("speed",),
    "product": ("service",),
    "context_window": ("context_window",),
    "service_tier": ("service_tier", "is_batch"),
    "inference_geo": ("inference_geo",),
}
FAN_OUT = frozenset({"cost_type", "token_type"})
TOKEN_TYPES = {
    "input_uncached_tokens": "uncached_input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_5m_tokens": "cache_creation.ephemeral_5m_input_tokens",
    "cache_write_1h_tokens": "cache_creation.ephemeral_1h_input_tokens",
}
Row = dict[str, Any]


class _RefusedError(Exception):
    """The question is not one that is answered."""


def cost(question: Question) -> Reply:
    """What was charged, in cents."""
    return _page(question, FAN_OUT, _charges)


def usage(question: Question) -> Reply:
    """Tokens and requests."""
    return _page(question, frozenset(), lambda sums, _: iter([({}, {"usage": _tokens(sums)})]))


def _charges(sums: Sums, split: frozenset[str]) -> Iterator[tuple[Row, Row]]:
    if not split:
        yield {}, _cost(sums.amount, sums.requests)
        return
    for meter, amount in sorted(sums.charges.items()):
        token = TOKEN_TYPES.get(meter)
        yield {"cost_type": "tokens" if token else meter, "token_type": token}, _cost(amount, None)


def _cost(amount: Any, requests: int | None) -> Row:
    cents = plain(amount.scaleb(2))
    return {"cost": {"amount": cents, "list_amount": cents, "currency": "USD", "requests": requests}}


def _tokens(sums: Sums) -> Row:
    counts = sums.quantities
    return {
        "uncached_input_tokens": counts["input_uncached_tokens"],
        "cache_read_input_tokens": counts["cache_read_tokens"],
        "cache_creation": {
            "ephemeral_5m_input_tokens": counts["cache_write_5m_tokens"],
            "ephemeral_1h_input_tokens": counts["cache_write_1h_tokens"],
        },
        "output_tokens": counts["output_tokens"],
        "total_tokens": sum(counts[name] for name in TOKEN_TYPES),
        "requests": sums.requests,
        "server_tool_use": {"web_search_requests": counts["web_search"]},
    }


def _page(
    question: Question,
    fan_out: frozenset[str],
    figures: Callable[[Sums, frozenset[str]], Iterator[tuple[Row, Row]]],
) -> Reply:
    try:
        start, end, dimensions, limit = _asked(question, fan_out)
    except _RefusedError as refusal:
        return _invalid(str(refusal))
    named = sorted({attribute for name in dimensions for attribute in DIMENSIONS[name]})
    found = [
        (begin, values, sums)
        for begin, finish in buckets(start, end, DAY)
        for values, sums in grouped(question.uses(begin, finish), named)
    ]
    page = page_of(question, found, limit)
    if page is None:
        return _invalid("page: does not belong to these parameters")
    split = fan_out & set(question.listed("group_by"))
    rows = [
        {
            "starting_at": _stamp(begin),
            "ending_at": _stamp(begin + DAY),
            "group": {**{name: _dimension_value(name, values) for name in dimensions}, **group},
            **figure,
        }
        for begin, values, sums in page[0]
        for group, figure in figures(sums, split)
    ]
    return Reply(
        {
            "data": rows,
            "data_refreshed_at": _stamp(question.now),
            "has_more": page[1] is not None,
            "next_page": page[1],
        }
    )


def _asked(question: Question, fan_out: frozenset[str]) -> tuple[datetime, datetime, list[str], int]:
    if BETA not in question.headers.get("anthropic-beta", ""):
        raise _RefusedError("anthropic-beta: this endpoint is in beta")
    dimensions = [name for name in question.listed("group_by") if name not in fan_out]
    unknown = [name for name in dimensions if name not in DIMENSIONS]
    if unknown or len(dimensions) > MOST_DIMENSIONS:
        raise _RefusedError(f"group_by: {unknown or 'at most 5 dimensions'}")
    start, end = (_moment(question.param(name)) for name in ("starting_at", "ending_at"))
    if start is None or end is None or question.param("time_bucket_width") != "1d":
        raise _RefusedError("starting_at, ending_at: required with time_bucket_width=1d")
    if start < max(BEGINS, question.now - HISTORY - DAY) or not start < end <= start + LONGEST:
        raise _RefusedError("starting_at: at most 365 days ago and not before 2026, with 31 days at most")
    limit = limit_of(question, 20, 1000)
    if limit is None:
        raise _RefusedError("limit: between 1 and 1000")
    return start, end, dimensions, limit


def _dimension_value(name: str, values: Mapping[str, object]) -> object:
    if name == "actor":
        return _actor(values.get("user"), values.get("key"))
    if name == "service_tier" and values.get("is_batch"):
        return "batch"
    unsaid = {"workspace_id": "wrkspc_default", "speed": "standard", "context_window": "0-200k"}
    return values.get(DIMENSIONS[name][0]) or unsaid.get(name)


def _actor(person: object, key: object) -> Row | None:
    if person:
        user = {"user_id": f"user_{person}", "email_address": person, "name": None, "deleted": False}
        return {"type": "user_actor", **user}
    return {"type": "api_actor", "api_key_id": key} if key else None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _invalid(message: str) -> Reply:
    return Reply({"type": "error", "error": {"type": "invalid_request_error", "message": message}}, 400)
