"""A whole run is killed wherever something is about to be seen: what is seen is whole, and the next run finishes it."""

from __future__ import annotations

import csv
import hashlib
import json
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.e2e.installation import Installation
from tests.kills import KILLED, command
from tests.sources.local.session_logs import reply, usage, write_log

BEFORE_THE_BUILD_IS_SEEN = (
    *("rename:manifest.json", "rename:extractions.json", "model:1", "model:25"),
    *("rename:costs.csv", "rename:MANIFEST.json", "rename:current"),
)
FORMER, NEW = 3_000_120, 4_000_180
"""Tokens: of two replies, and of the third that each of the killed runs has to read."""
TABLES = ("fct_usage", "fct_hourly_usage", "fct_costs", "rpt_daily_costs", "rpt_model_costs")


def killed(installation: Installation, point: str) -> None:
    done = installation.execute(*command(point, "pipelines.cli", "main", "run"))
    assert done.returncode == KILLED, f"{point}: {done.stderr}"


def published(installation: Installation) -> Path:
    return installation.data / "warehouse" / "published.duckdb"


def build_of(installation: Installation) -> tuple[str, int]:
    """The name of the build that readers see, and its tokens, which all of its tables must agree on."""
    with closing(duckdb.connect(published(installation), read_only=True)) as connection:
        ((name,),) = connection.execute("select build_id from landing.build").fetchall()
        found = {table: connection.table(table).sum("total_tokens").fetchall() for table in TABLES}
    sums = {int(tokens) for rows in found.values() for (tokens,) in rows}
    assert len(sums) == 1, found
    return str(name), sums.pop()


def exported(installation: Installation) -> list[int]:
    """The tokens of each file that people read; none may be half written."""
    folder = installation.data / "exports"
    with (folder / "costs.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = sum(Decimal(row["total_tokens"] or 0) for row in csv.DictReader(handle))
    records = json.loads((folder / "costs.json").read_text())["records"]
    assert (installation.data / "reports" / "ai-costs.html").read_text().rstrip().endswith("</html>")
    return [int(rows), sum(int(record["total_tokens"] or 0) for record in records)]


@pytest.mark.long
def test_a_run_killed_before_it_is_seen_leaves_all_as_it_was_and_is_finished_by_the_next(
    started: Installation, tmp_path: Path
):
    installation = started.copy(tmp_path / "person")
    former = build_of(installation)
    assert former[1] == FORMER
    content = hashlib.sha256(published(installation).read_bytes()).hexdigest()
    write_log(
        installation.person / ".claude" / "projects" / "-work-rocket" / "session-b.jsonl",
        reply("msg_3", "req_3", timestamp="2026-03-03T10:00:00.000Z", usage=usage(output_tokens=1_000_000)),
    )
    for point in BEFORE_THE_BUILD_IS_SEEN:
        killed(installation, point)
        assert hashlib.sha256(published(installation).read_bytes()).hexdigest() == content, point
        assert exported(installation) == [FORMER, FORMER]
    done = installation.ai_costs("run")
    assert done.returncode == 0, done.stderr
    name, tokens = build_of(installation)
    assert (name != former[0], tokens) == (True, NEW)
    assert exported(installation) == [NEW, NEW]
    assert all(comparison["equal"] for comparison in installation.json("verify")["sums"])
    left = [path for path in installation.data.rglob(".*") if path.name.startswith((".writing-", ".prepared-"))]
    assert left == []
