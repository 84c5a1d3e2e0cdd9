"""Limits, quiet hours and routes: no flood, nothing at night but what is critical, and nothing lost by either."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from notifications.alerts import Severity
from notifications.outbox import Outbox
from notifications.pacing import CHAT, MAIL, Pace, QuietHours
from notifications.routing import Route
from tests.notifications.budgets import NOW
from tests.notifications.outboxes import alert, deliver, hook_channel, mail_channel, put
from tests.notifications.receivers import Hook, Inbox

HOUR = timedelta(hours=1)
NIGHT = QuietHours(time(22), time(7), "Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        # The night of March 28 in Berlin has nine hours between 22:00 and 07:00 less one.
        (NIGHT, "2026-03-28 20:59", None),
        (NIGHT, "2026-03-28 21:00", "2026-03-29 05:00"),
        (NIGHT, "2026-03-29 00:30", "2026-03-29 05:00"),
        (NIGHT, "2026-03-29 01:30", "2026-03-29 05:00"),
        (NIGHT, "2026-03-29 04:59", "2026-03-29 05:00"),
        (NIGHT, "2026-03-29 05:00", None),
        (NIGHT, "2026-03-29 19:59", None),
        (NIGHT, "2026-03-29 20:00", "2026-03-30 05:00"),
        # That of October 24 has one more.
        (NIGHT, "2026-10-24 19:59", None),
        (NIGHT, "2026-10-24 20:00", "2026-10-25 06:00"),
        (NIGHT, "2026-10-25 00:30", "2026-10-25 06:00"),
        (NIGHT, "2026-10-25 01:30", "2026-10-25 06:00"),
        (NIGHT, "2026-10-25 05:59", "2026-10-25 06:00"),
        (NIGHT, "2026-10-25 06:00", None),
        (NIGHT, "2026-10-25 20:59", None),
        (NIGHT, "2026-10-25 21:00", "2026-10-26 06:00"),
        # 02:30 is skipped in March, and comes twice in October.
        (QuietHours(time(1, 30), time(2, 30), "Europe/Berlin"), "2026-03-29 01:15", "2026-03-29 01:30"),
        (QuietHours(time(2, 30), time(3, 30), "Europe/Berlin"), "2026-10-25 00:29", None),
        (QuietHours(time(2, 30), time(3, 30), "Europe/Berlin"), "2026-10-25 01:45", "2026-10-25 02:30"),
        # By day, and in zones that are far from UTC.
        (QuietHours(time(12), time(13), "UTC"), "2026-06-01 12:30", "2026-06-01 13:00"),
        (QuietHours(time(12), time(13), "UTC"), "2026-06-01 13:00", None),
        (QuietHours(time(22), time(7), "Pacific/Auckland"), "2026-06-01 12:00", "2026-06-01 19:00"),
        (QuietHours(time(22), time(7), "America/Los_Angeles"), "2026-06-02 13:59", "2026-06-02 14:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(hours: QuietHours, now: str, until: str | None):
    assert hours.until(at(now)) == (None if until is None else at(until))


def test_room_comes_back_when_the_window_has_moved_on():
    pace = Pace(hourly=2, daily=3)
    sent = [NOW - timedelta(minutes=50), NOW - timedelta(minutes=10)]
    assert (pace.room([], NOW), pace.room(sent, NOW), pace.room(sent[:1], NOW)) == (2, 0, 1)
    assert pace.opens_at(sent, NOW) == NOW + timedelta(minutes=10)
    assert pace.room(sent, NOW + timedelta(minutes=10)) == 1
    whole_day = [NOW - timedelta(hours=hours) for hours in (20, 10, 5)]
    assert pace.room(whole_day, NOW) == 0
    assert pace.opens_at(whole_day, NOW) == NOW + timedelta(hours=4)


def test_the_usual_limits_are_those_of_mail_and_of_chats(inbox: Inbox, hook: Hook):
    assert mail_channel(inbox.url, hourly=None, daily=None).pace == MAIL == Pace(hourly=10, daily=50)
    assert hook_channel(hook.url, hourly=None, daily=None).pace == CHAT == Pace(hourly=20, daily=100)


def test_a_storm_is_nine_mails_and_a_digest_of_the_others_to_each_recipient(outbox: Outbox, inbox: Inbox):
    channel = mail_channel(inbox.url_for("anna", "ben"), hourly=None, daily=None)
    storm = [alert(number, Severity.CRITICAL if number in (700, 800) else Severity.WARNING) for number in range(1000)]
    put(outbox, [channel], *storm)
    report = deliver(outbox, channel)
    assert (report.sent, report.failed) == (20, 0)
    for name in ("anna", "ben"):
        mails = {mail["subject"]: mail for mail in inbox.received(name)}
        assert len(mails) == 10
        assert set(list(mails)[:2]) == {"Alert number 700", "Alert number 800"}, "what is critical comes first"
        digest = mails["991 alerts: 991 warnings"]
        body = digest.get_body(("plain",))
        assert body is not None
        assert body.get_content().count("\r\n- warning: Alert number ") == 20
        assert "971 more: `ai-costs alerts list`." in body.get_content()
        assert len(digest.as_bytes()) < 100_000
    put(outbox, [channel], *(alert(number) for number in range(1000, 1003)), at=NOW + timedelta(minutes=1))
    assert deliver(outbox, channel, at=NOW + timedelta(minutes=59)).sent == 0
    assert deliver(outbox, channel, at=NOW + HOUR).sent == 2
    assert inbox.received("anna")[-1]["subject"] == "3 alerts: 3 warnings"
    assert outbox.pending_count(NOW + timedelta(days=2)) == 0


def test_a_day_has_no_more_than_its_limit(outbox: Outbox, hook: Hook):
    channel = hook_channel(hook.url, hourly=5, daily=12)
    for hours in range(25):
        put(outbox, [channel], *(alert(hours * 10 + number) for number in range(4)), at=NOW + hours * HOUR)
        deliver(outbox, channel, at=NOW + hours * HOUR)
        assert len(hook.bodies) == min(4 * (hours + 1), 12) if hours < 24 else 16
    assert [body["title"] for body in hook.bodies[12:]].count("85 alerts: 85 warnings") == 1


def test_at_night_only_what_is_critical_comes_and_the_rest_is_one_message_in_the_morning(outbox: Outbox, hook: Hook):
    channel = hook_channel(hook.url, quiet=NIGHT)
    evening, morning = at("2026-03-28 21:30"), at("2026-03-29 05:00")
    put(outbox, [channel], *(alert(number) for number in range(5)), alert(5, Severity.CRITICAL), at=evening)
    assert deliver(outbox, channel, at=evening).sent == 1
    assert deliver(outbox, channel, at=morning - timedelta(minutes=1)).sent == 0
    assert deliver(outbox, channel, at=morning).sent == 1
    assert [body["title"] for body in hook.bodies] == ["Alert number 5", "5 alerts: 5 warnings"]


def test_a_digest_that_fails_is_repeated_as_it_was(outbox: Outbox, inbox: Inbox):
    channel = mail_channel(inbox.url, hourly=1)
    put(outbox, [channel], *(alert(number) for number in range(3)))
    inbox.answers = ["451 later"]
    assert deliver(outbox, channel).failed == 1
    put(outbox, [channel], alert(3), at=NOW + timedelta(minutes=1))
    deliver(outbox, channel, at=NOW + timedelta(minutes=10))
    assert [mail["subject"] for mail in inbox.mails] == ["3 alerts: 3 warnings"]
    deliver(outbox, channel, at=NOW + timedelta(minutes=70))
    assert [mail["subject"] for mail in inbox.mails] == ["3 alerts: 3 warnings", "Alert number 3"]


@pytest.mark.parametrize(
    ("route", "numbers"),
    [
        (Route(), [1, 2, 3, 4]),
        (Route(rules=("anomaly",)), [2]),
        (Route(severity=Severity.CRITICAL), [3]),
        (Route(scope={"project": ("atlas", "titan")}), [3]),
        (Route(scope={"project": ("atlas", "titan", "gaia")}), [3, 4]),
        (Route(rules=("anomaly",), severity=Severity.CRITICAL), []),
    ],
)
def test_a_route_takes_its_rules_severities_and_only_its_own_money(
    outbox: Outbox, hook: Hook, route: Route, numbers: list[int]
):
    channel = hook_channel(hook.url, routes=(route,))
    alerts = [
        alert(1),
        alert(2, rule="anomaly"),
        alert(3, Severity.CRITICAL, scope={"project": ("atlas",)}),
        alert(4, scope={"project": ("atlas", "gaia")}),
    ]
    put(outbox, [channel], *alerts)
    deliver(outbox, channel)
    assert sorted(body["title"] for body in hook.bodies) == [f"Alert number {number}" for number in numbers]
