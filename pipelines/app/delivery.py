"""This home's outbox and channels, and sending what is due there.

Belongs here: settings into channels, and the outbox opened safely. Does not: what is worth an alert (alerting.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from notifications import schema
from notifications.alerts import Severity
from notifications.channels import Channel
from notifications.delivery import DeliveryReport, TestResult, deliver_due
from notifications.delivery import send_test as send_test_to
from notifications.outbox import Outbox
from notifications.outbox_reports import Recipient, recipients
from notifications.pacing import QuietHours
from notifications.rendering import Wording, worded_by
from notifications.routing import Route
from notifications.rules.undelivered import RULE as UNDELIVERED
from notifications.test_message import test_alert
from pipelines.app.alert_rules import rule_options
from pipelines.app.home import Home
from pipelines.config.channels import ChannelSetting
from pipelines.errors import ConfigError, HomeError
from pipelines.presentation.wording import counted
from pipelines.state import damage_of, lock_of, reason_of, set_aside

DEAD_SHOWN_FOR = timedelta(days=7)
SCHEMES = ("postgresql://", "postgres://")
DRIVER = "postgresql+psycopg://"
NO_DATABASE = "its value is not the URL of a PostgreSQL database, postgresql://user:password@host/database"
_logger = logging.getLogger(__name__)


def deliver(home: Home) -> DeliveryReport:
    """Send what is due. A channel that fails is tried again later, and holds no other back."""
    options = rule_options(home.settings.configuration)[UNDELIVERED.name]
    with opened_outbox(home) as outbox, worded_by(wording_of(home)):
        return deliver_due(outbox, channels_of(home), home.clock, options)


def wording_of(home: Home) -> Wording:
    """How messages of this home are written: by its templates, and with the address of its report."""
    return Wording(home.persons_folders.templates, home.settings.configuration.alerts.report_url)


def send_test(home: Home, name: str) -> list[TestResult]:
    """Send a test message to each recipient of the channel `name`, whatever its routes, limits and quiet hours."""
    (channel,) = [channel for channel in channels_of(home) if channel.name == name]
    with worded_by(wording_of(home)):
        return send_test_to(channel, test_alert(home.settings.configuration.organisation, home.clock()))


def recipients_of(home: Home) -> list[Recipient]:
    """The state of the last days' deliveries, for every recipient; nothing without an outbox."""
    if home.settings.configuration.delivery.database is None and not home.settings.paths.outbox.exists():
        return []
    with opened_outbox(home) as outbox:
        return recipients(outbox, home.clock(), home.clock() - DEAD_SHOWN_FOR)


def channels_of(home: Home) -> list[Channel]:
    """The configured channels, with their URLs."""
    return [_channel(home, setting) for setting in home.settings.configuration.channels]


def _channel(home: Home, setting: ChannelSetting) -> Channel:
    hours = setting.quiet_hours
    zone = home.settings.configuration.timezone
    return Channel(
        setting.name,
        home.settings.environ.get(setting.url, ""),
        hourly=setting.per_hour,
        daily=setting.per_day,
        quiet=None if hours is None else QuietHours(hours.start, hours.end, hours.timezone or zone),
        routes=tuple(
            Route(
                rules=route.rules,
                severity=Severity(route.severity),
                scope={dimension: tuple(values) for dimension, values in route.scope.items()},
            )
            for route in setting.routes
        ),
        private_network=setting.private_network,
        report=home.report if setting.attach_report else None,
    )


@contextmanager
def opened_outbox(home: Home) -> Iterator[Outbox]:
    """The outbox, for the block: in a SQLite file, or in the database that the configuration names.

    A damaged file is set aside, and what can be read of it is taken over.

    Raises:
        HomeError: it cannot be used, though it may be intact.
        ConfigError: the variable with the database's URL is not set, or has another one's.
    """
    if home.settings.configuration.delivery.database is not None:
        with _database(home, home.settings.configuration.delivery.database) as outbox:
            yield outbox
        return
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
            f"there, and let another process that has it finish"
        ) from error


@contextmanager
def _database(home: Home, variable: str) -> Iterator[Outbox]:
    url = home.settings.secret(variable)
    scheme = next((scheme for scheme in SCHEMES if url.startswith(scheme)), None)
    if scheme is None:
        raise ConfigError(f"{variable}: {NO_DATABASE}")
    try:
        place = make_url(DRIVER + url.removeprefix(scheme))
    except (ArgumentError, ValueError):
        raise ConfigError(f"{variable}: {NO_DATABASE}") from None  # its text may have parts of the URL
    try:
        yield Outbox(place)
    except ModuleNotFoundError as error:
        step = "install it with `pip install 'ai-cost-tracker[postgresql]'`, or leave delivery.database out"
        raise ConfigError(f"{variable}: the driver for PostgreSQL is not installed: {step}") from error
    except SQLAlchemyError as error:
        reason = home.settings.redact(reason_of(error))
        raise HomeError(
            f"the database of {variable} cannot be used ({reason}): check that it runs, and that the URL names a user "
            "who may create tables there"
        ) from None  # as above


def _recreate_outbox(home: Home, damage: str) -> None:
    path = home.settings.paths.outbox
    journal = path.with_name(f"{path.name}-wal")
    aside = set_aside(path, damage, "Its readable alerts were recovered; others may be sent a second time.")
    if journal.exists():  # it belongs to the file, and may hold its newest rows
        journal.rename(aside.with_name(f"{aside.name}-wal"))
    count = Outbox(home.folders.outbox).take_over(aside)
    _logger.warning("%s taken over from %s", counted(count, "alert"), aside.name)
