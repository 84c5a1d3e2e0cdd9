"""From the published build to people: marts into rules, rules into the outbox, the outbox onto channels.

Belongs here: the meeting of the marts with the notifications room, which knows neither this project's files nor
its settings.
"""

from __future__ import annotations

import logging
from dataclasses import fields
from typing import Any

import duckdb

from notifications.alerts import Alert
from notifications.delivery import DeliveryReport, send_without_outbox
from notifications.no_build import no_build
from notifications.observations import BudgetStatus, FailedRun, Observations
from notifications.rules import evaluate as evaluate_rules
from notifications.rules import rules
from pipelines.app.delivery import channels_of, deliver, opened_outbox
from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.errors import HomeError, NothingPublishedError

_logger = logging.getLogger(__name__)


def evaluate(home: Home) -> list[Alert]:
    """Put what the published build gives rise to in the outbox; give the alerts that were not there yet."""
    with warehouse_of(home.folders).reading() as connection:
        rows = {rule.name: _rows(connection, rule.query) for rule in rules() if rule.query is not None}
        ((is_sample,),) = connection.table("main.rpt_build").project("is_sample").fetchall()
    return _enqueue(home, Observations(budgets=tuple(_budgets(home)), rows=rows, is_sample=is_sample))


def report_missing_build(home: Home) -> str | None:
    """Put an alert in the outbox if the published build is too old, or there is none; give its subject, or None."""
    try:
        with warehouse_of(home.folders).reading() as connection:
            ((as_of,),) = connection.table("main.rpt_build").project("as_of").fetchall()
    except NothingPublishedError:
        as_of = None
    alert = no_build(as_of, home.clock())
    if alert is None:
        return None
    with opened_outbox(home) as outbox:
        outbox.enqueue([alert], [channel.receiver for channel in channels_of(home)], home.clock())
    return alert.subject


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
        return send_without_outbox(evaluate_rules(observed), channels_of(home))


def _enqueue(home: Home, observations: Observations) -> list[Alert]:
    receivers = [channel.receiver for channel in channels_of(home)]
    with opened_outbox(home) as outbox:
        return outbox.enqueue(evaluate_rules(observations), receivers, home.clock())


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
