"""From the published build to people: marts into rules, rules into the outbox, the outbox onto channels.

Belongs here: the meeting of the marts with the notifications room, which knows neither this project's files nor
its settings.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from duckdb import DuckDBPyConnection

from notifications.alert_log import Act, AlertLog, Findings, UnknownAlertError
from notifications.alerts import Alert
from notifications.delivery import DeliveryReport, send_without_outbox
from notifications.inhibition import inhibited
from notifications.lifecycle import AlertState
from notifications.observations import Observations
from notifications.rendering import worded_by
from notifications.rules import conditions, rules
from notifications.rules import evaluate as evaluate_rules
from notifications.rules.no_build import RULE as NO_BUILD
from notifications.rules.no_build import PublishedBuild
from notifications.rules.run_failed import RULE as FAILED_RUN
from notifications.rules.run_failed import FailedRun
from pipelines.app.alert_rules import observations, rule_options
from pipelines.app.delivery import channels_of, deliver, opened_outbox, wording_of
from pipelines.app.home import Home
from pipelines.app.period_digests import enqueue_due
from pipelines.builds.store import warehouse_of
from pipelines.errors import ConfigError, HomeError, NothingPublishedError

ANOMALIES = frozenset({"anomaly", "level_shift", "new_spender"})
"""The rules whose subject is the id of an anomaly."""

_logger = logging.getLogger(__name__)


def evaluate(home: Home) -> list[Alert]:
    """Bring the alerts in line with the published build; give the messages that were added to the outbox."""
    alerts = _apply(home, observed(home), _rules_of_a_build())
    with opened_outbox(home) as outbox, worded_by(wording_of(home)):
        return alerts + enqueue_due(home, outbox, [channel.receiver for channel in channels_of(home)])


def open_alerts(home: Home, connection: DuckDBPyConnection) -> list[AlertState]:
    """The alerts that are open once the build that `connection` reads is published; none of them is changed.

    Raises:
        HomeError: the database of alerts cannot be used.
        ConfigError: the variable with its URL is not set, or has another one's.
    """
    found = observations(connection, home.settings.configuration)
    with opened_outbox(home) as outbox:
        return AlertLog(outbox).outlook(_findings(home, found, _rules_of_a_build()), home.clock())


def _rules_of_a_build() -> set[str]:
    # A published build ends what was reported of missing builds and failed runs.
    return {rule.name for rule in rules() if rule.query is not None} | {FAILED_RUN.name, NO_BUILD.name}


def observed(home: Home) -> Observations:
    """What the published build has for the rules that read marts."""
    with warehouse_of(home.folders).reading() as connection:
        return observations(connection, home.settings.configuration)


@contextmanager
def opened_log(home: Home) -> Iterator[AlertLog]:
    """The alerts, for the block.

    Raises:
        ConfigError: no alert has the id that was given, or what was asked of it is not possible.
        HomeError: the database cannot be used.
    """
    with opened_outbox(home) as outbox:
        try:
            yield AlertLog(outbox)
        except (UnknownAlertError, ValueError) as error:
            raise ConfigError(str(error)) from error


def resolve_alerts_about(home: Home, event_id: str, act: Act) -> None:
    """Resolve the open alerts about an anomaly that has a verdict."""
    with opened_log(home) as log:
        for alert in log.alerts():
            if alert.rule in ANOMALIES and alert.subject == event_id:
                log.resolve(alert.alert_id, act)


def report_missing_build(home: Home) -> str | None:
    """Alert if the published build is too old, or there is none; give what is wrong in a sentence, or None."""
    try:
        with warehouse_of(home.folders).reading() as connection:
            ((as_of,),) = connection.table("main.rpt_build").project("as_of").fetchall()
    except NothingPublishedError:
        as_of = None
    build = PublishedBuild(as_of=as_of, now=home.clock())
    found = Observations(rows={NO_BUILD.name: (build,)}, as_of=home.clock())
    _apply(home, found, {NO_BUILD.name})
    return next((each.headline for each in conditions(found, rule_options(home.settings.configuration))), None)


def report_failed_run(home: Home, run_id: str, job_name: str, reason: str) -> DeliveryReport:
    """Alert about a failed run: put it in the outbox and send what is due.

    What makes a run fail, such as a full disk, may keep the outbox from being written too. Then the alert is sent once
    to each channel and not stored; where only the last write fails, it comes a second time.
    """
    failed = FailedRun(run_id=run_id, job_name=job_name, reason=home.settings.redact(reason), failed_at=home.clock())
    found = Observations(rows={FAILED_RUN.name: (failed,)}, as_of=home.clock())
    try:
        _apply(home, found, {FAILED_RUN.name})
        return deliver(home)
    except (HomeError, OSError) as error:
        _logger.warning("the alert about the failed run is sent without being stored: %s", error)
        with worded_by(wording_of(home)):
            return send_without_outbox(evaluate_rules(found), channels_of(home))


def _apply(home: Home, found: Observations, evaluated: Collection[str]) -> list[Alert]:
    """Change the alerts of the rules that were evaluated by what was found."""
    receivers = [channel.receiver for channel in channels_of(home)]
    with opened_outbox(home) as outbox, worded_by(wording_of(home)):
        return AlertLog(outbox).apply(_findings(home, found, evaluated), receivers, home.clock())


def _findings(home: Home, found: Observations, evaluated: Collection[str]) -> Findings:
    """What applies of what was found, as the user wants it."""
    options = rule_options(home.settings.configuration)
    applying = conditions(found, options)
    return Findings(
        conditions=applying,
        rules={rule.name: rule.policy_of(options[rule.name]) for rule in rules() if rule.name in evaluated},
        inhibited=inhibited(
            applying, total_silences_parts=home.settings.configuration.alerts.total_budget_silences_parts
        ),
        is_sample=found.is_sample,
    )
