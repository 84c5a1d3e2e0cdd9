"""Faults 30 and 31: the extraction is killed while it lands what a provider answered."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from pipelines.landing import LandingStore
from tests.faults.figures import LEDGER, NOW, SOURCE, Reader

DAY = NOW.date() - timedelta(days=1)
ROOT = Path(__file__).resolve().parents[2]

# Reads the account in a process that kills itself: while a file of a day is flushed, or before the manifest is renamed.
KILLED = """
import os, pathlib, signal, sys
from datetime import timedelta
sys.path.insert(0, sys.argv[1])
from pipelines.landing import LandingStore
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.source import ApiAccount
from tests.faults.figures import FIRST, KEY, NOW, QUICK, SOURCE

root, base_url, step = sys.argv[2:]
rename, flush = pathlib.Path.replace, os.fsync

def killing_rename(self, target):
    if target.name == "manifest.json":
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)

def killing_flush(descriptor):
    os.kill(os.getpid(), signal.SIGKILL)

if step == "rename":
    pathlib.Path.replace = killing_rename
else:
    os.fsync = killing_flush
account = ApiAccount("labs", "openai", KEY, base_url=base_url, since=FIRST)
print(extract(SOURCE, account, LandingStore(pathlib.Path(root)), NOW + timedelta(hours=1), limits=QUICK))
"""


def read_and_be_killed(reader: Reader, step: str) -> subprocess.CompletedProcess[str]:
    place = [str(ROOT), str(reader.landing.root), str(reader.account.base_url), step]
    return subprocess.run([sys.executable, "-c", KILLED, *place], capture_output=True, text=True, check=False)


def left_over(landing: LandingStore, pattern: str) -> list[str]:
    return sorted(path.name for path in landing.root.rglob(pattern))


def test_30_a_kill_while_a_day_is_written(reader: Reader, note: Callable[[str], None]):
    reader.read()
    before = reader.landed()
    reader.provider.ledger = LEDGER.restated(DAY, Decimal(2))
    killed = read_and_be_killed(reader, "flush")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(left_over(reader.landing, ".writing-*")) == 1
    assert reader.landed() == before, "readers see the last whole state"
    note(f"killed: one temporary file, {reader.state()}")
    assert reader.read(hours_later=2).message == f"{DAY} was restated by +23.440000000007 USD"
    assert left_over(reader.landing, ".writing-*") == []
    assert reader.is_true()


def test_31_a_kill_between_the_files_and_the_manifest(reader: Reader, note: Callable[[str], None]):
    reader.read()
    before, files = reader.landed(), left_over(reader.landing, "*.parquet")
    reader.provider.ledger = LEDGER.restated(DAY, Decimal(2))
    killed = read_and_be_killed(reader, "rename")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    orphans = set(left_over(reader.landing, "*.parquet")) - set(files)
    assert len(orphans) == 1, "the restated day is written and in force nowhere"
    assert reader.landed() == before
    note(f"killed: one file that no manifest names, {reader.state()}")
    assert reader.read(hours_later=2).message == f"{DAY} was restated by +23.440000000007 USD"
    assert reader.is_true()
    reader.provider.ledger = LEDGER
    reader.read(hours_later=3)
    reader.landing.collect(NOW + timedelta(days=40))
    assert orphans & set(left_over(reader.landing, "*.parquet")) == set(), "what nothing names is collected"
    assert reader.is_true()
    assert reader.landing.manifest(SOURCE.feed(reader.account)) is not None
