"""The alert about a failed run, where the outbox can be written and where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifications.delivery import DeliveryReport
from notifications.outbox import Outbox
from pipelines.app import alerting
from pipelines.app.home import Home
from tests.cli.test_full_disk import room_for
from tests.extraction.test_extraction import home_at
from tests.notifications.receivers import Hook

SUBJECT = "refresh_costs has failed; the last good figures stay in effect"
CHANNELS = """
channels:
  - {name: chat, url: CHAT_URL, private_network: true}
  - {name: unset, url: UNSET_URL}
"""


@pytest.fixture
def home(tmp_path: Path, hook: Hook) -> Home:
    return home_at(tmp_path, CHANNELS, CHAT_URL=hook.url)


def report(home: Home, run_id: str = "run-1") -> DeliveryReport:
    return alerting.report_failed_run(home, run_id, "refresh_costs", "published: no room")


def test_it_is_kept_and_sent_once(home: Home, hook: Hook, notices: list[str]):
    assert report(home) == DeliveryReport(sent=1, failed=1)
    assert report(home) == DeliveryReport(sent=0, failed=0)
    (body,) = hook.bodies
    assert body["title"] == SUBJECT
    assert "published: no room" in body["message"]
    assert [(listed.channel, listed.state) for listed in Outbox(home.folders.outbox).list_alerts()] == [
        ("chat", "sent"),
        ("unset", "failed"),
    ]
    assert notices == []


def test_on_a_full_disk_it_is_sent_without_being_kept(home: Home, hook: Hook, notices: list[str]):
    report(home, "run-0")
    with room_for(0):
        assert report(home) == DeliveryReport(sent=1, failed=1)
    assert [body["title"] for body in hook.bodies] == [SUBJECT, SUBJECT]
    assert len(Outbox(home.folders.outbox).list_alerts()) == 2
    (notice,) = notices
    assert notice.startswith("the alert about the failed run is sent without being stored: ")
    assert f"{home.settings.paths.outbox} cannot be used (" in notice
