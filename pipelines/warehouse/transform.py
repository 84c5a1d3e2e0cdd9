"""Running the dbt project, in this process, against the working warehouse file.

Belongs here: what dbt is called with and what its answer means. Does not: any SQL (dbt_project/) or any Dagster
object (defs/). In-process because a fresh dbt process costs several seconds for each call, parsing aside.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.config import HomeFolders
from pipelines.errors import BuildError, CostTrackerError
from pipelines.failures.lower_errors import explained
from pipelines.landing.files import write_atomically
from pipelines.state import lock_of, make_folder, remove_or_set_aside, set_aside

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.events.base_types import EventMsg

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
EFFECT = "dbt makes its artefacts again; no figure depends on them."
RESULT_EVENTS = frozenset({"LogModelResult", "LogTestResult"})
WITHOUT_ARTEFACTS = ("--no-write-json",)
"""Nobody reads the manifest, graph and results that dbt would write after each call: a sixth of its time."""


@dataclass(frozen=True)
class DbtBuild:
    """What one `dbt build` did: raw result events for models and tests, and why it failed, if it did."""

    events: tuple[dict[str, Any], ...]
    failures: tuple[str, ...]


def transform_of(folders: HomeFolders) -> Transform:
    """The dbt project with the files of one home."""
    return Transform(folders.working.parent, folders.dbt)


@dataclass(frozen=True)
class Transform:
    """The dbt project with the files of one home: the folder of the database it writes, and the one for its artefacts.

    The project is parsed once for each of its versions. What builds is handed what was parsed, and so parses nothing,
    wherever the database lies: a copied or moved home costs no parse, which takes seconds.
    """

    warehouse: Path
    state: Path

    @property
    def database(self) -> Path:
        """The file that dbt writes. Its folder is part of its name: dbt is never in a separate working folder."""
        return self.warehouse.resolve() / "working.duckdb"

    @property
    def manifest_path(self) -> Path:
        """What dbt parsed, from which Dagster learns the models."""
        return self._parsed / "manifest.json"

    @property
    def _manifest_for_dbt(self) -> Path:
        """The same as dbt itself reads it."""
        return self._parsed / "partial_parse.msgpack"

    @property
    def _parsed(self) -> Path:
        """A separate folder, apart from the artefacts of builds."""
        return self.state / "parsed"

    @property
    def _stamp(self) -> Path:
        """What both were made from, and what they hold."""
        return self._parsed / "contents.sha256"

    def prepare(self) -> Path:
        """Parse the project if a file of it, or what was parsed, changed since the last time; give the manifest's path.

        Raises:
            BuildError: it does not parse.
        """
        self.state.mkdir(parents=True, exist_ok=True)
        with lock_of(self.state / "parse.lock"):
            if self.is_parsed():
                return self.manifest_path
            # What is there may be damaged, and dbt would go on from it.
            make_folder(self._parsed, EFFECT)
            for path in (self._stamp, self.manifest_path, self._manifest_for_dbt):
                remove_or_set_aside(path, EFFECT)
            result, _ = self._invoke("parse")
            if not result.success:
                raise _failure("the dbt project does not parse", result)
            write_atomically(self._stamp, self._contents().encode())
        return self.manifest_path

    def is_parsed(self) -> bool:
        """Whether what was parsed is of this version of the project, and as it was written."""
        try:
            return self._stamp.read_text() == self._contents()
        except (OSError, UnicodeError):
            return False

    def _contents(self) -> str:
        """The project's version, and the hashes of what was parsed from it."""
        hashes = (
            hashlib.sha256(path.read_bytes()).hexdigest() for path in (self.manifest_path, self._manifest_for_dbt)
        )
        return " ".join([self.project_digest(), importlib.metadata.version("dbt-core"), *hashes])

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
        result, events = self._invoke(
            "build", *WITHOUT_ARTEFACTS, "--exclude-resource-type", "unit_test", *arguments, manifest=self._manifest()
        )
        shown = tuple(event for event in events if event["info"]["name"] in RESULT_EVENTS)
        if result.success:
            return DbtBuild(shown, ())
        from dbt.artifacts.schemas.run import RunExecutionResult  # noqa: PLC0415 - see _invoke

        if not isinstance(result.result, RunExecutionResult):
            raise _failure("dbt could not run", result)
        failures = tuple(
            f"{node.node.unique_id}: {node.message or node.status}"
            for node in result.result.results
            if node.status in {"error", "fail", "runtime error"}
        )
        return DbtBuild(shown, failures)

    def prove(self) -> tuple[str, ...]:
        """Run the unit tests of the models; give what failed. They need the models built once, with any data."""
        result, _ = self._invoke("test", *WITHOUT_ARTEFACTS, "--select", "test_type:unit", manifest=self._manifest())
        from dbt.artifacts.schemas.run import RunExecutionResult  # noqa: PLC0415 - see _invoke

        if not isinstance(result.result, RunExecutionResult):
            raise _failure("dbt could not run", result)
        return tuple(f"{node.node.name}: {node.message}" for node in result.result.results if node.status != "pass")

    def document(self) -> Path:
        """Write dbt's documentation site; give its index page."""
        result, _ = self._invoke("docs", "generate", "--static", manifest=self._manifest())
        if not result.success:
            raise _failure("the documentation could not be written", result)
        return self.state / "target" / "static_index.html"

    def _manifest(self) -> Manifest:
        """What was parsed."""
        from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415 - see _invoke
        from dbt.parser.manifest import extended_mashumuro_decoder  # noqa: PLC0415

        self.prepare()
        manifest = Manifest.from_msgpack(self._manifest_for_dbt.read_bytes(), decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()  # type: ignore[no-untyped-call]
        return manifest

    def _invoke(
        self, *arguments: str, manifest: Manifest | None = None
    ) -> tuple[dbtRunnerResult, list[dict[str, Any]]]:
        """Call dbt; without `manifest` it parses."""
        target, logs = self._parsed if manifest is None else self.state / "target", self.state / "logs"
        self.warehouse.mkdir(parents=True, exist_ok=True)
        for folder in (target, logs):
            make_folder(folder, EFFECT)
            _clear_the_way(folder)
        places = {
            "--project-dir": PROJECT,
            "--profiles-dir": PROJECT,
            "--target-path": target.resolve(),
            "--log-path": logs.resolve(),
            "--vars": json.dumps({"database": str(self.database)}),
        }
        options = [text for name, value in places.items() for text in (name, str(value))]
        return _call(
            [*arguments, *options, "--log-level", "none", "--no-use-colors", "--log-level-file", "info"], manifest
        )


def _clear_the_way(folder: Path) -> None:
    """Set aside what is where dbt writes: its files have an ending, its folders have none."""
    for path in list(folder.iterdir()):
        if path.is_dir() == bool(path.suffix) and not path.suffix.startswith(".damaged-"):
            set_aside(path, "is not what dbt wrote there", EFFECT)


def _call(command: list[str], manifest: Manifest | None) -> tuple[dbtRunnerResult, list[dict[str, Any]]]:
    # dbt takes a second to import; what builds nothing should not wait for it.
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415
    from dbt.cli.main import dbtRunner  # noqa: PLC0415
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415

    events: list[dict[str, Any]] = []

    def keep(event: EventMsg) -> None:
        if event.info.name in RESULT_EVENTS:
            events.append(MessageToDict(event, preserving_proto_field_name=True))

    try:
        result = dbtRunner(manifest, callbacks=[keep]).invoke(command)
    finally:
        # dbt-duckdb keeps the write lock until the process ends; other steps need the file before that.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        # Its log file it would leave open for good.
        for handler in logging.getLogger("file_log").handlers:
            handler.close()
    if isinstance(result.exception, KeyboardInterrupt):
        # dbt takes it for a separate failure.
        raise result.exception
    return result, events


def _failure(what: str, result: dbtRunnerResult) -> CostTrackerError:
    """What dbt failed of: a full disk, say, which it hands on as an exception; else why, in its words."""
    if (error := result.exception) is None:
        return BuildError(f"{what}: see the log in state/dbt/logs")
    meant = explained(error) or BuildError(" ".join(str(error).split()))
    return type(meant)(f"{what}: {meant}")
