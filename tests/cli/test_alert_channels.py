"""`ai-costs alerts test` says whether a channel works and what to do, `alerts check` whether runs happen at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.app.heartbeat import send_heartbeat
from tests.cli.conftest import Command
from tests.home.homes import home_at, publish
from tests.notifications.receivers import PASSWORD, Answer, Hook, Inbox, mail_server, redirect, web_server

REFUSED = (
    "the mail server refused the recipient or the message (550). Next step: check the address of the recipient, and "
    "that this server may send to it"
)
CHANNELS = """
organisation: Northwind
channels:
  - {name: finance, url: FINANCE_URL}
  - {name: chat, url: CHAT_URL, private_network: true}
  - {name: inside, url: CHAT_URL}
  - {name: unset, url: UNSET_URL}
delivery: {heartbeat: HEARTBEAT_URL}
"""


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server, and a home with a channel to two people there."""
    home_at(tmp_path, CHANNELS)
    with mail_server() as found:
        monkeypatch.setenv("FINANCE_URL", found.url_for("anna", "ben"))
        yield found


@pytest.fixture
def hook(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    assert inbox.port
    with web_server() as found:
        monkeypatch.setenv("CHAT_URL", found.url)
        yield found


def test_a_test_message_goes_to_each_recipient_and_each_failure_has_its_next_step(ai_costs: Command, inbox: Inbox):
    inbox.answers_of = {"ben": ["550 no such mailbox"]}
    ended = ai_costs("alerts", "test", "finance")
    assert ended.code == 3
    assert ended.out.splitlines() == [
        "finance (anna@northwind.example): the test message was accepted",
        f"finance (ben@northwind.example): {REFUSED}",
    ]
    (mail,) = inbox.mails
    assert mail["subject"] == "TEST: alerts arrive here"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "a test of the alerts about AI costs of Northwind" in body.get_content()
    assert ai_costs("alerts", "list").out.strip() == "No open alerts.", "a test is not stored"
    assert ai_costs("alerts", "test", "finance").code == 0


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (Answer(401), "the server does not accept the credentials (401). Next step: check the token or password"),
        (Answer(404), "the server does not know the address (404). Next step: check the address in the URL"),
        (redirect(307), "the server redirects to another address (307). Next step: use that address, if it is yours"),
        (Answer(429, (("retry-after", "9"),)), "the server asks for fewer messages (429). Next step: nothing"),
        (Answer(500), "the server failed (500). Next step: nothing: it is sent again later"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else "",
)
def test_each_answer_of_a_webhook_is_explained(ai_costs: Command, hook: Hook, answer: Answer, found: str):
    hook.answers = [answer]
    ended = ai_costs("alerts", "test", "chat")
    assert (ended.code, ended.out.startswith(f"chat: {found}")) == (3, True), ended.out
    assert PASSWORD not in ended.out + ended.err


def test_a_channel_that_cannot_work_says_what_to_set(ai_costs: Command, hook: Hook):
    assert hook.port
    assert ai_costs("alerts", "test", "unset").out == (
        "unset: the environment variable with its URL is not set. Next step: put it into .env next to the "
        "configuration, or set it where this runs\n"
    )
    assert ai_costs("alerts", "test", "inside").out == (
        "inside: the address is in a private network, which is not allowed. Next step: set `private_network: true` on "
        "the channel if the address is right\n"
    )
    unknown = ai_costs("alerts", "test", "finanse")
    assert (unknown.code, "there are finance, chat, inside, unset" in unknown.err) == (2, True)


def test_check_alerts_once_a_day_that_there_is_no_build(ai_costs: Command, inbox: Inbox):
    first = ai_costs("alerts", "check")
    assert first.code == 3
    assert first.out.startswith("No build for more than a day: figures and alerts are out of date\nAlerts: 2 sent")
    assert [mail["subject"] for mail in inbox.mails] == [
        "No build for more than a day: figures and alerts are out of date"
    ] * 2
    assert ai_costs("alerts", "check").code == 3
    assert len(inbox.mails) == 2


@pytest.mark.parametrize(("hours", "code"), [(25, 0), (27, 3)])
def test_check_tells_a_recent_build_from_an_old_one(ai_costs: Command, tmp_path: Path, hours: int, code: int):
    publish(home_at(tmp_path, "currency: USD\n", now=datetime.now(UTC) - timedelta(hours=hours)))
    ended = ai_costs("alerts", "check", "--json")
    assert (ended.code, ended.json["no_build"]) == (
        code,
        f"No build for {hours} hours: figures and alerts are out of date" if code else None,
    )


def test_a_heartbeat_is_requested_and_its_failure_shows_no_secret(tmp_path: Path):
    with web_server() as hook:
        url = f"http://127.0.0.1:{hook.port}/{PASSWORD}"
        assert send_heartbeat(home_at(tmp_path, CHANNELS, HEARTBEAT_URL=url)) is None
    assert hook.bodies == [{"followed": f"/{PASSWORD}"}]
    for value, problem in (
        (url, "no heartbeat was sent: the URL of HEARTBEAT_URL cannot be requested (ConnectError)"),
        ("", "no heartbeat was sent: the environment variable HEARTBEAT_URL is not set"),
    ):
        assert send_heartbeat(home_at(tmp_path, CHANNELS, HEARTBEAT_URL=value)) == problem
    assert send_heartbeat(home_at(tmp_path, "currency: USD\n")) is None


def test_doctor_says_whom_alerts_do_not_reach(ai_costs: Command, inbox: Inbox):
    inbox.answers_of = {"ben": ["550 no such mailbox"]}
    ai_costs("alerts", "check")
    found = {row["subject"]: row for row in ai_costs("doctor", "--json").json if row["subject"].startswith("alerts to")}
    assert (found["alerts to finance (anna@northwind.example)"]["found"], found["alerts to unset"]["ok"]) == (
        "1 delivered",
        False,
    )
    assert found["alerts to finance (ben@northwind.example)"] == {
        "subject": "alerts to finance (ben@northwind.example)",
        "found": "1 given up in the last week: the mail server refused the recipient or the message (550)",
        "next_step": "`ai-costs alerts test finance` shows what is wrong",
        "ok": False,
        "warning": False,
    }
