"""What accounts have left as a separate asset, where a configured account's provider reports it."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines.app.balances import read_balances
from pipelines.app.home import Home
from pipelines.app.inputs import api_providers
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import OWNER, SOURCES
from pipelines.defs.sources import read_completely, results
from pipelines.sources.balances import balance_sources

BALANCES = dg.AssetKey([SOURCES, "balances"])


def build_balance_assets(home: Home, accounts: Sequence[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The asset of balances, after `accounts` were asked for figures; none where no provider reports any."""
    if not api_providers(home) & balance_sources().keys():
        return []

    @dg.asset(
        key=BALANCES,
        group_name=SOURCES,
        deps=[key for asked in accounts for key in asked.keys],
        kinds={"json"},
        owners=[OWNER],
        check_specs=[read_completely(BALANCES)],
        description="What each account has left, as its provider reports it; the last balance of a day counts.",
    )
    @fails_in_words
    def balances(home: dg.ResourceParam[Home]) -> Iterator[Any]:
        """Ask every account whose provider tells."""
        yield from results(BALANCES, read_balances(home))

    return [balances]
