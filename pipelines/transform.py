"""Running the dbt project, in this process, against the working warehouse file.

Belongs here: what dbt is called with and what its answer means. Does not: any SQL (dbt_project/) or any Dagster
object (defs/). In-process because a fresh dbt process costs several seconds for each call, parsing aside.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import BuildError

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt_common.events.base_types import EventMsg

PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
QUIETLY = ("--quiet", "--no-use-colors", "--log-level-file", "info")
RESULT_EVENTS = frozenset({"LogModelResult", "LogTestResult"})


@dataclass(frozen=True)
class DbtBuild:
    """What one `dbt build` did: raw result events for models and tests, and why it failed, if it did."""

    events: tuple[dict[str, Any], ...]
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Transform:
    """The dbt project with the files of one home: the folder of the database it writes, and the one for its artefacts.

    profiles.yml names the database, working.duckdb, without its folder, and dbt is called in that folder: the same
    profile everywhere keeps what was parsed fit for a copied or moved home, where dbt would parse everything anew.
    """

    warehouse: Path
    state: Path

    @property
    def manifest_path(self) -> Path:
        """The manifest dbt writes, from which Dagster learns the models."""
        return self.state / "target" / "manifest.json"

    def prepare(self) -> Path:
        """Parse the project if a file of it changed since the last time; give the manifest's path."""
        stamp = self.state / "parsed.sha256"
        digest = self.project_digest()
        if not self.manifest_path.exists() or not stamp.exists() or stamp.read_text() != digest:
            result, _ = self._invoke("parse")
            if not result.success:
                raise BuildError(f"the dbt project does not parse: {_reason(result)}")
            stamp.write_text(digest)
        return self.manifest_path

    def project_digest(self) -> str:
        """One hash over every file of the project that dbt reads."""
        digest = hashlib.sha256()
        for path in sorted(PROJECT.rglob("*")):
            inside = path.relative_to(PROJECT)
            if path.suffix in {".sql", ".yml", ".md"} and not {"target", "logs"} & set(inside.parts):
                digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()

    def build(self, *arguments: str) -> DbtBuild:
        """Run `dbt build` with selection arguments. Failures are returned, not raised: their events come first.

        Unit tests are left out: they prove the SQL on rows of their own, which no run can change.
        """
        result, events = self._invoke("build", "--exclude-resource-type", "unit_test", *arguments)
        shown = tuple(event for event in events if event["info"]["name"] in RESULT_EVENTS)
        if result.success:
            return DbtBuild(shown, ())
        from dbt.artifacts.schemas.run import RunExecutionResult  # noqa: PLC0415 - see _invoke

        if not isinstance(result.result, RunExecutionResult):
            raise BuildError(f"dbt could not run: {_reason(result)}")
        failures = tuple(
            f"{node.node.unique_id}: {node.message or node.status}"
            for node in result.result.results
            if node.status in {"error", "fail", "runtime error"}
        )
        return DbtBuild(shown, failures)

    def prove(self) -> tuple[str, ...]:
        """Run the unit tests of the models; give what failed. They need the models built once, with any data."""
        result, _ = self._invoke("test", "--select", "test_type:unit")
        from dbt.artifacts.schemas.run import RunExecutionResult  # noqa: PLC0415 - see _invoke

        if not isinstance(result.result, RunExecutionResult):
            raise BuildError(f"dbt could not run: {_reason(result)}")
        return tuple(f"{node.node.name}: {node.message}" for node in result.result.results if node.status != "pass")

    def document(self) -> Path:
        """Write dbt's documentation site; give its index page."""
        result, _ = self._invoke("docs", "generate", "--static")
        if not result.success:
            raise BuildError(f"the documentation could not be written: {_reason(result)}")
        return self.state / "target" / "static_index.html"

    def _invoke(self, *arguments: str) -> tuple[dbtRunnerResult, list[dict[str, Any]]]:
        # dbt takes a second to import; what builds nothing should not wait for it.
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
        from dbt.cli.main import dbtRunner  # noqa: PLC0415
        from google.protobuf.json_format import MessageToDict  # noqa: PLC0415

        for folder in (self.warehouse, self.state):
            folder.mkdir(parents=True, exist_ok=True)
        events: list[dict[str, Any]] = []

        def keep(event: EventMsg) -> None:
            if event.info.name in RESULT_EVENTS:
                events.append(MessageToDict(event, preserving_proto_field_name=True))

        places = {
            "--project-dir": PROJECT,
            "--profiles-dir": PROJECT,
            "--target-path": self.state.resolve() / "target",
            "--log-path": self.state.resolve() / "logs",
        }
        options = [text for name, value in places.items() for text in (name, str(value))]
        with chdir(self.warehouse):
            try:
                result = dbtRunner(callbacks=[keep]).invoke(
                    [*arguments, *options, "--quiet", "--no-use-colors", "--log-level-file", "info"]
                )
            finally:
                # dbt-duckdb keeps the write lock until the process ends; other steps need the file before that.
                DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
                # Its log file it would leave open for good.
                for handler in logging.getLogger("file_log").handlers:
                    handler.close()
        return result, events


def _reason(result: dbtRunnerResult) -> str:
    return " ".join(str(result.exception).split()) if result.exception else "see the log in state/dbt/logs"
