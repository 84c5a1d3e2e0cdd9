"""What every command shares: its common options, and its output for people and for machines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console

if TYPE_CHECKING:
    from pipelines.app.home import Home

out = Console(highlight=False)
"""Results."""
err = Console(stderr=True, highlight=False)
"""Progress and errors, so that results can be piped."""


class _Notices(logging.Handler):
    """Shows what the rooms below warn of, such as a damaged file that was set aside."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # standard error may be a file on the very disk that is full
            err.print(record.getMessage(), style="yellow", soft_wrap=True, markup=False)


_logger = logging.getLogger("pipelines")
_logger.addHandler(_Notices(logging.WARNING))
# Some library gives the root logger a handler, which would print each of them once more.
_logger.propagate = False

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="The data folder. Default: AI_COSTS_HOME, else data/ of a checkout or your user data folder.",
        show_default=False,
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The configuration. Default: ai-costs.yaml in this folder, else in the data folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]


def home_of(home: Path | None, config: Path | None, *, writes: bool = True) -> Home:
    """The home a command's options name; a command that `writes` nothing gets it as it is."""
    from pipelines.app.opening import open_home  # noqa: PLC0415 - after the help, which needs no home
    from pipelines.config import current_environment  # noqa: PLC0415

    return open_home(current_environment(), home=home, config=config, writes=writes)


@contextmanager
def locked_home(home: Path | None, config: Path | None) -> Iterator[Home]:
    """The home a command's options name, in which no other run works until the block ends."""
    from pipelines.app.opening import hold_home  # noqa: PLC0415 - after the help, which needs no home
    from pipelines.config import current_environment  # noqa: PLC0415

    def waiting(sentence: str) -> None:
        err.print(sentence, soft_wrap=True, markup=False)

    with hold_home(current_environment(), waiting, home=home, config=config) as held:
        yield held


def print_json(value: Any) -> None:
    """Print `value` as JSON; amounts and moments become text."""
    out.out(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode(), highlight=False)
