"""The outbox: which alerts there are, and how far each has come to each recipient of each channel.

An alert and its deliveries are written in one transaction, so a crash loses neither. A message is leased while it is
being sent; a lease that ran out is sent again, with the same id. SQLite by default, PostgreSQL by URL.
Belongs here: writing it. Does not: what it shows to people (`outbox_reports.py`), or sending (`delivery.py`).
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifications import schema
from notifications.alerts import Alert
from notifications.claims import RELEASED, Due, choose, due_by_recipient, is_due
from notifications.database import Database, aware, naive
from notifications.messages import Message, StoredAlert
from notifications.outbox_reports import ListedAlert, list_alerts
from notifications.pacing import Pace
from notifications.recovery import readable_rows
from notifications.routing import Receiver, route
from notifications.schema import alerts as _alerts
from notifications.schema import deliveries as _deliveries

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
MOST_DOUBLINGS = 10
JITTER = 0.2
"""The share by which a wait is longer or shorter, so that what failed at once is not tried again at once."""
GIVEN_UP_AFTER = timedelta(hours=72)
LONGEST_REASON = 500
UNLIMITED = Pace(hourly=1_000_000, daily=1_000_000)


class Outbox(Database):
    """The outbox in a SQLite file, or at an SQLAlchemy URL."""

    def __init__(self, place: Path | str | sa.URL, lease: timedelta = LEASE) -> None:
        super().__init__(place)
        self.lease = lease

    def take_over(self, damaged: Path) -> int:
        """Take what can still be read of a damaged outbox into this one; give how many alerts are here by then."""
        with self.transaction() as connection:
            for table in schema.metadata.sorted_tables:
                for row in readable_rows(damaged, table):
                    with suppress(sa.exc.IntegrityError), connection.begin_nested():
                        connection.execute(table.insert().values(row))
            return connection.execute(sa.select(sa.func.count()).select_from(_alerts)).scalar_one()

    def enqueue(self, alerts: Sequence[Alert], channels: Sequence[str | Receiver], now: datetime) -> list[Alert]:
        """Store the alerts that are not here yet, for the channels they go to; give those that are new.

        One that is here already goes to the channels and recipients that were added since.
        """
        with self.transaction() as connection:
            return self.add(connection, alerts, channels, now)

    def add(
        self, connection: sa.Connection, alerts: Sequence[Alert], channels: Sequence[str | Receiver], now: datetime
    ) -> list[Alert]:
        """As `enqueue`, in a transaction that is open already."""
        query = sa.select(_alerts.c.dedup_key, _alerts.c.alert_id, _alerts.c.superseded_by)
        known = {row.dedup_key: row for row in connection.execute(query)}
        new, keys = [], set(known)
        for alert in alerts:
            if alert.dedup_key in keys:
                stored = known.get(alert.dedup_key)
                if stored is not None and stored.superseded_by is None:
                    _add_deliveries(connection, stored.alert_id, route(alert, channels), now)
                continue
            alert_id = _insert(connection, alert, alert.dedup_key, now, superseded_by=None)
            _add_deliveries(connection, alert_id, route(alert, channels), now)
            for key in alert.supersedes:
                if key not in keys:
                    _insert(connection, alert, key, now, superseded_by=alert.dedup_key)
            keys |= {alert.dedup_key, *alert.supersedes}
            new.append(alert)
        return new

    def claim(self, channel: str, now: datetime, pace: Pace = UNLIMITED) -> Message | None:
        """Lease the next message that may go to `channel`; None if there is none now.

        No other process sends it until the lease runs out. What quiet hours or limits keep back is held, and what no
        message of its own is left for goes out as a digest.
        """
        with self.transaction() as connection:
            for recipient, due in due_by_recipient(connection, channel, now).items():
                chosen = choose(connection, (channel, recipient), due, now=now, pace=pace)
                if chosen is not None:
                    return self._leased(connection, chosen, now)
        return None

    def renew(self, message: Message, now: datetime) -> bool:
        """Extend the lease of a message that is still being sent; whether it was still this process's."""
        return self._update(message, leased_until=naive(now + self.lease))

    def split(self, message: Message, recipients: Sequence[str], now: datetime) -> None:
        """Replace a delivery that was written when nobody knew the recipients by one for each of them."""
        with self.transaction() as connection:
            ended = _deliveries.delete().where(_deliveries.c.lease_id == message.lease_id)
            if connection.execute(ended).rowcount:
                receiver = Receiver(channel=message.channel, recipients=tuple(recipients))
                for alert in message.alerts:
                    _add_deliveries(connection, alert.alert_id, [receiver], now)

    def mark_sent(self, message: Message, now: datetime) -> bool:
        """The recipient's server has it; whether the lease was still this process's, as for the other two."""
        return self._update(message, state="sent", sent_at=naive(now), last_error=None, **RELEASED)

    def mark_failed(self, message: Message, reason: str, due_at: datetime) -> bool:
        """It has not arrived, and is tried again at `due_at`."""
        return self._update(
            message, state="failed", due_at=naive(due_at), last_error=reason[:LONGEST_REASON], **RELEASED
        )

    def mark_dead(self, message: Message, reason: str) -> bool:
        """It will not arrive, and is not tried again."""
        return self._update(message, state="dead", last_error=reason[:LONGEST_REASON], **RELEASED)

    def channels_due(self, now: datetime) -> list[str]:
        """The channels for which something is due, in order of name."""
        with self.reading() as connection:
            query = sa.select(_deliveries.c.channel).where(is_due(now)).distinct().order_by(_deliveries.c.channel)
            return list(connection.scalars(query))

    def pending_count(self, now: datetime) -> int:
        """How many deliveries are due."""
        with self.reading() as connection:
            return connection.execute(
                sa.select(sa.func.count()).select_from(_deliveries).where(is_due(now))
            ).scalar_one()

    def list_alerts(self, limit: int = 100) -> list[ListedAlert]:
        """The newest alerts, a row for each recipient they go to."""
        return list_alerts(self, limit)

    def _leased(self, connection: sa.Connection, chosen: Due, now: datetime) -> Message:
        lease_id = uuid.uuid4().hex
        connection.execute(
            _deliveries.update()
            .where(_deliveries.c.message_id == chosen.message_id)
            .values(
                state="sending",
                lease_id=lease_id,
                leased_until=naive(now + self.lease),
                attempts=_deliveries.c.attempts + 1,
                first_tried_at=sa.func.coalesce(_deliveries.c.first_tried_at, naive(now)),
            )
        )
        stored = [_alerts.c[name] for name in StoredAlert.__dataclass_fields__]
        query = (
            sa.select(*stored, _deliveries.c.channel, _deliveries.c.recipient, _deliveries.c.attempts)
            .add_columns(_deliveries.c.first_tried_at)
            .join_from(_deliveries, _alerts)
            .where(_deliveries.c.lease_id == lease_id)
            .order_by(_alerts.c.created_at, _alerts.c.alert_id)
        )
        rows = connection.execute(query).mappings().all()
        return Message(
            message_id=chosen.message_id,
            channel=rows[0]["channel"],
            recipient=rows[0]["recipient"],
            attempts=rows[0]["attempts"],
            first_tried_at=aware(rows[0]["first_tried_at"]),
            lease_id=lease_id,
            alerts=tuple(_stored(row) for row in rows),
        )

    def _update(self, message: Message, **values: Any) -> bool:
        """Change the rows of a message while the lease is still its own."""
        of_it = _deliveries.c.lease_id == message.lease_id
        with self.transaction() as connection:
            return connection.execute(_deliveries.update().where(of_it).values(**values)).rowcount > 0


def retry_at(message: Message, now: datetime, wait: timedelta) -> datetime | None:
    """When a message that failed is tried again: after twice as long as before, and not before `wait`; None: never."""
    doubled = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(message.attempts - 1, MOST_DOUBLINGS))
    jitter = 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 - nobody gains by guessing it
    moment = now + max(doubled * jitter, wait)
    return None if moment > message.first_tried_at + GIVEN_UP_AFTER else moment


def _add_deliveries(connection: sa.Connection, alert_id: str, receivers: Sequence[Receiver], now: datetime) -> None:
    """A row for each recipient that has none; one without a recipient's name was for all of the channel."""
    query = sa.select(_deliveries.c.channel, _deliveries.c.recipient).where(_deliveries.c.alert_id == alert_id)
    present = {tuple(row) for row in connection.execute(query)}
    for receiver in receivers:
        for recipient in receiver.recipients:
            if (receiver.channel, recipient) in present or (receiver.channel, "") in present:
                continue
            delivery_id = uuid.uuid4().hex
            connection.execute(
                _deliveries.insert().values(
                    delivery_id=delivery_id,
                    alert_id=alert_id,
                    channel=receiver.channel,
                    recipient=recipient,
                    message_id=delivery_id,
                    state="pending",
                    attempts=0,
                    due_at=naive(now),
                )
            )


def _insert(connection: sa.Connection, alert: Alert, key: str, now: datetime, *, superseded_by: str | None) -> str:
    alert_id = uuid.uuid4().hex
    connection.execute(
        _alerts.insert().values(
            alert_id=alert_id,
            dedup_key=key,
            rule=alert.rule,
            severity=alert.severity,
            subject=alert.subject,
            body_text=alert.body_text,
            body_html=alert.body_html,
            created_at=naive(now),
            superseded_by=superseded_by,
            picture=alert.picture,
        )
    )
    return alert_id


def _stored(row: sa.RowMapping) -> StoredAlert:
    values = {name: row[name] for name in StoredAlert.__dataclass_fields__}
    return StoredAlert(**{**values, "created_at": aware(values["created_at"])})
