"""An outbox of the version before is brought up to date, and what was sent stays sent."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from notifications import schema
from notifications.outbox import Outbox
from tests.notifications.budgets import NOW
from tests.notifications.outboxes import alert, deliver, mail_channel, put
from tests.notifications.receivers import mail_server

FIRST_VERSION = """
create table alerts (
    alert_id varchar not null primary key, dedup_key varchar not null unique, rule varchar not null,
    severity varchar not null, subject varchar not null, body_text varchar not null, body_html varchar not null,
    created_at datetime not null, superseded_by varchar
);
create table deliveries (
    delivery_id varchar not null primary key, alert_id varchar not null references alerts (alert_id),
    channel varchar not null, state varchar not null, attempts integer not null, due_at datetime not null,
    leased_until datetime, sent_at datetime, last_error varchar, unique (alert_id, channel)
);
insert into alerts values
    ('a', 'alert-1', 'r', 'warning', 'Sent before', 't', 'h', '2026-11-20 11:00:00.000000', null),
    ('b', 'alert-2', 'r', 'warning', 'Not sent yet', 't', 'h', '2026-11-20 11:00:00.000000', null);
insert into deliveries values
    ('1', 'a', 'finance', 'sent', 1, '2026-11-20 11:00:00.000000', null, '2026-11-20 11:00:00.000000', null),
    ('2', 'b', 'finance', 'failed', 3, '2026-11-20 11:30:00.000000', null, null, 'down');
"""


def test_an_outbox_of_the_first_version_goes_on(tmp_path: Path):
    path = tmp_path / "outbox.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST_VERSION)
    assert schema.difference(path) is None
    with mail_server() as inbox:
        outbox, channel = Outbox(path), mail_channel(inbox.url_for("anna", "ben"))
        put(outbox, [channel], alert(1), alert(2))
        deliver(outbox, channel)
        Outbox(path)
    assert sorted((mail["to"].partition("@")[0], mail["subject"]) for mail in inbox.mails) == [
        ("anna", "Not sent yet"),
        ("ben", "Not sent yet"),
    ]
    assert outbox.pending_count(NOW) == 0


def test_an_outbox_of_a_version_to_come_is_said_to_be_one(tmp_path: Path):
    path = tmp_path / "outbox.sqlite"
    Outbox(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update schema_version set version = 99")
    assert schema.difference(path) == f"is of a newer version (99; this program knows {schema.VERSION})"
