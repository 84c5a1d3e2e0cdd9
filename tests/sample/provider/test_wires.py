"""Each wire words the ledger as its provider documents it: refusals, grouping, names, and the views alongside usage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from pipelines.sample.provider import Ledger, LedgerAccount, ScriptedProvider, Use
from pipelines.sample.provider.wires import wires
from pipelines.sample.provider.wires.openrouter import key_hash

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = datetime(2026, 11, 21, 9, tzinfo=UTC)
HEADERS = {
    "openai": {"authorization": "Bearer key-openai"},
    "anthropic": {"x-api-key": "key-anthropic", "anthropic-version": "2023-06-01"},
    "openrouter": {"authorization": "Bearer key-openrouter"},
}


def use(provider: str, **given: Any) -> Use:
    return Use(
        **{
            "account": provider,
            "hour": HOUR,
            "project": "project-1",
            "key": "key-1",
            "model": "m-1",
            "requests": 2,
            "quantities": {"input_uncached_tokens": 30, "cache_read_tokens": 10, "output_tokens": 5},
            "charges": {"input_uncached_tokens": Decimal("0.3"), "output_tokens": Decimal("0.5")},
            **given,
        }
    )


LEDGER = Ledger(
    tuple(LedgerAccount(name, name, f"key-{name}", organization="org-1") for name in HEADERS),
    (
        use("openai"),
        use(
            "openai", model=None, service="vector_stores", quantities={"usage_bytes": 7}, charges={"x": Decimal("0.25")}
        ),
        use("openai", service="images", quantities={"images": 3}, charges={"images": Decimal("0.12")}, key="key-2"),
        use("anthropic", is_batch=True),
        use("anthropic", project=None, key=None, charges={"web_search": Decimal("0.02")}, quantities={"web_search": 2}),
        use("anthropic", service="claude_code", user="a@example.com", details={"terminal_type": "vscode"}, key="key-2"),
        use("anthropic", service="claude_code", user="b@example.com", details={"terminal_type": "tmux"}, key="key-2"),
        use("openrouter", model="lab/m-1", details={"provider_name": "Lab", "endpoint_id": "e-1"}, reasoning_tokens=2),
        use("openrouter", model="lab/m-1", details={"provider_name": "Lab", "endpoint_id": "e-1"}, key="key-2"),
        use("openrouter", hour=datetime(2026, 10, 1, tzinfo=UTC)),
    ),
    {"project-1": "rover", "key-1": "nightly"},
)


@pytest.fixture(scope="module")
def provider() -> Iterator[ScriptedProvider]:
    with ScriptedProvider(LEDGER, now=lambda: NOW) as running:
        yield running


def ask(provider: ScriptedProvider, api: str, path: str, **params: Any) -> tuple[int, Any]:
    url = provider.base_url(api) + path
    response = httpx2.get(url, params=params, headers=HEADERS[api])
    return response.status_code, json.loads(response.content, parse_float=Decimal)


def rows(answer: tuple[int, Any], list_name: str = "results") -> list[dict[str, Any]]:
    assert answer[0] == 200, answer
    return [row for bucket in answer[1]["data"] for row in bucket[list_name]]


def openai(provider: ScriptedProvider, path: str, **params: Any) -> tuple[int, Any]:
    return ask(provider, "openai", f"/organization/{path}", start_time=int(HOUR.timestamp()) - 9 * 3600, **params)


def anthropic(provider: ScriptedProvider, path: str, **params: Any) -> tuple[int, Any]:
    return ask(provider, "anthropic", f"/v1/organizations/{path}", **{"starting_at": "2026-11-21T07:00:00Z", **params})


def test_every_wire_answers_under_its_own_prefix_and_refuses_an_unknown_key(provider: ScriptedProvider):
    assert len({wire.prefix for wire in wires()}) == len(wires())
    for wire in wires():
        assert wire.base_path.startswith(wire.prefix)
        assert httpx2.get(f"{provider.base_url(wire.provider)}/anything").status_code in {401, 403}
    assert httpx2.get(f"http://127.0.0.1:{provider.port}/nobody/v1").status_code == 404


def test_openai_states_meters_that_are_no_tokens(provider: ScriptedProvider):
    assert [row["images"] for row in rows(openai(provider, "usage/images"))] == [3]
    stored = rows(openai(provider, "usage/vector_stores", **{"group_by[]": "project_id"}))
    assert [(row["usage_bytes"], row["project_id"]) for row in stored] == [(7, "project-1")]
    grouped = {"group_by[]": ["model", "batch", "service_tier", "api_key_id"]}
    (row,) = rows(openai(provider, "usage/completions", **grouped))
    assert [row[name] for name in (*grouped["group_by[]"], "user_id")] == ["m-1", False, "default", "key-1", None]


def test_openai_costs_by_line_item_name_model_and_meter(provider: ScriptedProvider):
    found = rows(openai(provider, "costs", group_by="line_item"))
    assert [(row["line_item"], row["amount"]["value"], row["quantity_unit"]) for row in found] == [
        ("m-1, images", Decimal("0.12"), None),
        ("m-1, input", Decimal("0.3"), "tokens"),
        ("m-1, output", Decimal("0.5"), "tokens"),
        ("vector stores", Decimal("0.25"), None),
    ]


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("usage/embeddings", {"group_by": "batch"}, "Invalid value for 'group_by'."),
        ("usage/embeddings", {"bucket_width": "2d"}, "Invalid value for 'bucket_width'."),
        ("costs", {"group_by": "model"}, "Invalid value for 'group_by'."),
        ("costs", {"end_time": "soon"}, "Invalid value for 'start_time'."),
        ("costs", {"page": "page_of_another"}, "Invalid value for 'page'."),
        ("projects", {"limit": 101}, "Invalid value for 'limit'."),
    ],
)
def test_openai_refuses_what_it_does_not_know(
    provider: ScriptedProvider, path: str, params: dict[str, Any], message: str
):
    status, body = openai(provider, path, **params)
    assert (status, body["error"]["message"]) == (400, message)


def test_openai_gives_no_costs_by_key_before_december_2025(provider: ScriptedProvider):
    status, body = ask(provider, "openai", "/organization/costs", start_time=1764979199, group_by="api_key_id")
    assert (status, body["error"]["message"]) == (400, "group_by api_key_id is not available before 2025-12-06.")
    assert ask(provider, "openai", "/organization/costs", start_time=1764979200, group_by="api_key_id")[0] == 200


def test_openai_lists_keys_of_a_project_after_the_last_one(provider: ScriptedProvider):
    first = openai(provider, "projects/project-1/api_keys", limit=1)[1]
    assert [(row["id"], row["name"]) for row in first["data"]] == [("key-1", "nightly")]
    rest = openai(provider, "projects/project-1/api_keys", limit=1, after=first["last_id"])[1]
    assert ([row["id"] for row in rest["data"]], rest["has_more"]) == (["key-2"], False)
    assert openai(provider, "nothing")[0] == 404


def test_anthropic_tells_batch_from_standard_and_null_with_a_meaning(provider: ScriptedProvider):
    dimensions = {"group_by[]": ["service_tier", "workspace_id", "api_key_id"]}
    found = rows(anthropic(provider, "usage_report/messages", **dimensions))
    reported = [(row["service_tier"], row["workspace_id"], row["api_key_id"]) for row in found]
    assert sorted(reported, key=str) == [
        ("batch", "project-1", "key-1"),
        ("standard", "project-1", "key-2"),
        ("standard", None, None),
    ]
    assert sum(row["server_tool_use"]["web_search_requests"] for row in found) == 2


def test_anthropic_costs_have_one_row_for_each_kind_of_token(provider: ScriptedProvider):
    found = rows(anthropic(provider, "cost_report", **{"group_by[]": ["description", "workspace_id"]}))
    assert [(row["description"], row["amount"], row["token_type"], row["service_tier"]) for row in found] == [
        ("Web Search Usage", "2", None, None),
        ("m-1 Usage - Input Tokens", "60", "uncached_input_tokens", "standard"),
        ("m-1 Usage - Output Tokens", "100", "output_tokens", "standard"),
        ("m-1 Usage (Batch) - Input Tokens", "30", "uncached_input_tokens", "batch"),
        ("m-1 Usage (Batch) - Output Tokens", "50", "output_tokens", "batch"),
    ]


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("cost_report", {"starting_at": "2026-11-23T00:00:00Z"}, "starting_at: the range holds no complete bucket"),
        ("cost_report", {"group_by[]": "model"}, "group_by: only workspace_id and description, by 1d"),
        ("usage_report/messages", {"group_by[]": "user"}, "group_by: user is not a dimension"),
        ("usage_report/messages", {"limit": 32}, "limit: between 1 and 31"),
        ("usage_report/messages", {"starting_at": ""}, "starting_at: Field required"),
        ("usage_report/messages", {"page": "page_of_another"}, "page: does not belong to these parameters"),
        ("usage_report/claude_code", {"starting_at": "today"}, "starting_at: expected YYYY-MM-DD"),
        ("usage_report/claude_code", {"starting_at": "2026-11-21", "limit": 0}, "limit or page: not valid"),
        ("workspaces", {"limit": 1001}, "limit: between 1 and 1000"),
    ],
)
def test_anthropic_refuses_what_it_does_not_know(
    provider: ScriptedProvider, path: str, params: dict[str, Any], message: str
):
    status, body = anthropic(provider, path, **params)
    assert (status, body["error"]) == (400, {"type": "invalid_request_error", "message": message})


def test_anthropic_wants_its_version_and_knows_its_paths(provider: ScriptedProvider):
    url = f"{provider.base_url('anthropic')}/v1/organizations/workspaces"
    answer = httpx2.get(url, headers={"x-api-key": "key-anthropic"})
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "anthropic-version: header is required")
    assert anthropic(provider, "nothing")[0] == 404


def test_claude_code_analytics_show_the_same_spend_by_developer_for_one_day(provider: ScriptedProvider):
    _, first = anthropic(provider, "usage_report/claude_code", starting_at="2026-11-21", limit=1)
    _, last = anthropic(
        provider, "usage_report/claude_code", starting_at="2026-11-21", limit=1, page=first["next_page"]
    )
    assert [page["data"][0]["actor"]["email_address"] for page in (first, last)] == ["a@example.com", "b@example.com"]
    assert last["has_more"] is False
    (model,) = first["data"][0]["model_breakdown"]
    assert model["estimated_cost"] == {"amount": Decimal("80.0"), "currency": "USD"}
    assert model["tokens"] == {"input": 30, "output": 5, "cache_read": 10, "cache_creation": 0}
    assert anthropic(provider, "usage_report/claude_code", starting_at="2026-11-22")[1]["data"] == []


def test_anthropic_lists_names_after_an_id(provider: ScriptedProvider):
    assert [row["name"] for row in anthropic(provider, "workspaces")[1]["data"]] == ["rover"]
    keys = anthropic(provider, "api_keys", limit=1)[1]
    assert ([row["name"] for row in keys["data"]], keys["has_more"]) == (["nightly"], True)
    rest = anthropic(provider, "api_keys", after_id=keys["last_id"])[1]
    assert [row["id"] for row in rest["data"]] == ["key-2"]


def test_openrouter_answers_for_thirty_complete_days_and_by_key(provider: ScriptedProvider):
    (row,) = ask(provider, "openrouter", "/activity")[1]["data"]
    assert (row["usage"], row["requests"], row["prompt_tokens"], row["reasoning_tokens"]) == (Decimal("1.6"), 4, 80, 2)
    (mine,) = ask(provider, "openrouter", "/activity", date="2026-11-21", api_key_hash=key_hash("key-2"))[1]["data"]
    assert mine["usage"] == Decimal("0.8")
    assert ask(provider, "openrouter", "/activity", date="2026-11-20")[1]["data"] == []
    for day, message in (
        ("2026-11-23", "Date must be within the last 30 (completed) UTC days"),
        ("2026-10-01", "Date must be within the last 30 (completed) UTC days"),
        ("yesterday", "Date must be YYYY-MM-DD"),
    ):
        status, body = ask(provider, "openrouter", "/activity", date=day)
        assert (status, body["error"]) == (400, {"code": 400, "message": message})


def test_openrouter_lists_keys_and_the_credit_that_was_used(provider: ScriptedProvider):
    keys = ask(provider, "openrouter", "/keys")[1]["data"]
    assert [(key["name"], key["hash"]) for key in keys] == [
        ("nightly", key_hash("key-1")),
        ("key-2", key_hash("key-2")),
    ]
    assert ask(provider, "openrouter", "/keys", offset=2)[1]["data"] == []
    assert ask(provider, "openrouter", "/credits")[1]["data"]["total_usage"] == Decimal("2.4")
    assert ask(provider, "openrouter", "/key")[1]["data"]["is_management_key"] is True
    assert ask(provider, "openrouter", "/nothing")[0] == 404
