"""Deliverers at work at once, slower than their lease, and killed: nothing is lost, and a repeat has the same id."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from notifications.channels import Channel
from notifications.delivery import DeliveryReport, deliver_due
from notifications.outbox import LEASE, Outbox
from notifications.rules.undelivered import NAME as RULE_NAME
from tests.kills import KILLED, killer_of
from tests.notifications.budgets import NOW
from tests.notifications.outboxes import alert, deliver, hook_channel, put
from tests.notifications.receivers import Answer, Hook

MINUTE = timedelta(minutes=1)


def test_a_slow_channel_is_not_sent_to_twice_however_short_its_lease(tmp_path: Path, hook: Hook):
    outboxes = [Outbox(tmp_path / "outbox.sqlite", lease=timedelta(seconds=0.6)) for _ in range(2)]
    channel = hook_channel(hook.url)
    put(outboxes[0], [channel], *(alert(number) for number in range(3)), at=datetime.now(UTC))
    hook.answers = [Answer(delay=1.5) for _ in range(3)]

    def send(outbox: Outbox) -> None:
        for _ in range(6):
            deliver_due(outbox, [channel], lambda: datetime.now(UTC))
            time.sleep(0.4)

    threads = [threading.Thread(target=send, args=(outbox,)) for outbox in outboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(body["title"] for body in hook.bodies) == [f"Alert number {number}" for number in range(3)]
    assert outboxes[0].pending_count(datetime.now(UTC) + LEASE) == 0


def test_several_deliverers_at_once_send_nothing_twice(outbox: Outbox, hook: Hook):
    channel = hook_channel(hook.url)
    put(outbox, [channel], *(alert(number) for number in range(12)))
    reports: list[DeliveryReport] = []
    threads = [threading.Thread(target=lambda: reports.append(deliver(outbox, channel))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.sent for report in reports) == 12
    assert len({body["title"] for body in hook.bodies}) == len(hook.bodies) == 12


def deliver_again(folder: str, url: str, now: str) -> None:
    """What is killed."""
    moment = datetime.fromisoformat(now)
    deliver_due(Outbox(Path(folder) / "outbox.sqlite"), [hook_channel(url)], lambda: moment)


@pytest.mark.parametrize(
    ("moment", "received"),
    [
        pytest.param("after:notifications.outbox:Outbox.claim", 1, id="before it is sent"),
        pytest.param("before:notifications.outbox:Outbox.mark_sent", 2, id="after it is sent and before that is noted"),
        pytest.param("after:notifications.outbox:Outbox.mark_sent", 1, id="after it is noted"),
    ],
)
def test_a_kill_loses_no_alert_and_repeats_one_at_most_once(
    outbox: Outbox, hook: Hook, tmp_path: Path, moment: str, received: int
):
    channel = hook_channel(hook.url)
    put(outbox, [channel], alert(1))
    with killer_of("tests.notifications.test_deliverers", "deliver_again") as killer:
        assert killer.run(moment, tmp_path, hook.url, NOW.isoformat()) == KILLED
    deliver(outbox, channel, at=NOW + MINUTE)
    deliver(outbox, channel, at=NOW + LEASE)
    assert len(hook.bodies) == received
    assert len(set(hook.keys)) == 1, "a repeat carries the same id"
    assert outbox.pending_count(NOW + timedelta(days=1)) == 0


def test_a_lease_that_was_lost_changes_nothing_any_more(outbox: Outbox):
    put(outbox, [Channel("chat", "")], alert(1))
    lost, taken = outbox.claim("chat", NOW), outbox.claim("chat", NOW + LEASE)
    assert lost is not None
    assert taken is not None
    assert taken == replace(lost, lease_id=taken.lease_id, attempts=2)
    assert not outbox.mark_sent(lost, NOW)
    assert not outbox.renew(lost, NOW)
    assert outbox.mark_sent(taken, NOW)


def test_an_undelivered_alert_about_an_undelivered_alert_is_none(outbox: Outbox, hook: Hook):
    channels = [hook_channel(hook.url), hook_channel(hook.url, "other")]
    hook.answers = [Answer(404)] * 10
    put(outbox, channels, alert(1))
    for minutes in range(5):
        deliver(outbox, *channels, at=NOW + minutes * MINUTE)
    rules = [listed.subject for listed in outbox.list_alerts() if listed.subject.startswith("Alerts do not reach")]
    assert sorted(set(rules)) == [
        "Alerts do not reach chat: the server does not know the address (404)",
        "Alerts do not reach other: the server does not know the address (404)",
    ]
    assert RULE_NAME == "undelivered"
    assert len(hook.bodies) == 4
