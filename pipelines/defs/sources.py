"""The sources as assets: each lands what its place holds, and fails alone.

A source that could not be read still materialises, because the last good data stays in effect and every other
source goes on; its check `read_completely` fails, loudly, and the run's end says so. What a source that was read may
lack is a warning of the same check.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines.app.home import Home
from pipelines.app.refresh import extract_agent_logs, extract_manual_entries
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import OWNER, SOURCES, spec
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.outcomes import Outcome, Status

MANUAL_ENTRIES = dg.AssetKey([SOURCES, "manual_entries"])

READ_COMPLETELY = "read_completely"


def read_completely(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check of a source: an error when a feed could not be read or was refused, a warning when one has findings."""
    return dg.AssetCheckSpec(
        name=READ_COMPLETELY,
        asset=asset,
        description="Every place of this source was read and all of it was used. An error: a feed failed or was "
        "refused, and stays as it last was. A warning: it was read, and its findings say what its figures may lack.",
    )


def _key(agent: LocalAgent) -> dg.AssetKey:
    return dg.AssetKey([SOURCES, agent.name])


@dg.multi_asset(
    name="agent_logs",
    specs=[
        spec(
            SOURCES,
            agent.name,
            f"{agent.title}'s logs on this computer: every reply once, with its tokens by kind, model, project and "
            "host. Only files that changed are read. Days the tool has since deleted stay in landing.",
            deps=[],
            kinds={"json"},
        )
        for agent in local_agents()
    ],
    check_specs=[read_completely(_key(agent)) for agent in local_agents()],
)
@fails_in_words
def agent_logs(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Land what the logs hold: one step for all agents, because most have none."""
    outcomes = extract_agent_logs(home, progress=context.log.info)
    for agent in local_agents():
        yield from results(_key(agent), [outcome for outcome in outcomes if outcome.feed.source == agent.name])


@dg.asset(
    key=MANUAL_ENTRIES,
    group_name=SOURCES,
    kinds={"csv", "yaml"},
    owners=[OWNER],
    check_specs=[read_completely(MANUAL_ENTRIES)],
    description="The CSV files of data/manual, each taken whole, or refused and left as it last was; and the costs "
    "that recur as ai-costs.yaml says, one entry for each period that has begun.",
)
@fails_in_words
def manual_entries(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Land what people entered."""
    yield from results(MANUAL_ENTRIES, extract_manual_entries(home, progress=context.log.info))


def results(asset: dg.AssetKey, outcomes: Sequence[Outcome]) -> Iterator[Any]:
    """The asset as materialised, with how each feed ended, and its check."""
    bad = [outcome for outcome in outcomes if outcome.status in {Status.FAILED, Status.REFUSED}]
    incomplete = [outcome for outcome in outcomes if outcome.findings]
    table = "\n".join(
        ["| feed | status | message |", "|---|---|---|"]
        + [f"| {outcome.feed.name} | {outcome.status} | {'; '.join(_remarks(outcome))} |" for outcome in outcomes]
    )
    yield dg.MaterializeResult(
        asset_key=asset, metadata={"feeds": len(outcomes), "outcomes": dg.MetadataValue.md(table)}
    )
    yield dg.AssetCheckResult(
        asset_key=asset,
        check_name=READ_COMPLETELY,
        passed=not bad and not incomplete,
        severity=dg.AssetCheckSeverity.ERROR if bad else dg.AssetCheckSeverity.WARN,
        metadata={outcome.feed.name: "\n".join(_remarks(outcome)) for outcome in [*bad, *incomplete]},
    )


def _remarks(outcome: Outcome) -> list[str]:
    return [*([outcome.message] if outcome.message else []), *outcome.findings] or [outcome.status]


SOURCE_ASSETS = [agent_logs, manual_entries]
