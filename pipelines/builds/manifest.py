"""The list of a build's outputs, MANIFEST.json: the path, size and sha256 of each, and a hash of the list itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from pipelines.errors import BuildError
from pipelines.presentation.messages import CHANGED
from pipelines.reading.files import content_of, open_file

MANIFEST = "MANIFEST.json"


@dataclass(frozen=True)
class Output:
    """One file of a build: its path in the home, such as exports/costs.csv, its size in bytes and its sha256."""

    path: str
    bytes: int
    sha256: str

    def problem(self, file: Path) -> str | None:
        """Why `file` is not this output as it was written, or None if it is."""
        try:
            size, found = file.stat().st_size, sha256_of(file)
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return f"cannot be read ({error.strerror or error})"
        if size != self.bytes:
            return f"{CHANGED}: {size:,} bytes instead of {self.bytes:,}"
        return None if found == self.sha256 else f"{CHANGED}: its sha256 differs"


@dataclass(frozen=True)
class BuildManifest:
    """A build and its outputs, by path."""

    build_id: str
    outputs: tuple[Output, ...]

    def paths(self) -> list[str]:
        """The path of each output in the home."""
        return [output.path for output in self.outputs]

    def content(self) -> bytes:
        """The file: equal manifests give equal bytes, and every byte of it is covered by its hash."""
        body: dict[str, Any] = {"build_id": self.build_id, "outputs": [asdict(output) for output in self.outputs]}
        digest = hashlib.sha256(orjson.dumps(body)).hexdigest()
        return orjson.dumps({**body, "sha256": digest}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read_manifest(folder: Path) -> BuildManifest:
    """The manifest of the build in `folder`.

    Raises:
        BuildError: it is missing, or was changed after it was written.
    """
    path = folder / MANIFEST
    try:
        content = content_of(path)
        body = orjson.loads(content)
        outputs = tuple(Output(one["path"], one["bytes"], one["sha256"]) for one in body["outputs"])
        manifest = BuildManifest(body["build_id"], outputs)
    except (OSError, ValueError, LookupError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a manifest"
        raise BuildError(f"{path} cannot be read ({reason}): `ai-costs rebuild` writes the build again") from error
    if manifest.content() != content:
        raise BuildError(f"{path} {CHANGED}: `ai-costs rebuild` writes the build again")
    return manifest


def describe(folder: Path, files: Sequence[str]) -> list[Output]:
    """The outputs at `files`, paths below `folder`, as they are now."""
    return [Output(path, (folder / path).stat().st_size, sha256_of(folder / path)) for path in files]


def sha256_of(file: Path) -> str:
    """The hash of a file's bytes, in hexadecimal digits."""
    with open_file(file) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
