"""What a meter costs: as the list reports it, as the provider documents it, as a person reports it, or unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.config import load_settings
from pipelines.domain.meters import PRICED_METERS
from pipelines.errors import ConfigError
from pipelines.presentation.messages import NO_PRICE
from pipelines.prices.unit_prices import PriceOverride, resolve
from pipelines.prices.unpriced import unpriced_uses
from pipelines.prices.uses import Use

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)


def per_million(provider: str, model: str) -> dict[str, Decimal]:
    """Meter -> US dollars for a million, of a request below every tier."""
    use = Use(provider, model, None, None, FIRST, LAST)
    return {price.meter: price.unit_price * 1_000_000 for price in resolve([use]) if not price.min_input_tokens}


@pytest.mark.parametrize(
    ("provider", "model", "meter", "expected"),
    [
        ("openai", "gpt-realtime", "input_audio_tokens", "32"),
        ("openai", "gpt-realtime", "output_audio_tokens", "64"),
        ("openai", "gpt-realtime", "cache_read_audio_tokens", "0.4"),
        ("openai", "gpt-realtime", "input_image_tokens", "5"),
        ("openai", "gpt-4o-mini", "input_image_tokens", "0.15"),
        ("openai", "gpt-4o-audio-preview", "input_audio_tokens", None),
        ("openai", "gpt-4o-audio-preview", "output_audio_tokens", None),
        ("openai", "tts-1", "characters", "15"),
        ("openai", "whisper-1", "audio_seconds", "100"),
        ("openai", "gpt-4o-mini-tts", "characters", None),
        ("openai", "gpt-image-1", "images", None),
        ("openai", "gpt-6-astra", "cache_write_30m_tokens", "12.5"),
        ("anthropic", "claude-sonnet-4-5", "cache_write_30m_tokens", None),
        ("anthropic", "claude-sonnet-4-5", "input_audio_tokens", None),
        ("google", "gemini-2.5-flash", "input_audio_tokens", "1"),
        ("google", "gemini-2.5-flash", "input_video_tokens", "0.3"),
        ("google", "gemini-2.5-pro", "input_audio_tokens", "1.25"),
        ("groq", "whisper-large-v3", "audio_seconds", "30.833333333333"),
    ],
)
def test_a_meter_has_the_price_that_is_stated_of_it_and_never_that_of_text(
    provider: str, model: str, meter: str, expected: str | None
):
    found = per_million(provider, model)
    assert found.get(meter) == (None if expected is None else Decimal(expected))


def test_a_meter_without_a_price_is_named_in_words():
    use = Use(
        "openai", "gpt-4o-audio-preview", None, None, FIRST, LAST, meters=("output_audio_tokens", "output_tokens")
    )
    prices = resolve([use])
    assert [unpriced.reason for unpriced in unpriced_uses([use], prices, prices)] == [f"{NO_PRICE} audio output"]


def test_a_person_states_the_price_of_any_meter(tmp_path: Path):
    (tmp_path / "ai-costs.yaml").write_text(
        "price_overrides:\n  - {provider: openai, model: gpt-image-1, since: 2026-09-01, input: 4, "
        "meters: {images: 0.04, output_audio_tokens: 80}}\n"
    )
    settings = load_settings(home=tmp_path, config=None, environ={"HOME": str(tmp_path)}, cwd=tmp_path)
    ((price, reported),) = settings.prices_per_million()
    use = Use("openai", "gpt-image-1", None, None, FIRST, LAST)
    prices = resolve([use], [PriceOverride(price.provider, price.model, price.since, reported)])
    own = {found.meter: found.unit_price for found in prices if found.price_version.startswith("override")}
    assert own == {
        "input_uncached_tokens": Decimal("0.000004"),
        "images": Decimal("0.04"),
        "output_audio_tokens": Decimal("0.00008"),
    }


def test_a_price_of_something_that_is_no_meter_is_refused(tmp_path: Path):
    (tmp_path / "ai-costs.yaml").write_text(
        "price_overrides:\n  - {provider: openai, model: m, since: 2026-09-01, meters: {output_sound: 80}}\n"
    )
    with pytest.raises(ConfigError) as error:
        load_settings(home=tmp_path, config=None, environ={"HOME": str(tmp_path)}, cwd=tmp_path)
    assert f"'output_sound' is not a meter; choose from {', '.join(PRICED_METERS)}" in str(error.value)
