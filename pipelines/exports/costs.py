"""Writing an export of costs: choose the rows, write the file, say in a manifest beside it what it holds."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import orjson

from pipelines.domain.records import SourceKind
from pipelines.exports import ExportFormat, formats
from pipelines.landing.files import TEMPORARY_PREFIX, write_atomically

STANDING_NAME = "costs"
"""The export that every build writes, in every format."""

ROWS = "exported_costs"
QUERY = Path(__file__).with_name("costs.sql")


@dataclass(frozen=True)
class ExportFilter:
    """Which rows an export holds. `start` and `end` are half-open UTC days; an empty tuple lets everything through."""

    start: date | None = None
    end: date | None = None
    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    source_kinds: tuple[SourceKind, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether no row is left out."""
        return self == replace(self, start=None, end=None, providers=(), accounts=(), source_kinds=())


@dataclass(frozen=True)
class Export:
    """A written export: its file, row count, exact sums by cost kind and currency, and the build it came from."""

    path: Path
    row_count: int
    amounts: dict[str, dict[str, Decimal]]
    build_id: str
    sha256: str


def are_written(folder: Path, name: str, build_id: str, *, is_sample: bool) -> bool:
    """Whether `folder` holds the export `name` of this build in every format."""
    for export_format in formats().values():
        path = export_path(folder, name, export_format, is_sample=is_sample)
        manifest = _manifest_path(path)
        if not path.exists() or not manifest.exists() or orjson.loads(manifest.read_bytes())["build_id"] != build_id:
            return False
    return True


def export_path(folder: Path, name: str, export_format: ExportFormat, *, is_sample: bool) -> Path:
    """Where an export is written: sample data says so in the file's name."""
    return folder / f"{'SAMPLE-' if is_sample else ''}{name}{export_format.suffix}"


def _manifest_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")


def export_costs(
    connection: duckdb.DuckDBPyConnection, folder: Path, name: str, format_name: str, chosen: ExportFilter
) -> Export:
    """Write the chosen costs to `folder`, atomically, with a manifest beside the file.

    Sample data says so in the file's name, besides the column is_sample.

    Raises:
        KeyError: no such format.
    """
    export_format = formats()[format_name]
    parameters = {
        "start_day": chosen.start,
        "end_day": chosen.end,
        "providers": list(chosen.providers) or None,
        "accounts": list(chosen.accounts) or None,
        "source_kinds": [str(kind) for kind in chosen.source_kinds] or None,
    }
    connection.execute(f"create or replace temp table {ROWS} as {QUERY.read_text()}", parameters)
    build_id, is_sample = connection.table("main.rpt_build").project("build_id, is_sample").fetchall()[0]
    row_count = connection.table(ROWS).aggregate("count(*)").fetchall()[0][0]
    amounts: dict[str, dict[str, Decimal]] = {}
    sums = connection.table(ROWS).aggregate("cost_kind, currency, sum(cost_amount) as amount")
    for kind, currency, amount in sums.order("cost_kind, currency").fetchall():
        if amount is not None:
            amounts.setdefault(kind, {})[currency] = amount
    metadata: dict[str, object] = {
        "build_id": build_id,
        "is_sample": is_sample,
        "filters": asdict(chosen),
        "row_count": row_count,
        "amounts": {kind: {currency: str(amount) for currency, amount in by.items()} for kind, by in amounts.items()},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = export_path(folder, name, export_format, is_sample=is_sample)
    temporary = folder / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}{export_format.suffix}"
    try:
        export_format.write(connection, ROWS, temporary, metadata)
        digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    manifest = {"file": path.name, "sha256": digest, **metadata}
    write_atomically(_manifest_path(path), orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return Export(path, row_count, amounts, build_id, digest)
