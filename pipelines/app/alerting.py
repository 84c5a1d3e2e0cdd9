"""From the published build to people: marts into rules, rules into the outbox, the outbox onto channels.

Belongs here: the meeting of the marts with the notifications room, which knows neither this project's files nor
its settings.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import duckdb
from sqlalchemy.exc import SQLAlchemyError

from notifications import schema
from notifications.alerts import Alert
from notifications.delivery import Channel, DeliveryReport, deliver_due, send_without_outbox
from notifications.observations import BudgetStatus, FailedRun, Observations
from notifications.outbox import Outbox
from notifications.rules import evaluate as evaluate_rules
from notifications.rules import rules
from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.errors import HomeError
from pipelines.presentation.wording import counted
from pipelines.state import damage_of, lock_of, reason_of, set_aside

_logger = logging.getLogger(__name__)


def evaluate(home: Home) -> list[Alert]:
    """Put what the published build gives rise to in the outbox; give the alerts that were not there yet."""
    with warehouse_of(home.folders).reading() as connection:
        rows = {rule.name: _rows(connection, rule.query) for rule in rules() if rule.query is not None}
        ((is_sample,),) = connection.table("main.rpt_build").project("is_sample").fetchall()
    return _enqueue(home, Observations(budgets=tuple(_budgets(home)), rows=rows, is_sample=is_sample))


def report_failed_run(home: Home, run_id: str, job_name: str, reason: str) -> DeliveryReport:
    """Alert about a failed run: put it in the outbox and send what is due.

    What makes a run fail, such as a full disk, may keep the outbox from being written too. Then the alert is sent once
    to each channel and not stored; where only the last write fails, it comes a second time.
    """
    failed = FailedRun(run_id=run_id, job_name=job_name, reason=home.settings.redact(reason), failed_at=home.clock())
    observed = Observations(failed_runs=(failed,))
    try:
        _enqueue(home, observed)
        return deliver(home)
    except (HomeError, OSError) as error:
        _logger.warning("the alert about the failed run is sent without being stored: %s", error)
        return send_without_outbox(evaluate_rules(observed), _channels(home))


def deliver(home: Home) -> DeliveryReport:
    """Send what is due. A channel that fails is tried again later, and holds no other back."""
    with opened_outbox(home) as outbox:
        return deliver_due(outbox, _channels(home), home.clock)


def _channels(home: Home) -> list[Channel]:
    configured = home.settings.configuration.channels
    return [Channel(channel.name, home.settings.environ.get(channel.url, "")) for channel in configured]


@contextmanager
def opened_outbox(home: Home) -> Iterator[Outbox]:
    """The outbox, for the block. A damaged one is set aside, and what can be read of it is taken over.

    Raises:
        HomeError: its file cannot be used, though it may be intact.
    """
    path = home.settings.paths.outbox
    try:
        with lock_of(path.with_suffix(".lock")):
            damage = damage_of(path) or (schema.difference(path) if path.exists() else None)
            if damage is not None:
                _recreate_outbox(home, damage)
        yield Outbox(home.folders.outbox)
    except SQLAlchemyError as error:
        raise HomeError(
            f"{path} cannot be used ({reason_of(error)}): check that there is free space, that this user may write "
            f"there, and "
            "let another process that has it finish"
        ) from error


def _recreate_outbox(home: Home, damage: str) -> None:
    path = home.settings.paths.outbox
    journal = path.with_name(f"{path.name}-wal")
    aside = set_aside(path, damage, "Its readable alerts were recovered; others may be sent a second time.")
    if journal.exists():  # it belongs to the file, and may hold its newest rows
        journal.rename(aside.with_name(f"{aside.name}-wal"))
    count = Outbox(home.folders.outbox).take_over(aside)
    _logger.warning("%s taken over from %s", counted(count, "alert"), aside.name)


def _enqueue(home: Home, observations: Observations) -> list[Alert]:
    channels = [channel.name for channel in home.settings.configuration.channels]
    with opened_outbox(home) as outbox:
        return outbox.enqueue(evaluate_rules(observations), channels, home.clock())


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[dict[str, Any], ...]:
    """What a rule's query answers; nothing where the published file has none of its marts yet."""
    tables = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    if not connection.get_table_names(query) <= tables:
        return ()
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description]
    return tuple(dict(zip(columns, row, strict=True)) for row in cursor.fetchall())


def _budgets(home: Home) -> list[BudgetStatus]:
    channels = {budget.name: budget.channels for budget in home.settings.configuration.budgets}
    wanted = [field.name for field in fields(BudgetStatus) if field.name not in {"as_of", "is_sample", "channels"}]
    with warehouse_of(home.folders).reading() as connection:
        rows = connection.table("main.rpt_budget_status").filter("is_current").project(", ".join(wanted)).fetchall()
        as_of, is_sample = connection.table("main.rpt_build").project("as_of, is_sample").fetchall()[0]
    statuses = []
    for row in rows:
        values = dict(zip(wanted, row, strict=True))
        values["alert_at"] = tuple(values["alert_at"])
        named = channels.get(values["budget"])
        statuses.append(BudgetStatus(**values, as_of=as_of, is_sample=is_sample, channels=named))
    return statuses
