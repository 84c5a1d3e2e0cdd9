"""Alerts on their way: as received, when a channel is down, and when the process is killed."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.alert_log import Act, AlertLog
from notifications.channels import Channel
from notifications.delivery import DeliveryReport, deliver_due
from notifications.outbox import Outbox
from notifications.outbox_reports import recipients
from notifications.rules import evaluate
from tests.notifications.budgets import NOW, budget, seen
from tests.notifications.outboxes import alert, deliver, hook_channel, mail_channel, put
from tests.notifications.receivers import (
    HANG_SECONDS,
    PASSWORD,
    Answer,
    Hook,
    Inbox,
    redirect,
)

MINUTE = timedelta(minutes=1)
SOON = timedelta(seconds=73)
"""After the first wait, which is a minute, at its longest."""


def states(outbox: Outbox) -> dict[str, str]:
    """The state of each recipient's newest delivery, by recipient or channel."""
    return {listed.recipient.partition("@")[0] or str(listed.channel): listed.state for listed in outbox.list_alerts()}


def test_a_budget_alert_arrives_as_mail_with_its_figures(outbox: Outbox, inbox: Inbox):
    channel = mail_channel(inbox.url)
    put(outbox, [channel], *evaluate(seen(budget("1900"))))
    assert deliver(outbox, channel) == DeliveryReport(sent=1)
    (mail,) = inbox.mails
    assert mail["subject"] == "everything: 95 % of the November budget is spent ($1,900.00 of $2,000.00)"
    assert mail["to"] == "finance@northwind.example"
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "everything: 95 % of the November budget is spent" in html.get_content()
    for figure in ("$1,900.00 of $2,000.00 (95 %)", "$100.00", "$66.67 a day", "Nov 1 to Nov 30"):
        assert figure in html.get_content()
    assert "Left    $100.00\n" in text.get_content().replace("\r\n", "\n"), (
        "the text part is the template's, not what is left of the HTML"
    )
    assert deliver(outbox, channel) == DeliveryReport()
    assert len(inbox.mails) == 1, "once a level and month"


def test_a_name_cannot_add_a_header(outbox: Outbox, inbox: Inbox):
    channel = mail_channel(inbox.url)
    put(outbox, [channel], *evaluate(seen(budget("1900", budget="evil\r\nBcc: thief@northwind.example"))))
    deliver(outbox, channel)
    (mail,) = inbox.mails
    assert mail["bcc"] is None
    assert mail["subject"].startswith("evil Bcc: thief@northwind.example: 95 % of the November budget")


def test_a_webhook_gets_the_text_and_the_alerts_own_id(outbox: Outbox, hook: Hook):
    channel = hook_channel(hook.url)
    put(outbox, [channel], *evaluate(seen(budget("1900"))))
    deliver(outbox, channel)
    (body,) = hook.bodies
    assert body["title"] == "everything: 95 % of the November budget is spent ($1,900.00 of $2,000.00)"
    assert "Spent   $1,900.00 of $2,000.00 (95 %)" in body["message"]
    assert body["message"].rstrip().endswith(f"Message {outbox.list_alerts()[0].alert_id}")


def test_one_refused_recipient_ends_at_once_and_floods_nobody(outbox: Outbox, inbox: Inbox):
    finance = mail_channel(inbox.url_for("anna", "gone", "ben"))
    ops = mail_channel(inbox.url_for("ops"), "ops")
    inbox.answers_of = {"gone": ["550 no such mailbox"] * 100}
    put(outbox, [finance, ops], alert(1))
    assert deliver(outbox, finance, ops) == DeliveryReport(sent=4, dead=1)
    moment = NOW
    while moment < NOW + timedelta(hours=73):
        moment += timedelta(minutes=30)
        deliver(outbox, finance, ops, at=moment)
    assert inbox.tried.count("gone") == 1
    subjects = [mail["subject"] for mail in inbox.mails]
    reason = "the mail server refused the recipient or the message (550)"
    problem = f"Alerts do not reach finance (gone@northwind.example): {reason}"
    assert [len(inbox.received(name)) for name in ("anna", "ben")] == [1, 1]
    assert [mail["subject"] for mail in inbox.received("ops")] == ["Alert number 1", problem]
    assert subjects.count("Alert number 1") == 3


@pytest.mark.parametrize("code", [450, 451, 452, 421])
def test_a_recipient_that_is_told_to_wait_gets_it_later_and_nobody_else_twice(outbox: Outbox, inbox: Inbox, code: int):
    channel = mail_channel(inbox.url_for("anna", "ben"))
    inbox.answers_of = {"ben": [f"{code} greylisted"]}
    put(outbox, [channel], alert(1))
    report = deliver(outbox, channel)
    assert (report.sent, report.failed) == (1, 1)
    assert deliver(outbox, channel, at=NOW + 4 * MINUTE) == DeliveryReport(), "a grey list asks for five minutes"
    assert deliver(outbox, channel, at=NOW + 5 * MINUTE) == DeliveryReport(sent=1)
    assert [mail["to"].partition("@")[0] for mail in inbox.mails] == ["anna", "ben"]


def test_a_refused_message_ends_and_a_postponed_one_does_not(outbox: Outbox, inbox: Inbox):
    channel = mail_channel(inbox.url)
    put(outbox, [channel], alert(1))
    inbox.answers = ["451 try later", "554 looks like spam"]
    assert deliver(outbox, channel) == DeliveryReport(failed=1)
    assert deliver(outbox, channel, at=NOW + 6 * MINUTE) == DeliveryReport(dead=1)
    assert deliver(outbox, channel, at=NOW + timedelta(days=1)) == DeliveryReport()


@pytest.mark.parametrize(
    ("answer", "state", "wait"),
    [
        (Answer(429, (("retry-after", "1800"),)), "failed", timedelta(minutes=30)),
        (Answer(503, (("retry-after", "600"),)), "failed", timedelta(minutes=10)),
        (Answer(429), "failed", MINUTE),
        (Answer(500), "failed", MINUTE),
        (Answer(408), "failed", MINUTE),
        (redirect(302), "dead", None),
        (redirect(307), "dead", None),
        (Answer(401), "dead", None),
        (Answer(404), "dead", None),
        (Answer(410), "dead", None),
        (Answer(413), "dead", None),
    ],
    ids=lambda value: (
        str(value.status) + str(dict(value.headers).get("retry-after", "")) if isinstance(value, Answer) else ""
    ),
)
def test_an_answer_is_an_end_or_a_wait(outbox: Outbox, hook: Hook, answer: Answer, state: str, wait: timedelta | None):
    channel = hook_channel(hook.url)
    put(outbox, [channel], alert(1))
    hook.answers = [answer]
    report = deliver(outbox, channel)
    assert (report.sent, report.failed + report.dead) == (0, 1)
    assert states(outbox) == {"chat": state} | ({"None": "no channel"} if state == "dead" else {})
    if wait is not None:
        assert outbox.pending_count(NOW + wait * 0.79) == 0
        assert deliver(outbox, channel, at=NOW + wait * 1.21) == DeliveryReport(sent=1)
    assert not any("followed" in body for body in hook.bodies)


def test_a_redirect_that_the_url_asks_for_is_not_followed_either(outbox: Outbox, hook: Hook):
    channel = hook_channel(f"{hook.url}?redirect=yes")
    put(outbox, [channel], alert(1))
    hook.answers = [redirect(307)]
    assert deliver(outbox, channel).dead == 1
    assert len(hook.bodies) == 1


def test_a_repeat_has_the_same_id_everywhere(outbox: Outbox, inbox: Inbox, hook: Hook):
    mail, chat = mail_channel(inbox.url), hook_channel(hook.url)
    put(outbox, [mail, chat], alert(1))
    seen_ids = []
    inbox.answers = ["451 later"]

    async def taken_and_not_answered(server: object, session: object, envelope: object) -> str:
        answer = await Inbox.handle_DATA(inbox, server, session, envelope)  # type: ignore[arg-type]
        seen_ids.append(envelope.content)  # type: ignore[attr-defined]
        return answer

    inbox.handle_DATA = taken_and_not_answered  # type: ignore[method-assign,assignment]
    hook.answers = [Answer(500)]
    deliver(outbox, mail, chat)
    deliver(outbox, mail, chat, at=NOW + 6 * MINUTE)
    ids = {content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for content in seen_ids}
    assert len(seen_ids) == 2
    assert len(ids) == 1
    assert len(hook.keys) == 2
    assert len(set(hook.keys)) == 1
    assert hook.keys[0]


def test_a_channel_that_is_down_holds_no_other_back(outbox: Outbox, inbox: Inbox):
    channels = [
        hook_channel(f"json://127.0.0.1:1/{PASSWORD}", "down"),
        mail_channel(inbox.url),
        Channel("unset", ""),
        Channel("unreadable", f"nonsense-{PASSWORD}"),
    ]
    put(outbox, [*channels, Channel("gone", "")], alert(1))
    assert deliver(outbox, *channels) == DeliveryReport(sent=1, failed=4)
    assert {listed.channel: (listed.state, listed.last_error) for listed in outbox.list_alerts()} == {
        "down": ("failed", "the server cannot be reached"),
        "finance": ("sent", None),
        "unset": ("failed", "the environment variable with its URL is not set"),
        "unreadable": ("failed", "its URL is not one that Apprise can read"),
        "gone": ("failed", "the channel is no longer configured"),
    }


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "10.1.2.3", "192.168.1.1", "169.254.169.254", "[::1]", "localhost"])
def test_a_webhook_into_a_private_network_is_refused_unless_allowed(outbox: Outbox, host: str):
    channel = Channel("chat", f"json://{host}/{PASSWORD}")
    put(outbox, [channel], alert(1))
    report = deliver(outbox, channel)
    assert report.problems == (
        "chat: the address is in a private network, which is not allowed; it is not tried again",
    )


def test_a_channel_that_hangs_is_given_up_for_the_round_and_the_others_are_served(
    outbox: Outbox, inbox: Inbox, hook: Hook
):
    channels = [mail_channel(inbox.url), hook_channel(hook.url)]
    inbox.answers_of = {"finance": ["hang"] * 10}
    put(outbox, channels, *(alert(number) for number in range(5)))
    began = time.monotonic()
    report = deliver_due(outbox, channels, lambda: NOW, longest_send=timedelta(seconds=0.5))
    assert time.monotonic() - began < HANG_SECONDS
    assert (report.sent, report.failed) == (5, 2)
    assert report.problems[0] == "finance (finance@northwind.example): the service did not answer in time"


def test_a_dripping_answer_ends(outbox: Outbox, hook: Hook):
    channel = hook_channel(hook.url)
    put(outbox, [channel], alert(1))
    hook.answers = [Answer(body=b"x" * 100, drip=0.2)]
    began = time.monotonic()
    report = deliver_due(outbox, [channel], lambda: NOW, longest_send=timedelta(seconds=1))
    assert time.monotonic() - began < 3
    assert report.problems == ("chat: the service did not answer in time",)


def test_an_outage_of_two_hours_is_made_up_for_once(outbox: Outbox, inbox: Inbox):
    channel = mail_channel(inbox.url_for("anna", "ben"))
    put(outbox, [channel], *(alert(number) for number in range(4)))
    moment = NOW
    inbox.answers_of = {name: ["421 closing"] * 1000 for name in ("anna", "ben")}
    while moment < NOW + timedelta(hours=2):
        deliver(outbox, channel, at=moment)
        moment += timedelta(seconds=30)
    assert inbox.mails == []
    inbox.answers_of = {}
    while moment < NOW + timedelta(hours=4):
        deliver(outbox, channel, at=moment)
        moment += timedelta(seconds=30)
    for name in ("anna", "ben"):
        assert sorted(mail["subject"] for mail in inbox.received(name)) == [f"Alert number {n}" for n in range(4)]
    assert len({mail["message-id"] for mail in inbox.mails}) == 8


def test_what_fails_for_three_days_is_given_up_and_reported_on_another_channel(outbox: Outbox, hook: Hook):
    dead, alive = Channel("dead", ""), hook_channel(hook.url)
    put(outbox, [dead], alert(1))
    moment = NOW
    while outbox.pending_count(moment + timedelta(days=2)) and moment < NOW + timedelta(days=5):
        deliver(outbox, dead, alive, at=moment)
        moment += timedelta(minutes=10)
    assert timedelta(hours=71) <= moment - NOW <= timedelta(hours=73)
    (body,) = hook.bodies
    assert body["title"] == "Alerts do not reach dead: the environment variable with its URL is not set"
    assert "Given up           1 message\n" in body["message"]
    again = AlertLog(outbox).alerts()
    assert [(each.rule, each.state) for each in again] == [("undelivered", "open")]
    AlertLog(outbox).acknowledge(again[0].alert_id, Act("anna", moment))
    put(outbox, [repaired := hook_channel(hook.url, "dead")], alert(2), at=moment)
    deliver(outbox, repaired, alive, at=moment)
    assert [body["title"] for body in hook.bodies[1:]] == ["Alert number 2", f"Resolved: {body['title']}"]
    assert AlertLog(outbox).alerts() == []
    (found, _) = recipients(outbox, moment, moment - timedelta(days=7))
    assert (found.place, found.dead, found.failed) == ("chat", 0, 0) or (found.place, found.dead) == ("dead", 1)


def test_a_wait_doubles_up_to_an_hour_and_no_two_are_equal(outbox: Outbox):
    down = Channel("down", "")
    put(outbox, [down], *(alert(number) for number in range(20)))
    deliver(outbox, down)
    due = [outbox.pending_count(NOW + timedelta(seconds=seconds)) for seconds in (47, 60, 73)]
    assert due[0] == 0
    assert 0 < due[1] < 20
    assert due[2] == 20


def test_a_channel_that_is_added_later_gets_what_is_still_so(outbox: Outbox, hook: Hook, inbox: Inbox):
    chat, mail = hook_channel(hook.url), mail_channel(inbox.url)
    put(outbox, [chat], alert(1))
    deliver(outbox, chat, mail)
    put(outbox, [chat, mail], alert(1))
    assert deliver(outbox, chat, mail) == DeliveryReport(sent=1)
    assert [len(hook.bodies), len(inbox.mails)] == [1, 1]


def test_what_was_stored_while_the_url_was_unknown_goes_to_each_recipient_once(outbox: Outbox, inbox: Inbox):
    put(outbox, [Channel("finance", "")], alert(1))
    channel = mail_channel(inbox.url_for("anna", "ben"))
    assert deliver(outbox, channel) == DeliveryReport(sent=2)
    put(outbox, [channel], alert(1))
    assert deliver(outbox, channel) == DeliveryReport()
    assert [mail["to"].partition("@")[0] for mail in inbox.mails] == ["anna", "ben"]


def test_no_secret_of_a_channel_is_kept_or_said(
    hook: Hook, inbox: Inbox, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    secret, outbox = PASSWORD, Outbox(tmp_path / "outbox.sqlite")
    channels = [
        hook_channel(hook.url),
        hook_channel(hook.url.replace("json://", f"json://user:{secret}@") + f"?+x-token={secret}", "headers"),
        hook_channel(f"json://127.0.0.1:1/{secret}", "down"),
        Channel("private", f"json://10.0.0.1/{secret}"),
        Channel("unreadable", f"nonsense://{secret}"),
        mail_channel(inbox.url.replace("mailto://", f"mailto://user:{secret}@"), "mail"),
        mail_channel(f"mailtos://user:{secret}@127.0.0.1:1?from=a@northwind.example&to=b@northwind.example", "no-mail"),
    ]
    put(outbox, channels, alert(1))
    hook.answers = [Answer(500)] * 10
    with caplog.at_level("DEBUG"):
        reports = deliver_due(outbox, channels, lambda: NOW, longest_send=timedelta(seconds=10))
    assert reports.sent == 0
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert secret.encode() not in kept
    assert secret not in caplog.text
    assert secret not in "".join(capfd.readouterr())
    assert secret not in repr(channels) + repr(reports)
