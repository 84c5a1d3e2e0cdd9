"""A lock ends with its process: who waits is told for whom, who waited in vain ends as busy, and a kill frees it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.errors import BusyError
from pipelines.state import files_set_aside, is_lock_taken_elsewhere, lock_until_exit, process_of, run_lock

ROOT = Path(__file__).parents[2]
RUNNER = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from pipelines.state import lock_until_exit, run_lock

lock_until_exit(Path(sys.argv[1]) / "runs" / "one.lock")
with run_lock(Path(sys.argv[1]), print):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "data" / "state"


@contextmanager
def other_run(state: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in another process, under way."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", RUNNER, state], text=True, **pipes) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_second_run_waits_and_says_for_whom(state: Path):
    sentences: list[str] = []

    def waiting(sentence: str) -> None:
        sentences.append(sentence)
        process.communicate()  # the other run ends

    with other_run(state) as process:
        expected = f"another run (process {process.pid}) is using {state.parent}: waiting for it to end"
        with run_lock(state, waiting):
            assert sentences == [expected]
            assert process_of(state / "run.lock") == f"process {os.getpid()}"


def test_a_run_that_waited_in_vain_ends_as_busy(state: Path):
    with other_run(state) as process:
        with pytest.raises(BusyError) as refused, run_lock(state, lambda _: None, 0.2):
            pass
        assert refused.value.exit_code == 75
        assert str(refused.value) == (
            f"another run (process {process.pid}) is using {state.parent} and has not ended within 0.2 seconds: run "
            "again when it has ended"
        )


def test_a_kill_frees_every_lock_of_its_process(state: Path):
    of_a_run = state / "runs" / "one.lock"
    with other_run(state) as process:
        assert is_lock_taken_elsewhere(of_a_run)
        assert is_lock_taken_elsewhere(state / "run.lock")
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not is_lock_taken_elsewhere(of_a_run)
        assert process_of(of_a_run) == f"process {process.pid}", "looking does not forget whose it was"
        with run_lock(state, pytest.fail):
            pass


def test_a_process_may_hold_a_home_twice_and_is_no_other_process_to_itself(state: Path):
    with run_lock(state, pytest.fail):
        with run_lock(state, pytest.fail):
            assert not is_lock_taken_elsewhere(state / "run.lock")
        with pytest.raises(AssertionError), other_run(state):
            pass
    with other_run(state):
        pass


def test_a_lock_for_life_is_held_until_the_process_ends(state: Path):
    lock = state / "runs" / "two.lock"
    lock_until_exit(lock)
    lock_until_exit(lock)
    assert not is_lock_taken_elsewhere(lock)
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pathlib import Path; from pipelines import state; "
    code += f"print(state.is_lock_taken_elsewhere(Path({str(lock)!r})))"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout == "True\n"


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"no number"])
def test_what_a_lock_file_holds_is_never_a_hindrance(state: Path, content: bytes):
    state.mkdir(parents=True)
    (state / "run.lock").write_bytes(content)
    assert process_of(state / "run.lock") == "unknown process"
    with run_lock(state, pytest.fail):
        pass


def test_a_folder_in_a_locks_place_is_set_aside(state: Path):
    (state / "run.lock" / "mine").mkdir(parents=True)
    with run_lock(state, pytest.fail):
        pass
    (aside,) = files_set_aside(state)
    assert aside.original == state / "run.lock"
    assert (aside.path / "mine").is_dir()
