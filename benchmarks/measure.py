"""Running a command as a whole process and keeping what it cost: wall-clock time, CPU time, peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds of wall-clock and CPU time (children included), and peak memory in MiB."""

    wall: float
    cpu: float
    peak_mib: float


@dataclass(frozen=True)
class Measurement:
    """Repeated runs of one command. `limit` says in words what the figure should stay under, or who the peer is."""

    name: str
    costs: tuple[Cost, ...]
    limit: str = ""


def measure(
    name: str,
    command: Sequence[str],
    *,
    repeats: int = 3,
    environment: Mapping[str, str] | None = None,
    before: Callable[[], object] = lambda: None,
    limit: str = "",
) -> Measurement:
    """Run `command` `repeats` times, each after calling `before`, which is not measured.

    Raises:
        RuntimeError: a run failed; its output is in the message.
    """
    costs = []
    for _ in range(repeats):
        before()
        costs.append(_run(command, environment))
    return Measurement(name, tuple(costs), limit)


def _run(command: Sequence[str], environment: Mapping[str, str] | None) -> Cost:
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - the command of a benchmark of this folder
        command,
        env=None if environment is None else dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None  # noqa: S101 - it was asked for above
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said.decode()[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def show(title: str, measurements: Sequence[Measurement]) -> None:
    """Print a table of the runs: minimum, median and maximum of the time, median CPU time, largest peak memory."""
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for column in ("runs", "wall min", "median", "max", "CPU", "peak memory"):
        table.add_column(column, justify="right")
    table.add_column("limit or peer")
    for measurement in measurements:
        walls = [cost.wall for cost in measurement.costs]
        table.add_row(
            measurement.name,
            str(len(walls)),
            *(f"{value:.2f} s" for value in (min(walls), median(walls), max(walls))),
            f"{median(cost.cpu for cost in measurement.costs):.1f} s",
            f"{max(cost.peak_mib for cost in measurement.costs):,.0f} MiB",
            measurement.limit,
        )
    Console(width=140).print(table)
