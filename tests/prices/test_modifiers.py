"""How a request was run changes its price, or leaves it without one: never the plain price that nobody documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, Provider

from pipelines.domain.model_names import parse
from pipelines.prices.model_lookup import Listed
from pipelines.prices.modifiers import CONTEXTS, modifiers_of
from pipelines.prices.price_list import prices_at
from pipelines.prices.unit_prices import PriceOverride, UnitPrice, resolve
from pipelines.prices.uses import Use, UseKey

AN_HOUR = {"cache_write_1h_tokens": 1000}
A_REPLY = {"input_uncached_tokens": 1000, "output_tokens": 1000}


def worth(prices: list[UnitPrice], day: date, meters: Mapping[str, int]) -> Decimal | None:
    """What these counts of one request at noon come to; None where one of them has no price."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    size = sum(count for meter, count in meters.items() if meter != "output_tokens")
    amounts = []
    for meter, count in meters.items():
        holding = [
            price
            for price in prices
            if price.meter == meter
            and price.valid_from <= noon
            and (price.valid_to is None or noon < price.valid_to)
            and (price.min_input_tokens == 0 or price.min_input_tokens < size)
        ]
        if not holding:
            return None
        amounts.append(count * max(holding, key=lambda price: price.min_input_tokens).unit_price)
    return sum(amounts, Decimal(0))


@pytest.mark.parametrize(
    ("key", "day", "meters", "amount"),
    [
        # Region: Claude 4.6 and newer 1.1 times in all kinds of tokens; older ones have no choice.
        (UseKey("anthropic", "claude-opus-4-6", "standard", None, "us"), "2026-09-07", A_REPLY, "0.033"),
        (UseKey("anthropic", "claude-haiku-5-5", None, None, "us"), "2026-11-07", A_REPLY, "0.00066"),
        (
            UseKey("anthropic", "claude-opus-4-6", None, None, "us"),
            "2026-09-07",
            {"cache_write_1h_tokens": 1000},
            "0.011",
        ),
        (UseKey("anthropic", "claude-opus-4-6", None, None, "us"), "2026-09-07", {"web_search_requests": 1}, "0.01"),
        (UseKey("anthropic", "claude-opus-4-6", None, None, "global"), "2026-09-07", A_REPLY, "0.03"),
        (UseKey("anthropic", "claude-opus-4-5", None, None, "not_available"), "2026-09-07", A_REPLY, "0.03"),
        (UseKey("anthropic", "claude-opus-4-5", None, None, "us"), "2026-09-07", A_REPLY, None),
        (UseKey("anthropic", "claude-opus-4-6", None, None, "eu"), "2026-09-07", A_REPLY, None),
        (UseKey("aws", "us.anthropic.claude-opus-4-6-v1", None, None, "us-east-1"), "2026-09-07", A_REPLY, "0.033"),
        # Fast: what the list has, and Opus 4.6 and 4.7 by model and date.
        (UseKey("anthropic", "claude-opus-4-6", "standard", "fast"), "2026-02-20", A_REPLY, "0.18"),
        (UseKey("anthropic", "claude-opus-4-6", "standard", "fast"), "2026-02-16", A_REPLY, "0.09"),
        (UseKey("anthropic", "claude-opus-4-6", "standard", "fast"), "2026-07-01", A_REPLY, "0.03"),
        (UseKey("anthropic", "claude-opus-4-6", None, "fast"), "2026-03-01", {"input_uncached_tokens": 300_000}, "18"),
        (UseKey("anthropic", "claude-opus-4-7", None, "fast"), "2026-06-01", A_REPLY, "0.18"),
        (UseKey("anthropic", "claude-opus-4-7", None, "fast"), "2026-08-01", A_REPLY, None),
        (UseKey("anthropic", "claude-opus-5", None, "fast"), "2026-09-09", A_REPLY, "0.06"),
        (UseKey("anthropic", "claude-opus-5", None, "fast", "us"), "2026-09-09", A_REPLY, "0.066"),
        (UseKey("anthropic", "claude-sonnet-4-6", None, "fast"), "2026-09-09", A_REPLY, None),
        (UseKey("anthropic", "claude-opus-4-6-fast"), "2026-02-20", A_REPLY, "0.18"),
        (UseKey("anthropic", "claude-opus-4-6", None, "warp"), "2026-02-20", A_REPLY, None),
        (UseKey("openrouter", "anthropic/claude-opus-4.6-fast"), "2026-05-20", A_REPLY, "0.18"),
        # Service tiers: OpenAI's as listed since October and in the same ratio before, Anthropic's without a price.
        (UseKey("openai", "gpt-5.5", "priority"), "2026-09-07", A_REPLY, "0.0875"),
        (UseKey("openai", "gpt-5.5", "fast"), "2026-09-07", A_REPLY, "0.0875"),
        (UseKey("openai", "gpt-5.5", "priority"), "2026-11-07", A_REPLY, "0.0875"),
        (UseKey("openai", "gpt-5.5", "flex"), "2026-09-07", A_REPLY, "0.0175"),
        (UseKey("openai", "gpt-5.5-fast"), "2026-09-07", A_REPLY, "0.0875"),
        (UseKey("openai", "gpt-5.5", "default"), "2026-09-07", A_REPLY, "0.035"),
        (UseKey("openai", "gpt-5.5", "scale"), "2026-09-07", A_REPLY, None),
        (UseKey("openai", "gpt-5.5", "flex", None, None, is_batch=True), "2026-11-07", A_REPLY, None),
        (UseKey("anthropic", "claude-opus-4-6", "priority"), "2026-09-07", A_REPLY, None),
        (UseKey("azure", "gpt-5.5", "priority"), "2026-11-07", A_REPLY, None),
        # Batch: half, also before the list has it, at the standard price of then.
        (UseKey("anthropic", "claude-opus-4-5", None, None, None, is_batch=True), "2026-05-01", A_REPLY, "0.015"),
        (UseKey("anthropic", "claude-opus-4-5", "batch", None, None, is_batch=True), "2026-11-01", A_REPLY, "0.015"),
        (UseKey("anthropic", "claude-opus-4-1", "batch"), "2026-05-01", A_REPLY, "0.045"),
        (UseKey("anthropic", "claude-opus-4-6", "batch", None, "us", is_batch=True), "2026-05-01", A_REPLY, "0.0165"),
        (UseKey("anthropic", "claude-opus-4-6", "batch"), "2026-03-01", {"input_uncached_tokens": 300_000}, "1.5"),
        (UseKey("anthropic", "claude-opus-4-6", "batch", "fast"), "2026-05-01", A_REPLY, None),
        (UseKey("openai", "gpt-5.5", "batch", None, None, is_batch=True), "2026-05-01", A_REPLY, "0.0175"),
        (UseKey("openai", "o3", "batch"), "2025-05-01", A_REPLY, "0.025"),
        (UseKey("openai", "text-embedding-3-small", "batch"), "2026-05-01", {"input_uncached_tokens": 1000}, "0.00001"),
        (UseKey("openai", "o1-mini", "batch"), "2025-05-01", {"cache_read_tokens": 1000}, None),
        (UseKey("google", "gemini-2.5-pro", "batch"), "2026-05-01", A_REPLY, "0.005625"),
        (UseKey("aws", "anthropic.claude-opus-4-6-v1", "batch"), "2026-11-01", A_REPLY, None),
        # How long a cache write lasts: an hour costs twice the input, of Claude; of others nothing documents it.
        (UseKey("openrouter", "anthropic/claude-opus-4.6"), "2026-09-07", AN_HOUR, "0.01"),
        (UseKey("openrouter", "anthropic/claude-opus-4.6"), "2026-09-07", {"cache_write_5m_tokens": 1000}, "0.00625"),
        (UseKey("github-copilot", "claude-opus-4.7"), "2026-09-07", AN_HOUR, "0.01"),
        (UseKey("minimax", "MiniMax-M2.5"), "2026-09-07", AN_HOUR, None),
        (UseKey("openai", "gpt-6-sol"), "2026-11-07", {"cache_write_other_tokens": 1000}, "0.0025"),
    ],
)
def test_a_modifier_has_its_documented_price_or_none(
    key: UseKey, day: str, meters: Mapping[str, int], amount: str | None
):
    on = date.fromisoformat(day)
    use = Use(key.provider, key.model_raw, key.service_tier, key.speed, on, on, key.inference_geo, key.is_batch)
    assert worth(resolve([use]), on, meters) == (None if amount is None else Decimal(amount))


BEFORE, SINCE = datetime(2026, 7, 15, tzinfo=UTC), datetime(2026, 11, 15, tzinfo=UTC)
MODIFIERS = {
    *CONTEXTS,
    *modifiers_of(UseKey("p", "m", "performance", "warp", "moon")),
    "region us",
    "service tier batch-of-later",
}
DOCUMENTED_AS_PLAIN = {
    ("openai", "gpt-3.5-turbo-1106", "batch processing"),
    ("anthropic", "claude-opus-4-6", "fast speed"),
}
"""OpenAI lists the same price for batch of this model; Anthropic bills fast requests of Opus 4.6 at standard rates."""


def one_of_each_family() -> Iterator[tuple[Provider, ModelInfo]]:
    for provider in get_snapshot().providers:
        seen: set[str] = set()
        for model in provider.models:
            family = parse(model.id).family or model.id
            if provider.id in {"anthropic", "openai"} or model.price_variants or family not in seen:
                seen.add(family)
                yield provider, model


@pytest.mark.e2e
def test_no_modifier_of_any_family_in_the_list_has_the_plain_price_unless_that_is_documented():
    silent, priced = [], 0
    for provider, model in one_of_each_family():
        listed = Listed(provider, model, None)
        for moment in (BEFORE, SINCE):
            plain = prices_at(listed, (), moment)
            tokens = {place: price for place, price in plain.items() if place[0] in A_REPLY and place[1] == 0 and price}
            for modifier in MODIFIERS if tokens else ():
                found = prices_at(listed, [modifier], moment)
                priced += bool(found)
                same = any(found.get(place) == price for place, price in tokens.items())
                if same and (provider.id, model.id, modifier) not in DOCUMENTED_AS_PLAIN:
                    silent.append((provider.id, model.id, modifier, moment))
    assert silent == []
    assert priced > 400


def test_a_stated_price_is_that_of_standard_use_and_modifiers_change_it_in_proportion():
    own = PriceOverride(
        "anthropic",
        "claude-opus-4-6",
        date(2026, 3, 20),
        {"input_uncached_tokens": Decimal(4), "output_tokens": Decimal(20)},
    )
    day = date(2026, 4, 1)

    def reported(**given: object) -> Decimal | None:
        use = Use("anthropic", "claude-opus-4-6", None, None, day, day)
        return worth(resolve([Use(**{**vars(use), **given})], [own]), day, A_REPLY)  # type: ignore[arg-type]

    assert reported() == Decimal("0.024")
    assert reported(is_batch=True) == Decimal("0.012")
    assert reported(inference_geo="us") == Decimal("0.0264")
    assert reported(speed="fast") == Decimal("0.144")
    assert reported(service_tier="priority") is None
    unlisted = PriceOverride("anthropic", "claude-next", date(2026, 1, 1), own.per_million)
    for tier, amount in ((None, Decimal("0.024")), ("batch", None)):
        prices = resolve([Use("anthropic", "claude-next", tier, None, day, day)], [unlisted])
        assert worth(prices, day, A_REPLY) == amount
