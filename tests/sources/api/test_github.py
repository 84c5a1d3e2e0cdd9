"""GitHub: the bill of an organization, an enterprise or a user, day by day, and never a month's total for a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import CostBasis
from pipelines.sources.outcomes import Status
from tests.sources.api.canned import Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)


def github(asked: Asked) -> Any:
    year, month, day = (int(asked.query[name]) for name in ("year", "month", "day"))
    item = {
        "product": "Copilot",
        "sku": "Copilot AI Credits",
        "model": "Claude Opus 4.5",
        "unitType": "ai-credits",
        "pricePerUnit": 0.01,
        "grossQuantity": 100,
        "grossAmount": 1.0,
        "discountQuantity": 60,
        "discountAmount": 0.6,
        "netQuantity": 40,
        "netAmount": 0.4,
    }
    period = {"year": year, "month": month, "day": day}
    return {"timePeriod": period, "organization": "acme", "usageItems": [item] if day == 22 else []}


def test_github_is_asked_day_by_day_and_bills_the_net_amount(tmp_path: Path):
    with provider(github) as served:
        outcome, (record,) = land(source("github_copilot"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.message) == (Status.OK, None)
    assert record.day == YESTERDAY
    assert (record.cost_amount, record.list_cost_amount) == (Decimal("0.4"), Decimal(1))
    assert (record.quantity, record.quantity_unit) == (100, "ai-credits")
    assert record.cost_basis is CostBasis.PROVIDER_REPORTED
    assert [asked.path for asked in served.asked] == ["/organizations/acme/settings/billing/ai_credit/usage"] * 2


def test_github_is_asked_for_premium_requests_before_credits_began(tmp_path: Path):
    with provider(github) as served:
        land(source("github_copilot"), served.url, tmp_path, date(2026, 5, 31), now=datetime(2026, 6, 1, 9, tzinfo=UTC))
    kinds = {asked.query["day"]: asked.path.split("/")[-2] for asked in served.asked}
    assert kinds == {"31": "premium_request", "1": "ai_credit"}


@pytest.mark.parametrize(
    ("organization", "path"),
    [
        ("acme", "/organizations/acme/settings/billing/ai_credit/usage"),
        ("organization:acme", "/organizations/acme/settings/billing/ai_credit/usage"),
        ("enterprise:acme", "/enterprises/acme/settings/billing/ai_credit/usage"),
        ("user:acme", "/users/acme/settings/billing/ai_credit/usage"),
    ],
)
def test_the_bill_of_an_enterprise_or_of_a_user_is_asked_for_by_its_name(tmp_path: Path, organization: str, path: str):
    with provider(github) as served:
        _, records = land(source("github_copilot"), served.url, tmp_path, YESTERDAY, organization=organization)
    assert [record.cost_amount for record in records] == [Decimal("0.4")]
    assert {asked.path for asked in served.asked} == {path}


def test_a_level_that_github_does_not_have_is_named(tmp_path: Path):
    with provider(github) as served:
        outcome, _ = land(source("github_copilot"), served.url, tmp_path, YESTERDAY, organization="team:acme")
    assert outcome.status is Status.FAILED
    assert outcome.message == "organization: 'team:acme' is not a name, enterprise:NAME or user:NAME: fix it"
    assert served.asked == []


def period(change: Callable[[dict[str, Any]], None]) -> Callable[[Asked], Any]:
    def answer(asked: Asked) -> Any:
        given = github(asked)
        change(given["timePeriod"])
        return given

    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (period(lambda period: period.pop("day")), "timePeriod.day is missing"),
        (period(lambda period: period.pop("month")), "timePeriod.month is missing"),
        (period(lambda period: period.update(day=1)), "timePeriod is 2026-11-01, where 2026-11-23 was asked for"),
        (period(lambda period: period.update(month=10)), "timePeriod is 2026-10-23, where 2026-11-23 was asked for"),
        (
            lambda asked: {**github(asked), "organization": "other"},
            "organization is 'other', where 'acme' was asked for",
        ),
    ],
)
def test_what_is_not_of_the_day_and_the_name_asked_for_is_not_counted(
    tmp_path: Path, answer: Callable[[Asked], Any], message: str
):
    with provider(answer) as served:
        outcome, records = land(source("github_copilot"), served.url, tmp_path, date(2026, 11, 23))
    assert outcome.message == f"the answer of GitHub Copilot billing: {message}"
    assert records == []


def test_items_that_differ_in_their_price_alone_are_both_counted(tmp_path: Path):
    def answer(asked: Asked) -> Any:
        given = github(asked)
        given["usageItems"] += [{**item, "pricePerUnit": 0.02, "netAmount": 0.7} for item in given["usageItems"]]
        return given

    with provider(answer) as served:
        _, records = land(source("github_copilot"), served.url, tmp_path, YESTERDAY)
    assert sorted(record.cost_amount for record in records if record.cost_amount) == [Decimal("0.4"), Decimal("0.7")]
