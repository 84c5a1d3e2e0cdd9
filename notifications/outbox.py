"""The outbox: which alerts there are, and how far each has come on each channel.

An alert and its deliveries are written in one transaction, so a crash loses neither. A delivery is leased while
it is being sent; a lease that ran out is sent again. SQLite by default, PostgreSQL by URL.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifications import schema
from notifications.alerts import Alert
from notifications.recovery import readable_rows
from notifications.routing import route
from notifications.schema import alerts as _alerts
from notifications.schema import deliveries as _deliveries

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
MOST_DOUBLINGS = 10
GIVEN_UP_AFTER = timedelta(hours=72)
LONGEST_REASON = 500


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One alert on its way to one channel."""

    delivery_id: str
    alert_id: str
    channel: str
    attempts: int
    severity: str
    subject: str
    body_text: str
    body_html: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ListedAlert:
    """An alert as people list it; `state` is superseded, no channel, or the state of its delivery."""

    alert_id: str
    created_at: datetime
    subject: str
    channel: str | None
    state: str
    attempts: int
    last_error: str | None


class Outbox:
    """The outbox in a SQLite file, or at an SQLAlchemy URL."""

    def __init__(self, place: Path | str) -> None:
        if isinstance(place, Path):
            place.parent.mkdir(parents=True, exist_ok=True)
        url = sa.URL.create("sqlite", database=str(place)) if isinstance(place, Path) else place
        self._engine = sa.create_engine(url, poolclass=sa.NullPool)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _make_durable)
            sa.event.listen(self._engine, "begin", _begin)
        with self.transaction() as connection:
            schema.upgrade(connection)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction that writes; whatever else is written in it stands or falls with the alerts added in it."""
        with self._engine.execution_options(sqlite_begin="begin immediate").begin() as connection:
            yield connection

    def take_over(self, damaged: Path) -> int:
        """Take what can still be read of a damaged outbox into this one; give how many alerts are here by then."""
        with self.transaction() as connection:
            for table in schema.metadata.sorted_tables:
                for row in readable_rows(damaged, table):
                    with suppress(sa.exc.IntegrityError), connection.begin_nested():
                        connection.execute(table.insert().values(row))
            return connection.execute(sa.select(sa.func.count()).select_from(_alerts)).scalar_one()

    def enqueue(self, alerts: Sequence[Alert], channels: Sequence[str], now: datetime) -> list[Alert]:
        """Keep the alerts that are not here yet, for the channels they go to; give those that are new."""
        with self.transaction() as connection:
            return self.add(connection, alerts, channels, now)

    def add(
        self, connection: sa.Connection, alerts: Sequence[Alert], channels: Sequence[str], now: datetime
    ) -> list[Alert]:
        """As `enqueue`, in a transaction that is open already."""
        known = set(connection.scalars(sa.select(_alerts.c.dedup_key)))
        new = []
        for alert in alerts:
            if alert.dedup_key in known:
                continue
            alert_id = self._insert(connection, alert, alert.dedup_key, now, superseded_by=None)
            for channel in route(alert, channels):
                connection.execute(
                    _deliveries.insert().values(
                        delivery_id=uuid.uuid4().hex,
                        alert_id=alert_id,
                        channel=channel,
                        state="pending",
                        attempts=0,
                        due_at=_naive(now),
                    )
                )
            for key in alert.supersedes:
                if key not in known:
                    self._insert(connection, alert, key, now, superseded_by=alert.dedup_key)
                    known.add(key)
            known.add(alert.dedup_key)
            new.append(alert)
        return new

    def claim_due(self, now: datetime, limit: int = 50) -> list[Delivery]:
        """Lease what is due, oldest first: no other process sends it until the lease runs out."""
        due = self._due(now).order_by(_deliveries.c.due_at, _deliveries.c.delivery_id).limit(limit)
        with self.transaction() as connection:
            claimed = connection.scalars(
                _deliveries.update()
                .where(_deliveries.c.delivery_id.in_(due))
                .values(state="sending", leased_until=_naive(now + LEASE), attempts=_deliveries.c.attempts + 1)
                .returning(_deliveries.c.delivery_id)
            ).all()
            rows = connection.execute(
                sa.select(
                    _deliveries.c.delivery_id,
                    _deliveries.c.channel,
                    _deliveries.c.attempts,
                    _alerts.c.alert_id,
                    _alerts.c.severity,
                    _alerts.c.subject,
                    _alerts.c.body_text,
                    _alerts.c.body_html,
                    _alerts.c.created_at,
                )
                .join(_alerts)
                .where(_deliveries.c.delivery_id.in_(claimed))
                .order_by(_alerts.c.created_at, _deliveries.c.delivery_id)
            ).mappings()
            return [Delivery(**{**row, "created_at": _aware(row["created_at"])}) for row in rows]

    def mark_sent(self, delivery: Delivery, now: datetime) -> None:
        """The channel has taken it."""
        self._update(delivery, state="sent", sent_at=_naive(now), leased_until=None, last_error=None)

    def mark_failed(self, delivery: Delivery, reason: str, now: datetime) -> None:
        """The channel has not taken it: try again after twice as long as before, and give up after three days."""
        wait = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(delivery.attempts - 1, MOST_DOUBLINGS))
        state = "dead" if now + wait > delivery.created_at + GIVEN_UP_AFTER else "failed"
        self._update(
            delivery, state=state, due_at=_naive(now + wait), leased_until=None, last_error=reason[:LONGEST_REASON]
        )

    def pending_count(self, now: datetime) -> int:
        """How many deliveries are due."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(self._due(now).subquery())).scalar_one()

    def list_alerts(self, limit: int = 100) -> list[ListedAlert]:
        """The newest alerts, a row for each channel they go to."""
        query = (
            sa.select(
                _alerts.c.alert_id,
                _alerts.c.created_at,
                _alerts.c.subject,
                _deliveries.c.channel,
                _alerts.c.superseded_by,
                _deliveries.c.state,
                _deliveries.c.attempts,
                _deliveries.c.last_error,
            )
            .outerjoin(_deliveries)
            .where(_alerts.c.superseded_by.is_(None))
            .order_by(_alerts.c.created_at.desc(), _alerts.c.dedup_key, _deliveries.c.channel)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [
                ListedAlert(
                    alert_id=row.alert_id,
                    created_at=_aware(row.created_at),
                    subject=row.subject,
                    channel=row.channel,
                    state=row.state or "no channel",
                    attempts=row.attempts or 0,
                    last_error=row.last_error,
                )
                for row in connection.execute(query)
            ]

    def _due(self, now: datetime) -> sa.Select[tuple[str]]:
        waiting = _deliveries.c.state.in_(["pending", "failed"]) & (_deliveries.c.due_at <= _naive(now))
        abandoned = (_deliveries.c.state == "sending") & (_deliveries.c.leased_until <= _naive(now))
        return sa.select(_deliveries.c.delivery_id).where(waiting | abandoned)

    def _insert(
        self, connection: sa.Connection, alert: Alert, key: str, now: datetime, *, superseded_by: str | None
    ) -> str:
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
                created_at=_naive(now),
                superseded_by=superseded_by,
            )
        )
        return alert_id

    def _update(self, delivery: Delivery, **values: Any) -> None:
        with self.transaction() as connection:
            connection.execute(
                _deliveries.update().where(_deliveries.c.delivery_id == delivery.delivery_id).values(**values)
            )


def _make_durable(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # a transaction begins where `_begin` says so, and not at its first write
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "busy_timeout = 30000"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "begin"))


def _naive(moment: datetime) -> datetime:
    """UTC without its mark: SQLite keeps no time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
