"""Resolving each distinct use of a model to its dated unit prices: the list's, and those that a person states.

A model that neither knows, or one run in a way that neither has a price for, has no rows here, which the models
downstream show as unpriced.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

from genai_prices.data_snapshot import get_snapshot

from pipelines.prices.model_lookup import Listed, find
from pipelines.prices.modifiers import modifiers_of
from pipelines.prices.price_list import prices_at, spans_of
from pipelines.prices.uses import Use, UseKey

UNIT = Decimal(1).scaleb(-18)
"""Prices of one unit keep eighteen digits after the point: some lists state periodic fractions."""


@dataclass(frozen=True)
class UnitPrice:
    """The list price of one unit of `meter` while `valid_from` <= moment < `valid_to` (None: still in effect).

    It applies to a request whose total input tokens exceed `min_input_tokens`; the highest such tier wins.
    """

    provider: str
    model_raw: str
    service_tier: str | None
    speed: str | None
    meter: str
    min_input_tokens: int
    valid_from: datetime
    valid_to: datetime | None
    unit_price: Decimal
    currency: str
    price_version: str
    model_id: str
    inference_geo: str | None = None
    is_batch: bool = False

    @property
    def use(self) -> UseKey:
        """The use that it is the price of."""
        return UseKey(self.provider, self.model_raw, self.service_tier, self.speed, self.inference_geo, self.is_batch)


@dataclass(frozen=True)
class PriceOverride:
    """A price the user states, which wins from its day on; `model` is the raw name or the canonical id."""

    provider: str
    model: str
    valid_from: date
    per_million: Mapping[str, Decimal]
    """Meter -> USD per million of its units."""


def resolve(uses: Iterable[Use], overrides: Iterable[PriceOverride] = ()) -> list[UnitPrice]:
    """The unit prices of every use that has one, in a fixed order; a use without a price gives no rows.

    A use may come several times, as for each month; it has the prices of all the days between its first and last.
    """
    snapshot = get_snapshot()
    version = f"genai-prices {importlib.metadata.version('genai-prices')}"
    reported = list(overrides)
    prices: list[UnitPrice] = []
    for use in sorted(_with_all_prices(uses), key=repr):
        listed = find(use.provider, use.model_raw, snapshot)
        names = {use.model_raw} if listed is None else {use.model_raw, listed.model.id}
        overrides_of_model = [
            override for override in reported if override.provider == use.provider and override.model in names
        ]
        effective = [] if listed is None else _listed(use, listed, version)
        prices += _with_overrides(use, listed, effective, overrides_of_model)
    return prices


def _with_all_prices(uses: Iterable[Use]) -> Iterable[Use]:
    whole: dict[UseKey, Use] = {}
    for use in uses:
        known = whole.get(use.key, use)
        first, last = min(known.first_day, use.first_day), max(known.last_day, use.last_day)
        whole[use.key] = replace(use, first_day=first, last_day=last)
    return whole.values()


def _listed(use: Use, listed: Listed, version: str) -> list[UnitPrice]:
    return [
        UnitPrice(
            **use.key._asdict(),
            meter=meter,
            min_input_tokens=tier,
            valid_from=span.start,
            valid_to=span.end,
            unit_price=price.quantize(UNIT),
            currency="USD",
            price_version=version,
            model_id=listed.model.id,
        )
        for span in spans_of(use, listed)
        for (meter, tier), price in span.prices.items()
    ]


def _with_overrides(
    use: Use, listed: Listed | None, effective: list[UnitPrice], overrides: Iterable[PriceOverride]
) -> list[UnitPrice]:
    """List prices, ended where a custom price of the same meter begins, then the custom prices."""
    prices = effective
    for override in sorted(overrides, key=lambda override: override.valid_from):
        begins = datetime.combine(override.valid_from, time(), tzinfo=UTC)
        stored = []
        for price in prices:
            if price.meter not in override.per_million or (price.valid_to is not None and price.valid_to <= begins):
                stored.append(price)
            elif price.valid_from < begins:
                stored.append(replace(price, valid_to=begins))
        if modifiers_of(use.key, None if listed is None else listed.named):
            reported = list(_in_proportion(listed, effective, override, begins))
        else:
            reported = _override_prices(use, listed, override, begins)
        prices = [*stored, *reported]
    return prices


def _override_prices(use: Use, listed: Listed | None, override: PriceOverride, begins: datetime) -> list[UnitPrice]:
    return [
        UnitPrice(
            **use.key._asdict(),
            meter=meter,
            min_input_tokens=0,
            valid_from=begins,
            valid_to=None,
            unit_price=amount / 1_000_000,
            currency="USD",
            price_version=_version(override),
            model_id=use.model_raw if listed is None else listed.model.id,
        )
        for meter, amount in sorted(override.per_million.items())
    ]


def _in_proportion(
    listed: Listed | None, effective: Iterable[UnitPrice], override: PriceOverride, begins: datetime
) -> Iterator[UnitPrice]:
    """What is reported of the standard price, times what the list makes of it for a use with modifiers.

    A use without a list price has no custom price either.
    """
    for price in effective:
        is_over = price.valid_to is not None and price.valid_to <= begins
        if listed is None or is_over or price.min_input_tokens or price.meter not in override.per_million:
            continue
        standard = prices_at(listed, (), price.valid_from).get((price.meter, 0))
        if standard:
            amount = override.per_million[price.meter] / 1_000_000 * price.unit_price / standard
            yield replace(
                price,
                valid_from=max(price.valid_from, begins),
                unit_price=amount.quantize(UNIT),
                price_version=_version(override),
            )


def _version(override: PriceOverride) -> str:
    return f"override from {override.valid_from}"
