"""No build for too long, as an alert: what watches over runs cannot be a run."""

from __future__ import annotations

from datetime import datetime, timedelta

from notifications.alerts import Alert, Severity
from notifications.rendering import render

RULE_NAME = "no_build"
LONGEST_AGE = timedelta(hours=26)
"""A day and a little: one missed hour is nothing, a missed day is something."""


def no_build(as_of: datetime | None, now: datetime) -> Alert | None:
    """One alert a day while the published build is older than `LONGEST_AGE`, or while there is none; else None."""
    if as_of is not None and now - as_of <= LONGEST_AGE:
        return None
    last = "none was ever published" if as_of is None else f"the last one is of {as_of:%Y-%m-%d %H:%M} UTC"
    facts = {"headline": f"No build for {_age(as_of, now)}", "last": last, "now": f"{now:%Y-%m-%d %H:%M} UTC"}
    return Alert(
        rule=RULE_NAME,
        dedup_key=f"{RULE_NAME}:{now:%Y-%m-%d}",
        severity=Severity.CRITICAL,
        subject=f"No build for {_age(as_of, now)}: figures and alerts are out of date",
        body_text=render("no_build.txt.j2", facts),
        body_html=render("no_build.html.j2", facts),
    )


def _age(as_of: datetime | None, now: datetime) -> str:
    return "more than a day" if as_of is None else f"{(now - as_of).total_seconds() / 3600:.0f} hours"
