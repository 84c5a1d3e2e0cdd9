"""The models and the tests of their data as dbt compiled them, run on other rows without dbt.

Of a build of a few rows, dbt takes four fifths for itself. So it builds one company, and every further set of rows runs
the SQL that it compiled for that one; `test_compiled.py` holds both to the same rows.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

Node = dict[str, Any]
FORECASTS = "source.ai_costs.forecasts."


@dataclass(frozen=True)
class Compiled:
    """What dbt left in the folder `state` when it built: what it parsed, and the SQL of each model and test."""

    state: Path

    def build(self, database: Path, *models: str) -> None:
        """Build `models` and what they are built from, else all that needs no forecast, and test the data of these."""
        wanted = self._with_ancestors({f"model.ai_costs.{model}" for model in models}) if models else set(self._nodes)
        built: set[str] = set()
        with closing(duckdb.connect(database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for id_, node in self._in_order():
                if not {parent for parent in _parents(node) if not parent.startswith("source.")} <= built:
                    continue
                if node["resource_type"] == "test":
                    self._test(connection, node)
                elif id_ in wanted:
                    self._create(connection, node)
                    built.add(id_)

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        """Models and tests without those that read forecasts."""
        manifest = json.loads((self.state / "parsed" / "manifest.json").read_text())
        return {
            id_: node
            for id_, node in manifest["nodes"].items()
            if node["resource_type"] in {"model", "test"}
            and not any(parent.startswith(FORECASTS) for parent in _parents(node))
        }

    def _in_order(self) -> list[tuple[str, Node]]:
        order = TopologicalSorter({id_: _parents(node) for id_, node in self._nodes.items()}).static_order()
        return [(id_, self._nodes[id_]) for id_ in order if id_ in self._nodes]

    def _with_ancestors(self, chosen: set[str]) -> set[str]:
        found: set[str] = set()
        while left := chosen - found:
            found |= left
            chosen = chosen | {parent for id_ in left for parent in _parents(self._nodes[id_]) if parent in self._nodes}
        return found

    def _create(self, connection: duckdb.DuckDBPyConnection, model: Node) -> None:
        """As dbt does: columns are in the order of the contract."""
        kind = "view" if model["config"]["materialized"] == "view" else "table"
        columns = ", ".join(model["columns"]) if model["config"]["contract"]["enforced"] else "*"
        rows = f"select {columns} from ({self._sql(model)}\n)"  # noqa: S608 - text of the project
        connection.execute(f"create {kind} {model['name']} as {rows}")

    def _test(self, connection: duckdb.DuckDBPyConnection, test: Node) -> None:
        failed = connection.execute(self._sql(test)).fetchall()
        assert not failed or test["config"]["severity"] == "warn", f"{test['name']}: {failed[:5]}"

    def _sql(self, node: Node) -> str:
        place = self.state / "target" / "compiled" / "ai_costs" / node["original_file_path"]
        # The test of a declaration is in a folder of the declaration's name.
        return (place / node["path"] if place.suffix == ".yml" else place).read_text()


def _parents(node: Node) -> set[str]:
    return set(node["depends_on"]["nodes"])
