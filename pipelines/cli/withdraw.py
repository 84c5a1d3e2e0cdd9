"""`ai-costs withdraw`: take back what an imported file states, or list what is in effect."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.app.home import Home
from pipelines.app.inputs import import_rules
from pipelines.app.known_names import known_names
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, out, print_json
from pipelines.config import current_environment, ensure_home, load_settings
from pipelines.errors import ConfigError
from pipelines.landing import LandingStore
from pipelines.presentation.formats import plain_sums
from pipelines.presentation.wording import counted
from pipelines.sources.imports.framework.inbox import CurrentFile, Inbox
from pipelines.sources.imports.framework.withdrawal import move_out


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="withdraw")(withdraw)


def withdraw(
    name: Annotated[
        str | None,
        typer.Argument(help="The file's name. Left out: list the current files.", show_default=False),
    ] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back an imported file: its days no longer count from the next run on.

    Days of other files that it replaced count again. The file moves to inbox/.withdrawn, and what it landed stays
    among landing's generations for five weeks. To withdraw manual entries, remove their file from manual/.
    """
    settings = load_settings(
        home=home, config=config, environ=current_environment(), cwd=Path.cwd(), known=known_names()
    )
    ensure_home(settings.paths)
    opened = Home(settings)
    inbox = Inbox(LandingStore(opened.folders.landing), import_rules(opened), opened.clock(), {})
    if name is None:
        _list(inbox.files(), as_json=as_json)
        return
    known = sorted({file.name for file in inbox.files()})
    if name not in known:
        raise ConfigError(_unknown(name, known, opened))
    moved = move_out(settings.paths.inbox / name)
    withdrawn = inbox.withdraw(name)
    if as_json:
        print_json(
            {"file": name, "moved_to": moved, "withdrawn": {str(feed): note for feed, note in withdrawn.items()}}
        )
        return
    for feed, (days, amounts) in withdrawn.items():
        worth = f", {plain_sums(amounts)}" if amounts else ""
        out.print(f"{feed}: {counted(days, 'day')} of {name} withdrawn{worth}", soft_wrap=True, markup=False)
    where = f"The file is in {moved}; put it back" if moved else "The file was not in the inbox; import it again"
    out.print(f"{where} to undo this. Figures change with the next run.", soft_wrap=True, markup=False)


def _unknown(name: str, known: list[str], home: Home) -> str:
    if (home.settings.paths.manual / name).exists():
        return f"{name} is a file of entries: remove it from {home.settings.paths.manual}, and its entries go with it"
    close = get_close_matches(name, known, 1)
    meant = f"did you mean {close[0]}?" if close else f"current files: {', '.join(known) or 'none'}"
    return f"no imported file {name!r} is is current; {meant}"


def _list(files: list[CurrentFile], *, as_json: bool) -> None:
    if as_json:
        print_json([{**file._asdict(), "feed": str(file.feed)} for file in files])
        return
    if not files:
        out.print("No imported file is current.")
        return
    table = Table()
    for heading in ("file", "source", "account", "days", "amounts"):
        table.add_column(heading, overflow="fold")
    for file in files:
        days = f"{len(file.days)}, {file.days[0]} to {file.days[-1]}" if file.days else "0"
        table.add_row(escape(file.name), file.feed.source, escape(file.feed.name), days, plain_sums(file.sums))
    out.print(table)
