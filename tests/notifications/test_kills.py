"""Three hundred alerts, and a deliverer that is killed again and again: none is lost, a repeat has the same id."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from notifications.delivery import deliver_due
from notifications.outbox import Outbox
from tests.notifications.outboxes import alert, hook_channel, mail_channel, put
from tests.notifications.receivers import mail_server, web_server

LEASE = timedelta(seconds=1)
"""Short, so that the test does not wait for what a killed process had leased."""


def work(folder: str, mail: str, hook: str) -> None:
    """What is killed: it delivers what is due, and ends."""
    outbox = Outbox(Path(folder) / "outbox.sqlite", lease=LEASE)
    deliver_due(outbox, [mail_channel(mail), hook_channel(hook)], lambda: datetime.now(UTC))


def kill_one(moment: float, *arguments: str) -> bool:
    """Start a deliverer and kill it after so many seconds; whether it was still at work."""
    starting = get_context("forkserver")
    starting.set_forkserver_preload([__name__])
    process = starting.Process(target=work, args=arguments)
    process.start()
    process.join(moment)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("alerts", "kills"),
    [
        pytest.param(20, 2, marks=pytest.mark.e2e, id="a few"),
        pytest.param(300, 100, marks=pytest.mark.long, id="many"),
    ],
)
def test_kills_lose_nothing_and_repeat_no_more_than_they_are(tmp_path: Path, alerts: int, kills: int):
    outbox, killed = Outbox(tmp_path / "outbox.sqlite", lease=LEASE), 0
    moments = random.Random(7)  # noqa: S311 - the same moments each time
    with mail_server() as inbox, web_server() as hook:
        channels = [mail_channel(inbox.url), hook_channel(hook.url)]
        put(outbox, channels, *(alert(number) for number in range(alerts)), at=datetime.now(UTC))
        for _ in range(kills):
            killed += kill_one(moments.uniform(0.05, 0.5), str(tmp_path), inbox.url, hook.url)
            with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as connection:
                assert connection.execute("pragma quick_check").fetchone() == ("ok",)
        deadline = time.monotonic() + 120
        while outbox.pending_count(datetime.now(UTC) + LEASE) and time.monotonic() < deadline:
            deliver_due(outbox, channels, lambda: datetime.now(UTC))
            time.sleep(0.2)
        mails = [(mail["subject"], mail["message-id"]) for mail in inbox.mails]
        posts = [(body["title"], key) for body, key in zip(hook.bodies, hook.keys, strict=True)]
    wanted = {f"Alert number {number}" for number in range(alerts)}
    assert killed > 0
    for arrived in (mails, posts):
        assert {subject for subject, _ in arrived} == wanted
        assert len(set(arrived)) == alerts, "a repeat has the id of the first"
        assert max(Counter(arrived).values()) <= 1 + killed
        assert len(arrived) - alerts <= killed
