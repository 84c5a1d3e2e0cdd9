"""A file that was found whole is read again when it changed, when it is young, and once a day; otherwise not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.errors import LandingError
from pipelines.landing import LandingStore, verified
from pipelines.presentation.messages import CHANGED
from tests.landing.landed import FEED, NOW, days, record
from tests.opened import files_opened

MONTH = [date(2026, 10, 1) + timedelta(days=number) for number in range(30)]
SOON = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LandingStore:
    """A store with a month of days, each found whole; a file that was just written counts as settled."""
    monkeypatch.setattr(verified, "SETTLED_NS", 0)
    landed = LandingStore(tmp_path / "landing")
    landed.replace(FEED, days(*map(record, MONTH)), cursor=None, now=NOW)
    assert len(landed.verify(now=NOW)) == 30
    return landed


def hashed(store: LandingStore, now: datetime | None) -> list[date]:
    """The days that verifying reads."""
    with files_opened() as opened:
        assert len(store.verify(now=now)) == 30
    return [date.fromisoformat(path.name[:10]) for path in opened if path.parent.name == "days"]


def file_of(store: LandingStore, day: date) -> Path:
    (path,) = store.root.rglob(f"{day}-*.parquet")
    return path


def test_what_was_found_whole_is_not_read_again_for_a_day(store: LandingStore):
    assert hashed(store, SOON) == []
    assert hashed(store, NOW + verified.HASHED_EVERY - timedelta(seconds=1)) == []
    assert hashed(store, NOW + verified.HASHED_EVERY) == MONTH
    assert hashed(store, NOW + verified.HASHED_EVERY + timedelta(hours=1)) == []


def test_without_a_moment_and_after_the_clock_went_back_everything_is_read(store: LandingStore):
    assert hashed(store, None) == MONTH
    assert hashed(store, NOW - timedelta(hours=1)) == MONTH


def test_a_day_that_was_landed_since_is_all_that_is_read(store: LandingStore):
    store.replace(FEED, days(record(MONTH[7], "2")), cursor=None, now=SOON)
    assert hashed(store, SOON) == [MONTH[7]]
    assert hashed(store, SOON) == []


def test_a_file_that_has_just_changed_is_read_by_the_next_run_too(store: LandingStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(verified, "SETTLED_NS", 60 * 10**9)
    store.replace(FEED, days(record(MONTH[7], "2")), cursor=None, now=SOON)
    for _ in range(2):
        assert MONTH[7] in hashed(store, SOON)


def flipped(path: Path) -> None:
    """One bit, with the size and the times that the file had."""
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=times)


def replaced(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy2(path, other)
    flipped(other)
    other.replace(path)


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("harm", [flipped, replaced, gone])
def test_a_file_that_was_changed_or_removed_is_noticed_at_once(store: LandingStore, harm: Callable[[Path], None]):
    harm(file_of(store, MONTH[9]))
    for _ in range(2):
        with pytest.raises(LandingError, match=rf"days/{MONTH[9]}-\S+ ({CHANGED}|is missing)"):
            store.verify(now=SOON)


@pytest.mark.parametrize("harm", [flipped, gone, lambda path: path.write_bytes(b"")])
def test_a_list_that_is_lost_or_damaged_means_that_everything_is_read(
    store: LandingStore, harm: Callable[[Path], None]
):
    harm(store.root / verified.FILE)
    assert hashed(store, SOON) == MONTH
    assert hashed(store, SOON) == []
