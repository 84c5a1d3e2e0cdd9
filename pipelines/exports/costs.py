"""Writing an export of costs: the file, whole or not at all, and a manifest alongside it that says what it holds."""

from __future__ import annotations

import gzip
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copyfileobj
from typing import Any

import duckdb
import orjson

from pipelines.errors import HomeError
from pipelines.exports import ExportFormat, Rows, formats
from pipelines.exports.choice import ExportFilter, ExportShape, choose
from pipelines.exports.file_names import file_in
from pipelines.landing.files import TEMPORARY_PREFIX, flush_folder
from pipelines.reading.files import content_of, open_file

STANDING_NAME = "costs"
"""The export that every build writes, in every standing format."""

CHOSEN_NAME = "chosen-costs"
"""What an export of only some costs is named where nobody names it, so that it never takes the standing one's place."""

GZIP_SUFFIX = ".gz"
MANIFEST_SUFFIX = ".manifest.json"
LARGEST_MANIFEST = 10_000_000
"""Bytes."""
MEMORY_LIMIT, THREADS = "128MB", 1
"""What DuckDB may use of the machine while it writes: another thread needs as much memory again, and saves little."""

ABANDONED_AFTER_SECONDS = 3600
"""A temporary file that was not written to for so long is a killed export's."""


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
    is_standing = chosen.is_everything and shape in {ExportShape(), ExportShape(compress=True)}
    return STANDING_NAME if is_standing else CHOSEN_NAME


def written_export(path: Path, build_id: str, chosen: ExportFilter, shape: ExportShape) -> Export | None:
    """What is at `path`, if that is the export of these costs from this build, whole and as it was written."""
    try:
        manifest = orjson.loads(content_of(manifest_path(path), largest=LARGEST_MANIFEST))
        digest = _sha256(path)
    except (OSError, orjson.JSONDecodeError):
        return None
    asked = orjson.loads(orjson.dumps({"filters": asdict(chosen), "shape": asdict(shape)}))
    expected = {"build_id": build_id, "sha256": digest, **asked}
    if {key: manifest.get(key) for key in expected} != expected:
        return None
    amounts = {
        kind: {currency: Decimal(text) for currency, text in by.items()} for kind, by in manifest["amounts"].items()
    }
    return Export(path, manifest["row_count"], amounts, build_id, digest, manifest["left_out"])


def export_path(
    folder: Path, name: str, export_format: ExportFormat, *, is_sample: bool, compress: bool = False
) -> Path:
    """Where an export is written: sample data says so in the file's name.

    Raises:
        ConfigError: the name is not one of an export in `folder`.
    """
    ending = f"{export_format.suffix}{GZIP_SUFFIX if compress else ''}"
    return file_in(folder, name, prefix="SAMPLE-" if is_sample else "", ending=ending)


def manifest_path(path: Path) -> Path:
    """Where the manifest of an export lies: alongside it."""
    return path.with_name(f"{path.name}{MANIFEST_SUFFIX}")


def is_as_exported(path: Path) -> bool:
    """Whether the file at `path` matches its manifest, also that of the export before an interrupted one."""
    try:
        manifest = orjson.loads(content_of(manifest_path(path), largest=LARGEST_MANIFEST))
        return _sha256(path) in {manifest["sha256"], manifest.get("replaces")}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def is_foreign(path: Path) -> bool:
    """Whether something is at `path` that no export wrote: it has no manifest."""
    if not path.exists():
        return False
    try:
        return bool(orjson.loads(content_of(manifest_path(path), largest=LARGEST_MANIFEST))["file"] != path.name)
    except (OSError, ValueError, KeyError, TypeError):
        return True


def export_costs(  # noqa: PLR0917 - what, where, as what, which and how
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    format_name: str,
    chosen: ExportFilter,
    shape: ExportShape | None = None,
    *,
    report: Callable[[float], None] = lambda _: None,
) -> Export:
    """Write the chosen costs to `folder`, atomically, with a manifest alongside the file.

    Sample data says so in the file's name, besides the column is_sample. The same build gives the same bytes. `report`
    is called with 0 when the rows are chosen, and then with the share that is written, where a writer knows it.

    Raises:
        KeyError: no such format.
        ConfigError: a column that is not there, a shape the format does not have, or a name that is not a file's.
        HomeError: the file cannot be written.
    """
    shape = shape or ExportShape()
    export_format = formats()[format_name]
    choice = choose(connection, export_format, chosen, shape)
    build_id, is_sample = connection.table("main.rpt_build").project("build_id, is_sample").fetchall()[0]
    metadata: dict[str, Any] = {
        "build_id": build_id,
        "is_sample": is_sample,
        "filters": asdict(chosen),
        "shape": asdict(shape),
        "row_count": choice.row_count,
        "amounts": {
            kind: {currency: str(amount) for currency, amount in by.items()} for kind, by in choice.amounts.items()
        },
        "left_out": choice.left_out,
    }
    path = export_path(folder, name, export_format, is_sample=is_sample, compress=shape.compress)
    rows = Rows(connection, choice.query, metadata, _footer(metadata) if shape.footer else (), report)
    report(0)
    digest = _write(rows, export_format, path, metadata, compress=shape.compress)
    return Export(path, choice.row_count, choice.amounts, build_id, digest, choice.left_out)


def _reason(error: duckdb.IOException) -> str:
    """The system's words at the end of DuckDB's: … file "/srv/costs.csv": No space left on device."""
    return str(error).rpartition('": ')[2].partition('"')[0]


def _footer(metadata: dict[str, Any]) -> tuple[str, ...]:
    """What the manifest says, as lines that begin with # so that readers can skip them."""
    lines = [f"build {metadata['build_id']}", *(["SAMPLE DATA, nobody's bill"] if metadata["is_sample"] else [])]
    for name, value in metadata["filters"].items():
        if value:
            lines.append(f"{name}: {value if isinstance(value, date) else ', '.join(value)}")
    lines.append(f"{metadata['row_count']} rows")
    for kind, by_currency in metadata["amounts"].items():
        lines += [f"{kind}: {amount} {currency}" for currency, amount in by_currency.items()]
    return tuple(f"# {line}" for line in lines)


def _write(rows: Rows, export_format: ExportFormat, path: Path, metadata: Mapping[str, Any], *, compress: bool) -> str:
    """Write the file and its manifest, both or neither; give the file's sha256."""
    temporary = path.parent / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}{export_format.suffix}"
    packed, described = (temporary.with_name(temporary.name + ending) for ending in (GZIP_SUFFIX, MANIFEST_SUFFIX))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        _write_modestly(rows, export_format, temporary)
        if compress:
            _compress(temporary, packed)
        finished = packed if compress else temporary
        with finished.open("rb") as handle:
            os.fsync(handle.fileno())
            digest = hashlib.file_digest(handle, "sha256").hexdigest()
        manifest = {"file": path.name, "sha256": digest, **metadata, **_replaced(path, digest)}
        with described.open("wb") as handle:
            handle.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
            handle.flush()
            os.fsync(handle.fileno())
        # The manifest goes first, and knows the file that it finds: after a kill in between, that is still as exported.
        described.replace(manifest_path(path))
        finished.replace(path)
        flush_folder(path.parent)
    except (OSError, duckdb.IOException) as error:
        reason = error.strerror if isinstance(error, OSError) else _reason(error)
        raise HomeError(
            f"{path} cannot be written ({reason}): free some space or choose another folder; the existing file is "
            f"unchanged"
        ) from error
    finally:
        for left_over in (temporary, packed, described):
            with suppress(OSError):
                left_over.unlink()
    return digest


def _replaced(path: Path, digest: str) -> dict[str, str]:
    """The hash of the export that is at `path`, which the new one replaces, where it is another and whole."""
    if path.is_symlink() or not is_as_exported(path):
        return {}
    standing = _sha256(path)
    return {} if standing == digest else {"replaces": standing}


def _sha256(path: Path) -> str:
    with open_file(path) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _write_modestly(rows: Rows, export_format: ExportFormat, path: Path) -> None:
    """Write in little memory, sorting on disk; where the rows are too wide for that, in as much as there is."""
    try:
        rows.connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        rows.connection.execute(f"set threads = {THREADS}")
        export_format.write(rows, path)
    except duckdb.OutOfMemoryException:
        _unlimited(rows.connection)
        export_format.write(rows, path)
    finally:
        _unlimited(rows.connection)


def _unlimited(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("reset memory_limit")
    connection.execute("reset threads")


def _sweep(folder: Path) -> None:
    """Remove what killed exports left; another export may be writing its file right now."""
    now = time.time()
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        with suppress(FileNotFoundError):
            if now - path.lstat().st_mtime > ABANDONED_AFTER_SECONDS:
                path.unlink()


def _compress(source: Path, target: Path) -> None:
    # Neither a name nor a time inside, so that equal rows give equal bytes.
    with source.open("rb") as plain, target.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        copyfileobj(plain, packed, 2**20)
