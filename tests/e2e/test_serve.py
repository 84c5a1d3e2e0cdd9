"""`ai-costs serve` with Dagster's services: one for each home, and nothing of it outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from pipelines.front_door.guard import GRACE_SECONDS
from tests.e2e.installation import install
from tests.e2e.serving import served

SCHEDULES = (
    '{ schedulesOrError(repositorySelector: {repositoryName: "__repository__", repositoryLocationName: '
    '"pipelines.definitions"}) { ... on Schedules { results { name scheduleState { status } } } } }'
)


def descendants(process: int) -> dict[int, str]:
    """The command line of every process that `process` started, and that those started."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines()[1:]]
    found: dict[int, str] = {}
    parents = {process}
    while parents:
        children = {int(pid): command for pid, parent, command in rows if int(parent) in parents}
        found |= children
        parents = set(children)
    return found


def left(processes: dict[int, str], seconds: float) -> dict[int, str]:
    """Those that still run after so long; one that ended and has not been collected runs no more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        states = subprocess.run(["ps", "-eo", "pid,stat"], capture_output=True, text=True, check=True).stdout
        running = {int(pid) for pid, state in map(str.split, states.splitlines()[1:]) if not state.startswith("Z")}
        processes = {pid: command for pid, command in processes.items() if pid in running}
        if not processes:
            break
        time.sleep(0.2)
    return processes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_what_it_starts_is_one_of_a_home_and_ends_with_it(tmp_path: Path, number: signal.Signals):
    with served(install(tmp_path / "person"), in_background=True) as server:
        (schedule,) = server.post(SCHEDULES)["schedulesOrError"]["results"]
        assert schedule == {"name": "refresh_costs_hourly", "scheduleState": {"status": "RUNNING"}}
        started = descendants(server.process.pid)
        assert sum("dagster._daemon" in command for command in started.values()) == 1
        assert not any(server.token in command for command in started.values())
        again = server.installation.ai_costs("serve", "--port", "0")
        assert (again.returncode, again.stdout) == (75, "")
        assert again.stderr.startswith("error: `ai-costs serve` already runs in ")
        assert again.stderr.count("\n") == 1
        shown = server.installation.ai_costs("serve", "--show-url")
        assert shown.stdout == f"{server.url}/?token={server.token}\n"
        os.kill(server.process.pid, number)
        assert server.process.wait(GRACE_SECONDS + 20) == (0 if number == signal.SIGTERM else -number)
        assert left(started, GRACE_SECONDS + 2) == {}
        none = server.installation.ai_costs("serve", "--show-url")
        assert (none.returncode, "is not running" in none.stderr) == (2, True)
