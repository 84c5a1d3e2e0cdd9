"""Cloudflare AI Gateway, Unified Billing: what is taken off the credits of an account, by day.

`GET /accounts/{id}/ai-gateway/billing/usage-history` gives US dollars by day (API reference "AI Gateway, Billing";
moments in milliseconds). It names neither gateway nor model nor provider, and the gateway's estimates hold the same
requests among those with keys of the user, without telling which is which. So it is a second view: seen alongside the
estimates, never added to them. An account without Unified Billing, or a token that may not read it, lacks it.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from pipelines.domain.periods import Window, day_start, utc_day
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api import cloudflare_gateway
from pipelines.sources.api.framework.answers import AnswerError
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiAccount, ApiSource, Asked, KeyKind, Session
from pipelines.sources.statements import StatementKind

HISTORY = "/client/v4/accounts/{account}/ai-gateway/billing/usage-history"
MILLISECONDS = 1000
DAY = timedelta(days=1)
FIGURES = ("id", "aggregated_value", "start_time", "end_time")


def fetch(session: Session, window: Window) -> Answer:
    """All days of `window` in one answer."""
    start, end = (int(day_start(day).timestamp() * MILLISECONDS) for day in (window.start, window.end))
    answer = session.client.get(
        HISTORY.format(account=session.account.organization),
        [("value_grouping_window", "day"), ("start_time", start), ("end_time", end)],
    )
    if not answer.flag("success"):
        raise AnswerError("success is not true: the question was not answered")
    pages = answer.optional_object("result_info")
    if pages is not None and pages.flag("has_more"):
        raise AnswerError("result_info.has_more is true, and how to ask for more is not documented")
    records: list[UsageRecord] = []
    seen: Counter[object] = Counter()
    for row in answer.object("result").objects("history"):
        begins, ends = (row.unix_moment(name, per_second=MILLISECONDS) for name in ("start_time", "end_time"))
        day = utc_day(begins)
        if begins != day_start(day) or not begins < ends <= begins + DAY:
            raise AnswerError(
                f"a figure is of {begins:%Y-%m-%dT%H:%MZ} to {ends:%Y-%m-%dT%H:%MZ}, where days were asked"
            )
        if not window.start <= day < window.end:
            continue
        seen[day] += 1
        row.known("id")
        records.append(
            session.record(
                record_kind=RecordKind.COST,
                period_start=day_start(day),
                period_end=day_start(day) + DAY,
                grain="1d",
                row_ordinal=seen[day] - 1,
                cost_amount=row.money("aggregated_value"),
                currency="USD",
                cost_basis=CostBasis.PROVIDER_REPORTED,
                extra=row.extra(),
            )
        )
    return Answer(records, window.days())


def _asked(_: ApiAccount) -> Asked:
    return Asked.WHERE_THERE


SOURCE = ApiSource(
    name="cloudflare_billing",
    provider="cloudflare",
    title="Cloudflare Unified Billing",
    fetched="what Unified Billing charges, shown alongside the estimates and not added",
    docs="https://developers.cloudflare.com/ai-gateway/",
    base_url=cloudflare_gateway.SOURCE.base_url,
    headers=cloudflare_gateway.SOURCE.headers,
    key=KeyKind(
        "an API token with AI Gateway: Read",
        "https://dash.cloudflare.com/profile/api-tokens",
        variable="CLOUDFLARE_API_TOKEN",
    ),
    answers={
        HISTORY.format(account="*"): Shape(
            ("success", "result.history", *(f"result.history[].{name}" for name in FIGURES))
        )
    },
    asked=_asked,
    fetch=fetch,
    longest_window=31,
    restated_for=3,
    needs_organization=cloudflare_gateway.SOURCE.needs_organization,
    statement="charge of Unified Billing, which the estimates of the gateway include too",
    statement_kind=StatementKind.SECOND_VIEW,
    precedence=None,
)
