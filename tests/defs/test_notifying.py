"""Sending is an asset with counts and checks; what refreshes figures sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.app.delivery import channels_of, opened_outbox
from pipelines.app.home import Home
from pipelines.defs.notifying import deliveries
from tests.home.homes import NOW, home_at
from tests.notifications.outboxes import alert, put
from tests.notifications.receivers import Answer, Hook, web_server

CHANNELS = """
channels:
  - {name: chat, url: CHAT_URL, private_network: true}
  - {name: other, url: OTHER_URL}
"""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, hook: Hook) -> Home:
    return home_at(tmp_path, CHANNELS, CHAT_URL=hook.url)


def sent(home: Home) -> tuple[dict[str, Any], dict[str, tuple[bool, dict[str, Any]]]]:
    """The metadata of a materialization, and each check with its metadata."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([deliveries], resources={"home": home}, instance=instance)
    assert result.success
    (made,) = result.asset_materializations_for_node("notifications__deliveries")
    checks = {
        check.check_name: (check.passed, {name: value.value for name, value in check.metadata.items()})
        for check in result.get_asset_check_evaluations()
    }
    return {name: value.value for name, value in made.metadata.items()}, checks


def store(home: Home, *numbers: int, hours_ago: int = 0) -> None:
    at = NOW - timedelta(hours=hours_ago)
    with opened_outbox(home) as outbox:
        put(outbox, [channel for channel in channels_of(home) if channel.name == "chat"], *map(alert, numbers), at=at)


def test_materializing_deliveries_sends_what_is_due_and_counts_it(home: Home, hook: Hook):
    store(home, 1, 2)
    counts, checks = sent(home)
    assert len(hook.bodies) == 2
    assert counts == {"sent": 2, "failed": 0, "given_up": 0, "still_waiting": 0, "held": 0, "problems": []}
    assert checks == {"no_dead_letters": (True, {}), "arrives_in_time": (True, {})}


def test_what_is_given_up_or_late_fails_its_check_and_no_secret_is_in_it(home: Home, hook: Hook):
    store(home, 1)
    hook.answers = [Answer(404)]
    counts, checks = sent(home)
    reason = "the server does not know the address (404)"
    assert counts["problems"][0] == f"chat: {reason}; it is not tried again"
    assert checks["no_dead_letters"] == (False, {"chat": f"1 given up: {reason}"})
    with opened_outbox(home) as outbox:
        outbox.enqueue([alert(2)], ["other"], NOW - timedelta(hours=3))
    counts, checks = sent(home)
    assert counts["still_waiting"] >= 1
