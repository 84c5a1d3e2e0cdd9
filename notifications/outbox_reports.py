"""What the outbox shows to people: alerts and how far each has come, and what does not arrive.

Belongs here: reading it. Does not: changing anything in it (outbox.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import sqlalchemy as sa

from notifications.claims import WAITING
from notifications.database import Database, aware, naive
from notifications.schema import alerts as _alerts
from notifications.schema import deliveries as _deliveries

_arrived = _deliveries.alias("arrived")


@dataclass(frozen=True, kw_only=True)
class ListedAlert:
    """An alert as people list it; `state` is `no channel`, or the state of its delivery."""

    alert_id: str
    created_at: datetime
    subject: str
    channel: str | None
    recipient: str
    state: str
    attempts: int
    last_error: str | None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """The state of deliveries to one recipient of a channel: how many of each state, and why the last one failed.

    `dead` are those that were given up in the last days; `delay` is the age of the oldest that is due and has not
    arrived.
    """

    channel: str
    recipient: str
    sent: int
    waiting: int
    held: int
    failed: int
    dead: int
    delay: timedelta
    last_error: str | None

    @property
    def place(self) -> str:
        """The channel, and whom of it."""
        return f"{self.channel} ({self.recipient})" if self.recipient else self.channel


def list_alerts(database: Database, limit: int = 100) -> list[ListedAlert]:
    """The newest alerts, a row for each recipient they go to."""
    query = (
        sa.select(
            *(_alerts.c[name] for name in ("alert_id", "created_at", "subject")),
            *(_deliveries.c[name] for name in ("channel", "recipient", "state", "attempts", "last_error")),
        )
        .outerjoin_from(_alerts, _deliveries)
        .where(_alerts.c.superseded_by.is_(None))
        .order_by(_alerts.c.created_at.desc(), _alerts.c.dedup_key, _deliveries.c.channel, _deliveries.c.recipient)
        .limit(limit)
    )
    with database.reading() as connection:
        return [
            ListedAlert(
                alert_id=row.alert_id,
                created_at=aware(row.created_at),
                subject=row.subject,
                channel=row.channel,
                recipient=row.recipient or "",
                state=row.state or "no channel",
                attempts=row.attempts or 0,
                last_error=row.last_error,
            )
            for row in connection.execute(query)
        ]


def recipients(database: Database, now: datetime, dead_since: datetime) -> list[Recipient]:
    """The state of deliveries for every recipient that has any, in order of channel and recipient."""
    state, due_at = _deliveries.c.state, _deliveries.c.due_at
    started = sa.func.min(sa.case((state.in_([*WAITING, "sending"]) & (due_at <= naive(now)), _alerts.c.created_at)))
    recent = (state == "dead") & (sa.func.coalesce(_deliveries.c.first_tried_at, due_at) >= naive(dead_since))
    query = (
        sa.select(
            _deliveries.c.channel,
            _deliveries.c.recipient,
            _count(state == "sent").label("sent"),
            _count(state.in_(["pending", "sending"])).label("waiting"),
            _count(state == "held").label("held"),
            _count(state == "failed").label("failed"),
            _count(recent).label("dead"),
            started.label("started"),
            sa.func.max(sa.case(((state == "failed") | recent, _deliveries.c.last_error))).label("last_error"),
        )
        .join_from(_deliveries, _alerts)
        .group_by(_deliveries.c.channel, _deliveries.c.recipient)
        .order_by(_deliveries.c.channel, _deliveries.c.recipient)
    )
    with database.reading() as connection:
        rows = connection.execute(query).mappings().all()
    found = []
    for row in rows:
        values = dict(row)
        oldest = values.pop("started")
        found.append(Recipient(**values, delay=timedelta(0) if oldest is None else now - aware(oldest)))
    return found


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """Messages to one recipient that were given up, after the last one that arrived; `subject` is the first one's."""

    channel: str
    recipient: str
    count: int
    since: datetime
    subject: str
    reason: str


def given_up(database: Database, but_of: str) -> list[GivenUp]:
    """Whom messages do not reach any more, in order of channel and recipient; the rule `but_of` does not count."""
    here = sa.and_(*(_deliveries.c[name] == _arrived.c[name] for name in ("channel", "recipient")))
    last = sa.select(sa.func.max(_arrived.c.sent_at)).where(here).scalar_subquery()
    tried = sa.func.coalesce(_deliveries.c.first_tried_at, _deliveries.c.due_at)
    query = (
        sa.select(*(_deliveries.c[name] for name in ("channel", "recipient", "last_error")), _alerts.c.subject)
        .add_columns(tried.label("tried"))
        .join_from(_deliveries, _alerts)
        .where((_deliveries.c.state == "dead") & (_alerts.c.rule != but_of) & (last.is_(None) | (tried > last)))
        .order_by(_deliveries.c.channel, _deliveries.c.recipient, tried, _alerts.c.created_at)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    found = []
    for (channel, recipient), group in groupby(rows, key=lambda row: (row.channel, row.recipient)):
        first, *more = group
        last_row = more[-1] if more else first
        found.append(
            GivenUp(
                channel=channel,
                recipient=recipient,
                count=1 + len(more),
                since=aware(first.tried),
                subject=first.subject,
                reason=last_row.last_error or "",
            )
        )
    return found


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
