"""ElevenLabs and xAI: amounts in the units of each wire, landed in dollars."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.outcomes import Status
from tests.sources.api.canned import Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


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


@pytest.mark.parametrize("name", ["github_copilot", "xai_usage", "cloudflare_gateway"])
def test_a_source_that_needs_an_organization_says_so_before_it_asks(tmp_path: Path, name: str):
    with provider(lambda _: {}) as served:
        outcome, _ = land(source(name), served.url, tmp_path, YESTERDAY, organization="")
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        f"account 'acme' needs `organization:` in ai-costs.yaml: {source(name).needs_organization}"
    )
    assert served.asked == []
