"""xAI: amounts in the units of each wire, landed in dollars."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.outcomes import Status
from tests.sources.api.canned import Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)


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
