"""Faults 30 and 31: the extraction is killed while it lands what a provider answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from pipelines.landing import LandingStore
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.source import ApiAccount
from tests.faults.figures import FIRST, KEY, LEDGER, NOW, QUICK, SOURCE, Reader
from tests.kills import KILLED, killer_of

DAY = NOW.date() - timedelta(days=1)


def read_again(root: str, base_url: str) -> None:
    """What is killed: an hour later, the account is read."""
    account = ApiAccount("labs", "openai", KEY, base_url=base_url, since=FIRST)
    extract(SOURCE, account, LandingStore(Path(root)), NOW + timedelta(hours=1), limits=QUICK)


def read_and_be_killed(reader: Reader, moment: str) -> None:
    with killer_of("tests.faults.test_kills", "read_again") as killer:
        assert killer.run(moment, reader.landing.root, reader.account.base_url) == KILLED


def left_over(landing: LandingStore, pattern: str) -> list[str]:
    return sorted(path.name for path in landing.root.rglob(pattern))


def test_30_a_kill_while_a_day_is_written(reader: Reader, note: Callable[[str], None]):
    reader.read()
    before = reader.landed()
    reader.provider.ledger = LEDGER.restated(DAY, Decimal(2))
    read_and_be_killed(reader, "rename:*.parquet")
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
    read_and_be_killed(reader, "rename:manifest.json")
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
