"""`ai-costs import`: take a file in, checked first: a provider's export, or a CSV of entries."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.app.home import Home
from pipelines.app.inputs import import_rules
from pipelines.app.known_names import known_names
from pipelines.app.refresh import extract_imported_files
from pipelines.cli.console import ConfigOption, HomeOption, err, out
from pipelines.config import current_environment, ensure_home, load_settings
from pipelines.errors import ConfigError, SourceError
from pipelines.landing.files import write_atomically
from pipelines.presentation.formats import plain_money
from pipelines.presentation.wording import counted
from pipelines.reading.files import content_of, is_there
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.adding import copy_in
from pipelines.sources.imports.framework.preview import Preview, preview
from pipelines.sources.imports.framework.reading import digest_of, read_file
from pipelines.sources.imports.framework.table_file import TableError, open_tables
from pipelines.sources.manual.csv_entries import LARGEST_FILE, check_entries
from pipelines.sources.manual.csv_file import is_of_entries
from pipelines.sources.manual.folder import reject_duplicate_entry_ids
from pipelines.sources.outcomes import Status


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(import_)


def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="A provider's export or a cloud bill, or a CSV of entries; docs/sources.md lists them.",
            exists=True,
            dir_okay=False,
        ),
    ],
    look: Annotated[
        bool, typer.Option("--preview", help="Show its content and propose a mapping; import nothing.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of a file of the same name.")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Check a file and, if every line is good, keep a copy to be read by the next run.

    A provider's export goes to the inbox, entries go to the manual files; its columns say which it is. A file with a
    problem is rejected, every problem listed as file:line:column.
    """
    settings = load_settings(
        home=home, config=config, environ=current_environment(), cwd=Path.cwd(), known=known_names()
    )
    ensure_home(settings.paths)
    opened = Home(settings)
    if look:
        _show(preview(file, import_rules(opened)))
    elif not import_rules(opened).has_mapping(file.name) and _is_of_entries(file):
        _take_entries(opened, file, replace=replace)
    else:
        _take_export(opened, file, replace=replace)


def _is_of_entries(file: Path) -> bool:
    """Whether most of its columns are those of entries; what is not a table at all is left to the formats to refuse."""
    try:
        with open_tables(file) as tables:
            return is_of_entries(next(tables).columns)
    except TableError:
        return False


def _take_entries(home: Home, file: Path, *, replace: bool) -> None:
    with err.status(f"checking {file.name}") as status:
        content = content_of(file, largest=LARGEST_FILE)
        entries = check_entries(content, file.name, home.clock().date(), lambda text: status.update(f"checking {text}"))
    target = home.settings.paths.manual / f"{file.stem}.csv"
    if is_there(target) and not replace and not _is_equal(target, content):
        raise ConfigError(f"{target} is another file of that name: rename yours, or put it in its place with --replace")
    reject_duplicate_entry_ids(target.parent, target.name, content, entries, home.clock().date())
    write_atomically(target, content)
    taken = counted(len(entries), "entry", "entries")
    count = "it counts" if len(entries) == 1 else "they count"
    out.print(f"Took {taken} into {target}; {count} from the next run on.", soft_wrap=True)
    for finding in entries.findings:
        out.print(f"{target.name}: {finding}", soft_wrap=True, markup=False)


def _is_equal(target: Path, content: bytes) -> bool:
    try:
        return content_of(target, largest=len(content)) == content
    except OSError:
        return False  # larger, not a file, or not to be read: another one


def _take_export(home: Home, file: Path, *, replace: bool) -> None:
    with err.status(f"checking {file.name}"):
        reading = read_file(file, import_formats(), import_rules(home))
    target = copy_in(file, home.settings.paths.inbox, replace=replace)
    outcomes = {outcome.feed: outcome for outcome in extract_imported_files(home, {digest_of(target): reading})}
    titles = " and ".join(known.title for known in reading.formats)
    confirmation = f"{file.name} is {titles}: took {counted(reading.rows, 'row')} into {target}, from the next run on."
    out.print(confirmation, soft_wrap=True, markup=False)
    for feed in reading.statements:
        outcome = outcomes[feed]
        if outcome.status is not Status.OK:
            raise SourceError(f"{feed}: {outcome.message}")
        lines = [*(outcome.message or "").splitlines(), *outcome.findings]
        out.print("\n".join([f"{feed}: {text}" for text in lines] or [str(feed)]), soft_wrap=True, markup=False)


def _show(found: Preview) -> None:
    columns = Table(title="Columns and first cells")
    for heading in ("column", "first cells"):
        columns.add_column(heading, overflow="fold")
    for index, name in enumerate(found.columns):
        columns.add_row(escape(name), escape(" · ".join(row[index][:40] for row in found.rows if row[index])))
    out.print(columns)
    if found.format_title is None:
        _show_refusal(found)
        return
    out.print(f"This is {found.format_title}. It has {counted(found.records_count, 'record')}, the first of them:")
    records = Table()
    for heading in ("account", "day", "service", "model", "tokens", "amount"):
        records.add_column(heading, overflow="fold")
    for record in found.records:
        tokens = record.input_uncached_tokens, record.cache_read_tokens, record.output_tokens
        records.add_row(
            escape(record.account_name),
            str(record.day),
            escape(record.service or ""),
            escape(record.model_raw or record.line_item or ""),
            " / ".join("-" if count is None else f"{count:,}" for count in tokens) if any(tokens) else "",
            "" if record.cost_amount is None else f"{record.cost_amount.normalize():f} {record.currency}",
        )
    out.print(records)
    for currency, amount in (found.sums or {}).items():
        out.print(f"Together {plain_money(amount, currency)}")
    for note in found.notes:
        out.print(note, soft_wrap=True, markup=False)


def _show_refusal(found: Preview) -> None:
    shown = found.problems[:20]
    out.print("It would be refused:", *shown, sep="\n", soft_wrap=True, markup=False)
    if found.mapping is None:
        return
    out.print("\nA mapping for ai-costs.yaml to begin with. Check the columns, and answer:\n")
    for question in found.questions:
        out.print(f"# {question}", soft_wrap=True, markup=False)
    out.print(found.mapping, soft_wrap=True, markup=False)
    for currency, amount in (found.sums or {}).items():
        out.print(f"With it the file comes to {plain_money(amount, currency)}")
    for note in found.notes:
        out.print(note, soft_wrap=True, markup=False)
