"""Anthropic's analytics of cost: what is charged, by day, person or key, workspace, model and kind of token.

`amount` is US cents with a fraction, after discounts and before credits; `list_amount` is the price before discounts.
Where the cost report of a Console organization reports a day, that one counts, because it reconciles with the invoice;
this one is seen alongside it. Of a Claude Enterprise organization this is the only report.
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind, UsageRecord
from pipelines.sources.api import anthropic_analytics as analytics
from pipelines.sources.api.anthropic_organization import BASE_URL
from pipelines.sources.api.framework.source import Answer, ApiSource, Session
from pipelines.sources.statements import StatementKind

REPORT = "/v1/organizations/analytics/cost"
CENTS = 100
FIGURES = ("cost.amount", "cost.list_amount", "cost.currency", "group.cost_type")


def fetch(session: Session, window: Window) -> Answer:
    """The rows of `window`, one for each kind of cost and of token."""
    found = list(analytics.rows(session, REPORT, window, ("cost_type", "token_type")))
    return Answer([_record(session, row) for row in found], analytics.covered(window, found, session))


def _record(session: Session, row: analytics.Row) -> UsageRecord:
    cost = row.fields.object("cost")
    charged = cost.money("amount", per_unit=CENTS)
    # Counted by the report of usage: a row of one kind of token has none.
    cost.known("requests")
    return session.record(
        record_kind=RecordKind.COST,
        period_start=day_start(row.day),
        period_end=day_start(row.day + timedelta(days=1)),
        grain="1d",
        **row.dimensions,
        cost_amount=charged,
        list_cost_amount=cost.money("list_amount", per_unit=CENTS),
        currency=cost.currency("currency"),
        charge_category=ChargeCategory.USAGE if charged >= 0 else ChargeCategory.CREDIT,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        extra=cost.extra(),
    )


SOURCE = ApiSource(
    name="anthropic_analytics_costs",
    provider="anthropic",
    title="Anthropic's analytics of cost",
    fetched="cost analytics by person and key, of Claude Enterprise too",
    docs=analytics.DOCS,
    base_url=BASE_URL,
    headers=analytics.headers,
    key=analytics.KEY,
    answers={REPORT: analytics.page_of(FIGURES)},
    asked=analytics.asked,
    fetch=fetch,
    longest_window=analytics.LONGEST_RANGE,
    restated_for=analytics.FINAL_AFTER,
    begins=analytics.BEGINS,
    history=analytics.HISTORY,
    may_lack_today=True,
    statement="analytics of cost, of the provider",
    statement_kind=StatementKind.AMOUNTS,
    precedence=13,
)
