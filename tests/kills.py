"""Killing a process between any two changes of the file system that it makes, for tests of what is left then.

A change is what Python itself reports before it makes one (an audit event): a file opened for writing, a rename, a
link, a folder made or removed. What runs is a function of a module, in a copy (`fork`) of a process that has imported
it once, so that each kill costs what the function costs and not a start of Python.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]
SERVER = """
import importlib, os, signal, sys, traceback
CHANGES = {"os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.remove", "os.truncate"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

def arm(fatal, folder):
    made = 0
    def before(event, arguments):
        nonlocal made
        is_change = event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING)
        if is_change and any(isinstance(name, (str, bytes)) and folder in os.fsdecode(name) for name in arguments):
            made += 1
            if made == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(before)

# What was handed to the system outlives a killed process; waiting for the disk only takes time.
os.fsync = lambda descriptor: None
sys.path.insert(0, sys.argv[1])
act = getattr(importlib.import_module(sys.argv[2]), sys.argv[3])
print("ready", flush=True)
for line in sys.stdin:
    fatal, *arguments = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        arm(int(fatal), arguments[0])
        try:
            act(*arguments)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Reads lines of the change to be killed before, a folder, and more arguments; changes elsewhere do not count."""


@dataclass(frozen=True)
class Killer:
    """A process that runs one function as often as it is asked to, each time in a copy of itself."""

    orders: IO[str]
    answers: IO[str]

    def run(self, fatal: int, folder: Path, *arguments: object) -> int:
        """Call the function with `folder` and `arguments`, and kill it before its change number `fatal` below `folder`.

        Gives the exit code: -9 if it was killed, 0 if it made fewer changes.
        """
        print(fatal, folder, *arguments, sep="\t", file=self.orders, flush=True)
        return int(self.answers.readline())


@contextmanager
def killer_of(module: str, function: str) -> Iterator[Killer]:
    command = [sys.executable, "-c", SERVER, str(ROOT), module, function]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Killer(process.stdin, process.stdout)
        process.stdin.close()
