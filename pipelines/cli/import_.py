"""`ai-costs import`: take a file of entries in, checked first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import ConfigOption, HomeOption, out
from pipelines.config import current_environment, ensure_home, load_settings
from pipelines.errors import ConfigError
from pipelines.home import utc_now
from pipelines.landing.files import write_atomically
from pipelines.sources.manual.csv_entries import parse_entries


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(import_)


def import_(
    file: Annotated[
        Path, typer.Argument(help="A CSV of entries; its columns are in the README.", exists=True, dir_okay=False)
    ],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of a file of the same name.")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Check a CSV of entries and, if every line is good, keep a copy among the manual files.

    A file with a problem is refused whole, and every problem is listed as file:line:column.
    """
    settings = load_settings(home=home, config=config, environ=current_environment(), cwd=Path.cwd())
    ensure_home(settings.paths)
    content = file.read_bytes()
    entries = parse_entries(content, file.name, utc_now().date())
    target = settings.paths.manual / f"{file.stem}.csv"
    if target.exists() and target.read_bytes() != content and not replace:
        raise ConfigError(f"{target} is another file of that name: rename yours, or put it in its place with --replace")
    write_atomically(target, content)
    out.print(f"Took {len(entries):,} entries into {target}; they count from the next run on.", soft_wrap=True)
