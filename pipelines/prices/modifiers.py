"""How a request was run, where that changes its price: batch, service tier, speed, region, an unusual cache duration.

A modifier that a record states has a price or the use has none: the plain price would be a wrong one that looks right.
What the price list states holds. Where it reports nothing, the factors below do: facts that providers document, each
with its source and its days. Whatever is in neither is unpriced, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from pipelines.domain.meters import TOKEN_METERS
from pipelines.domain.records import CACHE_WRITES_FOR
from pipelines.prices.uses import UseKey

BATCH, FAST, US = "batch processing", "fast speed", "region us"
PLAIN_TIERS = frozenset({"", "standard", "default", "auto", "on_demand"})
"""`auto` is what a request asks for; OpenAI runs it as its project is set, which is `default` unless somebody paid for
Scale Tier."""
PLAIN_SPEEDS = frozenset({"", "standard", "default", "normal"})
PLAIN_REGIONS = frozenset({"", "global", "not_available"})
"""Anthropic: the default, and models older than the choice of a region."""
REGION_IN_THE_NAME = frozenset({"aws", "azure", "google", "oracle"})
"""Clouds: their region is where a resource lies, and the price list has a regional price under a separate name."""

CONTEXTS: Mapping[str, Mapping[str, str]] = {
    BATCH: {"processing": "batch"},
    FAST: {"speed": "fast"},
    **{f"service tier {tier}": {"service_tier": tier} for tier in ("flex", "priority", "fast")},
}
"""A modifier -> how genai-prices is asked for it. It ignores a context that it does not know."""

CONSTANT = frozenset(
    {
        ("anthropic", BATCH),
        ("google", BATCH),
        ("groq", BATCH),
        ("mistral", BATCH),
        ("openai", BATCH),
        ("openai", "service tier flex"),
        ("openai", "service tier priority"),
        ("openai", "service tier fast"),
    }
)
"""What had the same ratio to the standard price before 12 to 15 October 2026, when genai-prices began to list it.

Batch is half price since it exists: Anthropic ("a 50% discount on both input and output tokens", pricing), OpenAI
("50% discount compared to synchronous APIs", Batch guide), Google (Gemini API pricing, Batch), Mistral and Groq (batch
guides). Flex is priced at batch rates (OpenAI, Flex processing). OpenAI's page on priority processing, read in the
summer of 2026, has the prices that the list has since October; fast is Codex's name for it.
"""


@dataclass(frozen=True)
class Factor:
    """A documented multiple of the standard price, in effect while `since` <= moment < `until` (None: without end)."""

    provider: str
    model: str
    modifier: str
    factor: Decimal
    since: datetime | None = None
    until: datetime | None = None
    meters: frozenset[str] = frozenset(TOKEN_METERS)

    def applies(self, provider: str, model: str, modifier: str, moment: datetime) -> bool:
        """Whether it is the one of this model at `moment`."""
        return (
            (self.provider, self.modifier) == (provider, modifier)
            and re.fullmatch(self.model, model) is not None
            and (self.since is None or self.since <= moment)
            and (self.until is None or moment < self.until)
        )


LAUNCH_DISCOUNT_ENDS = datetime(2026, 2, 17, 8, tzinfo=UTC)
FACTORS = (
    # Anthropic, pricing, "Batch processing": 50 % off input and output tokens, of every model.
    Factor("anthropic", r"claude-.*", BATCH, Decimal("0.5")),
    # OpenAI, Batch guide: 50 % off; whether cached input is halved too is reported by model, in the list alone.
    Factor(
        "openai",
        r"(gpt|o\d|text-embedding|davinci|babbage).*",
        BATCH,
        Decimal("0.5"),
        meters=frozenset({"input_uncached_tokens", "output_tokens"}),
    ),
    # Anthropic, pricing, "Data residency": US-only inference of Claude Opus 4.6 and newer costs 1.1 times as much in
    # all categories of tokens. Older models have no choice of a region.
    Factor("anthropic", r"claude-[a-z]+-(4-([6-9]|\d\d)|[5-9].*|\d\d.*)", US, Decimal("1.1")),
    # Claude Code, fast mode, as of 11 February 2026: $30/$150, above 200,000 input tokens $60/$225, six times the
    # standard price of each; half of it until 16 February 2026, 11:59 pm Pacific time.
    Factor("anthropic", "claude-opus-4-6", FAST, Decimal(3), until=LAUNCH_DISCOUNT_ENDS),
    Factor("anthropic", "claude-opus-4-6", FAST, Decimal(6), LAUNCH_DISCOUNT_ENDS, datetime(2026, 6, 29, tzinfo=UTC)),
    # Anthropic, pricing: since it was withdrawn on 29 June 2026 such requests "run at standard speed and are billed at
    # standard rates"; of Opus 4.7, where it was withdrawn on 24 July 2026, they are refused.
    Factor("anthropic", "claude-opus-4-6", FAST, Decimal(1), since=datetime(2026, 6, 29, tzinfo=UTC)),
    Factor("anthropic", "claude-opus-4-7", FAST, Decimal(6), until=datetime(2026, 7, 25, tzinfo=UTC)),
)
"""Multiples that the price list has no price for. Prices of tokens alone: a fee for a search is what it is."""


def modifiers_of(use: UseKey, named: str | None = None) -> frozenset[str]:
    """The modifiers that the use states, or its model's name (`named`), in words; none: the standard price holds.

    One that no table knows is among them, so that it finds no price.
    """
    return frozenset(_modifiers_of_use(use, named))


def _modifiers_of_use(use: UseKey, named: str | None) -> Iterator[str]:
    tiers = [(use.service_tier or "").strip().lower(), named or ""]
    if use.is_batch or "batch" in tiers:
        yield BATCH
    for tier in tiers:
        if use.provider == "anthropic" and tier == "fast":
            yield FAST
        elif tier.startswith(CACHE_WRITES_FOR):
            yield tier
        elif tier not in PLAIN_TIERS and tier != "batch":
            yield f"service tier {tier}"
    speed = (use.speed or "").strip().lower()
    if speed not in PLAIN_SPEEDS:
        yield f"{speed} speed"
    region = (use.inference_geo or "").strip().lower()
    if region not in PLAIN_REGIONS and use.provider not in REGION_IN_THE_NAME:
        yield f"region {region}"


def factors_of(provider: str, model: str, modifier: str) -> list[Factor]:
    """Every documented multiple of this model for `modifier`, whenever it holds."""
    return [
        factor
        for factor in FACTORS
        if (factor.provider, factor.modifier) == (provider, modifier) and re.fullmatch(factor.model, model)
    ]
