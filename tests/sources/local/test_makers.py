"""Which provider a model's price is looked up under."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.prices.unit_prices import Use, resolve
from pipelines.sources.local.makers import maker, seller

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        (None, None),
        ("claude-sonnet-4-5-20250929", "anthropic"),
        ("anthropic/claude-sonnet-4.5", "anthropic"),
        ("claude-sonnet-4-5@20250929", "google"),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "aws"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "aws"),
        ("arn:aws:bedrock:eu-west-1:000000000000:inference-profile/x", "aws"),
        ("gpt-5.3-codex", "openai"),
        ("o3", "openai"),
        ("opus-of-our-own", "anthropic"),
        ("gemini-3-flash-preview", "google"),
        ("grok-code-fast-1", "xai"),
        ("kimi-k2-0905-preview", "moonshotai"),
        ("rocket-1", None),
    ],
)
def test_the_models_name_tells_who_makes_or_sells_it(model: str | None, provider: str | None):
    assert maker(model) == provider


@pytest.mark.parametrize(
    ("stated", "model", "provider"),
    [
        ("openai", "gpt-5.2", "openai"),
        ("OpenRouter", "anthropic/claude-sonnet-4.5", "openrouter"),
        ("amazon_bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "aws"),
        ("github-copilot", "claude-sonnet-4.5", "anthropic"),
        ("github-copilot", "rocket-1", "github-copilot"),
        (None, "gemini-2.5-pro", "google"),
        (None, "rocket-1", "the agent"),
        (None, None, "the agent"),
    ],
)
def test_a_stated_seller_wins_then_the_maker_then_the_agent(stated: str | None, model: str | None, provider: str):
    assert seller(stated, model, "the agent") == provider


@pytest.mark.parametrize(
    ("stated", "model"),
    [
        (None, "gpt-5-codex"),
        (None, "gpt-5.3-codex"),
        (None, "gemini-3-flash-preview"),
        (None, "gemini-2.5-pro"),
        (None, "claude-sonnet-4.6"),
        (None, "claude-opus-4-5-20251101"),
        (None, "grok-code-fast-1"),
        (None, "deepseek-chat"),
        (None, "kimi-k2.6"),
        (None, "glm-4.6"),
        ("openrouter", "anthropic/claude-sonnet-4.5"),
        ("github-copilot", "gpt-5.2"),
        ("amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("azure", "gpt-5.2"),
    ],
)
def test_the_models_agents_name_today_have_a_price(stated: str | None, model: str):
    prices = resolve([Use(seller(stated, model, "the agent"), model, None, None, DAY, DAY)])
    assert {"input_uncached_tokens", "cache_read_tokens", "output_tokens"} <= {price.meter for price in prices}
