"""Every meter: what a source can count and a provider can charge for, named here and nowhere else.

Landing's columns, the prices that are looked up, `landing.meters` for the SQL, exports and documents follow from
`METERS`. Adding one is a line here. The token meters are disjoint: total tokens are the sum of those with `is_token`,
so a count of sound is not inside `input_uncached_tokens` too. A meter that is `part_of` another is already counted
there and is never added.

Belongs here: names, units, and which meter contains which. Does not: what a unit costs (prices/), or how many a source
counted (sources/).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Unit(StrEnum):
    """FOCUS words for a unit, as ConsumedUnit and PricingUnit have them."""

    TOKENS = "Tokens"
    REQUESTS = "Requests"
    IMAGES = "Images"
    CHARACTERS = "Characters"
    SECONDS = "Seconds"


class Family(StrEnum):
    """What kind of thing a meter counts."""

    INPUT = "input"
    CACHE_READ = "cache_read"
    CACHE_WRITE = "cache_write"
    OUTPUT = "output"
    UNSPLIT = "unsplit"
    """tokens of an unknown kind"""
    TOOL = "tool"
    """calls of a tool that the provider runs, such as a search"""
    MEDIA = "media"
    """images, characters and seconds"""


INPUT_FAMILIES = frozenset({Family.INPUT, Family.CACHE_READ, Family.CACHE_WRITE})
"""What a request was given: its tokens decide which tier of a price it reaches."""


@dataclass(frozen=True)
class Meter:
    """One meter.

    Args:
        name: the column of a landed row that contains its count.
        label: what it counts, in words, in the plural where English has one.
        family: what kind of thing it counts.
        unit: what it counts in.
        price_key: how genai-prices names the use (`Usage`); None: no list has a price of it.
        part_of: the meter that already contains it.
        is_fractional: whether a count may be a fraction; others are whole numbers.
    """

    name: str
    label: str
    family: Family
    unit: Unit = Unit.TOKENS
    price_key: str | None = None
    part_of: str | None = None
    is_fractional: bool = False

    @property
    def is_token(self) -> bool:
        """Whether it counts towards total tokens."""
        return self.unit is Unit.TOKENS and self.part_of is None

    @property
    def is_input(self) -> bool:
        """Whether it counts towards the input tokens that decide the tier of a price."""
        return self.is_token and self.family in INPUT_FAMILIES

    @property
    def needs_price(self) -> bool:
        """Whether use that it counts is worth something of its own: without a price, such use is unpriced."""
        return self.part_of is None


METERS: tuple[Meter, ...] = (
    Meter("input_uncached_tokens", "input", Family.INPUT, price_key="input_tokens"),
    Meter("cache_read_tokens", "cache reads", Family.CACHE_READ, price_key="cache_read_tokens"),
    Meter("cache_write_5m_tokens", "5-minute cache writes", Family.CACHE_WRITE, price_key="cache_write_5m_tokens"),
    Meter("cache_write_1h_tokens", "1-hour cache writes", Family.CACHE_WRITE, price_key="cache_write_1h_tokens"),
    Meter("cache_write_other_tokens", "cache writes", Family.CACHE_WRITE, price_key="cache_write_tokens"),
    Meter("output_tokens", "output", Family.OUTPUT, price_key="output_tokens"),
    Meter("cache_write_30m_tokens", "30-minute cache writes", Family.CACHE_WRITE, price_key="cache_write_tokens"),
    Meter("input_audio_tokens", "audio input", Family.INPUT, price_key="input_audio_tokens"),
    Meter("input_image_tokens", "image input", Family.INPUT, price_key="input_image_tokens"),
    Meter("input_video_tokens", "video input", Family.INPUT, price_key="input_video_tokens"),
    Meter("cache_read_audio_tokens", "audio cache reads", Family.CACHE_READ, price_key="cache_audio_read_tokens"),
    Meter("cache_read_image_tokens", "image cache reads", Family.CACHE_READ, price_key="cache_image_read_tokens"),
    Meter("cache_read_video_tokens", "video cache reads", Family.CACHE_READ, price_key="cache_video_read_tokens"),
    Meter("output_audio_tokens", "audio output", Family.OUTPUT, price_key="output_audio_tokens"),
    Meter("output_image_tokens", "image output", Family.OUTPUT, price_key="output_image_tokens"),
    Meter("output_video_tokens", "video output", Family.OUTPUT, price_key="output_video_tokens"),
    Meter("reasoning_tokens", "reasoning", Family.OUTPUT, part_of="output_tokens"),
    Meter("unsplit_tokens", "tokens of an unknown kind", Family.UNSPLIT),
    Meter("web_search_requests", "web searches", Family.TOOL, Unit.REQUESTS, "web_searches"),
    Meter("file_search_requests", "file searches", Family.TOOL, Unit.REQUESTS, "storage_searches"),
    Meter("images", "images", Family.MEDIA, Unit.IMAGES),
    Meter("characters", "characters", Family.MEDIA, Unit.CHARACTERS, "input_characters"),
    Meter("audio_seconds", "seconds of audio", Family.MEDIA, Unit.SECONDS, "input_audio_seconds", is_fractional=True),
)
"""In the order of the columns of a landed row."""

BY_NAME: Mapping[str, Meter] = {meter.name: meter for meter in METERS}
TOKEN_METERS = tuple(meter.name for meter in METERS if meter.is_token and meter.family is not Family.UNSPLIT)
"""Disjoint, each of a stated kind."""
INPUT_METERS = tuple(meter.name for meter in METERS if meter.is_input)
PRICED_METERS = tuple(meter.name for meter in METERS if meter.needs_price and meter.family is not Family.UNSPLIT)
"""What a row is priced by; `unsplit_tokens` have no price whatever the list says."""


def rows() -> list[Mapping[str, Any]]:
    """The rows of `landing.meters`."""
    return [
        {
            "meter": meter.name,
            "position": position,
            "label": meter.label,
            "family": meter.family,
            "unit": meter.unit,
            "price_key": meter.price_key,
            "part_of": meter.part_of,
            "is_token": meter.is_token,
            "is_input": meter.is_input,
            "needs_price": meter.needs_price,
            "is_fractional": meter.is_fractional,
        }
        for position, meter in enumerate(METERS)
    ]
