"""OpenAI's organization API: usage by endpoint, costs, and the names of projects and keys.

Dollars as JSON numbers; buckets a page; `group_by` decides which dimensions are not null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipelines.sample.provider.ledger import Sums, Use, grouped
from pipelines.sample.provider.wire import Question, Reply, Wire, bearer, buckets, limit_of, page_of

WIDTHS = {"1d": (timedelta(days=1), 7, 31), "1h": (timedelta(hours=1), 24, 168), "1m": (timedelta(minutes=1), 60, 1440)}
"""Name -> (width, buckets a page unless asked otherwise, most buckets a page)."""

COST_BUCKETS = (7, 180)
COSTS_BY_KEY_SINCE = 1764979200
"""2025-12-06: for earlier days, costs grouped by key are refused."""

ATTRIBUTES = {
    "project_id": "project",
    "user_id": "user",
    "api_key_id": "key",
    "model": "model",
    "batch": "is_batch",
    "service_tier": "service_tier",
}
BY_KEY = ("project_id", "user_id", "api_key_id")
BY_MODEL = (*BY_KEY, "model")
DIMENSIONS = {
    "completions": (*BY_MODEL, "batch", "service_tier", "api_source"),
    "decisions": (*BY_MODEL, "batch", "service_tier", "api_source"),
    "embeddings": BY_MODEL,
    "moderations": BY_MODEL,
    "images": (*BY_MODEL, "size", "source"),
    "audio_speeches": BY_MODEL,
    "audio_transcriptions": BY_MODEL,
    "vector_stores": ("project_id",),
    "code_interpreter_sessions": ("project_id",),
    "file_search_calls": (*BY_KEY, "vector_store_id"),
    "web_search_calls": (*BY_MODEL, "context_level", "api_source"),
}
OBJECT_NAMES = {"file_search_calls": "file_searches", "web_search_calls": "web_searches"}
"""Endpoints whose results are named otherwise than they are."""

COUNTED = {
    "images": "images",
    "audio_speeches": "characters",
    "audio_transcriptions": "seconds",
    "vector_stores": "usage_bytes",
    "code_interpreter_sessions": "num_sessions",
    "file_search_calls": "num_requests",
    "web_search_calls": "num_requests",
}
LINE_ITEMS = {
    "input_uncached_tokens": "input",
    "cache_read_tokens": "cached input",
    "cache_write_other_tokens": "cache writes",
    "output_tokens": "output",
}
TOKENS = (*LINE_ITEMS,)


def answer(question: Question) -> Reply:
    """The answer to a request with an admin key."""
    match question.path.strip("/").split("/"):
        case ["v1", "organization", "usage", endpoint] if endpoint in DIMENSIONS:
            return _usage(question, endpoint)
        case ["v1", "organization", "costs"]:
            return _costs(question)
        case ["v1", "organization", "projects"]:
            projects = sorted({use.project for use in _ever(question) if use.project})
            listed = _listed(question, [_project(question, project) for project in projects])
            return listed.with_headers(openai_organization=question.account.name)
        case ["v1", "organization", "projects", project, "api_keys"]:
            keys = sorted({use.key for use in _ever(question) if use.key and use.project == project})
            return _listed(question, [_api_key(question, key) for key in keys])
    return _error(404, f"Invalid URL ({question.method} /{question.path.strip('/')})", "invalid_request_error")


def _usage(question: Question, endpoint: str) -> Reply:
    dimensions = question.listed("group_by")
    wrong = next((name for name in dimensions if name not in DIMENSIONS[endpoint]), None)
    width = WIDTHS.get(question.param("bucket_width") or "1d")
    if wrong or width is None:
        return _refused("group_by" if wrong else "bucket_width")

    def results(uses: list[Use]) -> list[dict[str, Any]]:
        mine = [use for use in uses if use.service == endpoint]
        return [
            {
                "object": f"organization.usage.{OBJECT_NAMES.get(endpoint, endpoint)}.result",
                **_quantities(endpoint, sums),
                **_grouped(DIMENSIONS[endpoint], dimensions, values),
            }
            for values, sums in grouped(mine, map(_attribute, dimensions))
        ]

    return _page(question, width, results)


def _costs(question: Question) -> Reply:
    dimensions = question.listed("group_by")
    wrong = next((name for name in dimensions if name not in {"project_id", "line_item", "api_key_id"}), None)
    start = question.param("start_time") or ""
    if wrong or (question.param("bucket_width") or "1d") != "1d":
        return _refused("group_by" if wrong else "bucket_width")
    if "api_key_id" in dimensions and start.isdigit() and int(start) < COSTS_BY_KEY_SINCE:
        return _error(400, "group_by api_key_id is not available before 2025-12-06.", "invalid_request_error")

    def results(uses: list[Use]) -> list[dict[str, Any]]:
        return [
            {
                "object": "organization.costs.result",
                "amount": {"value": amount, "currency": "usd"},
                **line,
                **_grouped(("project_id", "api_key_id"), dimensions, values),
                "user_id": None,
                "api_source": None,
                "organization_id": question.account.organization,
            }
            for values, line, amount in _lines(uses, dimensions)
        ]

    return _page(question, (timedelta(days=1), *COST_BUCKETS), results)


def _lines(uses: list[Use], dimensions: list[str]) -> Iterator[tuple[dict[str, object], dict[str, Any], Decimal]]:
    """(values of the other dimensions, line item, dollars) of each row of a bucket."""
    for values, sums in grouped(uses, [_attribute(name) for name in dimensions if name != "line_item"]):
        if "line_item" not in dimensions:
            yield values, {"line_item": None}, sums.amount
            continue
        mine = [use for use in uses if all(getattr(use, name) == value for name, value in values.items())]
        lines: dict[str, tuple[Decimal, int, str | None]] = {}
        for use in mine:
            for meter, amount in use.charges.items():
                name = _line_item(use, meter)
                before, quantity, _ = lines.get(name, (Decimal(0), 0, None))
                unit = "tokens" if meter in LINE_ITEMS else None
                lines[name] = before + amount, quantity + use.quantities.get(meter, 0), unit
        for name, (amount, quantity, unit) in sorted(lines.items()):
            yield values, {"line_item": name, "quantity": quantity, "quantity_unit": unit}, amount


def _page(question: Question, width: tuple[timedelta, int, int], results: Any) -> Reply:
    size, default, most = width
    limit = limit_of(question, default, most)
    start, end = question.param("start_time"), question.param("end_time")
    if limit is None:
        return _error(400, f"Invalid 'limit': expected a value between 1 and {most}.", "invalid_request_error")
    if start is None or not start.isdigit() or (end is not None and not end.isdigit()):
        return _refused("start_time")
    first = datetime.fromtimestamp(int(start), UTC)
    last = datetime.fromtimestamp(int(end), UTC) if end else question.now
    page = page_of(question, [span for span in buckets(first, last, size) if span[0] <= question.now], limit)
    if page is None:
        return _refused("page")
    spans, following = page
    return Reply(
        {
            "object": "page",
            "data": [
                {
                    "object": "bucket",
                    "start_time": int(begin.timestamp()),
                    "end_time": int(finish.timestamp()),
                    "results": results(question.uses(begin, finish)),
                }
                for begin, finish in spans
            ],
            "has_more": following is not None,
            "next_page": following,
        }
    )


def _quantities(endpoint: str, sums: Sums) -> dict[str, Any]:
    counts = sums.quantities
    if endpoint == "completions":
        whole = sum(counts[name] for name in TOKENS if name != "output_tokens")
        return {
            "input_tokens": whole,
            "output_tokens": counts["output_tokens"],
            "num_model_requests": sums.requests,
            "input_cached_tokens": counts["cache_read_tokens"],
            "input_cache_write_tokens": counts["cache_write_other_tokens"],
            "input_uncached_tokens": counts["input_uncached_tokens"],
            "input_text_tokens": counts["input_uncached_tokens"],
            "input_audio_tokens": 0,
            "input_image_tokens": 0,
            "input_cached_text_tokens": counts["cache_read_tokens"],
            "input_cached_audio_tokens": 0,
            "input_cached_image_tokens": 0,
            "output_text_tokens": counts["output_tokens"],
            "output_audio_tokens": 0,
            "output_image_tokens": 0,
        }
    if endpoint in {"embeddings", "moderations"}:
        return {"input_tokens": counts["input_uncached_tokens"], "num_model_requests": sums.requests}
    reported = {COUNTED[endpoint]: counts[COUNTED[endpoint]]}
    with_requests = endpoint in {"images", "audio_speeches", "audio_transcriptions", "web_search_calls"}
    return {**reported, "num_model_requests": sums.requests} if with_requests else reported


def _grouped(names: Iterable[str], asked: list[str], values: Mapping[str, object]) -> dict[str, object]:
    """Each dimension with its value, null where it was not asked for."""
    defaults: dict[str, object] = {"service_tier": "default", "api_source": "unlabeled"}
    return {name: (values.get(_attribute(name)) or defaults.get(name)) if name in asked else None for name in names} | {
        name: bool(values.get("is_batch")) for name in names if name == "batch" and name in asked
    }


def _attribute(dimension: str) -> str:
    return ATTRIBUTES.get(dimension, dimension)


def _line_item(use: Use, meter: str) -> str:
    return f"{use.model}, {LINE_ITEMS.get(meter, meter)}" if use.model else use.service.replace("_", " ")


def _ever(question: Question) -> list[Use]:
    return [use for use in question.ledger.uses if use.account == question.account.name]


def _project(question: Question, project: str) -> dict[str, Any]:
    name = question.ledger.names.get(project, project)
    return {
        "id": project,
        "object": "organization.project",
        "name": name,
        "created_at": 1735689600,
        "archived_at": None,
        "status": "active",
    }


def _api_key(question: Question, key: str) -> dict[str, Any]:
    return {
        "object": "organization.project.api_key",
        "id": key,
        "name": question.ledger.names.get(key, key),
        "redacted_value": "sk-…0000",
        "created_at": 1735689600,
        "last_used_at": None,
        "owner": {"type": "service_account"},
    }


def _listed(question: Question, rows: list[dict[str, Any]]) -> Reply:
    limit = limit_of(question, 20, 100)
    if limit is None:
        return _refused("limit")
    after = question.param("after")
    ids = [row["id"] for row in rows]
    start = ids.index(after) + 1 if after in ids else 0
    part = rows[start : start + limit]
    return Reply(
        {
            "object": "list",
            "data": part,
            "first_id": part[0]["id"] if part else None,
            "last_id": part[-1]["id"] if part else None,
            "has_more": start + limit < len(rows),
        }
    )


def _refused(name: str) -> Reply:
    return _error(400, f"Invalid value for '{name}'.", "invalid_request_error")


def _error(status: int, message: str, kind: str, code: str | None = None) -> Reply:
    return Reply({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)


WIRE = Wire(
    provider="openai",
    prefix="/openai",
    base_path="/openai/v1",
    key_of=bearer,
    unknown_key=_error(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    ordinary_key=_error(
        403,
        "You have insufficient permissions for this operation. Missing scopes: api.usage.read.",
        "invalid_request_error",
    ),
    answer=answer,
)
