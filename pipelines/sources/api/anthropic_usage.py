"""Anthropic messages usage: tokens by day, workspace, key, model and what the price depends on. Quantities only.

`uncached_input_tokens` excludes the cache. There is no count of requests. A workspace that is null is the default
one, a key that is null is the Console.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.sources.api.answers import Fields
from pipelines.sources.api.anthropic_organization import (
    BASE_URL,
    CONSOLE,
    DEFAULT_WORKSPACE,
    KEY,
    MOST_BUCKETS,
    Names,
    buckets,
    headers,
    names,
)
from pipelines.sources.api.source import Answer, ApiSource, Session
from pipelines.sources.statements import StatementKind

GROUP_BY = ("api_key_id", "workspace_id", "model", "service_tier", "context_window", "inference_geo")


def fetch(session: Session, window: Window) -> Answer:
    """The buckets of `window`."""
    known = names(session)
    found = list(buckets(session, "/v1/organizations/usage_report/messages", window, GROUP_BY))
    records = [_record(session, known, day, result) for day, results in found for result in results]
    return Answer(records, [day for day, _ in found])


def _record(session: Session, known: Names, day: date, result: Fields) -> UsageRecord:
    workspace = result.optional_text("workspace_id") or DEFAULT_WORKSPACE
    key = result.optional_text("api_key_id") or CONSOLE
    tier = result.optional_text("service_tier")
    written = result.optional_object("cache_creation")
    tools = result.optional_object("server_tool_use")
    result.known("account_id", "service_account_id")
    return session.record(
        record_kind=RecordKind.USAGE,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        service="messages",
        project=workspace,
        project_name=known.workspaces.get(workspace),
        api_key_id=key,
        api_key_name=known.keys.get(key),
        model_raw=result.optional_text("model"),
        service_tier=tier,
        is_batch=None if tier is None else tier == "batch",
        context_window=result.optional_text("context_window"),
        inference_geo=result.optional_text("inference_geo"),
        input_uncached_tokens=result.count("uncached_input_tokens"),
        cache_read_tokens=result.optional_count("cache_read_input_tokens"),
        cache_write_5m_tokens=written.optional_count("ephemeral_5m_input_tokens") if written else None,
        cache_write_1h_tokens=written.optional_count("ephemeral_1h_input_tokens") if written else None,
        output_tokens=result.count("output_tokens"),
        web_search_requests=tools.optional_count("web_search_requests") if tools else None,
        extra=result.extra(),
    )


SOURCE = ApiSource(
    name="anthropic_usage",
    provider="anthropic",
    title="Anthropic usage",
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    fetch=fetch,
    longest_window=MOST_BUCKETS,
    restated_for=3,
    may_lack_today=True,
    statement="usage of the provider at its prices",
    statement_kind=StatementKind.USAGE,
    precedence=20,
)
