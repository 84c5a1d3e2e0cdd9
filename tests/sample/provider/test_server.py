"""The scripted provider is a real server: what it sends is what the ledger holds, and its faults are real ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from pipelines.sample.provider import Fault, Ledger, LedgerAccount, ScriptedProvider, Use, faults

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = 1795219200  # 2026-11-21
COSTS = "/organization/costs"
LEDGER = Ledger(
    accounts=(
        LedgerAccount("labs", "openai", "sk-admin-made-up", "sk-proj-made-up", "org-labs"),
        LedgerAccount("research", "anthropic", "sk-ant-admin01-made-up", "sk-ant-api03-made-up"),
        LedgerAccount("router", "openrouter", "sk-or-v1-manage", "sk-or-v1-infer"),
    ),
    uses=tuple(
        Use(
            account=account,
            hour=datetime(2026, 11, day, 9, tzinfo=UTC),
            project="proj_rover",
            key="key_1",
            model="gpt-5",
            requests=3,
            quantities={"input_uncached_tokens": 600, "cache_read_tokens": 400, "output_tokens": 250},
            charges={"input_uncached_tokens": Decimal("0.10000000001"), "output_tokens": Decimal("0.0025")},
        )
        for account in ("labs", "research", "router")
        for day in (20, 21, 22, 23)
    ),
    names={"proj_rover": "Rover", "key_1": "nightly"},
)


@pytest.fixture
def provider() -> Iterator[ScriptedProvider]:
    with ScriptedProvider(LEDGER, now=lambda: NOW) as running:
        yield running


def ask(provider: ScriptedProvider, path: str = COSTS, key: str = "sk-admin-made-up", **params: Any) -> httpx2.Response:
    url = provider.base_url("openai") + path
    return httpx2.get(url, params={"start_time": START, **params}, headers={"authorization": f"Bearer {key}"})


def decimals(response: httpx2.Response) -> Any:
    return json.loads(response.content, parse_float=Decimal)


def test_costs_are_those_of_the_ledger_to_the_last_digit_by_day_until_now(provider: ScriptedProvider):
    page = decimals(ask(provider))
    amounts = [[row["amount"]["value"] for row in bucket["results"]] for bucket in page["data"]]
    assert amounts == [[Decimal("0.10250000001")]] * 3
    assert [bucket["start_time"] for bucket in page["data"]] == [START, START + 86400, START + 2 * 86400]
    assert (page["has_more"], page["next_page"]) == (False, None)


def test_what_was_not_grouped_by_is_null(provider: ScriptedProvider):
    row = ask(provider, limit=1).json()["data"][0]["results"][0]
    assert (row["line_item"], row["project_id"]) == (None, None)
    rows = ask(provider, limit=1, **{"group_by[]": ["line_item", "project_id"]}).json()["data"][0]["results"]
    assert [(row["line_item"], row["project_id"], row["quantity"]) for row in rows] == [
        ("gpt-5, input", "proj_rover", 600),
        ("gpt-5, output", "proj_rover", 250),
    ]


def test_pages_hold_as_many_buckets_as_asked_and_cursors_hold_for_their_own_question(provider: ScriptedProvider):
    first = ask(provider, limit=2).json()
    assert (len(first["data"]), first["has_more"]) == (2, True)
    last = ask(provider, limit=2, page=first["next_page"]).json()
    assert (len(last["data"]), last["has_more"]) == (1, False)
    assert ask(provider, limit=3, page=first["next_page"]).status_code == 400
    assert ask(provider, limit=181).json()["error"]["message"] == (
        "Invalid 'limit': expected a value between 1 and 180."
    )


def test_pages_may_be_shorter_than_asked():
    with ScriptedProvider(LEDGER, now=lambda: NOW, longest_page=1) as provider:
        first = ask(provider, limit=180).json()
        second = ask(provider, limit=180, page=first["next_page"]).json()
    assert [len(page["data"]) for page in (first, second)] == [1, 1]
    assert second["data"][0]["start_time"] == START + 86400


def test_input_of_openai_includes_the_cache_and_that_of_anthropic_does_not(provider: ScriptedProvider):
    row = ask(provider, "/organization/usage/completions", limit=1).json()["data"][0]["results"][0]
    assert (row["input_tokens"], row["input_cached_tokens"], row["output_tokens"]) == (1000, 400, 250)
    answer = httpx2.get(
        f"{provider.base_url('anthropic')}/v1/organizations/usage_report/messages",
        params={"starting_at": "2026-11-22T00:00:00Z", "ending_at": "2026-11-23T00:00:00Z", "group_by[]": "model"},
        headers={"x-api-key": "sk-ant-admin01-made-up", "anthropic-version": "2023-06-01"},
    ).json()
    assert [bucket["starting_at"] for bucket in answer["data"]] == ["2026-11-22T00:00:00Z"]
    row = answer["data"][0]["results"][0]
    assert (row["uncached_input_tokens"], row["cache_read_input_tokens"], row["model"]) == (600, 400, "gpt-5")
    assert (row["workspace_id"], row["service_tier"]) == (None, None)


def test_anthropic_counts_cents_in_text_and_openrouter_dollars(provider: ScriptedProvider):
    cents = httpx2.get(
        f"{provider.base_url('anthropic')}/v1/organizations/cost_report",
        params={"starting_at": "2026-11-22T00:00:00Z"},
        headers={"x-api-key": "sk-ant-admin01-made-up", "anthropic-version": "2023-06-01"},
    ).json()
    assert [row["amount"] for bucket in cents["data"] for row in bucket["results"]] == ["10.250000001"] * 2
    activity = httpx2.get(
        f"{provider.base_url('openrouter')}/activity", headers={"authorization": "Bearer sk-or-v1-manage"}
    )
    rows = decimals(activity)["data"]
    assert [(row["date"], row["usage"]) for row in rows] == [
        (day, Decimal("0.10250000001")) for day in ("2026-11-22", "2026-11-21", "2026-11-20")
    ]
    assert rows[0]["prompt_tokens"] == 1000


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [
        ("sk-admin-other", 401, "Incorrect API key provided."),
        ("sk-proj-made-up", 403, "Missing scopes"),
    ],
)
def test_a_wrong_key_is_refused_in_the_words_of_the_provider(
    provider: ScriptedProvider, key: str, status: int, words: str
):
    response = ask(provider, key=key)
    assert response.status_code == status
    assert words in response.json()["error"]["message"]
    assert key not in repr(provider.requests)


def test_names_are_listed_page_by_page(provider: ScriptedProvider):
    listed = ask(provider, "/organization/projects", limit=1).json()
    assert [(row["id"], row["name"]) for row in listed["data"]] == [("proj_rover", "Rover")]
    assert listed["has_more"] is False
    keys = ask(provider, "/organization/projects/proj_rover/api_keys").json()
    assert [row["name"] for row in keys["data"]] == ["nightly"]


def test_a_late_use_is_stated_from_its_moment_on():
    late = Use(
        account="labs",
        hour=datetime(2026, 11, 21, 9, tzinfo=UTC),
        charges={"fee": Decimal(1)},
        known_from=datetime(2026, 11, 24, tzinfo=UTC),
    )
    moment = NOW
    with ScriptedProvider(LEDGER.with_uses(late), now=lambda: moment) as provider:
        before = decimals(ask(provider, limit=1))["data"][0]["results"][0]["amount"]["value"]
        moment = datetime(2026, 11, 24, tzinfo=UTC)
        after = decimals(ask(provider, limit=1))["data"][0]["results"][0]["amount"]["value"]
    assert (before, after) == (Decimal("0.10250000001"), Decimal("1.10250000001"))


def test_a_fault_strikes_on_its_calls_alone(provider: ScriptedProvider):
    provider.faults = [Fault("/openai/*/costs", faults.status(429, retry_after="7"), calls=(2,))]
    answers = [ask(provider) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["retry-after"] == "7"
    assert [(asked.method, asked.path) for asked in provider.requests] == [("GET", "/openai/v1/organization/costs")] * 3


@pytest.mark.parametrize("effect", [faults.cut(), faults.cut(chunked=True), faults.reset()])
def test_a_broken_connection_is_broken(provider: ScriptedProvider, effect: faults.Effect):
    provider.faults = [Fault("*", effect)]
    with pytest.raises(httpx2.TransportError):
        ask(provider)


def test_a_number_that_is_none_goes_out_as_it_is(provider: ScriptedProvider):
    provider.faults = [Fault("*", faults.not_a_number("value", "NaN"))]
    assert b'"amount":{"value":NaN,' in ask(provider).content


def test_a_mistake_in_a_script_is_raised_on_leaving():
    with pytest.raises(StopIteration), ScriptedProvider(LEDGER, faults=[Fault("*", faults.removed("absent"))]) as mine:
        assert ask(mine).status_code == 501
