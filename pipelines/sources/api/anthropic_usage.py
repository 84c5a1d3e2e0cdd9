"""Anthropic messages usage: tokens by day, workspace, key, model and what the price depends on. Quantities only.

`uncached_input_tokens` excludes the cache. There is no count of requests. A workspace that is null is the default
one, a key that is null is the Console. Grouping by speed is a separate beta, asked for because fast mode has other
prices: where it is refused, all else is taken, and that is reported.
"""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.sources.api.anthropic_organization import (
    BASE_URL,
    CONSOLE,
    DEFAULT_WORKSPACE,
    DOCS,
    KEY,
    MOST_BUCKETS,
    ORGANIZATION_SHAPE,
    asked,
    buckets,
    buckets_of,
    headers,
    organization_id,
    with_other_durations,
)
from pipelines.sources.api.framework.answers import Fields
from pipelines.sources.api.framework.client import RefusedError
from pipelines.sources.api.framework.source import Answer, ApiSource, Session
from pipelines.sources.statements import StatementKind

GROUP_BY = ("api_key_id", "workspace_id", "model", "service_tier", "context_window", "inference_geo")
SPEED = "speed"
FAST_MODE = {"anthropic-beta": "fast-mode-2026-02-01"}
WITHOUT_SPEED = "usage in fast mode is not reported separately, so it has the list price of the standard speed"

USAGE_REPORT = "/v1/organizations/usage_report/messages"
QUANTITIES = (
    "uncached_input_tokens",
    "cache_read_input_tokens",
    "cache_creation.ephemeral_5m_input_tokens",
    "cache_creation.ephemeral_1h_input_tokens",
    "output_tokens",
    "server_tool_use.web_search_requests",
)


def fetch(session: Session, window: Window) -> Answer:
    """The buckets of `window`."""
    found = _buckets(session, window)
    records = [record for day, results in found for result in results for record in _records(session, day, result)]
    return Answer(records, [day for day, _ in found])


def _buckets(session: Session, window: Window) -> list[tuple[date, list[Fields]]]:
    by_speed: list[bool] = session.once("by speed", lambda: [True])
    if by_speed[0]:
        try:
            return list(buckets(session, USAGE_REPORT, window, (*GROUP_BY, SPEED), FAST_MODE))
        except RefusedError as error:
            about_speed = SPEED in error.detail or "beta" in error.detail
            if error.status != HTTPStatus.BAD_REQUEST or not about_speed:
                raise
            by_speed[0] = False
            session.findings.append(WITHOUT_SPEED)
    return list(buckets(session, USAGE_REPORT, window, GROUP_BY))


def _records(session: Session, day: date, result: Fields) -> list[UsageRecord]:
    workspace = result.optional_text("workspace_id") or DEFAULT_WORKSPACE
    key = result.optional_text("api_key_id") or CONSOLE
    tier = result.optional_text("service_tier")
    written, tools = result.object("cache_creation"), result.object("server_tool_use")
    result.known("account_id", "service_account_id")
    if session.once("by speed", lambda: [True])[0] and not result.states(SPEED):
        session.lacks(f"data[].results[].{SPEED}")
    record = session.record(
        record_kind=RecordKind.USAGE,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        service="messages",
        project=workspace,
        api_key_id=key,
        model_raw=result.optional_text("model"),
        service_tier=tier,
        is_batch=None if tier is None else tier == "batch",
        speed=result.optional_text(SPEED),
        context_window=result.optional_text("context_window"),
        inference_geo=result.optional_text("inference_geo"),
        input_uncached_tokens=result.count("uncached_input_tokens"),
        cache_read_tokens=result.count("cache_read_input_tokens"),
        cache_write_5m_tokens=written.count("ephemeral_5m_input_tokens"),
        cache_write_1h_tokens=written.count("ephemeral_1h_input_tokens"),
        output_tokens=result.count("output_tokens"),
        web_search_requests=tools.count("web_search_requests"),
        extra=result.extra(),
    )
    return with_other_durations(session, record, written)


SOURCE = ApiSource(
    name="anthropic_usage",
    provider="anthropic",
    title="Anthropic usage",
    fetched="usage of messages",
    docs=DOCS,
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    answers={USAGE_REPORT: buckets_of(*QUANTITIES, expected=GROUP_BY), **ORGANIZATION_SHAPE},
    asked=asked,
    fetch=fetch,
    identify=organization_id,
    longest_window=MOST_BUCKETS,
    restated_for=3,
    page_days=MOST_BUCKETS,
    bill="anthropic_costs",
    may_lack_today=True,
    statement="usage of the provider at its prices",
    statement_kind=StatementKind.USAGE,
    precedence=20,
)
