"""What Kimi Code's wire logs state, and which of it they state twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local.framework.agent import Machine
from pipelines.sources.local.framework.extraction import extract
from pipelines.sources.local.kimi import AGENT
from tests.sources.local.agent_logs import START, milliseconds
from tests.sources.local.session_logs import write_log

LATEST = START + timedelta(days=30)
METADATA = {"type": "metadata", "protocol_version": "1.5", "created_at": milliseconds(0)}


def used(number: int, counts: tuple[int, int, int], scope: str | None = "turn", model: str = "k3") -> dict[str, Any]:
    """A record of use: uncached input, cache reads, output."""
    usage = {"inputOther": counts[0], "inputCacheRead": counts[1], "inputCacheCreation": 0, "output": counts[2]}
    record = {"type": "usage.record", "time": milliseconds(number), "model": model, "usage": usage, "usageScope": scope}
    return {name: value for name, value in record.items() if value is not None}


def wire(tmp_path: Path, *lines: dict[str, Any], session: str = "session_1", agent: str = "main") -> None:
    folder = tmp_path / "kimi-code" / "sessions" / "wd_moon_rocket_0123456789ab" / session / "agents" / agent
    write_log(folder / "wire.jsonl", METADATA, *lines)


def landed(tmp_path: Path) -> list[dict[str, Any]]:
    store = LandingStore(tmp_path / "landing")
    result = extract(AGENT, [tmp_path / "kimi-code"], "laptop", store, LATEST)
    assert (result.findings, result.broken_lines) == ((), 0)
    return sorted(store.read(AGENT.feed("laptop")).to_pylist(), key=lambda row: row["period_start"])


def tokens(rows: list[dict[str, Any]]) -> list[tuple[int, int, int]]:
    return [(row["input_uncached_tokens"], row["cache_read_tokens"], row["output_tokens"]) for row in rows]


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        ([used(0, (1000, 5000, 100)), used(1, (1000, 5000, 100), "session")], [(1000, 5000, 100)]),
        (
            [used(0, (10, 0, 1)), used(1, (20, 0, 2)), used(2, (30, 0, 3), "session")],
            [(10, 0, 1), (20, 0, 2)],
        ),
        (
            [used(0, (10, 0, 1)), used(1, (10, 0, 1), "session"), used(2, (5, 0, 4)), used(3, (5, 0, 4), "session")],
            [(10, 0, 1), (5, 0, 4)],
        ),
        ([used(0, (10, 0, 1)), used(1, (900, 0, 70), "session")], [(10, 0, 1), (900, 0, 70)]),
        ([used(0, (10, 0, 1), None), used(1, (10, 0, 1), None)], [(10, 0, 1), (10, 0, 1)]),
        ([used(0, (10, 0, 1)), used(1, (10, 0, 1), "session", "k4")], [(10, 0, 1), (10, 0, 1)]),
        ([used(0, (0, 0, 0))], []),
    ],
)
def test_each_use_counts_once_and_what_is_used_outside_of_turns_too(
    tmp_path: Path, lines: list[dict[str, Any]], counted: list[tuple[int, int, int]]
):
    wire(tmp_path, *lines)
    assert tokens(landed(tmp_path)) == counted


def test_the_model_is_that_of_the_request_the_alias_stands_for(tmp_path: Path):
    request = {"type": "llm.request", "provider": "openai", "model": "gpt-5.2", "modelAlias": "mine"}
    wire(tmp_path, request, used(0, (1, 0, 1), model="mine"), used(1, (1, 0, 1), model="kimi-code/kimi-k2.7-code"))
    rows = landed(tmp_path)
    assert [(row["model_raw"], row["provider"]) for row in rows] == [
        ("gpt-5.2", "openai"),
        ("kimi-k2.7-code", "moonshotai"),
    ]
    known = {(row["session_id"], row["project"], row["is_sidechain"]) for row in rows}
    assert known == {("session_1", "moon_rocket", False)}


def test_sub_agents_count_and_forks_do_not(tmp_path: Path):
    wire(tmp_path, used(0, (10, 0, 1)))
    wire(tmp_path, used(1, (20, 0, 2)), agent="agent-7")
    wire(tmp_path, used(0, (10, 0, 1)), {"type": "forked"}, used(2, (30, 0, 3)), session="session_2")
    assert tokens(landed(tmp_path)) == [(10, 0, 1), (20, 0, 2), (30, 0, 3)]


@pytest.mark.parametrize(
    ("variables", "roots"),
    [
        ({}, ["/home/someone/.kimi", "/home/someone/.kimi-code"]),
        ({"KIMI_SHARE_DIR": "/srv/kimi"}, ["/srv/kimi", "/home/someone/.kimi-code"]),
        ({"KIMI_CODE_HOME": "/srv/code"}, ["/home/someone/.kimi", "/srv/code"]),
        ({"KIMI_DATA_DIR": "/srv/a,/srv/b", "KIMI_CODE_HOME": "/srv/code"}, ["/srv/a", "/srv/b"]),
    ],
)
def test_the_folders_are_both_programs_or_the_named_ones(variables: dict[str, str], roots: list[str]):
    assert AGENT.roots(Machine(Path("/home/someone"), variables)) == [Path(root) for root in roots]
