"""A run has failed, so figures may be older than they look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule

NAME = "run_failed"


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    """A run that ended in failure, with its reason, secrets already taken out."""

    run_id: str
    job_name: str
    reason: str
    failed_at: datetime


def condition(run: FailedRun, _threshold: Decimal) -> Condition:
    """One for each job, however often it fails."""
    return Condition(
        rule=NAME,
        subject=run.job_name,
        severity=Severity.CRITICAL,
        headline=f"{run.job_name} has failed; the last good figures stay in effect",
        figures=(("Failed at", f"{run.failed_at:%Y-%m-%d %H:%M} UTC"),),
        facts={"reason": run.reason, "run_id": run.run_id},
    )


EXAMPLE = FailedRun(
    run_id="4f1c2a",
    job_name="refresh_costs",
    reason="landing/openai_costs/acme is damaged <restore it>",
    failed_at=datetime(2026, 11, 20, 9, 4, tzinfo=UTC),
)
RULE = Rule(
    name=NAME,
    title="A run has failed where no terminal shows it",
    row=FailedRun,
    condition=condition,
    example=EXAMPLE,
    policy=Policy(repeat_after=timedelta(hours=24), reports_end=True),
    past="failed runs are not part of a build",
)
