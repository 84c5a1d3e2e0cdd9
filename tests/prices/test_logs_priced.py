"""What agents' logs state of a reply, from the line of a log to its price: by its maker, spelling and modifiers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import ensure_home, load_settings
from pipelines.home import Home
from pipelines.loading import load_landing
from pipelines.pricing import prices_of_build
from pipelines.sources.local import claude_code
from pipelines.sources.local.extraction import extract
from pipelines.valuation import worth_by_month
from pipelines.warehouse import monthly_uses, scratch
from tests.sources.local.session_logs import reply, usage, write_log

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CLAUDE = "claude-opus-4-6"
A_THOUSAND_EACH = {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 0, "output_tokens": 1000}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "ai-costs.yaml").write_text("{}\n")
    loaded = load_settings(
        home=tmp_path / "data", config=tmp_path / "ai-costs.yaml", environ={"HOME": str(tmp_path)}, cwd=tmp_path
    )
    home = Home(loaded, clock=lambda: NOW)
    ensure_home(home.settings.paths)
    yield home
    shutil.rmtree(tmp_path / "data")


def priced(home: Home, root: Path, *replies: dict[str, Any]) -> tuple[dict[tuple[str, str], Decimal], set[str]]:
    """What these replies are worth by provider and model, and why the rest has no price."""
    write_log(root / "projects" / "-home-someone-rocket" / "s.jsonl", *replies)
    extract(claude_code.AGENT, [root], "laptop", home.landing, NOW)
    with scratch() as connection:
        load_landing(connection, home.landing)
        prices = prices_of_build(home, monthly_uses(connection))
    worth = worth_by_month(home.landing, prices.as_billed)
    return (
        {(place.provider, place.model_raw): amount for place, amount in worth.items()},
        {f"{use.provider} {use.model_raw}: {use.reason}" for use in prices.unpriced},
    )


def answered(model: str, day: str = "2026-09-16", **stated: Any) -> dict[str, Any]:
    return reply(
        f"m-{model}-{sorted(stated.items())}",
        f"r-{model}",
        model=model,
        timestamp=f"{day}T10:00:00.000Z",
        usage=usage(input_tokens=1000, **{**A_THOUSAND_EACH, **stated}),
    )


@pytest.mark.parametrize(
    ("line", "provider", "amount"),
    [
        (answered(CLAUDE, inference_geo="us"), "anthropic", "0.033"),
        (answered(CLAUDE, inference_geo="global"), "anthropic", "0.03"),
        (
            answered(CLAUDE, inference_geo="not_available", service_tier="standard", speed="standard"),
            "anthropic",
            "0.03",
        ),
        (answered(CLAUDE, "2026-02-20", speed="fast"), "anthropic", "0.18"),
        (answered("claude-opus-5", speed="fast"), "anthropic", "0.06"),
        (answered("claude-opus-5", speed="fast", inference_geo="us"), "anthropic", "0.066"),
        (answered(CLAUDE, service_tier="batch"), "anthropic", "0.015"),
        (answered("anthropic/claude-4.6-opus-20260205"), "anthropic", "0.03"),
        (answered("anthropic/claude-opus-4.6"), "anthropic", "0.03"),
        (answered("claude-opus-4-6-thinking"), "anthropic", "0.03"),
        (answered("claude-opus-4-6[1m]"), "anthropic", "0.03"),
        (answered("claude-sonnet-4-5@20250929"), "google", "0.018"),
        (answered("us.anthropic.claude-opus-4-6-v1"), "aws", "0.033"),
        (answered("openrouter/anthropic/claude-opus-4.6"), "openrouter", "0.03"),
        (answered("MiniMax-M2.5"), "minimax", "0.0015"),
        (answered("glm-4.7"), "zai", "0.0028"),
        (answered("gpt-5.5"), "openai", "0.035"),
        (answered("openai/gpt-5.5"), "openai", "0.035"),
        (answered("gpt-5.5", service_tier="priority"), "openai", "0.0875"),
    ],
    ids=lambda value: value["message"]["model"] if isinstance(value, dict) else str(value),
)
def test_a_reply_is_worth_what_its_maker_charges_for_it(
    home: Home, tmp_path: Path, line: dict[str, Any], provider: str, amount: str
):
    worth, unpriced = priced(home, tmp_path / "claude", line)
    assert worth == {(provider, line["message"]["model"]): Decimal(amount)}
    assert unpriced == set()


def test_what_has_no_price_is_under_its_maker_and_says_why(home: Home, tmp_path: Path):
    worth, unpriced = priced(
        home,
        tmp_path / "claude",
        answered("qwen3-coder-plus"),
        answered("mimo-v2.5-pro"),
        answered("doubao-seed-code"),
        answered("rocket-1"),
        answered("claude-haiku-4-5", speed="fast"),
        answered("claude-opus-4-7", speed="fast"),
        answered("claude-sonnet-4-5", inference_geo="us"),
        answered("claude-sonnet-4-6", inference_geo="eu"),
        answered("claude-opus-4-5", service_tier="priority"),
        answered("claude-opus-5", speed="fast", service_tier="batch"),
        answered("claude-haiku-5-5", inference_geo=["us"]),
        answered("claude-sonnet-5-5", speed=1),
        answered("claude-opus-4-6-super-secret"),
        answered("claude-opus-4-10"),
        answered(
            "MiniMax-M2.5",
            cache_creation_input_tokens=5,
            cache_creation={"ephemeral_1h_input_tokens": 5, "ephemeral_5m_input_tokens": 0},
        ),
    )
    assert worth == {}
    assert unpriced == {
        "alibaba qwen3-coder-plus: not in the price list",
        "xiaomi mimo-v2.5-pro: not in the price list",
        "bytedance doubao-seed-code: not in the price list",
        "unknown rocket-1: not in the price list",
        "anthropic claude-haiku-4-5: no price is known for fast speed",
        "anthropic claude-opus-4-7: no price is known for fast speed",
        "anthropic claude-sonnet-4-5: no price is known for region us",
        "anthropic claude-sonnet-4-6: no price is known for region eu",
        "anthropic claude-opus-4-5: no price is known for service tier priority",
        "anthropic claude-opus-5: no price is known for batch processing with fast speed",
        "anthropic claude-haiku-5-5: no price is known for region (not text)",
        "anthropic claude-sonnet-5-5: no price is known for (not text) speed",
        "anthropic claude-opus-4-6-super-secret: not in the price list, which has the similarly named claude-opus-4-6",
        "anthropic claude-opus-4-10: not in the price list, which has the similarly named claude-opus-4-1",
        "minimax MiniMax-M2.5: no price is known for 1-hour cache writes",
    }


def test_cache_writes_for_a_time_without_a_price_leave_the_rest_of_the_reply_priced(home: Home, tmp_path: Path):
    line = answered(CLAUDE, cache_creation={"ephemeral_24h_input_tokens": 5000})
    worth, unpriced = priced(home, tmp_path / "claude", line)
    assert worth == {("anthropic", CLAUDE): Decimal("0.03")}
    assert unpriced == {f"anthropic {CLAUDE}: no price is known for cache writes for 24h"}


def test_a_month_that_closed_without_a_price_says_how_to_take_todays(home: Home, tmp_path: Path):
    line = answered(CLAUDE, "2026-09-16")
    priced(home, tmp_path / "claude", line)
    (kept,) = home.settings.paths.prices.glob("2026-09.json")
    earlier = [["anthropic", CLAUDE, None, tier] for tier in (None, "fast")]
    uses = [{"use": use, "prices": []} for use in earlier]
    kept.write_text(json.dumps({"kept_at": "2026-10-01T00:00:00Z", "uses": uses}))
    us = answered(CLAUDE, "2026-09-17", inference_geo="us")
    worth, unpriced = priced(home, tmp_path / "claude", line, us, answered(CLAUDE, inference_geo="global"))
    assert worth == {("anthropic", CLAUDE): Decimal("0.033")}, "an earlier version's file holds for standard use alone"
    told = f"anthropic {CLAUDE}: no price was known when 2026-09 closed: "
    assert unpriced == {told + "ai-costs prices --restate-from 2026-09 takes today's"}
    home.kept_prices.release(date(2026, 9, 1), NOW)
    assert priced(home, tmp_path / "claude", line)[0] == {("anthropic", CLAUDE): Decimal("0.093")}
