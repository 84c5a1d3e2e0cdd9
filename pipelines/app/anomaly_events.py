"""The anomalies of the published build, and what people say of them, for the commands.

Belongs here: finding an event by its id, and adding to the feedback of its home. Does not: how events are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from duckdb import DuckDBPyRelation

from notifications.alert_log import Act
from pipelines.app.alerting import resolve_alerts_about
from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.errors import ConfigError
from pipelines.feedback import AnomalyFeedback, FeedbackFile


@dataclass(frozen=True)
class PublishedEvent:
    """A row of rpt_anomalies with its rows of rpt_anomaly_contributors and rpt_anomaly_days."""

    row: dict[str, Any]
    contributors: list[dict[str, Any]]
    days: list[dict[str, Any]]

    @property
    def leading(self) -> list[dict[str, Any]]:
        """The first contributor of each dimension."""
        return [each for each in self.contributors if each["rank"] == 1]


def published_events(home: Home) -> list[PublishedEvent]:
    """Every event of the published build, the newest first, with what was reported of it since.

    Raises:
        HomeError: nothing was published yet.
        EntryFileError: the file of feedback is not valid.
    """
    verdicts = {each.event_id: each for each in FeedbackFile(home.folders.feedback).all()}
    with warehouse_of(home.folders).reading() as connection:
        events = _rows(connection.table("main.rpt_anomalies").order("start_date desc, event_id"))
        contributors = _rows(connection.table("main.rpt_anomaly_contributors").order("event_id, dimension, rank"))
        days = _rows(connection.table("main.rpt_anomaly_days").order("event_id, event_date"))
    for event in events:
        if (feedback := verdicts.get(event["event_id"])) is not None:
            event |= {"verdict": feedback.verdict, "note": feedback.note}
    return [
        PublishedEvent(
            event,
            [row for row in contributors if row["event_id"] == event["event_id"]],
            [row for row in days if row["event_id"] == event["event_id"]],
        )
        for event in events
    ]


def published_event(home: Home, event_id: str) -> PublishedEvent:
    """The event of that id.

    Raises:
        ConfigError: there is none in the published build.
        HomeError: nothing was published yet.
    """
    events = {event.row["event_id"]: event for event in published_events(home)}
    if event_id not in events:
        close = get_close_matches(event_id, events, 1)
        meant = f"did you mean {close[0]}?" if close else "`ai-costs anomalies list` lists all"
        raise ConfigError(f"there is no anomaly {event_id!r}; {meant}")
    return events[event_id]


def judge_event(home: Home, event_id: str, verdict: str, note: str | None) -> PublishedEvent:
    """Add what a person says of an event to the feedback; the next build learns from it.

    The alerts about an event that is dismissed or expected are resolved.

    Raises:
        ConfigError: the published build has no event of this id.
        EntryFileError: the file of feedback is not valid.
        HomeError: it cannot be written, or nothing was published yet.
    """
    event = published_event(home, event_id)
    feedback = AnomalyFeedback(event_id, verdict, note or None, home.clock().date())
    FeedbackFile(home.folders.feedback).add(feedback)
    if verdict != "confirmed":
        resolve_alerts_about(home, event_id, Act(home.person, home.clock(), f"{verdict}: {note}" if note else verdict))
    return event


def _rows(relation: DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
