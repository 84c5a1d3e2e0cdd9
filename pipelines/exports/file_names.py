"""Where an export may be written: a plain name inside its folder, whoever gave the name.

Belongs here: what a file's name must be like. Every export goes through `file_in`, be it asked for by the command line,
by ai-costs.yaml, or by a run's configuration in the Dagster UI. Does not: what the file holds.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import ConfigError

MANIFEST = ".manifest"


def file_in(folder: Path, name: str, *, prefix: str = "", ending: str) -> Path:
    """The file `name` in `folder`, with our `prefix` and `ending` around it.

    Raises:
        ConfigError: the name is a path or not one of an export, or a link of that name leads out of the folder.
    """
    if "/" in name or "\\" in name:
        raise ConfigError(
            f"{name!r} is a path: give the folder with --folder of `ai-costs export`; "
            "every other export goes to exports/"
        )
    if not name.strip() or name.startswith((".", "~")) or not name.isprintable() or MANIFEST in name:
        raise ConfigError(
            f"{name!r} is not the name of an export: take letters and digits, no dot or ~ at its start, no control "
            f"character, no {MANIFEST}"
        )
    path = folder / f"{prefix}{name}{ending}"
    if path.resolve().parent != folder.resolve():
        raise ConfigError(f"{path} is a link to another folder: remove it, or take another name")
    return path
