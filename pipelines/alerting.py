"""From the published build to people: marts into rules, rules into the outbox, the outbox onto channels.

Belongs here: the meeting of the marts with the notifications room, which knows neither this project's files nor
its settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

from sqlalchemy.exc import SQLAlchemyError

from notifications.alerts import Alert
from notifications.delivery import Channel, DeliveryReport, deliver_due
from notifications.observations import BudgetStatus, FailedRun, Observations
from notifications.outbox import Outbox
from notifications.rules import evaluate as evaluate_rules
from pipelines.errors import HomeError
from pipelines.home import Home


def evaluate(home: Home) -> list[Alert]:
    """Put what the published build gives rise to in the outbox; give the alerts that were not there yet."""
    return _enqueue(home, Observations(budgets=tuple(_budgets(home))))


def note_failed_run(home: Home, run_id: str, job_name: str, reason: str) -> list[Alert]:
    """Put an alert about a failed run in the outbox."""
    failed = FailedRun(run_id=run_id, job_name=job_name, reason=home.settings.redact(reason), failed_at=home.clock())
    return _enqueue(home, Observations(failed_runs=(failed,)))


def deliver(home: Home) -> DeliveryReport:
    """Send what is due. A channel that fails is tried again later, and holds no other back."""
    configured = home.settings.configuration.channels
    channels = [Channel(channel.name, home.settings.environ.get(channel.url, "")) for channel in configured]
    with opened_outbox(home) as outbox:
        return deliver_due(outbox, channels, home.clock)


@contextmanager
def opened_outbox(home: Home) -> Iterator[Outbox]:
    """The outbox, for the block.

    Raises:
        HomeError: its file cannot be used, or was damaged.
    """
    try:
        yield home.outbox
    except SQLAlchemyError as error:
        path = home.settings.paths.outbox
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
        raise HomeError(
            f"{path} cannot be used ({reason}): let another process that has it finish; if it was damaged, move it "
            "away, and the next run makes one anew, without what was alerted before"
        ) from error


def _enqueue(home: Home, observations: Observations) -> list[Alert]:
    channels = [channel.name for channel in home.settings.configuration.channels]
    with opened_outbox(home) as outbox:
        return outbox.enqueue(evaluate_rules(observations), channels, home.clock())


def _budgets(home: Home) -> list[BudgetStatus]:
    channels = {budget.name: budget.channels for budget in home.settings.configuration.budgets}
    wanted = [field.name for field in fields(BudgetStatus) if field.name not in {"as_of", "is_sample", "channels"}]
    with home.warehouse.reading() as connection:
        rows = connection.table("main.rpt_budget_status").filter("is_current").project(", ".join(wanted)).fetchall()
        as_of, is_sample = connection.table("main.rpt_build").project("as_of, is_sample").fetchall()[0]
    statuses = []
    for row in rows:
        values = dict(zip(wanted, row, strict=True))
        values["alert_at"] = tuple(values["alert_at"])
        named = channels.get(values["budget"])
        statuses.append(BudgetStatus(**values, as_of=as_of, is_sample=is_sample, channels=named))
    return statuses
