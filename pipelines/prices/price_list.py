"""What the price list states of one use: the price of a unit of each meter, tier and span of time.

The rules of a price (what a missing cache price falls back to, where a tier starts) are genai-prices' own: a small use
of each meter is priced through its public function, below every tier threshold and again past it, because a tier is a
cliff that one request crosses, never a whole day's tokens. What it states of a modifier holds; then what providers
document (modifiers.py). A use whose modifiers have no price at a moment has no price then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from genai_prices import Usage
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ModelInfo,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)
from genai_prices.units import UnitDef, UnitRegistry

from pipelines.domain.meters import BY_NAME, METERS, Family, Meter
from pipelines.domain.model_names import parse
from pipelines.prices.model_lookup import Listed
from pipelines.prices.modifiers import CONSTANT, CONTEXTS, factors_of, modifiers_of
from pipelines.prices.uses import Use

OPEN_START = datetime(2000, 1, 1, tzinfo=UTC)

PROBE = 1000
"""Units priced at a time: small, so that no probe crosses a tier by itself."""

ONE_HOUR_FACTOR = 2
"""A cache write that lasts an hour costs twice the input, of Claude at every seller (Anthropic, pricing, "Prompt
caching"; OpenRouter's guide on prompt caching says the same). Of others no price is documented."""

PRICED_AS_TEXT = frozenset({("openai", "image"), *(("google", modality) for modality in ("image", "video", "audio"))})
"""(provider, modality) whose input costs what text does where the list has no price of its own for it.

OpenAI, guide on images and vision: "image inputs are metered and charged in tokens, just as text inputs are". Google,
Gemini API pricing: one input price, and another one in words ("audio") where a modality has its own.
"""

REGISTRY = UnitRegistry(unit_data)
UNITS = REGISTRY.units
"""What genai-prices knows of each kind of use: its price's name, and the kinds that contain it."""

Prices = Mapping[tuple[str, int], Decimal]
"""(meter, start of the tier) -> the price of one unit."""


class Span(NamedTuple):
    """Prices that hold while `start` <= moment < `end` (None: without end)."""

    start: datetime
    end: datetime | None
    prices: Prices


def spans_of(use: Use, listed: Listed) -> Iterator[Span]:
    """The spans of one price each in which the use has prices, in order."""
    modifiers = sorted(modifiers_of(use.key, listed.named))
    moments = sorted(_changes(use, listed, modifiers))
    for start, end in zip(moments, [*moments[1:], None], strict=True):
        if prices := prices_at(listed, modifiers, start):
            yield Span(start, end, prices)


def prices_at(listed: Listed, modifiers: Iterable[str], moment: datetime) -> Prices:
    """The prices at `moment` of a use with these modifiers; empty where one of them has none.

    One of the list's contexts can hold at a time: what fast and batch cost together, nothing states.
    """
    in_the_list_first = sorted(modifiers, key=lambda modifier: modifier not in CONTEXTS)
    if sum(modifier in CONTEXTS for modifier in in_the_list_first) > 1:
        return {}
    prices: Prices = _probed(listed, moment)
    for modifier in in_the_list_first:
        prices = _modified(listed, modifier, moment, prices)
    return prices


def _modified(listed: Listed, modifier: str, moment: datetime, plain: Prices) -> Prices:
    """`plain` with the modifier: as listed at the moment, as listed since, or by a documented factor."""
    variants = _variants(listed, modifier)
    if any(variant.constraint is None or variant.constraint.active(moment) for variant in variants):
        return _probed(listed, moment, modifier)
    if variants and (listed.provider.id, modifier) in CONSTANT:
        begins = min(_begin(variant) for variant in variants)
        tiers = {tier for _, tier in plain}
        then, now = _probed(listed, begins, None, tiers), _probed(listed, begins, modifier, tiers)
        return {place: price * now[place] / then[place] for place, price in plain.items() if then.get(place)}
    for factor in factors_of(listed.provider.id, listed.model.id, modifier):
        if factor.applies(listed.provider.id, listed.model.id, modifier, moment):
            fees = {place: price for place, price in plain.items() if BY_NAME[place[0]].family is Family.TOOL}
            return fees | {place: price * factor.factor for place, price in plain.items() if place[0] in factor.meters}
    return {}


def _variants(listed: Listed, modifier: str) -> list[PriceVariant]:
    """What the list states of the modifier; of a model borrowed from another provider it reports nothing."""
    wanted = CONTEXTS.get(modifier)
    if wanted is None or not any(model is listed.model for model in listed.provider.models):
        return []
    return [variant for variant in listed.model.price_variants or () if dict(variant.when) == dict(wanted)]


def _changes(use: Use, listed: Listed, modifiers: Iterable[str]) -> set[datetime]:
    """When a price may change: at every start date, twice a day where the hour decides, and where a factor does."""
    model = listed.model
    constraints = [] if not isinstance(model.prices, list) else [price.constraint for price in model.prices]
    constraints += [variant.constraint for variant in model.price_variants or ()]
    starts = {OPEN_START}
    for constraint in constraints:
        if isinstance(constraint, StartDateConstraint):
            starts.add(_midnight(constraint))
        elif isinstance(constraint, TimeOfDateConstraint):
            for offset in range((use.last_day - use.first_day).days + 1):
                day = use.first_day + timedelta(days=offset)
                starts |= {
                    datetime.combine(day, hour.replace(tzinfo=None), tzinfo=hour.tzinfo or UTC).astimezone(UTC)
                    for hour in (constraint.start_time, constraint.end_time)
                }
    for modifier in modifiers:
        for factor in factors_of(listed.provider.id, model.id, modifier):
            starts |= {moment for moment in (factor.since, factor.until) if moment is not None}
    return starts


def _begin(variant: PriceVariant) -> datetime:
    constraint = variant.constraint
    return _midnight(constraint) if isinstance(constraint, StartDateConstraint) else OPEN_START


def _midnight(constraint: StartDateConstraint) -> datetime:
    return datetime.combine(constraint.start_date, time(), tzinfo=UTC)


def _probed(
    listed: Listed, moment: datetime, modifier: str | None = None, tiers: Iterable[int] = ()
) -> dict[tuple[str, int], Decimal]:
    """The price of one unit of every meter that the model has a price for, at each start of a tier.

    `tiers` are starts of tiers to be asked for besides those that the prices in effect have.
    """
    model = listed.model
    context = None if modifier is None else CONTEXTS[modifier]
    effective = model.get_prices(moment, context)
    reported = {name: price for name, price in vars(effective).items() if price is not None}
    starts = {tier.start for price in reported.values() if isinstance(price, TieredPrices) for tier in price.tiers}

    def price(**usage: int) -> Decimal:
        return _price(listed.provider, model, moment, context, usage)

    prices: dict[tuple[str, int], Decimal] = {}
    for start in sorted({0, *starts, *tiers}):
        for meter in METERS:
            known = _unit_price(meter, listed, reported.keys(), start, price) if meter.price_key else None
            if known is not None:
                prices[meter.name, start] = known
    return prices


def _unit_price(
    meter: Meter, listed: Listed, reported: Collection[str], start: int, price: Callable[..., Decimal]
) -> Decimal | None:
    """The price of one unit of `meter` to a request past `start` input tokens; None where it is unknown."""
    unit, size = UNITS[str(meter.price_key)], start + PROBE
    usage = dict.fromkeys((unit.usage_key, *REGISTRY.ancestor_usage_keys(unit.usage_key)), size)
    if not meter.is_token:
        is_reported = any(UNITS[key].price_key in reported for key in usage)
        return price(**usage) / size if is_reported and start == 0 else None
    if meter.family is Family.OUTPUT:
        made = price(input_tokens=size, **dict.fromkeys(usage, PROBE)) - price(input_tokens=size)
        return made / PROBE if unit.price_key in reported else None
    if unit.price_key not in reported and meter.name == "cache_write_1h_tokens":
        is_claude = "input_mtok" in reported and parse(listed.model.id).vendor == "anthropic"
        return ONE_HOUR_FACTOR * price(input_tokens=size) / size if is_claude else None
    return price(**usage) / size if _is_known(meter, unit, listed, reported) else None


def _is_known(meter: Meter, unit: UnitDef, listed: Listed, reported: Collection[str]) -> bool:
    """Whether the list has a price of this input, or says by leaving it out that another one holds.

    A price of text says nothing of sound, images or video, unless the provider documents that it applies to them too.
    """
    if unit.price_key in reported:
        return meter.name != "cache_write_30m_tokens" or listed.provider.id == "openai"
    modality = unit.dimensions.get("modality")
    is_as_text = modality is None or (listed.provider.id, modality) in PRICED_AS_TEXT
    return is_as_text and "input_mtok" in reported and meter.name != "cache_write_30m_tokens"


def _price(
    provider: Provider, model: ModelInfo, moment: datetime, context: Mapping[str, str] | None, usage: Mapping[str, int]
) -> Decimal:
    calculated = model.calc_price(Usage(**usage), provider, genai_request_timestamp=moment, price_context=context)
    return calculated.total_price
