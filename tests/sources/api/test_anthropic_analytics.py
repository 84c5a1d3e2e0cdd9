"""Anthropic's analytics: cost and usage by person, key and speed, of Console and of Claude Enterprise organizations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import ChargeCategory, CostBasis
from pipelines.landing import LandingStore
from pipelines.presentation.messages import KEY_REFUSED
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework import examination
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.outcomes import Status
from tests.sources.api.canned import NOW, Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)
ADMIN = "sk-ant-admin01-canary"
ENTERPRISE = "sk-ant-api01-canary"
PERSON = {"type": "user_actor", "user_id": "user_1", "email_address": "a@example.com", "name": "A", "deleted": False}
KEY_ITSELF = {"type": "api_actor", "api_key_id": "apikey_1"}
SERVICE = {"type": "service_account_actor", "service_account_id": "svac_1"}


def spanning(day: int, group: dict[str, Any], **figures: Any) -> dict[str, Any]:
    return {
        "starting_at": f"2026-11-{day:02}T00:00:00Z",
        "ending_at": f"2026-11-{day + 1:02}T00:00:00Z",
        "group": group,
        **figures,
    }


def cost(day: int, amount: str, listed: str, **group: Any) -> dict[str, Any]:
    told = {"amount": amount, "list_amount": listed, "currency": "USD", "requests": None}
    return spanning(day, {"cost_type": "tokens", "token_type": "output_tokens", **group}, cost=told)


def usage(day: int, output: int, **group: Any) -> dict[str, Any]:
    counts = {
        "uncached_input_tokens": 1500,
        "cache_read_input_tokens": 200,
        "cache_creation": {"ephemeral_5m_input_tokens": 500, "ephemeral_1h_input_tokens": 1000},
        "output_tokens": output,
        "total_tokens": 3200 + output,
        "requests": 17,
        "server_tool_use": {"web_search_requests": 3},
    }
    return spanning(day, group, usage=counts)


def paged(*pages: list[dict[str, Any]]) -> Any:
    def answer(asked: Asked) -> Any:
        number = int(asked.query.get("page", "0"))
        more = number + 1 < len(pages)
        following = str(number + 1) if more else None
        refreshed = "2026-11-23T12:00:00Z"
        return {"data": pages[number], "has_more": more, "next_page": following, "data_refreshed_at": refreshed}

    return answer


def test_cost_comes_by_person_and_key_in_cents(tmp_path: Path):
    opus = {"model": "claude-opus-4-8", "workspace_id": "wrkspc_1", "speed": "fast"}
    pages = paged(
        [
            cost(22, "1234.5678", "1300.0000", actor=PERSON, api_key_id="apikey_1", **opus),
            cost(22, "50", "50", actor=KEY_ITSELF, api_key_id=None, **opus),
        ],
        [
            cost(22, "-20", "0", actor=SERVICE, api_key_id=None, **opus),
            cost(23, "7", "7", actor=None, cost_type="session_usage", token_type=None),
        ],
    )
    with provider(pages) as served:
        outcome, records = land(source("anthropic_analytics_costs"), served.url, tmp_path, YESTERDAY, key=ADMIN)
    assert (outcome.status, outcome.message) == (Status.OK, None)
    found = {(r.day.day, r.user_id, r.api_key_id): (r.cost_amount, r.list_cost_amount) for r in records}
    assert found == {
        (22, "a@example.com", "apikey_1"): (Decimal("12.345678"), Decimal("13.00")),
        (22, None, "apikey_1"): (Decimal("0.5"), Decimal("0.5")),
        (22, "svac_1", None): (Decimal("-0.2"), Decimal(0)),
        (23, None, None): (Decimal("0.07"), Decimal("0.07")),
    }
    assert {r.charge_category for r in records if r.user_id == "svac_1"} == {ChargeCategory.CREDIT}
    assert {(r.speed, r.project, r.meter, r.line_item) for r in records if r.day.day == 22} == {
        ("fast", "wrkspc_1", "output_tokens", "tokens")
    }
    assert {r.cost_basis for r in records} == {CostBasis.PROVIDER_REPORTED}
    first = served.asked[0]
    groups = [value for name, value in first.params if name == "group_by[]"]
    assert groups == ["actor", "api_key_id", "workspace_id", "model", "speed", "cost_type", "token_type"]
    assert (first.query["starting_at"], first.query["ending_at"]) == ("2026-11-22T00:00:00Z", "2026-11-23T14:07:00Z")
    assert (first.query["time_bucket_width"], first.query["order_by"]) == ("1d", "time")
    assert first.headers["anthropic-beta"] == "analytics-usage-cost-2026-08-24"


def test_usage_of_an_enterprise_comes_by_person_and_product(tmp_path: Path):
    rows = [
        usage(22, 500, actor=PERSON, product="chat", model="claude-opus-4-8", speed="standard", context_window="0-200k")
    ]
    with provider(paged(rows)) as served:
        _, (record,) = land(source("anthropic_analytics_usage"), served.url, tmp_path, YESTERDAY, key=ENTERPRISE)
    assert (record.user_id, record.service, record.requests, record.speed) == ("a@example.com", "chat", 17, "standard")
    assert (record.input_uncached_tokens, record.cache_read_tokens, record.output_tokens) == (1500, 200, 500)
    assert (record.cache_write_5m_tokens, record.cache_write_1h_tokens, record.web_search_requests) == (500, 1000, 3)
    groups = [value for name, value in served.asked[0].params if name == "group_by[]"]
    assert groups == ["actor", "product", "context_window", "model", "speed"]


def test_identities_without_a_name_are_rows_of_their_own(tmp_path: Path):
    nameless = [cost(22, amount, amount, actor=None, api_key_id=None, model="claude-opus-4-8") for amount in ("2", "3")]
    with provider(paged(nameless)) as served:
        outcome, records = land(source("anthropic_analytics_costs"), served.url, tmp_path, YESTERDAY, key=ADMIN)
    assert outcome.status is Status.OK
    assert sorted(r.cost_amount for r in records if r.cost_amount) == [Decimal("0.02"), Decimal("0.03")]


def test_a_row_of_more_than_a_day_is_not_counted_for_one(tmp_path: Path):
    row = {**cost(22, "9", "9"), "ending_at": "2026-11-24T00:00:00Z"}
    with provider(paged([row])) as served:
        outcome, records = land(source("anthropic_analytics_costs"), served.url, tmp_path, YESTERDAY, key=ADMIN)
    assert records == []
    assert outcome.message == (
        "the answer of Anthropic's analytics of cost: a row is of 2026-11-22T00:00Z to 2026-11-24T00:00Z, "
        "where days were asked for"
    )


def test_nothing_before_2026_is_asked_for(tmp_path: Path):
    now = datetime(2026, 3, 3, 9, tzinfo=UTC)
    with provider(paged([])) as served:
        land(source("anthropic_analytics_costs"), served.url, tmp_path, date(2025, 11, 1), now=now, key=ADMIN)
    assert min(asked.query["starting_at"] for asked in served.asked) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (
            ADMIN,
            {
                "anthropic_analytics_costs",
                "anthropic_analytics_usage",
                "anthropic_claude_code",
                "anthropic_costs",
                "anthropic_usage",
            },
        ),
        (ENTERPRISE, {"anthropic_analytics_costs", "anthropic_analytics_usage"}),
        ("another-kind", {"anthropic_claude_code", "anthropic_costs", "anthropic_usage"}),
        ("", {"anthropic_claude_code", "anthropic_costs", "anthropic_usage"}),
    ],
)
def test_the_kind_of_key_decides_which_reports_are_asked(key: str, asked: set[str]):
    account = ApiAccount("acme", "anthropic", key)
    assert {known.name for known in api_sources() if known.asks(account)} == asked


REFUSED = 403, {"type": "error", "error": {"type": "permission_error", "message": "not in this beta"}}


def test_an_organization_that_is_not_in_the_beta_lacks_it_without_a_failure(tmp_path: Path):
    of = source("anthropic_analytics_costs")
    with provider(lambda _: REFUSED) as served:
        outcome, _ = land(of, served.url, tmp_path, YESTERDAY, key=ADMIN)
        account = ApiAccount("acme", "anthropic", ADMIN, base_url=served.url)
        looked = examination.examine(of, account, LandingStore(tmp_path), NOW)
    assert outcome.status is Status.OK
    assert (outcome.message or "").startswith(
        f"Anthropic's analytics of cost is not available to this key, so it is left out: 127.0.0.1 {KEY_REFUSED}"
    )
    assert (looked.ok, looked.found) == (True, "not available to this key, so it is left out")


def test_once_it_gave_something_a_refusal_is_a_failure_and_what_was_landed_stays(tmp_path: Path):
    of = source("anthropic_analytics_costs")
    with provider(paged([cost(22, "9", "9", actor=None)])) as served:
        land(of, served.url, tmp_path, YESTERDAY, key=ADMIN)
    with provider(lambda _: REFUSED) as served:
        outcome, records = land(of, served.url, tmp_path, YESTERDAY, key=ADMIN)
    assert outcome.status is Status.FAILED
    assert [record.cost_amount for record in records] == [Decimal("0.09")]


def test_an_enterprise_has_nothing_else_so_a_refusal_is_a_failure(tmp_path: Path):
    with provider(lambda _: REFUSED) as served:
        outcome, _ = land(source("anthropic_analytics_costs"), served.url, tmp_path, YESTERDAY, key=ENTERPRISE)
    assert outcome.status is Status.FAILED
    assert "sk-ant-api01-" in (outcome.message or "")
