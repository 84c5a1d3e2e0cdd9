"""Resolving each distinct use of a model to its dated unit prices.

The rules of a price (what a missing cache price falls back to, where a tier starts) are genai-prices' own: a
small use of each meter is priced through its public function, below every tier threshold and again past it,
because a tier is a cliff that one request crosses, never a whole day's tokens. A model it does not know has
no rows here, which the models downstream show as unpriced.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from genai_prices import Usage
from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import ModelInfo, Provider, StartDateConstraint, TieredPrices, TimeOfDateConstraint

UNIT = Decimal(1).scaleb(-18)
"""Prices of one unit keep eighteen digits after the point: some lists state periodic fractions."""

PROBE = 1000
"""Units priced at a time: small, so that no probe crosses a tier by itself."""

_SERVICE_TIERS = frozenset({"flex", "priority", "fast"})
OPEN_START = datetime(2000, 1, 1, tzinfo=UTC)


class UseKey(NamedTuple):
    """What decides a price, apart from the moment: the model at its seller, and what a record states of how it ran."""

    provider: str
    model_raw: str
    service_tier: str | None = None
    speed: str | None = None
    inference_geo: str | None = None
    is_batch: bool = False


@dataclass(frozen=True, order=True)
class Use:
    """One distinct combination that decides a price, and the days it was seen on (both inclusive)."""

    provider: str
    model_raw: str
    service_tier: str | None
    speed: str | None
    first_day: date
    last_day: date
    inference_geo: str | None = None
    is_batch: bool = False

    @property
    def key(self) -> UseKey:
        """What decides the price, apart from the moment."""
        return UseKey(self.provider, self.model_raw, self.service_tier, self.speed, self.inference_geo, self.is_batch)


@dataclass(frozen=True)
class UnitPrice:
    """The list price of one unit of `meter` while `valid_from` <= moment < `valid_to` (None: still in force).

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
    """Landing token column -> USD per million tokens."""


def resolve(uses: Iterable[Use], overrides: Iterable[PriceOverride] = ()) -> list[UnitPrice]:
    """The unit prices of every use that has one, in a fixed order; a use without a price gives no rows.

    A use may come several times, as for each month; it has the prices of all the days between its first and last.
    """
    snapshot = get_snapshot()
    version = f"genai-prices {importlib.metadata.version('genai-prices')}"
    stated = list(overrides)
    prices: list[UnitPrice] = []
    for use in sorted(_whole(uses), key=repr):
        listed = _listed(use, snapshot, version)
        names = {use.model_raw, *(price.model_id for price in listed)}
        prices += _with_overrides(use, listed, [o for o in stated if o.provider == use.provider and o.model in names])
    return prices


def _whole(uses: Iterable[Use]) -> Iterable[Use]:
    whole: dict[UseKey, Use] = {}
    for use in uses:
        known = whole.get(use.key, use)
        first, last = min(known.first_day, use.first_day), max(known.last_day, use.last_day)
        whole[use.key] = replace(use, first_day=first, last_day=last)
    return whole.values()


def _listed(use: Use, snapshot: DataSnapshot, version: str) -> list[UnitPrice]:
    try:
        provider, model = snapshot.find_provider_model(use.model_raw, None, use.provider, None)
    except LookupError:
        return []
    context = _context(use)
    prices: list[UnitPrice] = []
    for start, end in _segments(model, use):
        for meter, tier_start, unit_price in _probe(provider, model, start, context):
            prices.append(
                UnitPrice(
                    provider=use.provider,
                    model_raw=use.model_raw,
                    service_tier=use.service_tier,
                    speed=use.speed,
                    meter=meter,
                    min_input_tokens=tier_start,
                    valid_from=start,
                    valid_to=end,
                    unit_price=unit_price.quantize(UNIT),
                    currency="USD",
                    price_version=version,
                    model_id=model.id,
                    inference_geo=use.inference_geo,
                    is_batch=use.is_batch,
                )
            )
    return prices


def _context(use: Use) -> dict[str, str]:
    """The price context genai-prices knows. It ignores unknown ones silently, so only known ones are passed."""
    context = {}
    if use.service_tier in _SERVICE_TIERS:
        context["service_tier"] = str(use.service_tier)
    if use.is_batch or use.service_tier == "batch":
        context["processing"] = "batch"
    if use.speed == "fast":
        context["speed"] = "fast"
    return context


def _segments(model: ModelInfo, use: Use) -> list[tuple[datetime, datetime | None]]:
    """The spans of one price each: split at every start date, and twice a day where the hour decides."""
    constraints = [] if not isinstance(model.prices, list) else [price.constraint for price in model.prices]
    constraints += [variant.constraint for variant in model.price_variants or ()]
    starts = {OPEN_START}
    for constraint in constraints:
        if isinstance(constraint, StartDateConstraint):
            starts.add(datetime.combine(constraint.start_date, time(), tzinfo=UTC))
        elif isinstance(constraint, TimeOfDateConstraint):
            for offset in range((use.last_day - use.first_day).days + 1):
                day = use.first_day + timedelta(days=offset)
                starts |= {
                    datetime.combine(day, hour.replace(tzinfo=None), tzinfo=hour.tzinfo or UTC).astimezone(UTC)
                    for hour in (constraint.start_time, constraint.end_time)
                }
    ordered = sorted(starts)
    return list(zip(ordered, [*ordered[1:], None], strict=True))


def _probe(
    provider: Provider, model: ModelInfo, moment: datetime, context: dict[str, str]
) -> list[tuple[str, int, Decimal]]:
    """(meter, tier start, price of one unit) for every meter this model has a price for at `moment`."""
    in_force = model.get_prices(moment, context)
    stated = {name: price for name, price in vars(in_force).items() if price is not None}
    thresholds = sorted(
        {tier.start for price in stated.values() if isinstance(price, TieredPrices) for tier in price.tiers}
    )

    def price(**usage: int) -> Decimal:
        calculated = model.calc_price(
            Usage(**usage), provider, genai_request_timestamp=moment, price_context=context or None
        )
        return calculated.total_price

    prices: list[tuple[str, int, Decimal]] = []
    for threshold in (0, *thresholds):
        size = threshold + PROBE
        if "input_mtok" in stated:
            prices += [
                ("input_uncached_tokens", threshold, price(input_tokens=size) / size),
                ("cache_read_tokens", threshold, price(input_tokens=size, cache_read_tokens=size) / size),
                ("cache_write_5m_tokens", threshold, price(input_tokens=size, cache_write_tokens=size) / size),
                ("cache_write_other_tokens", threshold, price(input_tokens=size, cache_write_tokens=size) / size),
                (
                    "cache_write_1h_tokens",
                    threshold,
                    price(input_tokens=size, cache_write_tokens=size, cache_write_1h_tokens=size) / size,
                ),
            ]
        if "output_mtok" in stated:
            alone = price(input_tokens=size)
            prices.append(("output_tokens", threshold, (price(input_tokens=size, output_tokens=PROBE) - alone) / PROBE))
    if "web_searches_kcount" in stated:
        prices.append(("web_search_requests", 0, price(web_searches=PROBE) / PROBE))
    return prices


def _with_overrides(use: Use, listed: list[UnitPrice], overrides: list[PriceOverride]) -> list[UnitPrice]:
    """Listed prices cut off where a stated price of the same meter begins, followed by the stated ones."""
    prices = listed
    for override in sorted(overrides, key=lambda override: override.valid_from):
        begins = datetime.combine(override.valid_from, time(), tzinfo=UTC)
        kept = []
        for price in prices:
            if price.meter not in override.per_million or (price.valid_to is not None and price.valid_to <= begins):
                kept.append(price)
            elif price.valid_from < begins:
                kept.append(UnitPrice(**{**vars(price), "valid_to": begins}))
        model_id = listed[0].model_id if listed else use.model_raw
        stated = [
            UnitPrice(
                provider=use.provider,
                model_raw=use.model_raw,
                service_tier=use.service_tier,
                speed=use.speed,
                meter=meter,
                min_input_tokens=0,
                valid_from=begins,
                valid_to=None,
                unit_price=amount / 1_000_000,
                currency="USD",
                price_version=f"override from {override.valid_from}",
                model_id=model_id,
                inference_geo=use.inference_geo,
                is_batch=use.is_batch,
            )
            for meter, amount in sorted(override.per_million.items())
        ]
        prices = [*kept, *stated]
    return prices
