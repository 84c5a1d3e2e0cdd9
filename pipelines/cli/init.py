"""`ai-costs init`: a starter configuration, its schema, and a starter .env."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.app.known_names import known_names
from pipelines.cli.console import JsonOption, out, print_json
from pipelines.config import example_config, example_environment, schema
from pipelines.config.settings import CONFIG_NAME
from pipelines.config.starter import SCHEMA_NAME
from pipelines.errors import ConfigError
from pipelines.landing.files import write_atomically


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="init")(init)


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write; this folder by default.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write ai-costs.yaml with every setting explained, its JSON Schema for editors, and a .env for secrets."""
    texts = {CONFIG_NAME: example_config(), ".env": example_environment(known_names())}
    present = [name for name in texts if (folder / name).exists()]
    if present and not force:
        raise ConfigError(f"{folder / present[0]} is there already: edit it, or overwrite it with --force")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_atomically(folder / name, text.encode())
    (folder / ".env").chmod(0o600)
    write_atomically(folder / SCHEMA_NAME, schema(known_names()).encode())
    if as_json:
        print_json({"folder": folder.absolute(), "files": [*texts, SCHEMA_NAME]})
    else:
        written = f"Wrote {CONFIG_NAME}, {SCHEMA_NAME} and .env to {folder.absolute()}. Next: ai-costs doctor"
        out.print(written, soft_wrap=True, markup=False)
