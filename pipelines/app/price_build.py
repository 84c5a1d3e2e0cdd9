"""The prices of one build: those of closed months as they were stored, today's for the open one, and what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipelines.app.effective_data import effective
from pipelines.app.home import Home
from pipelines.audit.valuation import worth_by_month
from pipelines.builds.store import warehouse_of
from pipelines.config import Settings
from pipelines.domain.periods import day_start, month_start
from pipelines.landing import LandingStore
from pipelines.prices.restatement import Restatement, restate
from pipelines.prices.snapshots import PriceSnapshots, by_month, on_days_of_use
from pipelines.prices.unit_prices import PriceOverride, UnitPrice, resolve
from pipelines.prices.unpriced import UnpricedUse, unpriced_uses
from pipelines.prices.uses import Use
from pipelines.warehouse import files


class BuildPrices(NamedTuple):
    """What usage is valued at, what it would be valued at on another basis, and what has no price, with the reason."""

    as_billed: list[UnitPrice]
    restatement: Restatement
    unpriced: list[UnpricedUse]


def price_overrides(settings: Settings) -> list[PriceOverride]:
    """The prices of ai-costs.yaml, as the prices room reads them."""
    return [
        PriceOverride(price.provider, price.model, price.since, per_million)
        for price, per_million in settings.prices_per_million()
    ]


def prices_of_build(home: Home, uses: Iterable[Use]) -> BuildPrices:
    """The prices of `uses`, each of one month, as `files.monthly_uses` gives them. Months that closed are stored.

    Raises:
        HomeError: the stored prices of a closed month are damaged, or cannot be written.
    """
    uses, now = list(uses), home.clock()
    months, open_month = by_month(uses), month_start(now.date())
    current = resolve(uses, price_overrides(home.settings))
    as_billed = PriceSnapshots(home.folders.prices).as_billed(months, current, now)
    at = home.settings.configuration.restate_prices_at or now.date()
    return BuildPrices(
        as_billed,
        restate(as_billed, current, months, open_month, day_start(at)),
        unpriced_uses(uses, as_billed, current),
    )


class PriceChange(NamedTuple):
    """What a month's use of one model is worth as published, and at today's prices; None: it has no price."""

    month: date
    provider: str
    model: str
    published: Decimal | None
    today: Decimal | None
    is_closed: bool


def changes(home: Home) -> list[PriceChange]:
    """Where today's price list and overrides value landed use otherwise than the published build did, newest first.

    Raises:
        NothingPublishedError: there is no build to compare with.
        LandingError: a landed file is missing or was changed.
    """
    landing = LandingStore(home.folders.landing)
    open_month = month_start(home.clock().date())
    with warehouse_of(home.folders).reading() as connection:
        published, uses = files.unit_prices(connection), files.monthly_uses(connection)
    today = on_days_of_use(resolve(uses, price_overrides(home.settings)), by_month(uses), open_month)
    left_out = effective(home).left_out
    before = worth_by_month(landing, published, left_out)
    after = worth_by_month(landing, today, left_out)
    return [
        PriceChange(*place, before.get(place), after.get(place), place.month < open_month)
        for place in sorted(before.keys() | after.keys(), reverse=True)
        if before.get(place) != after.get(place)
    ]
