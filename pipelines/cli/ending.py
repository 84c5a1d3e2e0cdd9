"""How a command ends that does not end well: one sentence and the exit code of its class, whatever was raised.

Belongs here: signals, and what is printed last. Does not: what an error means (failures.py, unforeseen.py).
"""

from __future__ import annotations

import io
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.markup import escape

from pipelines.errors import ConfigError, CostTrackerError
from pipelines.presentation.messages import STAYS_PUBLISHED

INTERRUPTED = 130
STOPPED = f"stopped before it was done; {STAYS_PUBLISHED}, and the next run continues from there"


@contextmanager
def ending_in_words(arguments: Sequence[str]) -> Iterator[None]:
    """The block of a command; an error in it ends this process with a sentence and its exit code.

    SIGTERM ends it as Ctrl-C does, so that locks are freed and nothing is left half done.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter shows its code
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    logging.raiseExceptions = False  # a log that cannot be written, as on a full disk, is reported by what else cannot
    try:
        yield
    except KeyboardInterrupt:
        _say("", STOPPED)
        sys.exit(INTERRUPTED)
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _say("", STOPPED)
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it ends in words
        failure = _explained(error, arguments)
        _say("[red]error:[/red] ", str(failure))
        sys.exit(failure.exit_code)
    finally:
        logging.raiseExceptions = True
        signal.signal(signal.SIGTERM, before)


def _say(mark: str, text: str) -> None:
    from pipelines.cli.console import err  # noqa: PLC0415 - after the commands, so that help stays quick

    with suppress(OSError):  # nobody may be reading any more
        err.print(f"{mark}{escape(text)}", soft_wrap=True)


def _explained(error: Exception, arguments: Sequence[str]) -> CostTrackerError:
    from pipelines.failures.lower_errors import explained  # noqa: PLC0415 - it knows the errors of every library

    return explained(error) or _unforeseen(error, arguments)


def _unforeseen(error: BaseException, arguments: Sequence[str]) -> CostTrackerError:
    """What nobody foresaw, written below the data folder that the arguments or the environment name."""
    from pipelines.config import HomeFolders, current_environment, home_folder, with_env_files  # noqa: PLC0415
    from pipelines.failures.unforeseen import unforeseen  # noqa: PLC0415 - only a command that fails needs them

    environ = current_environment()
    folder = home_folder(_named(arguments), environ)
    variables = environ
    with suppress(ConfigError, OSError):
        variables = with_env_files(environ, [Path.cwd(), folder])
    return unforeseen(error, HomeFolders(folder).failures, variables, datetime.now(UTC))


def _named(arguments: Sequence[str]) -> Path | None:
    """The folder after `--home`, as the command line takes it."""
    for option, value in zip(arguments, [*arguments[1:], ""], strict=True):
        if option == "--home" and value:
            return Path(value)
        if option.startswith("--home="):
            return Path(option.removeprefix("--home="))
    return None
