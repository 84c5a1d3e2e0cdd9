"""The inbox as an asset: every export file of it, taken whole or refused and left as it last was."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.app.home import Home
from pipelines.app.refresh import extract_imported_files
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import OWNER, SOURCES
from pipelines.defs.sources import read_completely, results

IMPORTED_FILES = dg.AssetKey([SOURCES, "imported_files"])


@dg.asset(
    key=IMPORTED_FILES,
    group_name=SOURCES,
    kinds={"csv", "parquet"},
    owners=[OWNER],
    check_specs=[read_completely(IMPORTED_FILES)],
    description="The providers' export files of data/inbox: each imported completely or rejected and left unchanged.",
)
@fails_in_words
def imported_files(home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Land what the inbox holds."""
    yield from results(IMPORTED_FILES, extract_imported_files(home))


IMPORT_ASSETS = [imported_files]
