"""Every command ends with a sentence and the code of its class, whatever is raised below it, and by whatever signal."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import COMMANDS
from pipelines.presentation.messages import STAYS_PUBLISHED
from tests.cli.conftest import Command, Ended
from tests.cli.test_full_disk import room_for
from tests.e2e.installation import COMMAND, Installation
from tests.failures.lower import EVERY_ERROR, LOWER, SECRET, UNFORESEEN, Lower

LINES = (
    "run",
    "show",
    "serve",
    "init elsewhere",
    "doctor",
    "add groq 1.00 --date 2026-03-02",
    "import bill.csv",
    "withdraw",
    "landing list",
    "export",
    "report",
    "prices",
    "anomalies list",
    "alerts list",
    "alerts send",
    "verify",
    "rebuild",
)
EVERY_LINE = pytest.mark.parametrize("line", LINES)
READERS = ("show", "export", "report", "prices", "verify", "doctor")
"""Those that read what is published."""


def failing_folders(monkeypatch: pytest.MonkeyPatch, line: str, fail: Callable[[], object]) -> None:
    """Making a folder does `fail` the first time, which every command comes to before it does anything else.

    `verify` and `show` make none: there it is looking for one.
    """
    name = "is_dir" if line in {"verify", "show"} else "mkdir"
    act, done = getattr(Path, name), list[Path]()

    def first(path: Path, *arguments: Any, **options: Any) -> Any:
        done.append(path)
        if len(done) == 1:
            fail()
        return act(path, *arguments, **options)

    monkeypatch.setattr(Path, name, first)


def is_a_sentence(ended: Ended) -> bool:
    """Whether what a command said last is words for people alone, with no trace of Python's."""
    return "Traceback" not in ended.err and ended.err.strip().startswith("error: ") and len(ended.err) < 3000


def test_the_table_has_every_command():
    assert list(dict.fromkeys(line.split()[0] for line in LINES)) == list(COMMANDS)


@pytest.mark.e2e
@EVERY_LINE
@EVERY_ERROR
def test_a_lower_error_ends_every_command_with_a_sentence(
    ai_costs: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, lower: Lower
):
    (tmp_path / "bill.csv").touch()
    monkeypatch.setenv("SOME_KEY", SECRET)

    def fail() -> None:
        raise lower.cause()

    failing_folders(monkeypatch, line, fail)
    ended = ai_costs(*line.split())
    assert is_a_sentence(ended), ended.err
    assert ended.code == lower.code
    written = list((tmp_path / "data" / "state" / "failures").glob("*"))
    if lower in UNFORESEEN:
        (file,) = written
        assert str(file) in ended.err
        assert SECRET not in file.read_text()
        assert "somebody said" not in file.read_text()
    else:
        assert not written
    assert SECRET not in ended.err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@EVERY_LINE
def test_a_signal_ends_every_command_with_one_line(
    ai_costs: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, stop: signal.Signals
):
    (tmp_path / "bill.csv").touch()
    failing_folders(monkeypatch, line, lambda: os.kill(os.getpid(), stop))
    before = signal.getsignal(signal.SIGTERM)
    ended = ai_costs(*line.split())
    assert ended.code == 130
    assert ended.err.strip() == (
        f"stopped before it was done; {STAYS_PUBLISHED}, and the next run continues from there"
    )
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.fixture
def home(started: Installation, tmp_path: Path) -> Path:
    """A copy of an installation, for a test to harm."""
    return Path(shutil.copytree(started.data, tmp_path / "harmed", symlinks=True))


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _damaged_inside(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in range(3 * 4096, len(content), 65536):
        content[start : start + 32768] = bytes(32768)
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [_garbage, _cut, _empty, _damaged_inside], ids=lambda harm: harm.__name__.strip("_"))
@pytest.mark.parametrize("command", READERS)
def test_a_damaged_build_is_told_with_its_mending(
    ai_costs: Command, home: Path, command: str, harm: Callable[[Path], None]
):
    harm(home / "warehouse" / "published.duckdb")
    ended = ai_costs(command, "--home", home)
    assert "Traceback" not in ended.err + ended.out
    if command == "doctor":
        assert ended.code == 3
    else:
        assert is_a_sentence(ended), ended.err
        assert ended.code == 6
        assert "ai-costs rebuild" in ended.err


@pytest.mark.parametrize("harm", [_garbage, _cut], ids=lambda harm: harm.__name__.strip("_"))
def test_a_damaged_outbox_is_told(ai_costs: Command, home: Path, harm: Callable[[Path], None]):
    harm(home / "state" / "outbox.sqlite")
    ended = ai_costs("alerts", "list", "--home", home)
    assert "Traceback" not in ended.err
    assert ended.code in {0, 4}


@contextmanager
def no_more_files() -> Iterator[None]:
    """No file can be opened in the block alongside those that are open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (1 + max(int(path.name) for path in Path("/dev/fd").iterdir()), hard))
    try:
        with suppress(OSError):
            while True:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in opened:
            os.close(descriptor)


@pytest.mark.parametrize("line", ["add groq 1.00 --date 2026-03-02", "withdraw", *READERS, "alerts list"])
def test_too_many_open_files_are_told(ai_costs: Command, home: Path, line: str):
    with no_more_files():
        ended = ai_costs(*line.split(), "--home", home)
    assert is_a_sentence(ended), ended.err
    assert ended.code == 4
    assert "Too many open files" in ended.err


@pytest.mark.parametrize("command", ["export", "report"])
def test_a_full_disk_leaves_what_was_written(ai_costs: Command, home: Path, command: str):
    before = {path: path.read_bytes() for name in ("exports", "reports") for path in (home / name).glob("*.*")}
    with room_for(20):
        ended = ai_costs(command, "--home", home)
    assert is_a_sentence(ended), ended.err
    assert ended.code == 4
    assert {path: path.read_bytes() for path in before} == before


def test_a_reader_that_goes_away_is_no_error(started: Installation):
    read, write = os.pipe()
    os.close(read)
    command = [str(COMMAND), "doctor", "--json", "--home", str(started.data)]
    ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert ended.stderr == ""
    assert ended.returncode == 1


def test_every_code_is_one_of_the_table():
    assert {lower.code for lower in LOWER} == {1, 4, 5, 6, 75}
