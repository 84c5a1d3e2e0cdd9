"""A count that a newer version of an agent calls otherwise is not taken for 0: what is landed is intact, or said."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.extraction import extract
from pipelines.sources.local.framework.log_values import UnusableRecordError, none_renamed
from tests.sources.local.specimens import SPECIMENS, Specimen

NOW = datetime(2026, 3, 20, tzinfo=UTC)
CLAUDE = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
AGENTS = {agent.name: agent for agent in local_agents()}


def rename(path: Path, name: str) -> None:
    """Give a count another name all over the log."""
    if path.suffix != ".db":
        path.write_text(path.read_text().replace(f'"{name}"', f'"{name}New"'))
        return
    with closing(sqlite3.connect(path)) as connection:
        columns = connection.execute("SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c")
        tables = {column: table for table, column in columns.fetchall()}
        if name in tables:
            connection.execute(f'ALTER TABLE {tables[name]} RENAME COLUMN {name} TO "{name}_new"')
        else:
            connection.execute("UPDATE message SET data = replace(data, ?, ?)", (f'"{name}"', f'"{name}New"'))
        connection.commit()


@pytest.mark.parametrize(
    ("specimen", "name"),
    [(specimen, name) for specimen in SPECIMENS for name in specimen.counts],
    ids=lambda value: value if isinstance(value, str) else value.agent,
)
def test_a_renamed_count_is_a_finding(specimen: Specimen, name: str, tmp_path: Path):
    root, landing = tmp_path / "logs", LandingStore(tmp_path / "landing")
    rename(specimen.write(root, "a", 2), name)
    result = extract(AGENTS[specimen.agent], [root], "laptop", landing, NOW)
    assert result.messages_landed == 0
    assert result.findings


@pytest.mark.parametrize(
    "usage",
    [
        {"input_tokens": 5, "output_tokens": 7},
        {"input_tokens": 5, "output_tokens": 7, "prompt_tokens": 5, "total_tokens": 12},
        {"input_tokens": 5, "output_tokens": 7, "ttft_ms": 90, "details": {"audio_tokens": 3}},
        {"input_tokens": 5, "total_cost": 0, "is_cached": True},
    ],
)
def test_other_numbers_beside_counts_that_are_stated_change_nothing(usage: dict[str, Any]):
    none_renamed(usage, CLAUDE[:2], CLAUDE[2:])


def test_a_gateways_details_of_the_cache_are_not_passed_over():
    with pytest.raises(UnusableRecordError, match="cache_read_input_tokens is missing"):
        none_renamed(
            {"input_tokens": 5, "output_tokens": 7, "prompt_tokens_details": {"cached_tokens": 3}},
            CLAUDE[:2],
            CLAUDE[2:],
        )
