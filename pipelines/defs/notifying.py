"""Alerts and their deliveries as assets, and a heartbeat after each run that succeeded.

Belongs here: what evaluates, sends and checks. Does not: when (automation.py); its sensors ask for these jobs and never
send themselves.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg

from pipelines.app import alerting, delivery
from pipelines.app.heartbeat import send_heartbeat
from pipelines.app.home import Home
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import NOTIFICATIONS, OWNER
from pipelines.defs.publishing import PUBLISHED_BUILD

ALERTS = dg.AssetKey([NOTIFICATIONS, "alerts"])
DELIVERIES = dg.AssetKey([NOTIFICATIONS, "deliveries"])
LONGEST_DELAY = timedelta(hours=1)
NO_DEAD_LETTERS = dg.AssetCheckSpec(
    name="no_dead_letters", asset=DELIVERIES, description="No alert was given up in the last seven days."
)
ARRIVES_IN_TIME = dg.AssetCheckSpec(
    name="arrives_in_time", asset=DELIVERIES, description="No alert that is due is older than an hour."
)


@dg.asset(
    key=ALERTS,
    group_name=NOTIFICATIONS,
    deps=[PUBLISHED_BUILD],
    kinds={"sqlite"},
    owners=[OWNER],
    description="Alerts the published build gives rise to, put in the outbox; a sensor has them delivered.",
)
@fails_in_words
def alerts(home: dg.ResourceParam[Home]) -> dg.MaterializeResult[Any]:
    """Evaluate the rules and put what is new in the outbox."""
    new = alerting.evaluate(home)
    return dg.MaterializeResult(
        metadata={"new_alert_count": len(new), "new_alerts": [alert.subject for alert in new[:20]]}
    )


@dg.asset(
    key=DELIVERIES,
    group_name=NOTIFICATIONS,
    deps=[ALERTS],
    kinds={"sqlite"},
    owners=[OWNER],
    check_specs=[NO_DEAD_LETTERS, ARRIVES_IN_TIME],
    description="Messages to the recipients of the channels: each time it is materialized, what is due is sent.",
)
@fails_in_words
def deliveries(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
    """Send what is due, and check what does not arrive; a channel that fails is tried again later."""
    report = delivery.deliver(home)
    context.log.info(str(report))
    found = delivery.recipients_of(home)
    dead = {one.place: f"{one.dead} given up: {one.last_error}" for one in found if one.dead}
    late = {one.place: f"{one.delay.total_seconds() / 60:.0f} minutes" for one in found if one.delay > LONGEST_DELAY}
    for spec, places in ((NO_DEAD_LETTERS, dead), (ARRIVES_IN_TIME, late)):
        yield dg.AssetCheckResult(
            check_name=spec.name, passed=not places, severity=dg.AssetCheckSeverity.WARN, metadata={**places}
        )
    yield dg.MaterializeResult(
        metadata={
            "sent": report.sent,
            "failed": report.failed,
            "given_up": report.dead,
            "still_waiting": sum(one.waiting + one.failed for one in found),
            "held": sum(one.held for one in found),
            "problems": list(report.problems),
        }
    )


deliver_notifications = dg.define_asset_job(
    "deliver_notifications",
    selection=[DELIVERIES],
    description="Deliver the alerts that are due in the outbox.",
    executor_def=dg.in_process_executor,
)


@dg.op(description="Request the heartbeat URL of ai-costs.yaml.")
@fails_in_words
def request_heartbeat(context: dg.OpExecutionContext, home: dg.ResourceParam[Home]) -> None:
    """Request the URL; what goes wrong is logged, because no figure depends on it."""
    if (problem := send_heartbeat(home)) is not None:
        context.log.warning(problem)


@dg.job(executor_def=dg.in_process_executor, description="Request the heartbeat URL after a run that succeeded.")
def heartbeat() -> None:
    """Request the heartbeat URL."""
    request_heartbeat()
