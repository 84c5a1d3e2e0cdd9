"""Alerts in PostgreSQL, by one setting: as in SQLite, nothing is lost, nothing comes twice, no secret is shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifications.delivery import DeliveryReport, deliver_due
from notifications.outbox import LEASE, Outbox
from pipelines.app.delivery import DRIVER, deliver, opened_outbox, recipients_of
from pipelines.app.home import Home
from pipelines.errors import ConfigError, HomeError
from tests.home.homes import home_at
from tests.kills import KILLED, killer_of
from tests.notifications.budgets import NOW
from tests.notifications.outboxes import alert, hook_channel, put
from tests.notifications.postgres import PASSWORD, postgres_server
from tests.notifications.receivers import Hook

pytestmark = [pytest.mark.postgresql, pytest.mark.e2e]

SETTINGS = """
channels:
  - {name: chat, url: CHAT_URL, private_network: true, per_hour: 1000, per_day: 1000}
delivery: {database: ALERTS_DATABASE_URL}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def database(server: str) -> str:
    """The URL of a schema of this test's own."""
    outbox = Outbox(DRIVER + server.removeprefix("postgresql://"))
    with outbox.transaction() as connection:
        connection.exec_driver_sql("drop schema public cascade")
        connection.exec_driver_sql("create schema public")
    return server


@pytest.fixture
def home(tmp_path: Path, database: str, hook: Hook) -> Home:
    return home_at(tmp_path, SETTINGS, now=NOW, ALERTS_DATABASE_URL=database, CHAT_URL=hook.url)


def test_one_setting_puts_alerts_there_and_no_file_is_made(home: Home, hook: Hook):
    with opened_outbox(home) as outbox:
        outbox.enqueue([alert(1), alert(2)], ["chat"], NOW)
    assert deliver(home) == DeliveryReport(sent=2)
    assert deliver(home) == DeliveryReport()
    assert sorted(body["title"] for body in hook.bodies) == ["Alert number 1", "Alert number 2"]
    assert [(found.place, found.sent) for found in recipients_of(home)] == [("chat", 2)]
    assert not home.settings.paths.outbox.exists()


def test_several_that_open_it_first_at_once_agree(home: Home):
    failures: list[BaseException] = []

    def store(number: int) -> None:
        try:
            with opened_outbox(home) as outbox:
                outbox.enqueue([alert(1), alert(number)], ["chat"], NOW)
        except BaseException as error:  # noqa: BLE001 - it is looked at below
            failures.append(error)

    threads = [threading.Thread(target=store, args=(number,)) for number in range(2, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with opened_outbox(home) as outbox:
        assert len(outbox.list_alerts()) == 7


def test_several_deliverers_send_nothing_twice(home: Home, hook: Hook):
    with opened_outbox(home) as outbox:
        outbox.enqueue([alert(number) for number in range(40)], ["chat"], NOW)
    threads = [threading.Thread(target=deliver, args=(home,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({body["title"] for body in hook.bodies}) == len(hook.bodies) == 40


def deliver_again(folder: str, database: str, url: str, now: str) -> None:
    """What is killed."""
    assert folder
    deliver_due(Outbox(database), [hook_channel(url)], lambda: datetime.fromisoformat(now))


@pytest.mark.parametrize(
    ("moment", "received"),
    [
        pytest.param("after:notifications.outbox:Outbox.claim", 1, id="before it is sent"),
        pytest.param("before:notifications.outbox:Outbox.mark_sent", 2, id="after it is sent"),
    ],
)
def test_a_kill_loses_no_alert(database: str, hook: Hook, tmp_path: Path, moment: str, received: int):
    place, channel = DRIVER + database.removeprefix("postgresql://"), hook_channel(hook.url)
    outbox = Outbox(place)
    put(outbox, [channel], alert(1))
    with killer_of("tests.notifications.test_postgresql", "deliver_again") as killer:
        assert killer.run(moment, tmp_path, place, hook.url, NOW.isoformat()) == KILLED
    assert deliver_due(outbox, [channel], lambda: NOW + timedelta(minutes=1)) == DeliveryReport()
    assert deliver_due(outbox, [channel], lambda: NOW + LEASE) == DeliveryReport(sent=1)
    assert len(hook.bodies) == received
    assert len(set(hook.keys)) == 1


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("{url}-wrong", HomeError, "the database of ALERTS_DATABASE_URL cannot be used ("),
        (f"postgresql://alerts:{PASSWORD}@127.0.0.1:1/alerts", HomeError, "check that it runs"),
        (f"postgresql://alerts:{PASSWORD}@127.0.0.1:x/alerts", ConfigError, "is not the URL of a PostgreSQL database"),
        (f"mysql://alerts:{PASSWORD}@127.0.0.1/alerts", ConfigError, "is not the URL of a PostgreSQL database"),
        ("", ConfigError, "ALERTS_DATABASE_URL is not set"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_without_its_secret(
    tmp_path: Path, database: str, value: str, kind: type[Exception], words: str
):
    home = home_at(tmp_path, SETTINGS, ALERTS_DATABASE_URL=value.format(url=database))
    with pytest.raises(kind) as refused, opened_outbox(home):
        pass
    assert words in str(refused.value)
    assert PASSWORD not in str(refused.value)
