"""Exchange rates as a separate asset, where ai-costs.yaml asks for any."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.app.home import Home
from pipelines.app.refresh import extract_exchange_rates
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import OWNER, SOURCES
from pipelines.defs.sources import read_completely, results
from pipelines.domain.source_kinds import SourceKind
from pipelines.sources.outcomes import OutcomeLog

EXCHANGE_RATES = dg.AssetKey([SOURCES, "exchange_rates"])


@dg.asset(
    key=EXCHANGE_RATES,
    group_name=SOURCES,
    kinds={"csv"},
    owners=[OWNER],
    check_specs=[read_completely(EXCHANGE_RATES)],
    description="Rates from your file and from the European Central Bank; if one fails, its last good rates stay.",
)
@fails_in_words
def exchange_rates(home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Take what is new."""
    yield from results(EXCHANGE_RATES, extract_exchange_rates(home))


def build_rate_assets(home: Home) -> list[dg.AssetsDefinition]:
    """The asset of exchange rates; none where none are configured and no failure of earlier ones is recorded."""
    is_wanted = home.settings.configuration.exchange_rates.are_wanted
    has_failed = any(
        outcome.feed.source_kind is SourceKind.RATES for outcome in OutcomeLog(home.folders.outcomes).all()
    )
    return [exchange_rates] if is_wanted or has_failed else []
