"""Anthropic's analytics of usage: tokens and requests by day, person or key, workspace, model and speed.

`uncached_input_tokens` excludes the cache. Requests of code execution are spans. Service tier and region are not asked
for, because five dimensions are the most: where the messages usage of a Console organization reports a day, its tokens
count, because its prices are known.
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.sources.api import anthropic_analytics as analytics
from pipelines.sources.api.anthropic_organization import BASE_URL, with_other_durations
from pipelines.sources.api.framework.source import Answer, ApiSource, Session
from pipelines.sources.statements import StatementKind

REPORT = "/v1/organizations/analytics/usage"
FIGURES = (
    "uncached_input_tokens",
    "cache_read_input_tokens",
    "cache_creation.ephemeral_5m_input_tokens",
    "cache_creation.ephemeral_1h_input_tokens",
    "output_tokens",
    "server_tool_use.web_search_requests",
)


def fetch(session: Session, window: Window) -> Answer:
    """The rows of `window`."""
    found = list(analytics.rows(session, REPORT, window))
    records = [record for row in found for record in _records(session, row)]
    return Answer(records, analytics.covered(window, found, session))


def _records(session: Session, row: analytics.Row) -> list[UsageRecord]:
    usage = row.fields.object("usage")
    written, tools = usage.object("cache_creation"), usage.object("server_tool_use")
    usage.known("total_tokens")
    record = session.record(
        record_kind=RecordKind.USAGE,
        period_start=day_start(row.day),
        period_end=day_start(row.day + timedelta(days=1)),
        grain="1d",
        **row.dimensions,
        requests=usage.optional_count("requests"),
        input_uncached_tokens=usage.count("uncached_input_tokens"),
        cache_read_tokens=usage.count("cache_read_input_tokens"),
        cache_write_5m_tokens=written.count("ephemeral_5m_input_tokens"),
        cache_write_1h_tokens=written.count("ephemeral_1h_input_tokens"),
        output_tokens=usage.count("output_tokens"),
        web_search_requests=tools.count("web_search_requests"),
        extra=usage.extra(),
    )
    return with_other_durations(session, record, written)


SOURCE = ApiSource(
    name="anthropic_analytics_usage",
    provider="anthropic",
    title="Anthropic's analytics of usage",
    fetched="usage analytics by person and key, of Claude Enterprise too",
    docs=analytics.DOCS,
    base_url=BASE_URL,
    headers=analytics.headers,
    key=analytics.KEY,
    answers={REPORT: analytics.page_of([f"usage.{name}" for name in FIGURES], ["usage.requests"])},
    asked=analytics.asked,
    fetch=fetch,
    longest_window=analytics.LONGEST_RANGE,
    restated_for=analytics.FINAL_AFTER,
    begins=analytics.BEGINS,
    history=analytics.HISTORY,
    may_lack_today=True,
    statement="analytics of usage of the provider, at its prices",
    statement_kind=StatementKind.USAGE,
    precedence=21,
)
