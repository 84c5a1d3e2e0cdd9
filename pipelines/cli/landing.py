"""`ai-costs landing`: the generations of what landed, and putting an older one in effect."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from pipelines.app.home import Home
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, out, print_json
from pipelines.config import current_environment, ensure_home, load_settings
from pipelines.domain.money import exact_sum
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import ConfigError, LandingError
from pipelines.landing import FeedFolder, LandingStore, Manifest
from pipelines.presentation.formats import plain_sums
from pipelines.presentation.wording import counted, listed

landing = typer.Typer(help="List the generations of each feed, and restore an older one.", no_args_is_help=True)

COLUMNS = ("feed", "of", "generation", "written_at", "days", "rows", "amounts", "state")
NUMBERS = {"generation", "days", "rows"}

COMES_BACK = {
    SourceKind.API: "The next run fetches what is missing, as far as the provider still has it.",
    SourceKind.LOCAL: "The next run reads the logs that changed since, as far as they are still there.",
    SourceKind.IMPORT: "The next run reads the missing files of inbox/, as far as they are still there.",
    SourceKind.MANUAL: "The next run takes the entries as manual/ and ai-costs.yaml have them then.",
}
"""What becomes of the newer days of a feed whose older generation was put in effect."""

FeedArgument = Annotated[
    str, typer.Argument(help="The feed's folder below landing/, as `ai-costs landing list` names it.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(landing, name="landing")


@landing.command(name="list")
def list_landing(
    feed: Annotated[
        str | None,
        typer.Argument(help="The feed's folder: list its generations. Left out: list all feeds.", show_default=False),
    ] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what is in effect of every feed, or the generations of one, each with its moment, days, rows and amounts."""
    opened = _opened(home, config)
    if feed is None:
        rows = [_effective(folder) for folder in LandingStore(opened.folders.landing).folders()]
    else:
        rows = _generations(_folder(opened, feed))
    if as_json:
        print_json(rows)
    elif rows:
        _show(rows, None if feed is None else f"landing/{feed}")
    else:
        out.print("Nothing has landed yet.")


@landing.command()
def restore(
    feed: FeedArgument,
    generation: Annotated[int, typer.Argument(help="The generation's number.")],
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an older generation of a feed in effect, as a new one; none is removed. Figures change with the next run."""
    opened = _opened(home, config)
    manifest = LandingStore(opened.folders.landing).restore(_folder(opened, feed), generation, opened.clock())
    if as_json:
        print_json({"feed": feed, "restored": generation, "generation": manifest.generation})
        return
    out.print(
        f"Generation {generation} of {feed} is current again, as generation {manifest.generation}: "
        f"{_contents(manifest)}. {COMES_BACK[manifest.feed.source_kind]}",
        soft_wrap=True,
        markup=False,
    )


def _opened(home: Path | None, config: Path | None) -> Home:
    """The home, without a look at what landed: that may be damaged."""
    settings = load_settings(home=home, config=config, environ=current_environment(), cwd=Path.cwd())
    ensure_home(settings.paths)
    return Home(settings)


def _folder(home: Home, name: str) -> FeedFolder:
    folders = {folder.name: folder for folder in LandingStore(home.folders.landing).folders()}
    if name not in folders:
        close = get_close_matches(name, folders, 1)
        meant = f"did you mean {close[0]}?" if close else "`ai-costs landing list` lists all feeds"
        raise ConfigError(f"nothing landed in landing/{name}; {meant}")
    return folders[name]


def _effective(folder: FeedFolder) -> dict[str, Any]:
    """The row of what is in effect; of a damaged one, what is wrong and what heals it."""
    try:
        return _row(folder, folder.effective(), "in force")
    except LandingError as error:
        return {**_row(folder, None, "damaged"), "problem": str(error)}


def _generations(folder: FeedFolder) -> list[dict[str, Any]]:
    """A row for each generation, and one more where what is in effect is none of them."""
    effective = _effective(folder)
    rows = []
    for number in folder.numbers():
        manifest = folder.intact_generation(number)
        rows.append({**_row(folder, manifest, "damaged" if manifest is None else "whole"), "generation": number})
    others = [row for row in rows if row["generation"] != effective["generation"]]
    return [*others, effective]


def _row(folder: FeedFolder, manifest: Manifest | None, state: str) -> dict[str, Any]:
    reported = (
        {}
        if manifest is None
        else {
            "of": str(manifest.feed),
            "generation": manifest.generation,
            "written_at": manifest.observed_at,
            "days": len(manifest.days),
            "rows": _rows(manifest),
            "amounts": _amounts(manifest),
        }
    )
    return {**dict.fromkeys(COLUMNS), "feed": folder.name, **reported, "state": state, "problem": None}


def _rows(manifest: Manifest) -> int:
    return sum(partition.row_count for partition in manifest.partitions.values())


def _amounts(manifest: Manifest) -> dict[str, Decimal]:
    by_currency: dict[str, list[Decimal]] = {}
    for partition in manifest.partitions.values():
        for currency, amount in partition.amounts.items():
            by_currency.setdefault(currency, []).append(amount)
    return {currency: exact_sum(amounts) for currency, amounts in sorted(by_currency.items())}


def _contents(manifest: Manifest) -> str:
    amounts = plain_sums(_amounts(manifest))
    contents = [counted(len(manifest.days), "day"), counted(_rows(manifest), "row"), *([amounts] if amounts else [])]
    return listed(contents)


def _show(rows: Iterable[dict[str, Any]], title: str | None) -> None:
    """A table of all feeds, or of the generations of the one that `title` names, and what is wrong below it."""
    columns = [name for name in COLUMNS if name not in (("of", "generation") if title is None else ("feed", "of"))]
    table = Table(title=title, box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        # The feed's folder is for copying into the next command.
        table.add_column(
            name.replace("_", " "),
            overflow="fold",
            no_wrap=name in {"feed", "written_at"},
            justify="right" if name in NUMBERS else "left",
        )
    for row in rows:
        shown = {name: "" if row[name] is None else f"{row[name]}" for name in columns}
        if row["written_at"] is not None:
            # Of all feeds the day is enough; generations of one are distinguished by their minute.
            shown["written_at"] = f"{row['written_at']:{'%Y-%m-%d' if title is None else '%Y-%m-%d %H:%M'}}"
            shown["amounts"] = plain_sums(row["amounts"])
        table.add_row(*map(escape, shown.values()))
    out.print(table)
    for row in rows:
        if row["problem"]:
            out.print(row["problem"], soft_wrap=True, markup=False)
