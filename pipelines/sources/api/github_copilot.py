"""GitHub Copilot: AI credits of an organization, by day and model; before June 2026 its premium requests.

Items carry no date, so each day is asked for alone. What the plan includes is a discount: `netAmount` is billed,
`grossAmount` is the price before it, both in US dollars. GitHub answers for the last 24 months. Seats are other
items of the bill: enter them by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.answers import AnswerError
from pipelines.sources.api.source import Answer, ApiSource, KeyKind, Session

CREDITS_SINCE = date(2026, 6, 1)


def fetch(session: Session, window: Window) -> Answer:
    """Every day of `window`, each asked for alone."""
    records = [record for day in window.days() for record in _day(session, day)]
    return Answer(records, window.days())


def _day(session: Session, day: date) -> Iterator[UsageRecord]:
    kind = "ai_credit" if day >= CREDITS_SINCE else "premium_request"
    path = f"/organizations/{session.account.organization}/settings/billing/{kind}/usage"
    answer = session.client.get(path, [("year", day.year), ("month", day.month), ("day", day.day)])
    asked = answer.object("timePeriod").optional_count("day")
    if asked not in {None, day.day}:
        raise AnswerError(f"timePeriod.day is {asked}, where {day} was asked for")
    for item in answer.objects("usageItems"):
        item.known("pricePerUnit", "discountQuantity", "discountAmount", "netQuantity")
        yield session.record(
            record_kind=RecordKind.USAGE_COST,
            period_start=day_start(day),
            period_end=day_start(day + timedelta(days=1)),
            grain="1d",
            service=item.text("product"),
            model_raw=item.optional_text("model"),
            line_item=item.text("sku"),
            meter=item.text("unitType"),
            quantity=item.number("grossQuantity"),
            quantity_unit=item.text("unitType"),
            cost_amount=item.money("netAmount"),
            list_cost_amount=item.money("grossAmount"),
            currency="USD",
            cost_basis=CostBasis.PROVIDER_REPORTED,
            extra=item.extra(),
        )


def _headers(key: str) -> Mapping[str, str]:
    return {
        "authorization": f"Bearer {key}",
        "accept": "application/vnd.github+json",
        "x-github-api-version": "2026-03-10",
    }


SOURCE = ApiSource(
    name="github_copilot",
    provider="github",
    title="GitHub Copilot billing",
    base_url="https://api.github.com",
    headers=_headers,
    key=KeyKind(
        "a fine-grained token of the organization with read access to Administration",
        "https://github.com/settings/personal-access-tokens",
        ("github_pat_", "ghp_"),
    ),
    fetch=fetch,
    longest_window=31,
    restated_for=35,
    history=730,
    needs_organization="the organization's name on GitHub",
)
