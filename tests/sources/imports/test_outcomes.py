"""How a run tells of the inbox: one outcome for each feed, with what was refused and what was left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.app.home import Home
from pipelines.app.opening import open_home
from pipelines.app.refresh import extract_imported_files
from pipelines.landing import LandingStore
from pipelines.presentation.messages import OTHER_SERVICES
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from tests.home.homes import NOW, home_at
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import feed

ACCOUNT = feed("focus", "111")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path)


def drop(home: Home, name: str, content: str) -> Path:
    path = home.settings.paths.inbox / name
    path.write_text(content)
    return path


def test_an_empty_inbox_is_no_outcome(home: Home):
    assert extract_imported_files(home) == OutcomeLog(home.folders.outcomes).all() == []


def test_what_was_left_out_is_told_again_of_a_file_that_was_read_already(home: Home):
    drop(home, "bill.csv", bill(charge("2026-03-01"), charge("2026-03-01", "2", "Amazon EC2")))
    left_out = f"bill.csv: 1 row {OTHER_SERVICES} 2.00 USD: Amazon EC2 2.00 USD"
    told = Outcome(ACCOUNT, Status.OK, NOW, findings=(left_out,))
    assert extract_imported_files(home) == [told]
    later = NOW + timedelta(hours=1)
    assert extract_imported_files(replace(home, clock=lambda: later)) == [replace(told, last_attempt_at=later)]


def test_a_refused_version_says_why_and_that_the_last_good_one_stays(home: Home):
    drop(home, "bill.csv", bill(charge("2026-03-01")))
    extract_imported_files(home)
    drop(home, "bill.csv", bill(*[charge("2026-03-01", "x")] * 25))
    (outcome,) = extract_imported_files(home)
    lines = str(outcome.message).splitlines()
    stays = "its last good version stays in effect; `ai-costs withdraw bill.csv` takes back all of it"
    assert lines[0] == f"bill.csv was rejected; {stays}:"
    assert (outcome.status, outcome.rejected_lines) == (Status.REFUSED, 25)
    assert (len(lines), lines[-1]) == (22, "and 5 more")
    assert LandingStore(home.folders.landing).read(ACCOUNT, columns=["cost_amount"])["cost_amount"].to_pylist() == [
        Decimal("1.25")
    ]


def test_a_file_nobody_knows_stops_no_other_and_is_forgotten_with_the_file(home: Home):
    drop(home, "bill.csv", bill(charge("2026-03-01")))
    unknown = drop(home, "unknown.csv", "who,where\n")
    outcomes = {outcome.feed: outcome.status for outcome in extract_imported_files(home)}
    assert outcomes == {ACCOUNT: Status.OK, feed("unrecognised", "unknown.csv"): Status.REFUSED}
    unknown.unlink()
    extract_imported_files(home)
    assert [outcome.feed for outcome in OutcomeLog(home.folders.outcomes).all()] == [ACCOUNT]


def test_a_home_with_a_file_in_its_inbox_is_not_made_the_sample_company(tmp_path: Path):
    home = home_at(tmp_path)
    drop(home, "bill.csv", bill(charge("2026-03-01")))
    opened = open_home({"HOME": str(tmp_path)}, home=home.settings.paths.home, cwd=tmp_path)
    assert opened.settings.paths.home == home.settings.paths.home
