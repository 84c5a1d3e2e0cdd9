"""A replay reports on each day what was known on its morning, and says of which rules that cannot be known."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.app.alert_replay import Replay, replay
from pipelines.app.home import Home
from pipelines.errors import ConfigError
from tests.home.homes import home_at
from tests.notifications.marts import create_missing_marts


@pytest.fixture
def home(company: Path, tmp_path: Path) -> Home:
    home = home_at(tmp_path)
    home.settings.paths.published.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(company, home.settings.paths.published)
    with closing(duckdb.connect(home.settings.paths.published)) as connection:
        create_missing_marts(connection)  # those of forecasts
    return home


def test_a_budget_is_reported_on_the_morning_after_the_day_that_reached_its_level(home: Home):
    found = replay(home, 31, "budget_threshold")
    assert sorted((alert.day.day, alert.subject) for alert in found.alerts) == [
        (2, "hundred: 71 % of the March budget is spent ($1,000.00 of $1,400.00)"),
        (3, "almost ninety: 89 % of the March budget is spent ($1,400.00 of $1,555.56)"),
        (3, "fair: 70 % of the Mar 2 to Mar 4 budget is spent ($7.00 of $10.00)"),
        (3, "hundred: 100 % of the March budget is spent ($1,400.00 of $1,400.00)"),
        (3, "seventy: 70 % of the March budget is spent ($1,400.00 of $2,000.00)"),
        (31, "rolling: 100 % of the March budget is spent ($15.00 of $15.00)"),
    ]


def test_a_rule_whose_past_cannot_be_known_says_so(home: Home):
    assert replay(home, 7, "source_stale") == Replay(
        date(2026, 3, 25),
        date(2026, 3, 31),
        [],
        {"source_stale": "a build knows how each source was last read, and not how it was read before"},
    )


def test_a_replay_of_reconciliation_says_whose_bills_it_compares(home: Home):
    assert replay(home, 7, "reconciliation").not_replayed == {
        "reconciliation with the bills of then": "a build has the bills of now, so these are compared"
    }


def test_a_rule_that_there_is_not_is_refused(home: Home):
    with pytest.raises(ConfigError, match="there is no rule 'anomly': there are anomaly, bill_missing, "):
        replay(home, 7, "anomly")


def test_alerts_are_counted_by_whole_weeks(home: Home):
    found = replay(home, 31, "budget_threshold")
    assert found.weekly == [0, 0, 0, 1]
    assert replay(home, 6, "budget_threshold").weekly == []
