"""Cloudflare AI Gateway: requests, tokens and Cloudflare's estimate of their cost, by day, gateway, model and provider.

Asked through GraphQL one day at a time. The figures are sampled, so they are estimates twice over; the providers'
own bills hold the same requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.domain.vendors import provider_named
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

MOST_ROWS = 10_000
GRAPHQL = "/client/v4/graphql"
GROUPS = "data?.viewer.accounts[].aiGatewayRequestsAdaptiveGroups"
SUMS = ("cost", "uncachedTokensIn", "uncachedTokensOut", "cachedTokensIn")
ANSWERS = {
    GRAPHQL: Shape(
        (GROUPS, f"{GROUPS}[].count", *(f"{GROUPS}[].sum.{name}" for name in SUMS)),
        nullable=tuple(f"{GROUPS}[].dimensions.{name}" for name in ("gateway", "model", "provider")),
    )
}
"""GraphQL answers with every field that was asked for, or with errors and no data."""
QUERY = """
query ($account: string!, $from: Time!, $to: Time!, $limit: Int!) {
  viewer {
    accounts(filter: {accountTag: $account}) {
      aiGatewayRequestsAdaptiveGroups(limit: $limit, filter: {datetimeHour_geq: $from, datetimeHour_lt: $to}) {
        count
        sum { cost uncachedTokensIn uncachedTokensOut cachedTokensIn cachedTokensOut }
        dimensions { gateway model provider }
      }
    }
  }
}
"""


def fetch(session: Session, window: Window) -> Answer:
    """Every day of `window`, each asked for alone."""
    records = [record for day in window.days() for record in _day(session, day)]
    return Answer(records, window.days())


def _day(session: Session, day: date) -> Iterator[UsageRecord]:
    variables = {
        "account": session.account.organization,
        "from": f"{day}T00:00:00Z",
        "to": f"{day + timedelta(days=1)}T00:00:00Z",
        "limit": MOST_ROWS,
    }
    answer = session.client.post(GRAPHQL, {"query": QUERY, "variables": variables})
    complaints = answer.objects("errors") if answer.has("errors") else []
    if complaints:
        raise AnswerError(f"the query was not answered: {complaints[0].optional_text('message')}")
    accounts = answer.object("data").object("viewer").objects("accounts")
    rows = [row for account in accounts for row in account.objects("aiGatewayRequestsAdaptiveGroups")]
    if len(rows) >= MOST_ROWS:
        raise AnswerError(f"{day} has {MOST_ROWS:,} rows or more, the limit of one answer")
    for row in rows:
        yield _record(session, day, row)


def _record(session: Session, day: date, row: Fields) -> UsageRecord:
    sums, dimensions = row.object("sum"), row.object("dimensions")
    behind = dimensions.optional_text("provider") or "cloudflare"
    # Tokens that the gateway's cache answered were not sold by anybody.
    sums.known("cachedTokensOut")
    return session.record(
        record_kind=RecordKind.USAGE_COST,
        provider=provider_named(behind) or behind,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        project=dimensions.optional_text("gateway"),
        model_raw=dimensions.optional_text("model"),
        requests=row.count("count"),
        input_uncached_tokens=sums.count("uncachedTokensIn"),
        cache_read_tokens=sums.count("cachedTokensIn"),
        output_tokens=sums.count("uncachedTokensOut"),
        cost_amount=sums.money("cost"),
        currency="USD",
        cost_basis=CostBasis.PROVIDER_ESTIMATE,
        extra=sums.extra(),
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="cloudflare_gateway",
    provider="cloudflare",
    title="Cloudflare AI Gateway",
    fetched="estimates of the AI Gateway",
    docs="https://developers.cloudflare.com/ai-gateway/",
    base_url="https://api.cloudflare.com",
    headers=_headers,
    key=KeyKind(
        "an API token with Account Analytics: Read",
        "https://dash.cloudflare.com/profile/api-tokens",
        variable="CLOUDFLARE_API_TOKEN",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=2,
    needs_organization="the Cloudflare account's id",
    statement="estimate of a gateway",
    statement_kind=StatementKind.ESTIMATE,
    precedence=40,
)
