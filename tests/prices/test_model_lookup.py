"""A model is found in the price list under every spelling, and no spelling finds another model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from pipelines.prices.model_lookup import Listed, find, like_named, spellings

SNAPSHOT = get_snapshot()
NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("provider", "model", "listed"),
    [
        ("anthropic", "claude-opus-4-6", "claude-opus-4-6"),
        ("anthropic", "claude-opus-4-6-20260205", "claude-opus-4-6"),
        ("anthropic", "anthropic/claude-4.6-opus-20260205", "claude-opus-4-6"),
        ("anthropic", "anthropic/claude-opus-4.6", "claude-opus-4-6"),
        ("anthropic", "litellm_proxy/anthropic/claude-opus-4-6", "claude-opus-4-6"),
        ("anthropic", "claude-opus-4-6[1m]", "claude-opus-4-6"),
        ("anthropic", "claude-4.5-sonnet-thinking", "claude-sonnet-4-5"),
        ("anthropic", "claude-4.6-opus-high-thinking", "claude-opus-4-6"),
        ("anthropic", "Claude Sonnet 4.5", "claude-sonnet-4-5"),
        ("anthropic", "sonnet-4.5", "claude-sonnet-4-5"),
        ("anthropic", "claude-4.6-opus-max-thinking", "claude-opus-4-6"),
        ("anthropic", "claude-3-5-sonnet-v2@20241022", "claude-3-5-sonnet"),
        ("anthropic", "claude-2.1", "claude-2"),
        ("anthropic", "claude-opus-4-10", None),
        ("anthropic", "claude-opus-4-6-super-secret", None),
        ("anthropic", "claude-sonnet-9", None),
        ("anthropic", "opus", None),
        ("openai", "openai/gpt-5.5", "gpt-5.5"),
        ("openai", "GPT-5.5", "gpt-5.5"),
        ("openai", "gpt-5.5-2026-04-23", "gpt-5.5"),
        ("openai", "gpt-5-codex-high", "gpt-5"),
        ("openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("openai", "openai/gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("openai", "o1-mini", "o1-mini"),
        ("openai", "somebody/gpt-4o", None),
        ("openai", "gpt-4o-super-secret", None),
        ("openai", "gpt-5-nano-next", None),
        ("openai", "omni-moderation-2024-09-26", "moderation"),
        ("openai", "ft:gpt-4o-2024-08-06:acme:rocket:7p4", "ft:gpt-4o"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:acme::7p4", "ft:gpt-4o-mini"),
        ("openai", "ft:gpt-4-0613:acme::7p4", "gpt-4"),
        ("azure", "azure/gpt-4o-2024-08-06", "gpt-4o"),
        ("google", "models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("google", "publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("google", "projects/p/locations/eu/publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("google", "Gemini 2.5 Pro", "gemini-2.5-pro"),
        ("google", "gemini-2.5-pro-preview-06-05", "gemini-2.5-pro"),
        ("google", "gemini-2.5-pro-ultra", None),
        ("google", "gemini-1.5-flash-8b", None),
        ("google", "gemma-3-27b-it", "gemma-3"),
        ("google", "vertex_ai/claude-opus-4-6@default", "claude-opus-4-6"),
        ("aws", "us.anthropic.claude-opus-4-6-v1", "regional.anthropic.claude-opus-4-6-v1:0"),
        ("aws", "bedrock/global.anthropic.claude-opus-4-6-v1", "global.anthropic.claude-opus-4-6-v1:0"),
        ("openrouter", "openrouter/anthropic/claude-opus-4.6", "anthropic/claude-opus-4.6"),
        ("openrouter", "anthropic/claude-opus-4.6:thinking", "anthropic/claude-opus-4.6"),
        ("openrouter", "openai/gpt-5.5:free", None),
        ("fireworks", "accounts/fireworks/models/kimi-k2p5", "kimi-k2p5"),
        ("xai", "x-ai/grok-4", "grok-4-0709"),
        ("zai", "z-ai/glm-4.7", "GLM-4.7"),
        ("zai", "glm-4.7[1m]", "GLM-4.7"),
        ("minimax", "minimax/MiniMax-M2.5", "MiniMax-M2"),
        ("minimax", "MiniMax-M2.5-highspeed", "MiniMax-M2.5-highspeed"),
        ("deepseek", "deepseek/deepseek-chat", "deepseek-chat"),
        ("deepseek", "deepseek-r1-0528", "deepseek-reasoner"),
        ("deepseek", "deepseek-r1-distill-qwen-32b", None),
        ("mistral", "mixtral-8x7b-instruct-v0.1", "mixtral-8x7b"),
        ("moonshotai", "kimi-k2-thinking", "kimi-k2-thinking"),
        ("alibaba", "qwen3-coder-plus", None),
        ("unknown", "claude-opus-4-6", None),
    ],
)
def test_a_spelling_finds_its_model_or_none(provider: str, model: str, listed: str | None):
    found = find(provider, model, SNAPSHOT)
    assert (None if found is None else found.model.id) == listed


@pytest.mark.e2e
@pytest.mark.parametrize("invented", ["{}-super-secret", "{}-mini-9", "{}-9", "next-{}", "{}.7"])
def test_a_name_that_only_resembles_a_listed_one_is_not_in_the_list(invented: str):
    """Whatever rule the list has for a model, of its beginning or of a part: an invented name takes no price of it."""
    spelled_out = {(provider.id, name) for provider in SNAPSHOT.providers for name in names_of(provider)}
    resembling, found = 0, []
    for provider, name in spelled_out:
        other = invented.format(name)
        resembling += like_named(provider, other, SNAPSHOT) is not None
        if (provider, other) not in spelled_out and (listed := find(provider, other, SNAPSHOT)):
            found.append((provider, other, listed.model.id))
    assert found == []
    assert resembling > 20


def names_of(provider: Provider) -> Iterator[str]:
    """The names that the list gives to a provider's models: their ids, and what their rules spell out."""
    for model in provider.models:
        for name in (model.id, *re.findall(r"(?:equals|starts_with|contains|ends_with)='([^']+)'", repr(model.match))):
            if re.fullmatch(r"\w.*\w", name) and not name.startswith(
                "ft:"
            ):  # customers name what they tuned themselves
                yield name.lower()


def test_the_given_spelling_is_asked_for_first():
    assert next(spellings("Anthropic/Claude-Opus-4.6")) == "Anthropic/Claude-Opus-4.6"


def every_model() -> Iterator[tuple[Provider, ModelInfo, Listed]]:
    """Each model of the list that is found by its id, with what is found: ids are not always unique."""
    for provider in SNAPSHOT.providers:
        for model in provider.models:
            if (found := find(provider.id, model.id, SNAPSHOT)) is not None:
                yield provider, model, found


@pytest.mark.e2e
@pytest.mark.parametrize("decorated", ["{}[1m]", "litellm_proxy/{}", "models/{}", "litellm/models/{}", "  {}"])
def test_what_is_put_around_a_listed_name_never_finds_a_model_of_another_price(decorated: str):
    astray, known = [], 0
    for provider, model, plain in every_model():
        found = find(provider.id, decorated.format(model.id), SNAPSHOT)
        known += found is not None
        if found is not None and not costs_the_same(found, plain):
            astray.append((provider.id, model.id, found.model.id))
    assert astray == []
    assert known > 2000


def test_no_two_listed_models_of_different_prices_are_one_by_any_spelling():
    """Whatever a model's id is rewritten to finds that model, one at its price, or nothing."""
    astray = []
    for provider, model, plain in every_model():
        is_shop = any("/" in other.id for other in provider.models)
        for spelling in set(spellings(model.id, is_shop=is_shop)) - {model.id}:
            try:
                _, other = SNAPSHOT.find_provider_model(spelling, None, provider.id, None)
            except LookupError:
                continue
            if not costs_the_same(Listed(provider, other, None), plain):
                astray.append((provider.id, model.id, spelling, other.id))
    assert [place for place in astray if not is_modified(place[1])] == []


def is_modified(model: str) -> bool:
    """Whether the id reports a modifier, as -fast: rewritten it is its model, whose price is then a modified one."""
    return model.lower().endswith(
        ("-fast", ":fast", "-batch", ":batch", "-flex", ":flex", "-priority", ":priority", ":free")
    )


def costs_the_same(one: Listed, other: Listed) -> bool:
    return one.model.get_prices(NOON) == other.model.get_prices(NOON)
