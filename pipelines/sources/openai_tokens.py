"""What OpenAI's counts of tokens are made of, in its usage API and in the exports of its usage page alike.

`input_tokens` contains cached and cache-write tokens, and each of these is broken down by modality and by how long the
cache lives. A part that has a separate price is a separate meter, so it is taken out of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

PARTS: Mapping[str, Mapping[str, str]] = {
    "input_uncached_tokens": {"input_audio_tokens": "input_audio_tokens", "input_image_tokens": "input_image_tokens"},
    "cache_read_tokens": {
        "input_cached_audio_tokens": "cache_read_audio_tokens",
        "input_cached_image_tokens": "cache_read_image_tokens",
    },
    "cache_write_other_tokens": {"input_cache_write_30m_tokens": "cache_write_30m_tokens"},
    "output_tokens": {"output_audio_tokens": "output_audio_tokens", "output_image_tokens": "output_image_tokens"},
}
"""A meter -> OpenAI's names of its parts, and the meters that these are."""


class PartsError(ValueError):
    """Parts that are more than the whole."""


def disjoint(whole: Mapping[str, int | None], part: Callable[[str], int | None]) -> dict[str, int | None]:
    """The meters of `whole` without their parts, and those parts that count something.

    Args:
        whole: tokens by meter, as the fields of `PARTS` are contained in them; None: not reported.
        part: gives a field of `PARTS`.

    Raises:
        PartsError: parts are more than the tokens that they are a part of.
    """
    counts: dict[str, int | None] = {}
    for meter, tokens in whole.items():
        parts = {name: count for field, name in PARTS[meter].items() if (count := part(field))}
        rest = (tokens or 0) - sum(parts.values())
        if rest < 0:
            reported = " and ".join(f"{count} {name}" for name, count in parts.items())
            raise PartsError(f"{reported} are more than the {tokens} tokens that contain them ({meter})")
        counts |= {meter: tokens if tokens is None else rest, **parts}
    return counts
