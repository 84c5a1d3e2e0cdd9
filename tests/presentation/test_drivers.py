"""What drove a model's change, in words."""

from __future__ import annotations

import pytest

from pipelines.presentation.drivers import reason


@pytest.mark.parametrize(
    ("kind", "tokens", "price", "words"),
    [
        ("tokens", 0.25, -0.029, "25% more tokens, 3% less for each token"),
        ("tokens", -0.25, 0.12, "25% fewer tokens, 12% more for each token"),
        ("tokens", 0.25, 0.0, "25% more tokens"),
        ("tokens", 0.004, -0.5, "50% less for each token"),
        ("tokens", None, None, ""),
        ("new", None, None, "not used before"),
        ("gone", None, None, "used no more"),
        ("other", None, None, "charges without tokens"),
    ],
)
def test_a_models_change_is_its_tokens_and_their_price(
    kind: str, tokens: float | None, price: float | None, words: str
):
    driver = {"driver_kind": kind, "token_change_ratio": tokens, "price_change_ratio": price}
    assert reason(driver) == words
