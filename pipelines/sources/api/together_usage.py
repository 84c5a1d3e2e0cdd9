"""Together: what an organization is charged, by day and product.

`GET /v1/billing/usage` answers for one month at a time, in US dollars as text; its rows carry line items. It is
a beta that an organization must have switched on: without it the answer is 404. Product names are not stable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from pipelines.domain.periods import Window, day_start, month_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.answers import Fields
from pipelines.sources.api.paging import follow
from pipelines.sources.api.source import Answer, ApiSource, KeyKind, Session

PAGE_SIZE = 1000


def fetch(session: Session, window: Window) -> Answer:
    """The months that `window` touches; only its days are taken."""
    months = sorted({month_start(day) for day in window.days()})
    days = set(window.days())
    records = [record for month in months for record in _month(session, month) if record.day in days]
    return Answer(records, days)


def _month(session: Session, month: date) -> Iterator[UsageRecord]:
    def ask(cursor: str | None) -> Fields:
        params: list[tuple[str, str | int]] = [
            ("month", f"{month:%Y-%m}"),
            ("granularity", "day"),
            ("limit", PAGE_SIZE),
            *([("after", cursor)] if cursor else []),
        ]
        return session.client.get("/v1/billing/usage", params)

    seen: Counter[tuple[date, str]] = Counter()
    for page in follow(ask, lambda page: page.optional_text("next_cursor")):
        for row in page.objects("data"):
            day = row.day("date")
            for item in row.objects("line_items"):
                product = item.text("product_name")
                seen[day, product] += 1
                yield _record(session, day, product, item, seen[day, product] - 1)


def _record(session: Session, day: date, product: str, item: Fields, ordinal: int) -> UsageRecord:
    return session.record(
        record_kind=RecordKind.COST,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        line_item=product,
        row_ordinal=ordinal,
        quantity=item.optional_number("quantity"),
        cost_amount=item.money("cost"),
        currency="USD",
        cost_basis=CostBasis.PROVIDER_REPORTED,
        extra=item.extra(),
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="together_usage",
    provider="together",
    title="Together billing",
    base_url="https://api.together.xyz",
    headers=_headers,
    key=KeyKind(
        "an API key of an organization whose billing interface is switched on",
        "https://api.together.ai/settings/api-keys",
    ),
    fetch=fetch,
    longest_window=31,
    restated_for=3,
)
