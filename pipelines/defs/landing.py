"""What the dbt models read: landed records, prices for them, and the settings, as tables of the working file."""

import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines import warehouse
from pipelines.config import Configuration
from pipelines.defs.layers import LANDING, WAREHOUSE_POOL, spec
from pipelines.home import Home
from pipelines.prices import unit_prices

USAGE_RECORDS = dg.AssetKey([LANDING, "usage_records"])


@dg.asset(
    key=[LANDING, "unit_prices"],
    group_name=LANDING,
    deps=[USAGE_RECORDS],
    kinds={"python", "duckdb"},
    owners=["team:finops"],
    pool=WAREHOUSE_POOL,
    description="Dated list prices of one unit, for each use of a model that was landed; overrides of yours win.",
)
def priced_units(home: dg.ResourceParam[Home]) -> dg.MaterializeResult[Any]:
    """Resolve each distinct use to its dated prices; a use without one has no row."""
    with home.warehouse.writing() as connection:
        uses = warehouse.distinct_uses(connection)
        prices = unit_prices.resolve(uses, home.price_overrides())
        warehouse.load_unit_prices(connection, prices)
    priced = {(price.provider, price.model_raw, price.service_tier, price.speed) for price in prices}
    unpriced = sorted(
        {use.model_raw for use in uses if (use.provider, use.model_raw, use.service_tier, use.speed) not in priced}
    )
    return dg.MaterializeResult(metadata={"prices": len(prices), "models_without_a_price": unpriced})


@dg.multi_asset(
    specs=[
        spec(LANDING, name, description, deps=[USAGE_RECORDS], kinds={"yaml", "duckdb"})
        for name, description in {
            "feeds": "One row per feed: how its last extraction ended and when it last succeeded.",
            "agent_billing": "How each coding agent is paid for: by subscription or by the token.",
            "paid_accounts": "On whose bill the spend of a gateway or a metered agent stands.",
            "budgets": "The budgets of ai-costs.yaml.",
            "budget_scopes": "What each budget covers; none means everything.",
            "build": "One row: what this build is, the moment it stands for, and whether it is sample data.",
        }.items()
    ],
    pool=WAREHOUSE_POOL,
)
def settings_tables(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult[Any]]:
    """Hand the settings and the extraction outcomes to the models, as tables."""
    as_of = home.clock()
    settings = home.settings
    outcomes: list[Mapping[str, Any]] = [
        {
            "source_kind": outcome.feed.source_kind,
            "source": outcome.feed.source,
            "feed": outcome.feed.name,
            "last_attempt_at": outcome.last_attempt_at,
            "last_success_at": outcome.last_success_at,
            "status": outcome.status,
            "message": outcome.message,
            "rejected_lines": outcome.rejected_lines,
            "expected_every_hours": outcome.expected_every_hours,
        }
        for outcome in home.outcomes.all()
    ]
    tables: dict[str, list[Mapping[str, Any]]] = {
        "feeds": outcomes,
        "agent_billing": [
            {"source": agent.agent, "host": agent.host, "billing": agent.billing}
            for agent in settings.configuration.agents
        ],
        "paid_accounts": _paid_accounts(settings.configuration),
        "budgets": [
            {
                "budget": budget.name,
                "amount": budget.amount,
                "currency": budget.currency,
                "period": budget.period,
                "alert_at": list(budget.alert_at),
            }
            for budget in settings.configuration.budgets
        ],
        "budget_scopes": [
            {"budget": budget.name, "dimension": dimension, "value": value}
            for budget in settings.configuration.budgets
            for dimension, values in budget.scope.items()
            for value in values
        ],
        "build": [
            {
                "build_id": home.build_id(as_of),
                "as_of": as_of,
                "currency": settings.configuration.currency,
                "is_sample": home.is_sample,
                "organisation": settings.configuration.organisation,
                "app_version": importlib.metadata.version("ai-cost-tracker"),
                "tolerance_percent": settings.configuration.reconciliation.tolerance_percent,
            }
        ],
    }
    with home.warehouse.writing() as connection:
        for name, rows in tables.items():
            warehouse.load_table(connection, name, rows)
    for name, rows in tables.items():
        yield dg.MaterializeResult(asset_key=dg.AssetKey([LANDING, name]), metadata={"rows": len(rows)})


def _paid_accounts(configuration: Configuration) -> list[Mapping[str, Any]]:
    """A gateway pays for what it sends on to the provider of an account, and for what it names no provider of."""
    provider_of = {account.name: account.provider for account in configuration.accounts}
    gateways = [
        {"account_name": account.name, "source": None, "host": None, "provider": provider, "pays": paid}
        for account in configuration.accounts
        for paid in account.pays
        for provider in sorted({provider_of[paid], account.provider})
    ]
    agents = [
        {"account_name": None, "source": agent.agent, "host": agent.host, "provider": None, "pays": agent.pays}
        for agent in configuration.agents
        if agent.pays is not None
    ]
    return [*gateways, *agents]


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
                "One row per feed and UTC day in force: which immutable file holds it, since when, how many rows.",
                deps=sources,
                kinds={"duckdb"},
                skippable=True,
            ),
        ],
        pool=WAREHOUSE_POOL,
    )
    def landed_records(
        context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]
    ) -> Iterator[dg.MaterializeResult[Any]]:
        """Load what the manifests name, after every file's hash was checked."""
        if home.is_up_to_date():
            home.landing.verify()
            context.log.info("nothing changed since the published build")
            return
        with home.warehouse.writing() as connection:
            rows = warehouse.load_landing(connection, home.landing)
        days = sum(len(manifest.days) for manifest in home.landing.manifests())
        yield dg.MaterializeResult(asset_key=USAGE_RECORDS, metadata={"rows": rows})
        yield dg.MaterializeResult(asset_key=dg.AssetKey([LANDING, "partitions"]), metadata={"covered_days": days})

    return [landed_records, priced_units, settings_tables]
