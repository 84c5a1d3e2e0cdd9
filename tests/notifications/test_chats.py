"""What chats get: readable, with text from outside as text, and a refusal that is a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.slack import NotifySlack

from notifications.delivery import DeliveryReport
from notifications.outbox import Outbox
from notifications.rules import evaluate
from tests.notifications.budgets import budget, seen
from tests.notifications.outboxes import alert, deliver, hook_channel, put
from tests.notifications.receivers import Answer, Hook, web_server

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
HOSTILE = "*evil* <!channel> @here [x](http://e.example) `code`"
SHOWN = "\u2217evil\u2217 \u2039!channel\u203a @\u200bhere [x] (http://e.example) 'code'"
TEXT = f"""```
{SHOWN}: 95 % of the November budget is spent ($1,900.00 of $2,000.00).

Spent   $1,900.00 of $2,000.00 (95 %)
Left    $100.00
Period  Nov 1 to Nov 30
Covers  everything
Level   90 %, reported once for this period
As of   2026-11-20 12:00 UTC

Day 19 of 30: $100.00 a day were spent, and $66.67 a day is an even pace.
"""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    """A web server where Apprise looks for Slack and Discord."""
    with web_server() as found:
        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{found.port}/services")
        monkeypatch.setattr(NotifyDiscord, "notify_url", f"http://127.0.0.1:{found.port}/api/webhooks")
        yield found


@pytest.mark.parametrize("url", [SLACK, DISCORD])
def test_a_chat_shows_columns_in_line_and_text_from_outside_as_text(tmp_path: Path, hook: Hook, url: str):
    outbox, channel = Outbox(tmp_path / "outbox.sqlite"), hook_channel(url)
    hook.answers = [Answer(200, body=b"ok")]
    put(outbox, [channel], *evaluate(seen(budget("1900", budget=HOSTILE))))
    assert deliver(outbox, channel) == DeliveryReport(sent=1)
    (body,) = hook.bodies
    found = str(body["attachments"][0]["text"] if "attachments" in body else body["content"])
    assert TEXT in found
    title = f"{SHOWN}: 95 % of the November budget is spent ($1,900.00 of $2,000.00)"
    assert body["attachments"][0]["title"] == title if "attachments" in body else title in found


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        (Answer(200, body=b"ok"), DeliveryReport(sent=1)),
        (Answer(200, body=b"invalid_payload"), DeliveryReport(failed=1)),
        (Answer(400, body=b"invalid_payload"), DeliveryReport(dead=1)),
        (Answer(200, body=b"<html>Sign in</html>"), DeliveryReport(failed=1)),
    ],
    ids=["ok", "invalid_payload", "invalid_payload with 400", "a page for signing in"],
)
def test_slack_has_a_message_only_if_it_answers_ok(tmp_path: Path, hook: Hook, answer: Answer, report: DeliveryReport):
    outbox, channel = Outbox(tmp_path / "outbox.sqlite"), hook_channel(SLACK)
    hook.answers = [answer]
    put(outbox, [channel], alert(1))
    assert deliver(outbox, channel) == report
