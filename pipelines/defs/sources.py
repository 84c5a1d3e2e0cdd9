"""The sources as assets: each lands what its place holds, and fails alone.

A source that could not be read still materialises, because the last good data stays in force and every other
source goes on; its check `read_completely` fails, loudly, and the run's end says so.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines.defs.layers import OWNER, SOURCES
from pipelines.extraction import extract_claude_code, extract_manual_entries
from pipelines.home import Home
from pipelines.sources.outcomes import Outcome, Status

CLAUDE_CODE = dg.AssetKey([SOURCES, "claude_code"])
MANUAL_ENTRIES = dg.AssetKey([SOURCES, "manual_entries"])
SOURCE_KEYS = [CLAUDE_CODE, MANUAL_ENTRIES]

READ_COMPLETELY = "read_completely"


def read_completely(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check of a source that fails when one of its feeds could not be read or was refused."""
    return dg.AssetCheckSpec(
        name=READ_COMPLETELY,
        asset=asset,
        description="Every file of this source was read and taken; what was refused stays as it last was.",
    )


@dg.asset(
    key=CLAUDE_CODE,
    group_name=SOURCES,
    kinds={"json"},
    owners=[OWNER],
    check_specs=[read_completely(CLAUDE_CODE)],
    description=(
        "Claude Code's session logs on this computer: every reply once, with its tokens by kind, model, project and "
        "host. Only files that changed are read. Days the tool has since deleted stay in landing."
    ),
)
def claude_code(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Land what the logs hold."""
    outcomes = extract_claude_code(home, progress=context.log.info)
    yield from results(CLAUDE_CODE, outcomes)


@dg.asset(
    key=MANUAL_ENTRIES,
    group_name=SOURCES,
    kinds={"csv"},
    owners=[OWNER],
    check_specs=[read_completely(MANUAL_ENTRIES)],
    description="The CSV files of data/manual: each taken whole, or refused and left as it last was.",
)
def manual_entries(home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Land what people entered."""
    yield from results(MANUAL_ENTRIES, extract_manual_entries(home))


def results(asset: dg.AssetKey, outcomes: Sequence[Outcome]) -> Iterator[Any]:
    """The asset as materialised, with how each feed ended, and its check."""
    bad = [outcome for outcome in outcomes if outcome.status in {Status.FAILED, Status.REFUSED}]
    table = "\n".join(
        ["| feed | status | message |", "|---|---|---|"]
        + [f"| {outcome.feed.name} | {outcome.status} | {outcome.message or ''} |" for outcome in outcomes]
    )
    yield dg.MaterializeResult(
        asset_key=asset, metadata={"feeds": len(outcomes), "outcomes": dg.MetadataValue.md(table)}
    )
    yield dg.AssetCheckResult(
        asset_key=asset,
        check_name=READ_COMPLETELY,
        passed=not bad,
        metadata={outcome.feed.name: outcome.message or outcome.status for outcome in bad},
    )


SOURCE_ASSETS = [claude_code, manual_entries]
