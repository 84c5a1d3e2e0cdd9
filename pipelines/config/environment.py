"""The process environment and .env files: read here, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values


def current_environment() -> dict[str, str]:
    """A copy of the environment of this process."""
    return dict(os.environ)


def with_env_files(environ: Mapping[str, str], folders: list[Path]) -> dict[str, str]:
    """`environ` over the .env files of `folders`, the first folder over the next; nothing is set in the process."""
    merged: dict[str, str] = {}
    for folder in reversed(folders):
        values = dotenv_values(folder / ".env", encoding="utf-8")
        merged.update({name: value for name, value in values.items() if value is not None})
    return {**merged, **environ}
