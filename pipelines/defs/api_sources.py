"""The providers' interfaces as one step with an asset for each source, because they are asked at the same time."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.app.home import Home
from pipelines.app.inputs import api_providers
from pipelines.app.refresh import extract_api_accounts
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import SOURCES, spec
from pipelines.defs.sources import read_completely, results
from pipelines.sources.api import api_sources


def build_api_assets(home: Home) -> list[dg.AssetsDefinition]:
    """The step that asks every configured account; none where no account is configured."""
    wanted = [source for source in api_sources() if source.provider in api_providers(home)]
    if not wanted:
        return []

    @dg.multi_asset(
        name="api_accounts",
        specs=[
            spec(
                SOURCES,
                source.name,
                f"{source.title}: every day that was never asked for, and again those that may have changed.",
                deps=[],
                kinds={"json"},
            )
            for source in wanted
        ],
        check_specs=[read_completely(dg.AssetKey([SOURCES, source.name])) for source in wanted],
    )
    @fails_in_words
    def api_accounts(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
        """Land what every configured account has."""
        outcomes = extract_api_accounts(home, progress=context.log.info)
        for source in wanted:
            key = dg.AssetKey([SOURCES, source.name])
            yield from results(key, [outcome for outcome in outcomes if outcome.feed.source == source.name])

    return [api_accounts]
