"""The message of `ai-costs alerts test`, marked as one."""

from __future__ import annotations

from datetime import datetime

from notifications.alerts import Alert, Severity
from notifications.rendering import render

RULE_NAME = "test"


def test_alert(organisation: str, now: datetime) -> Alert:
    """A message that says of itself that it is a test, from whom and when."""
    facts = {
        "headline": "TEST: alerts arrive here",
        "organisation": organisation,
        "at": f"{now:%Y-%m-%d %H:%M} UTC",
    }
    return Alert(
        rule=RULE_NAME,
        dedup_key=f"{RULE_NAME}:{now.isoformat()}",
        severity=Severity.INFO,
        subject="TEST: alerts arrive here",
        body_text=render("test_message.txt.j2", facts),
        body_html=render("test_message.html.j2", facts),
    )


test_alert.__test__ = False  # type: ignore[attr-defined] # of pytest
