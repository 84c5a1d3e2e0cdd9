"""What drove a change, in words: more or less use, other models, other prices, what is new or gone.

Belongs here: the words of the parts that rpt_cost_drivers splits a change into, and one clause on a model. Does not:
splitting it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pipelines.presentation import formats

DRIVERS: Mapping[str, tuple[str, str]] = {
    "volume": ("more use", "less use"),
    "mix": ("dearer models", "cheaper models"),
    "price": ("dearer tokens", "cheaper tokens"),
    "new": ("what was not used before", "what was not used before"),
    "gone": ("what is used no more", "what is used no more"),
    "other": ("charges without tokens", "charges without tokens"),
}
"""What a part is called where it adds to the cost, and where it takes from it; rpt_cost_drivers defines each."""
_LEAST_RATIO = 0.005
"""What is written as 0 % is not worth a clause."""


def reason(driver: Mapping[str, Any]) -> str:
    """Why a model costs another amount: "25% more tokens, 3% less for each"; empty where nothing is known of it.

    Args:
        driver: driver_kind, token_change_ratio and price_change_ratio, as a row of rpt_cost_drivers has them.
    """
    match driver["driver_kind"]:
        case "new":
            return "not used before"
        case "gone":
            return "used no more"
        case "other":
            return "charges without tokens"
    clauses = [
        _clause(driver["token_change_ratio"], "more tokens", "fewer tokens"),
        _clause(driver["price_change_ratio"], "more for each token", "less for each token"),
    ]
    return ", ".join(clause for clause in clauses if clause)


def _clause(ratio: float | None, more: str, less: str) -> str:
    if ratio is None or abs(ratio) < _LEAST_RATIO:
        return ""
    return f"{formats.percent(Decimal(str(abs(ratio))))} {more if ratio > 0 else less}"
