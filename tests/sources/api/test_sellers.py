"""Cursor, GitHub, ElevenLabs, xAI and Together: amounts in the units of each wire, landed in dollars."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import CostBasis
from pipelines.sources.outcomes import Status
from tests.sources.api.canned import KEY, Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def cursor(asked: Asked) -> Any:
    event = {
        "timestamp": str(int(NOON.timestamp() * 1000)),
        "userEmail": "a@example.com",
        "model": "claude-4.5-opus",
        "kind": "Usage-based",
        "isChargeable": True,
        "tokenUsage": {
            "inputTokens": 126,
            "outputTokens": 450,
            "cacheWriteTokens": 6112,
            "cacheReadTokens": 11964,
            "totalCents": 20.18,
        },
        "chargedCents": 21.36,
        "cursorTokenFee": 1.18,
    }
    included = {**event, "kind": "Included in Pro", "isChargeable": False, "model": "auto"}
    pages = [[event, event], [included]]
    number = asked.body["page"]
    return {"usageEvents": pages[number - 1], "pagination": {"currentPage": number, "hasNextPage": number < 2}}


def test_cursor_counts_exact_twins_and_marks_what_the_plan_includes(tmp_path: Path):
    with provider(cursor) as served:
        outcome, records = land(source("cursor_events"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.message) == (Status.OK, None)
    billed = [record for record in records if record.is_billable]
    assert [record.cost_amount for record in billed] == [Decimal("0.2136")] * 2
    assert sorted(record.row_ordinal for record in billed) == [0, 1]
    (included,) = [record for record in records if not record.is_billable]
    assert (included.line_item, included.cost_amount) == ("Included in Pro", Decimal("0.2136"))
    assert (included.input_uncached_tokens, included.cache_read_tokens, included.cache_write_other_tokens) == (
        126,
        11964,
        6112,
    )
    body = served.asked[0].body
    midnight = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)
    assert (body["startDate"], body["endDate"]) == (midnight, midnight + 2 * 86_400_000 - 1)
    assert served.asked[0].headers["authorization"] == f"Basic {b64encode(f'{KEY}:'.encode()).decode()}"


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


def elevenlabs(asked: Asked) -> Any:
    assert asked.query["aggregation_interval"] == "day"
    days = [int(datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000) for day in (22, 23)]
    return {"time": days, "usage": {"eleven_v3": [1200, 0], "eleven_flash": [0.5, 3]}}


def test_elevenlabs_lands_credits_and_no_money(tmp_path: Path):
    with provider(elevenlabs) as served:
        _, records = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert {(record.model_raw, record.day.day, record.quantity, record.cost_amount) for record in records} == {
        ("eleven_flash", 22, Decimal("0.5"), None),
        ("eleven_v3", 22, Decimal(1200), None),
        ("eleven_flash", 23, Decimal(3), None),
    }


def test_elevenlabs_takes_no_figure_that_no_account_has(tmp_path: Path):
    huge = {"time": [int(NOON.timestamp() * 1000)], "usage": {"eleven_v3": [10**40]}}
    with provider(lambda _: huge) as served:
        outcome, records = land(source("elevenlabs_usage"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, records) == (Status.FAILED, [])
    assert outcome.message == (
        "the answer of ElevenLabs credits: usage.eleven_v3[0].number is 1000000000000000000000000000000000000000, "
        "which is no figure"
    )


def xai(asked: Asked) -> Any:
    assert asked.body["analyticsRequest"]["timeRange"]["startTime"] == "2026-11-22 00:00:00"
    points = [
        {"timestamp": "2026-11-22T00:00:00Z", "values": [4.125]},
        {"timestamp": "2026-11-23T00:00:00Z", "values": [0]},
    ]
    return {"timeSeries": [{"dataPoints": points}], "limitReached": False}


def test_xai_lands_dollars_by_day(tmp_path: Path):
    with provider(xai) as served:
        _, (record,) = land(source("xai_usage"), served.url, tmp_path, YESTERDAY)
    assert (record.day, record.cost_amount, record.currency) == (YESTERDAY, Decimal("4.125"), "USD")
    assert served.asked[0].path == "/v1/billing/teams/acme/usage"


def test_xai_takes_nothing_of_an_answer_that_was_cut_short(tmp_path: Path):
    with provider(lambda _: {"timeSeries": [], "limitReached": True}) as served:
        outcome, records = land(source("xai_usage"), served.url, tmp_path, YESTERDAY)
    assert outcome.message == "the answer of xAI billing: limitReached is true: the answer was cut short"
    assert records == []


def together(asked: Asked) -> Any:
    def row(day: str, cost: str) -> dict[str, Any]:
        item = {"product_name": "Llama 4 tokens", "quantity": "1000", "unit_price": "0.0002", "cost": cost}
        return {"date": day, "start_time": f"{day}T00:00:00Z", "line_items": [item, item]}

    assert asked.query["month"] == "2026-11"
    if "after" not in asked.query:
        return {"data": [row("2026-11-21", "9"), row("2026-11-22", "0.20")], "next_cursor": "c2"}
    return {"data": [row("2026-11-23", "0.10")], "next_cursor": None}


def test_together_is_asked_by_month_and_only_the_days_asked_for_are_taken(tmp_path: Path):
    with provider(together) as served:
        outcome, records = land(source("together_usage"), served.url, tmp_path, YESTERDAY)
    assert outcome.status is Status.OK
    amounts = [(record.day.day, record.cost_amount, record.row_ordinal) for record in records]
    assert sorted(amounts) == [
        (22, Decimal("0.20"), 0),
        (22, Decimal("0.20"), 1),
        (23, Decimal("0.10"), 0),
        (23, Decimal("0.10"), 1),
    ]


@pytest.mark.parametrize("name", ["github_copilot", "xai_usage", "cloudflare_gateway"])
def test_a_source_that_needs_an_organization_says_so_before_it_asks(tmp_path: Path, name: str):
    with provider(lambda _: {}) as served:
        outcome, _ = land(source(name), served.url, tmp_path, YESTERDAY, organization="")
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        f"account 'acme' needs `organization:` in ai-costs.yaml: {source(name).needs_organization}"
    )
    assert served.asked == []
