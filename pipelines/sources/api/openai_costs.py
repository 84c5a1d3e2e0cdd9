"""OpenAI costs: what is charged, by day, project, key and line item, in US dollars. It reconciles with the invoice.

There is no model column: a line item reads "<model>, <meter>" where it has a model, and is left unchanged. Grouping
by key is refused for days before 6 December 2025, so older days are asked for without. Amounts are binary floats on
the wire, and are rounded to twelve digits after the point.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.framework.answers import Fields
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
)
from pipelines.sources.statements import StatementKind

MOST_BUCKETS = 180
KEYS_SINCE = date(2025, 12, 6)
GROUP_BY = ("project_id", "line_item")
MODEL_AND_METER = re.compile(r"(?P<model>[\w.:/-]+), (?P<meter>[^,]+)")


def fetch(session: Session, window: Window) -> Answer:
    """The buckets of `window`, those before keys were known asked for without them."""
    edge = min(max(window.start, KEYS_SINCE), window.end)
    parts = [
        (Window(window.start, edge), GROUP_BY),
        (Window(edge, window.end), (*GROUP_BY, "api_key_id")),
    ]
    found = [
        bucket
        for part, group_by in parts
        if part.start < part.end
        for bucket in buckets(session, "/organization/costs", part, group_by=group_by, per_page=MOST_BUCKETS)
    ]
    records = [_record(session, day, result) for day, results in found for result in results]
    return Answer(records, [day for day, _ in found])


def _record(session: Session, day: date, result: Fields) -> UsageRecord:
    amount = result.object("amount")
    item = result.optional_text("line_item")
    parts = MODEL_AND_METER.fullmatch(item or "")
    project, key = result.optional_text("project_id"), result.optional_text("api_key_id")
    charged = amount.money("value")
    result.known("object", "user_id", "api_source", "organization_id", "project_name", "organization_name")
    return session.record(
        record_kind=RecordKind.COST,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        project=project,
        api_key_id=key,
        model_raw=parts["model"] if parts else None,
        meter=parts["meter"] if parts else None,
        line_item=item,
        quantity=result.optional_number("quantity"),
        quantity_unit=result.optional_text("quantity_unit"),
        cost_amount=charged,
        currency=amount.currency("currency"),
        charge_category=ChargeCategory.USAGE if charged >= 0 else ChargeCategory.CREDIT,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        extra=result.extra(),
    )


SOURCE = ApiSource(
    name="openai_costs",
    provider="openai",
    title="OpenAI costs",
    fetched="costs by project, key and line item",
    docs=DOCS,
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    answers={
        "/organization/costs": buckets_of(
            "amount.value", "amount.currency", expected=(*GROUP_BY, "api_key_id", "quantity", "quantity_unit")
        ),
        **ORGANIZATION_SHAPE,
    },
    fetch=fetch,
    identify=organization,
    longest_window=MOST_BUCKETS,
    restated_for=3,
    page_days=MOST_BUCKETS,
    may_lack_today=True,
    proven=PROVEN,
    statement="cost report of the provider",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
