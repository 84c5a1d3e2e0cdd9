"""The process environment and .env files: read here, and nowhere else."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from pipelines.errors import ConfigError
from pipelines.reading.files import content_of, is_there, not_read

LARGEST_FILE = 1_000_000
"""Bytes."""


def current_environment() -> dict[str, str]:
    """A copy of the environment of this process."""
    return dict(os.environ)


def with_env_files(environ: Mapping[str, str], folders: list[Path]) -> dict[str, str]:
    """`environ` over the .env files of `folders`, the first folder over the next; nothing is set in the process.

    Raises:
        ConfigError: one of them cannot be read.
    """
    merged: dict[str, str] = {}
    for folder in reversed(folders):
        values = dotenv_values(stream=io.StringIO(_text_of(folder / ".env")))
        merged.update({name: value for name, value in values.items() if value is not None})
    return {**merged, **environ}


def _text_of(path: Path) -> str:
    """The content of a file of variables, read here because dotenv would wait for a pipe; none is empty."""
    if not is_there(path):
        return ""
    try:
        return content_of(path, largest=LARGEST_FILE).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: {not_read(error)}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start + 1}): save it as UTF-8") from error
