"""A kill -9 at any step of a replacement leaves a readable store: all of the old days, or all of the new."""

from __future__ import annotations

from datetime import date
from itertools import count
from pathlib import Path

import pytest

from pipelines.landing import LandingStore
from tests.kills import KILLED, killer_of
from tests.landing.landed import FEED, NOW, days, record

NEW_DAYS = (date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22))


def replace_days(root: str, amount: str) -> None:
    """What is killed: three days are replaced."""
    rows = [record(day, amount) for day in NEW_DAYS]
    LandingStore(Path(root)).replace(FEED, days(*rows), cursor={"amount": amount}, now=NOW)


@pytest.mark.e2e
def test_every_step_may_be_the_last(tmp_path: Path):
    root = tmp_path / "landing"
    replace_days(str(root), "1")
    survived: list[bool] = []
    with killer_of("tests.landing.test_kill", "replace_days") as killer:
        for fatal in count(1):
            amount = str(1 + fatal)
            before = states(root)
            ended = killer.run(fatal, root, amount)
            if ended == 0:
                break
            assert ended == KILLED
            after = states(root)
            assert after in (before, {(amount, amount)}), f"step {fatal} left {after}"
            survived.append(after != before)
            replace_days(str(root), amount)
            assert states(root) == {(amount, amount)}
            assert not list(root.rglob(".writing-*"))
    # Three days, a cursor and two manifests: each a temporary file and its rename.
    assert len(survived) >= 12
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
