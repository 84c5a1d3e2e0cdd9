"""A kill -9 at any step of a replacement leaves a readable store: all of the old days, or all of the new."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from pipelines.landing import LandingStore
from tests.landing.landed import FEED, NOW, days, record

NEW_DAYS = (date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22))

# Replaces three days in a process that kills itself at the step it was told, before or after the call goes through.
WRITER = """
import os, pathlib, signal, sys
from datetime import UTC, datetime
sys.path[:0] = {path!r}
from tests.landing.landed import DAY, FEED, NOW, days, record
from pipelines.landing import LandingStore
from datetime import timedelta

root, fatal, amount = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
steps = 0

def fatal_step(call):
    def step(*args, **kwargs):
        global steps
        steps += 1
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return step

os.fsync = fatal_step(os.fsync)
pathlib.Path.replace = fatal_step(pathlib.Path.replace)
pathlib.Path.open = fatal_step(pathlib.Path.open)
rows = [record(DAY + timedelta(days=n), amount) for n in range(3)]
LandingStore(root).replace(FEED, days(*rows), cursor={{"amount": amount}}, now=NOW)
print(steps)
"""


def write(root: Path, fatal: int, amount: str) -> subprocess.CompletedProcess[str]:
    code = WRITER.format(path=[str(Path(__file__).parent.parent.parent)])
    return subprocess.run(
        [sys.executable, "-c", code, str(root), str(fatal), amount], capture_output=True, text=True, check=False
    )


@pytest.mark.e2e
def test_every_step_may_be_the_last(tmp_path: Path):
    root = tmp_path / "landing"
    assert write(root, 0, "1").returncode == 0
    survived: list[bool] = []
    for fatal in count(1):
        amount = str(1 + fatal)
        before = states(root)
        killed = write(root, fatal, amount)
        if killed.returncode == 0:
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        after = states(root)
        assert after in (before, {(amount, amount)}), f"step {fatal} left {after}"
        survived.append(after != before)
        rows = [record(day, amount) for day in NEW_DAYS]
        LandingStore(root).replace(FEED, days(*rows), cursor={"amount": amount}, now=NOW)
        assert states(root) == {(amount, amount)}
        assert not list(root.rglob(".writing-*"))
    # Three days, a cursor and two manifests: each a temporary file, its flush, its rename and its folder's flush.
    assert len(survived) >= 20
    assert survived == sorted(survived)
    assert set(survived) == {False, True}


def states(root: Path) -> set[tuple[str, str]]:
    """(amount of a day, amount the cursor names) over all days: one pair, or the store is torn."""
    store = LandingStore(root)
    store.verify()
    manifest = store.manifest(FEED)
    assert manifest.days == NEW_DAYS
    return {
        (str(int(partition.amounts["USD"])), manifest.cursor["amount"]) for partition in manifest.partitions.values()
    }
