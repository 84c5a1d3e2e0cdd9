"""OpenAI usage: tokens, images, seconds and calls by day, project, person, key and model. Quantities only, no money.

`input_tokens` counts cached and cache-write tokens too; everything named after a part of it is a breakdown. What of it
has a separate price (sound, images, cache writes for 30 minutes) is counted apart, and no longer in the whole.
Reasoning is inside `output_tokens`. Endpoints newer than a gateway are left out with a note. A day is
covered when every endpoint that is there gave its bucket.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipelines.domain.meters import BY_NAME
from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.sources.api.framework.answers import AnswerError, Fields, RowError
from pipelines.sources.api.framework.source import Answer, ApiSource, Session
from pipelines.sources.api.openai_organization import (
    BASE_URL,
    DOCS,
    KEY,
    ORGANIZATION_SHAPE,
    PROVEN,
    buckets,
    buckets_of,
    headers,
    organization,
    when_there,
)
from pipelines.sources.openai_tokens import PartsError, disjoint
from pipelines.sources.statements import StatementKind

MOST_BUCKETS = 31
BY_KEY = ("project_id", "user_id", "api_key_id")
BY_MODEL = (*BY_KEY, "model")
PRICED = (*BY_MODEL, "batch", "service_tier", "api_source")
UNLABELED = "unlabeled"
"""The `api_source` of whatever no other source is known of."""


@dataclass(frozen=True)
class Endpoint:
    """One usage endpoint.

    Args:
        name: the last part of its path.
        quantities: the fields that the OpenAPI description requires of each result.
        group_by: the dimensions that are asked for.
        counted: the field that counts what is not tokens.
        unit: what it counts, which rows have as their `meter`.
        meter: the meter that it is a count of, if one is known.
        expected: what is reported besides, and decides a price.
    """

    name: str
    quantities: tuple[str, ...]
    group_by: tuple[str, ...] = BY_MODEL
    counted: str | None = None
    unit: str | None = None
    meter: str | None = None
    expected: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it is asked."""
        return f"/organization/usage/{self.name}"


REQUESTS = "num_model_requests"
ENDPOINTS = (
    Endpoint("completions", ("input_tokens", "output_tokens", REQUESTS), PRICED, expected=("input_cached_tokens",)),
    Endpoint("decisions", ("input_tokens", "output_tokens", REQUESTS), PRICED, expected=("input_cached_tokens",)),
    Endpoint("embeddings", ("input_tokens", REQUESTS)),
    Endpoint("moderations", ("input_tokens", REQUESTS)),
    Endpoint("images", ("images", REQUESTS), (*BY_MODEL, "size", "source"), "images", "images", "images"),
    Endpoint("audio_speeches", ("characters", REQUESTS), BY_MODEL, "characters", "characters", "characters"),
    Endpoint("audio_transcriptions", ("seconds", REQUESTS), BY_MODEL, "seconds", "seconds", "audio_seconds"),
    Endpoint("vector_stores", ("usage_bytes",), ("project_id",), "usage_bytes", "bytes"),
    Endpoint("code_interpreter_sessions", ("num_sessions",), ("project_id",), "num_sessions", "sessions"),
    Endpoint(
        "file_search_calls",
        ("num_requests",),
        (*BY_KEY, "vector_store_id"),
        "num_requests",
        "calls",
        "file_search_requests",
    ),
    Endpoint(
        "web_search_calls",
        ("num_requests", REQUESTS),
        (*BY_MODEL, "context_level", "api_source"),
        "num_requests",
        "calls",
        "web_search_requests",
    ),
)
REQUIRED = "completions"
"""The endpoint that every organization has."""

DETAILS = ("input_cache_write_12h_tokens",)
"""A part that has no meter, and stays with the row."""
COUNTED_ELSEWHERE = (
    "object",
    "organization_id",
    "input_text_tokens",
    "input_cached_text_tokens",
    "output_text_tokens",
)


def fetch(session: Session, window: Window) -> Answer:
    """Every endpoint's buckets of `window`."""
    records: list[UsageRecord] = []
    covered = set(window.days())
    absent: list[str] = session.once("absent", list)
    for endpoint in ENDPOINTS:
        found = when_there(
            session,
            endpoint.name,
            lambda endpoint=endpoint: list(  # type: ignore[misc]
                buckets(session, endpoint.path, window, group_by=endpoint.group_by, per_page=MOST_BUCKETS)
            ),
        )
        if found is None:
            if endpoint.name == REQUIRED:
                raise AnswerError(f"{endpoint.path} does not exist: check base_url, and what the key may see")
            if endpoint.name not in absent:
                absent.append(endpoint.name)
                session.findings.append(f"{endpoint.path} does not exist (404): use of this kind is not counted")
            continue
        covered &= {day for day, _ in found}
        records += [_record(session, endpoint, day, result) for day, results in found for result in results]
    return Answer(records, covered)


def _record(session: Session, endpoint: Endpoint, day: date, result: Fields) -> UsageRecord:
    project, key = result.optional_text("project_id"), result.optional_text("api_key_id")
    others = [name for name in endpoint.group_by if name not in {*BY_MODEL, "batch", "service_tier"}]
    reported = [(name, result.optional_text(name)) for name in others]
    parts = [f"{name} {value}" for name, value in reported if value not in {None, UNLABELED}]
    is_batch, tier = result.flag("batch"), result.optional_text("service_tier")
    if is_batch and tier:
        parts.append(f"service_tier {tier}")
    result.known(*COUNTED_ELSEWHERE)
    counted = {}
    if endpoint.counted:
        counted = _counted(endpoint, result.count(endpoint.counted))
    return session.record(
        record_kind=RecordKind.USAGE,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        service=endpoint.name,
        project=project,
        api_key_id=key,
        user_id=result.optional_text("user_id"),
        model_raw=result.optional_text("model"),
        is_batch=is_batch,
        # A batch has separate prices whatever its tier, which the line item keeps: rows of two tiers are two rows.
        service_tier="batch" if is_batch else tier,
        line_item=", ".join(parts) or None,
        requests=result.count(REQUESTS) if REQUESTS in endpoint.quantities else None,
        **(_tokens(result) if "input_tokens" in endpoint.quantities else {}),
        **counted,
        extra=_extra(result),
    )


def _counted(endpoint: Endpoint, number: int) -> dict[str, Any]:
    if endpoint.meter is None:
        return {"meter": endpoint.unit, "quantity": Decimal(number), "quantity_unit": endpoint.unit}
    is_fractional = BY_NAME[endpoint.meter].is_fractional
    return {"meter": endpoint.unit, endpoint.meter: Decimal(number) if is_fractional else number}


def _extra(result: Fields) -> str | None:
    """The parts of tokens that have no meter, and what nobody reads."""
    parts = {name: count for name in DETAILS if (count := result.optional_count(name))}
    rest = result.extra()
    together = {**parts, **(json.loads(rest) if rest else {})}
    return json.dumps(together, sort_keys=True, separators=(",", ":")) if together else None


def _tokens(result: Fields) -> Mapping[str, Any]:
    total = result.count("input_tokens")
    cached = result.optional_count("input_cached_tokens")
    written = result.optional_count("input_cache_write_tokens")
    reported = result.optional_count("input_uncached_tokens")
    uncached = total - (cached or 0) - (written or 0)
    if uncached < 0 or (reported is not None and reported != uncached):
        raise RowError(
            f"input_tokens {total} are not the sum of cached {cached}, written {written} and uncached {reported}"
        )
    try:
        return disjoint(
            {
                "input_uncached_tokens": uncached,
                "cache_read_tokens": cached,
                "cache_write_other_tokens": written,
                "output_tokens": result.optional_count("output_tokens"),
            },
            result.optional_count,
        )
    except PartsError as error:
        raise RowError(str(error)) from error


SOURCE = ApiSource(
    name="openai_usage",
    provider="openai",
    title="OpenAI usage",
    fetched=(
        "usage of completions, decisions, embeddings, moderations, images, audio, vector stores, code "
        "interpreter, file and web search, by person and key"
    ),
    docs=DOCS,
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    answers={
        endpoint.path: buckets_of(*endpoint.quantities, expected=(*endpoint.group_by, *endpoint.expected))
        for endpoint in ENDPOINTS
    }
    | ORGANIZATION_SHAPE,
    fetch=fetch,
    identify=organization,
    longest_window=MOST_BUCKETS,
    restated_for=3,
    page_days=MOST_BUCKETS,
    bill="openai_costs",
    may_lack_today=True,
    proven=PROVEN,
    statement="usage of the provider at its prices",
    statement_kind=StatementKind.USAGE,
    precedence=20,
)
