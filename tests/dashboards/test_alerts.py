"""The open alerts on the report: those that wait first, each with the command that answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.dashboards import scenarios
from tests.dashboards.published import Published


def test_what_waits_comes_first_with_its_command(values: Callable[[str, Published], dict[str, Any] | None]):
    shown = values("alerts", Published(alerts=scenarios.company().alerts))
    assert shown is not None
    assert shown["finding"] == "2 alerts wait for an answer, 1 of them critical"
    assert [(line["word"], line["state"], line["since"], " ".join(line["command"])) for line in shown["lines"]] == [
        ("Critical", None, "since today", "ai-costs alerts ack 1a2b3c4d"),
        ("Warning", None, "since Nov 20, 2026", "ai-costs alerts ack 9e8d7c6b"),
        ("Warning", "Acknowledged", "since Nov 21, 2026", "ai-costs alerts resolve 5a6b7c8d"),
    ]
