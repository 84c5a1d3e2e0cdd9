"""A digest says what a period cost and where it leads; its mail has a picture inside and the report attached."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from notifications.examples import DIGEST
from notifications.outbox import Outbox
from notifications.period_digests import Spend, digest_alert
from notifications.routing import Route
from pipelines.app.period_digests import due_at, period_before
from pipelines.config.alerts import DigestSetting
from tests.notifications.budgets import NOW
from tests.notifications.outboxes import alert, deliver, hook_channel, mail_channel, put
from tests.notifications.receivers import Hook, Inbox


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


BERLIN = "Europe/Berlin"
WEEKLY = DigestSetting(every="week")
AS_OF = (
    "Spend as of 2026-11-20 09:04 UTC. Late, so costs may be missing: acme (openai_costs). "
    "Costs that arrive later are in the report."
)
MONTHLY = DigestSetting(every="month", day=28, at=time(9, 30))


@pytest.mark.parametrize(
    ("setting", "zone", "now", "due", "period"),
    [
        (WEEKLY, "UTC", "2026-11-23 08:00", "2026-11-23 08:00", ("2026-11-16", "2026-11-23")),
        (WEEKLY, "UTC", "2026-11-23 07:59", "2026-11-16 08:00", ("2026-11-09", "2026-11-16")),
        (WEEKLY, "UTC", "2026-11-29 23:00", "2026-11-23 08:00", ("2026-11-16", "2026-11-23")),
        # Eight o'clock in Berlin, before and after its clocks change on Sunday, October 25.
        (WEEKLY, BERLIN, "2026-10-19 06:00", "2026-10-19 06:00", ("2026-10-12", "2026-10-19")),
        (WEEKLY, BERLIN, "2026-10-26 06:59", "2026-10-19 06:00", ("2026-10-12", "2026-10-19")),
        (WEEKLY, BERLIN, "2026-10-26 07:00", "2026-10-26 07:00", ("2026-10-19", "2026-10-26")),
        # Friday in Auckland is Thursday in UTC.
        (
            DigestSetting(every="week", day="friday", timezone="Pacific/Auckland"),
            "UTC",
            "2026-06-04 20:00",
            "2026-06-04 20:00",
            ("2026-05-29", "2026-06-05"),
        ),
        (MONTHLY, "UTC", "2027-02-28 09:30", "2027-02-28 09:30", ("2027-01-01", "2027-02-01")),
        (MONTHLY, "UTC", "2027-03-28 09:29", "2027-02-28 09:30", ("2027-01-01", "2027-02-01")),
        (DigestSetting(every="month"), "UTC", "2027-01-02 08:00", "2027-01-02 08:00", ("2026-12-01", "2027-01-01")),
    ],
)
def test_a_digest_is_due_by_the_clock_on_the_wall(
    setting: DigestSetting, zone: str, now: str, due: str, period: tuple[str, str]
):
    moment = due_at(setting, zone, at(now))
    assert moment == at(due)
    sent_on = date.fromisoformat(period[1]) if setting.every == "week" else moment.date()
    assert tuple(str(day) for day in period_before(setting, sent_on)[1:]) == period


def test_a_digest_reads_well_as_text(outbox: Outbox, hook: Hook):
    channel = hook_channel(hook.url)
    put(outbox, [channel], digest_alert(DIGEST, (), None))
    deliver(outbox, channel)
    (body,) = hook.bodies
    assert body["title"] == "Nov 9\N{EN DASH}15, 2026: $1,842 spent, up 22% ($331)"
    for line in (
        "Spent     $1,842.10, $1,511.35 in the 7 days before",
        "Forecast  November 2026: $7,420 (likely $6,990 to $7,880)",
        "Open      no open alerts",
        "- <openrouter>: $76.30 (new)",
        "- claude-opus-4-5: +$292, $702.00 in all",
        "- everything: $3,810 of $6,000 (63 %), heading for $7,420",
        AS_OF,
    ):
        assert line in body["message"].splitlines()


def test_a_mail_has_its_picture_inside_and_brings_the_report(outbox: Outbox, inbox: Inbox, tmp_path: Path):
    report = tmp_path / "ai-costs.html"
    report.write_text("<!doctype html>the report")
    channel = replace(mail_channel(inbox.url), report=report)
    put(outbox, [channel], digest_alert(DIGEST, (), None), alert(1))
    deliver(outbox, channel)
    digest, other = sorted(inbox.mails, key=lambda mail: str(mail["subject"]), reverse=True)
    assert digest.get_content_type() == "multipart/mixed"
    parts = {part.get_content_type(): part for part in digest.walk()}
    assert parts["image/png"]["content-id"] == "<sparkline>"
    assert parts["image/png"].get_content().startswith(b"\x89PNG")
    html = digest.get_body(("html",))
    assert html is not None
    text = html.get_content()
    assert '<img src="cid:sparkline"' in text
    assert 'alt="Oct 12 to Nov 15 by day; from Nov 9 on in colour.' in text
    assert "&lt;openrouter&gt;" in text
    assert len(text) < 25_000
    (attached,) = digest.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("ai-costs.html", "<!doctype html>the report")
    assert list(other.iter_attachments()) == []


def test_a_digest_is_one_message_to_each_recipient_and_no_line_of_another(outbox: Outbox, hook: Hook):
    chat, team = hook_channel(hook.url, hourly=2), hook_channel(hook.url, "team")
    team = replace(team, routes=(Route(scope={"project": ("atlas",)}),))
    for _ in range(2):
        put(outbox, [chat, team], digest_alert(DIGEST, (), None))
    put(outbox, [chat], *(alert(number) for number in range(6)))
    for minutes in range(3):
        deliver(outbox, chat, team, at=NOW + timedelta(minutes=minutes))
    assert sorted(body["title"] for body in hook.bodies) == [
        "6 alerts: 6 warnings",
        "Nov 9\N{EN DASH}15, 2026: $1,842 spent, up 22% ($331)",
    ]


def test_nothing_spent_and_several_currencies_are_said():
    nothing = replace(DIGEST, totals=(), providers=(), models=(), daily=(), forecasts=())
    assert digest_alert(nothing, (), None).subject == "Nov 9\N{EN DASH}15, 2026: nothing spent"
    euros = Spend(name="total", currency="EUR", amount=Decimal(40), before=Decimal(40))
    both = digest_alert(
        replace(DIGEST, every="month", start=date(2026, 10, 1), totals=[euros, *DIGEST.totals]), (), None
    )
    assert both.subject == "October 2026: €40.00 and $1,842 spent, as before"
