"""What the dbt models read: landed records, prices for them, and the settings, as tables of the working file."""

import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines.app import alerting
from pipelines.app.build_inputs import build_id, exchange_rates, is_up_to_date
from pipelines.app.effective_data import effective
from pipelines.app.home import Home
from pipelines.app.price_build import prices_of_build
from pipelines.builds.store import warehouse_of
from pipelines.config import SETTINGS_TABLES, configured_build, configured_rows
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import LANDING, WAREHOUSE_POOL, spec
from pipelines.domain import meters, model_names
from pipelines.landing import LandingStore
from pipelines.sources.balances.log import BalanceLog
from pipelines.sources.catalogue import known_sources
from pipelines.sources.outcomes import Outcome, OutcomeLog
from pipelines.warehouse import files
from pipelines.warehouse.landing_tables import TABLES
from pipelines.warehouse.loading import load_landing
from pipelines.warehouse.transform import transform_of

USAGE_RECORDS = dg.AssetKey([LANDING, "usage_records"])
UNIT_PRICES = dg.AssetKey([LANDING, "unit_prices"])
EVERY_MODEL_IS_PRICED = "every_model_is_priced"
LANDING_TABLES = {
    "model_names": "Every spelling of a model that was landed: its vendor, family, name and version, as far as known.",
    "restated_uses": "The uses of models that would be worth something else at other prices than they were valued at.",
    "unpriced_uses": "The uses of models that have no price, or not for all they count, each with the reason.",
    "restated_prices": "Their prices: as known today for the days of use, and as effective on one day for all days.",
}


@dg.multi_asset(
    specs=[
        spec(
            LANDING,
            "unit_prices",
            "Dated list prices of one unit, for each use of a model that was landed; your overrides win. A closed "
            "month has the prices that were known when it was first valued.",
            deps=[USAGE_RECORDS],
            kinds={"python", "duckdb"},
        ),
        *(
            spec(LANDING, name, description, deps=[USAGE_RECORDS], kinds={"python", "duckdb"})
            for name, description in LANDING_TABLES.items()
        ),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            name=EVERY_MODEL_IS_PRICED,
            asset=UNIT_PRICES,
            description="Every model that was used has a price. A warning: the use of some has none and is in no sum.",
        )
    ],
    pool=WAREHOUSE_POOL,
)
@fails_in_words
def priced_units(home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Resolve each distinct use to its dated prices; a use without one has no row."""
    with warehouse_of(home.folders).writing() as connection:
        uses = files.monthly_uses(connection)
        prices = prices_of_build(home, uses)
        rows: dict[str, list[Mapping[str, Any]]] = {
            "unit_prices": [vars(price) for price in prices.as_billed],
            "restated_uses": [
                dict(zip(TABLES["restated_uses"].names, use, strict=True)) for use in prices.restatement.uses
            ],
            "unpriced_uses": [use._asdict() for use in prices.unpriced],
            "model_names": [
                dict(zip(TABLES["model_names"].names, (provider, model, *model_names.parse(model)), strict=True))
                for provider, model in sorted({(use.provider, use.model_raw) for use in uses})
            ],
            "restated_prices": [{**vars(price), "price_basis": basis} for basis, price in prices.restatement.prices],
        }
        for name, content in rows.items():
            files.load_table(connection, name, content)
    for name, content in rows.items():
        yield dg.MaterializeResult(asset_key=dg.AssetKey([LANDING, name]), metadata={"rows": len(content)})
    yield dg.AssetCheckResult(
        asset_key=UNIT_PRICES,
        check_name=EVERY_MODEL_IS_PRICED,
        passed=not prices.unpriced,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "models_without_a_price": [f"{use.provider} {use.model_raw}: {use.reason}" for use in prices.unpriced]
        },
    )


@dg.multi_asset(
    specs=[
        # After the prices, because those that a run keeps are part of what the build is made of.
        spec(LANDING, name, description, deps=[USAGE_RECORDS, UNIT_PRICES], kinds={"yaml", "duckdb"})
        for name, description in {
            "feeds": "One row per feed: how its last extraction ended and when it last succeeded.",
            "sources": "What the figures of each source are, and how close they are to the charges.",
            "meters": "What can be counted: in which unit, and what it is a part of.",
            "names": "What people call projects and keys, by the ids that rows have, now and before.",
            **{table.name: table.description for table in SETTINGS_TABLES},
            "balances": "What each account had left, as its provider reported it: the last balance of each day.",
            "exchange_rates": "What one unit of each other currency was worth in the reporting one, by day and source.",
            "build": "One row: what this build is, the moment it represents, and whether it is sample data.",
        }.items()
    ],
    pool=WAREHOUSE_POOL,
)
@fails_in_words
def settings_tables(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult[Any]]:
    """Hand the settings and the extraction outcomes to the models, as tables."""
    as_of = home.clock()
    settings = home.settings
    tables: dict[str, list[Mapping[str, Any]]] = {
        "feeds": [_feed_row(outcome) for outcome in OutcomeLog(home.folders.outcomes).all()],
        "sources": [reported.row() for reported in known_sources()],
        "meters": meters.rows(),
        "names": LandingStore(home.folders.landing).names.rows(
            {(one.provider, former): one.name for one in settings.configuration.accounts for former in one.was}
        ),
        "exchange_rates": [vars(rate) for rate in exchange_rates(home)],
        "balances": [vars(balance) for balance in BalanceLog(home.folders.balances).all()],
        **configured_rows(settings.configuration),
        "build": [
            {
                "build_id": build_id(home, as_of),
                "as_of": as_of,
                "is_sample": home.is_sample,
                "project_digest": transform_of(home.folders).project_digest(),
                "app_version": importlib.metadata.version("ai-cost-tracker"),
                **configured_build(settings.configuration),
            }
        ],
    }
    with warehouse_of(home.folders).writing() as connection:
        for name, rows in tables.items():
            files.load_table(connection, name, rows)
    for name, rows in tables.items():
        yield dg.MaterializeResult(asset_key=dg.AssetKey([LANDING, name]), metadata={"rows": len(rows)})


def _feed_row(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "source_kind": outcome.feed.source_kind,
        "source": outcome.feed.source,
        "feed": outcome.feed.name,
        "last_attempt_at": outcome.last_attempt_at,
        "last_success_at": outcome.last_success_at,
        "status": outcome.status,
        "message": outcome.message,
        "rejected_lines": outcome.rejected_lines,
        "findings": list(outcome.findings),
        "expected_every_hours": outcome.expected_every_hours,
    }


def build_landing_assets(sources: Sequence[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    """The assets of this layer; `sources` are the assets that land something.

    A run in which nothing changed ends here: everything after depends on these, and is skipped with them.
    """

    @dg.multi_asset(
        specs=[
            spec(
                LANDING,
                "usage_records",
                "Every record in force, one row each, read from the landing store after its hashes were checked.",
                deps=sources,
                kinds={"parquet", "duckdb"},
                skippable=True,
            ),
            spec(
                LANDING,
                "partitions",
                "One row per feed and current UTC day: which immutable file contains it, since when, how many rows.",
                deps=sources,
                kinds={"duckdb"},
                skippable=True,
            ),
        ],
        pool=WAREHOUSE_POOL,
    )
    @fails_in_words
    def landed_records(
        context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        """Load what the manifests name, after every file's hash was checked."""
        warehouse = warehouse_of(home.folders)
        landing = LandingStore(home.folders.landing)
        if is_up_to_date(home):
            landing.verify(now=home.clock())
            # A run that was killed after it had published may have left its alerts out.
            alerting.evaluate(home)
            context.log.info("nothing changed since the published build")
            return
        if not warehouse.is_made_by(transform_of(home.folders).project_digest()):
            warehouse.discard_working()
        with warehouse.writing() as connection:
            rows = load_landing(connection, landing, effective(home), now=home.clock())
        days = sum(len(manifest.days) for manifest in landing.manifests())
        yield dg.MaterializeResult(asset_key=USAGE_RECORDS, metadata={"rows": rows})
        yield dg.MaterializeResult(asset_key=dg.AssetKey([LANDING, "partitions"]), metadata={"covered_days": days})

    return [landed_records, priced_units, settings_tables]
