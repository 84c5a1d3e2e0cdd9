"""The process that a server's services belong to: it starts them, and ends them when the server ends, however it ends.

`ai-costs serve` contains the only writing end of this process's standard input and never writes to it. When that
closes,
because serve ended, was killed, or the computer took its memory, every service is asked to end and then killed, with
the runs that it started: each service leads a separate process group, which its children stay in. A line on
standard output reports to serve that all services are up.

Started as `python -m pipelines.front_door.guard FOLDER`, in a separate session, so that Ctrl-C in the terminal
reaches serve alone. FOLDER is for sockets, and goes with it.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess  # nosec B404 - starts this project's services alone
import sys
import time
from contextlib import suppress
from pathlib import Path

import yaml

GRACE_SECONDS = 8.0
"""How long services and runs have to end by themselves: a run marks itself as failed, and leaves its locks."""

LOCATION = "pipelines.definitions"
SOCKET, WORKSPACE = "code.sock", "workspace.yaml"
READY = b"ready\n"
TICK_SECONDS = 0.2
SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""


def main() -> int:
    """Start the services and wait for the end of serve (0) or of one of them (1)."""
    folder = Path(sys.argv[1])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    services: list[subprocess.Popen[bytes]] = []
    try:
        return _serve(folder, services)
    except SystemExit:
        return 0
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        _end_all(services)
        shutil.rmtree(folder, ignore_errors=True)


def _end(_number: int, _frame: object) -> None:
    raise SystemExit


def _serve(folder: Path, services: list[subprocess.Popen[bytes]]) -> int:
    socket, workspace = folder / SOCKET, folder / WORKSPACE
    server = {"host": "localhost", "socket": str(socket), "location_name": LOCATION}
    workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": server}]}), encoding="utf-8")
    code = ["dagster", "code-server", "start", "--log-level", "warning", "--location-name", LOCATION, "-m", LOCATION]
    services.append(_start([*code, "--socket", str(socket)]))
    while not socket.exists():
        if _is_over(services):
            return _status(services)
    services.append(_start(["dagster._daemon", "run", "--log-level", "info", "--workspace", str(workspace)]))
    with suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), READY)
    while not _is_over(services):
        pass
    return _status(services)


def _start(module: list[str]) -> subprocess.Popen[bytes]:
    """Start a service. Its output goes to standard error, which is the terminal's."""
    return subprocess.Popen(  # noqa: S603 - this Python, and names of modules
        [sys.executable, "-m", *module],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        process_group=0,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
    )


def _end_with_parent() -> None:
    # On Linux the services end with this process even if it is killed itself; elsewhere serve does that.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _is_over(services: list[subprocess.Popen[bytes]]) -> bool:
    """Whether serve or a service has ended, after a moment of waiting."""
    serve_ended = bool(select.select([sys.stdin], [], [], TICK_SECONDS)[0])
    return serve_ended or _status(services) != 0


def _status(services: list[subprocess.Popen[bytes]]) -> int:
    return int(any(service.poll() is not None for service in services))


def _end_all(services: list[subprocess.Popen[bytes]]) -> None:
    """Ask every process of every service to end, and kill what is there after the time of grace."""
    groups = [service.pid for service in services]
    for group in groups:
        _signal(group, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline:
        for service in services:
            service.poll()
        groups = [group for group in groups if _signal(group, 0)]
        if not groups:
            return
        time.sleep(TICK_SECONDS)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Send a signal to a process group; whether there is one. 0 only asks."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
