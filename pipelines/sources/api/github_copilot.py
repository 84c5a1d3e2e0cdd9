"""GitHub Copilot: AI credits of an organization, an enterprise or a user, by day and model; premium requests before.

Items carry no date, so each day is asked for alone, and the answer must be of that very day: without `day` it would be
the total of a month, counted once for each of its days. What the plan includes is a discount: `netAmount` is billed,
`grossAmount` is the price before it, both in US dollars. GitHub answers for the last 24 months (REST API, "Billing
usage", version 2026-03-10). An enterprise's report contains its organizations' use too. Seats are other items of the
bill: enter them manually.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import quote

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.errors import SourceError
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

CREDITS_SINCE = date(2026, 6, 1)
ITEM = ("product", "sku", "unitType", "grossQuantity", "grossAmount", "netAmount")
ANSWERS = {
    "/*/*/settings/billing/*/usage": Shape(
        ("timePeriod.day", "usageItems", *(f"usageItems[].{name}" for name in ITEM)),
        expected=("usageItems[].model",),
    )
}
LEVELS = {"organization": "organizations", "enterprise": "enterprises", "user": "users"}


def fetch(session: Session, window: Window) -> Answer:
    """Every day of `window`, each asked for alone."""
    records = [record for day in window.days() for record in _day(session, day)]
    return Answer(records, window.days())


def _day(session: Session, day: date) -> Iterator[UsageRecord]:
    level, name = _level(session.account.organization or "")
    kind = "ai_credit" if day >= CREDITS_SINCE else "premium_request"
    path = f"/{LEVELS[level]}/{quote(name, safe='')}/settings/billing/{kind}/usage"
    answer = session.client.get(path, [("year", day.year), ("month", day.month), ("day", day.day)])
    _is_what_was_asked(answer, level, name, day)
    seen: Counter[tuple[str | None, ...]] = Counter()
    for item in answer.objects("usageItems"):
        item.known("pricePerUnit", "discountQuantity", "discountAmount", "netQuantity")
        # Items that differ in their price alone are distinguished by their order.
        item_of = item.text("product"), item.optional_text("model"), item.text("sku"), item.text("unitType")
        seen[item_of] += 1
        yield session.record(
            record_kind=RecordKind.USAGE_COST,
            period_start=day_start(day),
            period_end=day_start(day + timedelta(days=1)),
            grain="1d",
            service=item.text("product"),
            model_raw=item.optional_text("model"),
            line_item=item.text("sku"),
            meter=item.text("unitType"),
            row_ordinal=seen[item_of] - 1,
            quantity=item.number("grossQuantity"),
            quantity_unit=item.text("unitType"),
            cost_amount=item.money("netAmount"),
            list_cost_amount=item.money("grossAmount"),
            currency="USD",
            cost_basis=CostBasis.PROVIDER_REPORTED,
            extra=item.extra(),
        )


def _level(organization: str) -> tuple[str, str]:
    """Whose bill it is and its name: `acme` and `organization:acme`, `enterprise:acme`, `user:octo`."""
    level, colon, name = organization.partition(":")
    if not colon:
        return "organization", organization
    if level not in LEVELS or not name:
        raise SourceError(f"organization: {organization!r} is not a name, enterprise:NAME or user:NAME: fix it")
    return level, name


def _is_what_was_asked(answer: Fields, level: str, name: str, day: date) -> None:
    period = answer.object("timePeriod")
    reported = period.count("year"), period.count("month"), period.count("day")
    if reported != (day.year, day.month, day.day):
        shown = "-".join(f"{part:02}" for part in reported)
        raise AnswerError(f"timePeriod is {shown}, where {day} was asked for")
    level_name = answer.optional_text(level)
    if level_name is not None and level_name.casefold() != name.casefold():
        raise AnswerError(f"{level} is {level_name!r}, where {name!r} was asked for")


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
    fetched="Copilot AI credits, before June 2026 premium requests, of an organization, enterprise or personal plan",
    docs="https://docs.github.com/en/rest/billing/usage",
    base_url="https://api.github.com",
    headers=_headers,
    key=KeyKind(
        "a fine-grained token of the organization with read access to Administration (of a user: to Plan), or for an "
        "enterprise a classic token of an owner or billing manager",
        "https://github.com/settings/personal-access-tokens",
        ("github_pat_", "ghp_"),
        variable="GITHUB_BILLING_TOKEN",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=35,
    history=730,
    needs_organization="the organization's name on GitHub, or enterprise:NAME, or user:NAME for a personal plan",
    statement="charged by the seller",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
