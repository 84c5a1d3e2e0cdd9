"""Landed use at the prices of a build: an override moves the open month alone, and what it restates can be undone."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.app.home import Home
from pipelines.app.price_build import BuildPrices, prices_of_build
from pipelines.audit.valuation import MonthOfModel, worth_by_month
from pipelines.config import ensure_home, load_settings
from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.prices.restatement import PriceBasis
from pipelines.prices.snapshots import PriceSnapshots
from pipelines.prices.uses import Use
from pipelines.warehouse.files import monthly_uses
from pipelines.warehouse.loading import load_landing
from pipelines.warehouse.opening import scratch
from tests.examples import examples
from tests.landing.landed import days

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
SONNET = "claude-sonnet-4-5"
JANUARY, FEBRUARY, MARCH = (MonthOfModel(date(2026, month, 1), "anthropic", SONNET) for month in (1, 2, 3))
TOKENS = 100_000
"""In, and as many out, in each month: fewer than a long context, which has separate prices."""
AS_LISTED = dict.fromkeys((JANUARY, FEBRUARY, MARCH), Decimal("0.3") + Decimal("1.5"))


def used(month: int) -> UsageRecord:
    moment = datetime(2026, month, 17, 10, tzinfo=UTC)
    return UsageRecord(
        source_kind=SourceKind.LOCAL,
        source="claude_code",
        record_kind=RecordKind.USAGE,
        account_name="laptop",
        provider="anthropic",
        period_start=moment,
        period_end=moment.replace(minute=1),
        grain="event",
        model_raw=SONNET,
        input_uncached_tokens=TOKENS,
        output_tokens=TOKENS,
    )


class Installed:
    """A home with three months of use landed, whose ai-costs.yaml a test writes."""

    def __init__(self, person: Path) -> None:
        self.person = person
        home = self.home()
        ensure_home(home.settings.paths)
        feed = Feed(SourceKind.LOCAL, "claude_code", "laptop")
        LandingStore(home.folders.landing).replace(feed, days(used(1), used(2), used(3)), cursor=None, now=NOW)
        with scratch() as connection:
            load_landing(connection, LandingStore(home.folders.landing))
            self.uses: list[Use] = monthly_uses(connection)

    def home(self, overrides: Mapping[date, Decimal] | None = None) -> Home:
        config = self.person / "ai-costs.yaml"
        lines = [
            f"  - {{provider: anthropic, model: {SONNET}, since: {since}, output: {amount:f}}}\n"
            for since, amount in (overrides or {}).items()
        ]
        config.write_text("".join(["price_overrides:\n", *lines]) if lines else "{}\n")
        loaded = load_settings(
            home=self.person / "data", config=config, environ={"HOME": str(self.person)}, cwd=self.person
        )
        return Home(loaded, clock=lambda: NOW)

    def build(self, overrides: Mapping[date, Decimal] | None = None) -> tuple[BuildPrices, dict[MonthOfModel, Decimal]]:
        home = self.home(overrides)
        prices = prices_of_build(home, self.uses)
        return prices, worth_by_month(LandingStore(home.folders.landing), prices.as_billed)

    def release(self) -> None:
        PriceSnapshots(self.home().folders.prices).release(date(2026, 1, 1), NOW)

    def forget(self) -> None:
        shutil.rmtree(self.home().settings.paths.prices, ignore_errors=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("person"))


def test_an_override_moves_the_open_month_and_shows_what_it_would_do_to_closed_ones(installed: Installed):
    installed.forget()
    assert installed.build()[1] == AS_LISTED
    prices, worth = installed.build({date(2026, 2, 1): Decimal(10)})
    assert worth == AS_LISTED | {MARCH: Decimal("1.3")}
    reported = prices.restatement.prices
    as_known = worth_by_month(
        LandingStore(installed.home().folders.landing),
        [price for basis, price in reported if basis is PriceBasis.AS_KNOWN],
    )
    assert as_known == {JANUARY: Decimal("1.8"), FEBRUARY: Decimal("1.3"), MARCH: Decimal("1.3")}
    restated = worth_by_month(
        LandingStore(installed.home().folders.landing),
        [price for basis, price in reported if basis is PriceBasis.RESTATED],
    )
    assert restated == dict.fromkeys(AS_LISTED, Decimal("1.3"))


OVERRIDES = st.dictionaries(
    st.dates(date(2025, 12, 1), date(2026, 3, 25)),
    st.decimals(Decimal("0.01"), Decimal(100), places=6),
    min_size=1,
    max_size=3,
)


FEW = settings(max_examples=examples(20), deadline=None)


def at_prices_of(overrides: Mapping[date, Decimal]) -> dict[MonthOfModel, Decimal]:
    def output(day: date) -> Decimal:
        begun = [since for since in overrides if since <= day]
        return overrides[max(begun)] if begun else Decimal(15)

    return {month: (3 + output(month.month.replace(day=17))) / 10 for month in AS_LISTED}


@FEW
@given(OVERRIDES)
def test_restating_without_the_override_gives_exactly_the_former_prices_and_figures(
    installed: Installed, overrides: Mapping[date, Decimal]
):
    installed.forget()
    former = installed.build()
    installed.release()
    assert installed.build(overrides)[1] == at_prices_of(overrides)
    installed.release()
    assert installed.build() == former


@FEW
@given(OVERRIDES, OVERRIDES)
def test_released_prices_that_are_put_back_hold_again_whatever_is_in_force_today(
    installed: Installed, overrides: Mapping[date, Decimal], others: Mapping[date, Decimal]
):
    installed.forget()
    assert installed.build()[1] == AS_LISTED
    installed.release()
    installed.build(overrides)
    stored = PriceSnapshots(installed.home().folders.prices)
    for aside in stored.released.iterdir():
        aside.replace(stored.folder / f"{aside.name.split()[0]}.json")
    assert installed.build(others)[1] == AS_LISTED | {MARCH: at_prices_of(others)[MARCH]}
