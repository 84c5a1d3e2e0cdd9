"""Together: what an organization is charged, by day and product.

`GET /v1/billing/usage` answers for one month at a time, in US dollars as text, through the end of yesterday; its rows
carry line items. It is a beta that an organization must have switched on: without it the answer is 404. Product names
are not stable.

`cost` is the price of a line item, `applied_credit` what covers it (API reference "Get billing usage", Together's own
client 3.1): a commitment that was paid for before (PREPAID) or is invoiced later (POSTPAID) is money owed all the same;
a CREDIT was given, so it is taken off again in a separate row. An amount in its place is the credit itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import orjson

from pipelines.domain.periods import Window, day_start, month_start, utc_day
from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.paging import follow
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

PAGE_SIZE = 1000
USAGE = "/v1/billing/usage"
ITEM = "data[].line_items[]"
ANSWERS = {
    USAGE: Shape(
        (
            "data",
            "data[].date",
            "data[].line_items",
            *(f"{ITEM}.{name}" for name in ("product_name", "quantity", "cost")),
        ),
        nullable=("next_cursor",),
    )
}
CHARGED_CREDITS = frozenset({"PREPAID", "POSTPAID"})
GIVEN = "CREDIT"


def fetch(session: Session, window: Window) -> Answer:
    """The months that `window` touches; only its days are taken. The day under way is there when it has a row."""
    months = sorted({month_start(day) for day in window.days()})
    today = utc_day(session.now)
    days = set(window.days())
    rows = [row for month in months for row in _month(session, month) if row[0] in days]
    covered = {day for day in days if day < today} | {day for day, _ in rows}
    return Answer([record for day, items in rows for record in _day(session, day, items)], covered)


def _month(session: Session, month: date) -> Iterator[tuple[date, list[Fields]]]:
    """(day, its line items) of a month."""
    organization = session.account.organization

    def ask(cursor: str | None) -> Fields:
        params: list[tuple[str, str | int]] = [
            ("month", f"{month:%Y-%m}"),
            ("granularity", "day"),
            ("limit", PAGE_SIZE),
            *([("organization_id", organization)] if organization else []),
            *([("after", cursor)] if cursor else []),
        ]
        return session.client.get(USAGE, params)

    for page in follow(ask, lambda page: page.optional_text("next_cursor")):
        for row in page.objects("data"):
            yield row.day("date"), row.objects("line_items")


def _day(session: Session, day: date, items: list[Fields]) -> Iterator[UsageRecord]:
    seen: Counter[str] = Counter()
    for item in items:
        product = item.text("product_name")
        seen[product] += 1
        item.known("unit_price")
        credit = _credit(item)
        charge = session.record(
            record_kind=RecordKind.COST,
            period_start=day_start(day),
            period_end=day_start(day + timedelta(days=1)),
            grain="1d",
            line_item=product,
            row_ordinal=seen[product] - 1,
            quantity=item.number("quantity"),
            cost_amount=item.money("cost"),
            currency="USD",
            cost_basis=CostBasis.PROVIDER_REPORTED,
            tags=_tags(item),
            extra=item.extra(),
        )
        yield charge
        if credit:
            given = replace(charge, meter="applied_credit", quantity=None, extra=None)
            yield replace(given, cost_amount=-credit, charge_category=ChargeCategory.CREDIT)


def _credit(item: Fields) -> Decimal:
    """What was given towards a line item, in US dollars."""
    if not item.has("applied_credit"):
        return Decimal(0)
    if not item.is_object("applied_credit"):
        return abs(item.money("applied_credit"))
    credit = item.object("applied_credit")
    kind = credit.text("type")
    if kind == GIVEN:
        return item.money("cost")
    if kind not in CHARGED_CREDITS:
        raise AnswerError(f"line_items[].applied_credit.type is {kind!r}: it is unknown whether that is charged")
    return Decimal(0)


def _tags(item: Fields) -> str | None:
    """What the line item is of, by names that vary with the product."""
    named = [item.optional_object(name) for name in ("pricing_dimensions", "attributes")]
    tags = {name: text for found in named if found for name in found.names() if (text := found.optional_text(name))}
    return orjson.dumps(tags, option=orjson.OPT_SORT_KEYS).decode() if tags else None


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="together_usage",
    provider="together",
    title="Together billing",
    fetched="charges by day and product, less credit that was given",
    docs="https://docs.together.ai/reference/billing-usage",
    base_url="https://api.together.xyz",
    headers=_headers,
    key=KeyKind(
        "an API key of an organization with the billing interface enabled",
        "https://api.together.ai/settings/api-keys",
        variable="TOGETHER_API_KEY",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=3,
    page_days=31,
    may_lack_today=True,
    statement="cost report of the provider",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
