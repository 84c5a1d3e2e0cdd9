"""A run that would change nothing is skipped, and only that: whatever is missing, harmed or new is rebuilt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.app.build_inputs import is_up_to_date
from pipelines.app.home import Home
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.sources.manual import folder
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from tests.home.homes import ENTRIES, NOW, home_at, publish

BILLS = Feed(SourceKind.MANUAL, "manual", "bills.csv")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose build, report and exports are those of what is landed."""
    home = home_at(tmp_path, "organisation: Acme\n")
    (home.settings.paths.manual / "bills.csv").write_text(ENTRIES)
    folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), NOW)
    publish(home)
    return home


def test_nothing_is_up_to_date_before_the_first_build(tmp_path: Path):
    assert not is_up_to_date(home_at(tmp_path))


def test_a_build_of_what_is_landed_and_set_is_up_to_date_for_the_hour(home: Home):
    assert is_up_to_date(home)
    assert is_up_to_date(replace(home, clock=lambda: NOW + timedelta(minutes=29)))
    assert not is_up_to_date(replace(home, clock=lambda: NOW + timedelta(minutes=30)))


@pytest.mark.parametrize(
    "gone",
    [
        "warehouse/working.duckdb",
        "warehouse/published.duckdb",
        "reports/ai-costs.html",
        "exports/costs.csv",
        "exports/costs.json",
        "exports/costs.csv.manifest.json",
    ],
)
def test_a_file_that_is_gone_is_made_anew(home: Home, gone: str):
    (home.settings.paths.home / gone).unlink()
    assert not is_up_to_date(home)


def published_is_damaged(home: Home) -> None:
    home.settings.paths.published.write_bytes(b"not a database")


def export_was_edited(home: Home) -> None:
    path = home.settings.paths.exports / "costs.csv"
    path.write_text(path.read_text().replace("1.000000000000", "2.000000000000"))


def more_was_landed(home: Home) -> None:
    later: datetime = NOW + timedelta(minutes=1)
    (home.settings.paths.manual / "more.csv").write_text(ENTRIES.replace("groq", "openai"))
    folder.extract(home.settings.paths.manual, LandingStore(home.folders.landing), later)


def a_source_failed(home: Home) -> None:
    OutcomeLog(home.folders.outcomes).record([Outcome(BILLS, Status.REFUSED, NOW, "no")])


@pytest.mark.parametrize("happens", [published_is_damaged, export_was_edited, more_was_landed, a_source_failed])
def test_whatever_changes_what_people_read_is_a_reason_to_build(home: Home, happens: Callable[[Home], None]):
    happens(home)
    assert not is_up_to_date(home)


def test_a_changed_setting_is_a_reason_to_build(home: Home):
    assert is_up_to_date(home_at(home.settings.paths.home.parent, "organisation: Acme\n"))
    assert not is_up_to_date(home_at(home.settings.paths.home.parent, "organisation: Umbra\n"))
