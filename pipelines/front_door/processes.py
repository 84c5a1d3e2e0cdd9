"""What lives and dies with a server: its hold of the home, its port, and the guard with the services.

Belongs here: taking and leaving these, and the sentences for when they are not to be had. Does not: what answers
requests (`ui.py`), or which services there are (`guard.py`).
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess  # nosec B404 - starts this project's guard alone
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import BusyError, ConfigError, CostTrackerError
from pipelines.front_door.guard import GRACE_SECONDS, READY, WORKSPACE
from pipelines.landing.files import not_written

LOCK_FILE = "serve.lock"
ENDED = "the scheduler or the code server of the Dagster UI has ended, and so the UI: its last lines above say why"


@contextmanager
def until_signalled() -> Iterator[None]:
    """End the block on SIGINT and SIGTERM, also where they were ignored, as in what a script starts with `&`."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number in before:
            signal.signal(number, signal.default_int_handler)
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True)
class HomeLock:
    """The home's one server: an open, locked file, which says which process that is and where its UI is."""

    descriptor: int
    path: Path

    def note(self, url: str) -> None:
        """Write where this process answers.

        Raises:
            HomeError: it cannot be written, as on a full disk.
        """
        content = f"{os.getpid()}\n{url}\n".encode()
        try:
            os.ftruncate(self.descriptor, 0)
            os.pwrite(self.descriptor, content, 0)
        except OSError as error:
            raise not_written(self.path, error) from error


@contextmanager
def hold(state: Path) -> Iterator[HomeLock]:
    """Be the home's only server.

    The lock is on the open file, which the guard inherits: it is free when both are gone. After a server that was
    killed it is waited for, until its services have ended.

    Raises:
        BusyError: another server has it.
        HomeError: the file cannot be written.
    """
    descriptor = os.open(state / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + GRACE_SECONDS + 5
    try:
        while not _is_locked(descriptor):
            process, url = _noted(state)
            if time.monotonic() > deadline or (process is not None and _lives(process)):
                raise BusyError(
                    f"`ai-costs serve` already runs in {state.parent}, as process {process} at {url}: use that one, "
                    f"end it with `kill {process}`, or use another data folder with --home"
                )
            time.sleep(0.1)
        lock = HomeLock(descriptor, state / LOCK_FILE)
        lock.note("an address that it has not got yet")
        yield lock
    finally:
        os.close(descriptor)


def serving(state: Path) -> str | None:
    """The URL of the server that has the home; None where there is none."""
    if not (state / LOCK_FILE).exists():
        return None
    with (state / LOCK_FILE).open("rb") as handle:
        is_free = _is_locked(handle.fileno())
    return None if is_free else _noted(state)[1]


def _noted(state: Path) -> tuple[int | None, str]:
    """The process that serves a home, or last did, and its URL; None and nothing where there was none."""
    lines = (state / LOCK_FILE).read_text(encoding="utf-8").splitlines() if (state / LOCK_FILE).exists() else []
    return (int(lines[0]), lines[1]) if len(lines) > 1 and lines[0].isdecimal() else (None, "")


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket that the UI is served on. Port 0 is any that is free.

    Raises:
        BusyError: another program listens there.
        ConfigError: it is not an address that this user may listen on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} of {host} is in use by another program: end that one, or choose another with --port"
            raise BusyError(message) from error
        raise ConfigError(
            f"{host} port {port} cannot be listened on ({error}): choose others with --host, --port"
        ) from error
    with taken:
        yield taken


@dataclass(frozen=True)
class Services:
    """The guard with the code server and the daemon; `workspace` is the file that says where the code is served."""

    guard: subprocess.Popen[bytes]
    workspace: Path

    @property
    def have_ended(self) -> bool:
        """Whether one of them ended, and so all."""
        return self.guard.poll() is not None


@contextmanager
def services(environment: Mapping[str, str], lock: HomeLock) -> Iterator[Services]:
    """The services, up when the block begins, gone when it has ended.

    Raises:
        CostTrackerError: they ended before they were up, for a reason on standard error.
    """
    folder = Path(tempfile.mkdtemp(prefix="ai-costs-"))
    guard = subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
        [sys.executable, "-m", "pipelines.front_door.guard", str(folder)],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[lock.descriptor],
        start_new_session=True,
    )
    try:
        if guard.stdout is None or guard.stdout.readline() != READY:
            raise CostTrackerError(ENDED)
        yield Services(guard, folder / WORKSPACE)
    finally:
        _end(guard)


def _end(guard: subprocess.Popen[bytes]) -> None:
    if guard.stdin is not None:
        guard.stdin.close()
    try:
        guard.wait(GRACE_SECONDS + 5)
    except subprocess.TimeoutExpired:
        guard.kill()
        guard.wait()
