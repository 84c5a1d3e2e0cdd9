"""One model has one name, whatever door it came through; a spelling that no rule knows is kept as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.model_names import parse
from pipelines.domain.vendors import VENDOR_ALIASES

SPELLINGS = {
    ("anthropic", "claude-sonnet", "claude-sonnet-4-5", "20250929"): [
        "claude-sonnet-4-5-20250929",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:eu-west-1:000000000000:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-sonnet-4-5@20250929",
        "vertex_ai/claude-sonnet-4-5@20250929",
        "anthropic/claude-4.5-sonnet-20250929",
    ],
    ("anthropic", "claude-sonnet", "claude-sonnet-4-5", None): [
        "claude-sonnet-4-5",
        "anthropic/claude-sonnet-4.5",
        "openrouter/anthropic/claude-sonnet-4.5:beta",
        "claude-4.5-sonnet-thinking",
        "claude-4.5-sonnet",
        "Claude Sonnet 4.5",
    ],
    ("anthropic", "claude-opus", "claude-opus-4", "20250514"): ["claude-opus-4-20250514", "claude-4-opus-20250514"],
    ("anthropic", "claude-sonnet", "claude-3-5-sonnet", "20241022"): [
        "claude-3-5-sonnet-20241022",
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        "claude-3.5-sonnet-20241022",
    ],
    ("anthropic", "claude-haiku", "claude-3-haiku", None): ["anthropic/claude-3-haiku", "claude-haiku-3"],
    ("openai", "gpt", "gpt-4o", "2024-08-06"): [
        "gpt-4o-2024-08-06",
        "azure/gpt-4o-2024-08-06",
        "openai/gpt-4o-2024-08-06",
    ],
    ("openai", "gpt", "gpt-4.1", None): ["gpt-4.1", "GPT-4.1", "openai/gpt-4.1"],
    ("openai", "gpt", "gpt-3.5-turbo", "0613"): ["gpt-3.5-turbo-0613", "gpt-35-turbo-0613"],
    ("openai", "gpt", "gpt-5-codex", None): ["gpt-5-codex", "gpt-5-codex-high", "gpt-5-codex-high-fast"],
    ("openai", "o3", "o3", None): ["o3", "openai/o3", "o3-high"],
    ("openai", "text-embedding", "text-embedding-3-small", None): ["text-embedding-3-small"],
    ("google", "gemini", "gemini-2.5-pro", "preview-05-06"): [
        "gemini-2.5-pro-preview-05-06",
        "models/gemini-2.5-pro-preview-05-06",
        "publishers/google/models/gemini-2.5-pro-preview-05-06",
        "google/gemini-2.5-pro-preview-05-06",
    ],
    ("google", "gemini", "gemini-1.5-flash", "002"): ["gemini-1.5-flash-002"],
    ("xai", "grok", "grok-4", "latest"): ["grok-4-latest", "x-ai/grok-4-latest"],
    ("deepseek", "deepseek-chat", "deepseek-chat", None): ["deepseek-chat", "deepseek/deepseek-chat:free"],
    ("moonshotai", "kimi", "kimi-k2", "0905"): ["kimi-k2-0905", "moonshotai/Kimi-K2-0905"],
    ("alibaba", "qwen3", "qwen3-235b-a22b-instruct", "2507"): ["qwen/qwen3-235b-a22b-instruct-2507"],
    ("meta", "llama", "llama-4-scout", None): ["meta-llama/llama-4-scout", "llama-4-scout"],
    ("amazon", "nova-pro", "nova-pro", None): ["amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0", "amazon/nova-pro-v1"],
    ("mistral", "mistral-large", "mistral-large", "latest"): ["mistral-large-latest", "mistralai/mistral-large-latest"],
    (None, None, "our-own-deployment", None): ["our-own-deployment", "azure/our-own-deployment"],
    ("meta", "llama3", "llama3-70b-8192", None): ["llama3-70b-8192"],
}


@pytest.mark.parametrize(
    ("spelling", "expected"), [(spelling, name) for name, spellings in SPELLINGS.items() for spelling in spellings]
)
def test_every_spelling_is_the_model(spelling: str, expected: tuple[str | None, ...]):
    assert parse(spelling) == expected


PARTS = ["claude", "gpt-5", "us.", ".", "/", "-", "@", ":free", "-v1:0", "4", "5", "sonnet", "20250929", "-latest", " "]
SUFFIXES = ["-preview", "-thinking", "-high", "bedrock/"]
PUT_TOGETHER = st.lists(st.sampled_from([*VENDOR_ALIASES, *PARTS, *SUFFIXES]), max_size=8).map("".join)


@given(st.text(max_size=60) | PUT_TOGETHER)
def test_the_name_of_a_name_is_itself_and_nothing_is_lost(spelling: str):
    name = parse(spelling).name
    assert name or not spelling
    assert parse(name).name == name
