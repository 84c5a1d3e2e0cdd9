"""Anthropic's Admin API: messages usage, cost report, analytics, Claude Code analytics, names of workspaces and keys.

Cents as text; RFC 3339 moments; uncached input is alongside the cache, not over it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipelines.domain.periods import day_start
from pipelines.sample.provider import analytics
from pipelines.sample.provider.ledger import Sums, Use, grouped
from pipelines.sample.provider.wire import Question, Reply, Wire, buckets, limit_of, page_of, plain

WIDTHS = {"1d": (timedelta(days=1), 7, 31), "1h": (timedelta(hours=1), 24, 168), "1m": (timedelta(minutes=1), 60, 1440)}
"""Name -> (width, buckets a page unless asked otherwise, most buckets a page)."""

USAGE_DIMENSIONS = {
    "api_key_id": "key",
    "workspace_id": "project",
    "model": "model",
    "service_tier": "service_tier",
    "context_window": "context_window",
    "inference_geo": "inference_geo",
    "speed": "speed",
    "account_id": "account_id",
    "service_account_id": "service_account_id",
}
TOKEN_TYPES = {
    "input_uncached_tokens": ("uncached_input_tokens", "Input Tokens"),
    "output_tokens": ("output_tokens", "Output Tokens"),
    "cache_read_tokens": ("cache_read_input_tokens", "Input Tokens, Cache Read"),
    "cache_write_5m_tokens": ("cache_creation.ephemeral_5m_input_tokens", "Input Tokens, Cache Write (5m)"),
    "cache_write_1h_tokens": ("cache_creation.ephemeral_1h_input_tokens", "Input Tokens, Cache Write (1h)"),
}
UNSAID = {"service_tier": "standard", "context_window": "0-200k", "inference_geo": "global"}
FAST_MODE = "fast-mode-2026-02-01"
"""The beta whose header grouping by speed needs."""
CLAUDE_CODE = "claude_code"
"""The service of a use that Claude Code analytics shows too."""


def answer(question: Question) -> Reply:
    """The answer to a request with an admin key."""
    if "anthropic-version" not in question.headers:
        return _error(400, "invalid_request_error", "anthropic-version: header is required")
    endpoint = ENDPOINTS.get(question.path.removeprefix("/v1/organizations/"))
    return endpoint(question) if endpoint else _error(404, "not_found_error", "Not found")


def _organization_id(question: Question) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, question.account.name))


def _usage(question: Question) -> Reply:
    dimensions = question.listed("group_by")
    width = WIDTHS.get(question.param("bucket_width") or "1d")
    wrong = next((name for name in dimensions if name not in USAGE_DIMENSIONS), None)
    if "speed" in dimensions and FAST_MODE not in question.headers.get("anthropic-beta", ""):
        return _invalid("group_by: speed needs the beta fast-mode-2026-02-01")
    if wrong or width is None:
        return _invalid(f"group_by: {wrong} is not a dimension" if wrong else "bucket_width: not one of 1d, 1h, 1m")

    def results(uses: list[Use]) -> list[dict[str, Any]]:
        wanted = [USAGE_DIMENSIONS[name] for name in dimensions]
        named = [*wanted, "is_batch"] if "service_tier" in wanted else wanted
        return [
            {
                **_tokens(sums),
                **{name: _dimension_value(name, values) if name in dimensions else None for name in USAGE_DIMENSIONS},
            }
            for values, sums in grouped(uses, named)
        ]

    return _page(question, width, results)


def _costs(question: Question) -> Reply:
    dimensions = question.listed("group_by")
    if set(dimensions) - {"workspace_id", "description"} or (question.param("bucket_width") or "1d") != "1d":
        return _invalid("group_by: only workspace_id and description, by 1d")

    def results(uses: list[Use]) -> list[dict[str, Any]]:
        wanted = ["project"] if "workspace_id" in dimensions else []
        if "description" not in dimensions:
            return [_cost(values, None, sums.amount) for values, sums in grouped(uses, wanted)]
        by_line = grouped(uses, [*wanted, "model", "service_tier", "is_batch", "context_window", "inference_geo"])
        return [
            _cost(values, meter, amount) for values, sums in by_line for meter, amount in sorted(sums.charges.items())
        ]

    start = _moment(question.param("starting_at"))
    if start is not None and day_start(start.date()) + timedelta(days=1) > question.now:
        return _invalid("starting_at: the range holds no complete bucket")
    return _page(question, (timedelta(days=1), 7, 31), results)


def _cost(values: Mapping[str, object], meter: str | None, amount: Any) -> dict[str, Any]:
    common = {"amount": plain(amount.scaleb(2)), "currency": "USD", "workspace_id": values.get("project")}
    unsaid = ("cost_type", "description", "model", "token_type", "service_tier", "context_window", "inference_geo")
    if meter is None:
        return {**common, **dict.fromkeys(unsaid)}
    if meter not in TOKEN_TYPES:
        label = meter.replace("_", " ").title()
        return {**common, **dict.fromkeys(unsaid), "cost_type": meter, "description": f"{label} Usage"}
    token_type, words = TOKEN_TYPES[meter]
    batch = " (Batch)" if values["is_batch"] else ""
    return {
        **common,
        "cost_type": "tokens",
        "description": f"{values['model']} Usage{batch} - {words}",
        "model": values["model"],
        "token_type": token_type,
        **{name: _dimension_value(name, values) for name in UNSAID},
    }


def _dimension_value(name: str, values: Mapping[str, object]) -> object:
    if name == "service_tier" and values.get("is_batch"):
        return "batch"
    return values.get(USAGE_DIMENSIONS[name]) or {**UNSAID, "speed": "standard"}.get(name)


def _tokens(sums: Sums) -> dict[str, Any]:
    counts = sums.quantities
    return {
        "uncached_input_tokens": counts["input_uncached_tokens"],
        "cache_read_input_tokens": counts["cache_read_tokens"],
        "cache_creation": {
            "ephemeral_5m_input_tokens": counts["cache_write_5m_tokens"],
            "ephemeral_1h_input_tokens": counts["cache_write_1h_tokens"],
        },
        "output_tokens": counts["output_tokens"],
        "server_tool_use": {"web_search_requests": counts["web_search"]},
    }


def _claude_code(question: Question) -> Reply:
    limit = limit_of(question, 20, 1000)
    reported = question.param("starting_at") or ""
    try:
        day = date.fromisoformat(reported)
    except ValueError:
        return _invalid("starting_at: expected YYYY-MM-DD")
    start = day_start(day)
    uses = [use for use in question.uses(start, start + timedelta(days=1)) if use.service == CLAUDE_CODE]
    rows = []
    for values, _ in grouped(uses, ["user", "terminal_type"]):
        mine = [u for u in uses if (u.user, u.details.get("terminal_type")) == tuple(values.values())]
        rows.append(_developer(question, day, values, mine))
    page = None if limit is None else page_of(question, rows, limit)
    if page is None:
        return _invalid("limit or page: not valid")
    return Reply({"data": page[0], "has_more": page[1] is not None, "next_page": page[1]})


def _developer(question: Question, day: date, values: Mapping[str, object], uses: list[Use]) -> dict[str, Any]:
    return {
        "date": f"{day}T00:00:00Z",
        "actor": {"type": "user_actor", "email_address": values["user"]},
        "organization_id": question.account.organization,
        "customer_type": "api",
        "subscription_type": None,
        "terminal_type": values["terminal_type"],
        "core_metrics": {
            "num_sessions": len(uses),
            "lines_of_code": {"added": 10 * len(uses), "removed": 3 * len(uses)},
            "commits_by_claude_code": 1,
            "pull_requests_by_claude_code": 0,
        },
        "tool_actions": {"edit_tool": {"accepted": 4, "rejected": 1}},
        "model_breakdown": [
            {
                "model": of_model["model"],
                "tokens": {
                    "input": sums.quantities["input_uncached_tokens"],
                    "output": sums.quantities["output_tokens"],
                    "cache_read": sums.quantities["cache_read_tokens"],
                    "cache_creation": sums.quantities["cache_write_5m_tokens"]
                    + sums.quantities["cache_write_1h_tokens"],
                },
                "estimated_cost": {"amount": sums.amount.scaleb(2), "currency": "USD"},
            }
            for of_model, sums in grouped(uses, ["model"])
        ],
    }


def _page(question: Question, width: tuple[timedelta, int, int], results: Any) -> Reply:
    size, default, most = width
    limit = limit_of(question, default, most)
    start, end = _moment(question.param("starting_at")), _moment(question.param("ending_at"))
    if limit is None or start is None:
        return _invalid(f"limit: between 1 and {most}" if limit is None else "starting_at: Field required")
    snapped = start - (start - datetime(1970, 1, 1, tzinfo=UTC)) % size
    spans = [span for span in buckets(snapped, end or question.now, size) if span[0] <= question.now]
    page = page_of(question, spans, limit)
    if page is None:
        return _invalid("page: does not belong to these parameters")
    return Reply(
        {
            "data": [
                {
                    "starting_at": _stamp(begin),
                    "ending_at": _stamp(finish),
                    "results": results(question.uses(begin, finish)),
                }
                for begin, finish in page[0]
            ],
            "has_more": page[1] is not None,
            "next_page": page[1],
        }
    )


def _ids(question: Question, attribute: str) -> list[str]:
    mine = (use for use in question.ledger.uses if use.account == question.account.name)
    return sorted({value for use in mine if (value := getattr(use, attribute))})


def _workspace(question: Question, workspace: str) -> dict[str, Any]:
    name = question.ledger.names.get(workspace, workspace)
    return {
        "id": workspace,
        "type": "workspace",
        "name": name,
        "created_at": "2025-01-01T00:00:00Z",
        "archived_at": None,
        "display_color": "#6C5BB9",
    }


def _api_key(question: Question, key: str) -> dict[str, Any]:
    name = question.ledger.names.get(key, key)
    return {
        "id": key,
        "type": "api_key",
        "name": name,
        "status": "active",
        "workspace_id": None,
        "partial_key_hint": "sk-ant-…0000",
        "created_at": "2025-01-01T00:00:00Z",
    }


def _listed(question: Question, rows: list[dict[str, Any]]) -> Reply:
    limit = limit_of(question, 20, 1000)
    if limit is None:
        return _invalid("limit: between 1 and 1000")
    ids, after = [row["id"] for row in rows], question.param("after_id")
    start = ids.index(after) + 1 if after in ids else 0
    part = ids[start : start + limit]
    return Reply(
        {
            "data": rows[start : start + limit],
            "first_id": part[0] if part else None,
            "last_id": part[-1] if part else None,
            "has_more": start + limit < len(rows),
        }
    )


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _invalid(message: str) -> Reply:
    return _error(400, "invalid_request_error", message)


def _error(status: int, kind: str, message: str) -> Reply:
    return Reply({"type": "error", "error": {"type": kind, "message": message}}, status)


ENDPOINTS: Mapping[str, Callable[[Question], Reply]] = {
    "me": lambda question: Reply({"id": _organization_id(question), "type": "organization", "name": "Acme"}),
    "usage_report/messages": _usage,
    "cost_report": _costs,
    "analytics/usage": analytics.usage,
    "analytics/cost": analytics.cost,
    "usage_report/claude_code": _claude_code,
    "workspaces": lambda question: _listed(question, [_workspace(question, i) for i in _ids(question, "project")]),
    "api_keys": lambda question: _listed(question, [_api_key(question, i) for i in _ids(question, "key")]),
}

WIRE = Wire(
    provider="anthropic",
    prefix="/anthropic",
    base_path="/anthropic",
    key_of=lambda headers: headers.get("x-api-key"),
    unknown_key=_error(401, "authentication_error", "invalid x-api-key"),
    ordinary_key=_error(401, "authentication_error", "invalid x-api-key"),
    answer=answer,
)
