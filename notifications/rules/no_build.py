"""No build for too long. What watches over runs cannot be a run: a command that cron calls evaluates this rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold

NAME = "no_build"


@dataclass(frozen=True, kw_only=True)
class PublishedBuild:
    """The moment that the published build represents, None without one, and the moment of the evaluation."""

    as_of: datetime | None
    now: datetime


def condition(build: PublishedBuild, threshold: Decimal) -> Condition | None:
    """One while the build is older than `threshold` hours, or while there is none."""
    if build.as_of is not None and build.now - build.as_of <= timedelta(hours=float(threshold)):
        return None
    last = "none was ever published" if build.as_of is None else f"{build.as_of.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    age = "more than a day"
    if build.as_of is not None:
        age = f"{(build.now - build.as_of).total_seconds() / 3600:.0f} hours"
    return Condition(
        rule=NAME,
        subject="published build",
        severity=Severity.CRITICAL,
        headline=f"No build for {age}: figures and alerts are out of date",
        figures=(("Last build", last), ("Found at", f"{build.now:%Y-%m-%d %H:%M} UTC")),
    )


RULE = Rule(
    name=NAME,
    title="No build was published for more than a day, as `ai-costs alerts check` finds",
    row=PublishedBuild,
    condition=condition,
    example=PublishedBuild(
        as_of=datetime(2026, 11, 18, 9, 4, tzinfo=UTC), now=datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
    ),
    # A day and a little: one missed hour is nothing, a missed day is something.
    threshold=Threshold(Decimal(26), "the age of the published build, in hours"),
    policy=Policy(repeat_after=timedelta(hours=24), reports_end=True),
    past="a build does not know when there was none",
)
