"""The tables of the database of alerts, the version of their form, and the steps from one version to the next.

Belongs here: every table of that database, and each change of one. Does not: what its rows mean (outbox.py).
A version that only adds tables needs no step; every other change has one, which runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import sqlalchemy as sa

VERSION = 4
metadata = sa.MetaData()
versions = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))
alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("alert_id", sa.String, primary_key=True),
    sa.Column("dedup_key", sa.String, nullable=False, unique=True),
    sa.Column("rule", sa.String, nullable=False),
    sa.Column("severity", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("body_text", sa.String, nullable=False),
    sa.Column("body_html", sa.String, nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("superseded_by", sa.String),
    sa.Column("picture", sa.LargeBinary),
)
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("delivery_id", sa.String, primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("recipient", sa.String, nullable=False),
    sa.Column("message_id", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.DateTime, nullable=False),
    sa.Column("first_tried_at", sa.DateTime),
    sa.Column("lease_id", sa.String),
    sa.Column("leased_until", sa.DateTime),
    sa.Column("sent_at", sa.DateTime),
    sa.Column("last_error", sa.String),
    sa.UniqueConstraint("alert_id", "channel", "recipient"),
)
"""Rows of one `message_id` go out together: one alert, or the several of a digest."""
alert_states = sa.Table(
    "alert_states",
    metadata,
    sa.Column("alert_id", sa.String, primary_key=True),
    sa.Column("rule", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("period", sa.String, nullable=False),
    sa.Column("headline", sa.String, nullable=False),
    sa.Column("severity", sa.String, nullable=False),
    sa.Column("level", sa.Float, nullable=False),
    sa.Column("basis", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("opened_at", sa.DateTime, nullable=False),
    sa.Column("changed_at", sa.DateTime, nullable=False),
    sa.Column("evaluations", sa.Integer, nullable=False),
    sa.Column("absent_since", sa.DateTime),
    sa.Column("snoozed_until", sa.DateTime),
    sa.Column("notified_at", sa.DateTime),
    sa.Column("notified_level", sa.Float),
    sa.Column("notified_severity", sa.String),
    sa.Column("notified_channels", sa.String, nullable=False),
    sa.Column("messages", sa.Integer, nullable=False),
)
"""Every alert that ever was, as it is now."""
alert_events = sa.Table(
    "alert_events",
    metadata,
    sa.Column("event_id", sa.String, primary_key=True),
    sa.Column("alert_id", sa.String, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("happened_at", sa.DateTime, nullable=False),
    sa.Column("event", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
    sa.UniqueConstraint("alert_id", "number"),
)
"""What happened to each alert, numbered in order, and by whom."""
evaluated_rules = sa.Table(
    "evaluated_rules",
    metadata,
    sa.Column("rule", sa.String, primary_key=True),
    sa.Column("first_at", sa.DateTime, nullable=False),
    sa.Column("last_at", sa.DateTime, nullable=False),
)
"""The rules that were evaluated: in the first evaluation of one, what is over already is not reported."""


def _add_recipients(connection: sa.Connection) -> None:
    """A delivery was an alert on a channel, whoever received it there; now there is one for each recipient."""
    connection.execute(sa.text("alter table deliveries rename to deliveries_before"))
    deliveries.create(connection)
    same = "delivery_id, alert_id, channel, state, attempts, due_at, leased_until, sent_at, last_error"
    copied = f"insert into deliveries ({same}, recipient, message_id) select {same}, '', delivery_id"
    connection.execute(sa.text(f"{copied} from deliveries_before"))
    connection.execute(sa.text("drop table deliveries_before"))


def _add_pictures(connection: sa.Connection) -> None:
    """An alert may have a picture, which is sent inside a mail."""
    kind = alerts.c.picture.type.compile(dialect=connection.dialect)
    connection.execute(sa.text(f"alter table alerts add column picture {kind}"))


STEPS: Mapping[int, Callable[[sa.Connection], None]] = {2: _add_recipients, 4: _add_pictures}
"""The version that a step leads to -> what it changes in the tables of the version before."""


def upgrade(connection: sa.Connection) -> None:
    """Bring the tables to this program's version, in the transaction of `connection`; create what is not there yet."""
    found = version_of(connection)
    if found == VERSION:
        return
    if found is not None:
        for version in range(found + 1, VERSION + 1):
            if version in STEPS:
                STEPS[version](connection)
    metadata.create_all(connection)
    connection.execute(versions.delete())
    connection.execute(versions.insert().values(version=VERSION))


def version_of(connection: sa.Connection) -> int | None:
    """The version of the tables there; None where there are none."""
    if sa.inspect(connection).has_table(versions.name):
        return connection.execute(sa.select(versions.c.version)).scalar_one_or_none()
    # Before versions were noted, there was one.
    return 1 if sa.inspect(connection).has_table(alerts.name) else None


def difference(place: Path) -> str | None:
    """How the tables in a SQLite file are none that `upgrade` can use, to be read after its name, or None.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: it cannot be read.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(place)), poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = version_of(connection)
        if found is not None and found > VERSION:
            return f"is of a newer version ({found}; this program knows {VERSION})"
        for table in metadata.sorted_tables if found == VERSION else ():
            if sa.inspect(connection).has_table(table.name):
                columns = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
                if other := columns ^ set(table.columns.keys()):
                    return f"is of another version (its {table.name} differ in {', '.join(sorted(other))})"
    return None
