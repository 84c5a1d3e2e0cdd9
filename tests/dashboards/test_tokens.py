"""The colours of the page keep their contrast, in light and in dark."""

from __future__ import annotations

import re

import pytest

from dashboards.page import STATIC

TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);",
        (STATIC / "css" / "tokens.css").read_text(encoding="utf-8"),
    )
}
"""The first definition of a token wins: later ones only raise contrast on request."""

TEXT_ON = [
    *((text, ground) for text in ("ink", "ink-soft", "muted") for ground in ("card", "ground")),
    *((tone, f"{tone}-tint") for tone in ("api", "manual", "local", "import", "bad", "ok", "warn")),
    ("ink-soft", "plain-tint"),
    ("ink", "warn-tint"),
    *((tone, "card") for tone in ("bad", "ok", "warn", "manual", "api")),
    ("on-bad", "bad"),
    ("card", "ink"),
]
MARKS_ON = [
    *((f"provider-{place}", "card") for place in ("1", "2", "3", "4", "5", "other")),
    ("border", "card"),
    ("focus", "card"),
    ("focus", "ground"),
    ("api", "grid"),
    ("warn", "grid"),
    ("bad", "grid"),
    ("manual", "card"),
]


def _luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_can_be_read(text: str, ground: str, theme: int):
    assert _contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS_ON)
def test_marks_can_be_seen(mark: str, ground: str, theme: int):
    assert _contrast(TOKENS[mark][theme], TOKENS[ground][theme]) >= 3


def test_the_measure_of_contrast_is_the_standards_own():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
