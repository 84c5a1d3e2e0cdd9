"""Who makes a model and who sells it, from any spelling that providers, clouds, gateways and agents' logs use."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.domain.model_names import parse
from pipelines.domain.vendors import provider_of
from pipelines.prices.unit_prices import resolve
from pipelines.prices.uses import Use

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("model", "vendor", "family", "provider"),
    [
        ("claude-sonnet-4-5-20250929", "anthropic", "claude-sonnet", "anthropic"),
        ("anthropic/claude-sonnet-4.5", "anthropic", "claude-sonnet", "anthropic"),
        ("anthropic/claude-4.6-opus-20260205", "anthropic", "claude-opus", "anthropic"),
        ("litellm_proxy/anthropic/claude-opus-4-6", "anthropic", "claude-opus", "anthropic"),
        ("claude-opus-4-6[1m]", "anthropic", "claude-opus", "anthropic"),
        ("opus", "anthropic", "claude-opus", "anthropic"),
        ("claude-sonnet-4-5@20250929", "anthropic", "claude-sonnet", "google"),
        ("vertex_ai/claude-sonnet-4-5@20250929", "anthropic", "claude-sonnet", "google"),
        ("publishers/anthropic/models/claude-sonnet-4-5", "anthropic", "claude-sonnet", "google"),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic", "claude-sonnet", "aws"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic", "claude-sonnet", "aws"),
        ("global.anthropic.claude-opus-4-6-v1", "anthropic", "claude-opus", "aws"),
        ("bedrock/eu.anthropic.claude-opus-4-6-v1", "anthropic", "claude-opus", "aws"),
        ("arn:aws:bedrock:eu-west-1:000000000000:inference-profile/x", None, None, "aws"),
        (
            "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/meta.llama3-70b",
            "meta",
            "llama3",
            "aws",
        ),
        ("minimax.minimax-m2", "minimax", "minimax", "aws"),
        ("openai.gpt-oss-120b-1:0", "openai", "gpt-oss", "aws"),
        ("amazon.nova-pro-v1:0", "amazon", "nova-pro", "aws"),
        ("amazon/nova-pro-v1", "amazon", "nova-pro", "aws"),
        ("azure/gpt-4o-2024-08-06", "openai", "gpt", "azure"),
        ("azure/our-own-deployment", None, None, "azure"),
        ("openrouter/anthropic/claude-sonnet-4.5:beta", "anthropic", "claude-sonnet", "openrouter"),
        ("accounts/fireworks/models/deepseek-v3", "deepseek", "deepseek", "fireworks"),
        ("@cf/meta/llama-4-scout", "meta", "llama", "cloudflare"),
        ("models/gemini-2.5-pro", "google", "gemini", "google"),
        ("publishers/google/models/gemini-2.5-pro", "google", "gemini", "google"),
        ("gemini/gemini-3-flash-preview", "google", "gemini", "google"),
        ("gpt-5.3-codex", "openai", "gpt", "openai"),
        ("openai/gpt-5.5", "openai", "gpt", "openai"),
        ("gpt-5.5-2026-04-23", "openai", "gpt", "openai"),
        ("o1-mini", "openai", "o1", "openai"),
        ("o3", "openai", "o3", "openai"),
        ("o11y-model", None, None, "unknown"),
        ("codex-mini-latest", "openai", "codex-mini", "openai"),
        ("text-embedding-3-small", "openai", "text-embedding", "openai"),
        ("grok-code-fast-1", "xai", "grok-code-fast", "xai"),
        ("x-ai/grok-4-latest", "xai", "grok", "xai"),
        ("deepseek-chat", "deepseek", "deepseek-chat", "deepseek"),
        ("deepseek/deepseek-chat:free", "deepseek", "deepseek-chat", "deepseek"),
        ("kimi-k2-0905-preview", "moonshotai", "kimi", "moonshotai"),
        ("moonshotai/Kimi-K2-0905", "moonshotai", "kimi", "moonshotai"),
        ("glm-4.7", "zai", "glm", "zai"),
        ("z-ai/glm-4.6", "zai", "glm", "zai"),
        ("MiniMax-M2.5", "minimax", "minimax", "minimax"),
        ("minimaxai/minimax-m2", "minimax", "minimax", "minimax"),
        ("qwen3-coder-plus", "alibaba", "qwen3", "alibaba"),
        ("Qwen/Qwen3-Coder-480B-A35B-Instruct", "alibaba", "qwen3", "alibaba"),
        ("mimo-v2.5-pro", "xiaomi", "mimo", "xiaomi"),
        ("doubao-seed-code", "bytedance", "doubao-seed-code", "bytedance"),
        ("mistral-large-latest", "mistral", "mistral-large", "mistral"),
        ("mistralai/devstral-small", "mistral", "devstral-small", "mistral"),
        ("hunyuan-turbo", "tencent", "hunyuan-turbo", "tencent"),
        ("ernie-4.5-turbo", "baidu", "ernie", "baidu"),
        ("step-3.5-flash", "stepfun", "step", "stepfun"),
        ("longcat-flash-chat", "meituan", "longcat-flash-chat", "meituan"),
        ("kat-coder-pro-v1", "kwaipilot", "kat-coder-pro", "kwaipilot"),
        ("nvidia/nemotron-3-super-120b-a12b", "nvidia", "nemotron", "nvidia"),
        ("rocket-1", None, None, "unknown"),
        ("claudette-1", "anthropic", "claudette", "anthropic"),
    ],
)
def test_a_models_name_tells_its_vendor_its_family_and_who_sells_it(
    model: str, vendor: str | None, family: str | None, provider: str
):
    name = parse(model)
    assert (name.vendor, name.family, provider_of(None, model, "unknown")) == (vendor, family, provider)


@pytest.mark.parametrize(
    ("reported", "model", "provider"),
    [
        ("openai", "gpt-5.2", "openai"),
        ("OpenRouter", "anthropic/claude-sonnet-4.5", "openrouter"),
        ("amazon_bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "aws"),
        ("Amazon Web Services", "claude", "aws"),
        ("vertex", "claude-opus-4-6", "google"),
        ("vertex_ai_beta", "gemini-2.5-pro", "google"),
        ("google-ai-studio", "gemini-2.5-pro", "google"),
        ("aws-bedrock", None, "aws"),
        ("bedrock_converse", None, "aws"),
        ("azure-openai", "gpt-5.5", "azure"),
        ("workers-ai", "@cf/meta/llama-4-scout", "cloudflare"),
        ("grok", None, "xai"),
        ("Oracle Cloud Infrastructure", None, "oracle"),
        ("groq", "openai/gpt-oss-120b", "groq"),
        ("ollama", "qwen3:8b", "ollama"),
        ("github-copilot", "claude-sonnet-4.5", "anthropic"),
        ("github-copilot", "rocket-1", "github-copilot"),
        ("anthropic", "MiniMax-M2.5", "minimax"),
        ("anthropic", "us.anthropic.claude-opus-4-6-v1", "aws"),
        ("openai", "deepseek-chat", "deepseek"),
        ("anthropic", "rocket-1", "anthropic"),
        (None, "gemini-2.5-pro", "google"),
        (None, "rocket-1", "the agent"),
        (None, None, "the agent"),
    ],
)
def test_a_stated_seller_wins_then_the_name_then_the_agent(reported: str | None, model: str | None, provider: str):
    assert provider_of(reported, model, "the agent") == provider


@pytest.mark.parametrize(
    ("reported", "model"),
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
        (None, "MiniMax-M2.5"),
        ("openrouter", "anthropic/claude-sonnet-4.5"),
        ("github-copilot", "gpt-5.2"),
        ("amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("azure", "gpt-5.2"),
    ],
)
def test_the_models_agents_name_today_have_a_price(reported: str | None, model: str):
    prices = resolve([Use(provider_of(reported, model, "the agent"), model, None, None, DAY, DAY)])
    assert {"input_uncached_tokens", "cache_read_tokens", "output_tokens"} <= {price.meter for price in prices}
