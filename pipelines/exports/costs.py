"""Writing an export of costs: choose the rows, write the file, say in a manifest beside it what it holds."""

from __future__ import annotations

import gzip
import hashlib
import os
import time
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from shutil import copyfileobj
from typing import Any

import duckdb
import orjson

from pipelines.domain.records import SourceKind
from pipelines.errors import ConfigError, HomeError
from pipelines.exports import FOCUS, ExportFormat, Rows, formats, standing_formats
from pipelines.landing.files import TEMPORARY_PREFIX, flush_folder, write_atomically

STANDING_NAME = "costs"
"""The export that every build writes, in every standing format."""

CHOSEN_NAME = "chosen-costs"
"""What an export of only some costs is named where nobody names it, so that it never takes the standing one's place."""

QUERIES = Path(__file__).parent
GZIP_SUFFIX = ".gz"
ABANDONED_AFTER_SECONDS = 3600
"""A temporary file that was not written to for so long is a killed export's."""


class Preset(StrEnum):
    """Costs added up by period, instead of one row for each of fct_costs."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def period(self) -> str:
        """The period as SQL names it."""
        return {"daily": "day", "weekly": "week", "monthly": "month"}[self]


@dataclass(frozen=True)
class ExportFilter:
    """Which rows an export holds. `start` and `end` are half-open UTC days; an empty tuple lets everything through."""

    start: date | None = None
    end: date | None = None
    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    source_kinds: tuple[SourceKind, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether no row is left out."""
        return self == ExportFilter()


@dataclass(frozen=True)
class ExportShape:
    """How the rows are laid out: added up by period, only some columns, compressed with gzip."""

    preset: Preset | None = None
    columns: tuple[str, ...] = ()
    compress: bool = False


@dataclass(frozen=True)
class Export:
    """A written export: its file, row count, exact sums by cost kind and currency, and the build it came from."""

    path: Path
    row_count: int
    amounts: dict[str, dict[str, Decimal]]
    build_id: str
    sha256: str
    left_out: dict[str, int] = field(default_factory=dict)


def default_name(chosen: ExportFilter, shape: ExportShape) -> str:
    """The name of an export that nobody named."""
    is_standing = chosen.is_everything and not shape.preset and not shape.columns
    return STANDING_NAME if is_standing else CHOSEN_NAME


def are_written(folder: Path, name: str, build_id: str, *, is_sample: bool) -> bool:
    """Whether `folder` holds the export `name` of this build, whole and as written, in every standing format."""
    return all(
        _is_written(export_path(folder, name, export_format, is_sample=is_sample), build_id)
        for export_format in standing_formats().values()
    )


def _is_written(path: Path, build_id: str) -> bool:
    try:
        manifest = orjson.loads(_manifest_path(path).read_bytes())
        with path.open("rb") as handle:
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
    except (OSError, orjson.JSONDecodeError):
        return False
    whole = orjson.loads(orjson.dumps({"filters": asdict(ExportFilter()), "shape": asdict(ExportShape())}))
    expected = {"build_id": build_id, "sha256": digest, **whole}
    return {key: manifest.get(key) for key in expected} == expected


def export_path(folder: Path, name: str, export_format: ExportFormat, *, is_sample: bool) -> Path:
    """Where an export is written: sample data says so in the file's name."""
    return folder / f"{'SAMPLE-' if is_sample else ''}{name}{export_format.suffix}"


def export_costs(  # noqa: PLR0917 - what, where, as what, which and how
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    format_name: str,
    chosen: ExportFilter,
    shape: ExportShape | None = None,
) -> Export:
    """Write the chosen costs to `folder`, atomically, with a manifest beside the file.

    Sample data says so in the file's name, besides the column is_sample. The same build gives the same bytes.

    Raises:
        KeyError: no such format.
        ConfigError: a column that is not there, or a shape the format does not have.
        HomeError: the file cannot be written.
    """
    shape = shape or ExportShape()
    export_format = formats()[format_name]
    _choose(connection, chosen, shape)
    build_id, is_sample = connection.table("main.rpt_build").project("build_id, is_sample").fetchall()[0]
    query, left_out = _query(connection, export_format, shape)
    row_count = connection.sql(query).aggregate("count(*)").fetchall()[0][0]
    amounts = _amounts(connection)
    metadata: dict[str, Any] = {
        "build_id": build_id,
        "is_sample": is_sample,
        "filters": asdict(chosen),
        "shape": asdict(shape),
        "row_count": row_count,
        "amounts": {kind: {currency: str(amount) for currency, amount in by.items()} for kind, by in amounts.items()},
        "left_out": left_out,
    }
    path = export_path(folder, name, export_format, is_sample=is_sample)
    path = path.with_name(path.name + GZIP_SUFFIX) if shape.compress else path
    digest = _write(Rows(connection, query, metadata), export_format, path, compress=shape.compress)
    manifest = {"file": path.name, "sha256": digest, **metadata}
    write_atomically(_manifest_path(path), orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return Export(path, row_count, amounts, build_id, digest, left_out)


def _choose(connection: duckdb.DuckDBPyConnection, chosen: ExportFilter, shape: ExportShape) -> None:
    """Hand the filters to the queries as variables: what people name is data there, never SQL."""
    variables: dict[str, Any] = {
        "start_day": chosen.start,
        "end_day": chosen.end,
        "providers": list(chosen.providers) or None,
        "accounts": list(chosen.accounts) or None,
        "models": list(chosen.models) or None,
        "projects": list(chosen.projects) or None,
        "source_kinds": [str(kind) for kind in chosen.source_kinds] or None,
        "period": shape.preset.period if shape.preset else None,
    }
    for variable, value in variables.items():
        connection.execute(f"set variable {variable} = $value", {"value": value})


def _query(
    connection: duckdb.DuckDBPyConnection, export_format: ExportFormat, shape: ExportShape
) -> tuple[str, dict[str, int]]:
    costs = _text("costs")
    left_out: dict[str, int] = {}
    if export_format.rows == FOCUS:
        if shape.preset or shape.columns:
            raise ConfigError("FOCUS has rows and columns of its own: leave --preset and --column out")
        unpriced = connection.sql(f"from ({costs}) where cost_amount is null").aggregate("count(*)").fetchall()[0][0]
        left_out = {"unpriced rows, which FOCUS cannot hold": unpriced} if unpriced else {}
        return f"with chosen_costs as ({costs}) {_text('focus')}", left_out
    query = f"with chosen_costs as ({costs}) {_text('periods')}" if shape.preset else costs
    if not shape.columns:
        return query, left_out
    known = connection.sql(query).columns
    unknown = [column for column in shape.columns if column not in known]
    if unknown:
        raise ConfigError(f"there is no column {unknown[0]!r} to export; there are: {', '.join(known)}")
    # Each of these names is one that the query gave.
    return f"select {', '.join(shape.columns)} from ({query})", left_out  # noqa: S608


def _amounts(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Decimal]]:
    """Exact sums of the chosen costs, by cost kind and currency."""
    sums = connection.sql(_text("costs")).aggregate("cost_kind, currency, sum(cost_amount) as amount")
    amounts: dict[str, dict[str, Decimal]] = {}
    for kind, currency, amount in sums.order("cost_kind, currency").fetchall():
        if amount is not None:
            amounts.setdefault(kind, {})[currency] = amount
    return amounts


def _write(rows: Rows, export_format: ExportFormat, path: Path, *, compress: bool) -> str:
    """Write whole or not at all; give the file's sha256."""
    temporary = path.parent / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}{export_format.suffix}"
    packed = temporary.with_name(temporary.name + GZIP_SUFFIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        export_format.write(rows, temporary)
        if compress:
            _compress(temporary, packed)
        finished = packed if compress else temporary
        with finished.open("rb") as handle:
            os.fsync(handle.fileno())
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        finished.replace(path)
        flush_folder(path.parent)
    except (OSError, duckdb.IOException) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).partition(": ")[2]
        raise HomeError(
            f"{path} cannot be written ({reason}): make room or choose another folder; what stood there stays"
        ) from error
    finally:
        for left_over in (temporary, packed):
            with suppress(OSError):
                left_over.unlink()
    return digest


def _sweep(folder: Path) -> None:
    """Remove what killed exports left; another export may be writing its own file right now."""
    now = time.time()
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        with suppress(FileNotFoundError):
            if now - path.stat().st_mtime > ABANDONED_AFTER_SECONDS:
                path.unlink()


def _compress(source: Path, target: Path) -> None:
    # Neither a name nor a time inside, so that equal rows give equal bytes.
    with source.open("rb") as plain, target.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        copyfileobj(plain, packed, 2**20)


def _text(name: str) -> str:
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")


def _manifest_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.manifest.json")
