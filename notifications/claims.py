"""What goes to a recipient next: alone, in a digest, or not yet.

Belongs here: choosing among what is due, within limits and quiet hours. Does not: leasing what was chosen (outbox.py).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifications.alerts import Severity
from notifications.database import aware, naive
from notifications.pacing import DAY, Pace
from notifications.period_digests import RULE_NAME as DIGEST
from notifications.routing import RANKS
from notifications.schema import alerts as _alerts
from notifications.schema import deliveries as _deliveries

WAITING = ("pending", "failed", "held")
"""Not tried yet; tried, and not arrived; waiting for the end of quiet hours or for room within the limits."""
RELEASED = {"lease_id": None, "leased_until": None}
"""The columns of a row that no process sends."""


@dataclass
class Due:
    """What is due to one recipient under one message id: the rows, and what decides their order."""

    message_id: str
    rows: list[sa.RowMapping]

    @property
    def is_new(self) -> bool:
        """Whether it was never tried."""
        return all(row["attempts"] == 0 for row in self.rows)

    @property
    def was_held(self) -> bool:
        """Whether some of it had to wait."""
        return any(row["state"] == "held" for row in self.rows)

    @property
    def is_digest(self) -> bool:
        """Whether a line in a message about several would not say what it says: a digest of a period."""
        return any(row["rule"] == DIGEST for row in self.rows)

    @property
    def rank(self) -> int:
        """That of its most severe alert."""
        return max(RANKS[Severity(row["severity"])] for row in self.rows)

    @property
    def order(self) -> tuple[bool, int, datetime, str]:
        """By what it is sorted: what was tried before, the most severe, the oldest."""
        return self.is_new, -self.rank, min(row["due_at"] for row in self.rows), self.message_id


def is_due(now: datetime) -> sa.ColumnElement[bool]:
    """Whether a row may be sent, or was being sent by a process that is gone."""
    waiting = _deliveries.c.state.in_(WAITING) & (_deliveries.c.due_at <= naive(now))
    abandoned = (_deliveries.c.state == "sending") & (_deliveries.c.leased_until <= naive(now))
    return waiting | abandoned


def choose(
    connection: sa.Connection, recipient: tuple[str, str], due: list[Due], *, now: datetime, pace: Pace
) -> Due | None:
    """What may go to the recipient next, after what may not has been held and what has no room has been joined.

    `recipient`: the channel and whom of it.
    """
    quiet_until = None if pace.quiet is None else pace.quiet.until(now)
    if quiet_until is not None:
        critical = RANKS[Severity.CRITICAL]
        _hold(connection, [one for one in due if one.rank < critical], quiet_until)
        due = [one for one in due if one.rank == critical]
    if not due:
        return None
    sent = _sent_since(connection, *recipient, now - DAY)
    room = pace.room(sent, now)
    if room == 0:
        _hold(connection, due, pace.opens_at(sent, now))
        return None
    due.sort(key=lambda one: one.order)
    new = [one for one in due if one.is_new and not one.is_digest]
    joined = [one for one in new if one.was_held]
    alone = [one for one in new if not one.was_held]
    places = room - (len(due) - len(new)) - bool(joined)
    if len(alone) > places:
        joined += alone[max(0, places - (not joined)) :]
    if len(joined) > 1:
        digest = _join(connection, joined)
        return next((one for one in due if one not in joined), digest)
    return due[0]


def due_by_recipient(connection: sa.Connection, channel: str, now: datetime) -> dict[str, list[Due]]:
    """What is due on a channel, by recipient."""
    columns = ("delivery_id", "recipient", "message_id", "state", "attempts", "due_at")
    query = (
        sa.select(*(_deliveries.c[name] for name in columns), _alerts.c.severity, _alerts.c.rule)
        .join_from(_deliveries, _alerts)
        .where((_deliveries.c.channel == channel) & is_due(now))
        .order_by(_deliveries.c.recipient)
    )
    found: dict[str, dict[str, Due]] = {}
    for row in connection.execute(query).mappings():
        of_recipient = found.setdefault(row["recipient"], {})
        of_recipient.setdefault(row["message_id"], Due(row["message_id"], [])).rows.append(row)
    return {recipient: list(messages.values()) for recipient, messages in found.items()}


def _sent_since(connection: sa.Connection, channel: str, recipient: str, since: datetime) -> list[datetime]:
    """When messages arrived; a digest is one."""
    query = (
        sa.select(sa.func.max(_deliveries.c.sent_at))
        .where((_deliveries.c.channel == channel) & (_deliveries.c.recipient == recipient))
        .where(_deliveries.c.sent_at > naive(since))
        .group_by(_deliveries.c.message_id)
    )
    return [aware(moment) for moment in connection.scalars(query)]


def _hold(connection: sa.Connection, due: list[Due], until: datetime) -> None:
    _change(connection, due, {"state": "held", "due_at": naive(until), **RELEASED})


def _join(connection: sa.Connection, due: list[Due]) -> Due:
    digest = uuid.uuid4().hex
    _change(connection, due, {"message_id": digest})
    return Due(digest, [row for one in due for row in one.rows])


def _change(connection: sa.Connection, due: list[Due], values: dict[str, Any]) -> None:
    ids = [{"id": row["delivery_id"]} for one in due for row in one.rows]
    if ids:
        statement = _deliveries.update().where(_deliveries.c.delivery_id == sa.bindparam("id")).values(values)
        connection.execute(statement, ids)
