"""Commands that are imported when they are called, so that help and quick commands wait for no library of another.

Belongs here: how the command line finds a command. Does not: which there are (the package itself).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


class LazyCommands(TyperGroup):
    """A group that lists its commands by their summaries and imports the one that is called."""

    summaries: ClassVar[Mapping[str, str]] = {}
    """One sentence for each command, by its name, in the order of the help."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, summary in self.summaries.items():
            self.add_command(TyperCommand(name, help=summary, rich_markup_mode="rich"))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that `args` name, and import it: for its run, its help and its completion."""
        if args[0] in self.summaries:
            self.add_command(imported(args[0]))
        return super().resolve_command(ctx, args)


def imported(name: str) -> Any:
    """The command `name`, from the module of that name.

    Raises:
        LookupError: the module registers no command of that name.
    """
    module = importlib.import_module(f"pipelines.cli.{module_of(name)}")
    alone = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
    module.register(alone)
    alone.callback()(lambda: None)  # with a callback, one command stays a command of that name
    commands = typer.main.get_group(alone).commands
    if name not in commands:
        raise LookupError(f"pipelines/cli/{module_of(name)}.py registers {', '.join(commands)}, not {name}")
    return commands[name]


def module_of(name: str) -> str:
    """The module of a command: its name, with an underscore after a word that Python reserves."""
    return f"{name}_" if name == "import" else name
