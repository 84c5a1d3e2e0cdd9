"""What a home holds is its user's alone, whatever the umask, unless it is shared with a group on purpose."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications.outbox import Outbox
from pipelines.app.diagnosis import Finding, examine
from pipelines.app.home import Home
from pipelines.config import ensure_home, load_settings
from pipelines.landing import LandingStore
from pipelines.prices.snapshots import PriceSnapshots
from pipelines.sources.manual import folder
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from tests.home.homes import ENTRIES, NOW, home_at, publish
from tests.landing.landed import FEED
from tests.prices.test_snapshots import FIRST, MONTHS


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """The widest umask there is."""
    before = os.umask(0)
    yield
    os.umask(before)


def new_home(person: Path) -> Home:
    settings = load_settings(home=person / "data", config=None, environ={"HOME": str(person)}, cwd=person)
    ensure_home(settings.paths)
    return Home(settings, clock=lambda: NOW)


def write_everything(home: Home) -> None:
    """A file of each writer: landing, locks, DuckDB, SQLite, exports, state and prices."""
    (home.settings.paths.manual / "bills.csv").write_text(ENTRIES)
    folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), NOW)
    publish(home)
    Outbox(home.settings.paths.outbox).list_alerts()
    OutcomeLog(home.folders.outcomes).record([Outcome(FEED, Status.OK, NOW)])
    PriceSnapshots(home.settings.paths.prices).as_billed(MONTHS, FIRST, NOW)


def modes(folder: Path) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {"folders": {stat.S_IMODE(folder.stat().st_mode)}, "files": set()}
    for path in folder.rglob("*"):
        found["folders" if path.is_dir() else "files"].add(stat.S_IMODE(path.stat().st_mode))
    return found


def test_a_new_home_is_its_users_alone(tmp_path: Path):
    home = new_home(tmp_path)
    write_everything(home)
    assert modes(tmp_path / "data") == {"folders": {0o700}, "files": {0o600}}
    assert [finding for finding in examine(home) if "look into" in finding.found] == []


def test_folders_of_an_earlier_version_are_tightened_and_links_are_not(tmp_path: Path):
    public = tmp_path / "public"
    public.mkdir()
    data = tmp_path / "data"
    for name in ("landing", "prices", "warehouse"):
        (data / name).mkdir(parents=True)
    (data / "reports").symlink_to(public)
    data.chmod(0o755)
    home = new_home(tmp_path)
    write_everything(home)
    ours = ("landing", "prices", "warehouse", "state", "exports")
    assert [modes(data / name) for name in ours] == [{"folders": {0o700}, "files": {0o600}}] * len(ours)
    assert stat.S_IMODE(public.stat().st_mode) == 0o777
    assert [finding for finding in examine(home) if "look into" in finding.found] == [
        Finding("data folder", "others may look into it (mode 755)", f"`chmod go= {data}`", warning=True),
        Finding("reports/", "others may look into it (mode 777)", f"`chmod go= {data / 'reports'}`", warning=True),
    ]


@pytest.mark.parametrize(
    ("mode", "folders", "files"),
    # Locks are written by their user alone.
    [(0o2750, 0o2750, {0o640}), (0o2775, 0o2770, {0o660, 0o640})],
    ids=["2750", "2775"],
)
def test_a_home_that_hands_its_group_on_is_shared_with_the_group_alone(
    tmp_path: Path, mode: int, folders: int, files: set[int]
):
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(mode)
    home = new_home(tmp_path)
    write_everything(home)
    data.chmod(folders)
    assert modes(data) == {"folders": {folders}, "files": files}


def test_secrets_that_others_may_read_need_the_person(tmp_path: Path):
    home = home_at(tmp_path)
    file = tmp_path / "data" / ".env"
    file.write_text("ACME_KEY=sk-0123456789\n")
    file.chmod(0o640)
    (found,) = [finding for finding in examine(home) if finding.subject == ".env"]
    assert found == Finding(
        ".env", f"{file} has secrets and others may read it (mode 640)", f"`chmod 600 {file}`", ok=False
    )
    file.chmod(0o600)
    assert [finding for finding in examine(home) if finding.subject == ".env"] == []
