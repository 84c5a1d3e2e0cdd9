"""Alerts on their way through Apprise: as received, when a channel is down, and when the process is killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifications.delivery import Channel, DeliveryReport, deliver_due
from notifications.outbox import LEASE, Outbox
from notifications.rules import evaluate
from tests.kills import KILLED, killer_of
from tests.notifications.budgets import NOW, budget, seen
from tests.notifications.receivers import PASSWORD, Hook, Inbox, mail_server, web_server


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as found:
        yield found


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox.sqlite")


def put(outbox: Outbox, *channels: str, spent: str = "1900", **reported: object) -> None:
    outbox.enqueue(evaluate(seen(budget(spent, **reported))), channels, NOW)


def deliver(outbox: Outbox, *channels: Channel, at: datetime = NOW) -> DeliveryReport:
    return deliver_due(outbox, channels, lambda: at)


def test_a_budget_alert_arrives_as_mail_with_its_figures(outbox: Outbox, inbox: Inbox):
    put(outbox, "finance")
    assert deliver(outbox, Channel("finance", inbox.url)) == DeliveryReport(sent=1, failed=0)
    (mail,) = inbox.mails
    assert mail["subject"] == "everything: 95 % of the November budget is spent ($1,900.00 of $2,000.00)"
    assert mail["to"] == "finance@northwind.example"
    body = mail.get_body(("html",))
    assert body is not None
    page = body.get_content()
    assert "95 % of the everything budget is spent" in page
    for figure in ("$1,900.00 of $2,000.00 (95 %)", "$100.00", "$66.67 a day", "Nov 1 to Nov 30"):
        assert figure in page
    assert deliver(outbox, Channel("finance", inbox.url)) == DeliveryReport(sent=0, failed=0)
    assert len(inbox.mails) == 1, "once a level and month"


def test_a_name_cannot_add_a_header(outbox: Outbox, inbox: Inbox):
    put(outbox, "finance", budget="evil\r\nBcc: thief@northwind.example")
    deliver(outbox, Channel("finance", inbox.url))
    (mail,) = inbox.mails
    assert mail["bcc"] is None
    assert mail["subject"].startswith("evil Bcc: thief@northwind.example: 95 % of the November budget")


def test_a_webhook_gets_the_text_and_the_alerts_own_id(outbox: Outbox, hook: Hook):
    put(outbox, "chat")
    deliver(outbox, Channel("chat", hook.url))
    (body,) = hook.bodies
    assert body["title"] == "everything: 95 % of the November budget is spent ($1,900.00 of $2,000.00)"
    assert "Spent      $1,900.00 of $2,000.00 (95 %)" in body["message"]
    assert body["message"].rstrip().endswith(f"Alert {outbox.list_alerts()[0].alert_id}")


@pytest.mark.parametrize("answer", ["451 try later", "550 no such mailbox"])
def test_a_mail_that_is_refused_is_sent_again_later(outbox: Outbox, inbox: Inbox, answer: str):
    put(outbox, "finance")
    inbox.answers = [answer]
    channel = Channel("finance", inbox.url)
    assert deliver(outbox, channel) == DeliveryReport(sent=0, failed=1)
    assert deliver(outbox, channel) == DeliveryReport(sent=0, failed=0), "not at once"
    assert deliver(outbox, channel, at=NOW + timedelta(minutes=1)) == DeliveryReport(sent=1, failed=0)
    assert len(inbox.mails) == 1


@pytest.mark.parametrize("status", [429, 500])
def test_a_webhook_that_fails_is_asked_again_later(outbox: Outbox, hook: Hook, status: int):
    put(outbox, "chat")
    hook.answers = [(status, "")]
    assert deliver(outbox, Channel("chat", hook.url)).failed == 1
    (listed,) = outbox.list_alerts()
    assert (listed.state, listed.attempts) == ("failed", 1)
    assert deliver(outbox, Channel("chat", hook.url), at=NOW + timedelta(minutes=1)).sent == 1


def test_a_redirect_is_not_followed_and_not_taken_for_success(outbox: Outbox, hook: Hook):
    put(outbox, "chat")
    hook.answers = [(302, "/elsewhere"), (307, "/elsewhere")]
    for minutes in (0, 1):
        assert deliver(outbox, Channel("chat", hook.url), at=NOW + timedelta(minutes=minutes)).failed == 1
    assert all("followed" not in body for body in hook.bodies)
    assert len(hook.bodies) == 2


def test_a_channel_that_is_down_holds_no_other_back(outbox: Outbox, inbox: Inbox):
    put(outbox, "down", "finance", "unset", "unreadable", "gone")
    channels = [
        Channel("down", f"json://127.0.0.1:1/{PASSWORD}"),
        Channel("finance", inbox.url),
        Channel("unset", ""),
        Channel("unreadable", f"nonsense-{PASSWORD}"),
    ]
    assert deliver(outbox, *channels) == DeliveryReport(sent=1, failed=4)
    assert {alert.channel: (alert.state, alert.last_error) for alert in outbox.list_alerts()} == {
        "down": ("failed", "the channel answered with failure; its log or inbox may have details"),
        "finance": ("sent", None),
        "unset": ("failed", "the environment variable with its URL is not set"),
        "unreadable": ("failed", "its URL is not one that Apprise can read"),
        "gone": ("failed", "the channel is no longer configured"),
    }


def test_no_secret_of_a_channel_is_kept_or_said(
    outbox: Outbox, hook: Hook, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    put(outbox, "chat", "unreadable")
    hook.answers = [(500, "")]
    channels = [Channel("chat", hook.url), Channel("unreadable", f"nonsense://{PASSWORD}")]
    with caplog.at_level("DEBUG"):
        deliver(outbox, *channels)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in kept
    assert PASSWORD not in caplog.text
    assert PASSWORD not in "".join(capfd.readouterr())
    assert PASSWORD not in repr(channels)


def test_two_processes_at_once_send_nothing_twice(outbox: Outbox, hook: Hook):
    for number in range(12):
        put(outbox, "chat", budget=f"budget {number}")
    reports: list[DeliveryReport] = []
    threads = [
        threading.Thread(target=lambda: reports.append(deliver(outbox, Channel("chat", hook.url)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.sent for report in reports) == 12
    assert len({body["title"] for body in hook.bodies}) == len(hook.bodies) == 12


def deliver_again(folder: str, url: str, now: str) -> None:
    """What is killed."""
    deliver_due(Outbox(Path(folder) / "outbox.sqlite"), [Channel("chat", url)], lambda: datetime.fromisoformat(now))


@pytest.mark.parametrize(
    ("moment", "received"),
    [
        pytest.param("after:notifications.outbox:Outbox.claim_due", 1, id="before it is sent"),
        pytest.param("before:notifications.outbox:Outbox.mark_sent", 2, id="after it is sent and before that is noted"),
        pytest.param("after:notifications.outbox:Outbox.mark_sent", 1, id="after it is noted"),
    ],
)
def test_a_kill_loses_no_alert_and_repeats_one_at_most_once(
    outbox: Outbox, hook: Hook, tmp_path: Path, moment: str, received: int
):
    put(outbox, "chat")
    with killer_of("tests.notifications.test_delivery", "deliver_again") as killer:
        assert killer.run(moment, tmp_path, hook.url, NOW.isoformat()) == KILLED
    channel = Channel("chat", hook.url)
    deliver(outbox, channel, at=NOW + timedelta(minutes=1))
    deliver(outbox, channel, at=NOW + LEASE)
    assert len(hook.bodies) == received
    assert len({body["message"] for body in hook.bodies}) == 1, "a repeat carries the same id"
    assert outbox.pending_count(NOW + timedelta(days=1)) == 0
