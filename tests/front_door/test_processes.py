"""What lives and dies with a server: its hold of the home, its port, and the services, however each of them ends.

The guard and its services are real processes here. Of Dagster there are stand-ins, because what is proven is that
processes end, also those that do not want to; `test_serve.py` does the same with Dagster itself.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines.errors import BusyError, ConfigError, CostTrackerError
from pipelines.front_door import processes
from pipelines.front_door.guard import GRACE_SECONDS
from pipelines.front_door.processes import hold, listening, serving, until_signalled

ROOT = Path(__file__).parents[2]

# A service, and a child of it that does not end when it is asked to.
CHILD = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
SERVICE = f"""
import os, pathlib, signal, subprocess, sys, time
if {{fails}}:
    sys.exit("no such module")
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}] if {{stubborn}} else ["sleep", "600"])
noted = pathlib.Path(os.environ["NOTED"])
noted.joinpath(f"{{name}}.partial").write_text(f"{{{{os.getpid()}}}} {{{{child.pid}}}}")
noted.joinpath(f"{{name}}.partial").rename(noted / "{{name}}")
if "--socket" in sys.argv:
    pathlib.Path(sys.argv[sys.argv.index("--socket") + 1]).touch()
time.sleep(600)
"""
pytestmark = pytest.mark.e2e

# A server that does no more than to have services.
SERVER = """
import os, sys, time
from pathlib import Path
from pipelines.front_door.processes import hold, services, until_signalled

with until_signalled(), hold(Path(sys.argv[1])) as held, services(dict(os.environ), held):
    print("up", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a server in a home at `tmp_path`, with stand-ins for Dagster's services."""
    servers: list[subprocess.Popen[str]] = []
    monkeypatch.setenv("NOTED", str(tmp_path / "noted"))
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'modules'}:{ROOT}")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "sockets"))

    def start(*, stubborn: bool = False, fails: bool = False, ignored: bool = False) -> subprocess.Popen[str]:
        for folder in ("noted", "sockets", "state", "modules/dagster/_daemon"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "modules/dagster/__init__.py").touch()
        (tmp_path / "modules/dagster/_daemon/__init__.py").touch()
        for name, module in (("code", "dagster"), ("daemon", "dagster/_daemon")):
            text = SERVICE.format(name=name, stubborn=stubborn, fails=fails)
            (tmp_path / "modules" / module / "__main__.py").write_text(text)
        command = [sys.executable, "-c", SERVER, str(tmp_path / "state")]
        # As a shell starts what a script puts in the background.
        background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"] if ignored else []
        server = subprocess.Popen([*background, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        servers.append(server)
        return server

    yield start
    for pid in [*(server.pid for server in servers), *pids(tmp_path)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for server in servers:
        server.communicate(timeout=30)


def pids(person: Path) -> list[int]:
    """The services and their children, as they noted themselves."""
    return [int(pid) for path in (person / "noted").glob("*[!l]") for pid in path.read_text().split()]


def lives(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        if Path("/proc").exists():
            return False
    return subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 0


def gone(found: list[int], within: float) -> bool:
    deadline = time.monotonic() + within
    while any(map(lives, found)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(lives, found))


def up(server: subprocess.Popen[str], person: Path) -> list[int]:
    """Wait until the server says that its services are up; give the processes of these."""
    assert server.stdout is not None
    assert server.stdout.readline() == "up\n"
    deadline = time.monotonic() + 20
    while len(pids(person)) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    found = pids(person)
    assert len(found) == 4
    assert all(map(lives, found))
    return found


@pytest.mark.parametrize("ignored", [False, True], ids=["foreground", "background"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_all_of_it(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path, number: signal.Signals, *, ignored: bool
) -> None:
    server = started(ignored=ignored)
    found = up(server, tmp_path)
    server.send_signal(number)
    assert server.wait(GRACE_SECONDS) == 0
    assert gone(found, 0), "before the server itself"
    assert list((tmp_path / "sockets").iterdir()) == []


def test_a_server_that_is_killed_leaves_nothing(started: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    server = started()
    found = up(server, tmp_path)
    server.kill()
    assert gone(found, GRACE_SECONDS)


def test_what_does_not_end_when_asked_is_killed_and_the_home_is_free_only_then(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    server = started(stubborn=True)
    found = up(server, tmp_path)
    server.kill()
    server.wait()
    with hold(tmp_path / "state"):
        assert gone(found, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent has died")
def test_the_guard_and_the_server_killed_at_once_leave_no_service(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    server = started()
    code, _, daemon, _ = up(server, tmp_path)
    guard = int(Path(f"/proc/{code}/stat").read_text().rpartition(")")[2].split()[1])
    server.send_signal(signal.SIGSTOP)
    os.kill(guard, signal.SIGKILL)
    server.kill()
    assert gone([code, daemon], GRACE_SECONDS)


@pytest.mark.parametrize("victim", [0, 2], ids=["code server", "daemon"])
def test_a_service_that_ends_takes_the_others_with_it(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path, victim: int
) -> None:
    found = up(started(), tmp_path)
    os.kill(found[victim], signal.SIGKILL)
    assert gone(found, GRACE_SECONDS)


def test_services_that_do_not_start_end_the_server_with_a_sentence(
    started: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    _, told = started(fails=True).communicate(timeout=30)
    assert "no such module\n" in told
    assert told.endswith(f"{CostTrackerError.__module__}.{CostTrackerError.__name__}: {processes.ENDED}\n")
    assert list((tmp_path / "sockets").iterdir()) == []


def test_a_home_has_one_server_at_a_time(tmp_path: Path) -> None:
    with hold(tmp_path) as lock:
        lock.note("http://127.0.0.1:3000")
        with pytest.raises(BusyError) as refused, hold(tmp_path):
            pass
        own = os.getpid()
        assert str(refused.value) == (
            f"`ai-costs serve` already runs in {tmp_path.parent}, as process {own} at http://127.0.0.1:3000: use that "
            f"one, end it with `kill {own}`, or use another data folder with --home"
        )
        assert refused.value.exit_code == 75
        assert serving(tmp_path) == "http://127.0.0.1:3000"
    with hold(tmp_path):
        pass


@pytest.mark.parametrize("content", [None, "", "x", "12\n", "2147483647\nhttp://127.0.0.1:3000\n"])
def test_where_no_server_is_there_is_no_url(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / processes.LOCK_FILE).write_text(content)
    assert serving(tmp_path) is None


def test_a_port_that_another_program_has_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(BusyError) as refused, listening("127.0.0.1", port):
            pass
    assert str(refused.value) == (
        f"port {port} of 127.0.0.1 is in use by another program: end that one, or choose another with --port"
    )
    with listening("127.0.0.1", port) as taken:
        assert taken.getsockname() == ("127.0.0.1", port)


def test_an_address_that_is_not_of_this_computer_is_told() -> None:
    with (
        pytest.raises(ConfigError, match=r"192.0.2.1 port 3000 cannot be listened on \("),
        listening("192.0.2.1", 3000),
    ):
        pass


def test_a_signal_ends_the_block_and_leaves_the_handlers_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with until_signalled():
        os.kill(os.getpid(), signal.SIGTERM)
        pytest.fail("the signal did not end the block")
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
