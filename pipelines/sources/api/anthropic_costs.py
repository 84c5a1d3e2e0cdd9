"""Anthropic costs: what is charged, by day, workspace and item. The wire counts US cents, as text.

Priority Tier is not in it: its commitment is entered manually. There is no key and no user.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.anthropic_organization import (
    BASE_URL,
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
)
from pipelines.sources.api.framework.answers import Fields
from pipelines.sources.api.framework.source import Answer, ApiSource, Session
from pipelines.sources.statements import StatementKind

CENTS = 100
COST_REPORT = "/v1/organizations/cost_report"
DIMENSIONS = (
    "workspace_id",
    "description",
    "cost_type",
    "model",
    "token_type",
    "service_tier",
    "context_window",
    "inference_geo",
)


def fetch(session: Session, window: Window) -> Answer:
    """The buckets of `window`."""
    found = list(buckets(session, COST_REPORT, window, ("workspace_id", "description")))
    records = [_record(session, day, result) for day, results in found for result in results]
    return Answer(records, [day for day, _ in found])


def _record(session: Session, day: date, result: Fields) -> UsageRecord:
    workspace = result.optional_text("workspace_id") or DEFAULT_WORKSPACE
    tier = result.optional_text("service_tier")
    charged = result.money("amount", per_unit=CENTS)
    return session.record(
        record_kind=RecordKind.COST,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        project=workspace,
        service=result.optional_text("cost_type"),
        model_raw=result.optional_text("model"),
        service_tier=tier,
        is_batch=None if tier is None else tier == "batch",
        context_window=result.optional_text("context_window"),
        inference_geo=result.optional_text("inference_geo"),
        meter=result.optional_text("token_type"),
        line_item=result.optional_text("description"),
        cost_amount=charged,
        currency=result.currency("currency"),
        charge_category=ChargeCategory.USAGE if charged >= 0 else ChargeCategory.CREDIT,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        extra=result.extra(),
    )


SOURCE = ApiSource(
    name="anthropic_costs",
    provider="anthropic",
    title="Anthropic costs",
    fetched="cost report",
    docs=DOCS,
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    answers={COST_REPORT: buckets_of("amount", "currency", expected=DIMENSIONS), **ORGANIZATION_SHAPE},
    asked=asked,
    fetch=fetch,
    identify=organization_id,
    longest_window=MOST_BUCKETS,
    restated_for=3,
    page_days=MOST_BUCKETS,
    may_lack_today=True,
    statement="cost report of the provider",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
