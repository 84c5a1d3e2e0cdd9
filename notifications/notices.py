"""The message about an alert at each event: subject, text and HTML.

Belongs here: the words that the notices of all rules share. Does not: what a rule says of its condition, which its
template has; or what goes out together (messages.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from notifications.alerts import Alert, Severity
from notifications.conditions import Condition
from notifications.lifecycle import AlertState, Change, Event
from notifications.rendering import render
from notifications.sparkline import png

SAMPLE = "SAMPLE "
PREFIXES: Mapping[Event, str] = {
    Event.REPEATED: "Still: ",
    Event.REOPENED: "Again: ",
    Event.RESOLVED: "Resolved: ",
}
COLORS: Mapping[Severity, str] = {Severity.INFO: "#1d5fbf", Severity.WARNING: "#8a5a00", Severity.CRITICAL: "#b42318"}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An alert on its way, which has no text yet, the change and the event it is about, and the channels it goes to.

    `condition` is None where it no longer applies.
    """

    alert: Alert
    change: Change
    event: Event
    channels: tuple[str, ...]
    condition: Condition | None
    is_sample: bool = False

    def written(self) -> Alert:
        """The alert with its text: of a storm most are never written."""
        text = worded(self.change.state, self.condition, self.event, is_sample=self.is_sample)
        return replace(self.alert, body_text=text.body_text, body_html=text.body_html, picture=text.picture)


def headed(state: AlertState, condition: Condition | None, event: Event, *, is_sample: bool = False) -> Alert:
    """The message that says of an alert that `event` has happened, without its text."""
    return Alert(
        rule=state.rule,
        dedup_key=f"{state.rule}:{state.alert_id}:{state.messages + 1}",
        severity=Severity.INFO if event is Event.RESOLVED else state.severity,
        subject=f"{SAMPLE if is_sample else ''}{PREFIXES.get(event, '')}{one_line(state.headline)}",
        body_text="",
        body_html="",
        channels=None if condition is None else condition.channels,
        scope={} if condition is None else condition.scope,
    )


def worded(state: AlertState, condition: Condition | None, event: Event, *, is_sample: bool = False) -> Alert:
    """The same with its text; without a condition it no longer applies."""
    facts = {
        **_facts(condition),
        "headline": f"{PREFIXES.get(event, '')}{one_line(state.headline)}",
        "alert_id": state.alert_id,
        "event": event,
        "is_sample": is_sample,
        "is_resolved": event is Event.RESOLVED,
        "since": f"{state.opened_at:%Y-%m-%d %H:%M} UTC",
        "color": COLORS[state.severity],
    }
    return replace(
        headed(state, condition, event, is_sample=is_sample),
        body_text=render("message.txt.j2", facts),
        body_html=render("message.html.j2", facts),
        picture=_picture(state, condition),
    )


def _picture(state: AlertState, condition: Condition | None) -> bytes | None:
    if condition is None or condition.sparkline is None:
        return None
    return png(condition.sparkline, COLORS[state.severity])


def _facts(condition: Condition | None) -> dict[str, Any]:
    if condition is None:
        return {"template": "resolved.j2", "figures": (), "bars": (), "width": 0, "sparkline": None}
    return {
        **condition.facts,
        "template": f"{condition.rule}.j2",
        "figures": condition.figures,
        "bars": condition.bars,
        "sparkline": condition.sparkline,
        "width": max((len(label) for label, _ in condition.figures), default=0) + 2,
    }


def one_line(text: str) -> str:
    """`text` on one line: a name from outside may have several."""
    return " ".join(text.split())
