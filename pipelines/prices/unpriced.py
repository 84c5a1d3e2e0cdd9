"""Why a use has no price, in words that a person can act on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from genai_prices.data_snapshot import get_snapshot

from pipelines.domain.meters import BY_NAME, PRICED_METERS
from pipelines.domain.periods import day_start
from pipelines.presentation.messages import NO_PRICE, UNLISTED
from pipelines.prices.model_lookup import Listed, find, like_named
from pipelines.prices.modifiers import modifiers_of
from pipelines.prices.price_list import prices_at
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import Use, UseKey

Priced = Mapping[tuple[UseKey, str], Sequence[UnitPrice]]
"""(use, meter) -> its prices."""


class UnpricedUse(NamedTuple):
    """A model at its seller, and one reason for which a use of it has no price, or not for all it counts."""

    provider: str
    model_raw: str
    reason: str


def unpriced_uses(
    uses: Iterable[Use], as_billed: Iterable[UnitPrice], current: Iterable[UnitPrice]
) -> list[UnpricedUse]:
    """Every reason once, ordered. Each of `uses` is of one month alone, as `warehouse.monthly_uses` gives them.

    Args:
        uses: with the meters that count something in them.
        as_billed: the prices that hold, closed months' as they were stored.
        current: what is known today.
    """
    billed, known = _by_meter(as_billed), _by_meter(current)
    return sorted(
        {UnpricedUse(use.provider, use.model_raw, reason) for use in uses for reason in _reasons(use, billed, known)}
    )


def _reasons(use: Use, billed: Priced, known: Priced) -> Iterator[str]:
    if "unsplit_tokens" in use.meters:
        yield "only a total of tokens is reported, without a kind that has a price"
    lacking = [meter for meter in PRICED_METERS if meter in use.meters and not _covers(billed, use, meter)]
    unknown = [meter for meter in lacking if not _covers(known, use, meter)]
    if lacking and not unknown:
        yield (
            f"no price was known when {use.first_day:%Y-%m} closed: "
            f"ai-costs prices --restate-from {use.first_day:%Y-%m} takes today's"
        )
    elif unknown:
        yield _why(use, unknown, known)


def _why(use: Use, unknown: Sequence[str], known: Priced) -> str:
    listed = find(use.provider, use.model_raw, get_snapshot())
    if listed is None:
        reported = any((use.key, meter) in known for meter in PRICED_METERS)
        return f"{NO_PRICE} {_named(unknown)}" if reported else _not_listed(use)
    modifiers = modifiers_of(use.key, listed.named)
    for moment in (day_start(use.first_day), day_start(use.last_day)):
        if lacking := _without_price(listed, modifiers, moment):
            return f"{NO_PRICE} {' with '.join(lacking)}"
    return f"{NO_PRICE} {_named(unknown)}"


def _not_listed(use: Use) -> str:
    like = like_named(use.provider, use.model_raw, get_snapshot())
    return UNLISTED if like is None else f"{UNLISTED}, which has the similarly named {like}"


def _without_price(listed: Listed, modifiers: Iterable[str], moment: datetime) -> list[str]:
    """The modifiers that have no price of this model at `moment`, each alone; else all, if they have none together."""
    ordered = sorted(modifiers)
    alone = [modifier for modifier in ordered if not prices_at(listed, [modifier], moment)]
    return alone or ([] if prices_at(listed, ordered, moment) else ordered)


def _named(meters: Iterable[str]) -> str:
    return ", ".join(BY_NAME[meter].label for meter in meters)


def _by_meter(prices: Iterable[UnitPrice]) -> Priced:
    found: dict[tuple[UseKey, str], list[UnitPrice]] = defaultdict(list)
    for price in prices:
        if price.min_input_tokens == 0:
            found[price.use, price.meter].append(price)
    return found


def _covers(prices: Priced, use: Use, meter: str) -> bool:
    """Whether the meter has a price at every moment from the use's first day to its last."""
    reached, end = day_start(use.first_day), day_start(use.last_day + timedelta(days=1))
    for price in sorted(prices.get((use.key, meter), ()), key=lambda price: price.valid_from):
        if price.valid_from > reached:
            break
        if price.valid_to is None:
            return True
        reached = max(reached, price.valid_to)
    return reached >= end
