"""Killing a process at a named moment, for tests of what is left then: every such test comes here.

A moment is one of

    change:7                          before its seventh change of the file system below the folder
    rename:costs*.csv                 before a file gets such a name
    model:25                          when dbt says that so many models are made
    before:module:Class.method        before a method is called
    after:module:Class.method         when it has returned

A change is what Python itself reports before it makes one (an audit event): a file opened for writing, a rename, a
link, a folder made or removed. What runs is a function of a module, in a copy (`fork`) of a process that has imported
it once, so that each kill costs what the function costs and not a start of Python; `command` is for what has to be a
process of its own.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).parents[1]
KILLED = -signal.SIGKILL
"""The exit code of a process that was killed."""
NEVER = "change:0"

CHANGES = frozenset({"os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.remove", "os.truncate"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tests import kills; kills.{function}()"


@dataclass(frozen=True)
class Killer:
    """A process that runs one function as often as it is asked to, each time in a copy of itself."""

    orders: IO[str]
    answers: IO[str]

    def run(self, moment: str | int, folder: Path, *arguments: object) -> int:
        """Call the function with `folder` and `arguments`, and kill it at `moment`; a number is that of a change.

        Gives the exit code: `KILLED`, or 0 if it ended before.
        """
        named = f"change:{moment}" if isinstance(moment, int) else moment
        print(named, folder, *arguments, sep="\t", file=self.orders, flush=True)
        return int(self.answers.readline())


@contextmanager
def killer_of(module: str, function: str) -> Iterator[Killer]:
    """A killer of one function of a module, which is called with texts."""
    command = [sys.executable, "-c", START.format(function="serve"), str(ROOT), module, function]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Killer(process.stdin, process.stdout)
        process.stdin.close()


def command(moment: str, module: str, function: str, *arguments: str) -> list[str]:
    """What starts a process that calls a function of no arguments, with `arguments` on its command line."""
    return [sys.executable, "-c", START.format(function="main"), str(ROOT), moment, module, function, *arguments]


def killed_after(seconds: float, started: list[str | Path], **how: Any) -> bool:
    """Start a process and kill it, and all that it started, after so many seconds; whether it was still at work."""
    with subprocess.Popen(started, start_new_session=True, **how) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return True
    return False


def serve() -> None:
    """Read lines of a moment, a folder, and more arguments; answer each with how the function ended."""
    # What was handed to the system outlives a killed process; waiting for the disk only takes time.
    os.fsync = lambda _: None
    act = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the function prints is no answer
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        moment, *arguments = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            arm(moment, arguments[0])
            try:
                act(*arguments)
            except BaseException:  # noqa: BLE001 - it is shown, and the copy ends here in any case
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)


def main() -> None:
    """Call the function that the command line names, and be killed at the moment that it names first."""
    moment, module, function, *arguments = sys.argv[1:]
    act = getattr(importlib.import_module(module), function)
    arm(moment, "")
    sys.argv = [function, *arguments]
    act()


def arm(moment: str, folder: str) -> None:
    """Have this process killed at `moment`; changes elsewhere than below `folder` do not count."""
    kind, _, what = moment.partition(":")
    ARMING[kind](what, folder)


def _die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _before_a_change(fatal: str, folder: str) -> None:
    made = 0

    def before(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal made
        is_change = event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING)
        if is_change and any(isinstance(name, str | bytes) and folder in os.fsdecode(name) for name in arguments):
            made += 1
            if made == int(fatal):
                _die()

    sys.addaudithook(before)


def _before_a_rename(pattern: str, folder: str) -> None:
    def before(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename":
            new = os.fsdecode(arguments[1])
            if folder in new and fnmatch(Path(new).name, pattern):
                _die()

    sys.addaudithook(before)


def _at_a_model(fatal: str, _: str) -> None:
    transform = importlib.import_module("pipelines.warehouse.transform")

    class Fatal(frozenset[str]):
        made = 0

        def __contains__(self, event: object) -> bool:
            type(self).made += event == "LogModelResult"
            if type(self).made == int(fatal):
                _die()
            return super().__contains__(event)

    transform.RESULT_EVENTS = Fatal(transform.RESULT_EVENTS)


def _method(name: str) -> tuple[type, str, Callable[..., Any]]:
    module, _, path = name.partition(":")
    kind, _, method = path.partition(".")
    owner = getattr(importlib.import_module(module), kind)
    return owner, method, getattr(owner, method)


def _before_a_call(name: str, _: str) -> None:
    owner, method, _called = _method(name)
    setattr(owner, method, _die)


def _after_a_call(name: str, _: str) -> None:
    owner, method, called = _method(name)
    setattr(owner, method, lambda *arguments: _die(called(*arguments)))


ARMING: dict[str, Callable[[str, str], None]] = {
    "change": _before_a_change,
    "rename": _before_a_rename,
    "model": _at_a_model,
    "before": _before_a_call,
    "after": _after_a_call,
}
