"""A digest's figures are those of the marts, and each recipient gets it once for a period, also if it was missed."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from notifications.alerts import Alert
from pipelines.app.delivery import channels_of, opened_outbox
from pipelines.app.home import Home
from pipelines.app.period_digests import enqueue_due
from pipelines.presentation.formats import full_money
from tests.home.homes import home_at
from tests.notifications.marts import create_missing_marts

CONFIGURATION = """
channels:
  - {name: finance, url: FINANCE_URL}
  - {name: chat, url: CHAT_URL}
alerts:
  digests:
    - {every: week, day: tuesday, at: "00:00", channels: finance}
    - {every: month, day: 2}
"""


@pytest.fixture
def home(company: Path, tmp_path: Path) -> Home:
    """A company whose build is of Tuesday, March 31, and whose clock stands an hour after."""
    home = home_at(tmp_path, CONFIGURATION)
    home.settings.paths.published.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(company, home.settings.paths.published)
    with closing(duckdb.connect(home.settings.paths.published)) as connection:
        create_missing_marts(connection)
    return home


def due(home: Home, *, days: int = 0) -> list[Alert]:
    """The digests that are new when the build is so many days newer than it was."""
    with closing(duckdb.connect(home.settings.paths.published)) as connection:
        connection.execute("update rpt_build set as_of = as_of + to_days($days::integer)", {"days": days})
        ((as_of,),) = connection.execute("select as_of from rpt_build").fetchall()
    later = replace(home, clock=lambda: as_of + timedelta(hours=1))
    with opened_outbox(later) as outbox:
        return enqueue_due(later, outbox, [channel.receiver for channel in channels_of(later)])


def replaced(section: Any, **values: Any) -> Any:
    return section.model_copy(update=values)


def spent(home: Home, first: str, end: str) -> Decimal:
    """What was spent in the reporting currency, by the facts of converted costs."""
    with closing(duckdb.connect(home.settings.paths.published, read_only=True)) as connection:
        ((amount,),) = connection.execute(
            "select coalesce(sum(converted_amount), 0) from rpt_converted_costs "
            "where cost_kind = 'spend' and cost_date >= $first and cost_date < $end",
            {"first": first, "end": end},
        ).fetchall()
    return Decimal(amount)


def test_a_digest_comes_once_and_one_that_was_missed_is_caught_up_once(home: Home):
    assert due(home, days=-7) == [], "what was over before it was configured"
    (week,) = due(home, days=7)
    assert (week.dedup_key, week.channels) == ("digest:week:2026-03-24", ("finance",))
    assert due(home) == []
    found = {alert.dedup_key: alert.channels for alert in due(home, days=28)}
    assert found == {"digest:month:2026-03-01": None, "digest:week:2026-04-21": ("finance",)}
    assert due(home) == []
    with opened_outbox(home) as outbox:
        received = [(listed.channel, listed.subject.partition(":")[0]) for listed in outbox.list_alerts()]
    assert sorted(received) == [
        ("chat", "March 2026"),
        ("finance", "Apr 21\N{EN DASH}27, 2026"),
        ("finance", "Mar 24\N{EN DASH}30, 2026"),
        ("finance", "March 2026"),
    ]


def test_the_figures_are_those_of_the_marts(home: Home):
    due(home, days=-7)
    due(home, days=7)
    (month,) = (alert for alert in due(home, days=7) if alert.dedup_key == "digest:month:2026-03-01")
    amount, before = (
        full_money(spent(home, *span), "USD") for span in (("2026-03-01", "2026-04-01"), ("2026-02-01", "2026-03-01"))
    )
    assert f"Spent     {amount}, {before} in February 2026" in month.body_text.splitlines()
    assert "- hundred: " in month.body_text


def test_a_digest_that_is_not_wanted_or_not_due_in_its_settings_is_none(home: Home):
    digests = tuple(replaced(each, enabled=False) for each in home.settings.configuration.alerts.digests)
    alerts = replaced(home.settings.configuration.alerts, digests=digests)
    configuration = replaced(home.settings.configuration, alerts=alerts)
    off = replace(home, settings=replace(home.settings, configuration=configuration))
    assert [due(off, days=days) for days in (-7, 7, 28)] == [[], [], []]
