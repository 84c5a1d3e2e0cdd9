"""A run has failed, so figures may be older than they look."""

from __future__ import annotations

from datetime import UTC, datetime

from notifications.alerts import Alert, Severity
from notifications.observations import FailedRun, Observations
from notifications.rendering import render
from notifications.rules import Rule

NAME = "run_failed"


def evaluate(observations: Observations) -> list[Alert]:
    """One alert for each failed run."""
    return [_alert(run) for run in observations.failed_runs]


def _alert(run: FailedRun) -> Alert:
    facts = {
        "headline": f"The run {run.job_name} has failed",
        "reason": run.reason,
        "run_id": run.run_id,
        "failed_at": f"{run.failed_at:%Y-%m-%d %H:%M} UTC",
    }
    return Alert(
        rule=NAME,
        dedup_key=f"{NAME}:{run.run_id}",
        severity=Severity.CRITICAL,
        subject=f"{run.job_name} has failed; the last good figures stay in effect",
        body_text=render("run_failed.txt.j2", facts),
        body_html=render("run_failed.html.j2", facts),
    )


EXAMPLE = Observations(
    failed_runs=(
        FailedRun(
            run_id="4f1c2a",
            job_name="refresh_costs",
            reason="landing/openai_costs/acme is damaged <restore it>",
            failed_at=datetime(2026, 11, 20, 9, 4, tzinfo=UTC),
        ),
    )
)
RULE = Rule(NAME, evaluate, EXAMPLE)
