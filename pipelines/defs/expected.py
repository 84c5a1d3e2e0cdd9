"""What people have yet to enter, as an asset: checked when all that was entered and imported is landed."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.app.home import Home
from pipelines.app.refresh import look_for_expected_entries
from pipelines.defs.failing import fails_in_words
from pipelines.defs.imports import IMPORTED_FILES
from pipelines.defs.layers import OWNER, SOURCES
from pipelines.defs.sources import MANUAL_ENTRIES, READ_COMPLETELY, read_completely

EXPECTED_ENTRIES = dg.AssetKey([SOURCES, "expected_entries"])


@dg.asset(
    key=EXPECTED_ENTRIES,
    group_name=SOURCES,
    deps=[MANUAL_ENTRIES, IMPORTED_FILES],
    kinds={"yaml"},
    owners=[OWNER],
    description="The monthly bills that ai-costs.yaml expects and nobody has entered or imported yet.",
    check_specs=[read_completely(EXPECTED_ENTRIES)],
)
@fails_in_words
def expected_entries(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """Say which expected entries are missing; the check fails while there is one."""
    missing = {outcome.feed.name: outcome.message for outcome in look_for_expected_entries(home)}
    yield dg.MaterializeResult(metadata={"missing": len(missing)})
    yield dg.AssetCheckResult(check_name=READ_COMPLETELY, passed=not missing, metadata=missing)


EXPECTED_ASSETS = [expected_entries]
